"""One mail ahead: the next is read while this one is decided, and nothing else changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from service.core.mail import Message, Unreadable
from service.core.message import read
from service.desk import handling
from service.desk.desk import Desk
from service.desk.handling import Delivered, Handled
from service.doors.ahead import LARGEST, Ahead
from service.doors.cage import Cage
from tests.doors.test_cage import PATIENT, READERS, mail
from tests.doors.test_mailroom import Office, office

__all__ = ["office"]


@dataclass
class Reader:
    """Reads mails, and tells which were begun so far."""

    begun: list[str] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def read(self, raw: bytes) -> Message:
        message = read(raw)
        with self.news:
            self.begun.append(message.subject)
            self.news.notify_all()
        return message

    def has_begun(self, subject: str) -> bool:
        with self.news:
            return self.news.wait_for(lambda: subject in self.begun, PATIENT)


def put_to_use(office: Office, ahead: Ahead) -> None:
    """The office reads ahead, and fetches all of its mails in one batch."""
    office.room.desk = replace(office.room.desk, reader=ahead.read)
    office.room.line_up = ahead.line_up
    office.box.batch = 10


@pytest.fixture(scope="module")
def cage() -> Iterator[Cage]:
    with Cage(PATIENT, 64, **READERS) as made:
        yield made


def test_one_mail_is_read_ahead_and_no_more() -> None:
    reader, mails = Reader(), [mail(f"{n}") for n in range(4)]
    ahead = Ahead(reader.read)
    ahead.line_up(mails)
    for n, raw in enumerate(mails):
        assert ahead.read(raw).subject == f"{n}"
        assert n == 3 or reader.has_begun(f"{n + 1}")
        assert reader.begun == [f"{m}" for m in range(min(n + 2, 4))]  # each once, in order


def test_what_is_asked_out_of_turn_is_read_at_once_and_the_line_goes_on() -> None:
    reader, mails = Reader(), [mail("0"), mail("1")]
    ahead = Ahead(reader.read)
    ahead.line_up(mails)
    assert reader.has_begun("0")
    assert ahead.read(mail("0")).subject == "0"  # the same bytes, but another mail
    assert [ahead.read(raw).subject for raw in mails] == ["0", "1"]
    assert reader.begun == ["0", "0", "1"]


def test_a_large_mail_waits_for_its_turn() -> None:
    reader, mails = Reader(), [mail("0"), mail("large", "x" * 70 + "\r\n" * LARGEST), mail("2")]
    ahead = Ahead(reader.read)
    ahead.line_up(mails)
    ahead.read(mails[0])
    assert reader.begun == ["0"]
    assert [ahead.read(raw).subject for raw in mails[1:]] == ["large", "2"]


def test_a_mail_that_kills_its_reader_ahead_answers_for_itself_alone(cage: Cage) -> None:
    ahead, mails = Ahead(cage.read), [mail("0"), mail("kill"), mail("2"), mail("raise"), mail("4")]
    ahead.line_up(mails)
    outcomes = []
    for raw in mails:
        try:
            outcomes.append(ahead.read(raw).subject)
        except Unreadable as fault:
            outcomes.append(str(fault))
    assert outcomes == ["0", "the process that read it died, twice", "2", "ValueError", "4"]


def test_a_line_that_is_given_up_holds_nothing() -> None:
    reader, mails = Reader(), [mail("0"), mail("1"), mail("2")]
    ahead = Ahead(reader.read)
    ahead.line_up(mails)
    ahead.read(mails[0])
    ahead.line_up(())
    assert [ahead.read(raw).subject for raw in mails[1:]] == ["1", "2"]


def test_nothing_is_committed_before_its_turn(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told to stop after the first mail: the second has been read, and lies in the mailbox as if it had not."""
    reader, handle = Reader(), handling.handle_mail
    put_to_use(office, Ahead(reader.read))
    for number in range(3):
        office.arrives(f"Gropen nummer {number} är djup.", f"Anna <anna{number}@example.org>", subject=f"{number}")

    def then_stop(desk: Desk, mail: Delivered, now: datetime) -> Handled:
        done = handle(desk, mail, now)
        assert reader.has_begun("1")
        office.room.stop.set()
        return done

    monkeypatch.setattr(handling, "handle_mail", then_stop)
    assert office.room.poll() == 1
    assert reader.begun == ["0", "1"]
    assert sorted(office.box.mails) == [2, 3]
    assert len(office.town.cases()) == 1
    monkeypatch.undo()
    office.room.stop.clear()
    assert office.room.poll() == 2
    assert len(office.town.cases()) == 3


def test_a_bad_mail_read_ahead_is_set_aside_and_the_others_become_cases_in_order(office: Office, cage: Cage) -> None:
    put_to_use(office, Ahead(cage.read))
    for number, subject in enumerate(("Gropen", "kill", "Lampan")):
        office.arrives(f"Det är fel på {subject}.", f"Anna <anna{number}@example.org>", subject=subject)
    assert office.room.poll() == 3
    assert office.box.filed["Karantän"] == [2]
    assert office.box.filed["Ärenden"] == [1, 3]
