"""Orders are carried out: all of a mail's orders or none. First each value is settled, then the whole is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from service.core import commands, swedish, swedish_dates
from service.core.cases import IllegalMove, Move, Publication
from service.core.commands import Command, Word
from service.core.consent import Consent, read_consent
from service.core.decide import answers, colleagues
from service.core.decide.incoming import Plan
from service.core.decide.people import registrar_of
from service.core.decide.questions import promised_day
from service.core.effects import Letter, Note, SendLetter
from service.core.rules.rulebook import Person


@dataclass(frozen=True, slots=True)
class Job:
    """Who has ordered what is carried out, by which mail, and on what day.

    release: the writer's answer has been released by somebody else, and goes out as it is.
    """

    officer: str
    source: str
    today: date
    release: bool = False
    at: datetime | None = None  # when the writer answered the submitter, past the service


# --- before: what the orders mean, and what makes them impossible ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settled:
    """A command's value as it will be carried out, what is wrong with it, and what must be confirmed first."""

    value: str
    fault: str = ""
    doubt: str = ""


def settle(plan: Plan, orders: tuple[Command, ...], today: date) -> tuple[tuple[Command, ...], list[str], list[str]]:
    """The orders with settled values; all that makes them impossible; all that must be confirmed. Changes nothing."""
    settled, faults, doubts = [], [], []
    for command in orders:
        read = _SETTLE.get(command.word, _as_it_is)(plan, command, today)
        settled.append(Command(command.word, read.value))
        faults += [read.fault] if read.fault else []
        doubts += [read.doubt] if read.doubt else []
    words = {c.word for c in orders}
    if Word.CLOSE in words and not words & {Word.ANSWER, Word.ANSWERED} and not _may_close(plan):
        faults.append(
            "Ärendet kan inte avslutas: synpunktslämnaren har inte fått något svar. Skriv svaret under #SVAR."
        )
    if not faults:
        faults += _moves(plan, tuple(settled), today)
    return tuple(settled), faults, doubts


def _may_close(plan: Plan) -> bool:
    case = plan.case
    waiting = bool(case.pending and case.pending.answer)
    return bool(case.answered_at) or waiting or answers.may_close_unanswered(case)


def _moves(plan: Plan, orders: tuple[Command, ...], today: date) -> list[str]:
    """What the table of states refuses, found by doing it all on a copy."""
    trial = Plan(plan.case, plan.book, plan.now, plan.actor)
    try:
        carry_out(trial, orders, Job(plan.actor, "", today))
    except IllegalMove as illegal:
        return [not_now(illegal)]
    return []


def not_now(illegal: IllegalMove) -> str:
    """A sentence that says why a move is refused."""
    return f"Det går inte i ärendets nuvarande läge ({_STATUS[illegal.status.value]})."


_STATUS = {
    "new": "nytt",
    "triage": "ofördelat",
    "assigned": "fördelat",
    "waiting": "väntar",
    "answered": "besvarat",
    "closed": "avslutat",
    "refused": "avvisat",
}


def _as_it_is(_plan: Plan, command: Command, _today: date) -> Settled:
    return Settled(command.value)


def _settle_choice(plan: Plan, command: Command, _today: date) -> Settled:
    town, name = plan.book.municipality, command.word.value
    lists = {Word.MEASURE: town.measures, Word.TYPE: town.types, Word.CATEGORY: town.categories}
    choices = tuple(lists[command.word])
    if commands.is_left_open(command.value) or commands.holds_placeholder(command.value):
        return Settled(command.value, f"#{name} är inte ifyllt. Byt ut frågetecknet mot det som gäller.")
    chosen = commands.read_choice(command.value, choices)
    if choices and chosen is None:
        return Settled(command.value, f"”{command.value}” finns inte i listan för #{name}.")
    return Settled(chosen or command.value)


def _settle_publish(plan: Plan, command: Command, _today: date) -> Settled:
    yes = commands.read_yes_no(command.value)
    if yes is None:
        return Settled(command.value, "Skriv #PUBLICERA JA eller #PUBLICERA NEJ.")
    if yes and (plan.case.secrecy or plan.case.internal):
        return Settled("ja", "Ärendet kan inte publiceras: det är internt eller markerat med sekretess.")
    return Settled("ja" if yes else "nej")


def _settle_hand_over(plan: Plan, command: Command, _today: date) -> Settled:
    found = colleagues.find(command.value, plan.book)
    if found.person:
        return Settled(found.person.email)
    near = " eller ".join(_presented(p) for p in found.near)
    hint = f" Menade du {near}?" if near else ""
    fault = f"”{command.value}” finns inte bland kommunens handläggare, så ärendet kan inte lämnas över dit.{hint}"
    if len(found.near) > 1:
        fault = f"”{command.value}” kan vara flera: {near}. Skriv hela namnet eller e-postadressen."
    return Settled(command.value, fault)


def _presented(person: Person) -> str:
    return f"{person.name}{f', {person.title}' if person.title else ''} ({person.email})"


def _settle_answer(plan: Plan, command: Command, _today: date) -> Settled:
    if plan.case.secrecy:
        return Settled(
            command.value,
            "Svaret kan inte skickas: ärendet är markerat med sekretess, och sekretess går aldrig med mejl. "
            "Ring eller skriv ett brev i stället.",
        )
    if commands.holds_placeholder(command.value):
        return Settled(command.value, "Texten under #SVAR är vår egen exempeltext. Byt ut den mot ditt svar.")
    said = read_consent(command.value)
    if not commands.strip(command.value) or commands.is_left_open(command.value):
        return Settled(command.value, "Det står ingen text under #SVAR.")
    if said in {Consent.YES, Consent.NO}:
        return Settled(command.value, f"”{command.value}” är inget svar till synpunktslämnaren. Skriv hela svaret.")
    greeting = colleagues.greeted(command.value, plan.case, plan.book)
    doubt = f"I svaret står ”{greeting}”. Det ser ut att vara skrivet till en kollega." if greeting else ""
    return Settled(command.value, doubt=doubt)


def _settle_note(_plan: Plan, command: Command, _today: date) -> Settled:
    own = commands.holds_placeholder(command.value)
    return Settled(command.value, "Texten under #INTERNT är vår egen exempeltext. Byt ut den." if own else "")


def _settle_delayed(plan: Plan, command: Command, today: date) -> Settled:
    """`#FÖRSENAD [day] reason`: the day in its exact form, YYYY-MM-DD, before the reason."""
    calendar = plan.book.calendar
    if commands.is_left_open(command.value):
        return Settled(command.value, "#FÖRSENAD är inte ifyllt. Skriv ett datum och varför svaret dröjer.")
    read = swedish_dates.read_day(command.value, today, calendar)
    if read.wrong:
        return Settled(command.value, f"”{read.wrong}” är inget datum som vi förstår. Skriv till exempel 10 juni.")
    if read.day is None:
        later = swedish_dates.find_day(command.value, today, calendar)
        if later and later > today:
            return Settled(
                command.value,
                f"Menade du att svaret kommer {swedish.day(later)}? Skriv datumet först, direkt efter #FÖRSENAD.",
            )
        return Settled(command.value)
    if read.day <= today:
        which = "i dag" if read.day == today else "en dag som har varit"
        return Settled(command.value, f"{swedish.day(read.day).capitalize()} är {which}. Skriv ett senare datum.")
    if calendar.is_working_day(read.day):
        return Settled(f"{read.day} {read.rest}".strip())
    working = calendar.add_working_days(read.day, 1)
    doubt = f"{swedish.day(read.day).capitalize()} är ingen arbetsdag. Beskedet blir {swedish.day(working)}."
    return Settled(f"{working} {read.rest}".strip(), doubt=doubt)


_SETTLE: dict[Word, Callable[[Plan, Command, date], Settled]] = {
    Word.MEASURE: _settle_choice,
    Word.TYPE: _settle_choice,
    Word.CATEGORY: _settle_choice,
    Word.PUBLISH: _settle_publish,
    Word.HAND_OVER: _settle_hand_over,
    Word.ANSWER: _settle_answer,
    Word.INTERNAL: _settle_note,
    Word.DELAYED: _settle_delayed,
}


# --- doing it --------------------------------------------------------------------------------------------------------


def carry_out(plan: Plan, orders: tuple[Command, ...], job: Job) -> None:
    """Do what was ordered; the values are settled. Raises IllegalMove where the case cannot make a move."""
    for command in sorted(orders, key=lambda c: _ORDER.index(c.word)):
        _DO[command.word](plan, command.value, job)
    if plan.case.close_wanted and Word.CLOSE not in {c.word for c in orders}:
        answers.close(plan)
    answers.tell_what_is_missing(plan)


def _do_answer(plan: Plan, text: str, job: Job) -> None:
    give = answers.send_answer if job.release else answers.give_answer
    give(plan, text, job.officer, job.source)


def _do_answered(plan: Plan, text: str, job: Job) -> None:
    answers.on_direct_answer(plan, text, job.officer, job.at or plan.now)


def _do_note(plan: Plan, text: str, _job: Job) -> None:
    plan.add(Note("note", text, plan.actor))
    plan.done.append("Anteckningen är sparad internt. Den skickas inte.")


def _do_measure(plan: Plan, value: str, _job: Job) -> None:
    plan.set("set by staff", measure=value)
    plan.done.append(f"Åtgärd: {value}.")


def _do_type(plan: Plan, value: str, _job: Job) -> None:
    plan.set("set by staff", type=value)
    plan.done.append(f"Typ: {value}.")


def _do_category(plan: Plan, value: str, _job: Job) -> None:
    plan.set("set by staff", category=value)
    plan.done.append(f"Kategori: {value}.")


_LONGEST_TITLE = 120


def _do_title(plan: Plan, value: str, _job: Job) -> None:
    plan.set("set by staff", staff_title=value[:_LONGEST_TITLE])
    plan.done.append("Rubriken är ändrad." if plan.case.secrecy else f"Rubrik: {value[:_LONGEST_TITLE]}")


def _do_publish(plan: Plan, value: str, _job: Job) -> None:
    yes = value == "ja"
    plan.set("decided by staff", publication=Publication.YES if yes else Publication.NO)
    plan.done.append("Ärendet får publiceras." if yes else "Ärendet publiceras inte.")


def _do_keep_open(plan: Plan, _value: str, _job: Job) -> None:
    plan.set("asked by staff", keep_open=True, close_wanted=False)
    plan.done.append("Ärendet hålls öppet tills du skriver #AVSLUTA.")


def _do_delayed(plan: Plan, value: str, _job: Job) -> None:
    """The reason is registered, and with a new day the citizen is told (HJO-26)."""
    promised, case = promised_day(value), plan.case
    reason = commands.strip(value.partition(" ")[2]) if promised else value
    if reason:
        plan.set("given by staff", late_reason=reason)
        plan.done.append("Orsaken till förseningen är antecknad.")
    if promised and case.may_be_mailed and not case.secrecy and case.running:
        facts = {"promised": promised, "reason": reason}
        plan.letter(Letter.DELAY, case.submitter.mail_to, "the submitter is told of the delay", facts=facts)
        plan.done.append(f"Synpunktslämnaren får besked om att svaret kommer senast {swedish.day(promised)}.")
        return
    if not case.running:
        return  # the answer has been given: there is nothing to tell
    no_mail = not case.may_be_mailed or case.secrecy
    told = "Synpunktslämnaren har inte fått något besked"
    plan.left.append(f"{told} med mejl." if no_mail else f"{told}. Skriv #FÖRSENAD och ett datum.")


def _do_hand_over(plan: Plan, to: str, _job: Job) -> None:
    hand_over(plan, to, f"handed over by {plan.actor}")


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
        because = "the submitter knows who has the case"
        plan.letter(Letter.HANDOVER, plan.case.submitter.mail_to, because, facts={"first": first})
    plan.done.append(f"Ärendet är överlämnat till {person.name}. Sista svarsdag är densamma.")


def _do_wrong_officer(plan: Plan, value: str, _job: Job) -> None:
    if not plan.case.is_open:
        raise IllegalMove(plan.case.status, Move.TRIAGE)  # nobody owes anything that a registrar could hand on
    because = f"returned by {plan.actor}"
    plan.assign(plan.case.unit, "", because)
    facts = {"reason": value or "Handläggaren säger att ärendet hör hemma någon annanstans.", "by": plan.actor}
    files = "" if plan.case.secrecy else "case"
    template = "assignment-secret" if plan.case.secrecy else "triage"
    to = registrar_of(plan.case, plan.book)
    plan.letter(Letter.ASSIGNMENT, to, because, template=template, facts=facts, files_of=files)
    plan.done.append("Ärendet är lämnat tillbaka till registratorn.")


def _do_close(plan: Plan, _value: str, _job: Job) -> None:
    answered_now = any(isinstance(e, SendLetter) and e.kind is Letter.ANSWER for e in plan.effects)
    if plan.case.pending and plan.case.pending.answer:
        plan.set("closing waits for the release", close_wanted=True)
        plan.left.append("Ärendet avslutas när svaret har skickats.")
    elif plan.case.closed_at is None:
        answers.close(plan, merged=answered_now)
    elif not plan.done:
        plan.left.append("Ärendet var redan avslutat.")


def _do_nothing(_plan: Plan, _value: str, _job: Job) -> None:
    """`#HJÄLP` is answered beside what else is done."""


_DO: dict[Word, Callable[[Plan, str, Job], None]] = {
    Word.TYPE: _do_type,
    Word.CATEGORY: _do_category,
    Word.TITLE: _do_title,
    Word.MEASURE: _do_measure,
    Word.PUBLISH: _do_publish,
    Word.INTERNAL: _do_note,
    Word.DELAYED: _do_delayed,
    Word.ANSWER: _do_answer,
    Word.ANSWERED: _do_answered,
    Word.HAND_OVER: _do_hand_over,
    Word.WRONG_OFFICER: _do_wrong_officer,
    Word.KEEP_OPEN: _do_keep_open,
    Word.CLOSE: _do_close,
    Word.HELP: _do_nothing,
}
# Facts first, then the answer, then the closing that needs both.
_ORDER = list(_DO)
