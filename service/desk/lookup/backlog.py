"""What waits in the register, mailbox by mailbox: figures for those who watch over the service, and no words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, exists, func, select

from service.core.cases import Clock, Status
from service.core.effects import Letter
from service.desk.post import minding
from service.desk.post.states import WAITING, State
from service.desk.rounds import lapses
from service.desk.tables import beginnings, canaries, cases, deadlines, messages, quarantine

_STILL_HERE = (*WAITING, State.HELD)
_ENDED = (Status.CLOSED, Status.REFUSED)


@dataclass(frozen=True, slots=True)
class Canary:
    """The latest mail of the mailbox to itself, and how long the latest took that came back (seconds; None: none has).

    sent_at: when the mail server took it. refused_at: when it was written that the mail server refused for good.
    back_at: when it was met in the mailbox. silent_since: when the first one was written that has not come back, where
    another one has left since.
    """

    sent_at: datetime | None = None
    back_at: datetime | None = None
    seconds: float | None = None
    silent_since: datetime | None = None
    refused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for one mailbox. Instants are aware.

    letters: how many have not left, by their state. oldest_letter: when the oldest of them was written, but for those
    that are held back on purpose or wait for a person. refused_since: since when letters of several cases wait because
    the mail server took no letter's content. receipts_late: open cases whose promised receipt (at most two
    working days by the municipality's rules) has not gone out in time. quarantined: mails without a decision.
    unread_since: since when summaries wait that no registrar could be sent, where the mailbox is only watched and none
    has left since. lost_since: when the register was found to have lost days, for a day or until they are back.
    """

    letters: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    oldest_letter: datetime | None = None
    receipts_late: int = 0
    quarantined: int = 0
    unread_since: datetime | None = None
    canary: Canary | None = None
    refused_since: datetime | None = None
    lost_since: datetime | None = None


def backlogs(s: Connection, now: datetime) -> dict[str, Backlog]:
    """Every mailbox that something waits for; some small looks, each over an index of what is unfinished."""
    found: dict[str, Backlog] = {}

    def note(mailbox: str, **facts: object) -> None:
        found[mailbox] = replace(found.get(mailbox, Backlog()), **facts)  # type: ignore[arg-type]

    by_state: dict[str, dict[str, int]] = {}
    for row in s.execute(_LETTERS):
        by_state.setdefault(row.mailbox, {})[row.state] = row.many
    for mailbox, letters in by_state.items():
        note(mailbox, letters=MappingProxyType(letters))
    for row in s.execute(_OLDEST):
        note(row.mailbox, oldest_letter=row.at)
    for mailbox in by_state:
        if since := minding.refused_since(s, mailbox):
            note(mailbox, refused_since=since)
    for row in s.execute(_LATE, {"now": now}):
        note(row.mailbox, receipts_late=row.many)
    for row in s.execute(_QUARANTINED):
        note(row.mailbox, quarantined=row.many)
    for row in s.execute(_UNREAD):
        note(row.mailbox, unread_since=row.at)
    for mailbox, (_, noticed_at) in lapses.lately(s, now).items():
        note(mailbox, lost_since=noticed_at)
    for row in s.execute(_CANARIES):
        note(row.mailbox, canary=_canary(row))
    return found


def _canary(row: Row[Any]) -> Canary:
    refused_at = row.at if row.state == State.REFUSED else None
    return Canary(row.sent_at, row.back_at, row.seconds, row.silent_since, refused_at)


_LETTERS = (
    select(messages.c.mailbox, messages.c.state, func.count().label("many"))
    .where(messages.c.state.in_(_STILL_HERE))
    .group_by(messages.c.mailbox, messages.c.state)
)
_OLDEST = (
    select(messages.c.mailbox, func.min(messages.c.at).label("at"))
    .where(messages.c.state.in_(WAITING), messages.c.next_try_at.is_not(None))
    .group_by(messages.c.mailbox)
)
_LATE = (
    select(cases.c.mailbox, func.count().label("many"))
    .join(deadlines, deadlines.c.case_id == cases.c.id)
    .where(deadlines.c.kind == Clock.RECEIPT, deadlines.c.met_at.is_(None))
    .where(cases.c.status.not_in(_ENDED), cases.c.disposed_at.is_(None))
    .where(deadlines.c.due_at < bindparam("now"))
    .group_by(cases.c.mailbox)
)
_CANARIES = select(
    canaries.c.mailbox,
    canaries.c.at,
    messages.c.state,
    messages.c.sent_at,
    canaries.c.back_at,
    canaries.c.seconds,
    canaries.c.silent_since,
).join(messages, and_(messages.c.message_id == canaries.c.message_id, messages.c.direction == "out"))
_LATER = messages.alias()
_READ_SINCE = exists().where(
    _LATER.c.mailbox == messages.c.mailbox,
    _LATER.c.state == State.SENT,
    _LATER.c.kind == Letter.DIGEST,
    _LATER.c.at >= messages.c.at,
)
_UNREAD = (
    select(messages.c.mailbox, func.min(messages.c.at).label("at"))
    .join(beginnings, beginnings.c.mailbox == messages.c.mailbox)
    .where(messages.c.state == State.HELD, messages.c.kind == Letter.DIGEST, messages.c.tried.is_not(None))
    .where(messages.c.at >= beginnings.c.watched_since, ~_READ_SINCE)
    .group_by(messages.c.mailbox)
)
_QUARANTINED = (
    select(quarantine.c.mailbox, func.count().label("many"))
    .where(quarantine.c.state == "held")
    .group_by(quarantine.c.mailbox)
)
