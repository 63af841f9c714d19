"""The daemon: puts the parts together and keeps the rounds going until it is told to stop.

Deadlines live in tables: the rounds only say when to look.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from service import crew
from service.config import Config
from service.crew import Crew
from service.desk.database import Database, fault_words
from service.desk.lookup.unserved import unserved
from service.desk.occupancy import Occupancy
from service.desk.upgrading import bring_up_to_date
from service.doors.cage import Cage
from service.doors.faults import ServerError
from service.doors.mailroom import Mailroom
from service.doors.manager import Manager
from service.doors.rounds import StopSign
from service.doors.unnoted import Unnoted
from service.doors.vitals import Vitals
from service.rulesfolder import RulesFault
from service.seeing.listener import CannotListen
from service.seeing.watch import Watch
from service.stations import Station, open_stations
from service.yamlfile import YamlFault

log = structlog.get_logger()

_TELL = {signal.SIGTERM: "stop", signal.SIGINT: "stop", signal.SIGHUP: "reload"}
_SECONDS_BETWEEN_LOOKS_AT_ORDERS = 0.25
# What became of letters is known to this process alone.
_SECONDS_OF_NOTING_AFTER_A_PASS = 8 * 60.0
_SECONDS_BETWEEN_NOTES = 1.0


_Opened = Callable[[Config, StopSign], list[Station]]


def utc_now() -> datetime:
    """The clock of the daemon."""
    return datetime.now(UTC)


def take_over(database: Database) -> None:
    """Bring the schema up to date; say where a power cut could undo what has been promised."""
    if kept := bring_up_to_date(database):
        log.info("schema-upgraded", kept=str(kept))
    if lacking := database.is_forgetful():
        log.warning("database-forgetful", setting=lacking)


def _tell_of_unserved(database: Database, config: Config) -> None:
    """Of mailboxes that the register knows and this configuration does not: another daemon's, or forgotten ones."""
    with database.reading() as s:
        for mailbox, left in unserved(s, [each.name for each in config.mailboxes]).items():
            log.warning("mailbox-not-named", mailbox=mailbox, open_cases=left.cases, letters=left.letters)


def run_once(config: Config, clock: Callable[[], datetime] = utc_now) -> None:
    """One complete pass over every mailbox, then done.

    Raises:
        RulesFault: a rules folder that cannot be used; nothing has been done.
        Occupied: another process is at work on the register; nothing has been done.
        Replaced: another file has been put in the register's place.
        ExceptionGroup: of InboxError, FilingError, DeliveryError and SQLAlchemyError; what could be done has been done.
    """
    database = Database(config.database)
    failed: list[Exception] = []
    try:
        with Occupancy(database) as place, Unnoted.beside(database) as unnoted:
            take_over(database)
            _tell_of_unserved(database, config)
            with Cage() as cage:
                stop = threading.Event()
                for station in open_stations(config, database, clock, stop, cage, place, unnoted):
                    station.follow_rules(clock())
                    station.room.sender.note_left_behind()
                    failed += _pass(station.room)
                    station.follow_rules(clock())
            place.give_way()
    finally:
        database.close()
    if failed:
        raise ExceptionGroup("what could not be done", failed)


def _pass(room: Mailroom) -> list[Exception]:
    """One pass over a mailbox; returns what failed, after doing what could be done without."""
    failed: list[Exception] = []

    def poll() -> None:
        with room.inbox:
            room.poll()

    for work in (poll, room.deliver, room.check_deadlines, room.deliver):
        try:
            work()
        except (ServerError, SQLAlchemyError) as error:
            if str(error) not in map(str, failed):
                failed.append(error)
    failed += room.not_filed()
    _note_what_is_known(room)
    return failed


def _note_what_is_known(room: Mailroom) -> None:
    ends = time.monotonic() + _SECONDS_OF_NOTING_AFTER_A_PASS
    while True:
        try:
            return room.sender.note_kept()
        except SQLAlchemyError:
            if time.monotonic() > ends:
                raise
            time.sleep(_SECONDS_BETWEEN_NOTES)


_asked_early: list[str] = []


def hold_reloads() -> None:
    """A SIGHUP that comes while the daemon starts waits until it listens, in place of ending the process."""
    # A handler and no mask: programs that are started later would inherit a mask.
    signal.signal(signal.SIGHUP, lambda *_: _asked_early.append(_TELL[signal.SIGHUP]))


@dataclass
class Daemon:
    """Runs until `stop` is set; the message in hand is finished first.

    `load` reads the configuration again; `follow` is told of each that is in force from then on.
    """

    config: Config
    clock: Callable[[], datetime] = utc_now
    stop: threading.Event = field(default_factory=threading.Event)
    load: Callable[[], Config] | None = None
    follow: Callable[[Config], None] = lambda _: None
    vitals: Vitals = field(default_factory=Vitals)
    manager: Manager = field(default_factory=Manager)
    _orders: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Migrate, start the rounds, wait for the end.

        Raises:
            RulesFault: a rules folder that cannot be used.
            Occupied: another process is at work on the register.
            Replaced: another file has been put in the register's place.
            CannotListen: another program has the port for figures.
        """
        database, cage = Database(self.config.database), Cage()
        try:
            with Occupancy(database) as place, Unnoted.beside(database) as unnoted:
                with self.manager.preparing("bringing the register up to date"):
                    take_over(database)

                def opened(config: Config, stop: StopSign) -> list[Station]:
                    _tell_of_unserved(database, config)
                    return open_stations(config, database, self.clock, stop, cage, place, unnoted, self.vitals)

                with Watch(database, self.clock, self.vitals) as watch:
                    self._work(opened, watch, place)
                place.give_way()
        finally:
            cage.close()
            database.close()

    def listen_to_signals(self) -> None:
        """SIGTERM and SIGINT end the daemon in good order; SIGHUP reads rules and configuration again."""
        for number in _TELL:
            # A mere append: whatever takes a lock may have been interrupted while it held it.
            signal.signal(number, lambda number, _: self._orders.append(_TELL[signal.Signals(number)]))
        self._orders += _asked_early
        _asked_early.clear()

    def _work(self, opened: _Opened, watch: Watch, place: Occupancy) -> None:
        stop = StopSign()
        stations = opened(self.config, stop)
        watch.follow(self.config, stations)
        for station in stations:
            station.room.sender.note_left_behind()
        crews = self._start(stations, stop)
        log.info("started", mailboxes=len(crews))
        self._tell_ready(crews)
        while self._goes_on(place):
            self.manager.still_at_work(lambda: crew.hanging(crews))  # noqa: B023 - asked at once
            if "reload" in self._orders:
                while "reload" in self._orders:
                    self._orders.remove("reload")
                self.manager.reloading()
                crews = self._reloaded(crews, opened, watch)
                self._tell_ready(crews)
        self.manager.stopping()
        for each in crews:
            each.stop.set()
        hanging = crew.end(crews)
        if hanging:
            # What hangs has not committed: its transaction rolls back, and the next run finds the mail where it was.
            log.error("stopped-hard", hanging=hanging)
            os._exit(1)
        for each in crews:
            each.station.room.inbox.close()
        log.info("stopped")

    def _goes_on(self, place: Occupancy) -> bool:
        is_told_to_end = self.stop.wait(_SECONDS_BETWEEN_LOOKS_AT_ORDERS) or "stop" in self._orders
        return not is_told_to_end and place.is_in_place()

    def _reloaded(self, crews: list[Crew], opened: _Opened, watch: Watch) -> list[Crew]:
        """Read rules and configuration again; the crews at work from now on, where a change can be used other ones."""
        changed = self._changed_config()
        for each in crews:
            each.station.rules.reload()
            each.ring()
        if changed is None:
            return crews
        stop = StopSign()
        try:
            stations = opened(changed, stop)
            watch.follow(changed, stations)
        except (RulesFault, CannotListen) as fault:
            self._refuse(fault)
            return crews
        except SQLAlchemyError as error:
            self._refuse(f"the register cannot be asked now: {fault_words(error)}; reload again when it can")
            return crews
        self.vitals.reload(refused=False)
        for each in crews:
            each.stop.set()
        while crew.end(crews) and "stop" not in self._orders:
            self.manager.still_at_work(lambda: crew.hanging(crews))
        for each in crews:
            each.station.room.inbox.close()
        self.config = changed
        self.follow(changed)
        log.info("config-in-force", mailboxes=len(stations))
        return self._start(stations, stop)

    def _tell_ready(self, crews: list[Crew]) -> None:
        self.manager.ready(f"taking care of {len(crews)} mailbox{'es' * (len(crews) != 1)}")

    def _start(self, stations: list[Station], stop: StopSign) -> list[Crew]:
        crews = [Crew(station, self.config.poll_seconds, self.clock, stop) for station in stations]
        for each in crews:
            each.start()
        return crews

    def _changed_config(self) -> Config | None:
        """The configuration as it is now, where it differs and can be used; a faulty one changes nothing."""
        log.info("reload")
        if self.load is None:
            return None
        try:
            config = self.load()
        except YamlFault as fault:
            self._refuse(fault)
            return None
        if config.database != self.config.database:
            self._refuse("another `database` is taken over at a new start only")
            return None
        if config == self.config:
            self.vitals.reload(refused=False)
            return None
        return config

    def _refuse(self, fault: YamlFault | CannotListen | str) -> None:
        self.vitals.reload(refused=True)
        for each in fault.faults if isinstance(fault, YamlFault) else [fault]:
            log.warning("config-refused", fault=str(each))
