"""What many tests share: Ekvik's rules, an empty register, and real servers.

Each server starts once, where a test asks for it, on free loopback ports, and is ended at the end.

Which database: a test of its own SQL says `pytest.mark.databases("sqlite", "postgresql")`, for itself or its module,
and runs over each of them; that are the tests of the desk, and one conversation at least for each statement that a
conversation leads to (the modules of `tests/conversations` with that mark). All others decide the same over either and
run over SQLite alone: twice as many tests would prove no more.
"""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import settings

from service.core.rules.rulebook import RuleBook
from service.desk.database import Database
from service.desk.post import claims
from tests import registers
from tests.conversations.town import rules_of
from tests.demands import table, with_a_test
from tests.servers import dovecot as dovecot_server
from tests.servers import postfix as postfix_server
from tests.servers import postgres as postgres_server
from tests.servers import sink as sink_server
from tests.servers.dovecot import Dovecot
from tests.servers.mail_system import MailSystem
from tests.servers.own import find, is_root
from tests.servers.postfix import Postfix
from tests.servers.postgres import Postgres
from tests.servers.sink import SmtpSink

if TYPE_CHECKING:
    from collections.abc import Iterator


# A run holds thirteen thousand tests: looking for circles among them each time that 700 things are new takes a
# sixth of the time in which they are collected.
gc.set_threshold(50_000)

# Property tests: none may fail because the machine is busy, and the same code gives the same result. With WANDER set
# they look elsewhere each time, as `make fuzz` does.
settings.register_profile("steady", deadline=None, derandomize=not os.environ.get("WANDER"))
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    """Let the servers end also when the tests are terminated."""
    config.addinivalue_line("markers", "databases(*sorts): run over each of sqlite, postgresql that is named")
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", returncode=143))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that wait longest: at the end no process sits over one of them while the others are done."""
    items.sort(key=lambda item: item.path.parent.name != "wire")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many of the routines' demands the tests of this run have shown to be met; not with `-q`."""
    passed, failed = (
        [report.nodeid.partition("[")[0].rpartition("::")[2] for report in terminalreporter.getreports(outcome)]
        for outcome in ("passed", "failed")
    )
    if terminalreporter.verbosity >= 0 and with_a_test(passed):
        terminalreporter.section("demands that the service itself must meet, and that tests have shown to be met")
        for line in table(passed, failed):
            terminalreporter.write_line(line)


def need(program: str | None, install: str) -> None:
    """Skip the test with what to do about it, unless the program is there."""
    if program is None:
        pytest.skip(f"a server is missing; install it as root with: {install}")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """IMAP and LMTP, a mailbox for every address."""
    need(find("dovecot"), dovecot_server.INSTALL)
    with Dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """SMTP, delivering to `dovecot`."""
    need(find("postfix"), postfix_server.INSTALL)
    if not is_root():
        pytest.skip(postfix_server.NEEDS_ROOT)
    with Postfix(dovecot.lmtp_port) as server:
        yield server


@pytest.fixture(scope="session")
def mail_system(dovecot: Dovecot, postfix: Postfix) -> MailSystem:
    """Both together, as people and the service see them."""
    return MailSystem(dovecot, postfix)


@pytest.fixture(scope="session")
def smtp_sink() -> Iterator[SmtpSink]:
    """An SMTP server that takes everything and keeps nothing."""
    need(find("smtp-sink"), sink_server.INSTALL)
    with SmtpSink() as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """An own PostgreSQL cluster; `new_database()` gives an empty database and its URL."""
    need(postgres_server.program("initdb"), postgres_server.INSTALL)
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def ekvik() -> RuleBook:
    """The invented municipality's rules, as shipped."""
    return rules_of("ekvik")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what says so over more databases than one."""
    mark = metafunc.definition.get_closest_marker("databases")
    if mark and "database_sort" in metafunc.fixturenames:
        metafunc.parametrize("database_sort", mark.args, indirect=True)


@pytest.fixture
def database_sort(request: pytest.FixtureRequest) -> str:
    """The sort of database that this test runs over."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def migrated(postgres: Postgres) -> str:
    """The address of a PostgreSQL database with all tables and no rows, to be copied and never opened."""
    url = postgres.new_database()
    database = Database(url)
    database.upgrade()
    database.close()
    return url


@pytest.fixture
def bare_url(database_sort: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables, for the tests of what makes them."""
    if database_sort == "sqlite":
        return f"sqlite:///{tmp_path / 'register.db'}"
    return str(request.getfixturevalue("postgres").new_database())


@pytest.fixture
def database(database_sort: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty register."""
    if database_sort == "sqlite":
        database = registers.new(tmp_path / "register.db")
        yield database
        database.close()
        return
    postgres, migrated = request.getfixturevalue("postgres"), request.getfixturevalue("migrated")
    database = registers.opened(postgres.new_database(like=migrated))
    # the server's clock goes on by itself; here time is what the test says
    with patch.object(claims, "instant", lambda _, now: now):
        yield database
    database.close()
    postgres.drop(str(database.url))
