"""An answer leaves, and a case closes: the two things that a citizen must never meet twice or by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from service.core.calendar.deadlines import due_at, promised
from service.core.cases import Case, Clock, Contact, Move, Pending, Publication, Status
from service.core.decide import diary, posting, publishing
from service.core.decide.incoming import Plan
from service.core.decide.people import is_registrar, registrar_of
from service.core.decide.posting import Paper
from service.core.decide.questions import NONCE, ask
from service.core.decide.stopping import answered_instead, stop_asking, stop_leaving, to_release
from service.core.effects import Letter, Note, RestartClock, SendLetter, StartClock
from service.core.people.addresses import same
from service.core.publicity import enclosures
from service.core.rules.choices import AnswerMode, CloseMode, Required
from service.core.rules.rulebook import RuleBook
from service.core.speech import swedish
from service.core.speech.commands import Command, Word

NAMES = {
    Required.TYPE: "typ",
    Required.CATEGORY: "kategori",
    Required.PROCESS: "process",
    Required.UNIT: "enhet",
    Required.OFFICER: "handläggare",
    Required.MEASURE: "åtgärd",
    Required.PUBLICATION: "publicering",
}
COMMANDS = {
    Required.TYPE: "#TYP",
    Required.CATEGORY: "#KATEGORI",
    Required.PROCESS: "#PROCESS",
    Required.UNIT: "#ÖVERLÄMNA",
    Required.OFFICER: "#ÖVERLÄMNA",
    Required.MEASURE: "#ÅTGÄRD",
    Required.PUBLICATION: "#PUBLICERA",
}


def give_answer(plan: Plan, text: str, officer: str, source: str) -> None:
    """The officer's words are the answer: they go to the citizen, or first to whoever must release them.

    Args:
        officer: who signs; the writer of the text.
        source: digest of the mail whose files go along.
    """
    case = plan.case
    if case.secrecy:
        plan.add(Note("held", "an answer in a secret case never goes by mail", officer))
        plan.left.append(
            "Svaret är inte skickat. Ärendet är markerat med sekretess, och sekretess går aldrig med mejl. "
            "Ring eller skriv ett brev i stället."
        )
        return
    text = without_sign_off(text, officer, plan.book)
    # While a promise runs the same words may be needed again: they never arrived.
    if case.answered_at and not case.running and _words(text) == _words(case.answer):
        plan.left.append("Samma svar är redan skickat. Det skickas inte en gång till.")
        return
    if plan.book.municipality.answer.mode is AnswerMode.CENTRAL_RELEASE and not is_registrar(officer, plan.book):
        _ask_for_release(plan, text, officer, source)
        plan.done.append(f"Ditt svar är lämnat till registratorn, som läser det och skickar det. {begins(text)}")
        return
    send_answer(plan, text, officer, source)


def _ask_for_release(plan: Plan, text: str, officer: str, source: str) -> None:
    """An officer's answer waits for the registrar's yes (KLI-20), and with it what the same mail says of publishing."""
    registrar = registrar_of(plan.case, plan.book)
    publishes = plan.case.publication is Publication.YES and publishing.is_decided_now(plan.effects)
    orders = (Command(Word.ANSWER, text), *((Command(Word.PUBLISH, "ja"),) if publishes else ()))
    waiting = Pending(orders, officer, source, (source[:NONCE],), registrar)
    ask(plan, waiting, "ask-release", {"publishes": publishes})


def _words(text: str) -> list[str]:
    return text.casefold().split()


def send_answer(plan: Plan, text: str, officer: str, source: str) -> None:
    """The answer goes to the citizen from the function address, or is written down where no mail may go."""
    case = plan.case
    because = "the officer's words are the answer"
    if case.may_be_mailed:
        facts = {
            "answer": text,
            "officer_address": officer,
            "again": bool(case.answered_at),
            "greets": bool(_GREETING.match(text)),
        }
        plan.letter(Letter.ANSWER, case.submitter.mail_to, because, facts=facts, files_of=source, automatic=False)
        plan.done.append(f"Svaret är skickat till {case.submitter.name or case.submitter.mail_to}. {begins(text)}")
    elif case.submitter.contact is Contact.EDITOR:
        facts = {"answer": text, "officer_address": officer}
        to = case.received_by or registrar_of(case, plan.book)
        plan.letter(Letter.ANSWER, to, because, template="answer-editor", facts=facts, files_of=source, automatic=False)
        plan.done.append(f"Svaret är skickat till {_named(to, plan.book)}, som publicerar det. {begins(text)}")
    elif case.submitter.contact is Contact.LETTER:
        _to_post(plan, text, officer, source)
        return
    elif case.submitter.contact is Contact.PHONE:
        facts = {"answer": text, "officer_address": officer}
        plan.letter(Letter.ALERT, registrar_of(case, plan.book), because, template="post-answer", facts=facts)
        plan.done.append(
            "Synpunktslämnaren vill inte ha mejl. Registratorn har fått svaret för att lämna det på telefon."
        )
    else:
        plan.done.append("Svaret är antecknat.")
        plan.left.append("Det är inte skickat: synpunktslämnaren kan inte nås eller vill inte bli kontaktad.")
    register_answer(plan, text, officer, plan.now, because, source)


def _to_post(plan: Plan, text: str, officer: str, source: str) -> None:
    """The answer goes by letter: it lies with the registrar, and is none before somebody has posted it."""
    case, because = plan.case, "the answer goes by letter"
    facts = {
        "answer": text,
        "officer_address": officer,
        "again": bool(case.answered_at),
        "greets": bool(_GREETING.match(text)),
    }
    to = registrar_of(case, plan.book)
    posting.post(plan, Paper.ANSWER, because, facts, source)
    _take_up(plan, because)
    if plan.case.is_open:
        plan.move(Move.WAIT, because)
        _promise_anew(plan, because)
    plan.set(because, answer=text, to_post_since=plan.now, letter_by=officer)
    publishing.on_letter(plan)
    if case.pending:
        stop_asking(plan, "an answer has been given")
    who = "Du har" if same(to, plan.actor) else "Registratorn har"
    plan.done.append(f"{who} fått svaret som ett brev att posta. {begins(text)}")
    plan.left.append("Svaret räknas som lämnat först när brevet är postat. Svara då med #BREV POSTAT.")


def _named(address: str, book: RuleBook) -> str:
    person = book.person(address)
    return person.name if person else address


_GREETING = re.compile(
    r"\s*(hej|hejsan|hallå|god (morgon|dag|kväll|middag)|bästa|kära|hello|hi|dear|hei|moi)\b", re.IGNORECASE
)
_SIGN_OFF = re.compile(
    r"(mvh|m\.?v\.?h\.?|(med )?(vänliga?|varma?|bästa) hälsning(ar)?|vänligen|hälsning(ar)?|hälsar)[\s,.!]*",
    re.IGNORECASE,
)


def without_sign_off(text: str, officer: str, book: RuleBook) -> str:
    """The answer without the officer's own closing greeting: the letter signs with name, title and telephone itself.

    Only lines that hold nothing but the greeting and what the directory says of the officer are left out, and the
    places of pictures, which do not go along.
    """
    text = enclosures.without_picture_places(text)
    person = book.person(officer)
    lines = text.rstrip().splitlines()
    if not person:
        return text
    unit = book.unit(book.unit_of(officer) or "")
    known = f"{person.name} {person.title or ''} {person.phone or ''} {officer} {unit.name if unit else ''} "
    words = set(re.findall(r"[^\s,|/]+", f"{known} {book.municipality.name}".casefold())) | {"telefon", "tel:", "tel"}
    end = len(lines)
    while end and all(word in words for word in re.findall(r"[^\s,|/]+", lines[end - 1].casefold())):
        end -= 1
    if end and _SIGN_OFF.fullmatch(lines[end - 1].strip()):
        end -= 1
    return "\n".join(lines[:end]).rstrip() or text


_FIRST_WORDS = 90  # characters of an answer that its echo repeats


def begins(text: str) -> str:
    """How the answer begins, without its greeting, so that its writer knows which text it was."""
    shown = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in shown if any(map(str.isalnum, line))] or shown
    first = next(
        (line for line in lines if not (_GREETING.match(line) and len(line) < _GREETED)), lines[0] if lines else ""
    )
    if len(first) > _FIRST_WORDS:
        kept, _, _ = first[:_FIRST_WORDS].rpartition(" ")
        first = f"{(kept or first[:_FIRST_WORDS]).rstrip(' .,;:–-')} …"
    return f"Det börjar: ”{first}”"


_GREETED = 40  # characters: a longer line says more than hello


def register_answer(plan: Plan, text: str, officer: str, at: datetime, because: str, source: str = "") -> None:
    """The case is answered: clocks stop, and where the routine says so it closes with the answer (SPA-21).

    source: digest of the mail whose files went along.
    """
    _take_up(plan, because)
    case = plan.case
    running = case.running
    late = bool(running and at > running.due_at)
    plan.set(because, answer=text, answered_at=at, last_mail_at=at, delayed_to=None)
    plan.move(Move.ANSWER, because)
    plan.stop_answer_clocks(at, because)
    if case.pending:
        answered_instead(plan, text, officer, "an answer has been given")
    if case.leaving:
        stop_leaving(plan, "another answer has been given")
        plan.left.append("Svaret som väntade på att skickas är stoppat, eftersom ett annat svar har lämnats.")
    publishing.on_answer(plan)
    if late and not case.late_reason:
        plan.left.append(
            "Svaret kom efter sista svarsdag. Skriv #FÖRSENAD följt av orsaken, så antecknas den i ärendet."
        )
    plan.effects += diary.of_answer(case, text, officer, source, plan.book)
    if plan.book.municipality.answer.copy_to_registrar and not is_registrar(officer, plan.book):
        plan.letter(
            Letter.INFORMATION,
            registrar_of(case, plan.book),
            "the registrar is told that the case is answered",
            template="answered",
            facts={"answer": "" if case.secrecy else text, "officer_address": officer, "yours": False},
        )
    if plan.book.municipality.close.mode is CloseMode.ON_ANSWER or case.close_wanted:
        close(plan)


def _take_up(plan: Plan, because: str) -> None:
    """A case that has ended goes on with an answer, also one that was refused by mistake."""
    if plan.case.status is Status.REFUSED:
        plan.move(Move.TRIAGE, because)
    elif plan.case.status is Status.CLOSED:
        plan.move(Move.REOPEN if plan.case.officer else Move.TRIAGE, because)


def _promise_anew(plan: Plan, because: str) -> None:
    """Until the answer has reached the citizen somebody is reminded of it, also in a case where no promise ran."""
    if not plan.case.running:
        _, duration = promised(Clock.SECOND_ANSWER, plan.case.channel, plan.case.process, plan.book)
        due = due_at(plan.now, duration, plan.book)
        plan.add(StartClock(Clock.SECOND_ANSWER, plan.now, due, because))


def missing_to_close(case: Case, book: RuleBook) -> tuple[Required, ...]:
    """What must be said before the case may be closed (HJO-07, HJO-08, HJO-43, KLI-26), in the order of the setting.

    A secret case needs neither unit nor officer: whoever takes over secret cases has it. An appeal that was passed on
    is no feedback, and nothing is to be said of it (KLI-09).
    """
    if case.is_appeal:
        return ()
    values = {
        Required.TYPE: case.type,
        Required.CATEGORY: case.category,
        Required.PROCESS: case.process,
        Required.UNIT: case.unit or case.secrecy,
        Required.OFFICER: case.officer or case.secrecy,
        Required.MEASURE: case.measure,
        Required.PUBLICATION: "" if case.publication is Publication.UNDECIDED else case.publication.value,
    }
    return tuple(name for name in book.municipality.close.require if not values[name])


def may_close_unanswered(case: Case) -> bool:
    """Whether it may close without a mailed answer: none is wished or possible (HJO-32), or it is secret (SPA-25).

    Nor is one owed to whoever has taken it back (S40), or whose appeal others try.
    """
    nobody_waits = case.submitter.contact in {Contact.NONE, Contact.IMPOSSIBLE}
    return case.secrecy or nobody_waits or case.is_appeal or case.withdrawn_at is not None


def close(plan: Plan) -> None:
    """Close the case, or say exactly what is missing and remember the wish (HJO-50).

    Where the answer leaves in the same turn, that letter says it: a notice of its own would be a second mail.
    """
    case, book = plan.case, plan.book
    if case.to_post_since:
        _stays_open(plan, "closing waits for the letter", "Ärendet avslutas när brevet är postat.")
        return
    if not case.answered_at and not may_close_unanswered(case):
        plan.left.append(
            "Ärendet är inte avslutat: synpunktslämnaren har inte fått något svar. Skriv svaret under #SVAR."
        )
        return
    if case.withdrawn_at and not case.answered_at:
        plan.set("taken back by the submitter", measure=withdrawn_measure(book), publication=Publication.NO)
    missing = () if case.withdrawn_at and not case.answered_at else missing_to_close(case, book)
    if missing:
        told = _not_yet_closed(missing, asked=_asked_of_publication(plan))
        _stays_open(plan, "a close is wanted but facts are missing", told)
        return
    plan.set("closed", closed_at=plan.now, close_wanted=False)
    plan.move(Move.CLOSE, "closed")
    plan.stop_answer_clocks(plan.now, "the case is closed")
    plan.done.append("Ärendet är avslutat.")
    if not plan.sends_an_answer:
        tell_closing(plan)


def _stays_open(plan: Plan, because: str, told: str) -> None:
    """The wish is remembered and told of, once: an answer and an order in the same mail may both want to close."""
    if told not in plan.left:
        plan.set(because, close_wanted=True)
        plan.left.append(told)


def _not_yet_closed(missing: Iterable[Required], *, asked: bool) -> str:
    """What the case lacks before it is closed; where the registrar is asked about publication, that is none of it."""
    rest = [m for m in missing if not (asked and m is Required.PUBLICATION)]
    if not rest:
        return "Ärendet avslutas när registratorn har svarat på om det får publiceras."
    names, commands = swedish.join([NAMES[m] for m in rest]), swedish.join(_commands_for(rest))
    return f"Ärendet är inte avslutat än: {names} saknas. Svara med {commands}, så avslutas det."


def _asked_of_publication(plan: Plan) -> bool:
    return any(isinstance(e, SendLetter) and e.template == publishing.ASK_PUBLICATION for e in plan.effects)


def tell_closing(plan: Plan) -> None:
    """The submitter is told that the case is closed, by mail or by letter, where the municipality wants it (C08)."""
    case, because = plan.case, "the submitter is told at closing"
    if not plan.book.municipality.close.notify or case.secrecy or case.is_appeal:
        return
    if case.may_be_mailed:
        plan.letter(Letter.CLOSING, case.submitter.mail_to, because)
    elif posting.may_be_posted(case) and plan.book.municipality.close.mode is not CloseMode.ON_ANSWER:
        posting.post(plan, Paper.CLOSING, because)  # where each answer closes its case, the answer's letter says so


def _commands_for(missing: Iterable[Required]) -> list[str]:
    """The commands that say what is missing, each once: whoever names an officer has named the unit."""
    return list(dict.fromkeys(COMMANDS[m] for m in missing))


def withdrawn_measure(book: RuleBook) -> str:
    """The municipality's own word for "taken back by the submitter", from its list of measures."""
    own = (m for m in book.municipality.measures if m.lower().startswith(("återkall", "återtag", "återtog")))
    return next(own, "Återkallad")


def what_is_missing(case: Case, book: RuleBook) -> str:
    """All that must be said before the case can be closed, the answer too, in a sentence; empty where nothing is."""
    missing = missing_to_close(case, book)
    names, commands = [NAMES[m] for m in missing], _commands_for(missing)
    if case.to_post_since:
        names, commands = ["att brevet är postat", *names], ["#BREV POSTAT", *commands]
    elif not case.answered_at and not may_close_unanswered(case) and not to_release(case):
        names, commands = ["ett svar", *names], ["#SVAR", *commands]
    if not names:
        return ""
    return f"Innan ärendet kan avslutas saknas {swedish.join(names)}. Svara med {swedish.join(commands)}."


def on_direct_answer(plan: Plan, text: str, officer: str, at: datetime, source: str = "") -> None:
    """The officer wrote to the citizen past the service, with the mailbox in copy (KOP-26, S31): nothing is re-sent."""
    register_answer(plan, text, officer, at, "the officer answered the submitter directly", source)
    plan.done.append("Ditt svar är registrerat. Det skickas inte en gång till.")


def reached_again(plan: Plan, because: str) -> None:
    """An answer that was thought lost has left for where it arrives: nobody owes it any longer."""
    plan.set(because, answered_at=plan.now, last_mail_at=plan.now)
    plan.move(Move.ANSWER, because)
    plan.stop_answer_clocks(plan.now, because)


def answer_lost(plan: Plan, because: str) -> None:
    """An answer that we thought given has not reached the citizen: it is owed again, also where the case was closed."""
    if plan.case.status is Status.CLOSED:
        plan.set(because, closed_at=None)
        plan.move(Move.REOPEN if plan.case.officer else Move.TRIAGE, because)
    if plan.case.running:
        return  # an answer is owed anyway
    kept = next((clock for clock in (Clock.SECOND_ANSWER, Clock.ANSWER) if plan.case.deadline(clock)), None)
    if kept:
        plan.add(RestartClock(kept, because))
    else:  # it belonged to others, say, and was closed when it came in; somebody answered it all the same
        _promise_anew(plan, because)
