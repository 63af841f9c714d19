"""When somebody last tried whether mail goes both ways: a line of the journal, in no case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from service.desk.journal import Journal
from service.desk.tables import journal

_TRIAL = "trial"


def note(s: Connection, mailbox: str, now: datetime, outcome: str) -> None:
    """A letter to the mailbox itself came back. now: aware."""
    lines = Journal(mailbox, now)
    lines.add(None, _TRIAL, outcome)
    lines.write(s)


def last(s: Connection, mailbox: str) -> datetime | None:
    """When a letter to the mailbox itself last came back by somebody's trial (aware UTC); None: never."""
    mine = (journal.c.kind == _TRIAL, journal.c.mailbox == mailbox, journal.c.case_id.is_(None))
    found: datetime | None = s.scalar(select(func.max(journal.c.at)).where(*mine))
    return found
