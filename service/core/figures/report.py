"""The report: the cases that came in within a period, in tables, beside the period before and a year before.

A table holds groups of cases and a figure is the number of cases in a group, so that each can be opened to its case
numbers. Cases with secrecy are counted, but not under what they are about.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Final

from service.core.calendar.periods import Period, a_year_before, before
from service.core.calendar.workdays import Calendar
from service.core.figures.counted import Counted, Judged, Went, judge
from service.core.rules.rulebook import RuleBook
from service.core.speech.languages import NAMES

SECRECY: Final = "Sekretess"
WITHIN: Final = (2, 5, 10, 20)
"""Working days from arrival to answer, the upper ends of the steps in which answers are counted."""
FEWEST: Final = 5
"""So many must have said or suffered the same before it stands under its own words: fewer are persons, no group."""


@dataclass(frozen=True)
class Group:
    """Cases that have something in common, under its name."""

    name: str
    cases: tuple[Judged, ...]

    @cached_property
    def total(self) -> int:
        """How many there are."""
        return len(self.cases)

    def that(self, answer: Went) -> tuple[Judged, ...]:
        """Those whose answer went so."""
        return tuple(case for case in self.cases if case.answer is answer)

    def receipts(self, receipt: Went) -> tuple[Judged, ...]:
        """Those whose receipt went so."""
        return tuple(case for case in self.cases if case.receipt is receipt)

    @cached_property
    def days(self) -> list[int]:
        """The working days that each answered one waited, in rising order."""
        return sorted(case.days for case in self.cases if case.days is not None)

    @property
    def median_days(self) -> int | None:
        """Half of the answers came within so many working days, rounded up; None where there are none."""
        return math.ceil(median(self.days)) if self.days else None

    @property
    def ninth_days(self) -> int | None:
        """Nine answers of ten came within so many working days (nearest rank); None where there are none."""
        return self.days[math.ceil(0.9 * len(self.days)) - 1] if self.days else None


def share(part: int, rest: int) -> int | None:
    """The part of both together, in whole per cent; None where there is nothing."""
    return round(100 * part / (part + rest)) if part + rest else None


def in_time_share(group: Group) -> int | None:
    """Answered in time of all whose day has come; None where none has."""
    return share(len(group.that(Went.IN_TIME)), len(group.that(Went.LATE)))


@dataclass(frozen=True, slots=True)
class Table:
    """Groups side by side. answers: it tells of each how its answers went. ordered: the order means something."""

    key: str
    title: str
    groups: tuple[Group, ...]
    answers: bool = True
    ordered: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report is about: a period, and whose cases: those of these units, None: all. about: that in words."""

    period: Period
    units: frozenset[str] | None = None
    about: str = ""

    def has(self, case: Counted, period: Period, calendar: Calendar) -> bool:
        """Whether the case came in within that period and belongs to the units."""
        mine = self.units is None or case.unit in self.units
        return mine and period.first <= calendar.local_date(case.received_at) <= period.last


@dataclass(frozen=True)
class Report:
    """All figures of a period, as things stand at an instant (aware).

    earlier, last_year: the cases of the period before and of the same period a year before. unanswered: what came in
    until the end of the period and is open still. content: how many have said how content they are, and the mean of
    it; None where too few have. appeals: what came in within the period and is no feedback but an appeal: in no other
    figure of the report (KLI-09).
    """

    town: str
    wanted: Wanted
    now: datetime
    calendar: Calendar
    whole: Group
    earlier: Group
    last_year: Group
    unanswered: Group
    appeals: Group
    tables: tuple[Table, ...]
    content: tuple[int, float] | None = None

    @property
    def late(self) -> tuple[Judged, ...]:
        """The open cases whose answer is late."""
        return self.unanswered.that(Went.LATE)


def report(
    cases: Iterable[Counted],
    wanted: Wanted,
    book: RuleBook,
    now: datetime,
    content: tuple[int, float] | None = None,
) -> Report:
    """The report. Among the cases must be all that came in within the three periods, and all that are open.

    The order of the cases plays no part: the same cases give the same report.
    """
    calendar, period = book.calendar, wanted.period
    everything = sorted((judge(case, calendar, now) for case in cases), key=lambda j: j.case.number)
    judged = tuple(j for j in everything if not j.case.appeal)
    appeals = (j for j in everything if j.case.appeal and wanted.has(j.case, period, calendar))

    def of(span: Period) -> Group:
        return Group(span.name, tuple(j for j in judged if wanted.has(j.case, span, calendar)))

    mine = (j for j in judged if wanted.units is None or j.case.unit in wanted.units)
    unanswered = (j for j in mine if j.case.is_open and calendar.local_date(j.case.received_at) <= period.last)
    whole = of(period)
    return Report(
        book.municipality.name,
        wanted,
        now,
        calendar,
        whole,
        of(before(period)),
        of(a_year_before(period)),
        Group("Öppna ärenden", tuple(unanswered)),
        Group("Överklaganden", tuple(appeals)),
        tuple(table for table in _tables(whole, book) if table.groups),
        content,
    )


# --- the tables ------------------------------------------------------------------------------------------------------


def _tables(whole: Group, book: RuleBook) -> Iterable[Table]:
    names = {unit.id: unit.name for unit in book.people.units}
    yield Table("within", "Så snabbt kom svaret", _by_days(whole), answers=False, ordered=True, note=_WITHIN_NOTE)
    for key, title, of in _BY:
        yield Table(key, title, _grouped(whole.cases, of))
    yield Table("units", "Enhet", _grouped(whole.cases, lambda c: names.get(c.unit, c.unit) or "Inte fördelade än"))
    yield Table("departments", "Förvaltning", _grouped(whole.cases, lambda c: c.department or "Inte fördelade än"))
    measures = frozenset(book.municipality.measures)
    with_measure = (j for j in whole.cases if j.case.measure)
    yield Table("measures", "Åtgärd", _grouped(with_measure, lambda c: _measure(c, measures)))
    late = whole.that(Went.LATE)
    yield Table("late_reasons", "Varför svar har dröjt", _by_reason(late), answers=False)
    receipts = whole.receipts(Went.LATE)
    why = _grouped(receipts, lambda c: c.receipt_late_because or "Okänt")
    yield Table("late_receipts", "Varför bekräftelser var sena", why, answers=False)


_WITHIN_NOTE = "Arbetsdagar från det att synpunkten kom till dess att svaret gavs."


def _hides_secret(of: Callable[[Counted], str], missing: str) -> Callable[[Counted], str]:
    """Under its own value, but for a secret case: its sort may tell what it is about."""
    return lambda case: SECRECY if case.secrecy else of(case) or missing


_BY: Final = (
    ("types", "Typ", _hides_secret(lambda c: c.type, "Utan typ")),
    ("categories", "Kategori", _hides_secret(lambda c: c.category, "Utan kategori")),
    ("processes", "Process", _hides_secret(lambda c: c.process, "Utan process")),
    ("channels", "Kanal", lambda c: c.channel or "Okänd"),
    ("languages", "Språk", lambda c: NAMES.get(c.language, c.language) or "Okänt"),
)


def _measure(case: Counted, known: frozenset[str]) -> str:
    """The measure's word; what somebody wrote in its place may name persons."""
    if case.secrecy:
        return SECRECY
    return case.measure if case.measure in known else "Annan åtgärd"


def _grouped(cases: Iterable[Judged], of: Callable[[Counted], str]) -> tuple[Group, ...]:
    """The cases by what they have in common, the largest group first."""
    found: dict[str, list[Judged]] = {}
    for judged in cases:
        found.setdefault(of(judged.case), []).append(judged)
    return _in_order(found)


def _in_order(found: Mapping[str, list[Judged]]) -> tuple[Group, ...]:
    groups = (Group(name, tuple(cases)) for name, cases in found.items())
    return tuple(sorted(groups, key=lambda g: (-g.total, g.name)))


def _by_days(whole: Group) -> tuple[Group, ...]:
    """The cases by how long the answer took; those without an answer last. Empty where there are no cases."""
    if not whole.cases:
        return ()
    steps = (-1, *WITHIN)
    groups = [
        Group(
            f"Inom {last} arbetsdagar" if first < 0 else f"{first + 1}–{last} arbetsdagar",
            tuple(j for j in whole.cases if j.days is not None and first < j.days <= last),
        )
        for first, last in pairwise(steps)
    ]
    longer = tuple(j for j in whole.cases if j.days is not None and j.days > WITHIN[-1])
    unanswered = tuple(j for j in whole.cases if j.days is None)
    return (*groups, Group(f"Mer än {WITHIN[-1]} arbetsdagar", longer), Group("Utan svar", unanswered))


def _by_reason(late: Iterable[Judged]) -> tuple[Group, ...]:
    """By the reasons that staff have given. What few have written is no group, and may name persons."""
    late = tuple(late)
    own = _grouped((j for j in late if j.case.late_reason and not j.case.secrecy), lambda c: c.late_reason.strip())
    common = {group.name for group in own if group.total >= FEWEST}

    def name(case: Counted) -> str:
        if not case.late_reason:
            return "Ingen orsak är antecknad"
        return case.late_reason.strip() if case.late_reason.strip() in common and not case.secrecy else "Annan orsak"

    return _grouped(late, name)
