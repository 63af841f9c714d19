"""A storm: some months of a municipality, with people who write and answer, under a weather."""

from __future__ import annotations

import heapq
import random
from datetime import datetime, timedelta
from pathlib import Path

from tests import registers
from tests.conversations.town import STOCKHOLM, rules_of
from tests.simulation.mails import written
from tests.simulation.storms.weather import Mix, Weather
from tests.simulation.storms.world import World, made_up
from tests.simulation.year import Year

_BEGINS = datetime(2026, 1, 2, 8, 0, tzinfo=STOCKHOLM)
_TOWNS = ("ekvik", "koping", "klippan", "spanga-tensta", "hjo", "stromstad")
QUIET = timedelta(days=3)


class Storm(Year):
    """So many days, all that happens in them drawn from the seed."""

    town: World

    def __init__(self, seed: int, folder: Path, mix: Mix, days: int) -> None:
        dice = random.Random(seed)
        name = dice.choice(_TOWNS)
        database = registers.new(folder / "register.db")
        weather = Weather(dice, mix)
        world = World(database, rules_of(name), _BEGINS, address=f"synpunkten@{name}.example", weather=weather)
        super().__init__(world, 0, seed)
        self.seed, self.days, self.mix, self.name = seed, days, mix, name
        self.dice = dice

    def happens(self) -> None:
        """Everything, and three quiet days at the end."""
        with made_up(self.town):
            for _ in range(round(self.mix.mails * self.days)):
                at = self.begins + timedelta(minutes=self.dice.randrange(60 * 24 * self.days))
                self._at(at, self._somebody_writes)
            self._until(self.begins + timedelta(days=self.days))
            self.town.weather.calm = True
            self._events.clear()
            self._until(self.town.now + QUIET)

    def _somebody_writes(self) -> None:
        self._write(written(self.dice, self.town.book))

    def _until(self, end: datetime) -> None:
        """Jump from event to event."""
        town, pause = self.town, timedelta(minutes=1)
        while True:
            wakes = town.wakes_at()
            self._morning = self._next_morning(town.now)
            at = min(filter(None, (end, wakes, self._morning, self._events[0][0] if self._events else None)))
            town.now = max(town.now, at)
            if at >= end:
                break
            while self._events and self._events[0][0] <= town.now:
                heapq.heappop(self._events)[2]()
            self._meddle()
            town.goes_round()
            self._post_arrives()
            if (again := town.wakes_at()) and again <= town.now:  # it did not get done: ever later again
                town.now += pause
                pause = min(pause * 2, timedelta(hours=4))
            else:
                pause = timedelta(minutes=1)
        town.goes_round()

    def _meddle(self) -> None:
        """What other hands do to the mailbox and the clock."""
        if self.town.weather.strikes("imap: UIDVALIDITY changes"):
            self.town.mailbox.renumber()
        if self.town.weather.strikes("the clock jumps an hour ahead"):
            self.town.now += timedelta(hours=1)

    def _next_morning(self, now: datetime) -> datetime:
        """When the morning's mails leave; while nothing is open they have only a new month's reports to tell."""
        calendar, local = self.town.book.calendar, now.astimezone(STOCKHOLM)
        day = local.replace(hour=7, minute=31, second=0, microsecond=0)
        if self.town.is_idle:
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        while day <= local or not calendar.is_working_day(day.date()):
            day += timedelta(days=1)
        return day
