"""Once a month the registrar gets the journal's checksum: who has the database alone cannot rewrite what came before.

The mail lies in the registrar's own mailbox, out of reach of the register; `doctor --checksum` compares.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from service.core.calendar.deadlines import office_opens
from service.core.effects import Letter, SendLetter
from service.core.speech import swedish
from service.desk.desk import Desk
from service.desk.lookup import proof
from service.desk.tables import told
from service.desk.turn import turn

_WHAT = "journal"


def tell(desk: Desk, now: datetime) -> None:
    """In office hours, once in each local month: a mail. A new register's first month has nothing to prove yet."""
    if office_opens(now, desk.book) != now:
        return
    with desk.database.reading() as s:
        if not _is_due(s, desk, now):
            return
    with suppress(IntegrityError), turn(desk, now) as work:  # another daemon was there first
        is_first = _last(work.s, desk) is None
        work.s.execute(delete(told).where(told.c.mailbox == desk.mailbox, told.c.what == _WHAT))
        work.s.execute(insert(told).values(mailbox=desk.mailbox, what=_WHAT, at=now))
        lines, checksum = proof.end(work.s)
        if is_first or not lines:
            return
        facts = {"checksum": checksum, "lines": lines, "at": swedish.moment(now, desk.book.calendar.zone)}
        because = f"the checksum of {lines} lines, once a month"
        work.send(SendLetter(Letter.INFORMATION, desk.book.registrars[0], because, "checksum", facts), None)


def _is_due(s: Connection, desk: Desk, now: datetime) -> bool:
    last, month = _last(s, desk), desk.book.calendar.local_date(now).replace(day=1)
    return last is None or desk.book.calendar.local_date(last).replace(day=1) < month


def _last(s: Connection, desk: Desk) -> datetime | None:
    found: datetime | None = s.scalar(select(told.c.at).where(told.c.mailbox == desk.mailbox, told.c.what == _WHAT))
    return found
