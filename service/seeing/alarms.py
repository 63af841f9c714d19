"""When somebody is told of troubles: once when they have begun, once a day while they last, once when they are over.

Pure but for its memory, and no storm comes of it: what begins together is told together, what comes and goes is taken
for the same trouble until it has been over for a while, for longer each time it comes back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.seeing.troubles import Kind, Trouble

AGAIN_AFTER = timedelta(hours=23, minutes=55)  # a little less than a day: it comes at about the same hour
_LAST_WEEK = 7  # days
_GIVEN_UP = timedelta(days=_LAST_WEEK + 1)
FIRST_CALM, LONGEST_CALM = 600.0, 6 * 3600.0  # seconds

Key = tuple[str, str]
"""Mailbox and kind."""


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told now."""

    begun: tuple[Trouble, ...] = ()
    lasting: tuple[Trouble, ...] = ()
    over: tuple[Trouble, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.begun or self.lasting or self.over)


def _again_after(trouble: Trouble, now: datetime) -> timedelta:
    """What has weeks is told each week, until the last one."""
    is_far = trouble.last_day is not None and (trouble.last_day - now.date()).days > _LAST_WEEK
    return timedelta(days=_LAST_WEEK) if is_far else AGAIN_AFTER


@dataclass
class Alarms:
    """What has been told and is not over. `tick` counts seconds of the monotonic clock; instants are aware.

    Of several processes on one register each says that its own troubles are over: what another one cannot reach may be
    well here.
    """

    open: dict[Key, tuple[datetime, datetime]] = field(default_factory=dict)
    _calm_since: dict[Key, float] = field(default_factory=dict)
    _times: Counter[Key] = field(default_factory=Counter)
    _changed: set[Key] = field(default_factory=set)
    _own: set[Key] = field(default_factory=set)
    _has_learned: bool = False

    def news(self, found: Sequence[Trouble], now: datetime, tick: float) -> News:
        """What is to be told of the troubles that there are now."""
        here = {(trouble.mailbox, trouble.kind.value): trouble for trouble in found}
        self._own.update(here)
        for key in here:
            self._calm_since.pop(key, None)
        over = []
        for key, (since, told_at) in self.open.items():
            is_nobodys = now - told_at > _GIVEN_UP  # whoever has it tells of it each day
            if (
                key not in here
                and (key in self._own or is_nobodys)
                and tick - self._calm_since.setdefault(key, tick) >= self._calm(key)
            ):
                over.append(Trouble(Kind(key[1]), key[0], since))
        begun = [trouble for key, trouble in here.items() if key not in self.open]
        lasting = [
            trouble
            for key, trouble in here.items()
            if key in self.open and not self.open[key][1] <= now < self.open[key][1] + _again_after(trouble, now)
        ]
        return News(tuple(begun), tuple(lasting), tuple(over))

    def told(self, news: News, now: datetime) -> None:
        """It has been told."""
        for trouble in (*news.begun, *news.lasting):
            key = (trouble.mailbox, trouble.kind.value)
            since, _ = self.open.get(key, (trouble.since, now))
            self._times[key] += key not in self.open
            self.open[key] = (since, now)
            self._changed.add(key)
        for trouble in news.over:
            key = (trouble.mailbox, trouble.kind.value)
            self.open.pop(key, None)
            self._own.discard(key)
            self._calm_since.pop(key, None)
            self._changed.add(key)

    def changes(self) -> tuple[dict[Key, tuple[datetime, datetime]], set[Key]]:
        """What is to be remembered beyond this process, and what to be forgotten, since the last time."""
        changed, self._changed = self._changed, set()
        return {key: self.open[key] for key in changed if key in self.open}, changed - set(self.open)

    def unkept(self, keys: Iterable[Key]) -> None:
        """These changes could not be written down."""
        self._changed.update(keys)

    def learn(self, known: dict[Key, tuple[datetime, datetime]]) -> None:
        """What is written down, also before this process began and by others beside it: what they told is told."""
        kinds = {kind.value for kind in Kind}
        if not self._has_learned:  # what was there when this process began may have been its own, before
            self._has_learned = True
            self._own.update(known)
        own = {key: told for key, told in self.open.items() if key in self._changed}
        over = self._changed - set(own)
        self.open = {key: told for key, told in known.items() if key[1] in kinds and key not in over} | own
        self._own &= set(self.open)

    def _calm(self, key: Key) -> float:
        """How long a trouble must have been over before that is told."""
        return min(FIRST_CALM * 2.0 ** max(min(self._times[key], 10) - 1, 0), LONGEST_CALM)
