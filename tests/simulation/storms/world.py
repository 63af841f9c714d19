"""A municipality whose service may die at any step, on servers that break; time jumps from one event to the next."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Event
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from service.core.cases import Status
from service.desk.post.states import State
from service.desk.tables import cases, messages
from service.doors.account import Security, Server
from service.doors.inbox import Inbox, InboxError
from service.doors.mailroom import Mailroom
from service.doors.smtp import DeliveryError
from tests.conversations.town import Letter, Town
from tests.simulation.storms.mailserver import Client, Mailbox
from tests.simulation.storms.postoffice import PostOffice
from tests.simulation.storms.weather import Crash, Weather

_SERVER = Server("localhost", 1, Security.NONE)
_SOON = timedelta(minutes=2)  # a service manager starts what died; what failed is tried again
_BROKEN = (InboxError, DeliveryError, SQLAlchemyError)


@dataclass
class World(Town):
    """The town of the conversations, with servers in memory that outlive the service."""

    weather: Weather = field(default_factory=lambda: Weather(random.Random(0), None))  # type: ignore[arg-type]
    came: list[bytes] = field(default_factory=list)
    _read: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.mailbox = Mailbox(self.weather)
        self.office = PostOffice(self.weather, lambda: self.now)
        self.refuses = self.office.refused
        self._again: datetime | None = None
        event.listen(self.database.engine, "before_cursor_execute", self._before_sql)
        event.listen(self.database.engine, "commit", self._before_commit)
        self._boot()

    # --- the process ------------------------------------------------------------------------------------------------

    def _boot(self) -> None:
        """A new process: what the one before had in memory is gone."""
        inbox = Inbox(_SERVER, "ekvik")
        self.room = Mailroom(self.desk, inbox, _SERVER, lambda: self.now, Event())
        self.room.run = self.weather.dice.getrandbits(62)

    def _before_sql(self, *_: Any) -> None:
        if not self._is_at_work:
            return  # a look by the test itself
        self.weather.step("sql")
        if self.weather.strikes("database is locked", 0.05):
            raise OperationalError("", {}, sqlite3.OperationalError("database is locked"))

    def _before_commit(self, *_: Any) -> None:
        if not self._is_at_work:
            return
        self.weather.step("commit")
        if self.weather.strikes("disk is full", 0.1):
            raise OperationalError("", {}, sqlite3.OperationalError("database or disk is full"))

    def goes_round(self) -> None:
        """One round of the service, as far as it comes; what broke is tried again soon."""
        self.weather.look_begins()
        self._again, self._is_at_work = None, True
        try:
            works = (self.room.poll, self.room.deliver, self.room.check_deadlines, self.room.deliver)
            for work in works:
                try:
                    work()
                except _BROKEN:
                    self._again = self.now + _SOON
                    self.room.inbox.close()
        except Crash:
            self._is_at_work = False
            self._again = self.now + _SOON
            self._doubt()
            self._boot()
        self._is_at_work = False
        self._collect()

    def _doubt(self) -> None:
        """What the mail server took without the register knowing it may leave once more: the one lawful double."""
        with self.database.reading() as s:
            known = set(s.scalars(select(messages.c.message_id).where(messages.c.state == State.SENT)))
        self.office.doubt_all_but(known)

    def _collect(self) -> None:
        """People's mailboxes have what the mail server took."""
        for taken in self.office.taken[self._collected :]:
            letter = Letter.read(taken.raw, taken.at)
            letter.at = parsedate_to_datetime(str(letter.mail["Date"]))  # when it was written: the link may be dead
            if (message_id := str(letter.mail["Message-ID"])) in self._read:
                continue  # it has left once more, and its reader knows it
            self._read.add(message_id)
            (self.checksums if letter.subject.startswith("Journalens") else self.sent).append(letter)
        self._collected = len(self.office.taken)

    _collected = 0
    _is_at_work = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is open, so that mornings bring nothing."""
        ended = [Status.ANSWERED, Status.CLOSED, Status.REFUSED]
        with self.database.reading() as s:
            return not s.scalar(select(func.count()).select_from(cases).where(cases.c.status.not_in(ended)))

    def wakes_at(self) -> datetime | None:
        """When the service next has something to do by itself."""
        waiting = messages.c.state.in_([State.QUEUED, State.UNCERTAIN])
        with self.database.reading() as s:
            found = [
                s.scalar(select(func.min(cases.c.next_check_at))),
                s.scalar(select(func.min(messages.c.next_try_at)).where(waiting)),
                s.scalar(select(func.min(messages.c.claimed_until)).where(waiting)),
                self._again,
            ]
        times = [at for at in found if at is not None]
        return min(times) if times else None

    # --- what happens -----------------------------------------------------------------------------------------------

    def receives(self, raw: bytes, arrived: datetime | None = None) -> str:
        """The mailbox has a mail; the service sees it in its next round."""
        self.came.append(raw)
        self.mailbox.inbox.put(raw, (arrived or self.now).astimezone(UTC))
        return ""

    def delivers(self) -> None:
        """Letters leave in the rounds."""


@contextmanager
def made_up(world: World) -> Iterator[None]:
    """The service meets the made-up servers, and its clock and its random numbers come from the world."""
    dice, begins = world.weather.dice, world.now
    clock = SimpleNamespace(monotonic=lambda: (world.now - begins).total_seconds())  # noqa: PLW0108 - the clock goes
    with (
        patch("service.doors.imaplogin.connected", lambda _server, token: (Client(world.mailbox), token)),
        patch("service.doors.delivery.deliver", world.office.deliver),
        patch("service.doors.filing.time", clock),
        patch("secrets.token_hex", lambda size=16: dice.randbytes(size).hex()),
        patch("secrets.token_bytes", dice.randbytes),
        suppress(Crash),
    ):
        yield
