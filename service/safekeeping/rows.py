"""The rows of a PostgreSQL dump as an SQLite register to look at: no server is needed to see what a copy holds."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from service.desk.database import Database
from service.safekeeping import postgres
from service.safekeeping.faults import SafekeepingFault

_TABLES = ("cases", "messages", "journal", "chain", "secrets", "counters", "restorations")
_BEGINS = re.compile(rb"COPY (?:\w+\.)?(\w+) \((.*)\) FROM stdin;\n")
_ENDS = b"\\.\n"

_Value = str | bytes | int | None


def as_sqlite(dump: Path, schema: str, target: Path) -> None:
    """Write the tables that a look at a register needs into a new SQLite file of the dump's schema.

    Raises:
        SafekeepingFault: pg_restore is missing, or the file is no dump of a register.
    """
    text = target.with_name("rows.copy")
    postgres.as_text(dump, _TABLES, text)
    with contextlib.closing(Database(f"sqlite:///{target}")) as made:
        made.upgrade(schema)
    with contextlib.closing(sqlite3.connect(target)) as to, text.open("rb") as lines:
        to.execute("DELETE FROM chain")
        for line in lines:
            if begins := _BEGINS.fullmatch(line):
                _fill(to, begins[1].decode(), [c.strip(' "') for c in begins[2].decode().split(",")], lines)
        to.commit()
    text.unlink()


def _fill(to: sqlite3.Connection, table: str, columns: list[str], lines: BinaryIO) -> None:
    types = {row[1]: str(row[2]).upper() for row in to.execute(f"PRAGMA table_info({table})")}
    if not set(columns) <= set(types):
        raise SafekeepingFault(f"the copy's table {table} is not that of its schema")
    read = [_READERS.get(types[column], bytes.decode) for column in columns]
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - names from the schema
    for row in _rows(lines, read):
        to.execute(insert, row)


def _rows(lines: BinaryIO, read: list[Callable[[bytes], _Value]]) -> Iterator[list[_Value]]:
    for line in lines:
        if line == _ENDS:
            return
        fields = line.rstrip(b"\n").split(b"\t")
        yield [None if f == b"\\N" else reader(_plain(f)) for f, reader in zip(fields, read, strict=True)]


def _plain(field: bytes) -> bytes:
    """A value as it is, without COPY's escapes."""
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), field) if b"\\" in field else field


_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_ESCAPED = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def _instant(field: bytes) -> str:
    return datetime.fromisoformat(field.decode()).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


_READERS: dict[str, Callable[[bytes], _Value]] = {
    "DATETIME": _instant,
    "BOOLEAN": lambda field: int(field == b"t"),
    "BLOB": lambda field: bytes.fromhex(field[2:].decode()),
}
