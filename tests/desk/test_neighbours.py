"""One inbox under two names: the second mailbox waits until the first has moved the mail away, or has not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from service.desk import handling, hands, neighbours
from service.desk.handling import Delivered
from service.desk.neighbours import PATIENCE, Anothers
from service.desk.tables import in_hand, seen
from tests.conversations.town import ANNA, Town
from tests.core.values import NOW

pytestmark = pytest.mark.databases("sqlite", "postgresql")

PLACE = ("INBOX", 7, 3)
HOLE = "Det är ett stort hål i asfalten på Storgatan."


@pytest.fixture
def second(town: Town) -> Town:
    """The town with its mailbox as `hjo`; the first one is `ekvik`."""
    town.desk = replace(town.desk, mailbox="hjo", neighbours=(("ekvik", "INBOX"), ("klippan", "Nytt")))
    return town


def is_handled(town: Town, raw: bytes, place: tuple[str, int, int] = PLACE, later: timedelta = timedelta()) -> bool:
    try:
        handling.handle_mail(town.desk, Delivered(raw, town.now, place), town.now + later)
    except Anothers:
        return False
    return True


def first_handles(town: Town, raw: bytes) -> None:
    first = replace(town.desk, mailbox="ekvik", neighbours=())
    handling.handle_mail(first, Delivered(raw, town.now, PLACE), town.now)


@pytest.mark.parametrize(
    ("place", "later", "handled"),
    [
        pytest.param(PLACE, timedelta(), False, id="in the same place"),
        pytest.param(("INBOX.", 7, 3), timedelta(), False, id="whatever the folder is called"),
        pytest.param(PLACE, PATIENCE / 2, False, id="it may be moved yet"),
        pytest.param(PLACE, PATIENCE * 2, True, id="it was not moved: another one"),
        pytest.param(PLACE, -PATIENCE * 2, True, id="a clock that was ahead"),
        pytest.param(("INBOX", 7, 4), timedelta(), True, id="another UID"),
        pytest.param(("INBOX", 8, 3), timedelta(), True, id="another UIDVALIDITY"),
    ],
)
def test_a_mail_that_another_has_just_handled_waits(
    second: Town, place: tuple[str, int, int], later: timedelta, handled: bool
) -> None:
    raw = second.mail(ANNA, HOLE)
    first_handles(second, raw)
    assert is_handled(second, raw, place, later) is handled
    assert len(second.cases()) == 1 + handled


def test_another_mail_in_the_same_place_is_another(second: Town) -> None:
    first_handles(second, second.mail(ANNA, HOLE))
    assert is_handled(second, second.mail(ANNA, "Lampan vid torget är trasig."))


def test_without_neighbours_nothing_waits(second: Town) -> None:
    raw = second.mail(ANNA, HOLE)
    first_handles(second, raw)
    second.desk = replace(second.desk, neighbours=())
    assert is_handled(second, raw)


def test_what_cannot_be_moved_away_is_waited_for_as_long(second: Town) -> None:
    raw = second.mail(ANNA, HOLE)
    first_handles(second, raw)
    first = replace(second.desk, mailbox="ekvik", neighbours=(("hjo", "INBOX"),))
    with second.database.transaction() as s:
        neighbours.still_there(s, first, 7, [3], NOW + PATIENCE * 2)
    assert not is_handled(second, raw, later=PATIENCE * 2)


@pytest.mark.parametrize(
    ("has_neighbours", "uids", "waits"),
    [
        pytest.param(True, [3], True, id="it could not be moved"),
        pytest.param(True, [4], False, id="another could not"),
        pytest.param(True, [], False, id="all were moved"),
        pytest.param(False, [3], False, id="nobody waits for it"),
    ],
)
def test_when_a_mail_was_handled_changes_for_those_who_wait_alone(
    second: Town, has_neighbours: bool, uids: list[int], waits: bool
) -> None:
    first_handles(second, second.mail(ANNA, HOLE))
    first = replace(second.desk, mailbox="ekvik", neighbours=(("hjo", "INBOX"),) if has_neighbours else ())
    with second.database.transaction() as s:
        neighbours.still_there(s, first, 7, uids, NOW + PATIENCE)
        assert [*s.scalars(select(seen.c.at))] == [NOW + PATIENCE if waits else second.now]


def free(town: Town, later: timedelta = timedelta(), *, alive: bool = True) -> list[int]:
    with town.database.transaction() as s:
        return neighbours.not_in_hand(s, town.desk, 7, [3, 4], NOW + later, lambda _: alive)


def test_what_another_has_in_hand_is_left_to_it(second: Town) -> None:
    with second.database.transaction() as s:
        hands.take(s, ("ekvik", "INBOX", 7), [3], 1, NOW, lambda _: True)
    assert free(second) == [4]
    assert free(second, alive=False) == [3, 4]
    assert free(second, hands.LEASE) == [3, 4]
    with second.database.transaction() as s:
        s.execute(update(in_hand).values(run=hands.NOBODY))
    assert free(second) == [3, 4], "a run has died over it, and nobody has it"
    with second.database.transaction() as s:
        s.execute(update(in_hand).values(run=1))
    assert free(second) == [4]
    first_handles(second, second.mail(ANNA, HOLE))
    assert free(second) == [3, 4]


@pytest.mark.databases("postgresql")
def test_of_two_who_look_at_once_one_waits_for_the_other(second: Town) -> None:
    """SQLite has one writer; elsewhere a lock of the transaction, which whoever has no neighbours does not take."""
    alone = replace(second.desk, neighbours=())
    mine = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
    with second.database.transaction() as s:
        before = s.scalar(mine)
        neighbours.not_in_hand(s, alone, 7, [3], NOW, lambda _: True)
        assert s.scalar(mine) == before
        neighbours.not_in_hand(s, second.desk, 7, [3], NOW, lambda _: True)
        assert s.scalar(mine) == (before or 0) + 1
    with second.database.transaction() as s:
        assert s.scalar(mine) == before
