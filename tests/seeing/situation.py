"""A service with two mailboxes under watch, with both clocks in the test's hands and no thread of its own."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from service.doors.link import InboxError
from service.doors.vitals import Sort, Vitals, Work
from service.seeing.view import Look, View

MONDAY = datetime(2026, 5, 4, 7, 12, tzinfo=UTC)
POLL = 30


@dataclass
class Situation:
    """What has happened so far; `view` shows it."""

    now: datetime = MONDAY
    tick: float = 1000.0
    look: Look = field(default_factory=lambda: Look(MONDAY))
    mailboxes: tuple[str, ...] = ("ekvik", "hjo")

    def __post_init__(self) -> None:
        self.vitals = Vitals(lambda: self.now, lambda: self.tick)
        for mailbox in self.mailboxes:
            for work in (Work.POLL, Work.DELIVERY):
                self.does(mailbox, work)
        self.does("", Work.LOOK)

    def passes(self, **time: float) -> None:
        span = timedelta(**time)
        self.now += span
        self.tick += span.total_seconds()

    def does(self, mailbox: str, work: Work, sort: Sort | None = None) -> None:
        """The work is done, well or, with a sort, badly."""
        with suppress(InboxError), self.vitals.attempt(mailbox, work):
            if sort:
                raise InboxError("imap.ekvik.example: no", temporary=True, sort=sort)

    def works_for(self, minutes: int, **fails: Sort) -> None:
        """The rounds go on, each half minute; `ekvik=Sort.LOGIN` says whose polls fail."""
        for _ in range(minutes * 2):
            self.passes(seconds=POLL)
            for mailbox in self.mailboxes:
                self.does(mailbox, Work.POLL, fails.get(mailbox))
                self.does(mailbox, Work.DELIVERY)
            self.does("", Work.LOOK)

    @property
    def view(self) -> View:
        return View(
            self.now,
            self.tick,
            self.mailboxes,
            POLL,
            {name: self.vitals.health(name) for name in self.mailboxes},
            self.look,
            self.vitals.health("").courses.get(Work.LOOK),
            self.vitals.reloads,
        )
