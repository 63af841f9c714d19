"""Which troubles of the service itself somebody has been told of, and not yet that they are over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from service.desk.tables import alarms


class Told(NamedTuple):
    """Since when it lasts, when it was told last, and when a process had it last (all aware)."""

    since: datetime
    told_at: datetime
    seen_at: datetime


Key = tuple[str, str]
"""Mailbox (empty: all of them) and kind."""


def known(s: Connection) -> dict[Key, Told]:
    """Everything that is told and not over."""
    return {(row.mailbox, row.kind): Told(row.since, row.told_at, row.seen_at) for row in s.execute(select(alarms))}


def note(s: Connection, told: Mapping[Key, Told], seen: Mapping[Key, datetime], over: Iterable[Key]) -> None:
    """Remember what was told and who has it still, and forget what is over."""
    for mailbox, kind in {*told, *over}:
        s.execute(delete(alarms).where(alarms.c.mailbox == mailbox, alarms.c.kind == kind))
    for (mailbox, kind), each in told.items():
        s.execute(insert(alarms).values(mailbox=mailbox, kind=kind, **each._asdict()))
    for (mailbox, kind), at in seen.items():
        here = (alarms.c.mailbox == mailbox, alarms.c.kind == kind, alarms.c.seen_at < at)
        s.execute(update(alarms).where(*here).values(seen_at=at))
