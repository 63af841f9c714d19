"""Figures over cases: how answers went, and how long people waited. They know neither who nor what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from service.core.rules.rulebook import RuleBook


@dataclass(slots=True)
class Tally:
    """How the answers of some cases went."""

    total: int = 0
    in_time: int = 0
    late: int = 0
    waiting: int = 0

    def add(self, due_at: datetime | None, met_at: datetime | None, now: datetime) -> None:
        """One more case: when its answer was due and when it came, None where nothing was promised or has come yet."""
        self.total += 1
        if due_at is None:
            return
        if met_at is None and now <= due_at:
            self.waiting += 1
        elif met_at is not None and met_at <= due_at:
            self.in_time += 1
        else:
            self.late += 1

    @property
    def share(self) -> int | None:
        """Answered in time of all that were due, in whole per cent; None where nothing was due."""
        due = self.in_time + self.late
        return round(100 * self.in_time / due) if due else None

    def shown(self, name: str) -> dict[str, Any]:
        """The figures as letters show them, under a name."""
        return {
            "name": name,
            "total": self.total,
            "in_time": self.in_time,
            "late": self.late,
            "waiting": self.waiting,
            "share": self.share,
        }


def most_first(counted: Mapping[str, int]) -> tuple[dict[str, Any], ...]:
    """Names with how often each was counted, the most frequent first."""
    return tuple({"name": name, "total": n} for name, n in sorted(counted.items(), key=lambda t: (-t[1], t[0])))


def median_days(answers: Iterable[tuple[datetime, datetime | None]], book: RuleBook) -> int | None:
    """The median of working days from arrival to answer; None where nothing has been answered."""
    calendar = book.calendar
    days = [
        calendar.working_days_between(calendar.local_date(received_at), calendar.local_date(met_at))
        for received_at, met_at in answers
        if met_at
    ]
    return round(median(days)) if days else None
