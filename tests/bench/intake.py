"""The daemon's own code at work: poll and deliver as its rounds do, with everything on, the log too."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ruamel.yaml import YAML
from sqlalchemy import func, select

from service import logs
from service.config import Config, FolderNames, Log, Mailbox
from service.desk import handling
from service.desk.database import Database
from service.desk.handling import Delivered
from service.desk.tables import cases, messages
from service.doors.account import Server
from service.doors.cage import Cage
from service.doors.mailroom import Mailroom
from service.resources import shipped
from service.stations import Station, open_stations
from tests.bench import mails
from tests.bench.measure import Cost, Meter

WARM_UP = 20


def run(imap: Server, smtp: Server, folder: Path, database_url: str, day: int = 0) -> Cost:
    """Take every mail in the inbox through the service.

    `day`: how many days from now that happens. A register that is used again is used on another day, since the budgets
    count the day's letters: with budgets as generous as here, those of an earlier run, too.

    Raises:
        RuntimeError: not every mail has become a case, or not every letter has left.
    """
    with at_work(imap, smtp, folder, database_url, day=day) as (station, database):
        before = _counts(database)
        meter = Meter()
        handled, sent = _poll_and_send(station.room)
        cost = meter.cost(handled, letters=sent)
        after = _counts(database)
    if (after[0] - before[0], after[1]) != (handled, 0) or not handled:
        raise RuntimeError(f"{handled} mails became {after[0] - before[0]} cases, and {after[1]} letters have not left")
    return cost


def _poll_and_send(room: Mailroom) -> tuple[int, int]:
    """How many mails were handled and how many letters sent, in two threads that ring as the daemon's do."""
    with ThreadPoolExecutor(1) as sending:
        sent = []
        room.letters_wait = lambda: sent.append(sending.submit(room.deliver))
        handled = room.poll()
        sent.append(sending.submit(room.deliver))
        return handled, sum(each.result() for each in sent)


@contextlib.contextmanager
def at_work(
    imap: Server, smtp: Server, folder: Path, database_url: str, run: int = 1, day: int = 0
) -> Iterator[tuple[Station, Database]]:
    """A warm station on the register, as run number `run` of those that live there, so many days from now."""

    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(days=day)

    database = Database(database_url)
    database.upgrade()
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere), Cage() as cage:
        station = _station(imap, smtp, folder, database, cage, clock)
        station.room.run = run
        station.room.is_alive, station.room.has_died = lambda _: True, lambda _: False
        with station.room.inbox:
            _warm_up(station, clock)
            yield station, database
    database.close()


def _warm_up(station: Station, clock: Callable[[], datetime]) -> None:
    """Some mails first: the daemon has run for days, with every statement and template compiled."""
    room = station.room
    for number in range(WARM_UP):
        now = clock()
        place = ("warm-up", 1, time.monotonic_ns() + number)
        first = time.time_ns() + number  # no mail of another run
        handling.handle_mail(room.desk, Delivered(mails.one(first), now, place), now)
    room.deliver()


def _station(
    imap: Server, smtp: Server, folder: Path, database: Database, cage: Cage, clock: Callable[[], datetime]
) -> Station:
    address = imap.username or ""
    settings = Mailbox("ekvik", address, imap, smtp, generous_rules(folder), FolderNames())
    config = Config(folder / "synpunkten.yaml", str(database.url), 30, Log(), (settings,), ())
    logs.set_up(config.log.format, config.log.level)
    return open_stations(config, database, clock, threading.Event(), cage)[0]


def generous_rules(folder: Path) -> Path:
    """Ekvik's rules, with budgets of automatic mail that the benchmark cannot use up."""
    rules = folder / "rules"
    if not rules.exists():
        shutil.copytree(shipped("rules") / "ekvik", rules)
        yaml = YAML()
        path = rules / "municipality.yaml"
        municipality = yaml.load(path)
        for budget in ("per_hour", "per_address_and_day"):
            municipality["automatic_mail"][budget] = 1_000_000
        yaml.dump(municipality, path)
    return rules


def _counts(database: Database) -> tuple[int, int]:
    """How many cases there are, and how many letters have not been sent."""
    with database.reading() as s:
        waiting = select(func.count()).where(messages.c.direction == "out", messages.c.state != "sent")
        return s.scalar(select(func.count()).select_from(cases)) or 0, s.scalar(waiting) or 0
