"""Two daemons on one PostgreSQL register, beside one alone: how much of the second core becomes mails."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from service.desk.database import Database
from service.desk.tables import journal
from service.doors.account import Server
from service.stations import Station
from tests.bench import intake

if TYPE_CHECKING:
    from multiprocessing.managers import SyncManager
    from threading import Barrier


def together(accounts: list[Server], smtp: Server, folder: Path, url: str) -> float:
    """Seconds by the clock until daemons of their own, one for each account, have emptied the inboxes together.

    Raises:
        RuntimeError: one has sent what another one had in hand.
    """
    database = Database(url)
    database.upgrade()
    database.close()
    context = multiprocessing.get_context("spawn")
    with _manager(context) as manager, ProcessPoolExecutor(len(accounts), context) as pool:
        start = manager.Barrier(len(accounts))
        works = [
            pool.submit(_work, account, smtp, folder, url, run, start) for run, account in enumerate(accounts, start=1)
        ]
        spans = [work.result() for work in works]
    database = Database(url)
    with database.reading() as s:
        again = s.scalar(select(func.count()).select_from(journal).where(journal.c.kind == "sent-again"))
    database.close()
    if again:
        raise RuntimeError(f"{again} letters were taken over from a daemon that lives")
    return max(end for _, end in spans) - min(begin for begin, _ in spans)


def _manager(context: multiprocessing.context.SpawnContext) -> SyncManager:
    return context.Manager()


def _work(imap: Server, smtp: Server, folder: Path, url: str, run: int, start: Barrier) -> tuple[float, float]:
    with intake.at_work(imap, smtp, folder, url, run) as (station, _):
        start.wait()
        began = time.monotonic()
        while _poll(station):
            station.room.deliver()
        station.room.deliver()
        return began, time.monotonic()


def _poll(station: Station) -> int:
    while True:
        with suppress(IntegrityError):  # both began in the same instant: the daemon's rounds try again, too
            return station.room.poll()
