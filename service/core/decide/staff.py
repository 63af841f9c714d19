"""A staff member writes: commands, a plain reply, or somebody who only looks like staff.

Whoever is certainly a colleague is obeyed. Whoever only shows a letter that this colleague was sent may add what stays
inside; all else waits for a yes to a fresh letter, which goes to the colleague's own address.
"""

from __future__ import annotations

import re

from service.core import classify
from service.core.cases import Case, IllegalMove
from service.core.decide import carrying, echoes, lookups, obey, posting, proposals, questions, replies, sorting
from service.core.decide.deeds.deed import Job
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import may_command, registrar_of, responsible
from service.core.effects import Effect, Letter, NoCase, Note, SendLetter
from service.core.identity.numbers import find_numbers
from service.core.people.addresses import same
from service.core.publicity import enclosures
from service.core.reading.history.quotes import DOUBTS, HIDDEN, STRUCK
from service.core.rules.choices import Anonymous
from service.core.rules.routing import facts_of, route
from service.core.speech import commands, consent, courtesy, orders
from service.core.speech.commands import Command, Word
from service.core.speech.filenotes import OF_A_NOTE
from service.core.speech.orders import Orders

_FORWARD = re.compile(r"\s*(vb|vs|vl|fw|fwd|wg|vidarebefordrat)\s*:", re.IGNORECASE)


def on_officer(mail: Incoming) -> list[Effect]:
    """A genuine staff mail in a case. All of it is obeyed or none: in doubt the writer is asked."""
    case = mail.ctx.case
    assert case
    plan = Plan(case, mail.book, mail.now, actor=mail.sender, away=mail.ctx.away, joined=mail.joined)
    plan.posted, plan.unwritable = posting.answered(mail.message), mail.unwritable
    if not may_command(mail.sender, case, mail.book) and not _may_do_just_this(case, mail):
        return _bystander(plan, mail)
    plan.file(mail, "officer")
    filed = Plan(plan.case, mail.book, mail.now, mail.sender, list(plan.effects))
    try:
        _obey(plan, mail)
    except IllegalMove as illegal:
        plan = filed
        questions.ask_back(plan, mail, [carrying.not_now(illegal)])
    return plan.effects


def _may_do_just_this(case: Case, mail: Incoming) -> bool:
    """What somebody without a say in the case may order: to take their own back, and to complete their own note.

    Whoever has given a case away may regret it; whoever took the feedback in may say from whom and when it came.
    """
    given = orders.read_orders(mail.message.new_text).words
    if case.obeyed is not None and same(case.obeyed.by, mail.sender) and given == {Word.UNDO}:
        return True
    return bool(case.received_by) and same(case.received_by, mail.sender) and bool(given) and given <= OF_A_NOTE


def _obey(plan: Plan, mail: Incoming) -> None:
    if mail.ctx.match.doubt:
        questions.ask_back(plan, mail, [_which(mail)])
        return
    text, direct = mail.message.new_text, replies.is_direct(plan, mail)
    read = orders.read_orders(text, sent=direct)
    if replies.is_consent(text) and _is_bare(read) and (not read.words or replies.answers_question(plan, mail)):
        read = Orders(text=text)
    if not read.commands and not read.faults and (sorts := _sorts(plan, mail)):
        read = Orders(commands=(sorts,))
    if not read.commands and not read.faults:
        replies.on_reply(plan, mail, read.text, _doubts(mail, answers=True))
        return
    given = _ordered(read, direct=direct)
    settled, faults, doubts = obey.settle(plan, given, mail.today)
    if Command(Word.ANSWERED, read.text) in given:
        doubts = [*doubts, *replies.meant_for_colleagues(plan, mail, read.text)]
    if plan.case.pending and replies.is_consent(read.text):
        faults.insert(0, "Mejlet har både ett ja eller nej och kommandon. Svara för sig på vår fråga.")
    unclear = obey.left_open(plan, given, mail.today) if faults and not read.faults else None
    if unclear and not replies.is_consent(read.text):
        proposals.ask_which_one(plan, mail, unclear, [*_doubts(mail, answers=True), *read.doubts])
        return
    faults = [*read.faults, *faults]
    if faults:
        questions.ask_back(plan, mail, faults)
        return
    sends = bool({Word.ANSWER, Word.DELAYED, Word.REFUSE} & {c.word for c in given})
    doubts = [*_doubts(mail, answers=sends), *read.doubts, *doubts]
    if doubts and (not _inside(plan, read) or _hidden(mail)):
        proposals.ask_first(plan, mail, tuple(c for c in settled if c.word is not Word.HELP), doubts)
        return
    obey.carry_out(plan, settled, Job(mail.sender, mail.message.digest, mail.today))
    echoes.echo(plan, mail.sender, "what was understood and done")
    if Word.HELP in read.words:
        questions.explain(plan, mail)


def _is_bare(read: Orders) -> bool:
    """Whether a yes or a no is all: "#JA", "#ÅNGRA", "#SVAR ja". An answer that is made of such words is an answer."""
    return read.words <= {Word.UNDO} or (
        read.words == {Word.ANSWER} and len((read.value(Word.ANSWER) or "").split()) < _TO_SAY
    )


_TO_SAY = 3  # words


def _sorts(plan: Plan, mail: Incoming) -> Command | None:
    """A number or a name in answer to the letter that asks a registrar who is to have the case."""
    case, asked = plan.case, replies.answers_question(plan, mail)
    proposed = Command(Word.HAND_OVER, case.proposal)
    if asked and case.pending and case.pending.orders != (proposed,):
        return None  # numbers in answer to another question mean something else
    return sorting.sorted_by(
        mail.message.new_text, case, replies.signature(mail), mail.book, names=not (asked or case.officer)
    )


def _all(read: Orders) -> tuple[Command, ...]:
    """The commands, and what stands outside of them as a note: it is never sent."""
    noted = read.text and not consent.is_sign_off(read.text)
    free = (Command(Word.INTERNAL, read.text),) if noted and read.value(Word.INTERNAL) is None else ()
    if noted and not free:
        both = f"{read.value(Word.INTERNAL)}\n\n{read.text}"
        return tuple(Command(c.word, both) if c.word is Word.INTERNAL else c for c in read.commands)
    return (*dict.fromkeys(read.commands), *free)


def _ordered(read: Orders, *, direct: bool) -> tuple[Command, ...]:
    """What the mail asks for. direct: the submitter has read it: it is registered, and not sent again (S31)."""
    if not read.commands:
        return (Command(Word.ANSWERED, read.text),) if direct and read.text else ()
    if direct and read.text and read.words <= _WITH_AN_ANSWER:
        return (Command(Word.ANSWERED, read.text), *dict.fromkeys(read.commands))
    given = _all(read)
    return tuple(Command(Word.ANSWERED, c.value) if direct and c.word is Word.ANSWER else c for c in given)


_WITH_AN_ANSWER = frozenset(
    {
        Word.CLOSE, Word.KEEP_OPEN, Word.MEASURE, Word.PUBLISH, Word.TYPE, Word.CATEGORY, Word.PROCESS, Word.KEYWORD,
        Word.TITLE, Word.REGISTRY_NUMBER, Word.FOR_INFORMATION,
    }
)  # fmt: skip
"""What an officer says of a case in the mail that answers it (KOP-27): the rest of that mail is the answer."""


def _inside(plan: Plan, read: Orders) -> bool:
    """Whether nothing leaves the house by it. To stop an answer is in time only when it is done at once."""
    stops = {Word.UNDO} if plan.case.leaving else set()
    return read.words <= commands.STAYS_INSIDE | stops


def _which(mail: Incoming) -> str:
    """The mail points to several cases: which they are."""
    case = mail.ctx.case
    own = [case.number] if case else []
    numbers = dict.fromkeys((*own, *find_numbers(mail.ctx.match.doubt), *mail.message.case_numbers))
    return f"Mejlet pekar på flera ärenden: {', '.join(numbers)}. Svara på ett mejl i rätt ärende, utan andra nummer."


def _hidden(mail: Incoming) -> bool:
    return HIDDEN in mail.message.warnings


def _doubts(mail: Incoming, *, answers: bool) -> list[str]:
    """Why nothing in the mail may be done without a question, in sentences for its writer."""
    doubts = []
    if not mail.verdict.proof.may_act:
        doubts.append("Vi kan inte vara säkra på att mejlet kommer från dig.")
    if _hidden(mail):
        doubts.append("Mejlet innehåller text som är dold, så att den inte syns på skärmen.")
    if answers and STRUCK in mail.message.warnings:
        doubts.append(
            "Mejlet har överstrukna ord eller kommentarer i marginalen. Det syns inte i det som vi skickar: "
            "se efter om orden ska vara med."
        )
    if answers and (DOUBTS.intersection(mail.message.warnings) or _FORWARD.match(mail.message.subject)):
        doubts.append("Texten kan innehålla ord ur mejlväxlingen eller ur ett vidarebefordrat mejl.")
    if answers:
        doubts += enclosures.to_ask_for_traces(mail.message.attachments)
    if answers and (mails := enclosures.to_ask(mail.message.attachments)):
        names = " och ".join(mails)
        doubts.append(f"Det finns ett bifogat mejl ({names}). Det följer med svaret till synpunktslämnaren.")
    return doubts


def _bystander(plan: Plan, mail: Incoming) -> list[Effect]:
    """Genuine staff, but without a say in the case: kept as a note and shown to the officer; nothing is obeyed."""
    plan.file(mail, "staff-note")
    facts = {"new_text": "" if plan.case.secrecy else mail.message.new_text, "sender": mail.sender}
    template = "follow-up-secret" if plan.case.secrecy else "staff-note"
    to = responsible(plan.case, plan.book)
    plan.letter(Letter.INFORMATION, to, "a colleague has written in the case", template=template, facts=facts)
    text = mail.message.new_text
    # A yes to a question that was put to somebody else, or before the case went to somebody else, does nothing, and
    # whoever gave it counts on it (KLI-20).
    first = next(iter(classify.tokens_of(mail.message)), None)
    was_asked = plan.case.pending is not None or (first is not None and first.is_for(Letter.QUESTION))
    if orders.begins_with_command(text) or (was_asked and replies.is_consent(text)):
        plan.letter(Letter.QUESTION, mail.sender, "commands of somebody without a say", template="no-say")
    return plan.effects


def on_unproven(mail: Incoming) -> list[Effect]:
    """A staff address that nothing proves (S39): kept as evidence, not obeyed, the registrar is told."""
    case = mail.ctx.case
    if case is None:
        return unproven_news(mail)
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
    if not _asked_whether_genuine(plan, mail) and mail.book.person(mail.sender) and not same(mail.sender, registrar):
        plan.letter(
            Letter.QUESTION, mail.sender, "the real owner of the address learns of it", template="unproven-sender"
        )
    return plan.effects


def _asked_whether_genuine(plan: Plan, mail: Incoming) -> bool:
    """Commands in a fresh mail about the case, such as a link of ours opens, bear nothing that could prove them.

    Nor does a mail to the submitter with the mailbox in copy (KOP-26).

    Where the own server says nothing of the sender, the person is asked at the registered address, and a yes to that
    letter does it. A forged mail changes no question that waits already.
    """
    direct = replies.is_direct(plan, mail)
    if (mail.message.in_reply_to and not direct) or plan.case.pending:
        return False
    if not may_command(mail.sender, plan.case, mail.book):
        return False
    if mail.ctx.match.doubt or not classify.would_a_yes_count(mail.message, mail.book):
        return False
    read = orders.read_orders(mail.message.new_text, sent=direct)
    trial = Plan(plan.case, mail.book, mail.now, actor=mail.sender, unwritable=mail.unwritable)
    settled, faults, doubts = obey.settle(trial, _ordered(read, direct=direct), mail.today)
    ordered = tuple(c for c in settled if c.word is not Word.HELP)
    if read.faults or faults or not ordered:
        return False
    reasons = [*_doubts(mail, answers=True), *read.doubts, *doubts]
    proposals.ask_first(plan, mail, ordered, reasons, written=bool(read.commands))
    return True


def unproven_news(mail: Incoming) -> list[Effect]:
    """Something new in the name of an officer or registrar: no case begins in it before a person has let it in."""
    because = mail.verdict.because
    secret = route(mail.book, facts_of(mail.message, None)).secrecy  # as the case would be
    facts = {"sender": mail.sender, "new_text": "" if secret else mail.message.new_text, "secret": secret}
    tell = SendLetter(Letter.ALERT, mail.book.registrars[0], because, template="unproven-new", facts=facts)
    return [NoCase("unproven", because, "quarantine"), tell]


def on_staff_without_case(mail: Incoming) -> list[Effect]:
    """Staff who name no case, or several: nothing to do the commands on, so the writer is asked."""
    if not mail.ctx.match.doubt and (asked := lookups.asked(mail)):
        return [NoCase("staff", "asks to see cases or figures"), *asked]
    if not mail.ctx.match.doubt and courtesy.is_acknowledgement(mail.message.new_text, replies.signature(mail)):
        return [NoCase("staff", "thanks for a letter of ours")]
    numbers = tuple(dict.fromkeys((*find_numbers(mail.ctx.match.doubt), *mail.message.case_numbers)))
    because = mail.ctx.match.doubt or mail.verdict.because
    has_binder = mail.book.municipality.anonymous is Anonymous.BINDER
    facts = {"numbers": numbers if mail.ctx.match.doubt else (), "binder": has_binder}
    question = SendLetter(Letter.QUESTION, mail.sender, because, template="no-case", facts=facts)
    return [NoCase("staff", because), question]
