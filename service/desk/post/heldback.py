"""Letters that are held back: what waits and why, and letting it go when its time has come or a person says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from service.core import gate
from service.core.cases import Status
from service.core.effects import Letter, SendLetter
from service.core.people import addresses
from service.desk import watched
from service.desk.desk import Desk
from service.desk.journal import Journal
from service.desk.lookup.catalogue import plain
from service.desk.post import budget, claims, unreachable
from service.desk.post.outcomes import PUT_BACK
from service.desk.post.states import WAITING, State
from service.desk.tables import cases, messages
from service.desk.turn import Turn, turn

_AT_A_TIME = 500
_DAY = timedelta(days=1)
_STUCK = (State.HELD, State.UNCERTAIN, State.REFUSED)
_UNDECIDED = (messages.c.direction == "out", messages.c.state == State.UNCERTAIN, messages.c.next_try_at.is_(None))


class NotThere(Exception):
    """No such letter waits in the outbox."""


def listed(s: Connection, *, every: bool = False) -> list[dict[str, Any]]:
    """What has not left: held, uncertain or refused, and what waits after a failed try; the oldest first.

    every: also what has left, what simply waits for its turn, and what was withheld for good.
    """
    wanted = _ENTRIES.where(messages.c.direction == "out")
    if not every:
        tried_in_vain = (messages.c.state == State.QUEUED) & (messages.c.last_error != "")
        wanted = wanted.where(messages.c.state.in_(_STUCK) | tried_in_vain)
    return [
        {key: plain(value) for key, value in row.items()}
        for row in s.execute(wanted.order_by(messages.c.id)).mappings()
    ]


def undecided(s: Connection) -> int:
    """How many letters may have left or not, and wait for a person to say which."""
    return s.scalars(select(func.count()).where(*_UNDECIDED)).one()


def withheld(s: Connection) -> int:
    """How many letters were written while a mailbox was only watched, and never leave."""
    return s.scalars(select(func.count()).where(messages.c.state == State.WITHHELD)).one()


_ENTRIES = select(
    messages.c.id,
    messages.c.mailbox,
    messages.c.state,
    messages.c.kind,
    messages.c.at,
    messages.c.recipient.label("to"),
    messages.c.subject,
    cases.c.number.label("case"),
    messages.c.held_because.label("reason"),
    messages.c.attempts,
    messages.c.next_try_at,
    messages.c.last_error,
).outerjoin_from(messages, cases, cases.c.id == messages.c.case_id)


def retry(s: Connection, number: int | None, now: datetime) -> list[int]:
    """A person lets a letter go at once, or with None every one that is stuck and not refused. Returns their numbers.

    What may have left before the register was put back from a copy goes by its own number alone.

    Raises:
        NotThere: no letter with that number is held, uncertain, refused or waiting.
    """
    if number is None:
        which = messages.c.state.in_([State.HELD, *WAITING]) & ~messages.c.last_error.startswith(PUT_BACK)
    else:
        which = messages.c.state.in_([State.HELD, *WAITING, State.REFUSED]) & (messages.c.id == number)
    free = messages.c.claimed_until.is_(None) | (messages.c.claimed_until < claims.instant(s, now))
    found = [*s.scalars(select(messages.c.id).where(which, free).order_by(messages.c.id))]
    if number is not None and not found:
        raise NotThere
    for letter in found:
        s.execute(update(messages).where(messages.c.id == letter).values(_leaving(now)))
    return found


def settle(s: Connection, number: int | None, now: datetime) -> list[int]:
    """A person says that an uncertain letter had left, or with None all that a restore left uncertain did.

    Returns their numbers.

    Raises:
        NotThere: no letter with that number is uncertain.
    """
    which = messages.c.last_error.startswith(PUT_BACK) if number is None else messages.c.id == number
    found = s.execute(_UNCERTAIN.where(which)).all()
    if number is not None and not found:
        raise NotThere
    for row in found:
        noted = Journal(row.mailbox, now)
        noted.add(row.case_id, "sent-before", f"a person says that the uncertain {row.kind} had left")
        noted.write(s)
        # the reason stays: after a restore these may not be the very words that left
        s.execute(update(messages).where(messages.c.id == row.id).values(state=State.SENT, sent_at=row.at))
    return [row.id for row in found]


_UNCERTAIN = (
    select(messages.c.id, messages.c.mailbox, messages.c.case_id, messages.c.kind, messages.c.at)
    .where(*_UNDECIDED)
    .order_by(messages.c.id)
)


def _leaving(now: datetime) -> dict[str, Any]:
    """Why it had to wait stays with the letter: the registrar hears of it, also where it left before the list was."""
    return {"state": State.QUEUED, "at": now, "next_try_at": now, "claimed_until": None}


def let_go(desk: Desk, now: datetime) -> None:
    """Everything whose budget allows it again, and one letter a day to each staff address that is out of reach.

    While the mailbox is only watched these are the summaries of that time alone.
    """
    with turn(desk, now) as work:
        for address in unreachable.proven(work.s, now):
            let_go_to(work.s, address, now)
        out_of_reach = unreachable.every(work.s)
        trying: set[str] = set()
        since = None if desk.mode.is_live else watched.since(work.s, desk.mailbox) or now
        due = _DUE.where(messages.c.kind == Letter.DIGEST, messages.c.at >= since) if since else _DUE
        for row in work.s.execute(due, {"mailbox": desk.mailbox, "now": now}).all():
            to = addresses.key(row.recipient)
            if to in out_of_reach:
                _try_again(work, row, trying)
            elif _is_of_no_use(row):
                _change(work, row, state=State.WITHDRAWN, held_because="the case was closed before the letter left")
            elif reason := _still_held(work, row):
                later = budget.next_day(desk.book, now)
                _change(work, row, next_try_at=later, held_because=reason)
            else:
                _change(work, row, **_leaving(now))


_DUE: Any = (
    select(messages.c.id, messages.c.recipient, messages.c.kind, messages.c.case_id, messages.c.cause, cases.c.status)
    .outerjoin_from(messages, cases, cases.c.id == messages.c.case_id)
    .where(messages.c.state == State.HELD.value, messages.c.mailbox == bindparam("mailbox"))
    .where(messages.c.next_try_at <= bindparam("now"))
    .order_by(messages.c.rank, messages.c.id)
    .limit(_AT_A_TIME)
)


def _try_again(work: Turn, row: Row[Any], trying: set[str]) -> None:
    """The first letter to an address out of reach tries it; the others wait for what becomes of that one."""
    to = addresses.key(row.recipient)
    if to in trying:
        _change(work, row, next_try_at=work.now + _DAY)
    else:
        trying.add(to)
        _change(work, row, **_leaving(work.now))


def _is_of_no_use(row: Row[Any]) -> bool:
    """Whether the letter asks for work in a case that is closed. What somebody wrote is shown all the same."""
    asks = row.kind in {Letter.ASSIGNMENT, Letter.REMINDER, Letter.ESCALATION}
    return asks and row.status in {Status.CLOSED.value, Status.REFUSED.value}


def _still_held(work: Turn, row: Row[Any]) -> str:
    kind = Letter(row.kind)
    letter = SendLetter(kind, row.recipient, "")
    lines = Journal(work.desk.mailbox, work.now)
    counts = budget.counts(work.s, letter, row.case_id, row.cause or "", work.desk.book, lines)
    return gate.held(kind, counts, work.desk.book) or ""


def _change(work: Turn, row: Row[Any], **values: Any) -> None:
    work.s.execute(update(messages).where(messages.c.id == row.id).values(**values))


def let_go_to(s: Connection, address: str, now: datetime) -> None:
    """The address is in order again: what was held back for it is due."""
    if not unreachable.clear(s, address):
        return
    held = (messages.c.state == State.HELD.value) & (func.lower(messages.c.recipient) == addresses.key(address))
    s.execute(update(messages).where(held).values(next_try_at=now))
