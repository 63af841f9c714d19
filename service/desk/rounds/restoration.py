"""After a register has been put back from a copy: what was done since is taken in again, and nothing leaves twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from service.desk.journal import Journal
from service.desk.tables import journal

BACKUP = "backup"
"""The sort of line that says that a copy of the register was made."""


def note_backup(s: Connection, at: datetime, lines: int, end: str) -> None:
    """Note in the journal that a copy was made at that instant, and where the journal ended in it."""
    noted = Journal("", at)
    noted.add(None, BACKUP, f"a copy of the register was made; its journal has {lines} lines and ends with {end}")
    noted.write(s)


def last_backup(s: Connection) -> datetime | None:
    """When the last copy was made (aware UTC); None: none is known."""
    found: datetime | None = s.scalar(select(func.max(journal.c.at)).where(journal.c.kind == BACKUP))
    return found
