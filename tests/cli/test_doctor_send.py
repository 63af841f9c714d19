"""`synpunkten doctor --send`: mail goes both ways over real servers, and nothing is left behind."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime, timedelta

import pytest

from service import examination
from service.config import examine
from service.doors.account import Server
from service.examination import Status, trial
from tests.cli.conftest import Installation
from tests.cli.test_run import write
from tests.servers.mail_system import MailSystem


@pytest.fixture
def connected(installation: Installation, mail_system: MailSystem) -> Installation:
    installation.configure(mail_system.imap(installation.address), mail_system.smtp())
    return installation


def way(installation: Installation, **how: bool) -> examination.Check:
    (found,) = (c for c in examination.checks(installation.file, **how) if c.name == "mail both ways ekvik")
    return found


def test_a_letter_goes_both_ways_and_nothing_is_left(connected: Installation, mail_system: MailSystem) -> None:
    mail_system.deliver(b"Subject: Hej\r\n\r\nEtt annat mejl\r\n", connected.address)
    found = way(connected, send=True)
    assert found.status is Status.OK, found
    assert "lay in INBOX after " in found.text
    (left,) = mail_system.mailbox(connected.address)
    assert b"Ett annat mejl" in left
    assert not (connected.folder / "var").exists()


def test_without_a_try_there_is_no_green(connected: Installation, mail_system: MailSystem) -> None:
    found = way(connected)
    assert (found.status, "`synpunkten doctor --send`" in found.text) == (Status.WARNING, True)
    assert mail_system.mailbox(connected.address) == []
    write(connected, mail_system, "anna")
    assert connected.run("run", "--once").returncode == 0
    found = way(connected)
    assert (found.status, "the server took a letter" in found.text) == (Status.OK, True)


def test_that_it_was_tried_is_kept(connected: Installation) -> None:
    """A quiet mailbox: nobody has written, and `--send` was all that went both ways."""
    assert connected.run("run", "--once").returncode == 0
    assert "not tried" in way(connected).text
    assert way(connected, send=True).status is Status.OK
    found = way(connected)
    assert (found.status, found.text[:26]) == (Status.OK, "a trial letter came back 2")
    config = examine(connected.file)
    assert config.database
    later = trial.lately(config.database, config.parts[0], datetime.now(UTC) + timedelta(days=2))
    assert (later.status, later.text.startswith("last tried 2")) == (Status.WARNING, True)
    (journal,) = (c for c in examination.checks(connected.file) if c.name == "journal")
    assert journal.status is Status.OK


def test_a_running_daemon_makes_no_case_of_it(connected: Installation, mail_system: MailSystem) -> None:
    daemon = connected.start("run")
    try:
        mail_system.mailbox(write(connected, mail_system, "first"), at_least=1)
        for _ in range(2):
            done = connected.run("doctor", "--send", "--quiet")
            assert not [line for line in done.stdout.splitlines() if "both ways" in line], done.stdout
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=30)
    assert len(json.loads(connected.run("case", "list", "--json").stdout)) == 1
    assert json.loads(connected.run("quarantine", "list", "--json").stdout) == []
    assert [len(mail_system.mailbox(connected.address, folder=name)) for name in ("INBOX", "Ärenden")] == [0, 1]


def test_a_letter_that_never_comes_fails(connected: Installation, mail_system: MailSystem) -> None:
    connected.configure(mail_system.imap("nagon.annan@ekvik.example"), mail_system.smtp())
    (part,) = examine(connected.file).parts
    found = trial.both_ways("", part, patience=1).check
    assert (found.status, "is this the mailbox of that address?" in found.text) == (Status.FAILED, True)


def test_a_letter_that_is_put_aside_is_found(connected: Installation) -> None:
    text = connected.file.read_text()
    connected.file.write_text(text.replace('"rules": ', '"folders": {"inbox": "Annat"}, "rules": '))
    (part,) = examine(connected.file).parts
    assert part.imap
    with trial.Inbox(part.imap, part.name) as inbox:
        inbox.append("Annat", b"Subject: Hej\r\n\r\nHej\r\n")
    found = trial.both_ways("", part, patience=1).check
    assert (found.status, "puts it aside" in found.text) == (Status.WARNING, True), found


def test_what_the_server_refuses_is_told(connected: Installation, mail_system: MailSystem) -> None:
    imap = mail_system.imap(connected.address)
    connected.configure(Server(imap.host, imap.port, imap.security, imap.username, "fel"), mail_system.smtp())
    assert way(connected, send=True).status is Status.FAILED
    assert mail_system.mailbox(connected.address) == []


def test_a_letter_goes_to_a_person(connected: Installation, mail_system: MailSystem) -> None:
    done = connected.run("doctor", "--to", "it@ekvik.example")
    assert "letter from ekvik: the server took it for it@ekvik.example" in done.stdout
    raw = mail_system.mailbox("it@ekvik.example", at_least=1)[-1]
    assert b"Subject: Provmejl" in raw
    assert connected.run("doctor", "--to", "ingen adress").returncode == 2
