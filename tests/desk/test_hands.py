"""Mails in hand: processes that share a mailbox leave each other's batches alone, and nothing waits for a dead one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from service.desk import hands, ledger
from service.desk.database import Database
from tests.core.values import NOW

pytestmark = pytest.mark.databases("sqlite", "postgresql")

PLACE = ("ekvik", "INBOX", 1)
ONE, OTHER = 1, 2


def take(
    database: Database, run: int, uids: list[int], now: datetime = NOW, is_alive: Callable[[int], bool] = lambda _: True
) -> frozenset[int]:
    with database.transaction() as s:
        return hands.take(s, PLACE, uids, run, now, is_alive)


def test_what_a_run_that_lives_has_in_hand_is_left_to_it(database: Database) -> None:
    assert take(database, ONE, [1, 2, 3]) == {1, 2, 3}
    assert take(database, OTHER, [2, 3, 4]) == {4}
    assert take(database, ONE, [5]) == {5}
    assert take(database, OTHER, [2, 3]) == {2, 3}


def test_the_mails_of_a_dead_run_are_free(database: Database) -> None:
    take(database, ONE, [1, 2])
    assert take(database, OTHER, [1, 2], is_alive=lambda run: run != ONE) == {1, 2}
    assert take(database, ONE, [1, 2]) == frozenset()


@pytest.mark.parametrize("later", [hands.LEASE, -hands.LEASE, timedelta(days=400)])
def test_a_run_that_stands_still_or_has_a_wrong_clock_keeps_nothing_for_long(
    database: Database, later: timedelta
) -> None:
    take(database, ONE, [1])
    assert take(database, OTHER, [1], NOW + later / 2 if abs(later) == hands.LEASE else NOW) == frozenset()
    assert take(database, OTHER, [1], NOW + later) == {1}


def test_what_others_have_done_meanwhile_is_not_taken(database: Database) -> None:
    with database.transaction() as s:
        ledger.mark_seen(s, "ekvik", ("INBOX", 1, 2), NOW, "Ärenden")
        ledger.mark_seen(s, "ekvik", ("INBOX", 2, 3), NOW, "Ärenden")
    assert take(database, ONE, [1, 2, 3]) == {1, 3}
