"""A municipality whose service may die at any step, on servers that break, under a clock that may go wrong."""

from __future__ import annotations

import dataclasses
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr, parsedate_to_datetime
from threading import Event
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from service.core.cases import Case, Status
from service.core.mail import Message, Unreadable
from service.core.message import read
from service.desk import register
from service.desk.post.states import State
from service.desk.register import StaleCase, Stored
from service.desk.rounds import restoration
from service.desk.rounds.restoration import LOOKED_BACK
from service.desk.tables import cases, messages
from service.doors.account import Security, Server
from service.doors.cage import CageBroken
from service.doors.inbox import Inbox
from service.doors.link import InboxError
from service.doors.mailroom import Mailroom
from service.doors.smtp import DeliveryError
from service.inforce import InForce
from service.safekeeping.contents import contents
from tests.conversations.town import Letter, Town
from tests.simulation.storms.mailserver import Client, Mailbox, message_id
from tests.simulation.storms.postoffice import PostOffice
from tests.simulation.storms.weather import MIXES, Crash, Weather

_SERVER = Server("localhost", 1, Security.NONE)
_SOON = timedelta(minutes=2)  # a service manager starts what died; what failed is tried again
_MEANWHILE = 0.05  # of the answers that a process waits for take so long that the other one goes round
_BROKEN = (InboxError, DeliveryError, SQLAlchemyError)


@dataclass(frozen=True)
class Copy:
    """The register as it was at an instant (aware). dated: what the clock said then. mails: how many had come."""

    at: datetime
    dated: datetime
    content: bytes
    mails: int


@dataclass
class World(Town):
    """The town of the conversations, with servers in memory that outlive the service.

    now: the true instant; wrong_by: how far the service's clock is ahead of it. lost: from when to when (truly) the
    register was of yesterday. daemons: how many processes share the mailbox. left, secret: when (truly) each letter
    left and each case became secret, by Message-ID and number. wrote: each mail's sender and text, by Message-ID.
    promised: the beginning and the day of each promise as first seen, by the case's number and its row in the register.
    """

    weather: Weather = field(default_factory=lambda: Weather(random.Random(0), MIXES["calm"]))
    in_force: InForce | None = None
    daemons: int = 1
    came: list[bytes] = field(default_factory=list)
    wrong_by: timedelta = timedelta(0)
    lost: list[tuple[datetime, datetime]] = field(default_factory=list)
    left: dict[str, datetime] = field(default_factory=dict)
    secret: dict[str, datetime] = field(default_factory=dict)
    wrote: dict[str, tuple[str, str]] = field(default_factory=dict)
    promised: dict[tuple[str, int], tuple[datetime, datetime]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.desk = dataclasses.replace(self.desk, reader=self._read)
        self.mailbox = Mailbox(self.weather, self._meanwhile)
        self.office = PostOffice(self.weather, lambda: self.now, self._passes, self._meanwhile)
        self.refuses = self.office.refused
        self._again: datetime | None = None
        self._at_work: list[int] = []
        self._collected = 0
        event.listen(self.database.engine, "before_cursor_execute", self._before_sql)
        event.listen(self.database.engine, "commit", self._before_commit)
        self.boots()

    # --- the processes ----------------------------------------------------------------------------------------------

    def boots(self) -> None:
        """New processes: what those before had in memory is gone."""
        self.rooms = [self._started() for _ in range(self.daemons)]

    def _started(self) -> Mailroom:
        room = Mailroom(self.desk, Inbox(_SERVER, "ekvik"), _SERVER, self.clock, Event())
        room.run = self.weather.dice.getrandbits(62)
        room.is_alive = lambda run: any(run == each.run for each in self.rooms)
        room.has_died = lambda run: not room.is_alive(run)
        return room

    def clock(self) -> datetime:
        """What the service takes the time to be."""
        return self.now + self.wrong_by

    def _passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def _before_sql(self, *_: Any) -> None:
        if self._at_work:
            self.weather.step("sql")
            if self.weather.strikes("database is locked", 0.05):
                raise OperationalError("", {}, sqlite3.OperationalError("database is locked"))

    def _before_commit(self, *_: Any) -> None:
        if self._at_work:
            self.weather.step("commit")
            if self.weather.strikes("disk is full", 0.1):
                raise OperationalError("", {}, sqlite3.OperationalError("database or disk is full"))

    def _read(self, raw: bytes) -> Message:
        """The cage: a mail may kill it, and sometimes no other can be started."""
        self.weather.step("reading")
        if self.weather.strikes("cage: cannot be started"):
            raise CageBroken("no process to read mails in could be started")
        if self.weather.strikes("cage: died", 0.3):
            raise Unreadable("the process that read the mail has ended")
        return read(raw)

    def stale(self, stored: Stored) -> None:
        """Before a case is written: somebody else has changed it meanwhile."""
        if self._at_work and stored.id and self.weather.strikes("case: changed by somebody else"):
            raise StaleCase(stored.case.number)

    def goes_round(self) -> None:
        """One round of the service, as far as it comes; what broke is tried again soon."""
        self._again = None
        self._round(self.weather.dice.randrange(self.daemons))
        self._collect()

    def _round(self, place: int) -> None:
        room, steps_left = self.rooms[place], self.weather.steps_left
        self.weather.look_begins()
        self._at_work.append(place)
        try:
            for work in (lambda: self._rules(room), room.poll, room.deliver, room.check_deadlines, room.deliver):
                try:
                    work()
                except _BROKEN:
                    self._again = self.now + _SOON
                    room.inbox.close()
        except Crash:
            self._again = self.now + _SOON
            self._at_work, at_work = [], self._at_work
            self._doubt()
            self._at_work = at_work
            self.rooms[place] = self._started()
        self._at_work.pop()
        self.weather.steps_left = steps_left

    def _meanwhile(self) -> None:
        """While a process waits for a server's answer, another one may do all its work: no transaction is open."""
        if len(self._at_work) == 1 and self.daemons > 1 and self.weather.dice.random() < _MEANWHILE:
            self._round((self._at_work[0] + 1) % self.daemons)

    def _rules(self, room: Mailroom) -> None:
        if self.in_force:
            room.desk = self.desk = self.in_force.follow(self.desk, self.clock())
            self.book = self.desk.book

    def _doubt(self) -> None:
        """What the mail server took without the register knowing it may leave once more: the one lawful double."""
        with self.database.reading() as s:
            self.office.doubt_all_but(set(s.scalars(_SENT)))

    def _collect(self) -> None:
        """People's mailboxes have what the mail server took."""
        for taken in self.office.taken[self._collected :]:
            if taken.name not in self.left:  # else it has left once more, and its reader knows it
                self.left[taken.name] = taken.at
                letter = Letter.read(taken.raw, taken.at)
                # When it was written, by the service's clock; the link may have been dead since.
                letter.at = parsedate_to_datetime(str(letter.mail["Date"])).astimezone(letter.at.tzinfo)
                (self.checksums if letter.subject.startswith("Journalens") else self.sent).append(letter)
        self._collected = len(self.office.taken)

    def lacks(self, at: datetime) -> bool:
        """Whether the register lacks what happened then."""
        return any(begins <= at <= ends for begins, ends in self.lost)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is open, so that mornings bring nothing."""
        with self.database.reading() as s:
            return not s.scalar(_OPEN)

    def wakes_at(self) -> datetime | None:
        """When the service next has something to do by itself."""
        with self.database.reading() as s:
            found = [at - self.wrong_by for wake in _WAKES if (at := s.scalar(wake))]
        return min([*found, *filter(None, [self._again])], default=None)

    # --- what happens -----------------------------------------------------------------------------------------------

    def mail(self, sender: str, text: str, subject: str = "Hål i vägen", **more: Any) -> bytes:
        """It is remembered who wrote what."""
        raw = super().mail(sender, text, subject, **more)
        self.wrote[message_id(raw)] = (parseaddr(sender)[1], text)
        return raw

    def receives(self, raw: bytes, arrived: datetime | None = None) -> str:
        """The mailbox has a mail; the service sees it in its next round."""
        self.came.append(raw)
        self.mailbox.inbox.put(raw, (arrived or self.now).astimezone(UTC))
        return ""

    def delivers(self) -> None:
        """Letters leave in the rounds."""

    def copy(self) -> Copy:
        """A backup of the register, made while the service stands still between two rounds."""
        assert self.database.file
        self.database.close()  # the last one that closes puts all of it into the one file
        return Copy(self.now, self.clock(), self.database.file.read_bytes(), len(self.came))

    def puts_back(self, copy: Copy) -> None:
        """As `synpunkten restore` does: a register that knows that it is one of yesterday."""
        assert self.database.file
        with self.database.reading() as s:
            given = restoration.every_serial(s)
        self.database.close()
        self.database.file.write_bytes(copy.content)
        with self.database.transaction() as s:
            since = min(copy.dated, contents(s).latest or copy.dated) - LOOKED_BACK
            restoration.begin(s, ["ekvik"], copy.dated, since, self.clock(), given)
        self.lost.append((copy.at, self.now))
        self.promised.clear()
        self.boots()


_SENT = select(messages.c.message_id).where(messages.c.state == State.SENT)
_OPEN = select(func.count()).where(cases.c.status.not_in([Status.ANSWERED, Status.CLOSED, Status.REFUSED]))
_WAITING = messages.c.state.in_([State.QUEUED, State.UNCERTAIN])
_WAKES = (
    select(func.min(cases.c.next_check_at)),
    select(func.min(messages.c.next_try_at)).where(_WAITING),
    select(func.min(messages.c.claimed_until)).where(_WAITING),
)


@contextmanager
def made_up(world: World) -> Iterator[None]:
    """The service meets the made-up servers, and its clock and its random numbers come from the world."""
    dice, begins, write = world.weather.dice, world.now, register._write
    # What waits by the monotonic clock (a full folder, a claim to be renewed) waits in the world's time.
    clock = SimpleNamespace(monotonic=lambda: (world.now - begins).total_seconds())  # noqa: PLW0108 - the clock goes

    def written(s: Any, stored: Stored, after: Case, *rest: Any) -> Stored:
        world.stale(stored)
        if stored.id and after.secrecy and not stored.case.secrecy:
            world.secret[after.number] = world.now
        return write(s, stored, after, *rest)

    with (
        patch("service.doors.imaplogin.connected", lambda _server, token, _making: (Client(world.mailbox), token)),
        patch("service.doors.delivery.deliver", world.office.deliver),
        patch("service.doors.filing.time", clock),
        patch("service.doors.sender.time", clock),
        patch("service.desk.register._write", written),
        patch("secrets.token_hex", lambda size=16: dice.randbytes(size).hex()),
        patch("secrets.token_bytes", dice.randbytes),
    ):
        yield


def counted(world: World) -> Counter[str]:
    """What happened, for the summary."""
    return world.weather.happened + Counter(mails=len(world.came), letters=len(world.office.taken))
