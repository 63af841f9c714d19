"""`synpunkten case show NUMBER --trace`: each due day explained, as lines for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Connection

from service import config as configuration
from service.core.calendar.dueday import Counted, Free, explained
from service.core.calendar.durations import Unit
from service.core.cases import Case, Clock
from service.core.rules.rulebook import RuleBook
from service.desk import register
from service.desk.lookup.catalogue import plain
from service.rulesfolder import load

_BEGINS = {Clock.SECOND_ANSWER: "the submitter wrote again"}
_IN_DAYS = (Unit.DAYS, Unit.WORKING_DAYS)


@dataclass(frozen=True, slots=True)
class Trace:
    """Every promise of a case, counted anew by the rules of its mailbox as they are now."""

    case: Case
    counted: list[Counted]
    book: RuleBook

    def as_json(self) -> list[dict[str, Any]]:
        """The promises as plain values, in the shape of `case show --json`."""
        return [
            {
                "kind": each.promise.kind.value,
                "started_at": plain(each.promise.started_at),
                "setting": each.setting,
                "duration": str(each.duration),
                "not_counted": [{"day": free.day.isoformat(), "why": free.why} for free in each.skipped],
                "moved_past": [{"day": free.day.isoformat(), "why": free.why} for free in each.rolled],
                "due_at": plain(each.promise.due_at),
                "due_at_by_rules": plain(each.due_at),
            }
            for each in self.counted
        ]

    def lines(self) -> Iterator[str]:
        """The promises for people, a line for each thing that moved the day."""
        for each in self.counted:
            yield from _lines(each, self.book)
        if self.case.delayed_to:
            day = _day(self.case.delayed_to)
            yield "told of a delay"
            yield f"  later day    {day}, in a letter to the submitter; no promise was moved by it"


def of(s: Connection, number: str, config: Path) -> Trace | None:
    """The trace of the case with that number; None where there is no such case.

    Raises:
        YamlFault: the configuration cannot be read. RulesFault: the rules cannot.
    """
    stored = register.load(s, number)
    if stored is None:
        return None
    case = stored.case
    part = next((part for part in configuration.examine(config).parts if part.name == case.mailbox), None)
    if part is None:
        raise typer.TyperException(
            f'the configuration has no mailbox "{case.mailbox}" any more, whose rules would count'
        )
    book = load(part.rules)
    return Trace(case, explained(case, book), book)


def _lines(each: Counted, book: RuleBook) -> Iterator[str]:
    yield f"{each.promise.kind.value.replace('_', ' ')}, due {_moment(each.promise.due_at, book)}"
    yield f"  setting      {each.setting}: {each.duration}"
    because = _BEGINS.get(each.promise.kind, "arrival at the municipality")
    day_0 = "day 0 " if each.duration.unit in _IN_DAYS else "from  "
    yield f"  {day_0}       {_moment(each.promise.started_at, book)}, {because}"
    yield from (f"  not counted  {_day(free.day)}, {_why(free)}" for free in each.skipped)
    yield from (f"  moved past   {_day(free.day)}, {_why(free)} (deadlines.roll)" for free in each.rolled)
    yield f"  last moment  {_moment(each.due_at, book)}"
    if not each.holds:
        yield "  but          the register has another day: the rules have changed since it was promised"


def _why(free: Free) -> str:
    if free.is_weekend:
        return "weekend"
    return "closed (calendar.extra_non_working)" if free.is_closed else free.why


def _moment(at: datetime, book: RuleBook) -> str:
    local = at.astimezone(book.calendar.zone)
    return f"{_day(local.date())} {local:%H:%M}"


def _day(day: date) -> str:
    return f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[day.weekday()]} {day.isoformat()}"
