"""A mailbox that is opened by token alone: mail comes, letters leave, tokens end and secrets too; nothing is lost.

A real Dovecot asks the token server about each token; the mail server that letters go to demands XOAUTH2 as well.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest
import structlog

from service import config
from service.core.endings import Ending
from service.core.rules.rulebook import RuleBook
from service.daemon import Daemon, run_once
from service.desk.database import Database
from service.desk.rounds import endings
from service.doors import tokenfaults
from service.examination import servers
from service.examination.check import Check, Status
from tests.cli.conftest import Installation
from tests.conftest import need
from tests.conversations.town import HOLE, REGISTRAR, STOCKHOLM, Town
from tests.servers import dovecot as dovecot_server
from tests.servers.dovecot import Dovecot
from tests.servers.entra import CLIENT_ID, Entra, said
from tests.servers.own import find
from tests.servers.rude import Rude

PATIENCE = 30  # seconds


@dataclass
class Cloud:
    """The token server, both mail servers, and an installation that has a client secret."""

    installation: Installation
    entra: Entra
    dovecot: Dovecot
    rude: Rude
    log: list[dict[str, Any]] = field(default_factory=list)

    @property
    def secret(self) -> Path:
        return self.installation.folder / "entra"

    def configure(self, **oauth2: Any) -> None:
        given = {"client_id": CLIENT_ID, "token_url": self.entra.url, "client_secret": {"file": "entra"}, **oauth2}
        account = {"host": "127.0.0.1", "security": "none", "ca_file": str(self.entra.ca_file), "oauth2": given}
        self.entra.user = self.installation.address
        account["username"] = self.installation.address
        mailbox = {
            "name": "ekvik",
            "address": self.installation.address,
            "imap": {**account, "port": self.dovecot.imap_port},
            "smtp": {**account, "port": self.rude.port},
            "rules": "rules/ekvik",
        }
        text = f"database: sqlite:///var/synpunkten.db\npoll: 1 s\nmailboxes:\n  - {json.dumps(mailbox)}\n"
        self.installation.file.write_text(text)

    def keep(self, secret: str) -> None:
        self.secret.write_text(secret)
        self.secret.chmod(0o600)

    def arrives(self, who: str) -> None:
        now = datetime.now(UTC)
        raw = (
            f"From: {who} <{who}@example.org>\r\nTo: {self.installation.address}\r\nSubject: Hål\r\n"
            f"Date: {now:%a, %d %b %Y %H:%M:%S +0000}\r\nMessage-ID: <{who}@example.org>\r\n\r\n{HOLE} {who}\r\n"
        )
        self.dovecot.put(self.installation.address, raw.encode())

    def receipts(self) -> list[str]:
        return sorted(taken.recipient.partition("@")[0] for taken in self.rude.of("receipt"))

    def said(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.log if line["event"] == event]

    def one_pass(self, now: datetime) -> list[str]:
        """The service works once, as if it were `now`; what could not be done."""
        failed: list[str] = []
        with structlog.testing.capture_logs() as self.log:
            try:
                run_once(config.load(self.installation.file), lambda: now)
            except ExceptionGroup as group:
                failed += map(str, group.exceptions)
        return failed

    @contextmanager
    def at_work(self) -> Iterator[Daemon]:
        """The daemon, in this process."""
        daemon = Daemon(config.load(self.installation.file))
        thread = threading.Thread(target=daemon.run)
        with structlog.testing.capture_logs() as self.log:
            thread.start()
            try:
                yield daemon
            finally:
                daemon.stop.set()
                thread.join()


@pytest.fixture(scope="module")
def clouds() -> Iterator[tuple[Entra, Dovecot]]:
    need(find("dovecot"), dovecot_server.INSTALL)
    with Entra() as entra, Dovecot(introspection=entra.introspection) as dovecot:
        yield entra, dovecot


@pytest.fixture
def cloud(clouds: tuple[Entra, Dovecot], tmp_path: Path) -> Iterator[Cloud]:
    entra, dovecot = clouds
    entra.fault, entra.life, entra.secret = None, 3600.0, "första"
    with Rude(is_good=entra.is_good) as rude:
        cloud = Cloud(Installation.made(tmp_path), entra, dovecot, rude)
        cloud.keep(entra.secret)
        cloud.configure(expires="2027-12-31")
        yield cloud


def until(is_so: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(0.05)


def test_tokens_are_renewed_and_a_new_secret_is_taken_from_its_file(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Receipts leave, the token ends and is renewed, the secret expires in the middle; it goes on with a new one."""
    monkeypatch.setattr(tokenfaults, "SECONDS_UNTIL_MENDED", 0.5)
    cloud.entra.life = 3.0
    with cloud.at_work():
        cloud.arrives("anna")
        until(lambda: cloud.receipts() == ["anna"])
        before = len(cloud.entra.requests)
        until(lambda: len(cloud.entra.requests) > before)
        cloud.arrives("berit")
        until(lambda: cloud.receipts() == ["anna", "berit"])
        assert cloud.said("mailbox-failed") == []

        cloud.entra.fault = (401, said(7000222, "The provided client secret keys are expired."), {})
        cloud.entra.revoke()
        until(lambda: cloud.said("mailbox-failed"))
        cloud.arrives("cilla")
        told = cloud.said("mailbox-failed")[-1]
        assert (told["sort"], "the client secret has expired" in told["error"]) == ("token", True)
        assert not any(cloud.entra.secret in str(line) for line in cloud.log)

        cloud.entra.fault, cloud.entra.secret = None, "andra"
        cloud.keep("andra")
        until(lambda: cloud.receipts() == ["anna", "berit", "cilla"])
    with closing(sqlite3.connect(cloud.installation.folder / "var" / "synpunkten.db")) as register:
        states = register.execute("SELECT state, count(*) FROM messages WHERE direction = 'out' GROUP BY state")
        assert {state for state, _ in states} <= {"sent", "queued", "held"}
        assert register.execute("SELECT count(*) FROM cases").fetchone() == (3,)


def test_a_token_server_that_is_asked_too_often_is_left_alone(cloud: Cloud) -> None:
    """Whoever wants a token meanwhile hears so without asking."""
    cloud.entra.fault = (429, {}, {"Retry-After": "4"})
    before = len(cloud.entra.requests)
    with cloud.at_work():
        cloud.arrives("anna")
        until(lambda: cloud.said("mailbox-failed"))
        cloud.entra.fault = None
        until(lambda: cloud.receipts() == ["anna"])
    assert len(cloud.entra.requests) - before == 2
    assert 3 <= cloud.said("mailbox-failed")[0]["next_try_s"] <= 4


def test_a_sender_that_is_throttled_loses_no_letter(cloud: Cloud) -> None:
    """Exchange's quota comes with a final code, in the middle of the letter's way; nobody gives it up."""
    quota = "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; the sender's submission quota"
    cloud.rude.answers["DOT"] = quota
    for who in ("anna", "berit"):
        cloud.arrives(who)
    now = datetime.now(UTC)
    (told,) = cloud.one_pass(now)
    assert "SubmissionQuotaExceeded" in told
    cloud.rude.answers["DOT"] = "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded"
    (told,) = cloud.one_pass(now + timedelta(minutes=30))
    assert "thread limit" in told
    cloud.rude.answers.clear()
    cloud.rude.taken.clear()
    assert cloud.one_pass(now + timedelta(hours=1)) == []
    assert cloud.receipts() == ["anna", "berit"]


# --- what ends is told in time ---------------------------------------------------------------------------------------


def test_doctor_says_when_the_secret_ends_and_what_is_wrong_with_it(cloud: Cloud) -> None:
    cloud.configure(expires="2027-12-31", client_id="another")
    told = cloud.installation.run("doctor").stdout
    assert told.count("this tenant has no application with this client_id") == 2
    assert f"credentials ekvik: the client secret in {cloud.secret} works until 2027-12-31" in told


def test_the_days_that_are_left_make_the_difference(cloud: Cloud) -> None:
    def check(expires: str | None) -> Check:
        cloud.configure(**({"expires": expires} if expires else {}))
        (check,) = servers.credentials(config.examine(cloud.installation.file).parts, date(2026, 12, 1))
        return check

    assert (check(None).status, "`expires`" in check(None).text) == (Status.WARNING, True)
    assert (check("2027-01-01").status, "31 days from now" in check("2027-01-01").text) == (Status.OK, True)
    assert (check("2026-12-31").status, "make a new one" in check("2026-12-31").text) == (Status.WARNING, True)
    assert (check("2026-11-30").status, "correct `expires`" in check("2026-11-30").text) == (Status.FAILED, True)


def test_the_registrar_hears_in_the_working_morning_that_the_key_ends(town: Town) -> None:
    """Thirty days before, and then ever more often; each once, and not at night."""
    ending = Ending(("ekvik",), "the certificate /etc/synpunkten/cert.pem", date(2026, 11, 10), is_certificate=True)
    told = []
    town.waits_until("2026-10-10 08:00")  # a Saturday, 31 days before
    for _ in range(34 * 4):
        before = len(town.letters("alert", REGISTRAR))
        endings.tell(town.desk, [ending], town.now)
        endings.tell(town.desk, [ending], town.now)
        town.delivers()
        if len(town.letters("alert", REGISTRAR)) > before:
            told.append(f"{town.now:%m-%d %H}")
        town.now += timedelta(hours=6)
    first, *_, last = town.letters("alert", REGISTRAR)
    assert told == ["10-12 08", "10-27 08", "11-03 08", "11-09 08", "11-10 08", "11-11 08", "11-12 08"]
    assert "gick ut tisdag 10 november" in " ".join(last.text.split())
    assert first.subject == "Certifikatet till brevlådan går ut tisdag 10 november 2026"


def test_the_service_looks_itself_when_the_secret_ends(cloud: Cloud) -> None:
    cloud.configure(expires="2026-12-10")
    for hour in (9, 11):
        assert cloud.one_pass(datetime(2026, 12, 1, hour, tzinfo=STOCKHOLM)) == []
        assert [line["days_left"] for line in cloud.said("credentials-end")] == [9]
    (alert,) = cloud.rude.of("alert")
    assert str(make_header(decode_header(alert.mail["Subject"]))).startswith("Klienthemligheten till brevlådan går ut")


def test_a_town_without_tokens_hears_nothing(database: Database, ekvik: RuleBook) -> None:
    town = Town(database, ekvik, datetime(2026, 9, 7, 9, 12, tzinfo=UTC))
    endings.tell(town.desk, [Ending(("ekvik",), "x", None, is_certificate=False)], town.now)
    town.delivers()
    assert town.letters("alert") == []
