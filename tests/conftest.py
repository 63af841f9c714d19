"""Real servers for the tests that ask for them: each starts once, on free loopback ports, and is ended at the end."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

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


def pytest_configure() -> None:
    """Let the servers end also when the tests are terminated."""
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", returncode=143))


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
