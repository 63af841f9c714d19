"""Servers that hang, refuse, fill up and forget; processes that die; people who tidy the mailbox meanwhile."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from sqlalchemy import text

from service.desk.database import Database
from service.desk.occupancy import Occupancy, Occupied
from service.doors import delivery, imap, imaplogin, smtp, tls
from service.doors.account import Security, Server
from service.doors.inbox import Inbox
from service.doors.link import InboxError
from service.doors.rounds import Pause, Round, StopSign
from service.doors.smtp import DeliveryError
from service.doors.vitals import Sort
from tests.cli.conftest import Installation, events, said
from tests.conversations.town import STOCKHOLM
from tests.servers.dovecot import Dovecot
from tests.servers.forked import Running
from tests.servers.postfix import Postfix
from tests.servers.rude import Rude

HOLE = "Det är ett stort hål i asfalten på Lillgränd."
GRACE_SECONDS = 30  # a mail server may be silent for ten minutes; a busy machine is slow


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation.made(tmp_path)


@pytest.fixture
def rude() -> Iterator[Rude]:
    with Rude() as server:
        yield server


def mail(to: str, text: str = HOLE, when: datetime | None = None) -> bytes:
    stamp = f"{when or datetime.now(UTC):%a, %d %b %Y %H:%M:%S +0000}"
    person = f"anna-{uuid4().hex[:8]}@example.org"
    return (
        f"From: Anna Ek <{person}>\r\nTo: {to}\r\nSubject: Hål\r\nDate: {stamp}\r\nMessage-ID: <{person}>\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
    ).encode()


def arrives(dovecot: Dovecot, to: str, count: int = 1, when: datetime | None = None) -> None:
    dovecot.put(to, *[mail(to, f"{HOLE} Nummer {n}.", when) for n in range(count)], when=when)


def rows(installation: Installation, question: str) -> list[Any]:
    file = installation.folder / "var" / "synpunkten.db"
    if not file.exists():
        return []
    with closing(sqlite3.connect(file, timeout=30)) as register:
        try:
            return register.execute(question).fetchall()
        except sqlite3.OperationalError:  # not migrated yet
            return []


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(0.1)


@contextmanager
def at_work(installation: Installation) -> Iterator[tuple[Running, list[str]]]:
    """The daemon, and the lines of its log as they come."""
    daemon = installation.start("run", "--config", str(installation.file))
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(daemon.stderr))
    reader.start()
    try:
        yield daemon, lines
    finally:
        daemon.kill()
        daemon.wait()
        reader.join()
        daemon.stderr.close()


def happened(lines: list[str]) -> list[str]:
    return [event["event"] for event in events("".join(lines))]


# --- the mail server -------------------------------------------------------------------------------------------------


def test_a_mail_server_that_never_answers_holds_up_neither_mails_nor_the_end(
    installation: Installation, dovecot: Dovecot, rude: Rude
) -> None:
    """The letters in hand are uncertain then: they may have arrived."""
    rude.hang = "DOT"
    installation.configure(dovecot.account(installation.address), rude.account())
    arrives(dovecot, installation.address, 3)
    with at_work(installation) as (daemon, lines):
        until(lambda: bool(rude.taken))
        arrives(dovecot, installation.address, 3)
        until(lambda: rows(installation, "SELECT count(*) FROM cases") == [(6,)])
        began = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(60) == 0
        assert time.monotonic() - began < GRACE_SECONDS
    assert happened(lines)[-1] == "stopped"
    states = dict(rows(installation, "SELECT state, count(*) FROM messages WHERE direction = 'out' GROUP BY state"))
    assert states == {"uncertain": len(rude.taken), "queued": 12 - len(rude.taken)}
    assert rows(installation, "SELECT DISTINCT kind FROM journal WHERE kind = 'uncertain'") == [("uncertain",)]


def test_an_uncertain_letter_is_sent_once_more_and_then_told_to_the_registrar(
    installation: Installation, dovecot: Dovecot, rude: Rude
) -> None:
    rude.cut = "DOT"
    installation.configure(dovecot.account(installation.address), rude.account())
    arrives(dovecot, installation.address)
    now = datetime.now(UTC)

    def one_pass(after: timedelta) -> None:
        installation.run("run", "--once", "--now", (now + after).isoformat())

    one_pass(timedelta())
    receipts = [each.message_id for each in rude.of("receipt")]
    assert len(receipts) == 1
    one_pass(timedelta(minutes=50))
    assert len(rude.of("receipt")) == 1
    one_pass(timedelta(minutes=70))
    assert [each.message_id for each in rude.of("receipt")] == receipts * 2
    rude.cut = ""
    one_pass(timedelta(days=2))
    assert [each.message_id for each in rude.of("receipt")] == receipts * 2
    told = [each for each in rude.of("alert") if "kanske inte" in str(each.mail["Subject"]) or each.recipient]
    assert any(each.recipient == "registrator@ekvik.example" for each in told)


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_link_that_dies_before_the_dot_costs_a_letter_nothing(
    installation: Installation, dovecot: Dovecot, rude: Rude, step: str
) -> None:
    rude.cut = step
    installation.configure(dovecot.account(installation.address), rude.account())
    arrives(dovecot, installation.address)
    now = datetime.now(UTC)
    for minutes in range(3):
        installation.run("run", "--once", "--now", (now + timedelta(minutes=2 * minutes)).isoformat())
    rude.cut = ""
    assert installation.run("run", "--once", "--now", (now + timedelta(minutes=8)).isoformat()).returncode == 0
    assert len(rude.of("receipt")) == 1
    assert rows(installation, "SELECT max(attempts) FROM messages WHERE direction = 'out'") == [(0,)]


def test_an_account_that_may_not_send_gives_no_letter_up(
    installation: Installation, dovecot: Dovecot, rude: Rude
) -> None:
    """For a week; the fault is loud, and delivery goes on by itself."""
    rude.answers["MAIL"] = "550 5.7.60 SMTP; Client does not have permissions to send as this sender"
    installation.configure(dovecot.account(installation.address), rude.account())
    arrives(dovecot, installation.address, 2)
    now = datetime.now(UTC)
    for hours in (0, 1, 50, 170):
        done = installation.run("run", "--once", "--now", (now + timedelta(hours=hours)).isoformat())
        assert done.returncode == 1
        assert "5.7.60" in "".join(said(done.stderr))
    assert rows(installation, "SELECT count(*) FROM messages WHERE state = 'refused'") == [(0,)]
    doctor = installation.run("doctor")
    assert doctor.returncode == 1
    assert any("FAILED" in line and "5.7.60" in line for line in doctor.stdout.splitlines())
    rude.answers.clear()
    done = installation.run("run", "--once", "--now", (now + timedelta(hours=171)).isoformat())
    assert done.returncode == 0
    assert len(rude.of("receipt")) == 2


# --- the mailbox -----------------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_made_holds_up_no_mail(
    installation: Installation, dovecot: Dovecot, rude: Rude
) -> None:
    """Mails go on being handled, once each; the registrar hears of it, once."""
    installation.configure(dovecot.account(installation.address), rude.account())
    arrives(dovecot, installation.address)
    (dovecot.directory / "mail" / installation.address / ".&AMQ-renden").write_text("in the way")
    for number in range(1, 4):
        done = installation.run("run", "--once")
        assert rows(installation, "SELECT count(*) FROM cases") == [(number,)]
        assert "Ärenden" in "".join(said(done.stderr))
        arrives(dovecot, installation.address)
    assert len(rude.of("receipt")) == 3
    told = [each for each in rude.of("alert") if each.recipient == "registrator@ekvik.example"]
    assert len(told) == 1
    (dovecot.directory / "mail" / installation.address / ".&AMQ-renden").unlink()
    assert installation.run("run", "--once").returncode == 0
    assert len(dovecot.mailbox(installation.address, "Ärenden")) == 4
    assert dovecot.mailbox(installation.address) == []


def test_one_mail_that_cannot_be_moved_holds_up_no_other(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"{uuid4().hex[:8]}@ekvik.example"
    dovecot.put(address, *[mail(address) for _ in range(40)])
    move = IMAPClient.move

    def refusing(client: IMAPClient, uids: list[int], path: str) -> Any:
        if 17 in uids:
            raise IMAPClientError("move failed: [SERVERBUG] Internal error occurred")
        return move(client, uids, path)

    monkeypatch.setattr(IMAPClient, "move", refusing)
    with Inbox(dovecot.account(address), "ekvik") as inbox:
        refused = inbox.file_away({"Ärenden": inbox.uids()})
        assert list(refused) == [17]
        assert "SERVERBUG" in refused[17]
        assert inbox.uids() == [17]


def test_people_who_delete_mails_meanwhile_are_no_fault(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO [EXPUNGEISSUED] to MOVE and to FETCH: what is left is listed anew."""
    address = f"{uuid4().hex[:8]}@ekvik.example"
    dovecot.put(address, *[mail(address) for _ in range(6)])
    for name in ("move", "fetch"):
        whole = getattr(IMAPClient, name)

        def refusing(client: IMAPClient, uids: list[int], *more: Any, whole: Any = whole) -> Any:
            if 2 in uids:
                with dovecot.client(address) as person:
                    person.select_folder("INBOX")
                    person.delete_messages([2])
                    person.expunge()
                raise IMAPClientError("failed: [EXPUNGEISSUED] Some of the requested messages no longer exist.")
            return whole(client, uids, *more)

        monkeypatch.setattr(IMAPClient, name, refusing)
    with Inbox(dovecot.account(address), "ekvik") as inbox:
        fetched = [found.uid for batch in inbox.new_mail(lambda _, __: set()) for found in batch]
        assert fetched == [1, 3, 4, 5, 6]
        assert inbox.file_away({"Ärenden": [1, 2, 3]}) == {}
        assert inbox.uids() == [4, 5, 6]


def test_a_large_inbox_is_listed_in_answers_of_bounded_length(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{uuid4().hex[:8]}@ekvik.example"
    dovecot.put(address, *[mail(address) for _ in range(25)])
    answers: list[int] = []
    search = IMAPClient.search

    def counted(client: IMAPClient, criteria: Any) -> Any:
        found = search(client, criteria)
        answers.append(len(found))
        return found

    monkeypatch.setattr(imap, "MAILS_A_SEARCH", 10)
    monkeypatch.setattr(IMAPClient, "search", counted)
    with Inbox(dovecot.account(address), "ekvik") as inbox:
        assert inbox.uids() == list(range(1, 26))
        assert inbox.uids(datetime.now(UTC), 1 << 40) == list(range(1, 26))
        assert inbox.uids(datetime.now(UTC) + timedelta(days=30), 1 << 40) == []
        assert inbox.uids(datetime.now(UTC) + timedelta(days=30), 20) == list(range(20, 26))
    assert max(answers) <= 11


# --- the first start -------------------------------------------------------------------------------------------------

OLD = datetime.now(UTC) - timedelta(days=400)
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def test_the_first_start_leaves_old_mails_and_tells_the_registrar_once(
    installation: Installation, dovecot: Dovecot, rude: Rude
) -> None:
    installation.configure(dovecot.account(installation.address), rude.account())
    arrives(dovecot, installation.address, 3, OLD)
    arrives(dovecot, installation.address, 1, YESTERDAY)
    arrives(dovecot, installation.address, 1)
    for _ in range(2):
        assert installation.run("run", "--once").returncode == 0
    assert rows(installation, "SELECT count(*) FROM cases") == [(2,)]
    assert len(rude.of("receipt")) == 2
    assert len(dovecot.mailbox(installation.address)) == 3
    (told,) = [each for each in rude.of("alert") if each.recipient == "registrator@ekvik.example"]
    text = told.mail.get_payload()[0].get_payload(decode=True).decode()  # type: ignore[union-attr,index]
    assert "låg 3 mejl" in text
    arrives(dovecot, installation.address, 1, OLD)  # somebody moves an old mail in: that is a wish
    assert installation.run("run", "--once").returncode == 0
    assert rows(installation, "SELECT count(*) FROM cases") == [(3,)]


def test_old_mails_that_were_copied_yesterday_are_told_by_the_municipalitys_own_stamp(
    installation: Installation, dovecot: Dovecot, rude: Rude
) -> None:
    installation.configure(dovecot.account(installation.address), rude.account())
    stamp = f"Received: from x by mx.ekvik.example; {OLD:%a, %d %b %Y %H:%M:%S} +0000\r\n".encode()
    dovecot.put(installation.address, stamp + mail(installation.address), mail(installation.address))
    assert installation.run("run", "--once").returncode == 0
    assert rows(installation, "SELECT count(*) FROM cases") == [(1,)]
    assert len(dovecot.mailbox(installation.address)) == 1
    assert len(rude.of("receipt")) == 1
    (told,) = [each for each in rude.of("alert") if each.recipient == "registrator@ekvik.example"]
    words = told.mail.get_payload()[0].get_payload(decode=True).decode()  # type: ignore[union-attr,index]
    assert "Det är inte registrerat, ingen har fått något svar" in words
    # what that letter advises is done: an earlier day takes the mail in, and the day is drawn once
    earlier = (OLD - timedelta(days=30)).date()
    installation.file.write_text(installation.file.read_text().replace('{"name"', f'{{"since": {earlier}, "name"'))
    for _ in range(2):
        assert installation.run("run", "--once").returncode == 0
    assert rows(installation, "SELECT count(*) FROM cases") == [(2,)]
    assert dovecot.mailbox(installation.address) == []


def test_since_draws_the_border_and_nobody_is_told(installation: Installation, dovecot: Dovecot, rude: Rude) -> None:
    installation.configure(dovecot.account(installation.address), rude.account())
    since = (datetime.now(STOCKHOLM) - timedelta(days=30)).date()  # a date is the municipality's own
    text = installation.file.read_text().replace('{"name"', f'{{"since": {since}, "name"')
    installation.file.write_text(text)
    for days in (29, 31, 400):
        arrives(dovecot, installation.address, 1, datetime.now(UTC) - timedelta(days=days))
    done = installation.run("run", "--once")
    print(done.stderr)
    assert done.returncode == 0
    assert rows(installation, "SELECT count(*) FROM cases") == [(1,)]
    assert len(dovecot.mailbox(installation.address)) == 2
    arrives(dovecot, installation.address, 1, OLD)
    assert installation.run("run", "--once").returncode == 0
    assert rows(installation, "SELECT count(*) FROM cases") == [(1,)]


# --- processes -------------------------------------------------------------------------------------------------------


def test_a_second_one_on_the_same_register_is_refused(installation: Installation, dovecot: Dovecot, rude: Rude) -> None:
    installation.configure(dovecot.account(installation.address), rude.account())
    with at_work(installation) as (daemon, lines):
        until(lambda: "started" in happened(lines))
        for arguments in (["run", "--once"], ["run"]):
            second = installation.run(*arguments)
            assert second.returncode == 1
            (line,) = said(second.stderr)
            assert f"process {daemon.pid}" in line
            assert '"faults": 0' not in second.stderr
        daemon.kill()
        daemon.wait()
        assert installation.run("run", "--once").returncode == 0, "a dead one holds nothing"


def test_on_postgresql_several_may_work_and_know_of_each_other(postgres: Any) -> None:
    url = postgres.new_database()
    with closing(Database(url)) as one, closing(Database(url)) as other, Occupancy(one) as first:
        with Occupancy(other) as second:
            assert first.is_alive(second.run)
            assert second.is_alive(first.run)
            with one.transaction() as s:  # as a restart of the database does
                s.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
            assert not first.is_alive(second.run)
            assert second.is_alive(second.run)
            assert first.is_alive(second.run)
            assert second.is_alive(first.run)
            assert first.is_alive(second.run)
        assert not first.is_alive(second.run)


def test_on_sqlite_one_works_at_a_time(tmp_path: Path) -> None:
    one = Database(f"sqlite:///{tmp_path / 'register.db'}")
    with Occupancy(one), pytest.raises(Occupied, match=f"process {os.getpid()}"), Occupancy(one):
        pass
    (tmp_path / "another.db").symlink_to("register.db")
    other = Database(f"sqlite:///{tmp_path / 'another.db'}")
    with Occupancy(one), pytest.raises(Occupied, match="another synpunkten"), Occupancy(other):
        pass
    with Occupancy(one):
        pass
    one.close()
    other.close()


@pytest.mark.parametrize("way", ["the lock's file is removed", "a hard link", "a symbolic link"])
def test_no_other_name_lets_a_second_one_in(installation: Installation, dovecot: Dovecot, rude: Rude, way: str) -> None:
    installation.configure(dovecot.account(installation.address), rude.account())
    register = installation.folder / "var" / "synpunkten.db"
    other = register.with_name("other.db")
    with at_work(installation) as (daemon, lines):
        until(lambda: "started" in happened(lines))
        if way == "the lock's file is removed":
            register.with_name(f"{register.name}.lock").unlink()
        else:
            other.hardlink_to(register) if "hard" in way else other.symlink_to(register)
            installation.use("sqlite:///var/other.db")
        for _ in range(2):  # the first leaves a lock's file of its own
            second = installation.run("run", "--once")
            assert second.returncode == 1
            (line,) = said(second.stderr)
            assert "another synpunkten" in line
        assert daemon.poll() is None


@pytest.mark.parametrize("with_log", [True, False])
def test_a_register_that_is_replaced_under_a_daemon_ends_it(
    installation: Installation, dovecot: Dovecot, rude: Rude, *, with_log: bool
) -> None:
    """What it would go on to write lies in a file without a name; its log would be replayed into the new one."""
    installation.configure(dovecot.account(installation.address), rude.account())
    register = installation.folder / "var" / "synpunkten.db"
    with at_work(installation) as (daemon, lines):
        until(lambda: "started" in happened(lines))
        with closing(sqlite3.connect(register)) as now, closing(sqlite3.connect(register.with_name("copy"))) as copy:
            now.backup(copy)
        arrives(dovecot, installation.address, 1)
        until(lambda: len(rude.of("receipt")) == 1)
        if not with_log:
            for suffix in ("-wal", "-shm"):
                register.with_name(register.name + suffix).unlink()
        register.with_name("copy").replace(register)
        until(lambda: daemon.poll() is not None)
        assert daemon.returncode == 1
    assert "another file has been put in its place" in said("".join(lines))[-1]
    assert not register.with_name(f"{register.name}-wal").exists()
    assert rows(installation, "SELECT count(*) FROM cases") == [(0,)]


def test_a_machine_that_is_put_back_to_a_snapshot_loses_no_mail_and_gives_no_number_twice(
    installation: Installation, dovecot: Dovecot, rude: Rude
) -> None:
    """All that lies on its disk is of yesterday, and the mailbox is of today."""
    installation.configure(dovecot.account(installation.address), rude.account())
    var, snapshot = installation.folder / "var", installation.folder / "snapshot"

    def passes(mails: int) -> None:
        arrives(dovecot, installation.address, mails)
        assert installation.run("run", "--once").returncode == 0

    def found() -> tuple[int, list[str]]:
        done = installation.run("doctor")
        return done.returncode, [line for line in done.stdout.splitlines() if "lost days ekvik" in line]

    passes(1)
    shutil.copytree(var, snapshot)
    passes(2)
    assert found() == (0, [])
    shutil.rmtree(var)
    snapshot.rename(var)
    status, (told,) = found()
    assert status == 1
    assert told.startswith("FAILED")
    assert "2 mails that it has never had" in told
    passes(1)
    status, (told,) = found()
    assert status == 0
    assert told.startswith("warning")
    assert rows(installation, "SELECT count(*) FROM cases") == [(4,)]
    given = [str(letter.mail["X-Synpunkten-Case"]) for letter in rude.of("receipt")]
    assert len({*given}) == len(given) == 4
    told_to = [x.recipient for x in rude.of("alert") if x.recipient == "registrator@ekvik.example"]
    assert len(told_to) == 1


def test_the_register_is_readable_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        database = Database(f"sqlite:///{tmp_path / 'register.db'}")
        with Occupancy(database):
            database.upgrade()
            with database.transaction():
                found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        database.close()
    finally:
        os.umask(before)
    assert found.keys() >= {"register.db", "register.db-wal", "register.db-shm", "register.db.lock"}
    assert set(found.values()) == {0o600}


def test_hanging_up_reads_the_configuration_again(installation: Installation, dovecot: Dovecot, rude: Rude) -> None:
    """A faulty one changes nothing; a right one is taken over without an end of the process."""
    installation.configure(dovecot.account(installation.address), rude.account())
    right = installation.file.read_text()
    with at_work(installation) as (daemon, lines):
        until(lambda: "started" in happened(lines))
        installation.file.write_text(right.replace("poll:", "pol:"))
        daemon.send_signal(signal.SIGHUP)
        until(lambda: "config-refused" in happened(lines))
        installation.file.write_text(right.replace("poll: 1 s", "poll: 2 s"))
        daemon.send_signal(signal.SIGHUP)
        until(lambda: "config-in-force" in happened(lines))
        arrives(dovecot, installation.address)
        until(lambda: bool(rude.of("receipt")))
        assert daemon.poll() is None
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(60) == 0


def test_hanging_up_takes_over_mailboxes_secrets_and_log(
    installation: Installation, dovecot: Dovecot, rude: Rude
) -> None:
    """A second mailbox is added and served, its password changes in its file, and it is taken out again."""
    installation.configure(dovecot.account(installation.address), rude.account())
    alone, password = installation.file.read_text(), installation.folder / "secret"
    annex = f"annex-{uuid4().hex}@ekvik.example"
    first = json.loads(alone.partition("  - ")[2])
    second = first | {"name": "annex", "address": annex}
    second["imap"] = first["imap"] | {"username": annex, "password": {"file": "secret"}}
    password.write_text(f"{first['imap']['password']}\n")
    with at_work(installation) as (daemon, lines):

        def taken_over(text: str) -> None:
            known = happened(lines).count("config-in-force")
            installation.file.write_text(text)
            daemon.send_signal(signal.SIGHUP)
            until(lambda: happened(lines).count("config-in-force") > known)

        until(lambda: "started" in happened(lines))
        taken_over(f"{alone}  - {json.dumps(second)}\n")
        arrives(dovecot, annex)
        until(lambda: bool(rude.of("receipt")))
        password.write_text("wrong\n")
        taken_over(installation.file.read_text())
        until(lambda: "login" in [event.get("sort") for event in events("".join(lines))])
        installation.file.write_text(alone.replace("level: debug", "level: warning"))
        daemon.send_signal(signal.SIGHUP)
        until(lambda: "mailbox-not-named" in happened(lines))
        assert [e["open_cases"] for e in events("".join(lines)) if e["event"] == "mailbox-not-named"] == [1]
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(60) == 0
    assert "stopped" not in happened(lines)


def test_sigterm_ends_a_daemon_whose_handling_hangs(installation: Installation, dovecot: Dovecot, rude: Rude) -> None:
    """Cut off after some seconds, told in the log; the mail lies where it was."""
    installation.configure(dovecot.account(installation.address), rude.account())
    arrives(dovecot, installation.address)
    program = (
        "import time; from service.desk import handling; handling.handle_mail = lambda *_: time.sleep(3600);"
        "from service import crew; crew._GRACE = 1.0;"  # where else it is six seconds and a half
        "from service.cli import main; main()"
    )
    daemon = subprocess.Popen(
        [sys.executable, "-c", program, "run", "--config", str(installation.file)],
        cwd=installation.folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: rows(installation, "SELECT count(*) FROM in_hand") == [(1,)])
        began = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        _, log = daemon.communicate(timeout=60)
        assert time.monotonic() - began < GRACE_SECONDS
    finally:
        daemon.kill()
        daemon.wait()
    assert daemon.returncode == 1
    assert events(log)[-1]["event"] == "stopped-hard"
    assert events(log)[-1]["hanging"] == ["poll ekvik"]
    assert len(dovecot.mailbox(installation.address)) == 1


def test_waiting_does_not_follow_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back a day while it runs: the work goes on."""
    stop, done = StopSign(), []
    wall = time.time

    def work() -> Pause:
        done.append(1)
        monkeypatch.setattr(time, "time", lambda: wall() - 86_400 * len(done))
        if len(done) == 5:
            stop.set()
        return Pause(0.01)

    each = Round("a", work, stop)
    each.start()
    each.join(30)
    assert len(done) == 5


def test_a_fault_in_a_round_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from service.doors import rounds

    monkeypatch.setattr(rounds, "_SECONDS_AFTER_A_FAULT", 0.01)
    stop, done = StopSign(), []

    def work() -> Pause:
        done.append(1)
        if len(done) == 2:
            stop.set()
            return Pause(0)
        raise ValueError("anna@example.org")

    each = Round("a", work, stop)
    each.start()
    each.join(30)
    assert len(done) == 2


# --- what an administrator reads ------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_untrusted_certificate_is_named_and_ca_file_makes_it_trusted(
    installation: Installation, dovecot: Dovecot, postfix: Postfix, security: str
) -> None:
    """Whose it is, who issued it, until when it holds, and what to write."""
    imap = dovecot.account(installation.address, Security(security))
    smtp = postfix.account(Security.STARTTLS)
    installation.configure(imap, smtp)
    lines = installation.run("doctor").stdout.splitlines()
    for name in ("imap ekvik", "smtp ekvik"):
        (line,) = [each for each in lines if f"{name}:" in each]
        assert line.startswith("FAILED")
        assert "it is for localhost, issued by localhost, valid until 20" in line
        assert line.endswith("Then name its certificate's file with `ca_file`")
    for server, certificate in ((imap, dovecot.certificate), (smtp, postfix.certificate)):
        trusting = dataclasses.replace(server, ca_file=certificate)
        if server is imap:
            Inbox(trusting, "ekvik").__enter__().close()
        else:
            assert "security starttls" in delivery.check(trusting)
    text = installation.file.read_text()
    trusted = text.replace('"security"', f'"ca_file": "{dovecot.certificate}", "security"', 1)
    installation.file.write_text(trusted)
    assert any(
        line.startswith("ok") and "imap ekvik" in line for line in installation.run("doctor").stdout.splitlines()
    )


def test_a_ca_file_that_is_none_is_told_with_its_place(installation: Installation) -> None:
    text = installation.file.read_text()
    installation.file.write_text(text.replace('"security"', '"ca_file": "synpunkten.yaml", "security"', 1))
    done = installation.run("doctor")
    assert "holds no certificate in PEM form" in done.stdout


def test_tls_towards_a_port_without_it_says_so(dovecot: Dovecot, rude: Rude) -> None:
    plain = dovecot.account("a@ekvik.example")
    with pytest.raises(InboxError, match="answers without TLS on this port") as caught:
        Inbox(dataclasses.replace(plain, security=Security.TLS), "ekvik").connect()
    assert "starttls" in caught.value.advice
    assert "993" in caught.value.advice
    with pytest.raises(DeliveryError, match="answers without TLS on this port") as refused:
        delivery.check(dataclasses.replace(rude.account(), security=Security.TLS))
    assert "465" in refused.value.advice


@pytest.mark.parametrize("security", [Security.NONE, Security.STARTTLS])
def test_no_tls_towards_a_port_that_waits_for_it_says_so(
    dovecot: Dovecot, security: Security, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imaplogin, "GREETING_SECONDS", 0.5)
    monkeypatch.setattr(smtp, "GREETING_SECONDS", 0.5)
    server = dataclasses.replace(dovecot.account("a@ekvik.example"), port=dovecot.imaps_port, security=security)
    with pytest.raises(InboxError, match="waits for TLS") as caught:
        Inbox(server, "ekvik").connect()
    assert caught.value.advice == "write `security: tls`"
    assert not caught.value.temporary
    with pytest.raises(DeliveryError, match="waits for TLS"):
        delivery.check(server)


def test_a_wrong_password_is_told_as_one(dovecot: Dovecot) -> None:
    with pytest.raises(InboxError) as caught:
        Inbox(dovecot.account("a@ekvik.example", password="fel"), "ekvik").connect()
    assert caught.value.advice == "correct `username` or `password`"
    microsoft = Server("outlook.office365.com", 993, Security.TLS, "a@b.se", "x")
    assert "oauth2" in tls.login_advice(microsoft)


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        ("550 5.7.30 Basic authentication is not supported for Client Submission", "correct `username` or `password`"),
        ("535 5.7.8 Error: authentication failed", "correct `username` or `password`"),
        ("538 5.7.11 Encryption required for requested authentication mechanism", "write `security: starttls`"),
    ],
)
def test_each_way_to_refuse_a_password_says_what_to_do(rude: Rude, answer: str, advice: str) -> None:
    rude.is_good, rude.answers["AUTH"] = (lambda _: False), answer
    server = dataclasses.replace(rude.account(), username="a@ekvik.example", password="fel")
    with pytest.raises(DeliveryError) as caught:
        delivery.check(server)
    assert caught.value.advice.endswith(advice)
    assert (caught.value.temporary, caught.value.sort) == (False, Sort.LOGIN)


def test_a_server_that_offers_less_than_is_wanted_says_what_to_do(rude: Rude) -> None:
    encrypted = dataclasses.replace(rude.account(), security=Security.STARTTLS)
    with pytest.raises(DeliveryError) as caught:
        delivery.check(encrypted)
    assert caught.value.advice == "the server offers no STARTTLS on this port: write `security: tls` and port 465"
    with pytest.raises(DeliveryError) as shut:
        delivery.check(dataclasses.replace(rude.account(), username="a@ekvik.example", password="x"))
    assert "takes no log-in on this port" in shut.value.advice


def test_wider_rights_on_the_register_are_told(installation: Installation, dovecot: Dovecot, rude: Rude) -> None:
    installation.configure(dovecot.account(installation.address), rude.account())
    assert installation.run("run", "--once").returncode == 0
    (installation.folder / "var" / "synpunkten.db").chmod(0o644)
    told = installation.run("doctor").stdout
    assert any(line.startswith("warning") and "chmod 600" in line for line in told.splitlines())
