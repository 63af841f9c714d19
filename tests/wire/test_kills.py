"""The daemon killed at each step between fetch and delivery, over real servers: nothing is lost, nothing doubled.

The first life shows which steps there are. Then one run after the other dies at one of them, before or after it, until
each has had its turn; and all is accounted for mail by mail. `make kills` makes 200 of them; the suite a few.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Self

import pytest

from service.desk.database import Database
from tests.cli.conftest import Installation
from tests.servers.dovecot import Dovecot
from tests.servers.rude import Rude
from tests.wire.dying import Life, Step
from tests.wire.street import Register, Street, account_for

KILLS = int(os.environ.get("KILLS", "6"))  # over both databases
LONGEST_LIFE_SECONDS = 20.0  # of one that does not come to the step it shall die at
PATIENCE_SECONDS = 120
MOST_OFTEN = 4  # of a step that is taken again and again in a life, one of its first times is drawn
AT_THE_BEGINNING = (Step("sql INSERT beginnings", "after"), Step("imap create_folder", "after"))
# What a run must not be interrupted in, of all things; the suite's few kills are of these.
DREADED = (
    Step("smtp dot", "after"),
    Step("sql commit", "after", 9),
    Step("imap move", "after"),
    Step("imap move", "before"),
    Step("sql INSERT messages", "after"),
    Step("smtp content", "after"),
)


@dataclass
class Lives:
    """One life after the other on one installation; each begins with a mail and with what Bo has to answer."""

    installation: Installation
    street: Street
    register: Register
    chance: random.Random
    known: Counter[tuple[str, str]] = field(default_factory=Counter)
    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    died_at: Counter[tuple[str, str]] = field(default_factory=Counter)
    outside: int = 0
    in_the_moment: set[str] = field(default_factory=set)

    @classmethod
    def begun(cls, installation: Installation, street: Street, register: Register, chance: random.Random) -> Self:
        """After lives that ended over the first steps of all, and one that nobody disturbed: what steps there are."""
        lives = cls(installation, street, register, chance)
        for step in AT_THE_BEGINNING:
            lives.kill(step)
        lives.known.clear()
        lives.kill(None)
        return lives

    def kill(self, at: Step | None) -> None:
        """One life, ended at that step or, where it does not come to it, from outside."""
        self.street.write()
        self.street.answer()
        with Life(self.installation.file, dies_at=at) as life:
            ends = time.monotonic() + LONGEST_LIFE_SECONDS
            while not (ended := life.wait(0.1)) and time.monotonic() < ends and not self._is_idle(life):
                pass
        if at:
            self.tried[at.name, at.side] += 1
            self.died_at[at.name, at.side] += ended
        self.outside += not ended
        life.kill()
        self.known |= life.steps()
        self.in_the_moment |= life.in_the_moment()

    def _is_idle(self, life: Life) -> bool:
        """Whether it has done all there was: letters have left since its start, and what is left is waiting."""
        return life.rests() and self.street.is_at_rest(self.register)

    def next_step(self) -> Step:
        """One of those that have had the fewest turns; not once more one that no life comes to any longer."""
        alive = [step for step in sorted(self.known) if self.died_at[step] or not self.tried[step]]
        fewest = min(self.tried[step] for step in alive)
        name, side = self.chance.choice([step for step in alive if self.tried[step] == fewest])
        return Step(name, side, self.chance.randint(1, min(self.known[name, side], MOST_OFTEN)))


@pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)
def test_killed_at_any_step_it_loses_and_doubles_nothing(
    register_url: str, installation: Installation, dovecot: Dovecot
) -> None:
    seed, began = int(os.environ.get("SEED", str(random.randrange(10_000)))), time.monotonic()
    with Rude() as sink:
        installation.configure(dovecot.account(installation.address), sink.account())
        installation.use(register_url)
        database = Database(register_url)
        database.upgrade()
        street = Street(dovecot, sink, installation.address, "example.org")
        register = Register(database)
        lives = Lives.begun(installation, street, register, random.Random(seed))
        for number in range(KILLS // 2):
            lives.kill(DREADED[number] if number < len(DREADED) else lives.next_step())
        _let_it_finish(installation, street, register)
        done = account_for(street, register, lives.in_the_moment)
        database.close()
    deaths = sum(lives.died_at.values())
    print(
        f"\nseed {seed}: {deaths} deaths by step ({sum(map(bool, lives.died_at.values()))} kinds), "
        f"{lives.outside} from outside, in {time.monotonic() - began:.0f} s; {done}"
    )
    if missed := [f"{side} {name}" for name, side in sorted(lives.known) if not lives.died_at[name, side]]:
        print("no run died", *missed, sep=", ")
    assert deaths >= KILLS // 4


def _let_it_finish(installation: Installation, street: Street, register: Register) -> None:
    """One life that is left alone, until everything is answered and nothing waits."""
    with Life(installation.file) as life:
        ends = time.monotonic() + PATIENCE_SECONDS
        while not street.is_done(register):
            assert time.monotonic() < ends, (
                f"{street.written} mails, {len(street.answered)} answers: {life.said()[-2000:]}"
            )
            street.answer()
            time.sleep(0.1)
        life.end()
