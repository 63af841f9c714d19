"""What breaks, and when: drawn from the seed alone, so that the same seed is the same storm."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field


class Crash(BaseException):
    """The process dies here: nothing after this step happens, and memory is lost."""


@dataclass(frozen=True)
class Mix:
    """How much happens: new mails a day; the share of rounds in which the process dies, and before which somebody
    meddles with clock, register, rules or mailbox; the share of steps that fail.
    habits: the share of letters that are read by habit (`people`). days: how long a storm lasts. shared: the share of
    storms in which two processes work. administered: the share of storms with hands that have a folder of rules which
    somebody edits: reading it takes long. habit: the one that half of those have who may have it. deed: what those who
    meddle do most often (`hands`). forged: mails a day in the name of staff (`forger`).
    """

    mails: float = 0.1
    crash: float = 0.1
    trouble: float = 0.01
    hands: float = 0.0
    habits: float = 0.4
    days: int = 20
    shared: float = 0.25
    administered: float = 0.1
    habit: str = ""
    deed: str = ""
    forged: float = 0.0


MIXES = {
    "quiet": Mix(mails=0.01, crash=0.4, hands=0.01, habits=0.05, days=365),
    "busy": Mix(mails=0.5, crash=0.3, hands=0.005, habits=0.05, days=90),  # two mails a day with those that answer
    "stormy": Mix(mails=0.3, crash=0.3, trouble=0.03, hands=0.02, days=30),
    "forged": Mix(crash=0.2, habits=0.1, days=30, forged=0.5),
    "shared": Mix(mails=0.5, days=8, trouble=0.03, shared=1.0),
    "braked": Mix(mails=1.0, days=5, habit="all at once"),
    "robots": Mix(mails=0.5, days=8, habits=0.8, habit="robot"),
    "restored": Mix(mails=0.5, days=8, hands=0.1, deed="yesterdays register put back"),
    "renumbered": Mix(mails=0.5, days=8, crash=0.4, hands=0.1, deed="mailbox restored with new numbers"),
    "copied": Mix(mails=0.5, days=8, hands=0.1, deed="mail copied into the inbox"),
    "administered": Mix(days=40, hands=0.1, deed="rules broken and mended", administered=1.0),
    "clock": Mix(mails=0.4, days=25, habits=0.1, hands=0.1, deed="clock set wrong"),
    "calm": Mix(crash=0.0, trouble=0.0),
}
FRESH = ("quiet", "busy", "stormy", "forged")
"""What fresh storms are made of, in turn. The others bring much of one thing, for what shows only there."""

_LONGEST_LOOK = 400  # steps; a crash is drawn among so many, and one drawn beyond the look's end does not happen


@dataclass
class Weather:
    """Counts the steps of the process: each SQL statement, each command to the mailbox and to the mail server.

    steps_left: after so many the process that is at work dies; 0: it lives.
    """

    dice: random.Random
    mix: Mix
    happened: Counter[str] = field(default_factory=Counter)
    calm: bool = False
    steps_left: int = 0

    def look_begins(self) -> None:
        """Draw whether and where the process dies in this look: most often soon, where most looks end."""
        self.steps_left = 0
        if not self.calm and self.dice.random() < self.mix.crash:
            steps = int(self.dice.paretovariate(0.5)) + self.dice.randrange(4)
            self.steps_left = min(steps, _LONGEST_LOOK)

    def step(self, what: str) -> None:
        """One step of the process; raises Crash where it dies."""
        if self.steps_left:
            self.steps_left -= 1
            if not self.steps_left:
                self.happened["crash"] += 1
                self.happened[f"crash: {what}"] += 1
                raise Crash(what)

    def strikes(self, fault: str, share: float = 1.0) -> bool:
        """Whether this fault happens now."""
        if self.calm or self.dice.random() >= self.mix.trouble * share:
            return False
        self.happened[fault] += 1
        return True

    def meddles(self) -> bool:
        """Whether somebody does something now that the service knows nothing of."""
        return not self.calm and self.dice.random() < self.mix.hands
