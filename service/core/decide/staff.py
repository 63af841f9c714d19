"""A staff member writes in a case: commands, a plain reply, the one word JA, or somebody who only looks like staff."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from service.core import addresses, commands
from service.core.cases import IllegalMove, Move, Publication
from service.core.classify import proving_tokens, thread_ids
from service.core.commands import Command, Orders, Word
from service.core.decide import answers
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import may_command, registrar_of, responsible, same
from service.core.effects import Effect, ExposeThread, Letter, NoCase, Note, SendLetter
from service.core.reading.history.quotes import DOUBTS
from service.core.rules.municipality import PlainReply
from service.core.tokens import read_token

_FORWARD = re.compile(r"\s*(vb|vs|vl|fw|fwd|wg|vidarebefordrat)\s*:", re.IGNORECASE)


def on_officer(mail: Incoming) -> list[Effect]:
    """A genuine staff mail in a case. All of it is obeyed or none: in doubt the writer is asked."""
    case = mail.ctx.case
    assert case
    plan = Plan(case, mail.book, mail.now, actor=mail.sender)
    _expose(plan, mail)
    if not may_command(mail.sender, case, mail.book):
        return _bystander(plan, mail)
    plan.file(mail, "officer")
    filed = Plan(plan.case, mail.book, mail.now, mail.sender, list(plan.effects))
    try:
        _obey(plan, mail)
    except IllegalMove as illegal:
        plan = filed
        _ask(plan, mail, [f"Det går inte i ärendets nuvarande läge ({_STATUS[illegal.status.value]})."])
    return plan.effects


def _expose(plan: Plan, mail: Incoming) -> None:
    """A mail that went outside as well has shown its recipients the ids that prove who writes."""
    outside = [
        a
        for a in (*mail.message.to, *mail.message.cc)
        if not mail.book.is_staff(a.address) and a.key not in mail.ctx.own_addresses
    ]
    ids = tuple(i for i in thread_ids(mail.message) if read_token(i))
    if outside and ids:
        plan.add(ExposeThread(ids, "the mail went to people outside, too"))


_STATUS = {
    "new": "nytt",
    "triage": "ofördelat",
    "assigned": "fördelat",
    "waiting": "väntar",
    "answered": "besvarat",
    "closed": "avslutat",
    "refused": "avvisat",
}


def _obey(plan: Plan, mail: Incoming) -> None:
    orders = commands.read_orders(mail.message.new_text)
    if not orders.commands and not orders.faults:
        _plain(plan, mail, orders.text)
        return
    faults = list(orders.faults) or _faults(plan, orders)
    if faults:
        _ask(plan, mail, faults)
        return
    for command in sorted(orders.commands, key=lambda c: _ORDER.index(c.word)):
        _DO[command.word](plan, mail, command)
    if orders.text and not commands.is_sign_off(orders.text):
        plan.add(Note("note", orders.text, plan.actor))
        plan.done.append("Texten utanför kommandona är antecknad internt. Den skickas inte.")
    if plan.case.close_wanted and Word.CLOSE not in {c.word for c in orders.commands}:
        answers.close(plan)
    if plan.done:
        plan.letter(Letter.ECHO, mail.sender, "what was understood and done", facts={"done": tuple(plan.done)})


def _plain(plan: Plan, mail: Incoming, text: str) -> None:
    """A reply without a command: the answer to our question, a direct answer, a proposed answer, or a thought."""
    case, book = plan.case, mail.book
    pending = case.pending
    if pending and commands.begins_with_yes(text) and not commands.says_yes(text, _signature(mail)):
        _ask(plan, mail, ["Under ditt ja står mer text. Svara bara JA om förslaget ska skickas som det är."])
        return
    if commands.says_yes(text, _signature(mail)):
        if pending and same(pending.asked, mail.sender) and _answers_question(mail, pending.question):
            # The officer's own yes makes the text an answer; where answers are released centrally, that comes next.
            own = same(pending.asked, pending.officer)
            give = answers.give_answer if own else answers.send_answer
            give(plan, pending.text, pending.officer, pending.source)
            plan.letter(Letter.ECHO, mail.sender, "the answer was released", facts={"done": tuple(plan.done)})
        elif case.proposal and not pending:
            hand_over(plan, case.proposal, "the registrar confirmed the proposal")
        else:
            _ask(plan, mail, ["Det finns inget förslag som väntar på ditt ja, eller så har ett nyare ersatt det."])
        return
    to = {a.key for a in (*mail.message.to, *mail.message.cc)}
    if case.submitter.email and addresses.key(case.submitter.email) in to:
        answers.on_direct_answer(plan, mail)
        plan.letter(Letter.ECHO, mail.sender, "a direct answer was registered", facts={"done": tuple(plan.done)})
        return
    if not text or not same(mail.sender, responsible(case, book)) or not case.officer:
        _ask(plan, mail, [])
        return
    if book.municipality.answer.plain_reply is PlainReply.SEND and not _is_doubtful(mail):
        answers.give_answer(plan, text, mail.sender, mail.message.digest)
        plan.letter(Letter.ECHO, mail.sender, "a plain reply is the answer", facts={"done": tuple(plan.done)})
    elif case.secrecy:
        _ask(plan, mail, ["Ärendet är markerat med sekretess. Ditt svar kan inte skickas med mejl."])
    else:
        answers.ask_first(plan, text, mail.sender, mail.message.digest, mail.sender)


def _signature(mail: Incoming) -> str:
    """The words that the writer signs with, as far as anybody knows."""
    person, sender = mail.book.person(mail.sender), mail.message.sender
    words = (sender.name if sender else "", person.name if person else "", (person.title if person else "") or "")
    return " ".join((*words, mail.book.municipality.name))


def _answers_question(mail: Incoming, nonce: str) -> bool:
    return any(
        t.is_for(Letter.QUESTION) and t.nonce == nonce and t.proves(mail.ctx.secret, mail.sender)
        for t in proving_tokens(mail.message, mail.ctx)
    )


def _ask(plan: Plan, mail: Incoming, faults: list[str]) -> None:
    """Nothing was done: say why, and how it is done."""
    text = mail.message.new_text
    if plan.case.secrecy:  # what was written may itself be secret: it is not repeated in a mail
        text, faults = "", ["Mejlet innehåller något som tjänsten inte förstår."] if faults else []
    facts = {"faults": tuple(faults), "text": text, **commands.lists(mail.book)}
    plan.letter(Letter.QUESTION, mail.sender, "; ".join(faults) or "a reply without a command", facts=facts)


def _faults(plan: Plan, orders: Orders) -> list[str]:
    """What the municipality's lists and people make impossible: asked before anything is done."""
    book, faults = plan.book, []
    for word, choices in (
        (Word.MEASURE, tuple(book.municipality.measures)),
        (Word.TYPE, tuple(book.municipality.types)),
        (Word.CATEGORY, tuple(book.municipality.categories)),
    ):
        value = orders.value(word)
        if value is not None and choices and commands.read_choice(value, choices) is None:
            faults.append(f"”{value}” finns inte i listan för #{word.value}.")
    publish = orders.value(Word.PUBLISH)
    if publish is not None and commands.read_yes_no(publish) is None:
        faults.append("Skriv #PUBLICERA JA eller #PUBLICERA NEJ.")
    to = orders.value(Word.HAND_OVER)
    if to is not None and not book.person(_address(to)):
        faults.append(f"”{to}” finns inte bland kommunens handläggare, så ärendet kan inte lämnas över dit.")
    return faults


def _address(value: str) -> str:
    found = re.search(r"[^\s<>:;,()\[\]\"']+@[^\s<>:;,()\[\]\"']+", value.replace("mailto:", " "))
    return found[0].rstrip(".") if found else value


def _do_answer(plan: Plan, mail: Incoming, command: Command) -> None:
    if _is_doubtful(mail) and not plan.case.secrecy:
        answers.ask_first(plan, command.value, mail.sender, mail.message.digest, mail.sender)
        plan.done.append("Svaret är inte skickat än. Du har fått en fråga om texten i ett eget mejl.")
    else:
        answers.give_answer(plan, command.value, mail.sender, mail.message.digest)


def _is_doubtful(mail: Incoming) -> bool:
    """Whether the text may hold quoted history or a forwarded mail: then its writer reads it once more (S18, S20)."""
    return bool(DOUBTS.intersection(mail.message.warnings)) or bool(_FORWARD.match(mail.message.subject))


def _do_note(plan: Plan, _mail: Incoming, command: Command) -> None:
    plan.add(Note("note", command.value, plan.actor))
    plan.done.append("Anteckningen är sparad internt.")


def _do_measure(plan: Plan, _mail: Incoming, command: Command) -> None:
    measure = commands.read_choice(command.value, tuple(plan.book.municipality.measures)) or command.value
    plan.set("set by staff", measure=measure)
    plan.done.append(f"Åtgärd: {measure}.")


def _do_type(plan: Plan, _mail: Incoming, command: Command) -> None:
    chosen = commands.read_choice(command.value, tuple(plan.book.municipality.types)) or command.value
    plan.set("set by staff", type=chosen)
    plan.done.append(f"Typ: {chosen}.")


def _do_category(plan: Plan, _mail: Incoming, command: Command) -> None:
    chosen = commands.read_choice(command.value, tuple(plan.book.municipality.categories)) or command.value
    plan.set("set by staff", category=chosen)
    plan.done.append(f"Kategori: {chosen}.")


def _do_title(plan: Plan, _mail: Incoming, command: Command) -> None:
    plan.set("set by staff", staff_title=command.value[:120])
    plan.done.append("Rubriken är ändrad." if plan.case.secrecy else f"Rubrik: {command.value[:120]}")


def _do_publish(plan: Plan, _mail: Incoming, command: Command) -> None:
    yes = bool(commands.read_yes_no(command.value))
    if yes and (plan.case.secrecy or plan.case.internal):
        plan.done.append("Ärendet publiceras inte: det är internt eller markerat med sekretess.")
        return
    plan.set("decided by staff", publication=Publication.YES if yes else Publication.NO)
    plan.done.append("Ärendet får publiceras." if yes else "Ärendet publiceras inte.")


def _do_keep_open(plan: Plan, _mail: Incoming, _command: Command) -> None:
    plan.set("asked by staff", keep_open=True, close_wanted=False)
    plan.done.append("Ärendet hålls öppet tills du skriver #AVSLUTA.")


def _do_delayed(plan: Plan, mail: Incoming, command: Command) -> None:
    """`#FÖRSENAD [date] reason`: the reason is registered, and with a new date the citizen is told (HJO-26)."""
    found = re.match(r"(\d{4}-\d{2}-\d{2})\s*(.*)", command.value)
    promised = _day(found[1]) if found else None
    reason = found[2].strip() if found and promised else command.value
    plan.set("given by staff", late_reason=reason)
    plan.done.append("Orsaken till förseningen är antecknad.")
    case = plan.case
    if promised and promised >= mail.today and case.may_be_mailed and not case.secrecy and case.running:
        facts = {"promised": promised, "reason": reason}
        plan.letter(Letter.DELAY, case.submitter.email, "the submitter is told of the delay", facts=facts)
        plan.done.append("Synpunktslämnaren har fått besked om förseningen och det nya datumet.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _do_hand_over(plan: Plan, _mail: Incoming, command: Command) -> None:
    hand_over(plan, _address(command.value), f"handed over by {plan.actor}")


def hand_over(plan: Plan, to: str, because: str) -> None:
    """A new officer has the case; the number and the due date stay (KOP-24, HJO-04)."""
    person = plan.book.person(to)
    assert person
    first = not plan.case.officer
    plan.assign(plan.book.unit_of(person.email) or plan.case.unit, person.email, because)
    template = "assignment-secret" if plan.case.secrecy else "assignment"
    files = "" if plan.case.secrecy else "case"
    plan.letter(Letter.ASSIGNMENT, person.email, because, template=template, files_of=files)
    if plan.case.may_be_mailed and not plan.case.secrecy:
        because = "the submitter knows who has the case (KLI-24)"
        plan.letter(Letter.HANDOVER, plan.case.submitter.email, because, facts={"first": first})
    plan.done.append(f"Ärendet är överlämnat till {person.name}. Sista svarsdag är densamma.")


def _do_wrong_officer(plan: Plan, _mail: Incoming, command: Command) -> None:
    if not plan.case.is_open:
        raise IllegalMove(plan.case.status, Move.TRIAGE)  # nobody owes anything that a registrar could hand on
    because = f"returned by {plan.actor}"
    plan.assign(plan.case.unit, "", because)
    facts = {"reason": command.value or "Handläggaren säger att ärendet hör hemma någon annanstans.", "by": plan.actor}
    files = "" if plan.case.secrecy else "case"
    template = "assignment-secret" if plan.case.secrecy else "triage"
    plan.letter(
        Letter.ASSIGNMENT, registrar_of(plan.case, plan.book), because, template=template, facts=facts, files_of=files
    )
    plan.done.append("Ärendet är lämnat tillbaka till registrator.")


def _do_close(plan: Plan, _mail: Incoming, _command: Command) -> None:
    answered_now = any(isinstance(e, SendLetter) and e.kind is Letter.ANSWER for e in plan.effects)
    if plan.case.pending:
        plan.set("closing waits for the release", close_wanted=True)
        plan.done.append("Ärendet avslutas när svaret har skickats.")
    elif plan.case.closed_at is None:
        answers.close(plan, merged=answered_now)
    elif not plan.done:
        plan.done.append("Ärendet var redan avslutat.")


def _do_help(plan: Plan, mail: Incoming, _command: Command) -> None:
    _ask(plan, mail, [])


_DO: dict[Word, Callable[[Plan, Incoming, Command], None]] = {
    Word.TYPE: _do_type,
    Word.CATEGORY: _do_category,
    Word.TITLE: _do_title,
    Word.MEASURE: _do_measure,
    Word.PUBLISH: _do_publish,
    Word.INTERNAL: _do_note,
    Word.DELAYED: _do_delayed,
    Word.ANSWER: _do_answer,
    Word.HAND_OVER: _do_hand_over,
    Word.WRONG_OFFICER: _do_wrong_officer,
    Word.KEEP_OPEN: _do_keep_open,
    Word.CLOSE: _do_close,
    Word.HELP: _do_help,
}
# Facts first, then the answer, then the closing that needs both.
_ORDER = list(_DO)


def _bystander(plan: Plan, mail: Incoming) -> list[Effect]:
    """Genuine staff, but without a say in the case: kept as a note and shown to the officer; nothing is obeyed."""
    plan.file(mail, "staff-note")
    facts = {"new_text": "" if plan.case.secrecy else mail.message.new_text, "sender": mail.sender}
    template = "follow-up-secret" if plan.case.secrecy else "staff-note"
    to = responsible(plan.case, plan.book)
    plan.letter(Letter.INFORMATION, to, "a colleague has written in the case", template=template, facts=facts)
    if commands.read_orders(mail.message.new_text).commands:
        _ask(plan, mail, ["Du är inte handläggare, chef eller registrator för ärendet, så kommandot är inte utfört."])
    return plan.effects


def on_unproven(mail: Incoming) -> list[Effect]:
    """A staff address that nothing proves (S39): kept as evidence, not obeyed, the registrar is told."""
    case = mail.ctx.case
    assert case
    plan = Plan(case, mail.book, mail.now)
    plan.file(mail, "unproven")
    plan.add(Note("unproven", mail.verdict.because, mail.sender))
    registrar = registrar_of(case, mail.book)
    plan.letter(
        Letter.ALERT,
        registrar,
        "a mail that claims to be from staff",
        template="unproven",
        facts={"sender": mail.sender},
    )
    if mail.book.person(mail.sender) and not same(mail.sender, registrar):
        plan.letter(
            Letter.QUESTION, mail.sender, "the real owner of the address learns of it", template="unproven-sender"
        )
    return plan.effects


def on_staff_without_case(mail: Incoming) -> list[Effect]:
    """Commands from staff that name no case: nothing to do them on, so the writer is asked."""
    because = "commands that name no case"
    question = SendLetter(Letter.QUESTION, mail.sender, because, template="no-case")
    return [NoCase("staff", because), question]
