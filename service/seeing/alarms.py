"""When somebody is told of troubles: once when they have begun, once a day while they last, once when they are over.

Pure but for its memory, and no storm comes of it: what begins together is told together, what comes and goes is taken
for the same trouble until it has been over for a while, for longer each time it comes back.

Of several processes on one register whoever has a trouble says so every few minutes. So each of them can tell that it
is over, once nobody has it: whichever is started anew meanwhile, and also where the one that had it is gone for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.desk.alarmed import Key, Told
from service.seeing.troubles import Kind, Trouble

AGAIN_AFTER = timedelta(hours=23, minutes=55)  # a little less than a day: it comes at about the same hour
_LAST_WEEK = 7  # days
SAID_EACH = timedelta(minutes=2)  # several times within the shortest calm
FIRST_CALM, LONGEST_CALM = 600.0, 6 * 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be remembered beyond this process: what it told, what it has still, and what is over."""

    told: dict[Key, Told]
    seen: dict[Key, datetime]
    over: set[Key]

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.told or self.seen or self.over)


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
    """What has been told and is not over. `tick` counts seconds of the monotonic clock; instants are aware."""

    open: dict[Key, Told] = field(default_factory=dict)
    _calm_since: dict[Key, float] = field(default_factory=dict)
    _times: Counter[Key] = field(default_factory=Counter)
    _changed: set[Key] = field(default_factory=set)
    _seen: dict[Key, datetime] = field(default_factory=dict)

    def news(self, found: Sequence[Trouble], now: datetime, tick: float) -> News:
        """What is to be told of the troubles that there are now."""
        here = {(trouble.mailbox, trouble.kind.value): trouble for trouble in found}
        self._has(here, now)
        over = [
            Trouble(Kind(key[1]), key[0], told.since)
            for key, told in self.open.items()
            if key not in here and tick - self._calm_since.setdefault(key, tick) >= self._calm(key)
        ]
        begun = [trouble for key, trouble in here.items() if key not in self.open]
        lasting = [
            trouble
            for key, trouble in here.items()
            if (told := self.open.get(key)) and not told.told_at <= now < told.told_at + _again_after(trouble, now)
        ]
        return News(tuple(begun), tuple(lasting), tuple(over))

    def _has(self, here: Iterable[Key], now: datetime) -> None:
        """This process has these troubles: nobody shall take them to be over."""
        for key in here:
            self._calm_since.pop(key, None)
            told = self.open.get(key)
            if told and not told.seen_at <= now < told.seen_at + SAID_EACH:
                self.open[key] = told._replace(seen_at=now)
                self._seen[key] = now

    def told(self, news: News, now: datetime) -> None:
        """It has been told."""
        for trouble in (*news.begun, *news.lasting):
            key = (trouble.mailbox, trouble.kind.value)
            known = self.open.get(key)
            self._times[key] += known is None
            self.open[key] = Told(known.since if known else trouble.since, now, now)
            self._changed.add(key)
        for trouble in news.over:
            key = (trouble.mailbox, trouble.kind.value)
            self.open.pop(key, None)
            self._calm_since.pop(key, None)
            self._changed.add(key)

    def changes(self) -> Changes:
        """What is to be remembered beyond this process, and what to be forgotten, since the last time."""
        changed, self._changed = self._changed, set()
        seen, self._seen = self._seen, {}
        told = {key: self.open[key] for key in changed if key in self.open}
        return Changes(told, {key: at for key, at in seen.items() if key not in changed}, changed - set(self.open))

    def unkept(self, changes: Changes) -> None:
        """These changes could not be written down."""
        self._changed.update(changes.told, changes.over)
        self._seen = changes.seen | self._seen

    def learn(self, known: Mapping[Key, Told]) -> None:
        """What is written down, also before this process began and by others beside it: what they told is told."""
        kinds = {kind.value for kind in Kind}
        own = {key: told for key, told in self.open.items() if key in self._changed}
        over = self._changed - set(own)
        before, self.open = self.open, {k: told for k, told in known.items() if k[1] in kinds and k not in over} | own
        for key, told in self.open.items():
            if key not in before:
                self._times[key] += 1  # whoever told it: it comes back for all of them
            if key not in before or told.seen_at > before[key].seen_at:
                self._calm_since.pop(key, None)
        for key in set(self._calm_since) - set(self.open):
            del self._calm_since[key]

    def _calm(self, key: Key) -> float:
        """How long a trouble must have been over before that is told."""
        return min(FIRST_CALM * 2.0 ** max(min(self._times[key], 10) - 1, 0), LONGEST_CALM)
