"""The report as sheets of cells: one shape that the page, the workbook, the lists and the mail are all made of.

A cell that is None is not shown: there is nothing to tell, or the public may not know. Each count carries the numbers
of its cases, but for those that are published, which carry none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from service.core.figures import hiding
from service.core.figures.counted import Judged, Went
from service.core.figures.report import FEWEST, Group, Report, Table, in_time_share, share


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure: its value, None where it is not shown, and the numbers of the cases that it counts."""

    value: int | float | date | None
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key for programs, its title for people, and what its figures are (`%`, `dagar` or nothing)."""

    key: str
    title: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of cells; the key for programs is empty where the name is the municipality's own word."""

    name: str
    cells: tuple[Cell, ...]
    key: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. pictured: a picture tells it at a glance. note: a sentence below its title."""

    key: str
    title: str
    head: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    note: str = ""
    pictured: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """The whole report in the shape in which it leaves. day: the local day whose state it shows."""

    town: str
    about: str
    period: str
    first: date
    last: date
    day: date
    is_public: bool
    sheets: tuple[Sheet, ...]

    @property
    def overview(self) -> Sheet:
        """The sheet that sums up the others."""
        return self.sheets[0]


def shape(report: Report, *, public: bool = False) -> Shape:
    """The sheets of a report. public: without case numbers, and no group of less than five can be told."""
    period = report.wanted.period
    sheets = [_overview(report, public), *(made for t in report.tables if (made := _sheet(t, report.whole, public)))]
    if not public:
        sheets += _lists(report)
    day = report.calendar.local_date(report.now)
    about = report.wanted.about
    return Shape(report.town, about, period.name, period.first, period.last, day, public, tuple(sheets))


# --- in short --------------------------------------------------------------------------------------------------------


def _overview(report: Report, public: bool) -> Sheet:
    spans = {"period": report.whole, "before": report.earlier, "last_year": report.last_year}
    if report.earlier.name == report.last_year.name:  # of a year both are the same
        del spans["last_year"]
    columns = tuple(Column(key, span.name) for key, span in spans.items())
    told = [_told(span, public) for span in spans.values()]
    rows = ((Line(name, tuple(of[key] for of in told), key, unit)) for key, name, unit in _NAMES)
    lines = [line for line in rows if any(cell.value is not None for cell in line.cells)]
    lines += _now(report, len(spans), public)
    return Sheet("overview", "I korthet", "Mått", columns, tuple(lines), _PROMISED)


_PROMISED = (
    "I tid är ett svar som gavs senast på den sista svarsdag som lovades först. En ny dag som synpunktslämnaren har "
    "fått besked om flyttar inte den dagen."
)
_NAMES: Final = (
    ("received", "Kom in", ""),
    ("receipts_in_time", "Bekräftade i tid", ""),
    ("receipts_late", "Bekräftade för sent", ""),
    ("receipts_share", "Bekräftade i tid, andel", "%"),
    ("in_time", "Besvarade i tid", ""),
    ("late", "Sena", ""),
    ("waiting", "Väntar på svar, inte sena", ""),
    ("share", "Besvarade i tid, andel", "%"),
    ("median_days", "Hälften fick svar inom", "arbetsdagar"),
    ("ninth_days", "Nio av tio fick svar inom", "arbetsdagar"),
    ("anonymous", "Anonyma", ""),
    ("anonymous_share", "Anonyma, andel", "%"),
    ("handed_over", "Överlämnade minst en gång", ""),
    ("reopened", "Öppnade igen efter svar", ""),
    ("alike", "Om samma sak som ett öppet ärende", ""),
)


def _told(span: Group, public: bool) -> dict[str, Cell]:
    """The figures of a span, by the keys of `_NAMES`."""
    receipts = _promised([span.receipts(way) for way in _WAYS], public)
    answers = _promised([span.that(way) for way in _WAYS], public)
    nobody = public and len(span.days) < FEWEST
    anonymous = _part(span, [j for j in span.cases if j.case.anonymous], public)
    return {
        "received": _part(span, span.cases, public),
        "receipts_in_time": receipts[0],
        "receipts_late": receipts[1],
        "receipts_share": _share(receipts[0], receipts[1]),
        "in_time": answers[0],
        "late": answers[1],
        "waiting": answers[2],
        "share": _share(answers[0], answers[1]),
        "median_days": Cell(None if nobody else span.median_days),
        "ninth_days": Cell(None if nobody else span.ninth_days),
        "anonymous": anonymous,
        "anonymous_share": Cell(None if anonymous.value is None else share(_whole(anonymous), _rest(anonymous, span))),
        "handed_over": _part(span, [j for j in span.cases if j.case.assigned > 1], public),
        "reopened": _part(span, [j for j in span.cases if j.case.reopened], public),
        "alike": _part(span, [j for j in span.cases if j.case.alike], public),
    }


_WAYS: Final = (Went.IN_TIME, Went.LATE, Went.WAITING, Went.NOT_PROMISED)


def _promised(ways: Sequence[Sequence[Judged]], public: bool) -> list[Cell]:
    """How a promise went, in the order of `_WAYS`, which together are all cases of the span."""
    shown = hiding.parts([len(cases) for cases in ways]) if public else [len(cases) for cases in ways]
    return [Cell(count, () if public else _numbers(cases)) for count, cases in zip(shown, ways, strict=True)]


def _part(span: Group, cases: Sequence[Judged], public: bool) -> Cell:
    """So many of the span's cases; neither they nor the others may be few enough to be persons."""
    if not public:
        return Cell(len(cases), _numbers(cases))
    hidden = hiding.is_small(len(cases)) or hiding.is_small(span.total - len(cases))
    return Cell(None if hidden else len(cases))


def _share(in_time: Cell, late: Cell) -> Cell:
    if in_time.value is None or late.value is None:
        return Cell(None)
    return Cell(share(_whole(in_time), _whole(late)))


def _whole(cell: Cell) -> int:
    assert isinstance(cell.value, int)
    return cell.value


def _rest(cell: Cell, span: Group) -> int:
    return span.total - _whole(cell)


def _numbers(cases: Sequence[Judged]) -> tuple[str, ...]:
    return tuple(judged.number for judged in cases)


def _now(report: Report, columns: int, public: bool) -> Iterator[Line]:
    """What is known of the period alone: how content people are, what was no feedback, and what is open still."""
    empty = (Cell(None),) * (columns - 1)
    if report.content:
        count, mean = report.content
        yield Line("Nöjda, av 5", (Cell(round(mean, 1)), *empty), "content")
        yield Line("Har svarat hur nöjda de är", (Cell(count), *empty), "content_answers")
    appeals = report.appeals
    if appeals.total and not (public and hiding.is_small(appeals.total)):
        numbers = () if public else _numbers(appeals.cases)
        yield Line("Överklaganden, räknas inte som synpunkter", (Cell(appeals.total, numbers), *empty), "appeals")
    if not public:
        yield Line("Öppna nu", (Cell(report.unanswered.total, _numbers(report.unanswered.cases)), *empty), "open_now")
        yield Line("Öppna nu och sena", (Cell(len(report.late), _numbers(report.late)), *empty), "late_now")


# --- one table -------------------------------------------------------------------------------------------------------

_TOTAL = Column("received", "Kom in")
_COUNT = Column("received", "Antal")
_OF_ANSWERS = (
    _TOTAL,
    Column("in_time", "I tid"),
    Column("late", "Sena"),
    Column("waiting", "Väntar"),
    Column("share", "I tid, andel", "%"),
)
_HEADS: Final = {"within": "Tid", "late_reasons": "Orsak", "late_receipts": "Orsak"}
_NOT_PUBLIC: Final = frozenset({"departments", "late_reasons", "late_receipts"})
"""A department is the sum of its units, which would give away the one that is hidden."""


def _sheet(table: Table, whole: Group, public: bool) -> Sheet | None:
    """The table; None where the public may know nothing of it. whole: all cases of the period."""
    groups, answers = _public_groups(table, whole) if public else table.groups, table.answers and not public
    if not groups:
        return None
    columns = _OF_ANSWERS if answers else (_TOTAL if table.answers else _COUNT,)
    lines = tuple(_line(group, answers, public) for group in groups)
    head = _HEADS.get(table.key, table.title)
    return Sheet(table.key, table.title, head, columns, lines, table.note, pictured=True)


def _public_groups(table: Table, whole: Group) -> tuple[Group, ...]:
    """The groups without small ones; none at all where the overview beside them would tell one."""
    if table.key in _NOT_PUBLIC:
        return ()
    groups = hiding.merged(table.groups)
    untold = [whole.total - sum(group.total for group in groups)]
    if table.key == "within" and table.groups[-1] in groups:  # so that it tells how many have an answer
        untold += [
            len([j for j in whole.that(way) if (j.days is None) is waits])
            for way in (Went.LATE, Went.NOT_PROMISED)
            for waits in (True, False)
        ]
    return () if any(map(hiding.is_small, untold)) else groups


def _line(group: Group, answers: bool, public: bool) -> Line:
    total = Cell(group.total, () if public else _numbers(group.cases))
    if not answers:
        return Line(group.name, (total,))
    ways = [group.that(way) for way in (Went.IN_TIME, Went.LATE, Went.WAITING)]
    counted = (Cell(len(cases), _numbers(cases)) for cases in ways)
    return Line(group.name, (total, *counted, Cell(in_time_share(group))))


# --- what is left to do ----------------------------------------------------------------------------------------------


def _lists(report: Report) -> Iterator[Sheet]:
    """The open cases by number, the late ones first: the day on which each should be answered, and how late it is."""
    columns = (Column("due", "Sista svarsdag"), Column("days_late", "Arbetsdagar för sent"))
    late = sorted(report.late, key=_due)
    others = sorted((j for j in report.unanswered.cases if j.answer is not Went.LATE), key=_due)
    for key, title, cases in (("late_now", "Öppna och sena", late), ("open_now", "Öppna, inte sena", others)):
        if cases:
            yield Sheet(key, title, "Ärende", columns, tuple(_listed(judged, report) for judged in cases))


def _due(judged: Judged) -> tuple[bool, str, str]:
    promise = judged.case.answer
    return promise is None, promise.due_at.isoformat() if promise else "", judged.number


def _listed(judged: Judged, report: Report) -> Line:
    calendar, promise = report.calendar, judged.case.answer
    due = calendar.local_date(promise.due_at) if promise else None
    is_late = due and judged.answer is Went.LATE
    days = calendar.working_days_between(due, calendar.local_date(report.now)) if due and is_late else None
    return Line(judged.number, (Cell(due), Cell(days)))
