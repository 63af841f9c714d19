"""A disk that is full, a register that cannot be written, a database that is restarted, a clock that jumps.

Meanwhile mails and letters wait; afterwards all gets done by itself, once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from service.desk.database import Database
from tests.cli.conftest import Installation
from tests.servers.dovecot import Dovecot
from tests.servers.own import is_root
from tests.servers.postgres import Postgres
from tests.servers.rude import Rude
from tests.wire.dying import Life
from tests.wire.street import Register, Street, account_for

PATIENCE_SECONDS = 120
WEEK = 7 * 24 * 3600


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A file system of its own, which is soon full."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def on_a_small_disk(installation: Installation, dovecot: Dovecot) -> Iterator[tuple[Street, Register, Path]]:
    """Who writes, a register on a disk of its own, and the file that fills it."""
    folder = installation.folder / "disk"
    with small_disk(folder, 8), Rude() as sink:
        installation.configure(dovecot.account(installation.address), sink.account())
        installation.use(url := f"sqlite:///{folder / 'register.db'}")
        database = Database(url)
        database.upgrade()
        yield Street(dovecot, sink, installation.address, "example.org"), Register(database), folder / "ballast"
        database.close()


def until(what: Callable[[], object], life: Life) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < ends, life.said()[-3000:]
        time.sleep(0.1)


def all_gets_done(street: Street, register: Register, life: Life) -> None:
    def is_done() -> bool:
        register.be_impatient()
        street.answer()
        return street.is_done(register)

    until(is_done, life)
    life.end()
    account_for(street, register, life.doubtful())


@pytest.mark.skipif(not is_root(), reason="a file system is mounted, as root alone may")
def test_on_a_full_disk_all_waits_and_gets_done_when_there_is_room(
    installation: Installation, dovecot: Dovecot
) -> None:
    with on_a_small_disk(installation, dovecot) as (street, register, ballast):
        sink = street.sink
        with Life(installation.file, impatient=True) as life:
            street.write()
            until(lambda: len(sink.taken) == 2, life)
            with pytest.raises(OSError, match="No space"):
                _fill(ballast)
            for _ in range(5):
                street.write()
            until(lambda: "database or disk is full" in life.said(), life)
            street.write()
            time.sleep(1.5)
            ballast.unlink()
            all_gets_done(street, register, life)


@pytest.mark.skipif(not is_root(), reason="a file system is mounted, as root alone may")
@pytest.mark.parametrize("how", ["stopped", "killed", "reloaded"])
def test_a_letter_that_left_while_the_disk_was_full_leaves_once(
    how: str, installation: Installation, dovecot: Dovecot
) -> None:
    """The disk fills while the mail server thinks; whoever administers it makes room, and starts the service anew."""
    with on_a_small_disk(installation, dovecot) as (street, register, ballast):
        sink = street.sink
        with Life(installation.file, impatient=True) as life:
            street.write()
            until(lambda: len(sink.taken) == 2 and not register.waiting(), life)
            sink.may_answer.clear()
            street.write()
            until(lambda: len(sink.taken) >= 3, life)
            with pytest.raises(OSError, match="No space"):
                _fill(ballast)
            sink.may_answer.set()
            until(lambda: "outcome-kept" in life.said() and not life.in_the_moment(), life)
            if how == "reloaded":
                _write(installation.file, installation.file.read_text().replace("poll: 1 s", "poll: 2 s"))
                os.kill(life.pid, signal.SIGHUP)
                until(lambda: "config-in-force" in life.said(), life)
                ballast.unlink()
                until(lambda: not register.waiting(), life)
            life.end() if how == "stopped" else life.kill()
            ballast.unlink(missing_ok=True)
        with Life(installation.file, impatient=True) as life:
            all_gets_done(street, register, life)


def test_a_register_that_cannot_be_written_is_left_alone_until_it_can(
    installation: Installation, dovecot: Dovecot, postgres: Postgres
) -> None:
    name = (url := postgres.new_database()).rpartition("/")[2]
    database = Database(url)
    database.upgrade()
    with Rude() as sink:
        installation.configure(dovecot.account(installation.address), sink.account())
        installation.use(url)
        street, register = Street(dovecot, sink, installation.address, "example.org"), Register(database)
        with Life(installation.file, impatient=True) as life:
            street.write()
            until(lambda: len(sink.taken) == 2, life)
            _set_read_only(database, name, "on")
            for _ in range(3):
                street.write()
            until(lambda: "ReadOnlySqlTransaction" in life.said(), life)
            _set_read_only(database, name, "off")
            all_gets_done(street, register, life)
    database.close()


def _set_read_only(database: Database, name: str, value: str) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as s:
        s.execute(text("SET default_transaction_read_only = off"))
        s.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = {value}"))
        s.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE datname = '{name}' AND pid <> pg_backend_pid()"
            )
        )
    database.engine.dispose()


def test_a_database_that_is_restarted_in_the_middle_costs_nothing(installation: Installation, dovecot: Dovecot) -> None:
    with Postgres() as server, Rude() as sink:
        database = Database(url := server.new_database())
        database.upgrade()
        installation.configure(dovecot.account(installation.address), sink.account())
        installation.use(url)
        street, register = Street(dovecot, sink, installation.address, "example.org"), Register(database)
        with Life(installation.file, impatient=True) as life:
            for _ in range(3):
                street.write()
            until(lambda: sink.taken, life)
            server.restart()
            street.write()
            all_gets_done(street, register, life)
        database.close()


@pytest.mark.parametrize("jump", [WEEK, -WEEK], ids=lambda s: f"{s / 3600:+.0f} h")
def test_a_clock_that_jumps_and_is_put_right_doubles_no_letter(
    jump: int, installation: Installation, dovecot: Dovecot
) -> None:
    clock = installation.folder / "clock"
    clock.write_text("0")
    url = f"sqlite:///{installation.folder / 'register.db'}"
    database = Database(url)
    database.upgrade()
    with Rude() as sink:
        installation.configure(dovecot.account(installation.address), sink.account())
        installation.use(url)
        street, register = Street(dovecot, sink, installation.address, "example.org"), Register(database)
        with Life(installation.file, impatient=True, clock=clock) as life:
            street.write()
            until(lambda: len(sink.taken) == 2, life)
            _write(clock, str(jump))
            street.write()
            until(lambda: register.count_in() == 2, life)
            time.sleep(1.0)
            _write(clock, "0")
            street.write()
            until(lambda: register.count_in() == 3, life)
            all_gets_done(street, register, life)
    database.close()


def _write(file: Path, content: str) -> None:
    new = file.with_suffix(".new")
    new.write_text(content)
    new.replace(file)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4096))
