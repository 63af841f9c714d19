"""Who has which letter in hand: a daemon claims what is due, and holds on to it until the mail server has answered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select, text, update

from service.core.effects import Letter
from service.desk.post.states import WAITING, State
from service.desk.tables import WAITS, Instant, messages

LEASE = timedelta(minutes=10)  # so long a claim holds, unless it is renewed or its run dies
_NOBODY = 0
_PUT_BACK = timedelta(hours=1)  # as much as a clock may be put back without a claim in use being taken for nonsense
_FURTHEST_TRY = timedelta(hours=26)  # nothing is put off for longer: what lies further ahead was set by a wrong clock


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claimed letter, ready for the mail server.

    again: it may have been sent before, by a run that ended before it noted the outcome. run: whose claim it is.
    """

    id: int
    case_id: int | None
    kind: str
    sender: str
    recipient: str
    raw: bytes
    again: bool = False
    run: int = 1

    @property
    def sha256(self) -> str:
        """The digest of its bytes, in hex: by it, too, the register knows it."""
        return hashlib.sha256(self.raw).hexdigest()


def instant(s: Connection, now: datetime) -> datetime:
    """The instant by which claims begin and end: on PostgreSQL, which several machines share, the server's own.

    Their clocks may be further apart than a claim is long. `now` is the caller's, to whom alone an SQLite belongs.
    """
    return now if s.dialect.name == "sqlite" else s.scalars(_SERVERS_CLOCK).one()


_SERVERS_CLOCK = select(func.clock_timestamp(type_=Instant))


def holds(s: Connection, until: datetime, now: datetime) -> bool:
    """Whether a claim until then is in force; none that a clock gone wrong has written is."""
    at = instant(s, now)
    return at < until <= at + LEASE


def claimants(s: Connection, mailbox: str) -> set[int]:
    """The runs that have letters of this mailbox in hand."""
    return {run for run in s.scalars(_CLAIMANTS, {"mailbox": mailbox}) if run is not None}


def late(s: Connection, mailbox: str, now: datetime) -> set[int]:
    """The runs whose claims on letters of this mailbox have run out, and that have not noted what became of them."""
    return {run for run in s.scalars(_LATE, {"mailbox": mailbox, "at": instant(s, now)}) if run is not None}


_HERE = (messages.c.mailbox == bindparam("mailbox"), text(WAITS))
_CLAIMANTS = select(messages.c.claimed_by).where(*_HERE, messages.c.claimed_until.is_not(None)).distinct()
_LATE = _CLAIMANTS.where(messages.c.claimed_until < bindparam("at"))


def claim_due(
    s: Connection,
    mailbox: str,
    now: datetime,
    limit: int,
    *,
    run: int,
    watched_since: datetime | None = None,
    dead: Iterable[int] = (),
    noting: Iterable[int] = (),
) -> list[Waiting]:
    """Letters whose time has come, by rank, taken for this run: another one's claim is respected until it ends.

    watched_since: the mailbox is only watched since then, and nothing leaves but the summaries of that time.
    dead: runs that have ended, and their claims with them. noting: runs whose claims are respected beyond their end.
    """
    at = instant(s, now)
    # A claim or a try that lies further ahead than any can was written by a clock that went wrong.
    about = {
        "mailbox": mailbox,
        "now": now,
        "at": at,
        "furthest_claim": at + LEASE + _PUT_BACK,
        "furthest_try": now + _FURTHEST_TRY,
        "dead": list(dead),
        "noting": list(noting),
        "most": limit,
    }
    longest_due = _LONGEST_DUE
    if watched_since:
        longest_due = longest_due.where(messages.c.kind == Letter.DIGEST, messages.c.at >= watched_since)
    left_behind = {row.id: row.claimed_until for row in s.execute(longest_due, about)}
    if not left_behind:
        return []
    taken = {"b_ids": list(left_behind), "b_until": at + LEASE, "b_run": run}
    claimed = s.execute(_TAKE, taken).all()
    return [_waiting(r, run, again=left_behind[r.id] is not None) for r in sorted(claimed, key=_by_rank)]


_LETTER = tuple(messages.c[name] for name in ("id", "case_id", "kind", "sender", "recipient", "raw"))


def _waiting(row: Row[Any], run: int, *, again: bool = False) -> Waiting:
    return Waiting(row.id, row.case_id, row.kind, row.sender, row.recipient, row.raw, again, run)


_FREE = or_(
    messages.c.claimed_until.is_(None),
    and_(
        messages.c.claimed_until < bindparam("at"),
        func.coalesce(messages.c.claimed_by, _NOBODY).not_in(bindparam("noting", expanding=True)),
    ),
    messages.c.claimed_until > bindparam("furthest_claim"),
    messages.c.claimed_by.in_(bindparam("dead", expanding=True)),
)
_RIPE = or_(messages.c.next_try_at <= bindparam("now"), messages.c.next_try_at > bindparam("furthest_try"))
# SQLite has one writer; PostgreSQL passes over the letters that another daemon is claiming at this very moment.
_LONGEST_DUE = (
    select(messages.c.id, messages.c.claimed_until)
    .where(*_HERE, _RIPE, _FREE)
    .order_by(messages.c.rank, messages.c.next_try_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)

_TAKE = (
    update(messages)
    .where(messages.c.id.in_(bindparam("b_ids", expanding=True)))
    .values(claimed_until=bindparam("b_until"), claimed_by=bindparam("b_run"))
    .returning(*_LETTER, messages.c.rank)
)


def still_holds(s: Connection, letter_id: int, run: int) -> datetime | None:
    """Until when the run's claim on the letter holds; None where it has lost it, or the letter waits no longer.

    A run that was stopped for a while (a suspended machine, SIGSTOP) finds here that others have taken over.
    """
    return s.scalar(_CLAIM, {"id": letter_id, "run": run})


def remaining(s: Connection, letter_id: int, run: int, now: datetime) -> timedelta | None:
    """How long the run's claim on the letter will hold; None where `still_holds` is. It is one statement."""
    if s.dialect.name == "sqlite":
        until = still_holds(s, letter_id, run)
        return until - now if until else None
    row = s.execute(_CLAIM_BY_SERVERS_CLOCK, {"id": letter_id, "run": run}).one_or_none()
    return row.claimed_until - row.at if row and row.claimed_until else None


_CLAIM = select(messages.c.claimed_until).where(
    messages.c.id == bindparam("id"), messages.c.claimed_by == bindparam("run"), messages.c.state.in_(WAITING)
)
_CLAIM_BY_SERVERS_CLOCK = _CLAIM.add_columns(func.clock_timestamp(type_=Instant).label("at"))


def left_in_hand(s: Connection, letter_id: int, sha256: str, run: int) -> Waiting | None:
    """The letter that a run had in hand when it ended, where nobody has noted yet what became of it.

    One that was withdrawn meanwhile is among them: it may have left before.
    """
    row = s.execute(_LEFT, {"id": letter_id, "sha256": sha256}).one_or_none()
    return _waiting(row, run) if row else None


_LEFT = select(*_LETTER).where(
    messages.c.id == bindparam("id"),
    messages.c.sha256 == bindparam("sha256"),
    messages.c.claimed_until.is_not(None),
    messages.c.state.in_((*WAITING, State.WITHDRAWN)),
)


def state_of(s: Connection, letter: Waiting) -> str | None:
    """Where the letter stands; None: a register that was put back lacks it, and may have given its row to another."""
    return s.scalar(_STATE, {"id": letter.id, "sha256": letter.sha256})


_STATE = select(messages.c.state).where(messages.c.id == bindparam("id"), messages.c.sha256 == bindparam("sha256"))


def renew(s: Connection, letter_ids: Iterable[int], run: int, now: datetime) -> None:
    """Hold on to letters that a slow server has not answered for yet; what others have taken meanwhile stays theirs."""
    s.execute(
        update(messages)
        .where(messages.c.id.in_(list(letter_ids)), messages.c.claimed_by == run, messages.c.state.in_(WAITING))
        .values(claimed_until=instant(s, now) + LEASE)
    )


def _by_rank(row: Row[Any]) -> tuple[int, int]:
    return row.rank, row.id
