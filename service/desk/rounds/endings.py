"""The registrar hears in good time that what opens the mailbox ends: then no mail comes in, and no letter leaves."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from service.core.calendar.deadlines import office_opens
from service.core.effects import Letter, SendLetter
from service.core.endings import Ending
from service.desk.desk import Desk
from service.desk.tables import told
from service.desk.turn import turn


def tell(desk: Desk, endings: Iterable[Ending], now: datetime) -> None:
    """In office hours: a letter for each warning that is due, each once."""
    today = desk.book.calendar.local_date(now)
    due = [(each, stage) for each in endings if (stage := each.stage(today)) is not None]
    if not due or office_opens(now, desk.book) != now:
        return
    for ending, stage in due:
        what = f"{ending.called} ends {ending.day}, warning {stage}"
        with desk.database.reading() as s:
            if s.scalar(select(told.c.at).where(told.c.mailbox == desk.mailbox, told.c.what == what)):
                continue
        with suppress(IntegrityError), turn(desk, now) as work:  # another daemon was there first
            work.s.execute(insert(told).values(mailbox=desk.mailbox, what=what, at=now))
            facts = {
                "is_certificate": ending.is_certificate,
                "day": ending.day,
                "left": ending.days_left(today),
            }
            because = f"{ending.called} ends on {ending.day}"
            work.send(SendLetter(Letter.ALERT, desk.book.registrars[0], because, "credentials", facts), None)
