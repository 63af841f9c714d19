"""Cases as a letter lists them: by urgency, or with the choices of whoever sorts them."""

from __future__ import annotations

from typing import Any

from service.core.cases import Case
from service.core.decide.mornings import Entry, Morning, Urgency, time_left
from service.core.people.accounts import mask_numbers
from service.core.rules.guesses import shown
from service.core.rules.rulebook import RuleBook


def facts_of(morning: Morning, book: RuleBook) -> dict[str, Any]:
    """What the template shows of each pile of cases, by urgency."""
    return {
        "first": tuple(shown_entry(e) for e in morning.entries[:_GLANCED]),
        "own": tuple(grouped(morning.own)),
        "units": tuple(grouped(morning.units)),
        "unrouted": tuple(shown_entry(e) | choices_of(e.case, book) for e in morning.unrouted),
        "units_known": tuple(unit.name for unit in book.people.units) if morning.unrouted else (),
    }


def choices_of(case: Case, book: RuleBook) -> dict[str, Any]:
    """The beginning of the case's text, and where it may belong by number; nothing of a secret case."""
    return {"first_line": "" if case.secrecy else _first_line(case.text), "guesses": shown(case, book)}


def _first_line(text: str) -> str:
    masked = mask_numbers(text)  # before it is cut, or half a number is shown
    line = next((line.strip() for line in masked.splitlines() if len(line.strip()) > _GREETING), "")
    return line[:_LONGEST_LINE] + ("…" if len(line) > _LONGEST_LINE else "")


_GLANCED = 3  # cases that an inbox shows beside the subject
_GREETING = 12  # characters: a shorter line says no more than hello
_LONGEST_LINE = 140


_GROUPS = (
    ("Försenade", {Urgency.LATE}),
    ("I dag och nästa arbetsdag", {Urgency.TODAY, Urgency.NEXT_DAY}),
    ("Längre fram", {Urgency.LATER}),
)


def grouped(entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    """The cases for a letter, by urgency."""
    groups = [(name, [shown_entry(e) for e in entries if e.urgency in which]) for name, which in _GROUPS]
    return [{"name": name, "cases": shown} for name, shown in groups if shown]


def shown_entry(entry: Entry) -> dict[str, Any]:
    """What a letter shows of a case in a list."""
    return {
        "number": entry.number,
        "title": entry.title,
        "secret": entry.case.secrecy,
        "time": time_left(entry),
        "received": entry.case.received_at,
        "officer": entry.case.officer,
        "is_away": entry.is_away,
        "away_until": entry.away_until,
        "due_day": entry.due_day,
    }
