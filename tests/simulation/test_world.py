"""Moments that a storm found once, played by themselves in its world."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from service.desk.rounds.restoration import LEFT_OUT
from service.desk.tables import journal
from tests import registers
from tests.conversations.town import STOCKHOLM, rules_of
from tests.simulation.storms.safety import unsafe
from tests.simulation.storms.weather import MIXES, Weather
from tests.simulation.storms.world import World, made_up


class OneFault(Weather):
    """Calm, but for so many mails that come without their content."""

    empty = 0

    def strikes(self, fault: str, share: float = 1.0) -> bool:
        """Whether this is the fault, and still to come."""
        if fault != "imap: a mail comes without its content" or not self.empty:
            return False
        self.empty -= 1
        return True


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    weather = OneFault(random.Random(0), MIXES["calm"])
    begins = datetime(2026, 3, 2, 8, tzinfo=STOCKHOLM)
    made = World(registers.new(tmp_path / "register.db"), rules_of("ekvik"), begins, weather=weather)
    with made_up(made):
        yield made
    made.database.close()


@pytest.mark.parametrize(("empty", "lost", "told"), [(2, 0, 0), (3, 1, 1)])
def test_what_the_lost_days_brought_is_asked_for_again_and_never_passed_over(
    world: World, empty: int, lost: int, told: int
) -> None:
    world.writes("anna.ek@example.org", "Lampan vid bron lyser inte.")
    world.goes_round()
    copy = world.copy()
    world.writes("gun.alm@example.org", "Grinden vid skolan hänger snett.")
    world.goes_round()
    world.puts_back(copy)
    assert isinstance(world.weather, OneFault)
    world.weather.empty = empty
    world.goes_round()

    assert len(list(unsafe(world))) == lost
    with world.database.reading() as s:
        assert len(s.scalars(select(journal.c.text).where(journal.c.kind == LEFT_OUT)).all()) == told
