"""Reports leave when their period has ended: once each, also after a standstill, in office hours of a working day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from service.core.calendar.deadlines import office_opens
from service.core.calendar.periods import Period
from service.core.decide.reporting import Series, series
from service.core.effects import Letter, SendLetter
from service.core.figures.in_mail import letter_facts
from service.core.figures.report import Report, Wanted
from service.core.rules.choices import ReportContent
from service.desk import tables
from service.desk.desk import Desk
from service.desk.lookup.counting import has_any, reported
from service.desk.tables import journal
from service.desk.turn import turn


def write(desk: Desk, now: datetime) -> None:
    """Write the reports whose time has come and that nobody has. Asked twice, the second finds nothing to do."""
    wanted = series(desk.book)
    if not wanted or office_opens(now, desk.book) != now:
        return
    with desk.database.reading() as s:
        begun, latest = _begun(s, desk), _latest(s, desk.mailbox)
    if begun is None:
        return
    today = desk.book.calendar.local_date(now)
    for one in wanted:
        for period in one.due(latest.get(one.key), begun, today):
            _write_one(desk, one, period, now)


def _write_one(desk: Desk, one: Series, period: Period, now: datetime) -> None:
    """Count first, and write then: no mail has to wait while many cases are read."""
    about, letter = Wanted(period, one.units, one.about), None
    with desk.database.reading() as s:
        if one.content is not ReportContent.DIGEST or has_any(s, desk.mailbox, about, desk.book):
            letter = _letter(one, reported(s, desk.mailbox, about, desk.book, now))
    try:
        with turn(desk, now) as work:
            row = {"mailbox": desk.mailbox, "series": one.key, "first": period.first, "at": now}
            work.s.execute(insert(tables.reports).values(row))
            if letter:
                work.send(letter, None)
    except IntegrityError:
        return  # another daemon was there first


def _letter(one: Series, report: Report) -> SendLetter | None:
    """The letter. A meeting that has nothing to talk about gets none."""
    is_digest = one.content is ReportContent.DIGEST
    if is_digest and not report.whole.total:
        return None
    period = report.wanted.period
    because = f"the report of {period.first} to {period.last} ({one.key.partition('/')[0]})"
    return SendLetter(Letter.REPORT, one.to, because, "unit-digest" if is_digest else "figures", letter_facts(report))


def _begun(s: Connection, desk: Desk) -> date | None:
    """The local day on which anything happened first in the mailbox; None where nothing has yet."""
    at = s.scalar(_FIRST_LINE, {"mailbox": desk.mailbox})
    return desk.book.calendar.local_date(at) if at else None


_FIRST_LINE = select(journal.c.at).where(journal.c.mailbox == bindparam("mailbox")).order_by(journal.c.id).limit(1)


def _latest(s: Connection, mailbox: str) -> dict[str, date]:
    """The first day of the latest period of each series that has been written."""
    return {row[0]: row[1] for row in s.execute(_LATEST, {"mailbox": mailbox})}


_SENT = tables.reports.c
_LATEST = (
    select(_SENT.series, func.max(_SENT.first, type_=_SENT.first.type))
    .where(_SENT.mailbox == bindparam("mailbox"))
    .group_by(_SENT.series)
)
