"""The quarantine: mails that a person should look at, since they could not be read or were taken for a machine's.

Each is kept among the messages like any other; here stands why it is held, and what became of it. Nothing is deleted.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, bindparam, insert, select, update

from service.desk.lookup.catalogue import plain
from service.desk.tables import cases, messages, quarantine


class State(enum.StrEnum):
    """What has become of a mail in quarantine."""

    HELD = "held"
    WANTED = "wanted"  # a registrar has said that it is to be let in, which the next look at the clock does
    RELEASED = "released"
    DROPPED = "dropped"


_OPEN = (State.HELD, State.WANTED)


def put(s: Connection, mailbox: str, message_id: int, reason: str, now: datetime) -> None:
    """Hold a mail; `message_id` is its row among the messages."""
    row = {"mailbox": mailbox, "message_id": message_id, "at": now, "reason": reason}
    s.execute(insert(quarantine).values(**row, state=State.HELD, decided_because=""))


def listed(s: Connection, *, every: bool = False) -> list[dict[str, Any]]:
    """The mails that are held, or every one that ever was, the oldest first."""
    wanted = _ENTRIES if every else _ENTRIES.where(quarantine.c.state.in_(_OPEN))
    return [_entry(row) for row in s.execute(wanted.order_by(quarantine.c.id)).mappings()]


def shown(s: Connection, number: int) -> dict[str, Any] | None:
    """One of them; None for a number that none has."""
    row = s.execute(_ENTRIES.where(quarantine.c.id == number)).mappings().one_or_none()
    return _entry(row) if row else None


def _entry(row: RowMapping) -> dict[str, Any]:
    return {key: plain(value) for key, value in row.items()}


_ENTRIES = (
    select(
        quarantine.c.id,
        quarantine.c.state,
        quarantine.c.mailbox,
        quarantine.c.at,
        messages.c.at.label("received_at"),
        messages.c.sender.label("from"),
        messages.c.subject,
        messages.c.size,
        messages.c.sha256,
        cases.c.number.label("case"),
        quarantine.c.reason,
        quarantine.c.decided_at,
        quarantine.c.decided_because,
    )
    .join(messages, messages.c.id == quarantine.c.message_id)
    .outerjoin(cases, cases.c.id == messages.c.case_id)
)


def original(s: Connection, number: int) -> Row[int, int | None, datetime, bytes] | None:
    """The mail itself: its row and bytes, its case's row, and when it came in."""
    wanted = (
        select(messages.c.id, messages.c.case_id, messages.c.at, messages.c.raw)
        .join(quarantine, messages.c.id == quarantine.c.message_id)
        .where(quarantine.c.id == number)
    )
    return s.execute(wanted).one_or_none()


def decide(s: Connection, number: int, state: State, because: str, now: datetime) -> bool:
    """A person has decided about a held mail. False where it is not held (any longer)."""
    changed = s.execute(
        update(quarantine)
        .where(quarantine.c.id == number, quarantine.c.state.in_(_OPEN))
        .values(state=state, decided_at=now, decided_because=because)
    )
    return changed.rowcount == 1


def want(s: Connection, mailbox: str, number: int, by: str) -> bool:
    """A registrar wants a held mail let in. False where none with that number is held in the mailbox."""
    here = (quarantine.c.id == number, quarantine.c.mailbox == mailbox, quarantine.c.state == State.HELD)
    return s.execute(update(quarantine).where(*here).values(state=State.WANTED, decided_because=by)).rowcount == 1


def wanted(s: Connection, mailbox: str) -> list[tuple[int, str]]:
    """The mails that are to be let in, and who says so."""
    return [(row.id, row.decided_because) for row in s.execute(_WANTED, {"mailbox": mailbox})]


_WANTED = (
    select(quarantine.c.id, quarantine.c.decided_because)
    .where(quarantine.c.mailbox == bindparam("mailbox"), quarantine.c.state == State.WANTED)
    .order_by(quarantine.c.id)
)


def keep_out(s: Connection, number: int) -> None:
    """It could not be let in: it is held as before."""
    here = (quarantine.c.id == number, quarantine.c.state == State.WANTED)
    s.execute(update(quarantine).where(*here).values(state=State.HELD, decided_because=""))


def told_now(s: Connection, mailbox: str, before: datetime, now: datetime) -> list[Row[Any, Any, Any, Any, Any]]:
    """What was put aside before that instant, has no case, and the registrar had not been told of: now it is told of.

    Of several daemons one gets it: the others wait here until that one is done, and find nothing.
    """
    if not s.execute(_MARK_TOLD, {"b_mailbox": mailbox, "b_before": before, "b_now": now}).rowcount:
        return []
    return list(s.execute(_TOLD_NOW, {"b_mailbox": mailbox, "b_now": now}).all())


def put_between(
    s: Connection, mailbox: str, since: datetime | None = None, until: datetime | None = None
) -> list[Row[Any, Any, Any, Any, Any]]:
    """What has been put aside from one instant (aware) until just before another, told or not, and has no case."""
    found = _ASIDE.where(quarantine.c.mailbox == mailbox)
    found = found.where(quarantine.c.at >= since) if since else found
    return list(s.execute(found.where(quarantine.c.at < until) if until else found).all())


_ASIDE = (
    select(
        quarantine.c.id,
        messages.c.at,
        messages.c.sender,
        messages.c.subject,
        messages.c.kind,
    )
    .join(messages, messages.c.id == quarantine.c.message_id)
    .where(quarantine.c.state == State.HELD, messages.c.case_id.is_(None))
    .order_by(quarantine.c.id)
)
_MARK_TOLD = (
    update(quarantine)
    .where(
        quarantine.c.mailbox == bindparam("b_mailbox"),
        quarantine.c.told_at.is_(None),
        quarantine.c.at < bindparam("b_before"),
    )
    .values(told_at=bindparam("b_now"))
)
_TOLD_NOW = _ASIDE.where(quarantine.c.mailbox == bindparam("b_mailbox"), quarantine.c.told_at == bindparam("b_now"))
