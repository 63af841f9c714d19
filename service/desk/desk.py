"""What the work on one mailbox needs, put together once by whoever starts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from service.core.cases import Case
from service.core.classify import words_in
from service.core.decide.people import secrecy_folder
from service.core.effects import Letter, SendLetter
from service.core.message import Message, contents, read
from service.core.rules.rulebook import RuleBook
from service.core.standby import Mode
from service.desk.database import Database
from service.desk.writing.letters import Writer
from service.desk.writing.stationery import Stationery


@dataclass(frozen=True, slots=True)
class Folders:
    """Where handled mail goes in the mailbox."""

    inbox: str = "INBOX"
    handled: str = "Ärenden"
    secrecy: str = "Sekretess"
    quarantine: str = "Karantän"

    def named(self, sort: str) -> str:
        """The folder for a sort of outcome."""
        return {"handled": self.handled, "secrecy": self.secrecy, "quarantine": self.quarantine}[sort]


@dataclass(frozen=True, slots=True)
class Doubt:
    """The register was put back from a copy: what is done anew may have been done before, in the days that it lacks.

    because: what is noted with letters that are not sent for it. staff: letters to staff are doubtful, too.
    numbers: the case numbers that mails had, by the mark of their case (`core/people/tokens`).
    """

    because: str
    staff: bool = False
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """One mailbox's register, rules, templates and key.

    own: every address that the service itself sends from.
    since: mail that came in before (aware) is left alone, where the configuration says so.
    canary: how often a mail goes to the mailbox itself; None: never.
    mode: whether letters leave and mails are moved.
    doubt: where the register was put back from a copy, and what it lacks is being taken in again.
    inbox: account and folder of the inbox, by which the register knows it again; empty: not told.
    neighbours: the mailboxes whose inbox may be this one's by another name, each with its inbox folder.
    reader, contents: how mails are read and their files taken out; both may raise `Unreadable`.
    """

    database: Database
    mailbox: str
    address: str
    folders: Folders
    book: RuleBook
    stationery: Stationery
    secret: bytes
    own: frozenset[str]
    reader: Callable[[bytes], Message] = field(default=read)
    contents: Callable[[bytes], tuple[bytes, ...]] = field(default=contents)
    since: datetime | None = None
    canary: timedelta | None = None
    mode: Mode = Mode.LIVE
    doubt: Doubt | None = None
    inbox: str = ""
    neighbours: tuple[tuple[str, str], ...] = ()

    def resting_place(self, folder: str) -> str:
        """Where a mail lies that belongs in the folder: of a mailbox that is only watched, where it came in."""
        return folder if self.mode.is_live or not folder else self.folders.inbox

    def folder_of(self, case: Case) -> str:
        """The folder of the mailbox for the mails of the case; a committee may have one of its own for secret ones."""
        return secrecy_folder(case, self.book, self.folders.secrecy) if case.secrecy else self.folders.handled

    @property
    def every_folder(self) -> tuple[str, ...]:
        """Every folder that the service moves mails to: what lies there has been handled."""
        own = (d.secrecy_folder for d in self.book.people.departments if d.secrecy_folder)
        return tuple(dict.fromkeys((self.folders.handled, self.folders.secrecy, self.folders.quarantine, *own)))

    @cached_property
    def writer(self) -> Writer:
        """Who words this mailbox's letters."""
        return Writer(self.address, self.book, self.stationery, self.secret, self.folders.secrecy)

    @cached_property
    def words_of_canary(self) -> frozenset[str]:
        """The words that a canary has on its way back, whatever is put under them."""
        mail = self.writer.write(SendLetter(Letter.CANARY, self.address, ""), None, (), "", _ANY_TIME)
        return words_in(f"{mail.subject}\n{mail.text}")

    @cached_property
    def words_to_itself(self) -> frozenset[str]:
        """Every word of the letters that the mailbox sends to itself."""
        sorts = (SendLetter(Letter.CANARY, self.address, ""), SendLetter(Letter.INFORMATION, self.address, "", "trial"))
        written = [self.writer.write(sort, None, (), "", _ANY_TIME) for sort in sorts]
        return words_in("\n".join(f"{mail.subject}\n{mail.text}\n{mail.page}" for mail in written))


_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
