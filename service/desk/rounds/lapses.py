"""A register that has lost days without anybody saying so: a snapshot of the machine, an older file, a replica behind.

It cannot tell by itself. This process remembers where its journal ended, and the mailbox which mails have been handled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from service.desk.rounds import restoration
from service.desk.rounds.restoration import LOST
from service.desk.tables import beginnings, chain, journal, messages, restorations, seen

_IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the journal ended at an instant (aware): its last line, and the link by which nothing else is that line."""

    line: int
    link: str
    at: datetime


def follow(s: Connection, before: Mark | None, at: datetime) -> Mark | None:
    """Where the journal ends now; None where the register lacks the line with which it ended before. One statement."""
    line, link = (before.line, before.link) if before else (0, "")
    links = {row.id: row.link for row in s.execute(_ENDS, {"line": line})}
    last = max(links, default=0)
    return Mark(last, links.get(last, ""), at) if links.get(line, "") == link else None


_ENDS = select(journal.c.id, journal.c.link).where(
    journal.c.id.in_([bindparam("line"), select(func.max(journal.c.id)).scalar_subquery()])
)


@dataclass(frozen=True, slots=True)
class Past:
    """What the register knows of the inbox folder's past: the highest UID there, and when it last had news (aware)."""

    highest: int
    latest: datetime


def past(s: Connection, mailbox: str, folder: str, uidvalidity: int) -> Past | None:
    """What the register knows of an inbox folder; None where it has never looked at it, or only before it was replaced.

    Then nothing can be missed there: another mailbox, another inbox folder, UIDs that the server has given anew.
    """
    begun = s.execute(select(beginnings).where(beginnings.c.mailbox == mailbox)).one_or_none()
    if begun is None:
        return None
    here = (seen.c.mailbox == mailbox, seen.c.folder == folder, seen.c.uidvalidity == uidvalidity)
    highest = s.scalar(select(func.max(seen.c.uid)).where(*here))
    if begun.uidvalidity == uidvalidity:
        highest = max(highest or 0, begun.below - 1)
    if highest is None:
        return None
    handled = s.scalar(select(func.max(seen.c.at)).where(seen.c.mailbox == mailbox))
    told = s.scalar(select(func.max(restorations.c.finished_at)).where(restorations.c.mailbox == mailbox))
    return Past(highest, max(filter(None, (begun.at, handled, told))))


def unknown(s: Connection, message_ids: Collection[str]) -> set[str]:
    """Those of the Message-IDs under which no mailbox has had a mail."""
    found, ids = set(message_ids), sorted(message_ids)
    for start in range(0, len(ids), _IDS_AT_ONCE):
        part = messages.c.message_id.in_(ids[start : start + _IDS_AT_ONCE])
        found -= {*s.scalars(select(messages.c.message_id).where(part, messages.c.direction == "in"))}
    return found


def begin(
    s: Connection, mailboxes: Iterable[str], why: str, now: datetime, since: datetime | None = None
) -> int | None:
    """Make the register one that knows that it lacks days, from its last line on; returns how many letters are held.

    None where it knows already: it is being mended, or that was begun after `since` (aware).
    """
    s.execute(select(chain.c.lines).with_for_update())  # of several processes one begins
    is_known = restorations.c.finished_at.is_(None) | (restorations.c.restored_at >= (since or now))
    names = sorted({*mailboxes} - {*s.scalars(select(restorations.c.mailbox).where(is_known))})
    if not names:
        return None
    last = min(s.scalar(select(func.max(journal.c.at))) or now, now)
    return restoration.begin(s, names, last, last - restoration.LOOKED_BACK, now, noticed=why)


_TOLD_FOR = timedelta(days=1)


def lately(s: Connection, now: datetime, within: timedelta = _TOLD_FOR) -> dict[str, tuple[datetime, datetime]]:
    """By mailbox, where that was noticed so lately or is not mended yet: since when days are lost, and until when."""
    rows = s.execute(
        select(restorations.c.mailbox, restorations.c.copied_at, restorations.c.restored_at)
        .join(journal, journal.c.id == restorations.c.line)
        .where(journal.c.kind == LOST)
        .where(restorations.c.finished_at.is_(None) | (restorations.c.restored_at > now - within))
        .order_by(restorations.c.id)
    )
    return {row.mailbox: (row.copied_at, row.restored_at) for row in rows}
