"""The watch over a running service: looks at the register from time to time, and keeps the port that answers.

It stands beside the rounds of the mailboxes and hinders none of them: whatever hangs here, mail goes on.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy.exc import SQLAlchemyError

from service.config import Config
from service.desk import alarmed
from service.desk.database import Database, fault_words
from service.desk.lookup.backlog import backlogs
from service.desk.room import room_at
from service.doors.rounds import Pause, Round, StopSign
from service.doors.vitals import Vitals, Work
from service.seeing import health
from service.seeing.alarms import Alarms
from service.seeing.listener import Answer, Listener
from service.seeing.telling import Teller
from service.seeing.troubles import troubles
from service.seeing.view import Look, View
from service.stations import Station

log = structlog.get_logger()

_BETWEEN_TELLINGS, _LONGEST_PAUSE = 60.0, 600.0  # seconds
_BETWEEN_LOOKS = 15.0  # seconds: however often anybody asks for figures, the register is not looked at more often
EVERYWHERE = ""


class Watch:
    """Watches from `follow` until it is left. `clock` gives aware instants; `vitals` is written by those who work."""

    def __init__(self, database: Database, clock: Callable[[], datetime], vitals: Vitals) -> None:
        self._database, self._clock, self._vitals = database, clock, vitals
        self._stop = StopSign()
        self._listener: Listener | None = None
        self._looker: Round | None = None
        self._config: Config | None = None
        self._look = Look()
        self._alarms, self._has_learned = Alarms(), False
        self._of_alarms = threading.Lock()  # between who looks and who tells; never held while a server is spoken to
        self._teller: Teller | None = None
        self._alarmer: Round | None = None
        self._failed_tellings = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._stop.set()
        if self._listener:
            self._listener.stop()

    def follow(self, config: Config, stations: Sequence[Station]) -> None:
        """Watch over what this configuration names from now on, listen where it says and tell whom it names.

        stations: those of its mailboxes.

        Raises:
            CannotListen: another program has the port; everything is as it was.
        """
        self._listen(config.metrics)
        self._config = config
        self._teller = _teller(config, stations)
        if (config.metrics or config.alerts) and self._looker is None:
            self._looker = Round("look at the register", self.look, self._stop)
            self._looker.start()
        if config.alerts and self._alarmer is None:
            self._alarmer = Round("tell of troubles", self.tell, self._stop, Pause(_first_pause()))
            self._alarmer.start()

    def view(self) -> View:
        """The service as it is now, from memory."""
        names = tuple(mailbox.name for mailbox in self._config.mailboxes) if self._config else ()
        return View(
            now=self._clock(),
            tick=self._vitals.ticks(),
            mailboxes=names,
            poll_seconds=self._config.poll_seconds if self._config else 0,
            health={name: self._vitals.health(name) for name in names},
            look=self._look,
            looking=self._vitals.health(EVERYWHERE).courses.get(Work.LOOK),
            reloads=self._vitals.reloads,
            untold=self._failed_tellings,
            canaries=_canaries(self._config) if self._config else frozenset(),
        )

    def look(self) -> Pause:
        """Look at the register once."""
        now = self._clock()
        try:
            with self._vitals.attempt(EVERYWHERE, Work.LOOK), self._database.reading() as s:
                found = backlogs(s, now)
            ends = self._config.credentials_end if self._config else ()
            self._look = Look(now, found, room_at(self._database.file), ends)
            if self._teller:
                self._remember()
        except SQLAlchemyError as error:
            log.warning("register-not-seen", error=fault_words(error))
        return Pause(_BETWEEN_LOOKS, deaf=True)

    def _remember(self) -> None:
        """What was told outlives this process, and other processes know of it."""
        with self._of_alarms:
            changes = self._alarms.changes()
        try:
            if changes:
                with self._database.transaction() as s:
                    alarmed.note(s, changes.told, changes.seen, changes.over)
            with self._database.reading() as s:
                known = alarmed.known(s)
        except SQLAlchemyError:
            with self._of_alarms:
                self._alarms.unkept(changes)
            raise
        with self._of_alarms:
            self._alarms.learn(known)
            self._has_learned = True

    def tell(self) -> Pause:
        """Tell of the troubles that there are now, where that is due. What cannot be sent is tried again."""
        view, teller = self.view(), self._teller
        if teller is None or not self._has_learned:
            return Pause(_BETWEEN_TELLINGS)
        found = [trouble for trouble in troubles(view) if not teller.is_known(trouble)]
        with self._of_alarms:
            news = self._alarms.news(found, view.now, view.tick)
        if news and not teller.tell(news, view.now):
            self._failed_tellings += 1
            return Pause(min(_BETWEEN_TELLINGS * 2**self._failed_tellings, _LONGEST_PAUSE), deaf=True)
        self._failed_tellings = 0
        if news:
            with self._of_alarms:
                self._alarms.told(news, view.now)
        return Pause(_BETWEEN_TELLINGS, deaf=True)

    def _listen(self, place: tuple[str, int] | None) -> None:
        here = self._listener
        if here and (here.host, here.port) == place:
            return
        is_same_port = here is not None and place is not None and here.port == place[1]
        if here and is_same_port:
            here.stop()  # the other address may hold this one, as 0.0.0.0 does: a port is not had twice
        self._listener = None
        try:
            self._listener = self._listening(*place) if place else None
        except BaseException:
            self._listener = self._listening(here.host, here.port) if here and is_same_port else here
            raise
        if here:
            here.stop()

    def _listening(self, host: str, port: int) -> Listener:
        listener = Listener(host, port, {"/metrics": self._figures, "/healthz": self._health})
        listener.start()
        return listener

    def _figures(self, accept: str) -> Answer:
        from service.seeing import metrics  # noqa: PLC0415 - the library is loaded where it is asked for

        content_type, body = metrics.exposition(self.view(), accept)
        return Answer(HTTPStatus.OK, content_type, body)

    def _health(self, _accept: str) -> Answer:
        well, told = health.report(self.view())
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        return Answer(status, "application/json", json.dumps(told, indent=1).encode() + b"\n")


def _canaries(config: Config) -> frozenset[str]:
    """The mailboxes that try their own way: one that is only watched sends nothing."""
    return frozenset(m.name for m in config.mailboxes if m.canary and m.mode.is_live)


def _first_pause() -> float:
    """Processes on one register tell at different seconds of the minute, so that the second knows of the first."""
    return _BETWEEN_TELLINGS / 2 + secrets.randbelow(int(_BETWEEN_TELLINGS / 2))


def _teller(config: Config, stations: Sequence[Station]) -> Teller | None:
    if config.alerts is None:
        return None
    return Teller(
        config.alerts,
        writer=lambda: stations[0].room.desk.writer,
        roads=[station.settings.smtp for station in stations],
        mailboxes={station.settings.name: station.settings.address for station in stations},
        registrars=lambda: {r for station in stations for r in station.room.desk.book.registrars},
    )
