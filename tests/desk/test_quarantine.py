"""What the register knows of mails in quarantine: what is listed, who lets in what, and that each is told of once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from service.core.effects import Letter
from service.desk import quarantine
from service.desk.database import Database
from service.desk.post import release
from service.desk.rounds import aside
from service.desk.tables import messages
from tests.conversations.town import ANNA, HOLE, REGISTRAR, Town
from tests.core.values import NOW

pytestmark = pytest.mark.databases("sqlite", "postgresql")

ADVERTISING = [("Precedence", "bulk")]
HOUR = timedelta(hours=1)
NEXT_MORNING = NOW + timedelta(days=1)


@pytest.fixture
def town(town: Town) -> Town:
    """Three mails have been put aside, an hour apart from each other."""
    for _ in range(3):
        assert town.writes(ANNA, HOLE, headers=ADVERTISING) == "Karantän"
        town.now += HOUR
    return town


def test_what_is_decided_is_listed_only_where_everything_is(town: Town) -> None:
    release.drop(town.desk, 2, "reklam", town.now)
    with town.database.reading() as s:
        assert [entry["id"] for entry in quarantine.listed(s)] == [1, 3]
        dropped = quarantine.listed(s, every=True)[1]
    at = dropped["decided_at"]
    assert (dropped["id"], dropped["state"], dropped["decided_because"]) == (2, "dropped", "reklam")
    assert datetime.fromisoformat(str(at)) == town.now


def test_a_registrar_lets_in_what_is_held_in_the_own_mailbox(town: Town) -> None:
    release.drop(town.desk, 2, "reklam", town.now)
    with town.database.transaction() as s:
        wants = [quarantine.want(s, mailbox, n, REGISTRAR) for mailbox, n in (("hjo", 1), ("ekvik", 2), ("ekvik", 3))]
        assert wants == [False, False, True]
        assert quarantine.wanted(s, "ekvik") == [(3, REGISTRAR)]
        assert quarantine.wanted(s, "hjo") == []


def test_what_could_not_be_let_in_is_held_as_before_and_the_others_still_are_wanted(town: Town) -> None:
    with town.database.transaction() as s:
        for number in (1, 2):
            assert quarantine.want(s, "ekvik", number, REGISTRAR)
        quarantine.keep_out(s, 1)
    with town.database.reading() as s:
        assert quarantine.wanted(s, "ekvik") == [(2, REGISTRAR)]
        kept_out, other = quarantine.shown(s, 1), quarantine.shown(s, 2)
    assert kept_out
    assert (kept_out["state"], kept_out["decided_because"]) == ("held", None)
    assert other
    assert other["state"] == "wanted"


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (None, None, [1, 2, 3]),
        (NOW + HOUR, None, [2, 3]),
        (None, NOW + HOUR, [1]),
        (NOW + HOUR, NOW + 2 * HOUR, [2]),
    ],
    ids=["all", "from then", "just before then", "between"],
)
def test_what_was_put_aside_in_a_span_of_time(
    town: Town, since: datetime | None, until: datetime | None, found: list[int]
) -> None:
    with town.database.reading() as s:
        assert [row.id for row in quarantine.put_between(s, "ekvik", since, until)] == found
        assert quarantine.put_between(s, "hjo", since, until) == []


def test_each_is_told_of_once_and_only_what_came_before(town: Town) -> None:
    with town.database.transaction() as s:
        assert quarantine.told_now(s, "hjo", NEXT_MORNING, town.now) == []
        assert [row.id for row in quarantine.told_now(s, "ekvik", NOW + HOUR, town.now)] == [1]
        assert quarantine.told_now(s, "ekvik", NOW + HOUR, town.now) == []
        later = town.now + HOUR
        assert [row.id for row in quarantine.told_now(s, "ekvik", NEXT_MORNING, later)] == [2, 3]


def test_two_daemons_that_look_at_once_send_the_registrar_one_list(town: Town, second: Database) -> None:
    desks = [town.desk, replace(town.desk, database=second)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: aside.tell(desks[n % 2], NEXT_MORNING), range(8)))
    with town.database.reading() as s:
        letters = select(func.count()).where(messages.c.kind == Letter.DIGEST, messages.c.recipient == REGISTRAR)
        assert s.scalar(letters) == 1
