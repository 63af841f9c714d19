"""The canary: a mail of the mailbox to itself, from time to time, by the way that all letters and all mails take.

Only a real one counts, by its signed Message-ID and its words; no case comes of it, nobody answers it, and no report
knows of it. Back in the mailbox it is deleted there, and the register knows of the latest alone. That it does not come
back is told to whoever looks after the service.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from service.core.effects import Letter, SendLetter
from service.core.message import Message
from service.core.people.tokens import read_token
from service.core.verdict import Role
from service.desk import ledger
from service.desk.desk import Desk
from service.desk.post import outbox
from service.desk.rounds import removal
from service.desk.tables import canaries
from service.desk.turn import Turn, turn


def send(desk: Desk, now: datetime) -> None:
    """Lay the next one in the outbox, where the mailbox shall have one and its time has come.

    Where it shall have none, what became of the latest is forgotten: nobody is to wait for it, now or later.
    """
    with desk.database.reading() as s:
        last = s.execute(_LAST, {"mailbox": desk.mailbox}).one_or_none()
    if desk.canary is None or not desk.mode.is_live:
        if last:
            with desk.database.transaction() as s:
                s.execute(delete(canaries).where(canaries.c.mailbox == desk.mailbox))
        return
    if last and last.at <= now < last.at + desk.canary:
        return
    order = SendLetter(Letter.CANARY, desk.address, "the mailbox tries its own way", nonce=secrets.token_hex(6))
    with turn(desk, now) as work:
        message_id = outbox.put_to_itself(work.s, desk.writer, order, desk.mailbox, now)
        if message_id is None:
            return
        ledger.forget_passing(work.s, desk.mailbox, now - _REMEMBERED)
        silent = (last.silent_since or (None if last.back_at else last.at)) if last else None
        work.s.execute(delete(canaries).where(canaries.c.mailbox == desk.mailbox))
        row = {"mailbox": desk.mailbox, "message_id": message_id, "at": now, "silent_since": silent}
        work.s.execute(insert(canaries).values(**row, seconds=last.seconds if last else None))


_LAST = select(canaries).where(canaries.c.mailbox == bindparam("mailbox"))


def is_awaited(s: Connection, mailbox: str, message_id: str | None) -> bool:
    """Whether it is the Message-ID of the latest one, and that has not come back."""
    if not message_id or read_token(message_id) is None:
        return False
    here = (canaries.c.mailbox == mailbox, canaries.c.message_id == message_id, canaries.c.back_at.is_(None))
    return s.scalar(select(canaries.c.at).where(*here)) is not None


def met(work: Turn, message: Message, raw: bytes, role: Role) -> None:
    """A letter of the mailbox to itself is in it: it is not kept. `doctor` takes its own away, once it has seen it."""
    if role is not Role.CANARY:
        return
    message_id, mailbox = message.message_id or "", work.desk.mailbox
    _came_back(work.s, mailbox, message_id, work.now)
    if work.desk.mode.is_live:
        removal.want_unkept(work.s, mailbox, message_id, raw)


_REMEMBERED = timedelta(days=1)  # for as long a mail that the server will not delete is not looked at again


def _came_back(s: Connection, mailbox: str, message_id: str, now: datetime) -> None:
    """It has been met in the mailbox; an earlier one, or a copy, changes nothing."""
    here = (canaries.c.mailbox == mailbox, canaries.c.message_id == message_id, canaries.c.back_at.is_(None))
    written = s.scalar(select(canaries.c.at).where(*here))
    if written is not None:
        seconds = max(0.0, (now - written).total_seconds())
        s.execute(update(canaries).where(*here).values(back_at=now, seconds=seconds, silent_since=None))
