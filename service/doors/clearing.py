"""Mails that are disposed of leave the mailbox. One that the server will not delete holds up no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from service.desk.desk import Desk
from service.desk.rounds import removal
from service.doors.inbox import Inbox

log = structlog.get_logger()

_SECONDS_AFTER_A_REFUSAL = 3600.0
_MOST_REFUSALS = 3  # in one round: a server that refuses so often has a reason that is not the mail


@dataclass
class Clearing:
    """Deletes what the register no longer has; `ticks` gives seconds that only go forward."""

    desk: Callable[[], Desk]
    inbox: Inbox
    stop: threading.Event
    ticks: Callable[[], float] = time.monotonic
    _refused: dict[int, float] = field(default_factory=dict)

    def work(self) -> None:
        """One round. What was refused is left alone for an hour.

        Raises:
            InboxError: the connection is lost.
            SQLAlchemyError: the database is locked or away.
        """
        desk, now, refusals = self.desk(), self.ticks(), 0
        self._refused = {row: at for row, at in self._refused.items() if now - at < _SECONDS_AFTER_A_REFUSAL}
        with desk.database.reading() as s:
            waiting = removal.waiting(s, desk.mailbox, self._refused)
        for sought in waiting:
            if self.stop.is_set() or refusals == _MOST_REFUSALS:
                return
            is_gone = self.inbox.remove(sought, desk.every_folder)
            if not is_gone:
                refusals += 1
                self._refused[sought.row] = now
                log.warning("mail-not-deleted", mailbox=desk.mailbox, kept=sought.is_kept)
            if is_gone or not sought.is_kept:  # a mail to itself may lie among the handled ones
                with desk.database.transaction() as s:
                    removal.done(s, sought)
