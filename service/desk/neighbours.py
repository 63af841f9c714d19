"""One inbox that two served mailboxes read under names that the configuration cannot know to be the same.

The same mail in the same place (UIDVALIDITY and UID) may be one mail, or two that were delivered alike to two inboxes
of the same age. What tells them apart is that whoever handles a mail moves it away. So the mailbox that comes second
waits: the one mail is gone soon, and the other is handled as any mail is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, exists, func, select

from service.desk import hands
from service.desk.desk import Desk
from service.desk.tables import in_hand, messages, seen

PATIENCE = timedelta(minutes=10)
"""So long the second one waits, counted from when the first has last met the mail."""

_ONE_AT_A_TIME = 7_236_573_643  # any number, always the same


class Anothers(Exception):
    """Another mailbox has just handled a mail that may be this very one: it stays where it is for now."""


def not_in_hand(
    s: Connection, desk: Desk, uidvalidity: int, uids: Sequence[int], now: datetime, is_alive: Callable[[int], bool]
) -> list[int]:
    """Those of the mails that no neighbour is handling in this moment; until the transaction ends none begins to."""
    if not desk.neighbours or not uids:
        return list(uids)
    if s.dialect.name == "postgresql":  # SQLite has one writer
        s.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    rows = s.execute(select(in_hand).where(*_theirs(in_hand, desk, uidvalidity), in_hand.c.uid.in_(uids))).all()
    recent = [row for row in rows if row.run != hands.NOBODY and row.taken_at and abs(now - row.taken_at) < hands.LEASE]
    alive = {run for run in {row.run for row in recent} if is_alive(run)}
    held = {(row.mailbox, row.uid) for row in recent if row.run in alive}
    done = select(seen.c.mailbox, seen.c.uid).where(*_theirs(seen, desk, uidvalidity), seen.c.uid.in_(uids))
    held -= {(row.mailbox, row.uid) for row in s.execute(done)} if held else set()
    kept = {uid for _, uid in held}
    return [uid for uid in uids if uid not in kept]


def demand(s: Connection, desk: Desk, place: tuple[str, int, int], digest: str, now: datetime) -> None:
    """Nobody else may have handled the mail; place: folder, UIDVALIDITY and UID.

    Raises:
        Anothers: a neighbour has, a moment ago.
    """
    if not desk.neighbours:
        return
    _, uidvalidity, uid = place
    has_it = exists().where(messages.c.mailbox == seen.c.mailbox, messages.c.digest == digest)
    lately = (seen.c.uid == uid, seen.c.at.between(now - PATIENCE, now + PATIENCE), has_it)
    if s.scalar(select(exists().where(*_theirs(seen, desk, uidvalidity), *lately))):
        raise Anothers


def still_there(s: Connection, desk: Desk, uidvalidity: int, uids: Sequence[int], now: datetime) -> None:
    """Mails that are done and were not moved away yet: whoever waits for them to go waits on."""
    if desk.neighbours and uids:
        here = (seen.c.mailbox == desk.mailbox, seen.c.folder == desk.folders.inbox, seen.c.uidvalidity == uidvalidity)
        s.execute(seen.update().where(*here, seen.c.uid.in_(uids)).values(at=now))


def _theirs(table: Table, desk: Desk, uidvalidity: int) -> tuple[ColumnElement[bool], ...]:
    names, folders = zip(*desk.neighbours, strict=True)
    here = (table.c.mailbox.in_(set(names)), table.c.folder.in_(set(folders)))
    return (*here, table.c.uidvalidity == uidvalidity)
