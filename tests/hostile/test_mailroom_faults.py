"""Mails over which processes die, databases that are locked or full, faults that strike all mails alike."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from service.core.rules.rulebook import RuleBook
from service.desk import database as database_module
from service.desk import handling
from service.desk.database import Database, fault_words
from service.desk.rounds import trouble
from service.desk.tables import in_hand, journal, messages, quarantine
from service.doors import delivery
from service.doors.account import Security, Server
from service.doors.mailroom import Mailroom
from service.doors.transfer import Deferred, Envelope, Outcome
from tests import registers
from tests.conversations.town import ANNA, REGISTRAR, Town
from tests.core.values import NOW
from tests.doors.test_mailroom import HOLE, Mailbox, Office, Post, PowerCutError


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An empty register with little patience for a lock."""
    monkeypatch.setattr(database_module, "_BUSY_MS", 100)
    database = registers.new(tmp_path / "register.db")
    yield database
    database.close()


@pytest.fixture
def office(database: Database, ekvik: RuleBook, monkeypatch: pytest.MonkeyPatch) -> Office:
    town, box, post = Town(database, ekvik, NOW), Mailbox(batch=10), Post()
    monkeypatch.setattr(delivery, "deliver", post.deliver)
    office = Office(town, box, post, None)  # type: ignore[arg-type]
    starts_anew(office)
    return office


def starts_anew(office: Office) -> None:
    """A new process: whatever the old one knew is gone, but for the register."""
    run = getattr(office.room, "run", 0) + 1
    clock = lambda: office.town.now  # noqa: E731 - as short as it gets
    office.room = Mailroom(office.town.desk, office.box, Server("127.0.0.1", 1, Security.NONE), clock)  # type: ignore[arg-type]
    office.room.run = run


def poisoned(monkeypatch: pytest.MonkeyPatch, does: Callable[[], None], also_unreadable: bool = False) -> list[int]:
    """Whoever handles a mail from gift@ comes to grief; returns the UIDs whose handling was begun."""
    begun: list[int] = []
    for name in ("handle_mail", *(["handle_unreadable"] if also_unreadable else [])):
        place = trouble if name == "handle_unreadable" else handling
        whole = getattr(place, name)

        def handled(desk: Any, mail: Any, *more: Any, whole: Any = whole) -> Any:
            begun.append(mail.place[2])
            if b"gift@" in mail.raw:
                does()
            return whole(desk, mail, *more)

        monkeypatch.setattr(place, name, handled)
    return begun


def dies() -> None:
    raise PowerCutError


def test_a_mail_that_kills_the_process_is_met_twice_and_then_set_aside(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first death blames it alone, the second comes after all others are handled, the third try looks away."""
    office.arrives(f"{HOLE} Ett.", "Ett <ett@example.org>")
    office.arrives("Giftigt: " + HOLE, "Gift <gift@example.org>")
    office.arrives(f"{HOLE} Två.", "Två <tva@example.org>")
    begun = poisoned(monkeypatch, dies)
    for _ in range(2):
        with pytest.raises(PowerCutError):
            office.room.poll()
        starts_anew(office)
    assert begun == [1, 2, 3, 2], "what is under suspicion comes last"
    office.room.once()
    assert begun == [1, 2, 3, 2]
    assert office.box.mails == {}
    assert office.box.filed["Karantän"] == [2]
    assert {letter.to for letter in office.post.of("receipt")} >= {"ett@example.org", "tva@example.org"}
    with office.town.database.reading() as s:
        assert "ended 2 times" in s.scalars(select(quarantine.c.reason)).one()
        assert s.scalars(select(in_hand.c.uid)).all() in ([], [2])


def test_told_to_stop_it_forgets_no_suspicion(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.arrives("Giftigt: " + HOLE, "Gift <gift@example.org>")
    begun = poisoned(monkeypatch, dies)
    with pytest.raises(PowerCutError):
        office.room.poll()
    starts_anew(office)
    office.arrives()
    handle = handling.handle_mail

    def then_stop(*given: Any) -> Any:
        office.room.stop.set()
        return handle(*given)

    monkeypatch.setattr(handling, "handle_mail", then_stop)
    assert office.room.poll() == 1
    assert begun == [1, 2]
    with office.town.database.reading() as s:
        assert (1, 1) in s.execute(select(in_hand.c.uid, in_hand.c.deaths)).all()


def test_a_mail_that_kills_even_who_looks_at_its_header_is_kept_unseen(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.arrives("Giftigt: " + HOLE, "Gift <gift@example.org>")
    begun = poisoned(monkeypatch, dies, also_unreadable=True)
    for _ in range(3):
        with pytest.raises(PowerCutError):
            office.room.poll()
        starts_anew(office)
    office.room.once()
    assert len(begun) == 3
    assert office.box.filed == {"Karantän": [1]}
    assert [letter.to for letter in office.post.of("alert")] == [REGISTRAR]


def test_a_power_cut_at_another_time_blames_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail that was in hand once is handled like any other afterwards."""
    office.arrives()
    with monkeypatch.context() as broken:
        broken.setattr(handling, "handle_mail", lambda *_: dies())
        with pytest.raises(PowerCutError):
            office.room.poll()
    starts_anew(office)
    office.room.once()
    assert office.box.filed == {"Ärenden": [1]}
    with office.town.database.reading() as s:
        assert s.scalars(select(quarantine.c.id)).all() == []


@pytest.mark.parametrize(
    ("fault", "many"), [(UndefinedError("x"), 1), (OSError(28, "No space left"), 1), (KeyError("x"), 4)], ids=repr
)
def test_a_fault_that_strikes_all_mails_alike_blames_none(
    office: Office, monkeypatch: pytest.MonkeyPatch, fault: Exception, many: int
) -> None:
    """They wait, however often it is tried; the registrar hears once a day; mended, all are handled."""
    for number in range(many):
        office.arrives(f"{HOLE} Nummer {number}.", f"Anna <anna{number}@example.org>")

    def fails(*_: object) -> None:
        raise fault

    with monkeypatch.context() as broken:
        broken.setattr(handling, "on_mail", fails)
        for _ in range(6):
            office.room.once()
    every = [*range(1, many + 1)]
    assert sorted(office.box.mails) == every
    assert [letter.to for letter in office.post.of("alert")] == [REGISTRAR]
    office.room.once()
    assert len(office.town.cases()) == many
    assert office.box.filed == {"Ärenden": every}


def test_two_bad_mails_in_a_row_are_set_aside_once_another_has_passed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They fail in the same place, and it looks as if all would; from then on each answers for itself."""
    for number in range(2):
        office.arrives(f"Giftigt {number}: {HOLE}", f"Gift <gift@{number}.example.org>")
    office.arrives()

    def fails() -> None:
        raise ValueError

    poisoned(monkeypatch, fails)
    office.room.poll()
    assert [letter.kind for letter in office.post.taken] == []
    assert sorted(office.box.mails) == [1, 2]
    for _ in range(trouble.MAX_TRIES):
        assert sorted(office.box.mails) == [1, 2]
        office.room.poll()
    assert office.box.filed == {"Ärenden": [3], "Karantän": [1, 2]}


def test_two_bad_mails_that_fail_each_in_its_own_way_are_set_aside(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = itertools.cycle([ValueError, KeyError])

    def fails() -> None:
        raise next(faults)

    for number in range(2):
        office.arrives(f"Giftigt {number}: {HOLE}", f"Gift <gift@{number}.example.org>")
    poisoned(monkeypatch, fails)
    for _ in range(trouble.MAX_TRIES):
        assert sorted(office.box.mails) == [1, 2]
        office.room.poll()
    assert office.box.filed == {"Karantän": [1, 2]}


def test_two_copies_of_one_bad_mail_are_no_fault_that_strikes_all(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise ValueError

    office.arrives("Giftigt: " + HOLE, "Gift <gift@example.org>")
    office.box.mails[2] = office.box.mails[1]
    poisoned(monkeypatch, fails)
    for _ in range(trouble.MAX_TRIES):
        office.room.poll()
    assert office.box.mails == {}


def test_bad_mails_with_a_good_one_between_are_no_fault_that_strikes_all(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sender in ("Gift <gift@1.example.org>", ANNA, "Gift <gift@2.example.org>"):
        office.arrives(f"{HOLE} {sender}", sender)

    def fails() -> None:
        raise ValueError

    poisoned(monkeypatch, fails)
    office.room.once()
    assert sorted(office.box.mails) == [1, 3]
    assert office.post.of("alert") == []


def test_a_database_that_is_full_ends_the_round_and_is_named(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        office.arrives(f"{HOLE} Nummer {number}.", f"Anna <anna{number}@example.org>")
    tries: list[int] = []

    def full(_desk: Any, mail: Any, _now: Any) -> None:
        tries.append(mail.place[2])
        raise OperationalError(
            "INSERT ... ?", ("anna@example.org",), sqlite3.OperationalError("database or disk is full")
        )

    with monkeypatch.context() as broken:
        broken.setattr(handling, "handle_mail", full)
        for _ in range(5):
            with pytest.raises(OperationalError):
                office.room.poll()
    assert tries == [1] * 5
    told = capsys.readouterr().out
    assert "database or disk is full" in told
    assert "anna" not in told
    office.room.once()
    assert len(office.town.cases()) == 3


def test_what_the_server_said_is_kept_while_the_database_is_locked(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent twice because of it, and nothing more is sent until it is noted."""
    office.arrives()
    office.room.poll()
    file = str(database.url.database)
    lock = sqlite3.connect(file, timeout=5, isolation_level=None, check_same_thread=False)
    post = office.post.deliver

    def then_locked(
        server: Server, envelopes: Sequence[Envelope], report: Callable[[Envelope, Outcome], None], **more: Any
    ) -> None:
        if not lock.in_transaction and not office.post.taken:
            lock.execute("BEGIN IMMEDIATE")
        post(server, envelopes, report, **more)

    monkeypatch.setattr(delivery, "deliver", then_locked)
    with pytest.raises(OperationalError, match="locked"):
        office.room.deliver()
    taken = len(office.post.taken)
    assert taken == 2
    with pytest.raises(OperationalError, match="locked"):
        office.room.deliver()
    assert len(office.post.taken) == taken
    lock.rollback()
    lock.close()
    office.town.now += timedelta(minutes=30)
    office.room.deliver()
    assert len(office.post.taken) == taken
    with database.reading() as s:
        assert set(s.scalars(select(messages.c.state).where(messages.c.direction == "out"))) == {"sent"}
        assert "sent-again" not in set(s.scalars(select(journal.c.kind)))


def test_a_letter_that_has_left_is_noted_though_what_follows_from_it_fails(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would leave again each time that its claim has run out."""

    def fails(*_: object) -> None:
        raise ArithmeticError

    office.arrives()
    with monkeypatch.context() as broken:
        broken.setattr(handling, "on_sent", fails)
        for _ in range(3):
            with contextlib.suppress(ArithmeticError):
                office.room.once()
            office.town.now += timedelta(minutes=11)
    assert [letter.kind for letter in office.post.taken] == ["receipt", "assignment"]
    assert ("half-noted", "a receipt has left; what follows from it could not be noted: ArithmeticError") in (
        office.town.journal()
    )


def test_letters_leave_before_the_deadlines_are_looked_at(office: Office) -> None:
    """A receipt that waited out a week's outage is sent, and nobody is told that it could not be."""
    office.arrives()
    office.post.outcomes["anna.ek@example.org"] = Deferred(451, "later")
    office.room.once()
    office.post.outcomes.clear()
    office.town.now += timedelta(days=7)
    office.room.once()
    assert len(office.post.of("receipt")) == 1
    assert not [letter for letter in office.post.of("alert") if "bekräftelse" in letter.text.lower()]


def test_a_folder_that_cannot_be_filled_is_tried_ever_more_seldom(office: Office) -> None:
    office.box.refuses["Ärenden"] = "[OVERQUOTA] full"
    for number in range(4):
        office.arrives(f"{HOLE} Nummer {number}.", f"Anna <anna{number}@example.org>")
        office.room.once()
    assert len(office.town.cases()) == 4
    assert len(office.post.of("receipt")) == 4
    assert [letter.to for letter in office.post.of("alert")] == [REGISTRAR]
    assert all("Ärenden" in str(failure) for failure in office.room.not_filed())
    office.town.now += timedelta(hours=25)
    office.arrives()
    office.room.once()
    assert len([letter for letter in office.post.of("alert") if "flytta" in letter.subject]) == 2


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (sqlite3.OperationalError("database is locked"), "database is locked"),
        (sqlite3.DatabaseError("database disk image is malformed"), "database disk image is malformed"),
        (sqlite3.OperationalError("unable to open database file"), "unable to open database file"),
    ],
)
def test_the_databases_own_words_are_told_without_parameters(error: sqlite3.Error, words: str) -> None:
    assert fault_words(OperationalError("SELECT ?", ("Anna",), error)) == words
    assert fault_words(ValueError("Anna")) == "ValueError"
