"""`synpunkten doctor`: each check can go well and can fail, and says what to do."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import update

from service import examination
from service.cli.colours import line_of
from service.desk.database import Database
from service.desk.journal import Journal
from service.desk.room import Room
from service.desk.tables import journal
from service.doors.cage import Cage
from service.examination import Check, Status
from service.yamlfile import is_mapping
from tests.cli.conftest import Installation
from tests.cli.test_case import comes, open_desk
from tests.servers.mail_system import MailSystem
from tests.servers.own import free_port


def checks(installation: Installation) -> dict[str, Check]:
    """What the doctor finds, the last word on each thing."""
    return {check.name: check for check in examination.checks(installation.file)}


@pytest.fixture
def connected(installation: Installation, mail_system: MailSystem) -> Installation:
    """The installation, connected to the real servers."""
    installation.configure(mail_system.imap(installation.address), mail_system.smtp())
    return installation


def test_an_installation_that_is_right_is_told_so(connected: Installation) -> None:
    assert connected.run("run", "--once").returncode == 0
    done = connected.run("doctor", "--send")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    expected = ("ok      ", "warning configuration: ", "warning people ekvik: ")
    assert [line for line in lines if not line.startswith(expected) and "has no effect yet" not in line] == []
    assert any("folders ekvik: INBOX; made when first needed: Ärenden, Sekretess, Karantän" in line for line in lines)


def test_a_border_that_lies_ahead_is_warned_of(installation: Installation) -> None:
    """`since` with the wrong year: no mail would be read, and nobody would hear of any."""
    text = installation.file.read_text()
    installation.file.write_text(text.replace('"name"', '"since": "2090-01-01", "name"'))
    assert checks(installation)["since ekvik"].status is Status.WARNING
    installation.file.write_text(text.replace('"name"', '"since": "2020-01-01", "name"'))
    assert "since ekvik" not in checks(installation)


def second_mailbox(installation: Installation, account: dict[str, object], **more: object) -> None:
    """Put another mailbox beside the installation's own, which differs from it in this."""
    lines = installation.file.read_text().splitlines()
    own = json.loads(lines[-1].removeprefix("  - "))
    other = own | {"name": "hjo", "address": "synpunkten@hjo.example", "imap": own["imap"] | account} | more
    installation.file.write_text("\n".join([*lines, f"  - {json.dumps(other, ensure_ascii=False)}"]) + "\n")


def test_an_inbox_that_two_mailboxes_read_under_other_names_is_told(
    connected: Installation, mail_system: MailSystem
) -> None:
    """What the configuration cannot know shows itself by the folder's own numbers."""
    mail_system.deliver(b"Subject: x\r\n\r\ny\r\n", connected.address)
    dovecot = mail_system.dovecot
    second_mailbox(connected, {"port": dovecot.imaps_port, "security": "tls", "ca_file": str(dovecot.certificate)})
    found = checks(connected)
    assert found["inbox hjo"].status is Status.WARNING
    assert "INBOX looks like INBOX of mailbox ekvik" in found["inbox hjo"].text
    assert "inbox ekvik" not in found


def test_two_inboxes_are_no_trouble(connected: Installation, mail_system: MailSystem) -> None:
    for _ in range(2):
        mail_system.deliver(b"Subject: x\r\n\r\ny\r\n", connected.address)
    mail_system.deliver(b"Subject: x\r\n\r\ny\r\n", "synpunkten@hjo.example")
    second_mailbox(connected, {"username": "synpunkten@hjo.example"})
    assert not [name for name in checks(connected) if name.startswith("inbox ")]


def test_a_committees_folder_that_another_mailbox_reads_fails(connected: Installation) -> None:
    people = connected.folder / "rules" / "ekvik" / "people.yaml"
    people.write_text(people.read_text().replace("{id: teknik,", "{id: teknik, secrecy_folder: Nämndens,"))
    second_mailbox(connected, {}, folders={"inbox": "Nämndens"})
    assert checks(connected)["inbox hjo"].status is Status.FAILED


def test_json_is_one_object_and_nothing_else(installation: Installation) -> None:
    done = installation.run("doctor", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["ok"] is False
    found = {check["name"]: check for check in told["checks"]}
    assert {name for name, check in found.items() if check["status"] == "FAILED"} == {"imap ekvik", "smtp ekvik"}
    assert all(set(check) == {"name", "status", "text"} for check in told["checks"])
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("text", "status"),
    [pytest.param("just words", 2, id="no configuration at all"), pytest.param("databas: x", 1, id="a faulty one")],
)
def test_a_configuration_with_faults_is_a_failed_check(installation: Installation, text: str, status: int) -> None:
    installation.file.write_text(text)
    done = installation.run("doctor", "--json")
    assert done.returncode == status
    told = json.loads(done.stdout)
    assert told["ok"] is False
    assert told["checks"][0]["name"] == "configuration"
    assert "synpunkten.yaml:1:" in told["checks"][0]["text"]


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        pytest.param(None, False, id="no file"),
        pytest.param("mailboxes: [", False, id="no YAML"),
        pytest.param("- a list", False, id="no mapping"),
        pytest.param("databas: x", True, id="a mapping with faults"),
    ],
)
def test_what_cannot_be_read_is_told_from_what_is_faulty(
    installation: Installation, text: str | None, readable: bool
) -> None:
    installation.file.unlink()
    if text is not None:
        installation.file.write_text(text)
    assert is_mapping(installation.file) is readable
    assert next(iter(examination.checks(installation.file))).status is Status.FAILED


def test_a_secret_in_the_file_is_a_warning(connected: Installation) -> None:
    first = next(iter(examination.checks(connected.file)))
    assert (first.name, first.status) == ("configuration", Status.WARNING)
    assert "move it to {env: NAME}" in first.text


def test_a_faulty_rule_is_named_with_its_place(installation: Installation) -> None:
    with (installation.rules / "people.yaml").open("a") as people:
        people.write("\nunitts: []\n")
    found = checks(installation)["rules ekvik"]
    assert found.status is Status.FAILED
    assert "people.yaml:" in found.text
    assert 'did you mean "units"?' in found.text


def test_an_example_that_goes_elsewhere_fails(installation: Installation) -> None:
    routing = installation.rules / "routing.yaml"
    before, _, after = routing.read_text().partition("\nexamples:\n")
    routing.write_text(f'{before}\nexamples:\n  - {{text: "Hål i asfalten på Storgatan", unit: forskola}}\n{after}')
    found = checks(installation)
    assert found["rules ekvik"].status is Status.OK
    assert found["examples ekvik"].status is Status.FAILED
    assert f"synpunkten rules test {installation.rules}" in found["examples ekvik"].text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("Ämne: Tack\n\n{{ town.name\n", "receipt.txt:3: ", id="unclosed"),
        pytest.param(
            "Ämne: Tack\n{{ due_day | dag }}", 'receipt.txt:2: there is no filter or test "dag"', id="unknown filter"
        ),
    ],
)
def test_a_template_that_cannot_be_read_fails(installation: Installation, text: str, says: str) -> None:
    own = installation.rules / "templates"
    own.mkdir()
    (own / "receipt.txt").write_text(text)
    found = checks(installation)["templates ekvik"]
    assert found.status is Status.FAILED
    assert says in found.text


def test_a_missing_password_keeps_nothing_else_from_being_looked_at(installation: Installation) -> None:
    text = installation.file.read_text().replace('"password": "hemligt"', '"password": {"env": "NOT_SET_ANYWHERE"}')
    installation.file.write_text(text)
    found = [(check.name, check.status) for check in examination.checks(installation.file)]
    assert ("configuration", Status.FAILED) in found
    names = {name for name, _ in found}
    assert {"rules ekvik", "examples ekvik", "templates ekvik", "database", "smtp ekvik", "clock"} <= names
    assert "imap ekvik" not in names
    assert installation.run("doctor").returncode == 1


@pytest.mark.parametrize("slip", [('"name": ', '"naem": '), ('"port": ', '"prot": '), ('"imap": ', '"iamp": ')])
def test_a_wrong_key_keeps_nothing_else_from_being_looked_at(installation: Installation, slip: tuple[str, str]) -> None:
    installation.file.write_text(installation.file.read_text().replace(*slip))
    found = {check.name.partition(" ")[0]: check.status for check in examination.checks(installation.file)}
    assert found["configuration"] is Status.FAILED
    assert found["rules"] is found["examples"] is found["templates"] is Status.OK
    assert {"database", "clock"} <= found.keys()
    assert not {"imap", "smtp"} & found.keys()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        pytest.param("synpunkten@ekvik.se", Status.FAILED, id="a real mailbox"),
        pytest.param("synpunkten@ekvik.example", Status.WARNING, id="a trial"),
    ],
)
def test_invented_people_behind_a_real_mailbox_fail(installation: Installation, address: str, status: Status) -> None:
    installation.address = address
    installation.configure()
    found = checks(installation)["people ekvik"]
    assert found.status is status
    assert re.match(r"\d\d addresses end in \.example, such as ", found.text)


def test_an_officer_that_is_the_mailbox_fails(installation: Installation) -> None:
    installation.address = "Bo.Ek@ekvik.example"
    installation.configure()
    found = [check for check in examination.checks(installation.file) if check.name == "rules ekvik"]
    assert any(c.status is Status.FAILED and "the mailbox of the service itself" in c.text for c in found)


def test_the_road_by_which_troubles_are_told_is_tried(installation: Installation, mail_system: MailSystem) -> None:
    def found(smtp: str) -> Check:
        installation.configure(more=f"alerts: {{to: it@ekvik.example{smtp}}}\n")
        return checks(installation)["alerts"]

    port = mail_system.smtp().port
    assert found("").status is Status.WARNING
    assert found(f", smtp: {{host: 127.0.0.1, port: {free_port()}, security: none}}").status is Status.FAILED
    right = found(f", smtp: {{host: 127.0.0.1, port: {port}, security: none}}")
    assert (right.status, right.text.partition(" by ")[0]) == (Status.OK, "it@ekvik.example")


class TestDatabase:
    def test_a_newer_one_fails(self, installation: Installation) -> None:
        database = Database(f"sqlite:///{installation.folder}/var/synpunkten.db")
        with database.transaction() as s:
            s.exec_driver_sql("create table alembic_version (version_num varchar(32))")
            s.exec_driver_sql("insert into alembic_version values ('9999')")
        database.close()
        found = checks(installation)["database"]
        assert found.status is Status.FAILED
        assert "install the version that made it" in found.text

    def test_a_file_in_place_of_its_folder_fails(self, installation: Installation) -> None:
        (installation.folder / "var").write_text("")
        found = checks(installation)["database"]
        assert found.status is Status.FAILED
        assert "is a file; move it away" in found.text
        done = installation.run("run", "--once")
        assert done.returncode == 1
        assert "is a file where a folder is needed" in done.stderr

    def test_missing_is_a_warning_and_stays_missing(self, installation: Installation) -> None:
        found = checks(installation)["database"]
        assert found.status is Status.WARNING
        assert "`synpunkten run` makes it" in found.text
        assert not (installation.folder / "var").exists()

    def test_empty_or_with_another_schema_is_a_warning(self, installation: Installation) -> None:
        database = Database(f"sqlite:///{installation.folder}/var/synpunkten.db")
        with database.transaction() as s:
            s.exec_driver_sql("create table alembic_version (version_num varchar(32))")
        assert "makes the tables" in checks(installation)["database"].text
        with database.transaction() as s:
            s.exec_driver_sql("insert into alembic_version values ('0000')")
        database.close()
        found = checks(installation)["database"]
        assert found.status is Status.WARNING
        assert "has schema 0000" in found.text

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql+psycopg://ekvik:hemligt@127.0.0.1:1/synpunkten",
            "postgresql+psycopg://ekvik@127.0.0.1:1/synpunkten?password=hemligt&connect_timeout=2",
            "postgresql+psycopg://ekvik@127.0.0.1:1/synpunkten?sslkey=a.key&sslpassword=hemligt",
        ],
    )
    def test_out_of_reach_fails_without_its_password(self, installation: Installation, url: str) -> None:
        installation.use(url)
        found = checks(installation)["database"]
        assert found.status is Status.FAILED
        assert "127.0.0.1:1" in found.text
        assert "hemligt" not in found.text

    @pytest.mark.parametrize(
        ("left", "status"),
        [(Room(0, 10**9), Status.FAILED), (Room(40_000_000, 10**9), Status.WARNING), (Room(10**9, 10**12), None)],
    )
    def test_a_disk_without_room_is_told(
        self, installation: Installation, monkeypatch: pytest.MonkeyPatch, left: Room, status: Status | None
    ) -> None:
        installation.new_register().close()
        monkeypatch.setattr("service.examination.register.room_at", lambda _: left)
        found = checks(installation).get("disk")
        assert (found.status if found else None) is status
        assert found is None or "no mail is taken in; make room" in found.text


class TestMailServers:
    def test_out_of_reach(self, installation: Installation) -> None:
        found = checks(installation)
        for name in ("imap ekvik", "smtp ekvik"):
            assert found[name].status is Status.FAILED
            assert "nothing listens on this port; is the server up" in found[name].text
            assert "Errno" not in found[name].text
        assert "folders ekvik" not in found

    def test_a_refused_log_in(self, installation: Installation, mail_system: MailSystem) -> None:
        server = mail_system.imap(installation.address)
        installation.configure(replace(server, password="fel"), mail_system.smtp())
        found = checks(installation)
        assert found["imap ekvik"].status is Status.FAILED
        assert "correct `username` or `password`" in found["imap ekvik"].text
        assert "fel" not in found["imap ekvik"].text.replace("failed", "")
        assert found["smtp ekvik"].status is Status.OK

    def test_an_inbox_that_is_not_there(self, connected: Installation) -> None:
        text = connected.file.read_text()
        connected.file.write_text(text.replace('"rules": ', '"folders": {"inbox": "Synpunkter"}, "rules": '))
        found = checks(connected)["folders ekvik"]
        assert found.status is Status.FAILED
        assert "no folder Synpunkter" in found.text


def test_a_clock_that_was_never_set_fails(installation: Installation) -> None:
    with time_machine.travel("2025-12-31T23:59:00Z", tick=False):
        (found,) = (c for c in examination.checks(installation.folder / "none.yaml") if c.name == "clock")
    assert found.status is Status.FAILED
    assert "set the clock" in found.text


def test_a_mailbox_that_got_another_name_is_missed(installation: Installation) -> None:
    with Cage() as cage:
        desk = open_desk(installation, cage)
        comes(desk, "Det är ett stort hål i asfalten på Storgatan.")
        desk.database.close()
    assert "mailbox ekvik" not in checks(installation)
    installation.file.write_text(installation.file.read_text().replace('"name": "ekvik"', '"name": "synpunkten"'))
    found = checks(installation)["mailbox ekvik"]
    assert found.status is Status.WARNING
    assert found.text.startswith("open cases: 1, letters to send: 2, ")


def test_a_line_of_the_journal_that_was_changed_is_found(installation: Installation) -> None:
    register = installation.new_register()
    with register.transaction() as s:
        lines = Journal("ekvik", datetime(2026, 5, 4, 7, 12, tzinfo=UTC))
        lines.add(None, "note", "as it was")
        lines.write(s)
    found = checks(installation)["journal"]
    assert found.status is Status.OK
    checksum = found.text.rpartition(" ")[2]
    asked = [
        check
        for check in examination.checks(installation.file, f" {checksum[:12].upper()} ")
        if check.name == "checksum"
    ]
    assert [(check.status, "2026-05-04 07:12 UTC" in check.text) for check in asked] == [(Status.OK, True)]
    with register.transaction() as s:
        s.execute(update(journal).values(text="as somebody would like it"))
    register.close()
    found = checks(installation)["journal"]
    assert (found.status, "line 1: its words have been changed" in found.text) == (Status.FAILED, True)
    assert [c.status for c in examination.checks(installation.file, "0" * 64) if c.name == "checksum"] == [
        Status.FAILED
    ]


@pytest.mark.parametrize(
    ("is_terminal", "environment", "coloured"),
    [
        pytest.param(True, {}, True, id="a terminal"),
        pytest.param(False, {}, False, id="a file"),
        pytest.param(True, {"NO_COLOR": "1"}, False, id="somebody who wants none"),
        pytest.param(True, {"TERM": "dumb"}, False, id="a terminal without colours"),
    ],
)
def test_a_status_is_coloured_for_who_sees_it(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, environment: dict[str, str], coloured: bool
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)
    shown = line_of(Check("clock", Status.FAILED, "set it"))
    assert ("\x1b[" in shown) is coloured
    assert re.sub(r"\x1b\[\d+m", "", shown) == "FAILED  clock: set it"
