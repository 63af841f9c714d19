"""Who hears in good time that what opens a mailbox ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import structlog

from service.core.endings import Ending
from service.desk.desk import Desk
from service.desk.rounds import endings
from service.doors.account import Server
from service.doors.credentials import credentials_end

log = structlog.get_logger(__name__)


class Foresight:
    """Says of one mailbox what ends soon: in the log once a day, and by mail where nobody else hears of it.

    by_mail: the registrar is told; else `alerts` tells whoever looks after the service.
    """

    def __init__(self, mailbox: str, servers: Iterable[Server], *, by_mail: bool) -> None:
        self._mailbox, self._servers, self._by_mail = mailbox, tuple(servers), by_mail
        self._warned: date | None = None

    def tell(self, desk: Desk, now: datetime) -> None:
        """What is due at `now` (aware) and has not been said."""
        ends, today = credentials_end([(self._mailbox, self._servers)]), desk.book.calendar.local_date(now)
        if self._warned != today:
            self._warned = today
            self._warn(ends, today)
        if self._by_mail:
            endings.tell(desk, ends, now)

    def _warn(self, ends: Iterable[Ending], today: date) -> None:
        for each in ends:
            if each.day and each.stage(today) is not None:
                left, last = each.days_left(today), each.day.isoformat()
                log.warning("credentials-end", mailbox=self._mailbox, what=each.called, last_day=last, days_left=left)
