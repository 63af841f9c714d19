"""Reports that leave by themselves when their period has ended (KOP-18, SPA-28, STR-22): which ones, and to whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from service.core.calendar.periods import Period as Span
from service.core.calendar.periods import ended, following
from service.core.people import addresses
from service.core.rules.choices import Period, ReportContent, Role, Scope
from service.core.rules.mailing import Report
from service.core.rules.people import Unit
from service.core.rules.rulebook import RuleBook

MONTHS: Final = {Period.MONTH: 1, Period.TERTIAL: 4, Period.HALF_YEAR: 6, Period.YEAR: 12}
WHOLE = "hela kommunen"


@dataclass(frozen=True, slots=True)
class Series:
    """The same report to the same person, period after period.

    units: whose cases it is about, None: all. about: that in words. key: what the register knows the series by; it
    stays the same when other lines of the rules change, and when a person by duty gets another unit or leaves one.
    """

    to: str
    period: Period
    content: ReportContent
    units: frozenset[str] | None
    about: str
    key: str

    def due(self, latest: date | None, begun: date, today: date) -> Iterator[Span]:
        """The periods whose report is to leave, the oldest first.

        latest: the first day of the last one that has left; None where none has: then only the period that has just
        ended is told of, since the line may be new. begun: the day on which the register began; what ended before it
        is no period of the service.
        """
        months = MONTHS[self.period]
        span = last = ended(months, today)
        if latest is not None:
            span = following(months, latest)
        while span.first <= last.first:
            if span.last >= begun:
                yield span
            span = following(months, span.first)


def series(book: RuleBook) -> list[Series]:
    """Every series of reports that the rules ask for, each once."""
    found: dict[str, Series] = {}
    told = set()
    for line in book.municipality.reports:
        for one in _of_line(line, book):
            same = (addresses.key(one.to), one.period, one.content, one.units)
            if same not in told:
                told.add(same)
                found.setdefault(one.key, one)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Part:
    """What there is a report of: its name, its units (None: all) and its id."""

    name: str
    units: frozenset[str] | None
    id: str

    def has(self, unit: Unit) -> bool:
        return self.units is None or unit.id in self.units


def _of_line(line: Report, book: RuleBook) -> Iterator[Series]:
    """A person by duty gets one report over all that is the person's own; an address gets one for each part."""
    parts = _parts(line.scope, book)
    for to in line.to:
        if not isinstance(to, Role):
            yield from (_series(line, to, part) for part in parts)
            continue
        mine: dict[str, list[_Part]] = {}
        for part in parts:
            for person in dict.fromkeys(_by_duty(to, filter(part.has, book.people.units), book)):
                mine.setdefault(addresses.written(person), []).append(part)
        yield from (_series(line, person, _together(own, line.scope), f"own {to}") for person, own in mine.items())


def _series(line: Report, to: str, part: _Part, of: str = "") -> Series:
    key = "/".join((line.period, line.scope, line.content, of or part.id, addresses.key(to)))
    return Series(to, line.period, line.content, part.units, part.name, key)


def _together(own: list[_Part], scope: Scope) -> _Part:
    """The parts that one person answers for, as one."""
    if len(own) == 1:
        return own[0]
    units = frozenset(unit for part in own for unit in part.units or ())
    return _Part("dina enheter" if scope is Scope.UNITS else "dina förvaltningar", units, "")


def _parts(scope: Scope, book: RuleBook) -> list[_Part]:
    match scope:
        case Scope.ALL:
            return [_Part(WHOLE, None, "all")]
        case Scope.DEPARTMENTS:
            return [_Part(d.name, _units_of(d.id, book), d.id) for d in book.people.departments]
        case Scope.UNITS:
            return [_Part(unit.name, frozenset({unit.id}), unit.id) for unit in book.people.units]


def _units_of(department: str, book: RuleBook) -> frozenset[str]:
    return frozenset(unit.id for unit in book.people.units if unit.department == department)


def _by_duty(role: Role, units: Iterable[Unit], book: RuleBook) -> Iterator[str]:
    """Whoever has the duty in those units."""
    for unit in units:
        department = book.department(unit.department)
        match role:
            case Role.OFFICER:
                yield from unit.officers
            case Role.MANAGER:
                yield unit.manager
            case Role.HEAD:
                yield from filter(None, [department.head if department else None])
            case Role.REGISTRAR:
                yield (department.registrar if department else None) or book.registrars[0]
