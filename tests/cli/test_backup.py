"""`synpunkten backup`: one file that holds everything, whole or not at all."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import signal
import sqlite3
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from service.desk import handling
from service.desk.tables import counters
from service.desk.upgrading import copy_sqlite
from service.safekeeping import archive, making, masking
from service.safekeeping.contents import contents
from service.safekeeping.copying import opened_copy
from service.safekeeping.faults import SafekeepingFault
from tests import registers
from tests.cli.conftest import Installation
from tests.conversations.town import ANNA, HOLE, Town, rules_of
from tests.core.values import NOW
from tests.demands import HOUSE
from tests.servers.postgres import Postgres


def filled(installation: Installation) -> None:
    """A register with a case, its letters, and the key."""
    database = installation.new_register()
    handling.signing_secret(database, lambda: b"the key")
    town = Town(database, rules_of("ekvik"), NOW)
    town.writes(ANNA, HOLE)
    database.close()


def rights(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_backup_holds_register_key_rules_and_configuration_without_secrets(installation: Installation) -> None:
    filled(installation)
    done = installation.invoke("backup", "copy.backup", "--json")
    assert done.exit_code == 0, done.stderr
    file = installation.folder / "copy.backup"
    assert json.loads(done.stdout)["contents"]["cases"] == 1
    assert rights(file) == 0o600
    assert [each.name for each in installation.folder.glob(".*")] == []  # nothing half made is left
    with archive.unpacked(file) as found:
        names = {part["name"] for part in found.manifest["parts"]}
        assert {"README.txt", "synpunkten.yaml", "register.sqlite", "rules/ekvik/municipality.yaml"} <= names
        assert b"hemligt" not in (found.folder / "synpunkten.yaml").read_bytes()
        assert b"hemligt" in installation.file.read_bytes()
        with opened_copy(found.register) as copied, copied.reading() as s:
            assert handling.secret_in(s) == b"the key"
            assert contents(s).end == found.manifest["contents"]["end"]


def test_an_existing_file_is_kept_unless_told_otherwise(installation: Installation) -> None:
    filled(installation)
    file = installation.folder / "copy.backup"
    file.write_text("something else")
    refused = installation.invoke("backup", "copy.backup")
    assert refused.exit_code == 1
    assert "--replace" in refused.stderr
    assert file.read_text() == "something else"
    assert installation.invoke("backup", "copy.backup", "--replace").exit_code == 0
    assert file.read_bytes()[:2] == b"\x1f\x8b"
    assert rights(file) == 0o600


def test_a_dash_is_no_file(installation: Installation) -> None:
    done = installation.run("backup", "-")
    assert done.returncode == 2
    assert "`-` is none" in done.stderr
    assert not (installation.folder / "-").exists()


def test_a_folder_holds_the_newest_backups(installation: Installation) -> None:
    filled(installation)
    folder = installation.folder / "nights"
    folder.mkdir()
    for day in (1, 2, 3):
        making.dated(folder, datetime(2026, 5, day, tzinfo=UTC)).write_text("older")
    (folder / "something else.backup").write_text("not ours")
    done = installation.invoke("backup", "nights", "--keep", "2")
    assert done.exit_code == 0, done.stderr
    left = sorted(each.name for each in folder.iterdir())
    assert left[0] == "something else.backup"
    assert left[1] == "synpunkten-20260503T000000Z.backup"
    assert len(left) == 3


def test_a_full_disk_leaves_no_half_file(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(installation)
    target = installation.folder / "copy.backup"
    target.write_text("the one before")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(gzip.GzipFile, "write", full)
    done = installation.invoke("backup", "copy.backup", "--replace")
    assert done.exit_code == 1
    assert "No space left on device" in done.stderr
    assert target.read_text() == "the one before"
    assert list(installation.folder.glob(".*")) == []


def test_a_copy_is_whole_where_only_the_register_has_no_room(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(installation)

    def full(*_: object) -> None:
        raise OperationalError("insert", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr("service.desk.rounds.restoration.note_backup", full)
    done = installation.invoke("backup", "copy.backup")
    assert done.exit_code == 1
    assert "copy.backup is whole, but the register cannot note it: database or disk is full" in done.stderr
    assert rights(installation.folder / "copy.backup") == 0o600


def test_a_file_name_of_another_system_costs_no_backup(installation: Installation) -> None:
    filled(installation)
    stray = os.path.join(os.fsencode(installation.rules), b"l\xe4sning.txt")  # noqa: PTH118 - bytes
    with open(stray, "w") as file:  # noqa: PTH123
        file.write("hej")
    done = installation.invoke("backup", "copy.backup")
    assert (done.exit_code, done.stderr) == (0, "")
    with archive.unpacked(installation.folder / "copy.backup") as found:
        names = [part["name"] for part in found.manifest["parts"]]
    assert "rules/ekvik/l\\udce4sning.txt" in names


def test_without_a_register_there_is_nothing_to_copy(installation: Installation) -> None:
    done = installation.invoke("backup", "copy.backup")
    assert done.exit_code == 1
    assert "there is no register" in done.stderr
    assert not (installation.folder / "var").exists()


def test_a_copy_is_of_one_instant_while_others_write(installation: Installation, tmp_path: Path) -> None:
    """Two rows are always written together; a copy that has one without the other is of no instant."""
    database = installation.new_register()
    assert database.file
    stop = threading.Event()

    def write() -> None:
        year = 1
        while not stop.is_set():
            with database.transaction() as s:
                s.execute(insert(counters).values(prefix="A", year=year, last=1))
                s.execute(insert(counters).values(prefix="B", year=year, last=1))
            year += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = []
        for name in ("one", "two", "three"):
            copy_sqlite(database.file, tmp_path / name)
            with opened_copy(tmp_path / name) as copied, copied.reading() as s:
                prefixes = s.scalars(counters.select().with_only_columns(counters.c.prefix)).all()
            assert prefixes.count("A") == prefixes.count("B")
            found.append(len(prefixes))
    finally:
        stop.set()
        writer.join()
        database.close()
    assert found == sorted(found)


def test_a_damaged_archive_says_so(installation: Installation, tmp_path: Path) -> None:
    filled(installation)
    assert installation.invoke("backup", "copy.backup").exit_code == 0
    file = installation.folder / "copy.backup"
    whole = file.read_bytes()
    another = bytes([whole[5000] ^ 1])  # whatever the byte was
    for damaged in (b"", b"no archive", whole[: len(whole) // 2], whole[:5000] + another + whole[5001:]):
        file.write_bytes(damaged)
        with (
            pytest.raises(archive.SafekeepingFault, match="no backup of this program, or damaged"),
            archive.unpacked(file),
        ):
            pass


def test_an_archive_can_name_no_file_elsewhere(tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.write_text("evil")
    with archive.beside(tmp_path / "made") as work:
        archive.write([archive.Part("../outside", part)], FACTS | {"register": "../outside"}, tmp_path / "made", work)
    with (
        pytest.raises(SafekeepingFault, match=r"'\.\./outside', which its list lacks"),
        archive.unpacked(tmp_path / "made"),
    ):
        pass
    assert sorted(each.name for each in tmp_path.iterdir()) == ["made", "part"]


FACTS = {
    "register": "register.sqlite",
    "version": "1",
    "at": "2026-05-04T01:30:00+00:00",
    "contents": {"schema": "0030", "end": "x"},
    "rules": {"ekvik": "ekvik"},
}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"register": "../elsewhere"}, id="another file"),
        pytest.param({"at": "yesterday"}, id="no instant"),
        pytest.param({"at": "2026-05-04T01:30:00"}, id="no zone"),
        pytest.param({"contents": {}}, id="no schema"),
        pytest.param({"rules": ["ekvik"]}, id="no mailboxes"),
    ],
)
def test_a_list_that_says_something_impossible_is_damage(tmp_path: Path, wrong: dict[str, object]) -> None:
    part = tmp_path / "part"
    part.write_text("a register")
    for facts, is_sound in ((FACTS, True), (FACTS | wrong, False)):
        with archive.beside(tmp_path / "made") as work:
            archive.write([archive.Part("register.sqlite", part)], facts, tmp_path / "made", work)
        expected = contextlib.nullcontext() if is_sound else pytest.raises(SafekeepingFault, match="damaged")
        with expected, archive.unpacked(tmp_path / "made") as copy:
            assert copy.register.read_text() == "a register"


@pytest.mark.parametrize(
    ("target", "says"),
    [
        pytest.param("var/synpunkten.db", "is in use", id="the register"),
        pytest.param("synpunkten.yaml", "is in use", id="the configuration"),
        pytest.param("link", "is in use", id="a link to the register"),
        pytest.param("rules/ekvik/copy.backup", "is in the rules folder", id="what is copied"),
        pytest.param("nowhere/copy.backup", "make that folder first", id="no folder"),
        pytest.param("/dev/null", "is no file", id="a device"),
    ],
)
def test_a_backup_takes_the_place_of_nothing_that_is_needed(installation: Installation, target: str, says: str) -> None:
    filled(installation)
    register = installation.folder / "var" / "synpunkten.db"
    (installation.folder / "link").symlink_to(register)
    refused = installation.invoke("backup", target, "--replace")
    assert refused.exit_code == 1
    assert says in refused.stderr
    assert register.read_bytes().startswith(b"SQLite")
    assert installation.invoke("case", "list").exit_code == 0


def test_the_newest_is_kept_where_a_clock_was_ahead(installation: Installation) -> None:
    filled(installation)
    folder = installation.folder / "nights"
    folder.mkdir()
    making.dated(folder, datetime(2090, 1, 1, tzinfo=UTC)).write_text("by a clock that was wrong")
    done = installation.invoke("backup", "nights", "--keep", "1", "--json")
    assert [str(each) for each in folder.iterdir()] == [json.loads(done.stdout)["file"]]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        pytest.param("a: {password: hemligt}", "a: {password: VALUE-NOT-IN-THE-BACKUP}", id="plain"),
        pytest.param("a: {password: 'hem ligt'}", "a: {password: VALUE-NOT-IN-THE-BACKUP}", id="quoted"),
        pytest.param("a: {password: {env: NAME}}", "a: {password: {env: NAME}}", id="named"),
        pytest.param("b: {client_secret: x}", "b: {client_secret: VALUE-NOT-IN-THE-BACKUP}", id="application"),
        pytest.param(
            "database: postgresql+psycopg://me:hem@host/db",
            "database: postgresql+psycopg://me:VALUE-NOT-IN-THE-BACKUP@host/db",
            id="address",
        ),
        pytest.param(
            "database: postgresql+psycopg://me@host/db?sslmode=require&password=hem&connect_timeout=2",
            "database: postgresql+psycopg://me@host/db?sslmode=require&password=VALUE-NOT-IN-THE-BACKUP&connect_timeout=2",
            id="address with a query",
        ),
        pytest.param(
            "# until May: hemligt1\na: b  # password: hemligt2\n# c\n  # d\ne: 'f # g' #hemligt3\nh: i#j\n",
            "\na: b\ne: 'f # g'\nh: i#j\n",
            id="comments",
        ),
        pytest.param("a: {password: |\n  two\n  lines\n}", None, id="not sure"),
        pytest.param("a: &x {password: y}\nb: *x", None, id="out of the ordinary"),
    ],
)
def test_secrets_written_in_the_configuration_are_not_kept(written: str, kept: str | None) -> None:
    assert masking.without_secrets(written) == kept


def test_postgresql_is_copied_by_its_own_program_in_one_snapshot(
    installation: Installation, postgres: Postgres, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.new_database(like=migrated)
    installation.file.write_text(installation.file.read_text().replace("sqlite:///var/synpunkten.db", url))
    database = registers.opened(url)
    Town(database, rules_of("ekvik"), NOW).writes(ANNA, HOLE)
    database.close()
    done = installation.invoke("backup", "copy.backup", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["contents"]["cases"] == 1
    with archive.unpacked(installation.folder / "copy.backup") as found:
        assert found.register.read_bytes()[:5] == b"PGDMP"

    monkeypatch.setattr("service.safekeeping.postgres.shutil.which", lambda _: None)
    monkeypatch.setattr("service.safekeeping.postgres._DEBIAN", installation.folder)
    missing = installation.invoke("backup", "other.backup")
    assert missing.exit_code == 1
    assert "pg_dump is missing; install it with `apt-get install postgresql-client-" in missing.stderr
    assert not (installation.folder / "other.backup").exists()


def test_the_line_for_each_night_is_the_command_that_is_tried() -> None:
    """`tests/test_documents.py` runs the command as it stands in the document."""
    lines = [line.strip() for line in (HOUSE / "deploy" / "BACKUP.md").read_text("utf-8").splitlines()]
    nightly = next(line for line in lines if line.startswith("30 2 * * * synpunkten "))
    assert nightly.removeprefix("30 2 * * * synpunkten ") in lines


def test_whoever_is_told_to_end_takes_away_what_is_half_made(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(installation)
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(gzip.GzipFile, "write", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    assert installation.invoke("backup", "copy.backup").exit_code == 1
    assert sorted(f.name for f in installation.folder.iterdir()) == ["rules", "synpunkten.yaml", "var"]
    assert signal.getsignal(signal.SIGTERM) is before
