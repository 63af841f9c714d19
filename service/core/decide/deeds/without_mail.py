"""An answer that goes another way than by mail: it was given orally, or a letter is posted (SPA-22, HJO-05, HJO-56).

An answer by letter is none before somebody has posted it: until `#BREV POSTAT` the case waits and its promise runs.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

from service.core.calendar import swedish_dates
from service.core.cases import Case, Clock, Contact
from service.core.decide import answers
from service.core.decide.deeds.answering import settle_answer
from service.core.decide.deeds.deed import Deed, Job, Settled, says
from service.core.decide.incoming import Plan
from service.core.decide.posting import Paper
from service.core.effects import Note, StopClock
from service.core.speech import commands, consent, swedish
from service.core.speech.commands import POSTED, Command, Word

# --- given orally ----------------------------------------------------------------------------------------------------


def _settle_oral(plan: Plan, command: Command, today: date) -> Settled:
    """`#MUNTLIGT [day] text`: the day in its exact form before the text; without one it was today."""
    # Where nothing may go by mail, or the person can only be rung up, the routine's own way is not meant (SPA-25).
    is_spoken = plan.case.secrecy or plan.case.submitter.contact is Contact.PHONE
    if not (plan.book.municipality.answer.oral or is_spoken):
        return Settled(
            command.value,
            "Här ska svaret vara skriftligt, så ett muntligt svar räcker inte. Skriv svaret under #SVAR, eller skriv "
            "#INTERNT om du vill anteckna samtalet.",
        )
    read = swedish_dates.read_past_day(command.value, today, plan.book.calendar)
    fault = _not_a_past_day(plan, read.day, read.wrong)
    if fault:
        return Settled(command.value, fault)
    said = commands.strip(read.rest) if read.day else command.value
    if not re.search(r"\w{2}", said):
        return Settled(command.value, "Skriv vad du svarade efter #MUNTLIGT och dagen.")
    return Settled(f"{read.day or today} {said}")


def _not_a_past_day(plan: Plan, day: date | None, wrong: str) -> str:
    if wrong:
        return (
            f"”{wrong}” är inget datum som vi förstår, eller en dag som inte har varit än. Skriv till exempel 10 juni."
        )
    if day and day < plan.book.calendar.local_date(plan.case.received_at):
        return f"{swedish.day(day).capitalize()} är innan ärendet kom in. Skriv dagen när det hände."
    return ""


def _split(value: str) -> tuple[date, str]:
    day, _, rest = value.partition(" ")
    return date.fromisoformat(day), rest


def _at(plan: Plan, day: date) -> datetime:
    """The instant that a day counts as: now where it is today, else noon, and never before the case."""
    calendar = plan.book.calendar
    if day == calendar.local_date(plan.now):
        return plan.now
    return max(calendar.at(day, time(12)), plan.case.received_at)


def _do_oral(plan: Plan, value: str, job: Job) -> None:
    day, said = _split(value)
    answers.register_answer(plan, said, job.officer, _at(plan, day), "the answer was given orally")
    shown = "" if plan.case.secrecy else f" {answers.begins(said)}"
    plan.done.append(f"Ditt muntliga svar {swedish.day(day)} är registrerat som svaret.{shown}")


# --- by letter -------------------------------------------------------------------------------------------------------

_POSTED: Final = re.compile(r"(?i)(?:är\s+)?(?:postat|postad|skickat|sänt)\b[\s:.,!]*(?:den\b)?")
_BY_HAND: Final = "Svaret lämnades med ett brev som inte är skrivet i tjänsten."


_NOTICES: Final[dict[str, str]] = {
    Paper.REFUSAL: "Brevet om varför ärendet inte tas upp",
    Paper.DELAY: "Brevet om att svaret dröjer",
    Paper.CLOSING: "Brevet om att ärendet är avslutat",
    Paper.REFERRAL: "Brevet med hänvisningen",
}
"""The letters that keep no promise."""


def _settle_letter(plan: Plan, command: Command, today: date) -> Settled:
    posted = _POSTED.match(command.value)
    if posted:
        return _settle_posted(plan, command.value[posted.end() :], today)
    if plan.case.secrecy:
        return Settled(
            command.value,
            "Ärendet har sekretess, så brevet kan inte skrivas här. Skriv det på annat sätt, posta det och skriv sedan "
            "#BREV POSTAT.",
        )
    if not command.value or consent.is_sign_off(command.value):
        return Settled("")
    return settle_answer(plan, Command(Word.BY_LETTER, command.value), today)


def _settle_posted(plan: Plan, rest: str, today: date) -> Settled:
    line = rest.strip().splitlines()[0] if rest.strip() else ""
    read = swedish_dates.read_past_day(line, today, plan.book.calendar)
    fault = _not_a_past_day(plan, read.day, read.wrong)
    if not fault and line and read.day is None and not consent.is_sign_off(rest):
        fault = f"”{line[:40]}” är inget datum som vi förstår. Skriv till exempel #BREV POSTAT 10 juni."
    case = plan.case
    doubt = ""
    what = plan.posted if _lies_there(plan) else ""
    if not (what or case.to_post_since or _receipt_lies_there(case) or case.secrecy):
        doubt = "Inget brev från oss väntar på att postas. Vi antecknar att du har svarat med ett eget brev."
    return Settled(f"{POSTED} {read.day or today} {what}".rstrip(), fault, doubt)


def _lies_there(plan: Plan) -> bool:
    """Whether the letter that the mail answers is still to be posted; of a notice nobody keeps count."""
    match plan.posted:
        case Paper.ANSWER:
            return plan.case.to_post_since is not None
        case Paper.RECEIPT:
            return _receipt_lies_there(plan.case)
    return bool(plan.posted)


def _receipt_lies_there(case: Case) -> bool:
    promise = case.deadline(Clock.RECEIPT)
    return case.submitter.contact is Contact.LETTER and bool(promise and promise.running)


def _told_letter(_plan: Plan, value: str) -> str:
    if value.startswith(POSTED):
        return f"Brevet registreras som postat {swedish.day(_posted_day(value))}."
    return "Svaret går med brev. Registratorn får det för att posta det." if value else "Svaret går med brev."


def _posted_day(value: str) -> date:
    return date.fromisoformat(value.split()[1])


def _posted_what(value: str) -> str:
    """What the posted letter holds; empty where the order does not say it."""
    return "".join(value.split()[2:])


def _do_letter(plan: Plan, value: str, job: Job) -> None:
    if value.startswith(POSTED):
        _posted(plan, _posted_day(value), _posted_what(value), job)
        return
    who = plan.case.submitter
    if who.contact is not Contact.LETTER:
        plan.set("the answer goes by letter", submitter=replace(who, contact=Contact.LETTER))
    if value:
        answers.give_answer(plan, value, job.officer, job.source)
    else:
        plan.done.append("Svaret går med brev.")


def _posted(plan: Plan, day: date, what: str, job: Job) -> None:
    """The letter is on its way: what it carries is given, by whoever signed it."""
    case, at, because = plan.case, _at(plan, day), "the letter was posted"
    if what in _NOTICES:
        plan.add(Note("posted", f"{what}: {day}", plan.actor))
        plan.done.append(f"{_NOTICES[what]} är registrerat som postat {swedish.day(day)}.")
        return
    receipt = _receipt_lies_there(case)
    if receipt:
        plan.add(StopClock(Clock.RECEIPT, at, because))
        plan.set(because, receipt_sent_at=at)
    if what == Paper.RECEIPT or (receipt and not case.to_post_since):
        plan.done.append(f"Bekräftelsen är registrerad som postad {swedish.day(day)}.")
        return
    text, officer = (case.answer, case.letter_by) if case.to_post_since else (_BY_HAND, job.officer)
    plan.set(because, to_post_since=None, letter_by="")
    answers.register_answer(plan, text, officer, at, because)
    plan.done.append(f"Brevet är registrerat som postat {swedish.day(day)}. Synpunktslämnaren har fått sitt svar.")


DEEDS = (
    Deed(Word.BY_LETTER, _told_letter, _do_letter, _settle_letter),
    Deed(Word.ORAL, says("Det du sade registreras som svaret."), _do_oral, _settle_oral),
)
