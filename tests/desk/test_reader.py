"""Reading many cases by what somebody wants to see of them. Over both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from service.core.cases import Status
from service.desk.lookup import reader
from service.desk.lookup.wanted import Moment, Wanted
from service.desk.tables import cases
from tests.conversations.town import Town
from tests.core.values import ANNA, BO, NOW

pytestmark = pytest.mark.databases("sqlite", "postgresql")

KURT = "kurt@example.org"


def told(town: Town, wanted: Wanted, **more: Any) -> list[int]:
    """The serial numbers of the cases, as they are read."""
    with town.database.reading() as s:
        found = [int(record.case.number[7:12]) for record in reader.read(s, wanted, **more)]
        assert reader.count(s, wanted, after=more.get("after", 0)) == len(found)
    return found


@pytest.fixture
def three(town: Town) -> Town:
    """Anna's hole in the road, answered; Kurt's school lunch a day later; Anna's secret case after two weeks."""
    town.writes(ANNA, "Det är ett stort hål i asfalten på Storgatan.")
    town.writes(BO, "#SVAR\nHålet lagas i morgon.", answers=town.letter("assignment", BO))
    town.passes(days=1)
    town.writes(KURT, "Maten i skolan är god.", "Mat")
    town.passes(days=14)
    town.writes(ANNA, "Jag vill tala om hemtjänsten.", "Omsorg")
    with town.database.transaction() as s:
        s.execute(update(cases).where(cases.c.id == 3).values(secrecy=True, unit="", closed_at=town.now))
    return town


WANTED = [
    (Wanted(), [1, 2, 3]),
    (Wanted(mailbox="hjo"), []),
    (Wanted(status=Status.ANSWERED), [1]),
    (Wanted(unfinished=True), [2, 3]),
    (Wanted(late_at=NOW + timedelta(days=30)), [2, 3]),
    (Wanted(late_at=NOW), []),
    (Wanted(units=["gata-park"]), [1]),
    (Wanted(units=[""]), [3]),
    (Wanted(units=[]), []),
    (Wanted(officer=BO.upper()), [1]),
    (Wanted(submitter=ANNA.title()), [1, 3]),
    (Wanted(submitter=ANNA), [1, 3]),
    (Wanted(since=NOW + timedelta(hours=1)), [2, 3]),
    (Wanted(since=NOW, before=NOW + timedelta(days=1)), [1]),
    (Wanted(since=NOW, moment=Moment.CLOSED), [3]),
    (Wanted(since=NOW, moment=Moment.ANSWERED), [1]),
    (Wanted(secret=False), [1, 2]),
    (Wanted(secret=True), [3]),
    (Wanted(secret=False, submitter=ANNA, unfinished=True), []),
]


def test_what_is_wanted_is_read_in_the_order_of_registration(three: Town) -> None:
    assert [(wanted, told(three, wanted)) for wanted, _ in WANTED] == WANTED


def test_it_is_taken_up_where_it_was_broken_off(three: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_PAGE", 1)
    assert told(three, Wanted()) == [1, 2, 3]
    assert told(three, Wanted(), after=1) == [2, 3]


def test_a_case_comes_with_its_promises_journal_and_mails(three: Town) -> None:
    first = three.cases()[0]
    with three.database.reading() as s:
        record = next(reader.read(s, Wanted(), lines=True, mails=True))
        assert replace(record.case, steps=first.steps) == first
        assert record.lines[0].kind == "opened"
        assert (record.mails[0].direction, record.mails[0].kind, record.mails[0].sender) == ("in", "feedback", ANNA)
        letter = next(mail for mail in record.mails if mail.direction == "out")
        assert reader.raw(s, letter.id).startswith(b"From: ")
        assert next(reader.read(s, Wanted())).lines == ()
