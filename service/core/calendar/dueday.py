"""How a due day was counted: from when, by which setting, over which free days. For whoever asks why that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.core.calendar import deadlines
from service.core.calendar.durations import Duration, Unit
from service.core.calendar.workdays import CLOSED, WEEKEND
from service.core.cases import Case, Clock, Deadline
from service.core.rules.rulebook import RuleBook
from service.core.speech import swedish

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Free:
    """A day on which the municipality does not work, and why: the holiday's name, or the setting."""

    day: date
    why: str

    @property
    def is_weekend(self) -> bool:
        """Whether it is free as every Saturday and Sunday is."""
        return self.why in WEEKEND

    @property
    def is_closed(self) -> bool:
        """Whether it is free by the municipality's own setting (`calendar.extra_non_working`)."""
        return self.why == CLOSED


@dataclass(frozen=True, slots=True)
class Counted:
    """One promise, explained.

    setting: the key in municipality.yaml, with dots. skipped: the free days that were not counted (working days alone
    are counted so). rolled: the free days that the last day was moved past. due_at: what the rules in force now give;
    it differs from the promise where they have changed since, or where somebody has set another day.
    """

    promise: Deadline
    setting: str
    duration: Duration
    skipped: tuple[Free, ...]
    rolled: tuple[Free, ...]
    due_at: datetime

    @property
    def holds(self) -> bool:
        """Whether the rules in force now give the day that was promised."""
        return self.due_at == self.promise.due_at


def explained(case: Case, book: RuleBook) -> list[Counted]:
    """Every promise of the case, in the order in which they were made."""
    return [counted(promise, case, book) for promise in case.deadlines]


def counted(promise: Deadline, case: Case, book: RuleBook) -> Counted:
    """One promise of the case."""
    setting, duration = deadlines.promised(promise.kind, case.channel, case.process, book)
    calendar, started = book.calendar, book.calendar.local_date(promise.started_at)
    due_at = deadlines.due_at(promise.started_at, duration, book)
    last = calendar.local_date(due_at)
    skipped: tuple[Free, ...] = ()
    rolled: tuple[Free, ...] = ()
    if duration.unit is Unit.WORKING_DAYS:
        skipped = _free_days(started + _DAY, last, book)
    elif duration.unit is Unit.DAYS:
        rolled = _free_days(started + duration.amount * _DAY, last - _DAY, book)
    return Counted(promise, setting, duration, skipped, rolled, due_at)


def _free_days(first: date, last: date, book: RuleBook) -> tuple[Free, ...]:
    days = [first + n * _DAY for n in range((last - first).days + 1)]
    return tuple(Free(day, why) for day in days if (why := book.calendar.why_free(day)))


def in_swedish(counted: Counted) -> str:
    """The count in one line for whoever has the case, without the day itself; empty where another day holds.

    "10 arbetsdagar från den dag då synpunkten kom in. Lördagar, söndagar och Pingstdagen 24 maj räknas inte"
    """
    if not counted.holds:
        return ""
    text = f"{counted.duration.swedish()} från den dag då synpunkten kom in"
    if counted.promise.kind is Clock.SECOND_ANSWER:
        text = f"{counted.duration.swedish()} från den dag då synpunktslämnaren skrev igen"
    if counted.duration.unit in {Unit.HOURS, Unit.MINUTES}:
        return text.replace("den dag då", "det att")
    named = [f"{free.why} {swedish.short_day(free.day)}" for free in counted.skipped if not free.is_weekend]
    if counted.skipped:
        free = swedish.join(["lördagar", "söndagar", *named]) if _has_weekend(counted) else swedish.join(named)
        text += f". {free[:1].upper()}{free[1:]} räknas inte"
    if counted.rolled:
        first = counted.rolled[0]
        text += f". Sista dagen var {first.why} {swedish.short_day(first.day)} och flyttades till nästa arbetsdag"
    return text


def _has_weekend(counted: Counted) -> bool:
    return any(free.is_weekend for free in counted.skipped)
