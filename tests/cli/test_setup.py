"""`synpunkten setup`: from nothing to a mailbox that is served, over real servers, at a real terminal and by a file."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import stat
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import pytest

from service.config import examine
from service.doors import discovery
from service.doors.account import Security, Server
from service.doors.tls import Speech
from service.setup import plan
from service.setup.interview import read_server
from tests.cli.conftest import PROGRAM, SECONDS
from tests.servers import forked
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.entra import CLIENT_ID, Entra
from tests.servers.mail_system import MailSystem
from tests.servers.own import certificate, free_port
from tests.servers.postfix import Postfix

Done = subprocess.CompletedProcess[str]


def synpunkten(*arguments: str, here: Path | None = None) -> Done:
    """Run a command with nobody at a terminal."""
    return forked.run(arguments, here or Path.cwd(), os.environ, SECONDS)


@pytest.fixture
def address() -> str:
    return f"synpunkten-{uuid4().hex[:8]}@ekvik.example"


@pytest.fixture
def answered(tmp_path: Path, mail_system: MailSystem, address: str) -> Callable[..., Done]:
    """Run setup with answers from a file; what is given replaces an answer, None leaves it out."""

    def run(**other: Any) -> Done:
        given: dict[str, Any] = {
            "address": address,
            "municipality": "ekvik",
            "imap": f"127.0.0.1:{mail_system.dovecot.imap_port} none",
            "smtp": f"127.0.0.1:{mail_system.postfix.port} none",
            "password": {"file": "password"},
            "alerts": "it@ekvik.example",
        }
        (tmp_path / "password").write_text(f"{PASSWORD}\n")
        kept = {key: value for key, value in (given | other).items() if value is not None}
        (tmp_path / "answers.yaml").write_text(json.dumps(kept))
        return synpunkten("setup", str(tmp_path / "place"), "--answers", str(tmp_path / "answers.yaml"))

    return run


def test_everything_is_written_and_mail_goes_both_ways(
    answered: Callable[..., Done], tmp_path: Path, mail_system: MailSystem, address: str
) -> None:
    done = answered()
    assert (done.returncode, done.stderr) == (0, ""), done
    assert "everything works" in done.stdout
    assert "mail both ways ekvik" in done.stdout
    assert PASSWORD not in done.stdout
    place = tmp_path / "place"
    assert {str(path.relative_to(place)) for path in place.glob("*")} == {"synpunkten.yaml", "rules", "secrets"}
    assert stat.S_IMODE((place / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((place / "secrets" / "imap-password").stat().st_mode) == 0o600
    assert PASSWORD not in (place / "synpunkten.yaml").read_text()
    assert (place / "rules" / "LÄSMIG.md").exists()
    rules = (place / "rules" / "ekvik" / "municipality.yaml").read_text()
    assert "trusted_authserv: [mx.ekvik.example]" in rules
    assert mail_system.mailbox(address) == []
    mail_system.deliver(b"From: anna@example.org\r\nSubject: Hej\r\n\r\nEtt h\xc3\xa5l\r\n", address)
    once = synpunkten("run", "--once", here=place)
    assert once.returncode == 0, once.stderr


def test_run_again_it_goes_on_from_what_is_there(answered: Callable[..., Done], tmp_path: Path) -> None:
    assert answered().returncode == 0
    place = tmp_path / "place"
    own = (place / "synpunkten.yaml").read_text().replace("poll: 30 s", "poll: 60 s")
    (place / "synpunkten.yaml").write_text(own)
    (place / "secrets" / "imap-password").unlink()
    done = answered(address="annan@ekvik.example")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"written: {place}/secrets/imap-password" in done.stdout
    assert (place / "synpunkten.yaml").read_text() == own


def test_run_again_without_a_terminal_it_says_what_to_answer_by_a_file(
    answered: Callable[..., Done], tmp_path: Path
) -> None:
    assert answered().returncode == 0
    place = tmp_path / "place"
    rules = place / "rules" / "ekvik" / "municipality.yaml"
    rules.write_text(
        rules.read_text().replace("trusted_authserv: [mx.ekvik.example]", "trusted_authserv: [mx.annan.se]")
    )
    done = synpunkten("setup", str(place))
    assert done.returncode == 1
    assert "nobody is there to answer: write `trusted_authserv: [mx.annan.se, mx.ekvik.example]` into" in done.stderr
    assert "--answers" in done.stderr


def test_what_a_setup_that_broke_off_has_left_is_used_and_not_overwritten(
    answered: Callable[..., Done], tmp_path: Path
) -> None:
    kept = tmp_path / "place" / "secrets"
    kept.mkdir(parents=True)
    (kept / "imap-password").write_text("fel\n")
    done = answered()
    assert (done.returncode, f"where the secret in {kept} is wrong, remove its file" in done.stderr) == (1, True)
    assert (kept / "imap-password").read_text() == "fel\n"
    (kept / "imap-password").write_text(f"{PASSWORD}\n")
    done = answered(password=None)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"there already, left as it is: {kept}/imap-password" in done.stdout


@pytest.mark.parametrize(
    ("other", "says"),
    [
        pytest.param({"password": "fel"}, "correct `username` or `password`", id="wrong password"),
        pytest.param({"password": None}, "`password` is missing", id="no password"),
        pytest.param({"imap": f"127.0.0.1:{free_port()} none"}, "nothing listens on this port", id="nobody there"),
        pytest.param({"imap": "mail.ekvik.example"}, "knows no server of this name", id="no such host"),
        pytest.param({"imap": "mail.ekvik.example:143 ssl"}, "no way to secure a connection", id="wrong word"),
        pytest.param({"smtp": "mail.ekvik.example none"}, "only allowed towards this machine", id="in the clear"),
        pytest.param({"address": "synpunkten"}, "is no mail address", id="no address"),
        pytest.param({"address": "åsikt@ekvik.example"}, "no å, ä or ö there", id="å"),
        pytest.param({"municipality": "hjå"}, 'did you mean "hjo"?', id="no such rules"),
    ],
)
def test_a_wrong_answer_writes_nothing(
    answered: Callable[..., Done], tmp_path: Path, other: dict[str, Any], says: str
) -> None:
    done = answered(**other)
    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "place").exists()


def test_an_own_authority_and_a_port_without_tls_are_told(
    answered: Callable[..., Done], tmp_path: Path, mail_system: MailSystem
) -> None:
    dovecot, postfix = mail_system.dovecot, mail_system.postfix
    servers = {
        "imap": f"127.0.0.1:{dovecot.imaps_port} tls",
        "smtp": f"127.0.0.1:{postfix.port} starttls",
    }
    assert "name its certificate's file with `ca_file`" in answered(**servers).stderr
    assert "answers without TLS on this port" in answered(imap=f"127.0.0.1:{dovecot.imap_port} tls").stderr
    both = tmp_path / "ca.pem"
    both.write_text(dovecot.certificate.read_text() + postfix.certificate.read_text())
    done = answered(**servers, ca_file=str(both))
    assert done.returncode == 0, done.stdout + done.stderr
    place = tmp_path / "place"
    assert (place / "synpunkten.yaml").read_text().count("ca_file: authorities.pem") == 2
    assert (place / "authorities.pem").read_text() == both.read_text(), "root's own file may be closed to the service"


def test_microsoft_365_is_logged_in_to_as_an_application(
    answered: Callable[..., Done], tmp_path: Path, address: str
) -> None:
    with (
        Entra(user=address) as entra,
        Dovecot(introspection=entra.introspection) as dovecot,
        Postfix(dovecot.lmtp_port) as postfix,
    ):
        both = tmp_path / "ca.pem"
        both.write_text(dovecot.certificate.read_text() + entra.ca_file.read_text())
        (tmp_path / "client").write_text(entra.secret)
        given = _by_tokens(dovecot, postfix, entra, both) | {
            "client_secret": {"file": "client"},
            "expires": "2028-11-26",
        }
        refused = answered(**given | {"client_secret": "fel"})
        assert "client secret" in refused.stderr
        done = answered(**given)
        assert done.returncode == 0, done.stdout + done.stderr
        configuration = tmp_path / "place" / "synpunkten.yaml"
        assert "  expires: 2028-11-26" in configuration.read_text()
    assert f"Add-MailboxPermission -Identity {address}" in done.stdout
    assert "everything works" in done.stdout
    assert entra.secret not in done.stdout
    assert [path.name for path in (tmp_path / "place" / "secrets").iterdir()] == ["client-secret"]


def _by_tokens(dovecot: Dovecot, postfix: Postfix, entra: Entra, ca_file: Path) -> dict[str, Any]:
    """The answers where the application logs in, but for what proves it."""
    return {
        "imap": f"127.0.0.1:{dovecot.imaps_port} tls",
        "smtp": f"127.0.0.1:{postfix.port} none",
        "ca_file": str(ca_file),
        "tenant": entra.url,
        "client_id": CLIENT_ID,
    }


def test_a_certificate_proves_the_application_in_place_of_a_secret(
    answered: Callable[..., Done], tmp_path: Path, address: str
) -> None:
    proof, key = certificate(tmp_path, "rsa:2048")
    with (
        Entra(user=address, certificate=proof) as entra,
        Dovecot(introspection=entra.introspection) as dovecot,
        Postfix(dovecot.lmtp_port) as postfix,
    ):
        both = tmp_path / "ca.pem"
        both.write_text(dovecot.certificate.read_text() + entra.ca_file.read_text())
        given = _by_tokens(dovecot, postfix, entra, both) | {
            "certificate": str(proof),
        }
        lacking = answered(**given)
        assert "key: an answer is needed" in lacking.stderr
        other = certificate(Path(mkdtemp(dir=tmp_path)), "rsa:2048")[1]
        assert "does not belong to the certificate" in answered(**given, key=str(other)).stderr
        done = answered(**given, key=str(key))
        assert done.returncode == 0, done.stdout + done.stderr
    place = tmp_path / "place"
    assert (place / "certificate.pem").read_text() == proof.read_text()
    assert (place / "secrets" / "key.pem").read_text() == key.read_text()
    assert stat.S_IMODE((place / "secrets" / "key.pem").stat().st_mode) == 0o600
    assert (place / "synpunkten.yaml").read_text().count('key: "secrets/key.pem"') == 1, "the relay takes no log-in"


def test_an_installation_of_the_machine_has_its_unit(tmp_path: Path) -> None:
    """What lies below /etc is kept at work by systemd: data lies in /var/lib, and secrets are handed over by root."""
    server = Server("mail.ekvik.se", 993, Security.TLS, "ekvik", "hemligt")
    relay = Server("mail.ekvik.se", 587, Security.STARTTLS)
    made = plan.Plan(tmp_path, "ekvik", "ekvik", "synpunkten@ekvik.se", server, relay, is_service=True)
    assert all(line.startswith("written: ") for line in plan.write(made))
    unit = (tmp_path / "synpunkten.service").read_text()
    assert f"LoadCredential=imap-password:{tmp_path}/secrets/imap-password" in unit
    assert f"BindReadOnlyPaths=%d:{tmp_path}/secrets\n" in unit  # the folder that is hidden must be there
    assert "smtp-password" not in unit
    assert f"ExecStart={PROGRAM} run --config {tmp_path}/synpunkten.yaml\n" in unit
    backup = (tmp_path / "synpunkten-backup.service").read_text()
    assert f"ExecStart={PROGRAM} backup /var/lib/synpunkten/backups --keep 14 --config {tmp_path}/" in backup
    assert "/opt/" not in unit + backup
    config = examine(tmp_path / "synpunkten.yaml")
    assert (config.faults, config.database) == ((), "sqlite:////var/lib/synpunkten/synpunkten.db")
    assert config.parts[0].imap == server
    assert all(line.startswith("there already") for line in plan.write(made))
    assert plan.is_of_the_machine(Path("/etc/synpunkten"))
    assert not plan.is_of_the_machine(tmp_path)


class Terminal:
    """A person at a terminal."""

    def __init__(self, *arguments: str | Path) -> None:
        self.end, inner = pty.openpty()
        self.process = subprocess.Popen(
            ["env", "--default-signal=INT,HUP", PROGRAM, "setup", *arguments],  # whoever runs the tests may ignore them
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)
        self.shown = self.everything = ""

    def reads(self, words: str, number: signal.Signals | None = None) -> None:
        """Wait until the words are on the screen; with a number that signal is sent until then.

        One in the instant before a question waits for its answer is noticed at the next.
        """
        ends, sends = time.monotonic() + SECONDS, time.monotonic()
        while words not in self.shown:
            if time.monotonic() > ends:
                self.process.kill()
                self.process.wait()
                raise AssertionError(self.everything)
            if number and time.monotonic() >= sends:
                self.process.send_signal(number)
                sends = time.monotonic() + 10  # a second one while it ends would keep it from saying so
            if select.select([self.end], [], [], 0.2)[0]:
                try:
                    read = os.read(self.end, 4096).decode()
                except OSError:
                    raise AssertionError(self.shown) from None
                self.shown, self.everything = self.shown + read, self.everything + read
        self.shown = self.shown.partition(words)[2]

    def types(self, question: str, answer: str) -> None:
        self.reads(question)
        os.write(self.end, f"{answer}\n".encode())

    def types_unseen(self, question: str, answer: str) -> None:
        """Type once nothing is shown any more of what is typed."""
        self.reads(question)
        ends = time.monotonic() + SECONDS
        while termios.tcgetattr(self.end)[3] & termios.ECHO:
            assert time.monotonic() < ends, "what is typed would be seen"
            time.sleep(0.02)
        os.write(self.end, f"{answer}\n".encode())

    def close(self) -> int:
        try:
            return self.process.wait(SECONDS)
        finally:
            self.process.kill()
            os.close(self.end)


def test_a_person_at_a_terminal_corrects_what_was_wrong(tmp_path: Path, mail_system: MailSystem, address: str) -> None:
    place = tmp_path / "place"
    terminal = Terminal(place)
    terminal.types("Address of the mailbox", "synpunkten")
    terminal.reads("is no mail address")
    terminal.types("Address of the mailbox", address)
    terminal.types("Rules to start from", "ekvik")
    terminal.types("IMAP server", f"127.0.0.1:{free_port()} none")
    terminal.reads("nothing listens on this port")
    terminal.types("IMAP server", f"127.0.0.1:{mail_system.dovecot.imap_port} none")
    terminal.types("SMTP server:", f"127.0.0.1:{mail_system.postfix.port} none")
    terminal.types("User name", "")
    terminal.types_unseen("Password", "fel")
    terminal.reads("correct `username` or `password`")
    terminal.types("User name", "")
    terminal.types_unseen("Password", PASSWORD)
    terminal.reads("logged in as")
    terminal.types("Who hears of trouble", "")
    terminal.reads("everything works")
    assert terminal.close() == 0
    assert PASSWORD not in terminal.everything
    assert (place / "synpunkten.yaml").exists()


def test_a_place_where_nothing_can_be_written_is_told_before_the_first_question(tmp_path: Path) -> None:
    (tmp_path / "fil").touch()
    for place, says in ((tmp_path / "fil" / "place", "is no folder"), (Path("/proc/place"), "can be written in /proc")):
        done = synpunkten("setup", str(place))
        assert (done.returncode, says in done.stderr, done.stdout) == (1, True, ""), done


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_broken_off_nothing_is_written(tmp_path: Path, number: signal.Signals) -> None:
    terminal = Terminal(tmp_path / "place")
    terminal.reads("Address of the mailbox")
    terminal.reads("broken off", number)
    assert terminal.close() == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("records", "first"),
    [
        pytest.param({}, "imap.ekvik.se:993", id="usual names"),
        pytest.param({"MX": ["10 ekvik-se.mail.protection.outlook.com."]}, "outlook.office365.com:993", id="Microsoft"),
        pytest.param({"_imaps._tcp.ekvik.se": ["0 1 993 post.ekvik.se."]}, "post.ekvik.se:993", id="SRV"),
        pytest.param({"_imaps._tcp.ekvik.se": ["0 0 0 ."]}, "imap.ekvik.se:993", id="no such service"),
    ],
)
def test_the_likeliest_server_comes_first(records: dict[str, list[str]], first: str) -> None:
    found = discovery.candidates("ekvik.se", Speech.IMAP, lambda name, kind: records.get(name) or records.get(kind, []))
    assert found[0].place == first


def test_who_answers_is_found_and_who_is_not_trusted_comes_last(mail_system: MailSystem) -> None:
    nobody = read_server(f"127.0.0.1:{free_port()} tls", Speech.IMAP)
    strange = read_server(f"127.0.0.1:{mail_system.dovecot.imaps_port} tls", Speech.IMAP)
    right = read_server(f"127.0.0.1:{mail_system.dovecot.imap_port} none", Speech.IMAP)
    wrong = read_server(f"127.0.0.1:{mail_system.postfix.port} none", Speech.IMAP)
    found = discovery.find([nobody, strange, wrong, right], Speech.IMAP)
    assert (found and found.server) == right
    found = discovery.find([nobody, strange], Speech.IMAP)
    assert found
    assert (found.server, found.untrusted) == (strange, True)
    assert discovery.find([nobody], Speech.IMAP) is None


@pytest.mark.parametrize(
    ("text", "speech", "port", "security"),
    [
        ("mail.ekvik.se", Speech.IMAP, 993, Security.TLS),
        ("mail.ekvik.se", Speech.SMTP, 587, Security.STARTTLS),
        ("mail.ekvik.se:465", Speech.SMTP, 465, Security.TLS),
        ("mail.ekvik.se:143", Speech.IMAP, 143, Security.STARTTLS),
        ("mail.ekvik.se 2993 tls", Speech.IMAP, 2993, Security.TLS),
    ],
)
def test_a_server_in_a_few_words(text: str, speech: Speech, port: int, security: Security) -> None:
    found = read_server(text, speech)
    assert (found.host, found.port, found.security) == ("mail.ekvik.se", port, security)
