"""Two installations of ours write to each other, once with our marks and once where a gateway has taken them away."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from service.desk.database import Database
from tests.conversations.conftest import MONDAY
from tests.conversations.town import HOLE, Town, rules_of

_MARKS = re.compile(
    rb"(?im)^(?:auto-submitted|x-synpunkten-\w+|x-auto-response-suppress|precedence):.*\r\n(?:[ \t].*\r\n)*"
)


@pytest.mark.parametrize(("stripped", "most"), [(False, 1), (True, 8)])
def test_two_installations_of_ours_end_soon(town: Town, tmp_path: Path, stripped: bool, most: int) -> None:
    database = Database(f"sqlite:///{tmp_path}/other.db")
    database.upgrade()
    towns = (town, Town(database, rules_of("hjo"), MONDAY, address="synpunkten@hjo.example"))
    towns[1].writes(town.address, HOLE)  # forged: somebody has written in the other mailbox's name
    brought, seen = 0, {each.address: 0 for each in towns}
    for _ in range(20):
        for here, there in (towns, towns[::-1]):
            fresh, seen[here.address] = here.sent[seen[here.address] :], len(here.sent)
            for letter in (each for each in fresh if each.to == there.address):
                there.receives(_MARKS.sub(b"", letter.raw) if stripped else letter.raw)
                brought += 1
            here.now += timedelta(minutes=7)
            here.looks_at_the_clock()
    database.close()
    assert 1 <= brought <= most
