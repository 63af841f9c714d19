"""What looking at the deadlines costs: it is done every minute, and must cost what is due, not what is open."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select, update

from service.core.cases import Status
from service.desk.tables import cases
from service.doors.account import Server
from service.stations import Station
from tests.bench import intake

_TIMES, _DUE = 50, 100


class Sweep(NamedTuple):
    """How many cases are open; CPU time in ms of one look where nothing is due, and of each case that is."""

    open: int
    idle_ms: float
    due_ms: float

    def __str__(self) -> str:
        return (
            f"{self.open:,} open: {self.idle_ms:.2f} ms where nothing is due, {self.due_ms:.1f} ms a case that is due"
        )


def run(imap: Server, smtp: Server, folder: Path, url: str) -> Sweep:
    """Look at a register many times while nothing is due, and then once when so many of its open cases are.

    Raises:
        RuntimeError: another number of cases was looked at.
    """
    with intake.at_work(imap, smtp, folder, url) as (station, database):
        _look(station)  # what is done once a day
        idle = statistics.median(_look(station)[1] for _ in range(_TIMES))
        with database.transaction() as s:
            is_open = cases.c.status != Status.CLOSED.value
            count = s.scalar(select(func.count()).select_from(cases).where(is_open)) or 0
            some = select(cases.c.id).where(is_open).order_by(cases.c.id).limit(_DUE)
            s.execute(update(cases).where(cases.c.id.in_(some)).values(next_check_at=datetime.now(UTC)))
        looked_at, spent = _look(station)
    if looked_at != min(_DUE, count):
        raise RuntimeError(f"{looked_at} cases were looked at, and {_DUE} were due")
    return Sweep(count, idle, spent / looked_at)


def _look(station: Station) -> tuple[int, float]:
    began = time.process_time()
    looked_at = station.room.check_deadlines()
    return looked_at, 1000 * (time.process_time() - began)
