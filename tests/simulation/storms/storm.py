"""A storm: some months of a municipality, with people who write and answer, under a weather."""

from __future__ import annotations

import dataclasses
import heapq
import random
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from service.core.cases import Case
from service.inforce import InForce
from service.resources import shipped
from tests import registers
from tests.conversations.town import STOCKHOLM, Letter, rules_of
from tests.simulation.mails import Writing, written
from tests.simulation.storms import forger, hands
from tests.simulation.storms.mailserver import message_id
from tests.simulation.storms.people import People
from tests.simulation.storms.safety import unsafe
from tests.simulation.storms.weather import Mix, Weather
from tests.simulation.storms.whose import marked, own_word
from tests.simulation.storms.world import World, made_up

_TOWNS = ("ekvik", "koping", "klippan", "spanga-tensta", "hjo", "stromstad")
# An ordinary year; the nights when the clock is put forward and back; a year's end; a leap day.
_BEGINS = ((2026, 1, 2), (2026, 3, 24), (2026, 10, 21), (2026, 12, 21), (2028, 2, 21))
_ODD_TIMES = ((23, 59), (0, 0), (2, 30))  # midnight, and the hour that there is twice or not at all
_RESTLESS, _RESTLESS_A_DAY, _IN_VAIN = 1000, 30, 50  # rounds of a service that does not come to rest
QUIET = timedelta(days=3)


class Storm(People):
    """So many days, all that happens in them drawn from the seed; it ends where a law of `safety` is broken.

    meant: what each new mail is meant to be. words: the mails by the word that each has of its own. forged: the mails
    that somebody wrote in the name of staff. unsafe: the laws that were broken.
    """

    def __init__(self, seed: int, folder: Path, mix: Mix, days: int) -> None:
        dice = random.Random(seed)
        self.seed, self.days, self.mix, self.name = seed, days, mix, dice.choice(_TOWNS)
        self.meant: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self.forged: set[str] = set()
        self.rounds, self.in_vain, self.most_rounds = 0, 0, _RESTLESS + _RESTLESS_A_DAY * days
        self.rules: Path | None = None
        self.unsafe: list[str] = []
        address, in_force = f"synpunkten@{self.name}.example", None
        if mix.hands and dice.random() < mix.administered:
            self.rules = Path(shutil.copytree(shipped("rules") / self.name, folder / "rules"))
            in_force = InForce(self.rules, address)
        begins = datetime(*dice.choice(_BEGINS), 8, 0, tzinfo=STOCKHOLM)
        database, weather = registers.new(folder / "register.db"), Weather(dice, mix)
        world = World(
            database,
            rules_of(self.name),
            begins,
            address=address,
            weather=weather,
            in_force=in_force,
            daemons=1 + (dice.random() < mix.shared),
        )
        super().__init__(world, 0, seed)
        self.dice = dice

    def happens(self) -> None:
        """Everything, and three quiet days at the end."""
        with made_up(self.town):
            for _ in range(round(self.mix.mails * self.days)):
                at = self.begins + timedelta(minutes=self.dice.randrange(60 * 24 * self.days))
                if self.dice.random() < 0.1:
                    hour, minute = self.dice.choice(_ODD_TIMES)
                    at = at.replace(hour=hour, minute=minute)
                self._at(at, self._somebody_writes)
            forger.begins(self)
            self._until(self.begins + timedelta(days=self.days))
            self.town.weather.calm = True
            self._events.clear()
            self.town.wrong_by = timedelta(0)
            self.town.mailbox.give_back()
            self._until(self.town.now + QUIET)

    @property
    def is_restless(self) -> bool:
        """Whether the service goes round and round, as if there were always something left to be done."""
        return self.in_vain > _IN_VAIN or self.rounds > self.most_rounds

    def left(self, letter: Letter) -> datetime:
        """Not what the letter says: the service's clock may have been wrong."""
        return self.town.left[message_id(letter.raw)]

    def secret_since(self, case: Case) -> datetime | None:
        """Not what the register says, for the same reason."""
        return self.town.secret.get(case.number)

    def at(self, later: timedelta, what: Callable[[], None]) -> None:
        """Something happens so much later."""
        self._at(self.town.now + later, what)

    def _somebody_writes(self) -> None:
        self._write(written(self.dice, self.town.book))

    def _write(self, writing: Writing) -> None:
        """Each mail has a word of its own."""
        text = marked(writing.text, word := own_word(len(self.meant)))
        super()._write(dataclasses.replace(writing, text=text))
        self.words[word] = message_id(self.town.came[-1])
        self.meant[message_id(self.town.came[-1])] = writing.kind

    def _until(self, end: datetime) -> None:
        """Jump from event to event."""
        town, wakes = self.town, self.town.wakes_at()
        while not self.unsafe:
            at = min(filter(None, (end, wakes, self._next_morning(), *self._next_event())))
            town.now = max(town.now, at)
            self.rounds += 1
            if at >= end or self.is_restless:
                self._goes_round()
                break
            while self._events and self._events[0][0] <= town.now:
                heapq.heappop(self._events)[2]()
            if town.weather.meddles():
                hands.meddle(self)
            self._goes_round()
            wakes = town.wakes_at()
            if wakes and wakes <= town.now:  # it did not get done: ever later again
                town.now += min(timedelta(minutes=2 ** min(self.in_vain, 8)), timedelta(hours=4))
                self.in_vain += 1
            else:
                self.in_vain = 0

    def _goes_round(self) -> None:
        self.town.goes_round()
        self.unsafe += unsafe(self.town)
        self._post_arrives()

    def _next_event(self) -> list[datetime]:
        return [self._events[0][0]] if self._events else []

    def _next_morning(self) -> datetime:
        """When the morning's mails leave; while nothing is open they have only a new month's reports to tell."""
        calendar, local = self.town.book.calendar, self.town.clock().astimezone(STOCKHOLM)
        day = local.replace(hour=7, minute=31, second=0, microsecond=0)
        if self.town.is_idle:
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        while day <= local or not calendar.is_working_day(day.date()):
            day += timedelta(days=1)
        return day - self.town.wrong_by
