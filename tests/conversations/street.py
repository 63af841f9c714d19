"""Ekvik over real mail servers: Postfix takes mail, Dovecot keeps it, and everybody reads their own mailbox."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

from service.config import Config, FolderNames, Log, Mailbox
from service.core.cases import Case
from service.core.rules.rulebook import RuleBook
from service.core.standby import Mode
from service.desk.database import Database
from service.doors.cage import Cage
from service.resources import shipped
from service.stations import Station, open_stations
from tests import registers
from tests.conversations.town import Letter, Town
from tests.servers.mail_system import MailSystem

PATIENCE = 20  # seconds


@dataclass
class Street:
    """Ekvik with a mailbox of its own on the real servers, and a citizen with one."""

    mails: MailSystem
    config: Config
    station: Station
    town: Town  # writes mails as people's clients do, and knows what time it is
    anna: str
    cage: Cage
    _shown: set[str] = field(default_factory=set)

    @property
    def address(self) -> str:
        """The service's mailbox."""
        return self.station.settings.address

    # --- what happens -------------------------------------------------------------------------------------------------

    def arrives(self, raw: bytes, sender: str) -> None:
        """A mail goes by SMTP to the service's mailbox and is there when this returns."""
        before = len(self.mails.mailbox(self.address))
        self.mails.send(raw, self.address, sender)
        self.mails.mailbox(self.address, at_least=before + 1)

    def works(self) -> None:
        """The service makes one pass."""
        self.station.room.once()

    def writes(self, sender: str, text: str, subject: str = "Hål i vägen", **more: Any) -> None:
        """Somebody writes to the service, which makes one pass. `more`: see `Town.mail`."""
        self.arrives(self.town.mail(sender, text, subject, **more), sender.rpartition("<")[2].strip(">"))
        self.works()

    def found_late(self, raw: bytes, stamped: datetime) -> None:
        """A mail that the own server stamped long ago turns up in the inbox."""
        stamp = f"Received: from x by mx.ekvik.example; {stamped:%a, %d %b %Y %H:%M:%S %z}\r\n".encode()
        self.mails.dovecot.put(self.address, stamp + raw)
        self.works()

    def starts_anew(self, mode: Mode) -> None:
        """The service is started with that mode."""
        self.station.room.inbox.close()
        mailbox = dataclasses.replace(self.station.settings, mode=mode)
        self.config = dataclasses.replace(self.config, mailboxes=(mailbox,))
        self.station = open_stations(self.config, self.town.database, lambda: self.town.now, Event(), self.cage)[0]

    def passes(self, **time: float) -> None:
        """So much time passes; then the service makes one pass."""
        self.town.now += timedelta(**time)
        self.works()

    # --- what can be seen ---------------------------------------------------------------------------------------------

    def is_ours(self, letter: Letter) -> bool:
        """Whether the letter is from this test's mailbox: officers' mailboxes are shared by all tests."""
        return self.address in str(letter.mail["From"])

    def inbox_of(self, address: str, at_least: int = 0) -> list[Letter]:
        """This service's letters in somebody's mailbox, oldest first, once there are so many."""
        ends = time.monotonic() + PATIENCE
        while True:
            mails = [Letter.read(raw, self.town.now) for raw in self.mails.mailbox(address)]
            if len(ours := [x for x in mails if self.is_ours(x)]) >= at_least:
                return ours
            assert time.monotonic() < ends, f"{len(ours)} letters for {address}, {at_least} expected"
            time.sleep(0.02)

    def letter(self, kind: str, to: str) -> Letter:
        """The latest letter of that kind to that address which this test has not looked at yet; waits for it."""
        ends = time.monotonic() + PATIENCE
        while True:
            letters = self.inbox_of(to)
            fresh = [x for x in letters if x.kind == kind and str(x.mail["Message-ID"]) not in self._shown]
            if fresh:
                self._shown.add(str(fresh[-1].mail["Message-ID"]))
                return fresh[-1]
            assert time.monotonic() < ends, f"no {kind} for {to}, only {[(x.kind, x.subject) for x in letters]}"
            time.sleep(0.02)

    def kinds(self, address: str) -> list[str]:
        """The kinds of the letters that somebody has, once all that has left has arrived."""
        self._settles()
        return [letter.kind for letter in self.inbox_of(address)]

    def _settles(self) -> None:
        """Everything that the service has sent has been delivered: a mail that is sent last has arrived."""
        last = f"last-{uuid4().hex}@example.org"
        self.mails.send(b"Subject: last\r\n\r\n", last, "test@example.org")
        self.mails.mailbox(last, at_least=1)

    def folder(self, name: str) -> list[bytes]:
        """The mails in one of the mailbox's folders."""
        return self.mails.mailbox(self.address, folder=name)

    def cases(self) -> Sequence[Case]:
        """Every case, oldest first."""
        return self.town.cases()

    def case(self) -> Case:
        """The only case."""
        return self.town.case()


@contextmanager
def open_street(mails: MailSystem, database: Database, book: RuleBook) -> Iterator[Street]:
    """Its own addresses, so that no test sees another's mail."""
    unique = uuid4().hex[:8]
    address, anna = f"synpunkten-{unique}@ekvik.example", f"anna-{unique}@example.org"
    folders = FolderNames()
    mailbox = Mailbox("ekvik", address, mails.imap(address), mails.smtp(), shipped("rules") / "ekvik", folders)
    config = Config(Path("synpunkten.yaml"), str(database.url), 1, Log(), (mailbox,), ())
    town = Town(database, book, datetime.now(UTC), address=address)
    with Cage() as cage:
        station = open_stations(config, database, lambda: town.now, Event(), cage)[0]
        street = Street(mails, config, station, town, anna, cage)
        yield street
        street.station.room.inbox.close()


@contextmanager
def started_on(street: Street, url: str) -> Iterator[Street]:
    """The service stands before its first pass, on that register."""
    street.station.room.inbox.close()
    street.town.database.close()
    database = registers.opened(url)
    config = dataclasses.replace(street.config, database=url)
    town = Town(database, street.town.book, street.town.now, address=street.address)
    town._ids = street.town._ids
    try:
        with Cage() as cage:
            station = open_stations(config, database, lambda: datetime.now(UTC), Event(), cage)[0]
            yield dataclasses.replace(street, config=config, station=station, town=town)
            station.room.inbox.close()
    finally:
        database.close()


def numbers(town: Town) -> dict[str, str]:
    """Each case's number by its submitter."""
    return {case.submitter.email: case.number for case in town.cases()}


def citizen(name: str) -> str:
    """Somebody whose mailbox no other test has."""
    return f"{name}-{uuid4().hex[:8]}@example.org"
