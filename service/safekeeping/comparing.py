"""What a backup holds, whether it is as it was written, and what the mailboxes have that it lacks."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from service.config import Mailbox
from service.core.message import glance
from service.desk.database import Database, exists
from service.desk.lookup.proof import Proof, prove
from service.desk.rounds import restoration
from service.desk.rounds.restoration import LOOKED_BACK
from service.desk.tables import journal, messages
from service.doors import recovery
from service.doors.imap import Headed
from service.doors.inbox import Inbox
from service.doors.link import InboxError
from service.rulesfolder import RulesFault, load
from service.safekeeping import archive, rows
from service.safekeeping.archive import Unpacked
from service.safekeeping.contents import Contents, contents
from service.safekeeping.copying import POSTGRESQL, opened_copy
from service.safekeeping.restoring import refuse_other


@dataclass(frozen=True, slots=True)
class Missing:
    """A mail that the copy lacks, without anything of its content: where it lies, and when it came in (aware UTC)."""

    mailbox: str
    folder: str
    uid: int
    at: datetime | None
    message_id: str


@dataclass(slots=True)
class Compared:
    """What a look at one mailbox found. sent: letters that have left since; None: no folder tells.

    retaken: mails that were handled since the copy. new: mails that wait to be handled. fault: why nobody could look.
    """

    mailbox: str
    retaken: list[Missing] = field(default_factory=list)
    new: list[Missing] = field(default_factory=list)
    sent: int | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A copy that has been opened: what it holds, and whether its journal is unbroken.

    ahead: how many lines more the journal of the register in place has, where it goes on from the copy's; None: there
    is none that does. disposed: how many things it has disposed of since, which the copy has still.
    """

    contents: Contents
    proof: Proof
    ahead: int | None
    disposed: int
    mailboxes: list[Compared]

    @property
    def faults(self) -> list[str]:
        """What is wrong with the copy, or could not be looked at."""
        return [*self.proof.faults, *(each.fault for each in self.mailboxes if each.fault)]


def check(copy: Unpacked, url: str, mailboxes: Iterable[Mailbox]) -> Checked:
    """Open the copy, prove its journal, and compare it with the mailboxes.

    url: the register in place.

    Raises:
        SafekeepingFault: the copy cannot be opened, or is of none of the mailboxes.
    """
    mailboxes = tuple(mailboxes)
    refuse_other(copy, (mailbox.name for mailbox in mailboxes))
    with _opened(copy) as register:
        with register.reading() as s:
            found, proof = contents(s), prove(s)
        if proof.end != copy.manifest["contents"]["end"]:
            proof.wrong("the journal does not end as the backup's list says")
        since = min(copy.at, found.latest or copy.at) - LOOKED_BACK
        compared = [_compare(register, mailbox, _rules(copy, mailbox), since) for mailbox in mailboxes]
    return Checked(found, proof, *_in_place(url, found, copy.at), compared)


@contextlib.contextmanager
def _opened(copy: Unpacked) -> Iterator[Database]:
    """The copy as a register in this version's schema: a copy of the copy, if need be."""
    file = copy.register
    if file.name == POSTGRESQL:
        file = copy.folder / "rows.sqlite"
        rows.as_sqlite(copy.register, str(copy.manifest["contents"]["schema"]), file)
    with opened_copy(file) as database:
        database.upgrade()
        yield database


def _rules(copy: Unpacked, mailbox: Mailbox) -> Path:
    """The mailbox's rules folder; on a new machine the copy's, which a restore puts there."""
    return mailbox.rules if mailbox.rules.is_dir() else copy.folder / archive.RULES / mailbox.name


def _compare(register: Database, mailbox: Mailbox, rules: Path, since: datetime) -> Compared:
    folders = mailbox.folders
    filed = (folders.handled, folders.secrecy, folders.quarantine, *_committees(rules))
    with register.reading() as s:
        known, sums, letters = restoration.known(s, mailbox.name), _sums(s, mailbox.name), _letters(s)
    found = Compared(mailbox.name)
    try:
        with Inbox(mailbox.imap, mailbox.name, folders.inbox) as inbox:
            lacking = recovery.look(inbox, filed, known, since)
            found.retaken = [_missing(mailbox, m) for m in lacking.done if not _is_known(inbox, m, known, sums)]
            found.new = [_missing(mailbox, m) for m in lacking.new if not _is_known(inbox, m, known, sums)]
            if inbox.sent_folder():
                ours = {glance(mail.head).message_id for mail in lacking.sent}
                found.sent = len(ours - letters)
    except InboxError as error:
        found.fault = f"{mailbox.name}: {error.what}"
    return found


def _committees(rules: Path) -> Iterator[str]:
    """The folders of committees that have one of their own for secret mails."""
    with contextlib.suppress(RulesFault):
        yield from (each.secrecy_folder for each in load(rules).people.departments if each.secrecy_folder)


def _is_known(inbox: Inbox, mail: Headed, known: set[tuple[str, int]], sums: set[str]) -> bool:
    """Whether it is in the copy after all: some servers only estimate a mail's size, and some mails have no id."""
    name = glance(mail.head).message_id or ""
    if name and name not in {message_id for message_id, _ in known}:
        return False
    return hashlib.sha256(inbox.read(mail) or b"").hexdigest() in sums


def _missing(mailbox: Mailbox, mail: Headed) -> Missing:
    return Missing(mailbox.name, mail.folder, mail.uid, mail.internal_date, glance(mail.head).message_id or "")


def _sums(s: Connection, mailbox: str) -> set[str]:
    mine = (messages.c.mailbox == mailbox, messages.c.direction == "in")
    return set(s.scalars(select(messages.c.sha256).where(*mine)))


def _letters(s: Connection) -> set[str | None]:
    return set(s.scalars(select(messages.c.message_id).where(messages.c.direction == "out")))


def _in_place(url: str, copied: Contents, at: datetime) -> tuple[int | None, int]:
    """How far the register in place goes on from the copy, whose last line it must have, and what is disposed of."""
    if not exists(url):
        return None, 0
    try:
        with contextlib.closing(Database(url)) as database, database.reading() as s:
            if copied.lines and s.scalar(select(journal.c.id).where(journal.c.link == copied.end)) is None:
                return None, 0
            return contents(s).lines - copied.lines, restoration.disposed_since(s, at)
    except SQLAlchemyError:  # damaged, away, or of another version: that is why somebody looks at a backup
        return None, 0
