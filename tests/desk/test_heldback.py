"""Letters that a person decides about: what waits for that, letting one go, saying that one had left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from service.core.effects import Letter, SendLetter
from service.desk.desk import Desk
from service.desk.journal import Journal
from service.desk.post import heldback, outbox
from service.desk.post.outbox import Circumstances
from service.desk.post.outcomes import PUT_BACK
from service.desk.post.states import State
from service.desk.tables import journal, messages, stopped
from tests.conversations.town import ANNA, BO, HOLE, REGISTRAR, Town
from tests.core.values import NOW, a_book

pytestmark = pytest.mark.databases("sqlite", "postgresql")

BEFORE = NOW - timedelta(hours=3)


def laid(desk: Desk, **values: object) -> int:
    """The number of a letter that was laid in the outbox three hours ago, as it has become since."""
    letter = SendLetter(Letter.INFORMATION, BO, "test", "receipt-stranger", {"arrived": NOW})
    with desk.database.transaction() as s:
        doubt = str(values.pop("doubt", ""))
        lines = Journal("ekvik", BEFORE)
        outbox.put(s, desk.writer, letter, None, (), desk.own, lines, Circumstances(doubt=doubt))
        number = s.scalars(select(messages.c.id).order_by(messages.c.id.desc()).limit(1)).one()
        if values:
            s.execute(update(messages).where(messages.c.id == number).values(**values))
        return number


@pytest.mark.parametrize(
    ("values", "is_listed", "may_go", "goes_with_all"),
    [
        ({"state": State.HELD, "held_because": "a full day"}, True, True, True),
        ({"state": State.UNCERTAIN, "doubts": 2, "next_try_at": None}, True, True, True),
        ({"doubt": PUT_BACK + "yesterday"}, True, True, False),
        ({"state": State.REFUSED, "last_error": "550 no"}, True, True, False),
        ({"last_error": "451 later"}, True, True, True),
        ({"last_error": "451 later", "claimed_until": NOW + timedelta(minutes=1)}, True, False, False),
        ({"claimed_until": NOW - timedelta(minutes=1)}, False, True, True),
        ({"state": State.SENT}, False, False, False),
        ({"state": State.WITHDRAWN}, False, False, False),
        ({"state": State.WITHHELD}, False, False, False),
    ],
    ids=repr,
)
def test_what_a_person_may_let_go(
    desk: Desk, values: dict[str, object], is_listed: bool, may_go: bool, goes_with_all: bool
) -> None:
    """What was taken back (its case has become secret) leaves no more than what has left or was withheld."""
    number = laid(desk, **values)
    other = laid(desk, state=State.SENT)
    with desk.database.transaction() as s:
        assert [each["id"] for each in heldback.listed(s)] == [number] * is_listed
        assert [each["id"] for each in heldback.listed(s, every=True)] == [number, other]
        for wanted, goes in ((None, goes_with_all), (number, may_go)):
            attempt = s.begin_nested()
            if goes or wanted is None:
                assert heldback.retry(s, wanted, NOW) == [number] * goes
            else:
                with pytest.raises(heldback.NotThere):
                    heldback.retry(s, wanted, NOW)
            row = s.execute(select(messages).where(messages.c.id == number)).one()
            left = (State.QUEUED, NOW, NOW, None)
            assert ((row.state, row.at, row.next_try_at, row.claimed_until) == left) is goes
            attempt.rollback()


def test_a_person_says_that_a_letter_had_left(desk: Desk) -> None:
    """One that nobody knows of by its number; those that a restore left in doubt together."""
    unknown = laid(desk, state=State.UNCERTAIN, doubts=2, next_try_at=None)
    restored = laid(desk, doubt=PUT_BACK + "yesterday")
    repeated = laid(desk, state=State.UNCERTAIN, doubts=1)
    with desk.database.transaction() as s:
        assert heldback.undecided(s) == 2
        for number in (repeated, repeated + 1):
            with pytest.raises(heldback.NotThere):
                heldback.settle(s, number, NOW)
        assert heldback.settle(s, None, NOW) == [restored]
        assert heldback.settle(s, None, NOW) == []
        assert heldback.settle(s, unknown, NOW) == [unknown]
        assert heldback.undecided(s) == 0
        found = {row.id: (row.state, row.sent_at) for row in s.execute(select(messages))}
        assert found == {
            unknown: (State.SENT, BEFORE),
            restored: (State.SENT, BEFORE),
            repeated: (State.UNCERTAIN, None),
        }
        told = s.execute(select(journal.c.at, journal.c.text).where(journal.c.kind == "sent-before")).all()
    assert told == [(NOW, "a person says that the uncertain information had left")] * 2


def receipt(desk: Desk, doubt: str = "") -> None:
    """One more automatic letter to the same person outside, who gets five a day."""
    letter = SendLetter(Letter.RECEIPT, "anna.ek@example.org", "test", "receipt-stranger", {"arrived": NOW})
    with desk.database.transaction() as s:
        outbox.put(s, desk.writer, letter, None, (), desk.own, Journal("ekvik", NOW), Circumstances(doubt=doubt))


def states(desk: Desk) -> list[tuple[str, str | None]]:
    with desk.database.reading() as s:
        return [
            tuple(row) for row in s.execute(select(messages.c.state, messages.c.held_because).order_by(messages.c.id))
        ]


def test_about_a_letter_in_doubt_a_person_decides_and_no_brake(desk: Desk) -> None:
    """Not even that mail to the address has bounced: it may have left before that."""
    for _ in range(5):
        receipt(desk)
    receipt(desk, PUT_BACK + "yesterday")
    with desk.database.transaction() as s:
        s.execute(insert(stopped).values(email="anna.ek@example.org", since=NOW, because="bounced", lasting=False))
    receipt(desk, PUT_BACK + "yesterday")
    assert states(desk)[5:] == [(State.UNCERTAIN, None)] * 2


def test_a_letter_that_has_to_wait_once_more_says_why_it_does_now(desk: Desk) -> None:
    for _ in range(6):
        receipt(desk)
    with desk.database.transaction() as s:
        held = update(messages).where(messages.c.state == State.HELD)
        s.execute(held.values(held_because="the case has had its automatic mails", next_try_at=NOW))
    heldback.let_go(desk, NOW)
    assert states(desk)[5:] == [(State.HELD, "the address has had its 5 automatic mails today")]


def test_letters_that_are_withheld_for_good_are_counted(desk: Desk) -> None:
    for state in (State.WITHHELD, State.WITHHELD, State.HELD):
        laid(desk, state=state)
    with desk.database.reading() as s:
        assert heldback.withheld(s) == 2


def test_work_that_was_held_back_until_its_case_was_closed_is_asked_of_nobody(town: Town) -> None:
    """What somebody wrote meanwhile is shown all the same."""
    town.desk = replace(town.desk, book=a_book(town.book, automatic_mail={"per_sender_and_day": 1}))
    town.writes(ANNA, HOLE)
    town.writes(ANNA, "Gatubelysningen på Storgatan är trasig.", "Trasig lampa")
    first, second = (case.number for case in town.cases())
    for number in (first, second):
        town.writes(ANNA, "Det har blivit värre.", f"[{number}]")
        town.writes(REGISTRAR, "#SVAR\nLagat.\n#TYP 1\n#KATEGORI 1\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", f"[{number}]")
    assert {case.status for case in town.cases()} == {"closed"}
    for _ in range(3):
        town.passes(days=1)
    of_work = [(x.kind, x.number) for x in town.letters(to=BO) if x.kind in {"assignment", "information"}]
    assert of_work.count(("assignment", first)) == 1
    assert ("assignment", second) not in of_work
    assert {("information", first), ("information", second)} <= set(of_work)
    with town.database.reading() as s:
        (taken_back,) = s.scalars(select(messages.c.held_because).where(messages.c.state == State.WITHDRAWN))
    assert taken_back == "the case was closed before the letter left"
