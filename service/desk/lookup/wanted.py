"""Which cases of the register somebody wants to see: one value, and the conditions that it puts to the database."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from service.core.cases import Clock, Status
from service.core.people import addresses
from service.desk.lookup import wordindex
from service.desk.tables import cases, deadlines

ANSWER_CLOCKS = (Clock.ANSWER.value, Clock.SECOND_ANSWER.value)
"""The promises of an answer."""
ENDED = (Status.ANSWERED.value, Status.CLOSED.value, Status.REFUSED.value)
"""The states in which nobody owes a first answer any longer."""


class Moment(enum.StrEnum):
    """What `since` and `before` look at: when the case came in, was answered, or was closed."""

    RECEIVED = "received_at"
    ANSWERED = "answered_at"
    CLOSED = "closed_at"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases: every field that is given narrows them, and none at all means each case of the register.

    An empty text asks for the cases without (a type, a unit); None does not ask. words: all of them occur, in any form.
    since, before: aware instants, the first included and the second not. late_at: those whose running promise of an
    answer had passed by that instant. submitter: an address, or a name or part of it. secret: False leaves secret cases
    out, True takes them alone. watched: likewise, those that came in while the mailbox was only watched.
    """

    words: tuple[str, ...] = ()
    number: str | None = None
    mailbox: str | None = None
    status: Status | None = None
    unfinished: bool = False
    late_at: datetime | None = None
    units: Collection[str] | None = None
    officer: str | None = None
    type: str | None = None
    category: str | None = None
    process: str | None = None
    channel: str | None = None
    submitter: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    moment: Moment = Moment.RECEIVED
    secret: bool | None = None
    watched: bool | None = None


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What the database is asked; all of it has to hold."""
    found: list[ColumnElement[bool]] = [
        cases.c[name].in_(_spelled(value)) for name in _EQUAL if (value := getattr(wanted, name)) is not None
    ]
    at = cases.c[wanted.moment.value]
    asked: dict[str, ColumnElement[bool] | None] = {
        "words": wordindex.occurring(wanted.words) if wanted.words else None,
        "status": cases.c.status == wanted.status.value if wanted.status else None,
        "unfinished": cases.c.status.not_in(ENDED) if wanted.unfinished else None,
        "late": _late(wanted.late_at) if wanted.late_at else None,
        "units": cases.c.unit.in_(wanted.units) if wanted.units is not None else None,
        "officer": _is_officer(wanted.officer) if wanted.officer is not None else None,
        "submitter": _is_submitter(wanted.submitter) if wanted.submitter is not None else None,
        "since": at >= wanted.since if wanted.since else None,
        "before": at < wanted.before if wanted.before else None,
        "secret": cases.c.secrecy.is_(wanted.secret) if wanted.secret is not None else None,
        "watched": cases.c.watched.is_(wanted.watched) if wanted.watched is not None else None,
    }
    return found + [each for each in asked.values() if each is not None]


_EQUAL = ("number", "mailbox", "type", "category", "process", "channel")


def _spelled(word: str) -> set[str]:
    """As it was asked for, and as lists of choices write it: SQLite's own `lower` knows ASCII alone."""
    return {word, word.lower(), word.capitalize()}


def _late(at: datetime) -> ColumnElement[bool]:
    running = deadlines.c.met_at.is_(None) & deadlines.c.kind.in_(ANSWER_CLOCKS)
    passed = select(deadlines.c.case_id).where(running, deadlines.c.due_at < at)
    return cases.c.status.not_in([Status.CLOSED.value, Status.REFUSED.value]) & cases.c.id.in_(passed)


def _is_officer(address: str) -> ColumnElement[bool]:
    return func.lower(cases.c.officer) == addresses.key(address)


def _is_submitter(who: str) -> ColumnElement[bool]:
    if "@" not in who:
        spelled = {who, who.lower(), who.title()}
        named = or_(*(cases.c.submitter_name.contains(each, autoescape=True) for each in sorted(spelled)))
        return wordindex.occurring([who]) & named
    written = addresses.written(who).lower()
    return or_(func.lower(cases.c.submitter_email) == written, func.lower(cases.c.submitter_reply_to) == written)
