"""Whether the register is the one that was here before: what this process and the mailbox remember of it is compared.

Where it has lost days, it becomes a register that knows that (`desk/rounds/restoration`), before anything leaves: what
came in meanwhile is taken in again, no number is given twice, and people are told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from service.core.message import glance
from service.core.people.addresses import same
from service.desk.database import Database
from service.desk.desk import Desk
from service.desk.rounds import lapses
from service.desk.rounds.lapses import Mark
from service.doors.imap import Headed
from service.doors.inbox import Inbox

log = structlog.get_logger()

_CLOCKS_APART = timedelta(hours=1)  # the mail server's and ours


def lost(inbox: Inbox, folders: Iterable[str], database: Database, own: str) -> list[Headed]:
    """Mails that the service has handled and the register has never had. `own`: the mailbox's address.

    Both must be so: mails have gone from the inbox folder that the register has not seen there, and in a folder that
    the service moves them to lie some that are newer than all it knows. People do either; whoever does both at once,
    while the service is away, is asked about it. Nothing is changed; the inbox folder must be listed anew.
    """
    inbox.select()
    until, uidvalidity = inbox.next_uid, inbox.uidvalidity

    def past() -> lapses.Past | None:
        with database.reading() as s:
            return lapses.past(s, inbox.mailbox, inbox.folder, uidvalidity)

    before = past()
    if before is None or before.highest >= until - 1:
        return []
    here = [uid for uid in inbox.uids_from(before.highest + 1) if uid < until]
    known = past() or before  # what others have taken from there meanwhile
    gone = until - 1 - known.highest - sum(uid > known.highest for uid in here)
    if gone <= 0:
        return []
    moved = inbox.heads([f for f in folders if f != inbox.folder], known.latest - _CLOCKS_APART)
    by_id = {name: mail for mail in moved if (name := _name(mail, own))}
    with database.reading() as s:
        return [by_id[name] for name in sorted(lapses.unknown(s, by_id))]


def _name(mail: Headed, own: str) -> str:
    """The Message-ID of somebody else's mail."""
    head = glance(mail.head)
    is_ours = head.sender is not None and same(head.sender.address, own)
    return "" if is_ours else head.message_id or ""


@dataclass
class Memory:
    """What is remembered of the register beside it, for one mailbox. mailboxes: the names of all served here."""

    desk: Callable[[], Desk]
    inbox: Inbox
    clock: Callable[[], datetime]
    mailboxes: Callable[[], Iterable[str]]
    has_asked: bool = False
    """Whether the mailbox has been asked since this began, or since the database was away."""
    _mark: Mark | None = None
    _one_look: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> None:
        """Whether the journal still has what it had at the last look: before and after each thing that writes in it.

        Raises:
            SQLAlchemyError: the database is away.
        """
        desk = self.desk()
        with self._one_look:
            before, now = self._mark, self.clock()
            with desk.database.glance() as s:
                end = lapses.follow(s, before, now)
            if before and end is None:
                self._begin("lines of its journal are gone that this process has seen", before.at)
                with desk.database.glance() as s:
                    end = lapses.follow(s, None, self.clock())
            self._mark = end

    def ask(self) -> bool:
        """Ask the mailbox, once, for what the register has lost; whether days are missing.

        Raises:
            InboxError: the mail server failed.
        """
        desk = self.desk()
        if self.has_asked or not desk.mode.is_live:
            self.has_asked = True
            return False
        found = lost(self.inbox, desk.every_folder, desk.database, desk.address)
        if found:
            self._begin(f"{len(found)} mails lie in the mailbox's folders that it has never had", None)
        self.has_asked = True
        return bool(found)

    def _begin(self, why: str, since: datetime | None) -> None:
        desk = self.desk()
        names = {desk.mailbox, *self.mailboxes()}
        with desk.database.transaction() as s:
            held = lapses.begin(s, sorted(names), why, self.clock(), since)
        if held is not None:
            log.error("register-lost-days", mailbox=desk.mailbox, because=why, letters_held=held)
