"""All that those who watch may know, gathered at one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from service.core.endings import Ending
from service.desk.lookup.backlog import Backlog
from service.desk.room import Room
from service.doors.vitals import Course, Health, Reloads

NOTHING: Mapping[str, Backlog] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Look:
    """The last look at the register that went well.

    at: when (aware). backlogs: what waited, by mailbox. room: None where the register lies on another machine.
    """

    at: datetime | None = None
    backlogs: Mapping[str, Backlog] = field(default_factory=lambda: NOTHING)
    room: Room | None = None
    credentials: tuple[Ending, ...] = ()  # what opens the mailboxes and ends some day


@dataclass(frozen=True, slots=True)
class View:
    """The service at `now` (aware), `tick` seconds by the monotonic clock.

    looking: how the looks at the register go; None before the first.
    """

    now: datetime
    tick: float
    mailboxes: tuple[str, ...]
    poll_seconds: int
    health: Mapping[str, Health]
    look: Look = field(default_factory=Look)
    looking: Course | None = None
    reloads: Reloads = field(default_factory=Reloads)
    untold: int = 0  # how many times on end nobody could be told of troubles
    canaries: frozenset[str] = frozenset()  # the mailboxes that shall have one

    def backlog(self, mailbox: str) -> Backlog:
        """What waited for the mailbox at the last look."""
        return self.look.backlogs.get(mailbox, Backlog())
