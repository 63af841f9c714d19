"""Disposal (gallring): what a line of the rules names, so long after it was closed or came in, and nothing else (C17).

Nothing may be destroyed without a decision on it (arkivlagen 1990:782), nor while somebody has asked to see it, has
appealed, or the police want it: then a person holds the case. What is counted stays; words and people are gone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from service.core.calendar.durations import Duration
from service.core.calendar.workdays import Calendar, due
from service.core.cases import Case, Status, Submitter
from service.core.effects.of_a_case import SetFields

_ENDED = (Status.CLOSED, Status.REFUSED)
_STAYS = (
    "number", "mailbox", "status", "type", "category", "process", "registry_number", "channel", "language", "unit",
    "department", "committee", "secrecy", "anonymous", "internal", "received_at", "receipt_sent_at", "answered_at",
    "closed_at", "delayed_to", "withdrawn_at", "secret_since", "deadlines", "steps", "related", "form", "roads",
)  # fmt: skip
"""What a case that has been disposed of still tells. A field that is not named here is emptied: so are later ones."""


def is_ripe(since: datetime, after: Duration, now: datetime, calendar: Calendar) -> bool:
    """Whether the time has run out: at the end of the local day, counted from the day of `since` (both aware)."""
    return due(since, after, calendar, roll=False) < now


def begins(case: Case) -> datetime | None:
    """The instant that a case's time is counted from (aware UTC); None: it is open, held, or gone already."""
    if case.status not in _ENDED or case.hold or case.disposed_at:
        return None
    return case.closed_at


def emptied(case: Case, at: datetime, measures: tuple[str, ...]) -> Case:
    """What is left of the case. measures: the municipality's own words, which may stay; what somebody wrote may not."""
    kept = {name: getattr(case, name) for name in _STAYS}
    blank = Case(title="", text="", submitter=Submitter(contact=case.submitter.contact), **kept)
    return replace(blank, measure=case.measure if case.measure in measures else "", disposed_at=at)


def holding(why: str, by: str, now: datetime) -> SetFields:
    """Nothing of the case is disposed of for that reason, from `now` (aware) on; without one the rules decide again."""
    because = f"nothing is disposed of: {why}" if why else "the rules decide about its disposal again"
    return SetFields({"hold": why, "hold_since": now if why else None}, because, by)
