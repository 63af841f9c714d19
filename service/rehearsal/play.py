"""The time of those days passes: mail after mail, and between them what deadlines and mornings bring about.

All of it is the service's own work (`handling`, `upkeep`), on another register and by a clock that jumps. Nobody
answers in a rehearsal, so a case is followed for a month and then let go: what comes after that says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select

from service.core.calendar.deadlines import office_opens
from service.desk import handling, register, watched
from service.desk.database import fault_words, is_of_the_database
from service.desk.desk import Desk
from service.desk.handling import Delivered
from service.desk.rounds import trouble, upkeep, watching
from service.desk.tables import cases
from service.desk.turn import turn
from service.doors.inbox import Fetched

log = structlog.get_logger()

FOLLOWED = timedelta(days=30)
_MOST_LOOKS = 50  # at the same instant, for a case that wants to be looked at again and again


@dataclass
class Play:
    """One rehearsal under way. `desk` has a register of its own; `now` (aware) jumps and never goes back.

    verdicts: what the mails were taken for. failed: how many could not be handled, which are kept unread.
    """

    desk: Desk
    now: datetime
    verdicts: Counter[str] = field(default_factory=Counter)
    failed: int = 0

    def mails(self, mails: Iterable[Fetched]) -> Iterator[None]:
        """Handle the mails in their order, each at the time when it came in."""
        for mail in mails:
            self.passes(mail.internal_date or self.now)
            self._handle(Delivered(mail.raw, mail.internal_date, _place(mail)))
            watching.letters_pass(self.desk, self.now)
            yield

    def _handle(self, mail: Delivered) -> None:
        try:
            self.verdicts[handling.handle_mail(self.desk, mail, self.now).verdict] += 1
        except Exception as error:
            if is_of_the_database(error):
                raise
            log.warning("mail-failed", uid=mail.place[2], error=fault_words(error))
            self.failed += 1
            trouble.set_aside(self.desk, mail, f"{type(error).__name__} while handling", self.now)

    def passes(self, until: datetime) -> None:
        """The time until then passes."""
        looks = 0
        while (at := self._next()) and at <= until and looks < _MOST_LOOKS:
            looks = looks + 1 if at <= self.now else 0
            self.now = max(self.now, at)
            self._look()
        self.now = max(self.now, until)

    def _next(self) -> datetime | None:
        """The next instant at which anything happens by itself: a morning, or what a case waits for."""
        morning = self._morning()
        with self.desk.database.reading() as s:
            wanted = select(func.min(cases.c.next_check_at, type_=cases.c.next_check_at.type))
            due: datetime | None = s.scalar(wanted.where(cases.c.mailbox == self.desk.mailbox))
        return min(due, morning) if due else morning

    def _morning(self) -> datetime:
        """When the next working day's mails are written."""
        calendar, at = self.desk.book.calendar, self.desk.book.municipality.digest.at
        day = calendar.local_date(self.now)
        while True:
            if calendar.is_working_day(day):
                wanted = max(calendar.at(day, at), office_opens(calendar.at(day, at), self.desk.book))
                if wanted > self.now:
                    return wanted
            day += timedelta(days=1)

    def _look(self) -> None:
        upkeep.look(self.desk, self.now)
        with turn(self.desk, self.now) as work:
            watched.close(work, watched.waits(work.s, self.desk.mailbox, before=self.now - FOLLOWED))
        with self.desk.database.reading() as s:
            numbers = register.numbers_to_check(s, self.desk.mailbox, self.now, watched=True)
        for number in numbers:
            handling.handle_time(self.desk, number, self.now)


def _place(mail: Fetched) -> tuple[str, int, int]:
    return mail.folder, mail.uidvalidity, mail.uid
