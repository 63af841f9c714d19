"""A register with a past: cases of the last two years, made from a few that the service itself has handled."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from service.core.cases import Status
from service.desk import handling
from service.desk.database import Database
from service.desk.desk import Desk, Folders
from service.desk.handling import Delivered
from service.desk.lookup import wordindex
from service.desk.post import claims
from service.desk.tables import cases, deadlines, journal, messages, seen, steps
from service.desk.writing.stationery import Stationery
from service.resources import shipped
from service.rulesfolder import load
from tests.bench import mails
from tests.bench.intake import generous_rules

_PATTERNS = 200
_FIRST_MAIL = 10_000_000  # far from the mails of the benchmark
_AT_A_TIME = 1_000
_PAST = timedelta(days=730)
_STILL_OPEN = 50  # one case in so many
_KEPT_BYTES = 2_000  # of each mail, so that 100,000 cases are made in a minute; the indexes do not see it

Row = dict[str, Any]


def fill(database_url: str, folder: Path, count: int) -> None:
    """Add so many cases, with their mails, deadlines, steps and journal."""
    database = Database(database_url)
    database.upgrade()
    patterns = _patterns(_desk(database, folder))
    for start in range(0, count, _AT_A_TIME):
        with database.transaction() as s:
            _add(s, patterns, range(start, min(start + _AT_A_TIME, count)), count)
    with database.transaction() as s:
        wordindex.refill(s)
    database.close()


def _desk(database: Database, folder: Path) -> Desk:
    book, address = load(generous_rules(folder)), "synpunkten@ekvik.example"
    return Desk(
        database=database,
        mailbox="ekvik",
        address=address,
        folders=Folders(),
        book=book,
        stationery=Stationery(shipped("templates")),
        secret=b"a secret of the benchmark",
        own=frozenset({address}),
    )


def _patterns(desk: Desk) -> list[tuple[Row, dict[Table, list[Row]]]]:
    """What the service writes down about some cases: the case, and the rows of the other tables that belong to it."""
    now = datetime.now(UTC)
    for number, raw in enumerate(mails.make(_PATTERNS, _FIRST_MAIL)):
        handling.handle_mail(desk, Delivered(raw, now, ("INBOX", 1, _FIRST_MAIL + number)), now)
    with desk.database.transaction() as s:
        waiting = claims.claim_due(s, desk.mailbox, now, 10 * _PATTERNS, run=1)
    for letter in waiting:
        handling.handle_sent(desk, letter, now)
    with desk.database.reading() as s:
        found = s.execute(select(cases).order_by(cases.c.id.desc()).limit(_PATTERNS)).all()
        return [(dict(case._mapping), {t: _rows_of(s, t, case.id) for t in _BELONGING}) for case in found]


_BELONGING = (messages, deadlines, steps, journal)


def _rows_of(s: Connection, table: Table, case_id: int) -> list[Row]:
    return [dict(row._mapping) for row in s.execute(select(table).where(table.c.case_id == case_id))]


def _add(s: Connection, patterns: list[tuple[Row, dict[Table, list[Row]]]], places: range, count: int) -> None:
    chosen = [(place, *patterns[place % len(patterns)]) for place in places]
    made = [_case(case, place, _PAST * place / count) for place, case, _ in chosen]
    ids = s.scalars(insert(cases).returning(cases.c.id, sort_by_parameter_order=True), made).all()
    for table in _BELONGING:
        rows = [
            _SHAPES.get(table, _plain)(row, place, _PAST * place / count) | {"case_id": case_id}
            for case_id, (place, _, belonging) in zip(ids, chosen, strict=True)
            for row in belonging[table]
        ]
        if rows:
            s.execute(insert(table), rows)
    s.execute(insert(seen), [_seen(place) for place in places])


def _plain(row: Row, _place: int, age: timedelta) -> Row:
    """The row without its own id and as old as its case."""
    shift = age + timedelta(days=40)
    return {k: v - shift if isinstance(v, datetime) else v for k, v in row.items() if k != "id"}


def _case(row: Row, place: int, age: timedelta) -> Row:
    changed: Row = {"number": f"EKV-2024-{place:06d}", "submitter_email": _citizen(place)}
    if place % _STILL_OPEN:
        changed |= {"status": Status.CLOSED.value, "next_check_at": None}
    else:
        changed |= {"next_check_at": datetime.now(UTC) + timedelta(days=30)}
    return _plain(row, place, age) | changed


def _message(row: Row, place: int, age: timedelta) -> Row:
    citizen = f"medborgare.{place}.{age.days}@example.org"
    changed = {"message_id": f"<{place}.{row['message_id'][1:]}", "raw": row["raw"][:_KEPT_BYTES]}
    if row["direction"] == "in":
        changed |= {"sender": citizen, "digest": hashlib.sha256(f"{place} {row['digest']}".encode()).hexdigest()}
    elif row["kind"] == "receipt":
        changed |= {"recipient": citizen, "budget_key": citizen}
    return _plain(row, place, age) | changed


_SHAPES: dict[Table, Callable[[Row, int, timedelta], Row]] = {messages: _message}


def _citizen(place: int) -> str:
    return f"invanare.{place}@example.org"


def _seen(place: int) -> Row:
    at = datetime.now(UTC)
    return {"mailbox": "ekvik", "folder": "INBOX", "uidvalidity": 1, "uid": place + 1, "at": at, "file_in": "Ärenden"}
