"""The ledger of what the mailbox has given: each mail by its place there, and the folder in which it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from service.desk.tables import seen


def filed_uids(s: Connection, mailbox: str, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, str]:
    """Which of the mails in the folder are done with, and the folder each belongs in (a crash before the move)."""
    if not uids:
        return {}
    here = {"mailbox": mailbox, "folder": folder, "uidvalidity": uidvalidity, "first": min(uids), "last": max(uids)}
    wanted, done = set(uids), s.execute(_DONE, here)
    return {row.uid: "" if row.file_in == PASSING else row.file_in for row in done if row.uid in wanted}


_DONE = select(seen.c.uid, seen.c.file_in).where(
    seen.c.mailbox == bindparam("mailbox"),
    seen.c.folder == bindparam("folder"),
    seen.c.uidvalidity == bindparam("uidvalidity"),
    seen.c.uid.between(bindparam("first"), bindparam("last")),
)
PASSING = "-"
"""In place of a folder: the mail is to leave the mailbox, and its place is soon forgotten."""


def forget_passing(s: Connection, mailbox: str, before: datetime) -> None:
    """Forget the places of mails that were to leave the mailbox and were met before then (aware)."""
    s.execute(delete(seen).where(seen.c.mailbox == mailbox, seen.c.file_in == PASSING, seen.c.at < before))


def mark_seen(s: Connection, mailbox: str, place: tuple[str, int, int], now: datetime, file_in: str) -> None:
    """Note in the mail's own transaction that this one is done; `place` is folder, UIDVALIDITY and UID."""
    folder, uidvalidity, uid = place
    row = {"mailbox": mailbox, "folder": folder, "uidvalidity": uidvalidity, "uid": uid, "at": now, "file_in": file_in}
    s.execute(_SEEN, row)


_SEEN = insert(seen)
