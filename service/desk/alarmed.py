"""Which troubles of the service itself somebody has been told of, and not yet that they are over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from service.desk.tables import alarms

Known = dict[tuple[str, str], tuple[datetime, datetime]]
"""By mailbox (empty: all of them) and kind: since when it lasts, and when it was told last (both aware)."""


def known(s: Connection) -> Known:
    """Everything that is told and not over."""
    return {(row.mailbox, row.kind): (row.since, row.told_at) for row in s.execute(select(alarms))}


def note(s: Connection, changed: Known, over: set[tuple[str, str]]) -> None:
    """Remember what was told, and forget what is over."""
    for mailbox, kind in {*changed, *over}:
        s.execute(delete(alarms).where(alarms.c.mailbox == mailbox, alarms.c.kind == kind))
    for (mailbox, kind), (since, told_at) in changed.items():
        s.execute(insert(alarms).values(mailbox=mailbox, kind=kind, since=since, told_at=told_at))
