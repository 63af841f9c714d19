"""Mails that belong in another folder now: their case has become secret, is no longer, or has another committee.

The register says so in the transaction that changes the case; the mailbox follows after the commit. A mail is found in
its folder by its Message-ID, or by size and content where it has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, bindparam, delete, insert, literal, select, update

from service.core.decide.people import responsible
from service.core.effects import Letter, SendLetter
from service.desk.tables import messages, refiling

if TYPE_CHECKING:
    from service.desk.register import Stored
    from service.desk.turn import Turn

_MOST_TRIES: Final = 8  # in two hours; then a person looks for the mail
_FIRST_PAUSE: Final = timedelta(minutes=1)
_MOST_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Sought:
    """A mail in the mailbox, and the folder where it belongs. message_id may be empty; size in bytes."""

    row: int
    message_id: str
    size: int
    sha256: str
    folder: str
    tries: int

    @property
    def is_kept(self) -> bool:
        """Whether the register has, or had, a row for it: it knows nothing of what the mailbox writes to itself."""
        return self.row > 0


def want(s: Connection, stored: Stored, mailbox: str, folder: str, now: datetime) -> None:
    """Everything that has come in about the case goes to the folder."""
    incoming = select(messages.c.id).where(messages.c.case_id == stored.id, messages.c.direction == "in")
    s.execute(delete(refiling).where(refiling.c.message_id.in_(incoming)))
    at = literal(now, refiling.c.next_try_at.type)
    values = incoming.add_columns(literal(mailbox), literal(folder), literal(0), at)
    s.execute(insert(refiling).from_select(["message_id", "mailbox", "folder", "tries", "next_try_at"], values))


def waiting(s: Connection, mailbox: str, now: datetime) -> list[Sought]:
    """The mails whose turn it is, a bounded number at once."""
    return [Sought(*row) for row in s.execute(_WAITING, {"mailbox": mailbox, "now": now})]


_WAITING = (
    select(
        refiling.c.message_id.label("row"),
        messages.c.message_id,
        messages.c.size,
        messages.c.sha256,
        refiling.c.folder,
        refiling.c.tries,
    )
    .join(messages, messages.c.id == refiling.c.message_id)
    .where(refiling.c.mailbox == bindparam("mailbox"), refiling.c.next_try_at <= bindparam("now"))
    .order_by(refiling.c.message_id)
    .limit(_MOST_AT_ONCE)
)


def settle(work: Turn, sought: Sought, *, is_there: bool) -> None:
    """Note whether the mail lies in its folder now. Where it is found nowhere, whoever has the case is told at last."""
    mine = (refiling.c.message_id == sought.row, refiling.c.folder == sought.folder)
    if not is_there and sought.tries + 1 < _MOST_TRIES:
        later = work.now + _FIRST_PAUSE * 2**sought.tries
        work.s.execute(update(refiling).where(*mine).values(tries=sought.tries + 1, next_try_at=later))
        return
    work.s.execute(delete(refiling).where(*mine))
    if not is_there:
        _tell(work, sought)


def _tell(work: Turn, sought: Sought) -> None:
    row = work.s.execute(_MAIL.where(messages.c.id == sought.row)).one()
    stored = work.case_of(row.case_id)
    if stored is None:
        return
    work.lines.add(stored.id, "not-moved", f"a mail of the case was not found, to be moved to {sought.folder}")
    facts = {"folder": sought.folder, "arrived": row.at}
    to = responsible(stored.case, work.desk.book)
    work.send(SendLetter(Letter.ALERT, to, "a mail of the case was not found", "not-moved", facts), stored)


_MAIL = select(messages.c.case_id, messages.c.at)
