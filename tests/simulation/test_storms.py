"""Storms: the service dies at drawn steps while servers break, and nothing is lost, doubled or forgotten.

Some short ones here; `python -m tests.simulation.storms --seconds 600` goes through as many as there is time for, and
prints the command that repeats one in which a law was broken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulation.storms import laws
from tests.simulation.storms.planted import (
    Planted,
    moved_before_commit,
    noted_as_sent_before_it_is,
    the_place_of_a_mail_without_uidvalidity,
    transaction_torn,
    what_lies_there_from_before_is_not_put_away,
)
from tests.simulation.storms.storm import Storm
from tests.simulation.storms.weather import MIXES, Mix

_MOST_STORMS = 12


def _after(seed: int, folder: Path, mix: Mix, days: int) -> tuple[list[str], str]:
    """What was broken in a storm, and a digest of every letter that left."""
    storm = Storm(seed, folder, mix, days)
    try:
        storm.happens()
        letters = hashlib.sha256(b"".join(taken.raw for taken in storm.town.office.taken)).hexdigest()
        return list(laws.broken(storm)), letters
    finally:
        storm.town.database.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_or_doubled_in_a_storm(seed: int, tmp_path: Path) -> None:
    assert _after(seed, tmp_path, MIXES["stormy"], 20)[0] == []


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_nothing_is_forgotten_in_months_in_which_little_happens(seed: int, tmp_path: Path) -> None:
    assert _after(seed, tmp_path, MIXES["quiet"], 150)[0] == []


def test_the_same_seed_is_the_same_storm(tmp_path: Path) -> None:
    assert _after(5, tmp_path, MIXES["stormy"], 10)[1] == _after(5, tmp_path, MIXES["stormy"], 10)[1]


@pytest.mark.parametrize(
    "planted",
    [
        moved_before_commit,
        noted_as_sent_before_it_is,
        the_place_of_a_mail_without_uidvalidity,
        transaction_torn,
        what_lies_there_from_before_is_not_put_away,
    ],
)
def test_a_fault_that_is_put_in_is_found(planted: Callable[[], Planted], tmp_path: Path) -> None:
    with planted():
        assert any(_after(seed, tmp_path, MIXES["stormy"], 15)[0] for seed in range(100, 100 + _MOST_STORMS))
