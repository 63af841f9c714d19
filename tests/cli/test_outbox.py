"""`synpunkten outbox`: what has not left and why, and letting it go."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from service import config, examination
from service.desk.database import Database
from service.desk.desk import Desk, Folders
from service.desk.handling import Delivered, handle_mail
from service.desk.post import unreachable
from service.desk.tables import messages
from service.desk.writing.stationery import Stationery
from service.examination import Status
from service.resources import shipped
from tests.cli.conftest import Installation
from tests.conversations.town import rules_of

MONDAY = datetime(2026, 9, 7, 7, 12, tzinfo=UTC)
KEYS = [
    *("id", "mailbox", "state", "kind", "at", "to", "subject", "case", "reason"),
    *("attempts", "next_try_at", "last_error"),
]


def database_of(installation: Installation) -> Database:
    return Database(config.database_of(installation.file))


@pytest.fixture
def busy(installation: Installation) -> Installation:
    """One citizen has written seven times in a day: two receipts are held."""
    database = installation.new_register()
    desk = Desk(
        database=database,
        mailbox="ekvik",
        address=installation.address,
        folders=Folders(),
        book=rules_of("ekvik"),
        stationery=Stationery(shipped("templates")),
        secret=b"a secret of the test",
        own=frozenset(),
    )
    for number in range(7):
        mail = EmailMessage()
        mail["From"], mail["Subject"], mail["Message-ID"] = "anna.ek@example.org", f"Hål {number}", f"<{number}@x>"
        mail.set_content(f"Hål nummer {number} i asfalten på Storgatan.")
        handle_mail(desk, Delivered(mail.as_bytes(), MONDAY, ("INBOX", 1, number + 1)), MONDAY)
    database.close()
    return installation


def test_the_list_is_an_array_of_what_is_stuck(busy: Installation) -> None:
    done = busy.invoke("outbox", "list", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert [list(entry) for entry in found] == [KEYS, KEYS]
    assert {(e["state"], e["kind"], e["to"]) for e in found} == {("held", "receipt", "anna.ek@example.org")}
    assert "5 automatic mails" in found[0]["reason"]
    everything = json.loads(busy.invoke("outbox", "list", "--all", "--json").stdout)
    assert len(everything) == 14


def test_people_read_a_table_or_that_nothing_is_stuck(busy: Installation) -> None:
    assert "anna.ek@example.org" in busy.invoke("outbox", "list").stdout
    busy.invoke("outbox", "retry", "--all")
    assert "no letters are stuck" in busy.invoke("outbox", "list").stdout


def test_a_letter_is_let_go(busy: Installation) -> None:
    first, second = json.loads(busy.invoke("outbox", "list", "--json").stdout)
    done = busy.invoke("outbox", "retry", str(first["id"]))
    assert (done.exit_code, done.stdout) == (0, "1 letter will leave with the next delivery\n")
    assert [e["id"] for e in json.loads(busy.invoke("outbox", "list", "--json").stdout)] == [second["id"]]
    database = database_of(busy)
    with database.reading() as s:
        assert s.scalar(select(messages.c.state).where(messages.c.id == first["id"])) == "queued"
    database.close()


def test_no_password_is_needed_to_let_a_letter_go(busy: Installation) -> None:
    secret = busy.file.read_text().replace('"hemligt"', '{"env": "ANOTHER_USERS_PASSWORD"}')
    assert "ANOTHER_USERS_PASSWORD" in secret
    busy.file.write_text(secret)
    done = busy.invoke("outbox", "retry", "--all")
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [["retry"], ["retry", "1", "--all"], ["retry", "999"], ["retry", "x"]])
def test_wrong_usage_is_one_line(busy: Installation, arguments: list[str]) -> None:
    done = busy.invoke("outbox", *arguments)
    assert done.exit_code in {1, 2}
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("synpunkten: ")


def test_the_doctor_fails_for_a_colleague_who_cannot_be_reached(busy: Installation) -> None:
    database = database_of(busy)
    with database.transaction() as s:
        unreachable.note(s, "Bo.Ek@ekvik.example", "550 5.1.1 no such user", MONDAY)
    database.close()
    found = {check.name: check for check in examination.checks(busy.file)}
    assert found["staff bo.ek@ekvik.example"].status is Status.FAILED
    assert "5.1.1" in found["staff bo.ek@ekvik.example"].text
