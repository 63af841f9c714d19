"""Mails that are disposed of leave the mailbox, too: the daemon's next round finds each and deletes it, byte for byte.

What it is found by stands here meanwhile, since the register itself has forgotten it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, update

from service.desk.rounds.refiling import Sought
from service.desk.tables import messages, to_remove

_MOST_AT_ONCE = 50


def want(s: Connection, rows: Collection[int], now: datetime) -> None:
    """Those of the messages that came in, and that still lie in the mailbox, are to leave it."""
    here = (messages.c.id.in_(rows), messages.c.direction == "in", messages.c.left_mailbox_at.is_(None))
    # What was put into a second case besides has no digest: the mailbox has one copy, which goes with the first
    found = select(messages.c.id, messages.c.mailbox, messages.c.message_id, messages.c.size, messages.c.sha256).where(
        *here, messages.c.digest.is_not(None)
    )
    s.execute(insert(to_remove).from_select(["message", "mailbox", "message_id", "size", "sha256"], found))
    s.execute(update(messages).where(*here).values(left_mailbox_at=now))


def want_unkept(s: Connection, mailbox: str, message_id: str, raw: bytes) -> None:
    """A mail that is not kept at all is to leave the mailbox."""
    sha256 = hashlib.sha256(raw).hexdigest()
    known = (to_remove.c.mailbox == mailbox, to_remove.c.message_id == message_id, to_remove.c.sha256 == sha256)
    if s.scalar(select(to_remove.c.message).where(*known)) is None:
        number = min(s.scalar(select(func.min(to_remove.c.message))) or 0, 0) - 1  # no row of the messages has it
        row = {"message": number, "mailbox": mailbox, "message_id": message_id, "size": len(raw), "sha256": sha256}
        s.execute(insert(to_remove).values(row))


def waiting(s: Connection, mailbox: str, left_alone: Collection[int] = ()) -> list[Sought]:
    """The mails that are to leave the mailbox, a bounded number at once: first those that people have written."""
    return [Sought(*row) for row in s.execute(_WAITING, {"mailbox": mailbox, "left_alone": list(left_alone)})]


_SOUGHT = (to_remove.c.message, to_remove.c.message_id, to_remove.c.size, to_remove.c.sha256, literal(""), literal(0))
_WAITING = (
    select(*_SOUGHT)
    .where(
        to_remove.c.mailbox == bindparam("mailbox"),
        to_remove.c.message.not_in(bindparam("left_alone", expanding=True)),
    )
    .order_by(to_remove.c.message < 0, to_remove.c.message)
    .limit(_MOST_AT_ONCE)
)


def done(s: Connection, sought: Sought) -> None:
    """The mail lies in none of the folders any longer."""
    s.execute(delete(to_remove).where(to_remove.c.message == sought.row))
