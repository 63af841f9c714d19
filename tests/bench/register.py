"""A register with a past: the service itself handles some mails of the last two years, and the database copies them.

A million cases are made in minutes so. A copy has numbers, addresses and Message-IDs of its own; what it says, and what
it is about, is what the pattern says: more cases are about the same than in any town, which is the harder case.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Table, func, select, text, update

from service.core.cases import Status
from service.desk import handling
from service.desk.database import Database
from service.desk.desk import Desk, Folders
from service.desk.handling import Delivered
from service.desk.lookup import wordindex
from service.desk.tables import cases, deadlines, files, journal, makeups, matters, messages, seen, steps
from service.desk.writing.stationery import Stationery
from service.resources import shipped
from service.rulesfolder import load
from tests.bench import mails
from tests.bench.intake import generous_rules

_PATTERNS = 200
_FIRST_MAIL = 10_000_000  # far from the mails of the benchmark
_PAST = timedelta(days=730)
_STILL_OPEN = 50  # one case in so many
_KEPT = 500  # bytes of each mail and characters of each letter's source: a million cases take 21 GB; no index sees it
_COPIES_A_TRANSACTION = 50

_BELONGING = (cases, matters, makeups, deadlines, steps, journal, messages, files, seen)
"""The tables of which a case has rows, each after those that it refers to."""
_OWN = {  # what each copy has for itself; `sign` is its number after a k, as no digest begins
    "cases": {"number": "number || :sign", "submitter_email": ":sign || submitter_email"},
    "messages": {
        "message_id": "'<' || :sign || substr(message_id, 2)",
        "digest": ":sign || substr(digest, 6)",
        "likeness": ":sign || substr(likeness, 6)",
        "cause": ":sign || cause",
        "sender": "CASE direction WHEN 'in' THEN :sign || sender ELSE sender END",
        "recipient": "CASE kind WHEN 'receipt' THEN :sign || recipient ELSE recipient END",
        "budget_key": "CASE kind WHEN 'receipt' THEN :sign || budget_key ELSE budget_key END",
    },
    "journal": {"message": "message + :copy * {messages}"},
    "seen": {"uid": "uid + :copy * {seen}"},
}


def fill(database_url: str, folder: Path, count: int) -> None:
    """Fill an empty register with so many cases, in steps of 200, with mails, deadlines, steps, journal and words."""
    database = Database(database_url)
    database.upgrade()
    _handle(_desk(database, folder))
    with database.transaction() as s:
        _settle(s)
        wordindex.refill(s)
        copying = _copying(s)
    for start in range(1, count // _PATTERNS, _COPIES_A_TRANSACTION):
        with database.transaction() as s:
            for copy in range(start, min(start + _COPIES_A_TRANSACTION, count // _PATTERNS)):
                for statement in copying:
                    s.execute(text(statement), {"copy": copy, "sign": f"k{copy:04}"})
    if not database.is_sqlite:
        _as_a_server_keeps_it(database)
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


def _handle(desk: Desk) -> None:
    """The patterns, the oldest two years old: each mail has become a case, and its letters have left."""
    begins = datetime.now(UTC) - _PAST - timedelta(days=40)
    for number, raw in enumerate(mails.make(_PATTERNS, _FIRST_MAIL)):
        now = begins + _PAST * number / _PATTERNS
        handling.handle_mail(desk, Delivered(raw, now, ("INBOX", 1, number + 1)), now)
        for letter in handling.claim_letters(desk, now, 10, 1):
            handling.handle_sent(desk, letter, now)


def _settle(s: Connection) -> None:
    """Most cases were answered in time and closed; nothing is due soon; of each mail the beginning is kept."""
    closed = cases.c.id % _STILL_OPEN != 0
    day = cases.c.received_at
    s.execute(update(cases).values(next_check_at=datetime.now(UTC) + timedelta(days=30)))
    s.execute(update(cases).where(closed).values(status=Status.CLOSED.value, next_check_at=None, closed_at=day))
    s.execute(update(deadlines).where(deadlines.c.case_id % _STILL_OPEN != 0).values(met_at=deadlines.c.started_at))
    kept = {name: func.substr(messages.c[name], 1, _KEPT) for name in ("raw", "source")}
    s.execute(update(messages).values(kept))


def _copying(s: Connection) -> list[str]:
    """The statements that copy all patterns once more, one for each table and one for the words."""
    spans = {
        t.name: s.scalar(select(func.max(_counted(t)))) or 0 for t in _BELONGING if t not in (matters, makeups, steps)
    }
    row = "rowid" if s.dialect.name == "sqlite" else "case_id"
    words = f"{wordindex.NAME} ({row}, words) SELECT {row} + :copy * {spans['cases']}, words FROM {wordindex.NAME}"
    return [
        *(_copy(table, spans) for table in _BELONGING),
        f"INSERT INTO {words} WHERE {row} <= {spans['cases']}",
    ]


def _counted(table: Table) -> object:
    return table.c.uid if table is seen else table.c.id


def _copy(table: Table, spans: dict[str, int]) -> str:
    values = {column.name: _value(table, column.name, spans) for column in table.columns}
    first = "uid" if table is seen else "id" if "id" in values else "case_id"
    return (
        f"INSERT INTO {table.name} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {table.name}"
        f" WHERE {first} <= {spans.get(table.name, spans['cases'])}"
    )


def _value(table: Table, name: str, spans: dict[str, int]) -> str:
    """What the copy has in that column: a name of its own, the row that belongs to it, or the same."""
    if own := _OWN.get(table.name, {}).get(name):
        return own.format(**spans).replace(":sign", "CAST(:sign AS TEXT)")
    if name == "id":
        return f"id + :copy * {spans[table.name]}"
    for key in table.c[name].foreign_keys:
        return f"{name} + :copy * {spans[key.column.table.name]}"
    return name


def _as_a_server_keeps_it(database: Database) -> None:
    """Ids go on after those that were given, and the planner knows how much there is."""
    with database.transaction() as s:
        for table in _BELONGING:
            if "id" in table.c:
                last = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
                s.execute(text(last))
        s.execute(text("ANALYZE"))
