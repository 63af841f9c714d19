"""Where a mailbox began: what came in before is left as it lies, without a case and without a letter.

A municipality puts the service in front of a mailbox that has been in use for years. Nobody who wrote in 2019 shall get
a receipt, and no deadline of last year be alerted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from service.desk.desk import Desk
from service.desk.tables import beginnings, messages, seen

TAKEN_AT_FIRST = timedelta(days=14)
_ALL = 1 << 40  # above any UID


@dataclass(frozen=True, slots=True)
class Border:
    """Mails that are older than `since` (aware UTC) and have a UID below `below` are left alone."""

    since: datetime
    below: int = _ALL

    def leaves(self, uid: int, at: datetime | None) -> bool:
        """Whether the mail lies on the far side. Without a date it does not: then its own stamps must tell."""
        return uid < self.below and at is not None and at < self.since


def is_another(s: Connection, mailbox: str, inbox: str) -> bool:
    """Whether the places that the register knows of the mailbox are those of another inbox than this one."""
    before = s.scalar(select(beginnings.c.inbox).where(beginnings.c.mailbox == mailbox))
    return bool(before and inbox and before != inbox)


def follow(s: Connection, desk: Desk, uidvalidity: int, next_uid: int, now: datetime) -> bool:
    """Begin anew with the places, where another account or folder stands behind the mailbox's name; whether it does.

    UIDVALIDITY does not tell them apart: some servers give all folders the same. Mails that the register has had are
    known by their digests.
    """
    values: dict[str, object] = {"inbox": desk.inbox or None}
    if is_new := is_another(s, desk.mailbox, desk.inbox):
        s.execute(delete(seen).where(seen.c.mailbox == desk.mailbox))
        begun = s.scalar(select(beginnings.c.since).where(beginnings.c.mailbox == desk.mailbox))
        since = max(filter(None, (begun, now - TAKEN_AT_FIRST)))
        values |= {"since": since, "uidvalidity": uidvalidity, "below": next_uid, "left": None}
    s.execute(update(beginnings).where(beginnings.c.mailbox == desk.mailbox).values(**values))
    return is_new


def border(s: Connection, desk: Desk, uidvalidity: int, next_uid: int, now: datetime) -> Border | None:
    """The mailbox's border: as the configuration says, else what was found at its first start; None for none.

    At the first start on a register that knows nothing of the mailbox it is drawn two weeks back, for what lies there
    now: what somebody moves into the inbox later shall be handled whatever its age.
    """
    row = s.execute(_BEGUN, {"mailbox": desk.mailbox}).one_or_none()
    if row is None:
        knows = exists().where(messages.c.mailbox == desk.mailbox)
        knows_place = exists().where(seen.c.mailbox == desk.mailbox)
        is_new = not s.scalar(select(knows | knows_place))
        values = {
            "since": now - TAKEN_AT_FIRST if is_new else None,
            "uidvalidity": uidvalidity,
            "below": next_uid,
            "at": now,
            "left": None if is_new else 0,
            "inbox": desk.inbox or None,
        }
        s.execute(insert(beginnings).values(mailbox=desk.mailbox, **values))
        row = s.execute(_BEGUN, {"mailbox": desk.mailbox}).one()
    if desk.since:
        if row.since != desk.since:
            _move(s, desk.mailbox, row.since, desk.since)
        return Border(desk.since)
    if row.since is None:
        return None
    return Border(row.since, row.below if row.uidvalidity == uidvalidity else _ALL)


_BEGUN = select(beginnings).where(beginnings.c.mailbox == bindparam("mailbox"))


def _move(s: Connection, mailbox: str, before: datetime | None, since: datetime) -> None:
    """The border is drawn anew; what was left behind the old one and lies before the new one is to be looked at."""
    s.execute(update(beginnings).where(beginnings.c.mailbox == mailbox).values(since=since))
    if before is None or since < before:
        s.execute(delete(seen).where(seen.c.mailbox == mailbox, seen.c.file_in == ""))


def is_to_be_told(s: Connection, desk: Desk) -> bool:
    """Whether the registrar has still to hear how many mails were left; not where the municipality drew the border."""
    if desk.since:
        return False
    return bool(s.scalar(_IS_TO_BE_TOLD, {"mailbox": desk.mailbox}))


_IS_TO_BE_TOLD = select(exists().where(beginnings.c.mailbox == bindparam("mailbox"), beginnings.c.left.is_(None)))


def note_left(s: Connection, desk: Desk, older: int) -> int:
    """Note how many were left (`older` by the mailbox's own dates; by their stamps we know); returns all of them."""
    by_stamp = s.scalar(
        select(func.count()).select_from(seen).where(seen.c.mailbox == desk.mailbox, seen.c.file_in == "")
    )
    left = older + (by_stamp or 0)
    s.execute(update(beginnings).where(beginnings.c.mailbox == desk.mailbox).values(left=left))
    return left
