"""What is given to the public of a case: the case as it was approved, its line in the register, how far it has come.

The line is the public shape of the register that everybody may ask to see (OSL 5 kap. 2 §): what may be left out of it,
who wrote and what a case that nobody has approved is about in the writer's words, is left out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from service.core.cases import Case, Clock, Status
from service.core.publicity.publication import Wording, approved
from service.core.rules.rulebook import RuleBook
from service.core.speech.languages import SWEDISH, language_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A published case. Days are local dates; updated_at is an aware instant. Nothing in it names a person.

    in_time: whether the answer came by the day that was first promised; None while there is none. working_days: from
    arrival to answer. unit, place: a unit's name and its id.
    """

    case_id: str
    received_on: date
    channel: str
    type: str
    category: str
    process: str
    unit: str
    place: str
    title: str
    text: str
    language: str
    answer: str
    answered_on: date | None
    due_on: date | None
    in_time: bool | None
    working_days: int | None
    measure: str
    status: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A case's line in the public register; of a secret one only that it is there, and since when."""

    case_id: str
    received_on: date
    answered_on: date | None = None
    concerns: str = ""
    is_published: bool = False
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a case has come, for whoever has its address: no name and no word of anybody's."""

    case_id: str
    received_on: date
    unit: str
    answered_on: date | None
    due_on: date | None
    is_closed: bool


def entry_of(case: Case, book: RuleBook) -> Entry | None:
    """The case for the public; None where nobody has approved exactly its words, or it may not be shown."""
    wording = approved(case)
    unit = book.unit(case.unit)
    if wording is None or (unit is not None and unit.secrecy):
        return None
    received, answered, due = _days(case, book)
    return Entry(
        case_id=case.number,
        received_on=received,
        channel=case.channel,
        type=_listed(case.type, book.municipality.types),
        category=_listed(case.category, book.municipality.categories),
        process=case.process,
        unit=unit.name if unit else "",
        place=case.unit if unit else "",
        title=wording.title,
        text=wording.text,
        language=SWEDISH if case.language == SWEDISH else language_of(wording.text),
        answer=wording.answer,
        answered_on=answered,
        due_on=due,
        in_time=answered <= due if answered and due else None,
        working_days=book.calendar.working_days_between(received, answered) if answered else None,
        measure=_listed(case.measure, book.municipality.measures),
        status="closed" if case.status is Status.CLOSED else "answered" if answered else "open",
        updated_at=max(at for at in (case.received_at, case.answered_at, case.closed_at) if at),
    )


def row_of(case: Case, book: RuleBook) -> Row:
    """The case's line in the public register."""
    received, answered, _ = _days(case, book)
    unit = book.unit(case.unit)
    if case.secrecy or (unit is not None and unit.secrecy):
        return Row(case.number, received, is_hidden=True)
    wording = approved(case)
    return Row(case.number, received, answered, _concerns(case, wording, book), wording is not None)


# --- how far it has come ---------------------------------------------------------------------------------------------

OWN: Final = "mitt/"
"""The folder of the pages that only those who have the address find."""

_SHOWN_AFTER_CLOSING: Final = timedelta(days=30)
_TOKEN: Final = 26  # characters of base 32: 130 bits


def own_page(case: Case, book: RuleBook, secret: bytes) -> str:
    """Where the case's own page is, from the public root; empty where it has none.

    secret: the register's key: without it nobody can tell the address by the number.
    """
    if not book.municipality.publish.own_page or not book.municipality.publish.root or case.secrecy or case.internal:
        return ""
    mac = hmac.digest(secret, f"own page\n{case.number}".encode(), hashlib.sha256)
    return f"{OWN}{base64.b32encode(mac).decode().lower()[:_TOKEN]}.html"


def progress_of(case: Case, book: RuleBook, now: datetime) -> Progress | None:
    """How far the case has come; None for one that is secret, or that has been closed for a month."""
    unit = book.unit(case.unit)
    long_closed = case.closed_at is not None and case.closed_at < now - _SHOWN_AFTER_CLOSING
    if case.secrecy or case.internal or long_closed or (unit is not None and unit.secrecy):
        return None
    received, answered, _ = _days(case, book)
    due = book.calendar.local_date(case.running.due_at) if case.running else None
    is_closed = case.status in {Status.CLOSED, Status.REFUSED}
    return Progress(case.number, received, unit.name if unit else "", answered, due, is_closed)


# --- what both shapes need -------------------------------------------------------------------------------------------


def _listed(word: str, words: Collection[str]) -> str:
    """The word where it is one of the municipality's: what somebody wrote in its place is no approved wording."""
    return word if word in words else ""


def _concerns(case: Case, wording: Wording | None, book: RuleBook) -> str:
    """What it is about: as it was approved, else in the municipality's own words, never in the writer's."""
    if case.is_appeal:
        return "Överklagande"
    if wording:
        return wording.title
    town = book.municipality
    known = (_listed(case.type, town.types).capitalize(), _listed(case.category, town.categories))
    return ": ".join(filter(None, known))


def _days(case: Case, book: RuleBook) -> tuple[date, date | None, date | None]:
    """When it came in, when it was answered, and by when an answer was first promised."""
    day = book.calendar.local_date
    promised = next((d for d in case.deadlines if d.kind is Clock.ANSWER), None)
    return (
        day(case.received_at),
        day(case.answered_at) if case.answered_at else None,
        (day(promised.due_at) if promised else None),
    )
