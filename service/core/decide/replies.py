"""A reply without a command: yes or no to our question, an answer to be shown first, or words between colleagues."""

from __future__ import annotations

import re
from dataclasses import replace

from service.core.cases import Pending
from service.core.classify import tokens_of
from service.core.decide import answers, colleagues, echoes, obey, proposals, questions
from service.core.decide.deeds.deed import Job
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import responsible
from service.core.decide.stopping import tell_not_released, tell_released
from service.core.decide.wishes import read_wish
from service.core.effects import Ask, Letter, Note
from service.core.people.addresses import same
from service.core.reading.automatic.replies import may_be_automatic
from service.core.reading.automatic.subjects import names_another
from service.core.rules.choices import PlainReply
from service.core.speech import courtesy
from service.core.speech.commands import CHOOSES, Command, Word, read_choice, strip
from service.core.speech.consent import Consent, body, is_greeted, is_sentence, looks_like_a_letter, read_consent


def is_consent(text: str) -> bool:
    """Whether the text is nothing but a yes or a no, whatever mark stands before it."""
    return read_consent(text) in {Consent.YES, Consent.NO}


def on_reply(plan: Plan, mail: Incoming, text: str, doubts: list[str]) -> None:
    """Decide what the text is.

    doubts: what speaks against acting on the mail at all without a question.
    """
    waiting = plan.case.pending
    if waiting and _answers(mail, waiting):
        _consented(plan, mail, waiting, text)
        return
    said = read_consent(text, signature(mail))
    mine = waiting is not None and same(waiting.asked, mail.sender)
    if said is Consent.NO and plan.case.leaving:
        obey.carry_out(plan, (Command(Word.UNDO),), _job(mail))
        echoes.echo(plan, mail.sender, "a no before the answer left")
    elif said is Consent.YES and (mine or not courtesy.is_acknowledgement(text)):
        _no_such_question(plan, mail, waiting if mine else None)
    elif is_direct(plan, mail):
        _direct(plan, mail, text, doubts)
    elif courtesy.is_acknowledgement(text, signature(mail)):
        plan.add(Note("thanks", "courtesy from a colleague: nothing is done", plan.actor))
    else:
        _words(plan, mail, text, doubts, waiting if mine else None)


def _words(plan: Plan, mail: Incoming, text: str, doubts: list[str], waiting: Pending | None) -> None:
    """Words that are neither yes nor no, thanks nor a mail to the citizen."""
    case, book = plan.case, mail.book
    wish = _wish(plan, mail, text)
    if wish and _has_it(plan, wish):
        plan.add(Note("note", text, plan.actor))  # "Jag tar den", by whoever has it
        if not same(mail.sender, case.officer):  # "Bo, tar du detta?", where Bo has it
            _show_to_officer(plan, mail)
    elif wish and (wish.word is Word.HAND_OVER or case.is_open):
        proposals.ask_first(plan, mail, (wish,), doubts, written=False)
    elif waiting and not is_sentence(text):
        proposals.ask_again(plan, mail, waiting, text)
    elif (
        not re.search(r"\w{2}", text)
        or not same(mail.sender, responsible(case, book))
        or not case.officer
        or is_consent(text)
        or _asks_a_colleague(text)
        or colleagues.greeted(text, case, book, mail.sender)
    ):
        questions.ask_back(plan, mail)
    else:
        _answer(plan, mail, text, doubts)


def _show_to_officer(plan: Plan, mail: Incoming) -> None:
    secret = plan.case.secrecy
    facts = {"new_text": "" if secret else mail.message.new_text, "sender": mail.sender}
    template, because = "follow-up-secret" if secret else "staff-note", "a colleague turns to whoever has the case"
    plan.letter(Letter.INFORMATION, plan.case.officer, because, template=template, facts=facts)


def _wish(plan: Plan, mail: Incoming, text: str) -> Command | None:
    case = plan.case
    between = bool(colleagues.greeted(text, case, mail.book, mail.sender))
    names = case.submitter.name
    return read_wish(text, mail.sender, mail.book, unassigned=not case.officer, submitter=names, between=between)


_SHORT_QUESTION = 100  # characters


def _asks_a_colleague(text: str) -> bool:
    """A short question without a greeting is no answer to anybody."""
    said = strip(text)
    return said.endswith("?") and len(said) < _SHORT_QUESTION and not is_greeted(said)


def _has_it(plan: Plan, wish: Command) -> bool:
    return wish.word is Word.HAND_OVER and same(wish.value, plan.case.officer)


def _answer(plan: Plan, mail: Incoming, text: str, doubts: list[str]) -> None:
    """The text may be the answer."""
    text = answers.without_sign_off(text, mail.sender, mail.book)
    orders, faults, own = obey.settle(plan, (Command(Word.ANSWER, text),), mail.today)
    sends = mail.book.municipality.answer.plain_reply is PlainReply.SEND
    doubts = [*doubts, *own, *(_may_be_a_programs(mail, text) if sends else ())]
    if faults:
        questions.ask_back(plan, mail, faults)
    elif sends and not doubts and looks_like_a_letter(text):
        obey.carry_out(plan, orders, _job(mail))
        echoes.echo(plan, mail.sender, "a plain reply is the answer")
    else:
        proposals.ask_first(plan, mail, orders, doubts)


def _may_be_a_programs(mail: Incoming, text: str) -> list[str]:
    """Mail programs write in a person's name too (read, recalled, away): before our subject, or in such words alone."""
    if names_another(mail.message.subject, mail.answered):
        return ["Ämnesraden ser inte ut som i ett vanligt svar. Ditt e-postprogram kan ha skrivit mejlet åt dig."]
    if may_be_automatic(text):
        return ["Texten liknar ett automatiskt svar. Ditt e-postprogram kan ha skrivit mejlet åt dig."]
    return []


def _job(mail: Incoming) -> Job:
    return Job(mail.sender, mail.message.digest, mail.today, at=mail.arrival.at)


# --- yes and no ------------------------------------------------------------------------------------------------------


def answers_question(plan: Plan, mail: Incoming) -> bool:
    """Whether the mail answers a question of ours that still waits for its yes or no."""
    return plan.case.pending is not None and _answers(mail, plan.case.pending)


def _answers(mail: Incoming, waiting: Pending) -> bool:
    """Whether the mail answers the very letter that asks, which was sent to its writer alone."""
    first = next(iter(tokens_of(mail.message)), None)
    ids = (mail.message.in_reply_to, *mail.message.references)
    exposed = any(i in mail.ctx.exposed for i in ids if i and first and first.nonce in i)
    asked = first is not None and first.nonce in waiting.questions
    return bool(first and asked and not exposed and first.proves(mail.ctx.secret, mail.sender))


def _chosen(mail: Incoming, waiting: Pending, text: str) -> Pending | None:
    """What waits, with the choice that the text makes by number or by name; None where it makes none."""
    said = _first_line(text)
    number = _NUMBER.fullmatch(said)
    at = int(number[1]) - 1 if number else -1
    if number is None and said:
        person = colleagues.find(said, mail.book).person
        meant = (person.email if person else "", read_choice(said, waiting.choices) or "")
        at = next((n for n, choice in enumerate(waiting.choices) if choice in meant), -1)
    if not 0 <= at < len(waiting.choices) or len(body(text, signature(mail))) != 1:
        return None
    orders = (Command(c.word, waiting.choices[at]) if not c.value and c.word in CHOOSES else c for c in waiting.orders)
    return replace(waiting, orders=tuple(orders), choices=())


_NUMBER = re.compile(r"(?i)(?:jag (?:menar|väljer) )?(?:(?:nr|nummer|alternativ)\.? ?)?(\d{1,2})[.)!]?(?:,? tack!?)?")


def _consented(plan: Plan, mail: Incoming, waiting: Pending, text: str) -> None:
    said = read_consent(text, signature(mail))
    if waiting.choices and said is not Consent.NO:
        chosen = _chosen(mail, waiting, text)
        if chosen is None:
            proposals.ask_again_which_one(plan, mail, waiting)
            return
        waiting, said = chosen, Consent.YES
    if said is Consent.YES:
        released = not same(waiting.asked, waiting.officer)
        plan.add(Ask(None, "the yes has come"))
        # The officer's own yes makes the text an answer; where answers are released centrally, that comes next.
        job = Job(waiting.officer, waiting.source, mail.today, release=released, at=waiting.at)
        obey.carry_out(plan, waiting.orders, job)
        echoes.echo(plan, mail.sender, "what waited for a yes is done")
        if released and waiting.answer:
            tell_released(plan, waiting.officer)
    elif said is Consent.NO and not _wish(plan, mail, text):
        plan.add(Note("no", "the writer says no: nothing is done", plan.actor))
        tell_not_released(plan, "a no to the release")
        kept = "Texten ligger kvar" if waiting.answer else "Förslaget ligger kvar"
        plan.left.append(f"Inget skickades och inget ändrades. {kept}: svara JA på vår fråga om du ångrar dig.")
        echoes.echo(plan, mail.sender, "a no")
    else:
        _instead(plan, mail, waiting, text, said)


def _instead(plan: Plan, mail: Incoming, waiting: Pending, text: str, said: Consent) -> None:
    """Something else than yes or no in answer to our question: a wish, or a new text in place of the first."""
    case, book = plan.case, mail.book
    yes_and_more = read_consent(_first_line(text)) is Consent.YES
    wish = None if yes_and_more else _wish(plan, mail, text)
    writes_answers = (
        same(waiting.asked, waiting.officer) and case.officer and same(mail.sender, responsible(case, book))
    )
    if wish and not _has_it(plan, wish):
        proposals.ask_first(plan, mail, (wish,), written=False)
    elif said is Consent.UNCLEAR or not writes_answers:
        proposals.ask_again(plan, mail, waiting, text, "Under ditt ja står mer text." if yes_and_more else "")
    else:
        _answer(plan, mail, text, ["Det här är en ny text. Den ersätter den förra om du svarar ja."])


def _first_line(text: str) -> str:
    return next(iter(body(text)), "")


def _no_such_question(plan: Plan, mail: Incoming, waiting: Pending | None) -> None:
    if waiting:
        reason = "Du har svarat på ett annat mejl än det som frågade. Svara på det här mejlet i stället."
        proposals.ask_again(plan, mail, waiting, reason=reason)
    else:
        fault = "Det finns inget förslag som väntar på ditt ja, eller så har ett nyare ersatt det."
        questions.ask_back(plan, mail, [fault])


def signature(mail: Incoming) -> str:
    """The words that the writer signs with, as far as anybody knows."""
    person, sender = mail.book.person(mail.sender), mail.message.sender
    words = (sender.name if sender else "", person.name if person else "", (person.title if person else "") or "")
    unit = mail.book.unit(mail.book.unit_of(mail.sender) or "")
    department = next((d.name for d in mail.book.people.departments if unit and d.id == unit.department), "")
    return " ".join((*words, unit.name if unit else "", department, mail.book.municipality.name))


# --- past the service ------------------------------------------------------------------------------------------------


def is_direct(plan: Plan, mail: Incoming) -> bool:
    """Whether the mail went to the citizen too (KOP-26, S31): as recipient, or in copy."""
    return any(plan.case.submitter.has(a.address) for a in (*mail.message.to, *mail.message.cc))


def _direct(plan: Plan, mail: Incoming, text: str, doubts: list[str]) -> None:
    """The officer wrote to the citizen, with the mailbox in copy (KOP-26, S31): nothing is sent again."""
    orders = (Command(Word.ANSWERED, text),)
    doubts = [*doubts, *meant_for_colleagues(plan, mail, text)]
    if doubts:
        proposals.ask_first(plan, mail, orders, doubts)
    else:
        obey.carry_out(plan, orders, _job(mail))
        echoes.echo(plan, mail.sender, "a direct answer was registered")


def meant_for_colleagues(plan: Plan, mail: Incoming, text: str) -> list[str]:
    """Why a text that the submitter has read is perhaps no answer, in a sentence for its writer."""
    if (
        _asks_a_colleague(text)
        or colleagues.greeted(text, plan.case, mail.book, mail.sender)
        or _wish(plan, mail, text)
    ):
        return ["Texten ser ut att vara skriven till en kollega, fast synpunktslämnaren också har fått den."]
    return []
