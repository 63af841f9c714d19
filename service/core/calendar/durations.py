"""Durations as the rules folder writes them: `10 working days`, `14 days`, `24 hours`, `15 minutes`."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from service.core.faulttexts import say

MAX_AMOUNT = 36_500
"""A hundred years of days: more than that is a slip of the pen, and dates would overflow."""


class Unit(enum.StrEnum):
    """What a duration counts. Working days need a calendar, days are calendar days, the rest is clock time."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"


DIGITS = 6
"""Of an amount, zeros before it too."""
_WRITTEN = re.compile(rf"(\d{{1,{DIGITS}}}) +(working day|day|hour|minute)s?", re.ASCII)
_SWEDISH = {
    Unit.WORKING_DAYS: ("arbetsdag", "arbetsdagar"),
    Unit.DAYS: ("dag", "dagar"),
    Unit.HOURS: ("timme", "timmar"),
    Unit.MINUTES: ("minut", "minuter"),
}


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount of one unit. What it means on a calendar is decided in `workdays`."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read a duration; `ValueError` with the accepted forms when the text is none."""
        found = _WRITTEN.fullmatch(" ".join(text.split()).lower())
        if not found:
            raise ValueError(say("no-duration", text=text))
        amount = int(found[1])
        if amount > MAX_AMOUNT:
            raise ValueError(say("too-long", text=text, most=MAX_AMOUNT))
        return cls(amount, Unit(found[2].replace(" ", "_") + "s"))

    def __str__(self) -> str:
        """As the rules folder writes it."""
        name = self.unit.value.replace("_", " ")
        return f"{self.amount} {name[:-1] if self.amount == 1 else name}"

    def swedish(self) -> str:
        """As a mail to a citizen or an officer says it: `10 arbetsdagar`."""
        one, many = _SWEDISH[self.unit]
        return f"{self.amount} {one if self.amount == 1 else many}"


@dataclass(frozen=True, slots=True)
class Reminder:
    """When to remind: so long before a deadline."""

    before: Duration

    @classmethod
    def parse(cls, text: str) -> Reminder:
        """Read `3 working days before`; `ValueError` with the accepted form when the text is none."""
        duration, word, rest = text.strip().rpartition("before")
        if not word or rest:
            raise ValueError(say("no-reminder", text=text))
        return cls(Duration.parse(duration))

    def __str__(self) -> str:
        """As the rules folder writes it."""
        return f"{self.before} before"
