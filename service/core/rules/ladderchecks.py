"""Does the ladder of reminders and escalations climb? Counted for each day of arrival in a year.

Working days and calendar days pass each other where holidays lie between (domain 3.2), so that a ladder which looks
right in an ordinary fortnight may tell the head of department before the manager at Ascension.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta

from service.core.calendar.deadlines import Step, StepKind, answer_steps, due_at, every_step
from service.core.calendar.durations import Duration
from service.core.cases import Clock, Deadline
from service.core.faulttexts import Said, say
from service.core.rules.choices import Role
from service.core.rules.problem import Location, Problem
from service.core.rules.rulebook import RuleBook

_YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
_OFTEN = 4  # one day of arrival in so many: a reminder that seldom repeats another is left out without a word
_NOON = time(12)
_FILE = "municipality.yaml"


def ladder_problems(book: RuleBook) -> Iterator[Problem]:
    """Warnings about steps that come in another order, or at another time, than whoever wrote them can have meant."""
    if not book.municipality.escalation and not book.municipality.reminders:
        return
    promises = [_promised(book, day, book.municipality.deadlines.answer) for day in _YEAR]
    years = [every_step(promise, book, promise.started_at) for promise in promises]
    yield from _out_of_order(book, years)
    yield from _before_due(book, promises, years)
    yield from _repeated(book, promises, years)


def _promised(book: RuleBook, day: date, duration: Duration) -> Deadline:
    arrived = book.calendar.at(day, _NOON)
    return Deadline(Clock.ANSWER, arrived, due_at(arrived, duration, book))


def _rungs(steps: Iterable[Step]) -> dict[int, Step]:
    """The escalations by their place in the list, from 0."""
    return {step.rung - 1: step for step in steps if step.kind is StepKind.ESCALATE}


def _out_of_order(book: RuleBook, years: list[list[Step]]) -> Iterator[Problem]:
    """A step before one that stands above it; or the head of department hears before the manager."""
    ladder = book.municipality.escalation
    rungs_of_year = [(day, _rungs(steps)) for day, steps in zip(_YEAR, years, strict=True)]
    for place, level in enumerate(ladder):
        for above, earlier in enumerate(ladder[:place]):
            days = [day for day, rungs in rungs_of_year if rungs[place].at < rungs[above].at]
            if days:
                yield _problem(place, say("ladder-order", earlier=str(earlier.after), **_often(days)))
                break
        managers = [n for n, other in enumerate(ladder) if Role.MANAGER in other.to]
        if Role.HEAD in level.to and managers and min(managers) > place:
            yield _problem(place, say("ladder-head", manager=str(ladder[min(managers)].after)))


def _before_due(book: RuleBook, promises: list[Deadline], years: list[list[Step]]) -> Iterator[Problem]:
    """Others than whoever has the case hear of a delay that is none yet."""
    for place, level in enumerate(book.municipality.escalation):
        if set(level.to) == {Role.OFFICER}:
            continue
        pairs = zip(_YEAR, promises, years, strict=True)
        days = [day for day, promise, steps in pairs if _rungs(steps)[place].at <= promise.due_at]
        if days:
            promise = str(book.municipality.deadlines.answer)
            yield _problem(place, say("ladder-before-due", promise=promise, **_often(days)))


def _repeated(book: RuleBook, promises: list[Deadline], years: list[list[Step]]) -> Iterator[Problem]:
    """A reminder and a step that reminds, so close that only the first of them leaves."""
    left_out: dict[Location, list[date]] = {}
    reminders = {str(reminder): n for n, reminder in enumerate(book.municipality.reminders)}
    for day, promise, steps in zip(_YEAR, promises, years, strict=True):
        kept = {step.key for step in answer_steps(promise, book, promise.started_at)}
        for step in steps:
            if step.key not in kept:
                is_rung = step.kind is StepKind.ESCALATE
                name = step.key.rpartition("/")[2]
                at: Location = ("escalation", step.rung - 1, "after") if is_rung else ("reminders", reminders[name])
                left_out.setdefault(at, []).append(day)
    for at, days in left_out.items():
        if len(days) * _OFTEN >= len(_YEAR):
            yield Problem(_FILE, at, say("ladder-repeats", **_often(days)), warning=True)


def _often(days: list[date]) -> dict[str, object]:
    return {"count": len(days), "days": len(_YEAR), "day": days[0]}


def _problem(place: int, told: Said) -> Problem:
    return Problem(_FILE, ("escalation", place, "after"), told, say("ladder-longer"), warning=True)
