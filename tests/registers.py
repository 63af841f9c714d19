"""Registers for tests: the migrations run once in each process that runs tests, and every test gets a copy.

Running them anew took half of a conversation's time, so a test that wants a register asks for the fixture `database`,
or calls `new` where it must have its file in a certain place. Neither waits for the disk: what they prove is what the
register holds, not that it outlives a power cut. What is about the disk, a killed process or the migrations themselves
opens its own `Database` (tests/desk/test_database.py, tests/hostile).
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, event

from service.desk.database import Database


def new(file: Path) -> Database:
    """An empty SQLite register in this file, to be closed by whoever asked."""
    url, content = f"sqlite:///{file}", _migrated()
    Database(url).close()  # makes the file as private as it must be
    file.write_bytes(content)
    return opened(url)


def opened(url: str) -> Database:
    """The register at this address as it is, without waiting for the disk."""
    database = Database(url)
    if database.is_sqlite:
        event.listen(database.engine, "connect", _waits_for_no_disk)
    _compiles_nothing_anew(database)
    return database


_known: dict[str, tuple[Dialect, dict[Any, Any]]] = {}


def _compiles_nothing_anew(database: Database) -> None:
    """Share each statement's compiled form among the registers of a sort: it belongs to the dialect, not the file."""
    engine = database.engine
    if engine.dialect.name not in _known:
        engine.connect().close()  # the first connection tells the dialect what this server can do
        _known[engine.dialect.name] = engine.dialect, {}
    engine.dialect, compiled = _known[engine.dialect.name]
    engine.update_execution_options(compiled_cache=compiled)


def _waits_for_no_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF").close()


@cache
def _migrated() -> bytes:
    """The file of an SQLite register that has all its tables and no rows."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "register.db"
        database = Database(f"sqlite:///{file}")
        database.upgrade()
        database.close()  # the last one that closes puts all of it into the one file
        return file.read_bytes()
