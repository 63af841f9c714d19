"""The schema and the transactions, over both databases."""

from __future__ import annotations

import contextlib
import gzip
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import HeadMaintainer, MigrationContext
from sqlalchemy import JSON, MetaData, Table, insert, select, text

from service.core.rules.rulebook import RuleBook
from service.desk import database as databases
from service.desk.database import Database
from service.desk.handling import secret_in, signing_secret
from service.desk.lookup import proof, reader, wordindex
from service.desk.lookup.wanted import Wanted
from service.desk.tables import counters, messages, metadata
from service.desk.upgrading import bring_up_to_date
from tests.conversations.town import BO, STOCKHOLM, Letter, Town
from tests.core.values import NOW

pytestmark = pytest.mark.databases("sqlite", "postgresql")


def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.engine.connect() as s:
        context = MigrationContext.configure(s, opts=_COMPARED)
        assert compare_metadata(context, metadata) == []


def _is_compared(name: str | None, sort: str, _parents: Any) -> bool:
    """The index of words is no table of the metadata: each of the databases has its own sort."""
    return sort != "table" or not str(name).startswith(wordindex.NAME)


def _differs(_context: Any, _found: Any, wanted: Any, found: str | None, _default: Any, rendered: str | None) -> Any:
    """Whether a default is another one; None leaves that to the library, which cannot compare JSON in PostgreSQL."""
    if not isinstance(wanted.type, JSON):
        return None
    return (found or "").removesuffix("::json") != (rendered or "")


_COMPARED = {"compare_type": True, "compare_server_default": _differs, "include_name": _is_compared}


def test_a_new_schema_is_this_versions_and_upgrading_again_changes_nothing(database: Database) -> None:
    here, wanted = database.schema()
    assert here == wanted != ""
    database.upgrade()
    assert database.schema() == (here, wanted)


def test_a_database_without_tables_says_so(bare_url: str) -> None:
    database = Database(bare_url)
    here, wanted = database.schema()
    database.close()
    assert here is None
    assert wanted


def add(database: Database, prefix: str) -> None:
    with database.transaction() as s:
        s.execute(insert(counters).values(prefix=prefix, year=2026, last=1))


def prefixes(database: Database) -> list[str]:
    with database.reading() as s:
        return sorted(s.scalars(select(counters.c.prefix)))


def test_a_transaction_is_stored_whole_or_not_at_all(database: Database) -> None:
    def fails() -> None:
        with database.transaction() as s:
            s.execute(insert(counters).values(prefix="A", year=2026, last=1))
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    add(database, "B")
    assert prefixes(database) == ["B"]


def test_a_look_changes_nothing(database: Database) -> None:
    with database.reading() as s:
        s.execute(insert(counters).values(prefix="A", year=2026, last=1))
    assert prefixes(database) == []


def test_a_look_waits_for_no_writer(database: Database, second: Database) -> None:
    """While one daemon writes, another reads what was there before."""
    add(database, "A")
    with database.transaction() as s:
        s.execute(insert(counters).values(prefix="B", year=2026, last=1))
        assert prefixes(second) == ["A"]
    assert prefixes(second) == ["A", "B"]


def test_two_writers_take_turns(database: Database, second: Database) -> None:
    """A read and a write based on it are one step, whichever engine does them."""
    add(database, "A")
    start = threading.Barrier(8)

    def raise_it(number: int) -> None:
        start.wait()
        for _ in range(5):
            with (database, second)[number % 2].transaction() as s:
                s.execute(counters.update().values(last=counters.c.last + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(raise_it, range(8)))
    with database.reading() as s:
        assert s.scalar(select(counters.c.last)) == 41


def test_daemons_that_start_at_once_share_one_key(database: Database, second: Database) -> None:
    start = threading.Barrier(8)

    def key(number: int) -> bytes:
        start.wait()
        return signing_secret((database, second)[number % 2], lambda: bytes([number]) * 32)

    with database.reading() as s:
        assert secret_in(s) == b""
    with ThreadPoolExecutor(8) as pool:
        (shared,) = set(pool.map(key, range(8)))
    with database.reading() as s:
        assert secret_in(s) == shared == bytes([shared[0]]) * 32


def test_sqlite_is_set_up_for_a_mail_that_is_moved_only_when_its_case_is_on_the_disk(bare_url: str) -> None:
    database = Database(bare_url)
    if not database.is_sqlite:
        with database.reading() as s:
            assert s.scalar(text("SHOW server_encoding")) == "UTF8"
            assert s.scalar(text("SHOW synchronous_commit")) == "on"
            assert s.scalar(text("SHOW idle_in_transaction_session_timeout")) == "2min"
        assert database.is_forgetful() == "fsync=off, full_page_writes=off"  # as the tests' server is, for speed
        database.close()
        return
    with database.reading() as s:
        found = [s.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert database.is_forgetful() == ""
    database.close()
    assert found == ["wal", 2, 1]
    thrown_away = Database(bare_url, lasting=False)
    assert thrown_away.is_forgetful() == "synchronous=0"
    thrown_away.close()


def test_a_mere_look_makes_no_file(tmp_path: pytest.TempPathFactory) -> None:
    url = f"sqlite:///{tmp_path}/none.db"
    assert not databases.exists(url)
    assert databases.exists("postgresql+psycopg://somewhere/x")


def test_a_register_with_cases_from_the_first_version_is_brought_up_to_this_one(bare_url: str) -> None:
    """What belongs to a case still does, however often its table has been made anew, and its words are found."""
    database = Database(bare_url)
    database.upgrade("0001")
    with database.transaction() as s:
        first = MetaData()
        first.reflect(s)
        kept = {"number": "EKV-26-00001-C", "text": "Hål i gatan", "status": "assigned"}
        s.execute(insert(first.tables["cases"]), _filled(first.tables["cases"], kept))
        s.execute(
            insert(first.tables["deadlines"]), _filled(first.tables["deadlines"], {"case_id": 1, "kind": "answer"})
        )
    database.upgrade()
    with database.reading() as s:
        (record,) = reader.read(s, Wanted(words=("gator",)))
        assert (record.case.text, len(record.case.deadlines)) == ("Hål i gatan", 1)
        if database.is_sqlite:
            assert s.scalar(text("PRAGMA foreign_keys")) == 1
    database.close()


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("way", ["transaction", "reading", "glance"])
def test_a_connection_that_was_ended_while_nobody_used_it_is_made_anew_unseen(database: Database, way: str) -> None:
    look = getattr(database, way)
    with look() as s:
        first = s.scalar(text("SELECT pg_backend_pid()"))
    with look() as s:
        assert s.scalar(text("SELECT pg_backend_pid()")) == first
    with (
        contextlib.closing(Database(database.url.render_as_string(hide_password=False))) as other,
        other.reading() as s,
    ):
        s.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first})
    with look() as s:
        assert s.scalar(text("SELECT pg_backend_pid()")) != first


@pytest.mark.databases("postgresql")
def test_several_that_are_started_at_once_make_each_step_once(bare_url: str) -> None:
    """As the replicas of a container are: one works, the others wait, nobody fails."""
    step = "import sys; from service.desk.database import Database; Database(sys.argv[1]).upgrade()"
    started = [subprocess.Popen([sys.executable, "-c", step, bare_url], stderr=subprocess.PIPE) for _ in range(3)]
    said = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
    database = Database(bare_url)
    here, wanted = database.schema()
    database.close()
    assert here == wanted


def _filled(table: Table, given: dict[str, Any]) -> dict[str, Any]:
    """A row with something in each column that must not be empty."""
    values: dict[Any, Any] = {str: "undecided", int: 1, bool: False, datetime: NOW, dict: [], object: []}
    needed = (c for c in table.columns if not c.nullable and not c.server_default and c.name not in given)
    return given | {c.name: "none" if c.name.endswith("contact") else values[c.type.python_type] for c in needed}


def test_a_filled_register_of_an_earlier_version_goes_on_where_it_was(tmp_path: Path, ekvik: RuleBook) -> None:
    """Made by the version with schema 0020: a closed case, one whose officer was asked, one whose letters wait."""
    file = tmp_path / "register.db"
    file.write_bytes(gzip.decompress((REGISTERS / "schema-0020.db.gz").read_bytes()))
    (tmp_path / "register.db.schema-0012").write_text("a copy of the upgrade before")
    before = file.read_bytes()
    database = Database(f"sqlite:///{file}")
    kept = bring_up_to_date(database)
    assert kept == tmp_path / "register.db.schema-0020"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert sorted(f.name for f in tmp_path.glob("*schema*")) == [kept.name]
    with contextlib.closing(sqlite3.connect(kept)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0020",)
    assert before[:16] == kept.read_bytes()[:16] == b"SQLite format 3\x00"

    town = Town(database, ekvik, datetime(2026, 9, 7, 13, 0, tzinfo=STOCKHOLM))
    town._uids, town._ids = count(100), count(100)
    closed, asked, new = town.cases()
    assert (closed.status, closed.answer) == ("closed", "Hålet är lagat i dag.")
    with database.reading() as s:
        assert proof.prove(s).faults == []
        raw = s.scalars(select(messages.c.raw).where(messages.c.kind == "question")).one()
    question = Letter.read(raw, town.now)
    town.delivers()
    assert town.news() == [("receipt", "cilla.by@example.org"), ("assignment", BO)]
    town.writes(BO, "Ja", answers=question)
    assert town.letter("answer").text.count("Vi byter lampan i morgon.") == 1
    town.writes("Dan Dal <dan.dal@example.org>", "Det är ett hål i vägen vid skolan.", subject="Hål")
    assert town.cases()[-1].number > new.number > asked.number
    assert bring_up_to_date(database) is None
    database.close()


def test_an_upgrade_that_breaks_off_leaves_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the schema of some step in between, of which the next start's copy would take the place of the old one's."""
    with contextlib.closing(Database(f"sqlite:///{tmp_path}/register.db")) as database:
        database.upgrade("0028")
        done, steps = HeadMaintainer.update_to_step, count(1)

        def breaks(self: HeadMaintainer, step: Any) -> None:
            if next(steps) == 3:
                raise KeyboardInterrupt
            done(self, step)

        monkeypatch.setattr(HeadMaintainer, "update_to_step", breaks)
        with pytest.raises(KeyboardInterrupt):
            bring_up_to_date(database)
        assert database.schema()[0] == "0028"
        kept = bring_up_to_date(database)
        assert kept
        assert kept.name == "register.db.schema-0028"
        assert len({*database.schema()}) == 1


def test_an_upgrade_without_room_for_its_copy_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "register.db"
    database = Database(f"sqlite:///{file}")
    database.upgrade("0020")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("service.desk.upgrading.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        bring_up_to_date(database)
    assert database.schema()[0] == "0020"
    assert list(tmp_path.glob("*schema*")) == []
    database.close()


REGISTERS = Path(__file__).parent / "registers"


@pytest.mark.parametrize(("writable", "says"), [(False, "the disk is read-only"), (True, "unable to open")])
def test_a_register_beside_which_nobody_can_write_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writable: bool, says: str
) -> None:
    """As on a read-only disk; of a register that cannot be opened for another reason SQLite's words stand."""
    monkeypatch.setattr(databases.os, "access", lambda *_: writable)
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(tmp_path)
    assert says in str(databases._in_words(caught.value, tmp_path))
