"""A clock that was ahead and is put right: it must not keep anybody from being reminded.

What it did stands in the journal. The steps that it took are no case's until their time comes (`register.load`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service.desk import register
from service.desk.desk import Desk
from service.desk.tables import journal
from service.desk.turn import turn


def put_right(desk: Desk, now: datetime) -> None:
    """Look at all open cases where the last line was written in the future: their next looks were put off to there."""
    with desk.database.reading() as s:
        last = s.scalar(_LAST)
    if last is None or last <= now + register.AHEAD:
        return
    with turn(desk, now) as work:
        register.check_all(work.s, None, now)
        because = f"the clock had been ahead, at {last:%Y-%m-%d %H:%M} UTC: every open case is looked at"
        work.lines.add(None, "clock", because)


_LAST = select(journal.c.at).order_by(journal.c.id.desc()).limit(1)
