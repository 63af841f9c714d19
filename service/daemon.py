"""The daemon: puts the parts together and keeps the rounds going until it is told to stop.

Deadlines live in tables, never in the scheduler: it only says when to look. A broken connection is a warning, a
back-off and another try.
"""

from __future__ import annotations

import secrets
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from service.config import Config, Mailbox
from service.core import addresses
from service.desk import handling
from service.desk.database import Database
from service.desk.desk import Desk, Folders
from service.doors.cage import Cage
from service.doors.delivery import DeliveryError
from service.doors.inbox import Inbox, InboxError
from service.doors.mailroom import Mailroom
from service.inforce import InForce
from service.rulesfolder import RulesFault

log = structlog.get_logger()

_LONGEST_PAUSE = timedelta(minutes=5)
_PAUSE_AFTER_BAD_LOGIN = timedelta(minutes=15)  # some servers lock an account that fails often
_SECONDS_BETWEEN_LOOKS_AT_THE_CLOCK = 60
_SECONDS_BETWEEN_DELIVERIES = 10
_IDLE_SECONDS = 25 * 60


def utc_now() -> datetime:
    """The clock of the daemon."""
    return datetime.now(UTC)


@dataclass
class Station:
    """One mailbox with everything it needs, and how its connection fares."""

    settings: Mailbox
    rules: InForce
    room: Mailroom
    pause: timedelta = timedelta()
    not_before: datetime | None = None

    def follow_rules(self, now: datetime) -> None:
        """Take over an edited rules folder whole; tell the registrar, once, when it cannot be used."""
        self.room.desk = self.rules.follow(self.room.desk, now)


def open_stations(
    config: Config, database: Database, clock: Callable[[], datetime], stop: threading.Event, cage: Cage
) -> list[Station]:
    """Everything put together, one station for each mailbox. Nothing is connected yet.

    All of them read their mails in `cage`.

    Raises:
        RulesFault: everything that is wrong in rules folders that cannot be used.
    """
    watched, faults = {}, []
    mailboxes = [mailbox.address for mailbox in config.mailboxes]
    for settings in config.mailboxes:
        try:
            watched[settings.name] = InForce(settings.rules, settings.address, mailboxes)
        except RulesFault as fault:
            faults += [f for f in fault.faults if f not in faults]
    if faults:
        raise RulesFault(faults)
    secret = handling.signing_secret(database, lambda: secrets.token_bytes(32))
    own = frozenset(addresses.key(m.address) for m in config.mailboxes)
    stations = []
    for settings in config.mailboxes:
        rules = watched[settings.name]
        desk = Desk(
            database=database,
            mailbox=settings.name,
            address=settings.address,
            folders=Folders(**settings.folders.model_dump()),
            book=rules.book,
            stationery=rules.stationery,
            secret=secret,
            own=own,
            reader=cage.read,
            contents=cage.contents,
        )
        inbox = Inbox(settings.imap, settings.name, settings.folders.inbox)
        stations.append(Station(settings, rules, Mailroom(desk, inbox, settings.smtp, clock, stop)))
    return stations


def run_once(config: Config, clock: Callable[[], datetime] = utc_now) -> None:
    """One complete pass over every mailbox, then done.

    Raises:
        RulesFault: a rules folder that cannot be used; nothing has been done.
        ExceptionGroup: of InboxError and DeliveryError; what did not need those servers has been done.
    """
    database = Database(config.database)
    failed: list[Exception] = []
    try:
        database.upgrade()
        with Cage() as cage:
            for station in open_stations(config, database, clock, threading.Event(), cage):
                station.follow_rules(clock())
                failed += _pass(station.room)
                station.follow_rules(clock())
    finally:
        database.close()
    if failed:
        raise ExceptionGroup("mail servers that could not be used", failed)


def _pass(room: Mailroom) -> list[Exception]:
    """One pass over a mailbox; returns what failed, after doing what could be done without."""
    failed: list[Exception] = []
    try:
        with room.inbox:
            room.poll()
    except InboxError as error:
        failed.append(error)
    room.check_deadlines()
    try:
        room.deliver()
    except DeliveryError as error:
        failed.append(error)
    return failed


@dataclass
class Daemon:
    """Runs until `stop` is set; the message in hand is finished first."""

    config: Config
    clock: Callable[[], datetime] = utc_now
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Migrate, start the rounds, wait for the end."""
        database, cage = Database(self.config.database), Cage()
        try:
            database.upgrade()
            stations = open_stations(self.config, database, self.clock, self.stop, cage)
            scheduler = self._schedule(stations)
            scheduler.start()
            watchers = [self._watch(station, scheduler) for station in stations]
            log.info("started", mailboxes=len(stations))
            self.stop.wait()
            scheduler.shutdown(wait=True)
            for watcher in watchers:
                watcher.join(timeout=10)
            for station in stations:
                station.room.inbox.close()
            log.info("stopped")
        finally:
            cage.close()
            database.close()

    def stop_on_signals(self) -> None:
        """SIGTERM and SIGINT end the daemon in good order."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())

    def _schedule(self, stations: list[Station]) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(max_workers=2 * len(stations) + 1)},
            # A run that comes late is still wanted, once: the library would drop it after a second.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for station in stations:
            name = station.settings.name
            first = {"next_run_time": utc_now()}
            scheduler.add_job(
                self._poll, "interval", [station], seconds=self.config.poll_seconds, id=f"poll {name}", **first
            )
            scheduler.add_job(
                self._look_at_the_clock, "interval", [station], seconds=_SECONDS_BETWEEN_LOOKS_AT_THE_CLOCK, **first
            )
            scheduler.add_job(self._deliver, "interval", [station], seconds=_SECONDS_BETWEEN_DELIVERIES)
        return scheduler

    def _poll(self, station: Station) -> None:
        now = self.clock()
        if station.not_before and now < station.not_before:
            return
        station.follow_rules(now)
        try:
            handled = station.room.poll()
        except InboxError as error:
            station.room.inbox.close()
            pause = station.pause * 2 or timedelta(seconds=self.config.poll_seconds)
            station.pause = min(pause, _LONGEST_PAUSE) if error.temporary else _PAUSE_AFTER_BAD_LOGIN
            station.not_before = now + station.pause
            log.warning(
                "mailbox-failed", mailbox=station.settings.name, error=error.what, next_try_s=station.pause.seconds
            )
            return
        station.pause, station.not_before = timedelta(), None
        if handled:
            self._deliver(station)

    def _look_at_the_clock(self, station: Station) -> None:
        if station.room.check_deadlines():
            self._deliver(station)

    def _deliver(self, station: Station) -> None:
        try:
            station.room.deliver()
        except DeliveryError as error:
            log.warning("delivery-failed", mailbox=station.settings.name, error=error.what, temporary=error.temporary)

    def _watch(self, station: Station, scheduler: BackgroundScheduler) -> threading.Thread:
        """Wait for new mail on a connection of its own (IDLE) and poll at once; polling goes on in any case."""

        def watch() -> None:
            while not self.stop.is_set():
                inbox = Inbox(station.settings.imap, station.settings.name, station.settings.folders.inbox)
                try:
                    with inbox:
                        inbox.uids()
                        while not self.stop.is_set():
                            if inbox.wait(_IDLE_SECONDS, self.stop):
                                scheduler.modify_job(f"poll {station.settings.name}", next_run_time=utc_now())
                                inbox.uids()
                except InboxError:
                    self.stop.wait(max(station.pause.seconds, self.config.poll_seconds))

        thread = threading.Thread(target=watch, name=f"watch {station.settings.name}", daemon=True)
        thread.start()
        return thread
