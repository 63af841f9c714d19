"""The desks of the configuration's mailboxes, for a command that writes in the register beside the daemon."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import typer

from service import config as configuration
from service import daemon
from service.desk.database import Database
from service.desk.desk import Desk
from service.doors.cage import Cage
from service.stations import open_stations

# Somebody waits for this one mail and nothing else does: it may take what it needs.
_PATIENCE_SECONDS = 600
_MEMORY_MB = 4096


@contextlib.contextmanager
def desks(config: Path) -> Iterator[dict[str, Desk]]:
    """The desk of each mailbox by its name."""
    settings = configuration.load(config)
    database = Database(settings.database)
    try:
        with Cage(_PATIENCE_SECONDS, _MEMORY_MB) as cage:
            stations = open_stations(settings, database, daemon.utc_now, threading.Event(), cage)
            yield {station.settings.name: station.room.desk for station in stations}
    finally:
        database.close()


@contextlib.contextmanager
def desk_of(mailbox: str, config: Path) -> Iterator[Desk]:
    """The desk of that mailbox; a mailbox that the configuration does not name is an error."""
    with desks(config) as every:
        if mailbox not in every:
            raise typer.TyperException(f"the mailbox {mailbox} is no longer in the configuration")
        yield every[mailbox]
