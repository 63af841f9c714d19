"""`synpunkten quarantine`: what is held, the mail itself, and the two decisions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.core.rules.rulebook import RuleBook
from service.desk.desk import Desk, Folders
from service.desk.handling import Delivered, handle_mail, handle_unreadable
from service.desk.writing.stationery import Stationery
from service.resources import shipped
from tests.cli.conftest import Installation, said
from tests.conversations.town import rules_of

MONDAY = datetime(2026, 9, 7, 7, 12, tzinfo=UTC)
NEWSLETTER = b"""\
From: Anna Ek <anna.ek@example.org>
Subject: =?utf-8?q?H=C3=A5l?=
Message-ID: <1@example.org>
Precedence: bulk
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Det \xc3\xa4r ett stort h\xc3\xa5l i asfalten p\xc3\xa5 Storgatan.
"""
KEYS = [
    *("id", "state", "mailbox", "at", "received_at", "from", "subject", "size", "sha256", "case", "reason"),
    *("decided_at", "decided_because"),
]


@pytest.fixture(scope="session")
def ekvik() -> RuleBook:
    return rules_of("ekvik")


@pytest.fixture
def two(installation: Installation, ekvik: RuleBook) -> Installation:
    """A newsletter is held, and a mail that could not be read, which has its case."""
    database = installation.new_register()
    desk = Desk(
        database=database,
        mailbox="ekvik",
        address=installation.address,
        folders=Folders(),
        book=ekvik,
        stationery=Stationery(shipped("templates")),
        secret=b"a secret of the test",
        own=frozenset(),
    )
    handle_mail(desk, Delivered(NEWSLETTER, MONDAY, ("INBOX", 1, 1)), MONDAY)
    bomb = NEWSLETTER.replace(b"Precedence: bulk\n", b"").replace(b"<1@", b"<2@")
    handle_unreadable(desk, Delivered(bomb, MONDAY, ("INBOX", 1, 2)), "needs too much memory", MONDAY)
    database.close()
    return installation


def test_the_list_is_an_array_of_what_is_held(two: Installation) -> None:
    done = two.invoke("quarantine", "list", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    newsletter, unread = json.loads(done.stdout)
    assert list(newsletter) == KEYS
    assert (newsletter["id"], newsletter["state"], newsletter["case"]) == (1, "held", None)
    assert (newsletter["from"], newsletter["subject"]) == ("anna.ek@example.org", "Hål")
    assert newsletter["received_at"] == "2026-09-07T09:12:00+02:00"
    assert (newsletter["decided_at"], newsletter["decided_because"]) == (None, None)
    assert unread["case"].startswith("EKV-26-")
    assert unread["reason"] == "needs too much memory"


def test_the_list_for_people_is_a_line_each(two: Installation) -> None:
    head, first, second = two.invoke("quarantine", "list").stdout.splitlines()
    assert head.split() == ["id", "received", "state", "from", "case", "reason"]
    assert first.split()[:4] == ["1", "2026-09-07", "09:12", "held"]
    assert second.rstrip().endswith("needs too much memory")


def test_an_empty_quarantine_says_so(two: Installation) -> None:
    two.invoke("quarantine", "drop", "1", "--reason", "reklam")
    two.invoke("quarantine", "drop", "2", "--reason", "reklam")
    assert two.invoke("quarantine", "list").stdout == "no mails in quarantine\n"
    assert json.loads(two.invoke("quarantine", "list", "--json").stdout) == []
    assert [entry["state"] for entry in json.loads(two.invoke("quarantine", "list", "--all", "--json").stdout)] == [
        "dropped",
        "dropped",
    ]


def test_show_tells_one_and_writes_the_mail_byte_for_byte(two: Installation) -> None:
    done = two.invoke("quarantine", "show", "1", "--json", "--raw", "out.eml")
    assert list(json.loads(done.stdout)) == KEYS
    assert (two.folder / "out.eml").read_bytes() == NEWSLETTER
    assert "anna.ek@example.org" in two.invoke("quarantine", "show", "1").stdout


def test_a_released_mail_becomes_a_case_with_its_arrival(two: Installation) -> None:
    done = two.invoke("quarantine", "release", "1")
    assert done.exit_code == 0
    number = done.stdout.split()[-1]
    case = json.loads(two.invoke("case", "show", number, "--json").stdout)
    assert (case["received_at"], case["unit"]) == ("2026-09-07T09:12:00+02:00", "gata-park")
    assert [m["kind"] for m in case["messages"] if m["direction"] == "out"] == ["receipt", "assignment"]
    assert {m["state"] for m in case["messages"] if m["direction"] == "out"} == {"queued"}
    assert "released" in [event["kind"] for event in case["events"]]


def test_release_fills_the_case_of_a_mail_that_can_be_read_now(two: Installation) -> None:
    (case,) = json.loads(two.invoke("case", "list", "--json").stdout)
    assert two.invoke("quarantine", "release", "2").stdout == f"released: case {case['number']}\n"
    filled = json.loads(two.invoke("case", "show", case["number"], "--json").stdout)
    assert filled["text"] == "Det är ett stort hål i asfalten på Storgatan."


def test_a_dropped_mail_is_kept_with_the_reason(two: Installation) -> None:
    assert two.invoke("quarantine", "drop", "1", "--reason", "reklam").exit_code == 0
    entry = json.loads(two.invoke("quarantine", "show", "1", "--json", "--raw", "out.eml").stdout)
    assert (entry["state"], entry["decided_because"]) == ("dropped", "reklam")
    assert entry["decided_at"]
    assert Path(two.folder / "out.eml").read_bytes() == NEWSLETTER


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        pytest.param(["show", "7"], 1, "no mail 7 in quarantine", id="show an unknown one"),
        pytest.param(["release", "7"], 1, "no mail 7 in quarantine", id="release an unknown one"),
        pytest.param(["drop", "7", "--reason", "x"], 1, "no mail 7 in quarantine", id="drop an unknown one"),
        pytest.param(["drop", "1"], 2, "--reason", id="drop without a reason"),
        pytest.param(["drop", "1", "--reason", " "], 2, "--reason", id="drop with an empty reason"),
        pytest.param(["show", "first"], 2, "'ID'", id="no number"),
    ],
)
def test_what_cannot_be_done_is_one_line(two: Installation, arguments: list[str], status: int, says: str) -> None:
    done = two.invoke("quarantine", *arguments)
    assert (done.exit_code, done.stdout) == (status, "")
    (line,) = said(done.stderr)
    assert says in line


def test_a_mail_is_decided_about_once(two: Installation) -> None:
    assert two.invoke("quarantine", "drop", "1", "--reason", "reklam").exit_code == 0
    for arguments in (["release", "1"], ["drop", "1", "--reason", "x"]):
        done = two.invoke("quarantine", *arguments)
        assert done.exit_code == 1
        assert "no longer held" in done.stderr


def test_without_a_register_there_is_nothing_to_look_at(installation: Installation) -> None:
    done = installation.invoke("quarantine", "list")
    assert done.exit_code == 1
    assert "no register yet" in done.stderr
    assert not (installation.folder / "var").exists()
