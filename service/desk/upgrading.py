"""A register of an earlier version is brought up to this one's schema; of an SQLite one a copy is made before."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from service.desk.database import Database

_PAGES_AT_A_TIME = 4_000


def bring_up_to_date(database: Database) -> Path | None:
    """Make the steps from the register's schema to this version's. Returns the copy of what it was, if one was made.

    The copy lies beside the register, named by its schema and readable for its owner alone; the one of the upgrade
    before is deleted. It is made by whoever has the register to itself (`Occupancy`).

    Raises:
        OSError, sqlite3.Error: there is no room for the copy; nothing has been changed.
    """
    here, wanted = database.schema()
    kept = None
    if database.file and here is not None and here < wanted:
        kept = database.file.with_name(f"{database.file.name}.schema-{here}")
        unfinished = kept.with_name(f".{kept.name}.part")
        unfinished.unlink(missing_ok=True)
        try:
            copy_sqlite(database.file, unfinished)
        except (OSError, sqlite3.Error):
            unfinished.unlink(missing_ok=True)
            raise
        for older in kept.parent.glob(f"{database.file.name}.schema-*"):
            older.unlink()
        unfinished.replace(kept)
    database.upgrade()
    return kept


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy an SQLite register that may be at work, by SQLite's backup API, into a new file that its owner alone reads.

    The read transaction that is held meanwhile keeps the instant: without it every writing of the daemon would let the
    copy begin anew. A writer does not wait for it (write-ahead log).
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with (
        contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=30)) as read,
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as written,
    ):
        read.isolation_level = None
        read.execute("BEGIN")
        read.execute("SELECT count(*) FROM sqlite_master").fetchone()
        read.backup(written, pages=_PAGES_AT_A_TIME, sleep=0)
        read.execute("ROLLBACK")
        written.execute("PRAGMA journal_mode=DELETE")  # all of it in the one file
    with target.open("rb") as file:
        os.fsync(file.fileno())
