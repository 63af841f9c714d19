"""Who has which letter in hand: a daemon claims what is due, and holds on to it until the mail server has answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from service.core.effects import Letter
from service.desk.post.states import WAITING
from service.desk.tables import messages

LEASE = timedelta(minutes=10)  # a claim of a daemon that died is free again after this
_FURTHEST_TRY = timedelta(hours=26)  # nothing is put off for longer: what lies further ahead was set by a wrong clock


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claimed letter, ready for the mail server.

    again: it may have been sent before, by a run that ended before it noted the outcome.
    """

    id: int
    case_id: int | None
    kind: str
    sender: str
    recipient: str
    raw: bytes
    again: bool = False


def claim_due(
    s: Connection, mailbox: str, now: datetime, limit: int = 100, *, watched_since: datetime | None = None
) -> list[Waiting]:
    """Letters whose time has come, by rank, taken for this daemon: another one's claim is respected until it ends.

    watched_since: the mailbox is only watched since then, and nothing leaves but the summaries of that time.
    """
    # A claim or a try that lies further ahead than any can was written by a clock that went wrong.
    free = or_(
        messages.c.claimed_until.is_(None), messages.c.claimed_until < now, messages.c.claimed_until > now + LEASE
    )
    ripe = or_(messages.c.next_try_at <= now, messages.c.next_try_at > now + _FURTHEST_TRY)
    due = and_(messages.c.state.in_(WAITING), messages.c.mailbox == mailbox, ripe, free)
    if watched_since:
        due = and_(due, messages.c.kind == Letter.DIGEST, messages.c.at >= watched_since)
    # SQLite has one writer; PostgreSQL passes over the letters that another daemon is claiming at this very moment.
    longest_due = (
        select(messages.c.id, messages.c.claimed_until)
        .where(due)
        .order_by(messages.c.rank, messages.c.next_try_at)
        .limit(limit)
    )
    left_behind = {row.id: row.claimed_until for row in s.execute(longest_due.with_for_update(skip_locked=True))}
    if not left_behind:
        return []
    claimed = s.execute(
        update(messages)
        .where(messages.c.id.in_(left_behind))
        .values(claimed_until=now + LEASE)
        .returning(
            messages.c.id,
            messages.c.case_id,
            messages.c.kind,
            messages.c.sender,
            messages.c.recipient,
            messages.c.rank,
            messages.c.raw,
        )
    ).all()
    return [
        Waiting(r.id, r.case_id, r.kind, r.sender, r.recipient, r.raw, left_behind[r.id] is not None)
        for r in sorted(claimed, key=_by_rank)
    ]


def free(s: Connection, mailbox: str) -> None:
    """Let go of what an earlier run had claimed: only for who knows that none is at work any more.

    The claims stay visible as old ones, so that the letters are known for what may have been sent before.
    """
    s.execute(
        update(messages)
        .where(messages.c.mailbox == mailbox, messages.c.state.in_(WAITING), messages.c.claimed_until.is_not(None))
        .values(claimed_until=_LONG_AGO)
    )


def renew(s: Connection, letter_ids: Iterable[int], now: datetime) -> None:
    """Hold on to letters that a slow server has not answered for yet."""
    s.execute(update(messages).where(messages.c.id.in_(list(letter_ids))).values(claimed_until=now + LEASE))


_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _by_rank(row: Row[Any]) -> tuple[int, int]:
    return row.rank, row.id
