"""`synpunkten run`: a pass and the daemon over real mail servers, and what is said when something is wrong."""

from __future__ import annotations

import json
import shutil
import signal
import threading

import pytest

from tests.cli.conftest import SECONDS, Installation, events, said
from tests.servers.mail_system import MailSystem

NOW = "2026-09-07T09:12:00+02:00"
MAIL = """\
From: Anna Hemlig <{sender}>
To: {to}
Subject: =?utf-8?q?H=C3=A5l_i_asfalten?=
Date: Mon, 7 Sep 2026 09:00:00 +0200
Message-ID: <{sender}>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Det är ett stort hål i asfalten på Lillgränd.
"""


def write(installation: Installation, mail_system: MailSystem, sender: str) -> str:
    """Anna writes to the mailbox; returns her own address, unique to the test."""
    anna = f"{sender}-{installation.address}".replace("ekvik.example", "example.org")
    mail_system.deliver(MAIL.format(sender=anna, to=installation.address).encode(), installation.address, anna)
    return anna


@pytest.fixture
def connected(installation: Installation, mail_system: MailSystem) -> Installation:
    """The installation, connected to the real servers."""
    installation.configure(mail_system.imap(installation.address), mail_system.smtp())
    return installation


def test_one_pass_takes_the_mail_in_and_sends_the_letters(connected: Installation, mail_system: MailSystem) -> None:
    anna = write(connected, mail_system, "anna")
    done = connected.execute("run", "--once", "--now", NOW)
    assert (done.returncode, done.stdout, said(done.stderr)) == (0, "", [])
    *_, last = events(done.stderr)
    assert (last["event"], last["mails"], last["letters"], last["faults"]) == ("pass-done", 1, 2, 0)
    receipt = mail_system.mailbox(anna, at_least=1)[0].decode()
    assert "X-Synpunkten-Kind: receipt" in receipt
    assert "Date: Mon, 07 Sep 2026 09:12:00 +0200" in receipt
    assert len(mail_system.mailbox(connected.address, folder="Ärenden")) == 1
    (case,) = json.loads(connected.run("case", "list", "--json").stdout)
    assert case["submitter"]["email"] == anna
    assert (case["status"], case["unit"]) == ("assigned", "gata-park")
    assert case["received_at"] == case["receipt_sent_at"] == NOW


def test_a_second_pass_finds_nothing_left_to_do(connected: Installation, mail_system: MailSystem) -> None:
    anna = write(connected, mail_system, "anna")
    assert connected.run("run", "--once", "--now", NOW).returncode == 0
    assert connected.run("run", "--once", "--now", NOW).returncode == 0
    assert len(json.loads(connected.run("case", "list", "--json").stdout)) == 1
    assert len(mail_system.mailbox(anna, at_least=1)) == 1


def test_the_log_tells_events_and_nothing_of_what_people_write(
    connected: Installation, mail_system: MailSystem
) -> None:
    anna = write(connected, mail_system, "anna")
    log = connected.run("run", "--once", "--now", NOW).stderr
    lines = events(log)
    assert {"mail", "letter"} <= {line["event"] for line in lines}
    assert all(line["time"].endswith("Z") and line["level"] for line in lines)
    for word in (anna, "Hemlig", "asfalten", "Lillgränd", "bo.ek@", "hemligt"):
        assert word not in log


def test_a_mailbox_out_of_reach_ends_with_1_and_one_line(installation: Installation) -> None:
    done = installation.run("run", "--once")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = said(done.stderr)
    assert line.startswith("synpunkten: 127.0.0.1:")
    assert "could not log in" in line
    assert "Traceback" not in done.stderr


def test_a_mail_server_out_of_reach_ends_with_1_and_the_letters_wait(
    installation: Installation, mail_system: MailSystem
) -> None:
    installation.configure(mail_system.imap(installation.address))
    anna = write(installation, mail_system, "anna")
    done = installation.run("run", "--once", "--now", NOW)
    assert done.returncode == 1
    (line,) = said(done.stderr)
    assert line.startswith("synpunkten: 127.0.0.1:")
    installation.configure(mail_system.imap(installation.address), mail_system.smtp())
    later = NOW.replace("09:12", "09:30")
    assert installation.run("run", "--once", "--now", later).returncode == 0
    assert len(mail_system.mailbox(anna, at_least=1)) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_the_daemon_works_until_it_is_told_to_stop(
    connected: Installation, mail_system: MailSystem, number: signal.Signals
) -> None:
    anna = write(connected, mail_system, "before")
    daemon = connected.start("run", "--config", str(connected.file))
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(daemon.stderr))
    reader.start()
    try:
        mail_system.mailbox(anna, at_least=1)
        later = write(connected, mail_system, "while")
        mail_system.mailbox(later, at_least=1)
        daemon.send_signal(number)
        assert daemon.wait(SECONDS) == 0
    finally:
        daemon.kill()
        daemon.wait()
        reader.join()
        daemon.stderr.close()
    log = "".join(lines)
    assert [line["event"] for line in events(log)][-1] == "stopped"
    assert said(log) == []


def test_every_fault_of_the_configuration_has_a_line(installation: Installation) -> None:
    installation.file.write_text("database: sqlite:///x.db\nmailboxs: []\npoll: often\n")
    done = installation.run("run")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        'synpunkten: synpunkten.yaml:1:1: the key "mailboxes" is missing',
        'synpunkten: synpunkten.yaml:2:1: unknown key "mailboxs"; did you mean "mailboxes"?',
        'synpunkten: synpunkten.yaml:3:7: "often" is not a time; write for example "30 s" or "2 min"',
    ]


def test_every_fault_of_the_rules_has_a_line(installation: Installation) -> None:
    shutil.copytree(installation.rules, installation.folder / "rules" / "other")
    other = installation.folder / "rules" / "other" / "people.yaml"
    other.write_text("unitts: []\n")
    (installation.rules / "routing.yaml").write_text("ruls: []\n")
    text = installation.file.read_text()
    mailbox = text[text.index("  - ") :]
    second = (
        mailbox.replace('"ekvik"', '"other"', 1).replace("synpunkten-", "other-").replace("rules/ekvik", "rules/other")
    )
    second = second.replace('"username": "ekvik"', '"username": "other"')
    installation.file.write_text(text + second)
    done = installation.run("run", "--once")
    assert done.returncode == 2
    lines = said(done.stderr)
    assert any(f"{installation.rules}/routing.yaml:1:1" in line and 'did you mean "rules"?' in line for line in lines)
    assert any(f"{other}:1:1" in line and 'did you mean "units"?' in line for line in lines)
    assert all(line.startswith("synpunkten: ") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["run", "--now", NOW], "--now is for --once only", id="--now without --once"),
        pytest.param(["run", "--once", "--now", "2026-09-07T09:12:00"], "not a time with offset", id="no offset"),
        pytest.param(["run", "--once", "--now", "i morgon"], "not a time with offset", id="no time"),
        pytest.param(
            ["run", "--config", "none.yaml"], "none.yaml:1:1: the configuration file is missing", id="no file"
        ),
        pytest.param(["run", "--ones"], "--once", id="unknown option"),
        pytest.param(["rnu"], "Did you mean 'run'?", id="unknown command"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_line(installation: Installation, arguments: list[str], says: str) -> None:
    done = installation.invoke(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("synpunkten: ")
    assert says in line


def test_the_configuration_is_named_by_the_environment_too(installation: Installation) -> None:
    assert "elsewhere.yaml:1:1" in installation.invoke("run", SYNPUNKTEN_CONFIG="elsewhere.yaml").stderr


def test_the_database_out_of_reach_is_one_line(installation: Installation) -> None:
    (installation.folder / "var").write_text("in the way")
    done = installation.run("run", "--once")
    assert done.returncode == 1
    (line,) = said(done.stderr)
    assert "var" in line


@pytest.mark.parametrize(
    "arguments", [("--debug", "run"), ("run", "--debug")], ids=["before the command", "after the command"]
)
def test_only_debug_shows_the_traceback(installation: Installation, arguments: tuple[str, ...]) -> None:
    installation.file.unlink()
    plain, debug = installation.invoke("run"), installation.invoke(*arguments)
    assert plain.stderr.startswith("synpunkten: synpunkten.yaml:1:1")
    assert debug.stderr.startswith("Traceback")
    assert debug.stderr.endswith(plain.stderr)
    assert debug.exit_code == plain.exit_code == 2
