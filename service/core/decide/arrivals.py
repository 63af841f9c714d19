"""Something new has come: a mail or a form becomes a case with a receipt, a responsible person and its promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from service.core.calendar import deadlines
from service.core.calendar.durations import Unit
from service.core.cases import Case, Clock, Contact, Guess, Pending, Publication
from service.core.decide import alerting, binder, changed_forms, copying, many, posting, questions, reaching, writers
from service.core.decide.binder import Draft
from service.core.decide.deeds.referring import can_be_told, refer
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.mornings import is_listed_only
from service.core.decide.people import registrar_of, secrecy_reader
from service.core.decide.posting import Paper
from service.core.effects import Ask, Effect, Letter, Note, OpenCase, StartClock
from service.core.identity import titles
from service.core.identity.numbers import find_numbers
from service.core.people.absence import new_officer
from service.core.people.anonymity import wishes_anonymity, withholds_name
from service.core.publicity.publication import identifying
from service.core.rules import grounds
from service.core.rules.choices import Anonymous, Publish, ReceiptTo, Road, Triage
from service.core.rules.guesses import guesses
from service.core.rules.routing import Route, facts_of, route
from service.core.rules.rulebook import RuleBook
from service.core.speech import forwards
from service.core.speech.channels import is_spoken
from service.core.speech.commands import Command, Word
from service.core.speech.enumeration import items
from service.core.speech.languages import language_of
from service.core.verdict import Role


def on_new(mail: Incoming) -> list[Effect]:
    """The effects of new feedback: open, promise, receipt, route; or a leaf in the binder."""
    leaf = leaf_of(mail)
    return binder.keep(mail, leaf) if leaf else take_in(mail, secret=mail.secret).effects


def leaf_of(mail: Incoming, *, secret: bool = False) -> Draft | None:
    """What the mail would be as a case, where it is kept in the binder instead of becoming one.

    In doubt, such as of a form that lacks what its mails have always had, it becomes a case.
    """
    book = mail.book
    if (
        secret
        or mail.secret
        or mail.registered
        or book.municipality.anonymous is Anonymous.REGISTER
        or changed_forms.lacks(mail)
    ):
        return None
    found = sketch(mail)
    return found if found.found is _by_registrar(mail, found.found) and binder.belongs(found, book) else None


def sketch(mail: Incoming) -> Draft:
    """The case that the mail would be, by the rules alone."""
    ruled = route(mail.book, facts_of(mail.message, mail.verdict.form))
    return Draft(draft(mail, ruled), ruled)


def take_in(mail: Incoming, *, secret: bool = False) -> Plan:
    """A case is made of the mail, whoever brought it; secret: somebody has said that it is, whatever the rules say."""
    found = _by_registrar(mail, route(mail.book, facts_of(mail.message, mail.verdict.form)))
    found = replace(found, secrecy=found.secrecy or secret)
    plan = begin(mail, found, _kind(mail))
    here = refer_elsewhere(plan, found)
    if here is None:
        return plan
    promise(plan, mail)
    place(
        plan,
        here,
        source=mail.message.digest,
        files=mail.message.digest if mail.message.attachments else "",
        mailed_at=mail.mailed_at,
    )
    many.tell_of_many(plan, mail)
    changed_forms.note_looks(plan, mail)
    return plan


def refer_elsewhere(plan: Plan, found: Route) -> Route | None:
    """The submitter of another authority's matter is told so, and that is all: None. Else the route that it takes here.

    A person decides where nobody would learn of it, where a forged mail names somebody, and of a secret case, which no
    rule closes unseen and of which no mail tells where it belongs.
    """
    if not found.refer or found.registrar or found.secrecy or plan.case.submitter.unconfirmed:
        return found
    if can_be_told(plan.case):
        _alert_duty(plan, found)
        refer(plan, found.refer, f"belongs to {found.refer.to}: {found.because}")
        return None
    untold = f"ärendet hör till {found.refer.to}, men synpunktslämnaren kan inte hänvisas dit"
    return replace(found, because=f"{untold} ({found.because})")


def _kind(mail: Incoming) -> str:
    if mail.verdict.note:
        return "file-note"
    return "form" if mail.verdict.form else "feedback"


def _by_registrar(mail: Incoming, found: Route) -> Route:
    """The route, by way of the registrar where nobody can be sure whose mail it is or where it belongs."""
    verdict, doubt, secret = mail.verdict, mail.ctx.match.numbers, mail.ctx.secret_doubt
    if verdict.role is Role.UNKNOWN_FORM:
        because = grounds.unknown_form(verdict.reply_to.address) if verdict.reply_to else ""
    elif verdict.form and verdict.unconfirmed:
        because = grounds.UNCONFIRMED_FORM
    elif verdict.note and verdict.note.unclear:
        because = grounds.UNCLEAR_NOTE
    elif mail.book.is_staff(mail.sender) and not verdict.form and forwards.looks_passed_on(mail.message):
        because = grounds.PASSED_ON
    elif verdict.form and verdict.form.is_link_only:
        because = grounds.elsewhere(verdict.form.form, as_file=bool(mail.message.attachments))
    elif verdict.form and mail.ctx.case:
        secret = secret or mail.ctx.case.secrecy
        because = grounds.names_a_case(mail.ctx.case.number)
    elif doubt:
        because = grounds.other_cases(doubt)
    elif len(parts := _of_several(mail, found)) > 1:
        because, secret = grounds.several(list(parts)), secret or any(part.secrecy for part in parts.values())
    else:
        return found
    return replace(found, registrar=True, secrecy=found.secrecy or secret, because=because)


def _of_several(mail: Incoming, found: Route) -> dict[str, Route]:
    """Where the entries of a list in the mail belong by the rules, by the place's name: each may be a case (S09).

    Of the whole one rule alone decides, and a referral would close it with what is not the other authority's.
    """
    if found.registrar or not (found.unit or found.refer):
        return {}
    facts = facts_of(mail.message, mail.verdict.form)
    ways = [route(mail.book, replace(facts, subject="", text=item, form={})) for item in items(facts.text)]
    units = {way.unit: way for way in ways if way.unit and not way.registrar}
    named = {unit.name: way for each, way in units.items() if (unit := mail.book.unit(each))}
    return named | {way.refer.to: way for way in ways if way.refer}


def begin(mail: Incoming, found: Route, kind: str) -> Plan:
    """A case is opened, and the mail in hand filed in it as its first."""
    case = draft(mail, found)
    if case.publication is Publication.YES and identifying(case, mail.book):
        case = replace(case, publication=Publication.UNDECIDED)  # somebody looks at it first (HJO-29)
    plan = Plan(case, mail.book, mail.now, away=mail.ctx.away)
    plan.effects.append(OpenCase(case, mail.verdict.because))
    by_submitter = mail.verdict.note is None or mail.verdict.note.citizens is not None
    plan.file(mail, kind, from_submitter=case.may_be_mailed and by_submitter)
    if mail.ctx.match.doubt:
        plan.add(Note("doubt", mail.ctx.match.doubt))
    return plan


def draft(mail: Incoming, found: Route) -> Case:
    """The case that the mail would make."""
    message, form, book = mail.message, mail.verdict.form, mail.book
    text = form.text if form and form.text else message.new_text or message.text
    if form and form.ip:
        text = text.replace(form.ip, "–")  # domain 6: it is kept with the mail and shown to nobody
    # What answers a letter has that letter's subject, which is ours and says nothing of the matter.
    subject = "" if message.in_reply_to and find_numbers(message.subject) else message.subject
    title = titles.title(form.heading if form else subject, text)
    return Case(
        mailbox=mail.mailbox,
        title=title.text,
        text=text,
        submitter=reaching.wished(
            writers.submitter_of(mail, form), text, message.text, stated=bool(form and form.contact)
        ),
        received_at=mail.arrival.at,
        channel=form.channel if form else "e-post",
        received_by=mail.taken_in_by,
        language=language_of(text),
        type=(form.type if form else "") or found.type or "",
        category=found.category or "",
        process=(form.process if form else "") or found.process or next(iter(book.municipality.processes), ""),
        unit=found.unit or "",
        department=found.department,
        committee=_committee(mail.book, found.department),
        roads=found.roads,
        guesses=_guesses(mail, found),
        secrecy=found.secrecy,
        anonymous=_is_anonymous(mail, text),
        internal=_by_staff(mail),
        publication=_publication(mail, found),
        alike=() if found.secrecy else mail.alike.numbers,
        draft="" if found.secrecy else mail.alike.draft,
        draft_from="" if found.secrecy else mail.alike.draft_from,
        external_ref=form.external_ref if form else "",
        form=form.form if form else "",
        page=(form.page or form.link) if form else "",
        position=form.position if form else "",
    )


def _is_anonymous(mail: Incoming, text: str) -> bool:
    """Whether nobody says who wrote, or whoever did asks that nobody shall."""
    note, form = mail.verdict.note, mail.verdict.form
    if note:
        return note.anonymous or wishes_anonymity(text)
    if form and not form.is_link_only:
        withheld = withholds_name(form.name)
        is_nameless = not (form.name or form.email or form.phone or form.address)
        if is_nameless or form.anonymous or withheld:
            return True
    return wishes_anonymity(text)


def _committee(book: RuleBook, department_id: str) -> str:
    department = book.department(department_id)
    return (department.committee if department else None) or ""


def _guesses(mail: Incoming, found: Route) -> tuple[Guess, ...]:
    """Where it may belong, for a registrar who is to decide that; of a secret case nothing is guessed."""
    first = mail.book.municipality.triage is Triage.REGISTRAR_FIRST
    if found.secrecy or not (found.registrar or not found.officer or mail.ctx.match.doubt or first):
        return ()
    return guesses(mail.book, facts_of(mail.message, mail.verdict.form), found, mail.alike.settled)


def _by_staff(mail: Incoming) -> bool:
    """Whether a colleague writes in their own name (S36)."""
    through_form = mail.verdict.form is not None or mail.verdict.role is Role.UNKNOWN_FORM
    return mail.book.is_staff(mail.sender) and not through_form


def _publication(mail: Incoming, found: Route) -> Publication:
    if found.secrecy or found.public is False or _by_staff(mail):
        return Publication.NO  # HJO-30: what the staff themselves write is never published
    default = mail.book.municipality.publish.default
    return {Publish.YES: Publication.YES, Publish.NO: Publication.NO, Publish.ASK: Publication.UNDECIDED}[default]


def promise(plan: Plan, mail: Incoming) -> None:
    """The promises of receipt and answer, counted from arrival at the municipality (HJO-04), and the receipt itself."""
    case, book, arrived = plan.case, plan.book, mail.arrival.at
    promises = book.municipality.deadlines
    # What is to be tried as an appeal is no feedback, and no answer is promised (KLI-09)
    clocks = {} if case.is_appeal else {Clock.ANSWER: deadlines.answer_duration(case.channel, case.process, book)}
    reached = case.may_be_acknowledged or case.submitter.contact in {Contact.EMAIL, Contact.LETTER}
    if reached and not case.submitter.unconfirmed and is_due_a_receipt(case, book):
        # Whoever is named as the sender of a forged mail has written nothing and gets no receipt.
        clocks[Clock.RECEIPT] = promises.receipt
    for clock, duration in clocks.items():
        if case.deadline(clock):
            continue
        due = deadlines.due_at(arrived, duration, book)
        plan.add(StartClock(clock, arrived, due, f"promised within {duration} of arrival"))


def is_due_a_receipt(case: Case, book: RuleBook) -> bool:
    """Whether the routine has a receipt for feedback that came so: for all, for what was written, or with a name (C03).

    Who mails has given a name and an address by that.
    """
    to = book.municipality.receipt.to
    if to is ReceiptTo.EVERYONE:
        return True
    named = case.channel == "e-post" or bool(case.submitter.name)
    return not is_spoken(case.channel) and (named or to is ReceiptTo.WRITTEN)


def place(
    plan: Plan,
    found: Route,
    *,
    source: str,
    files: str,
    mailed_at: datetime | None = None,
) -> None:
    """Who takes care of it; the receipt names them, so it is written after they are known.

    source: digest of the mail that brings it about. files: what goes along with the letters, as in `SendLetter`.
    mailed_at: when the mail came in that is to be found in the mailbox, where that is not the case's own arrival.
    """
    case, book = plan.case, plan.book
    alerted = alerting.alerted(plan, case.roads, case.text)
    officer = "" if found.registrar else found.officer
    if case.secrecy:
        plan.assign(case.unit, "", f"secret: {found.because}")
        receipt(plan, "receipt-neutral")
        reader, facts = secrecy_reader(case, book), {"arrived": mailed_at} if mailed_at else None
        plan.letter(Letter.ASSIGNMENT, reader, found.because, template="assignment-secret", facts=facts)
    elif not officer or (book.municipality.triage is Triage.REGISTRAR_FIRST and not _is_pressing(case, book)):
        _to_registrar(plan, found, officer, source, files, alerted.pop(registrar_of(case, book), ()))
    else:
        _to_officer(plan, found, officer, files)
    for address in found.for_information:
        if not case.secrecy:
            plan.letter(Letter.INFORMATION, address, found.because, template="for-information", files_of=files)
    copying.tell_managers(plan, files)
    _alert_duty(plan, found)
    for address, roads in alerted.items():
        alerting.alert(plan, address, roads, found.because, {}, "" if case.secrecy else source)


def _alert_duty(plan: Plan, found: Route) -> None:
    if found.duty:
        plan.letter(Letter.ALERT, alerting.duty_address(plan), found.because, template="duty")


def _is_pressing(case: Case, book: RuleBook) -> bool:
    """Whether the answer is promised within hours: then nobody waits for a registrar to look at it (KOP-14, KOP-15)."""
    return deadlines.answer_duration(case.channel, case.process, book).unit in {Unit.HOURS, Unit.MINUTES}


def _to_registrar(
    plan: Plan, found: Route, officer: str, source: str, files: str, roads: tuple[Road, ...] = ()
) -> None:
    """The registrar decides; `officer` is the one whom the rules propose, if any. roads: what it may be besides."""
    away, registrar = plan.away, registrar_of(plan.case, plan.book)
    plan.assign(plan.case.unit, "", f"the registrar decides: {found.because}")
    nonce = _propose(plan, source, registrar, (officer and new_officer(officer, plan.book, away)) or officer)
    receipt(plan)
    facts = {"reason": grounds.in_swedish(found.because), "absent": away.of(officer) if officer else None}
    if roads:
        enclosed = source if plan.case.is_appeal else files
        alerting.alert(plan, registrar, roads, found.because, facts | {"distributes": True}, enclosed, nonce)
        return
    if is_listed_only(plan.book) and not found.duty:
        plan.add(Note("list", "the registrar is shown it in the next morning mail"))
        return
    plan.letter(
        Letter.ASSIGNMENT,
        registrar,
        found.because,
        template="triage",
        facts=facts,
        files_of=files,
        nonce=nonce,
    )


def _to_officer(plan: Plan, found: Route, officer: str, files: str) -> None:
    """The officer has it; of one who is away, the substitute, where the municipality wants no question (`absence`)."""
    instead = new_officer(officer, plan.book, plan.away)
    because = f"{found.because}; {officer} is away" if instead else found.because
    plan.assign(plan.case.unit, instead or officer, because)
    receipt(plan)
    facts = {"in_place_of": plan.away.of(officer)} if instead else {}
    plan.letter(Letter.ASSIGNMENT, instead or officer, because, facts=facts, files_of=files)


def _propose(plan: Plan, source: str, registrar: str, officer: str) -> str:
    """The rules' proposal waits for the registrar's yes to the letter with the returned nonce; empty without one."""
    plan.set("proposed by the rules", proposal=officer)
    if not officer:
        return ""
    nonce = source[: questions.NONCE]
    orders = (Command(Word.HAND_OVER, officer),)
    plan.add(Ask(Pending(orders, registrar, source, (nonce,), registrar), "the registrar confirms or decides"))
    return nonce


def receipt(plan: Plan, template: str = "") -> None:
    """The receipt, to whoever can get one; on paper by way of whoever posts it (SPA-20)."""
    if posting.may_be_posted(plan.case) and plan.case.deadline(Clock.RECEIPT):
        posting.post(plan, Paper.RECEIPT, "a receipt on paper")
    if plan.case.is_appeal:  # it says as little of what the mail holds as a neutral one
        template = "receipt-appeal"
    if plan.case.may_be_acknowledged and plan.case.deadline(Clock.RECEIPT):
        plan.letter(
            Letter.RECEIPT,
            plan.case.submitter.mail_to,
            "a receipt goes to everybody who can get one",
            template=template,
        )
