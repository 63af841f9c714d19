"""A copy of the register at one instant, taken while the service works, by each database's own way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, text

from service.desk.database import Database
from service.desk.upgrading import copy_sqlite
from service.safekeeping import postgres
from service.safekeeping.contents import Contents, contents
from service.safekeeping.faults import SafekeepingFault

SQLITE, POSTGRESQL = "register.sqlite", "register.pgdump"
"""What the copy is called in an archive: its name tells which database it came from."""


def copy_register(database: Database, folder: Path) -> tuple[Path, Contents]:
    """Write a copy of the register into the folder; returns the file and what it holds.

    Nobody waits for it: SQLite's readers see one instant and hold no writer up, and so do PostgreSQL's.

    Raises:
        SafekeepingFault: the database's own program is missing or fails.
        OSError, sqlite3.Error: the disk is full, or cannot be written.
    """
    if database.is_sqlite:
        if database.file is None:
            raise SafekeepingFault("the register is in memory alone: there is nothing to copy")
        file = folder / SQLITE
        copy_sqlite(database.file, file)
        with opened_copy(file) as copied, copied.reading() as s:
            return file, contents(s)
    file = folder / POSTGRESQL
    with _snapshot(database) as (s, name, server):
        found = contents(s)
        postgres.dump(database.url, server, name, file)
    return file, found


@contextlib.contextmanager
def opened_copy(file: Path) -> Iterator[Database]:
    """The copy as a register to read in."""
    database = Database(f"sqlite:///{file}")
    try:
        yield database
    finally:
        database.close()
        for beside in ("-wal", "-shm"):
            file.with_name(file.name + beside).unlink(missing_ok=True)


@contextlib.contextmanager
def _snapshot(database: Database) -> Iterator[tuple[Connection, str, int]]:
    """A transaction that sees one instant, the name by which pg_dump sees the same, and the server's major version."""
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as s:
        server = int(s.scalar(text("SHOW server_version_num")) or 0) // 10_000
        yield s, str(s.scalar(text("SELECT pg_export_snapshot()"))), server
        s.rollback()
