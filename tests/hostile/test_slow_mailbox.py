"""A mailbox's server that says nothing or drips: it holds up its own mailbox, and nothing else."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator

import pytest

from service import config, crew
from service.daemon import Daemon
from service.doors import imaplogin, tls
from service.doors.account import Security
from service.doors.inbox import Inbox
from service.doors.link import InboxError
from service.doors.vitals import Sort, Work
from tests.cli.conftest import Installation
from tests.hostile.test_rounds import arrives, at_work, happened, installation, rude, until
from tests.servers.dovecot import Dovecot
from tests.servers.dripping import Dripping
from tests.servers.rude import Rude

__all__ = ["installation", "rude"]


@pytest.fixture(params=["silent", "dripping"])
def slow(request: pytest.FixtureRequest) -> Iterator[Dripping]:
    with Dripping(is_silent=request.param == "silent") as server:
        yield server


@pytest.mark.parametrize("security", list(Security))
def test_all_that_comes_before_the_log_in_has_one_time(
    slow: Dripping, security: Security, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imaplogin, "LOGIN_SECONDS", 0.5)
    monkeypatch.setattr(tls, "_LOOK_SECONDS", 0.5)
    with pytest.raises(InboxError) as caught:
        Inbox(slow.account(security), "ekvik").connect()
    assert caught.value.temporary or caught.value.sort is Sort.CERTIFICATE  # what drips speaks no TLS


def test_a_log_in_is_given_up_from_another_thread_and_none_is_begun_after(slow: Dripping) -> None:
    inbox, told = Inbox(slow.account(), "ekvik"), []

    def connect() -> None:
        try:
            inbox.connect()
        except InboxError as error:
            told.append(error)

    waiting = threading.Thread(target=connect)
    waiting.start()
    until(lambda: slow.connections > 0)
    assert inbox.is_connecting
    inbox.give_up_connecting()
    waiting.join(5)
    assert not waiting.is_alive()
    assert not inbox.is_connecting
    connect()
    assert len(told) == 2
    assert slow.connections == 1


def test_neither_the_end_nor_a_reload_waits_for_a_log_in(
    slow: Dripping, installation: Installation, dovecot: Dovecot, rude: Rude
) -> None:
    """The other mailbox is served before and after, and the process ends in good order."""
    installation.configure(dovecot.account(installation.address), rude.account())
    text = installation.file.read_text()
    first = json.loads(text.partition("  - ")[2])
    second = first | {"name": "annex", "address": "annex@ekvik.example"}
    second["imap"] = first["imap"] | {"port": slow.port}
    installation.file.write_text(f"{text}  - {json.dumps(second)}\n")
    with at_work(installation) as (daemon, lines):
        until(lambda: "started" in happened(lines) and slow.connections > 1)
        installation.file.write_text(installation.file.read_text().replace("poll: 1 s", "poll: 2 s"))
        before = slow.connections
        daemon.send_signal(signal.SIGHUP)
        until(lambda: "config-in-force" in happened(lines), crew._GRACE)
        arrives(dovecot, installation.address)
        until(lambda: bool(rude.of("receipt")) and slow.connections > before)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(60) == 0


def test_an_answer_without_end_is_cut_off_before_the_round_counts_as_hanging(
    installation: Installation, rude: Rude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "_LONGEST_ANSWER", 0.5)
    with Dripping("CAPABILITY", "LOGIN") as slow:
        installation.configure(slow.account(), rude.account())
        daemon = Daemon(config.load(installation.file))
        daemon.manager.watchdog_seconds = 0.1
        thread = threading.Thread(target=daemon.run)
        thread.start()
        try:
            until(
                lambda: (
                    Work.POLL in (courses := daemon.vitals.health("ekvik").courses) and courses[Work.POLL].failures > 1
                )
            )
        finally:
            daemon.stop.set()
            thread.join(60)
    assert not thread.is_alive()
