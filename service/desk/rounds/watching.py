"""The rounds of a mailbox that is only watched: in step with the mode, and each working morning a summary.

The summary tells registrars what the service would have done until the end of yesterday, from where the one before
ended: whole days, so that nothing is told twice, and nothing of an instant's neighbours is missed. Of secret cases it
has the number and the unit alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select
from sqlalchemy.exc import IntegrityError

from service.core.calendar.deadlines import office_opens
from service.core.cases import Clock, Status
from service.core.effects import Letter, SendLetter
from service.core.rules import grounds
from service.core.speech import sortsofletters, swedish
from service.core.standby import SUMMARY, Mode
from service.desk import quarantine, tables, watched
from service.desk.desk import Desk
from service.desk.lookup import reader
from service.desk.lookup.reader import Record
from service.desk.lookup.wanted import Wanted
from service.desk.post.states import State
from service.desk.rounds import aside
from service.desk.tables import journal, messages
from service.desk.turn import Turn, turn

_MOST_LISTED = 100


def follow(desk: Desk, now: datetime) -> None:
    """Bring the register in step with the mode; asked again it changes nothing."""
    with desk.database.reading() as s:
        began = watched.since(s, desk.mailbox)
    if not desk.mode.is_live:
        if began is None:
            with desk.database.transaction() as s:
                watched.begin(s, desk.mailbox, now)
        return
    is_over = began is None
    while began and not is_over:
        with turn(desk, now) as work:
            watched.be_alone(work.s, desk.mailbox)
            if watched.since(work.s, desk.mailbox) is None:
                return  # another round was there first
            numbers = watched.waits(work.s, desk.mailbox)
            watched.close(work, numbers)
            is_over = not numbers and not watched.passes(work, later_too=True)
            if is_over:
                _tell_of_the_switch(work, began)
                watched.stop_answers(work)
                watched.end(work)


def is_in_step(desk: Desk) -> bool:
    """Whether the register says the same as the mode. Where not, another process has switched the mailbox since."""
    with desk.database.reading() as s:
        return desk.mode.is_live is (watched.since(s, desk.mailbox) is None)


def _tell_of_the_switch(work: Turn, began: datetime) -> None:
    """Registrars hear, once, what became of the cases: those that were closed, and those from before that stood still.

    Closed without a letter, nobody is reminded of them any longer: if the system before has forgotten one, so have all.
    """
    closed = watched.closed_at_the_end(work.s, work.desk.mailbox)
    numbers = watched.stood_still(work.s, work.desk.mailbox)
    facts = {"since": work.desk.book.calendar.local_date(began), "closed": _listed(closed), "stood": _listed(numbers)}
    for to in work.desk.book.registrars if closed or numbers else ():
        because = "the mailbox is served again, after it was only watched"
        work.send(SendLetter(Letter.ALERT, to, because, "stood-still", facts), None)


def _listed(numbers: list[str]) -> dict[str, Any]:
    return {
        "count": len(numbers),
        "numbers": tuple(numbers[:_MOST_LISTED]),
        "more": max(len(numbers) - _MOST_LISTED, 0),
    }


def letters_pass(desk: Desk, now: datetime) -> None:
    """The withheld letters whose time to leave has come."""
    with turn(desk, now) as work:
        watched.passes(work)


# --- the summary -----------------------------------------------------------------------------------------------------


def tell(desk: Desk, now: datetime) -> None:
    """Write the summary, in office hours of each working day, once. Where nothing has happened it says so."""
    if desk.mode is not Mode.SHADOW or office_opens(now, desk.book) != now:
        return
    calendar = desk.book.calendar
    today = calendar.local_date(now)
    with desk.database.reading() as s:
        began, told = watched.since(s, desk.mailbox), _told_last(s, desk.mailbox)
    if began is None or calendar.local_date(began) >= today or (told and told >= today):
        return
    # what left in a served time between is no summary's
    span = _Span(max(began, calendar.day_begins(told)) if told else began, calendar.day_begins(today))
    try:
        with turn(desk, now) as work:
            row = {"mailbox": desk.mailbox, "series": SUMMARY, "first": today, "at": now}
            work.s.execute(insert(tables.reports).values(row))
            for to in desk.book.registrars:
                because = "what the service would have done"
                work.send(SendLetter(Letter.DIGEST, to, because, SUMMARY, _facts(work, span)), None)
    except IntegrityError:
        return  # another daemon was there first


class _Span(NamedTuple):
    """From an instant (aware) until just before another."""

    since: datetime
    until: datetime

    def has(self, at: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether an instant of the register lies in it."""
        return and_(at >= self.since, at < self.until)


def _told_last(s: Connection, mailbox: str) -> date | None:
    """The day on which the last summary was written, which told of all that was before that day."""
    sent = tables.reports
    mine = (sent.c.mailbox == mailbox, sent.c.series == SUMMARY)
    found: date | None = s.scalar(select(func.max(sent.c.first, type_=sent.c.first.type)).where(*mine))
    return found


def _facts(work: Turn, span: _Span) -> dict[str, Any]:
    book, s, mailbox = work.desk.book, work.s, work.desk.mailbox
    wanted, after = Wanted(mailbox=mailbox, watched=True), _last_before(work, span.since)
    count = reader.count(s, wanted, after=after) - reader.count(s, wanted, after=_last_before(work, span.until))
    records = itertools.islice(reader.read(s, wanted, after=after, lines=True), min(count, _MOST_LISTED))
    shown = [_case(work, record) for record in records]
    held = quarantine.put_between(s, mailbox, *span)
    letters = _letters(s, mailbox, span)
    first, last = book.calendar.local_date(span.since), book.calendar.local_date(span.until) - timedelta(days=1)
    return {
        "since_day": first,
        "last_day": last if last > first else None,
        "count": count,
        "cases": tuple(shown),
        "more": count - len(shown),
        "mails": tuple(aside.told(work.desk, row) for row in held[:_MOST_LISTED]),
        "more_mails": max(len(held) - _MOST_LISTED, 0),
        "letters": tuple(sortsofletters.counted(letters)),
        "letters_in_all": sortsofletters.total(letters),
        "alerts": tuple(_alerts(s, mailbox, span)),
    }


def _last_before(work: Turn, instant: datetime) -> int:
    """The place in the register of the last case that was opened before; when it came in may be much earlier."""
    opened = (journal.c.mailbox == work.desk.mailbox, journal.c.kind == "opened", journal.c.at < instant)
    return work.s.scalar(select(func.max(journal.c.case_id)).where(*opened)) or 0


def _case(work: Turn, record: Record) -> dict[str, Any]:
    case, book, calendar = record.case, work.desk.book, work.desk.book.calendar
    unit, person = book.unit(case.unit), book.person(case.officer)
    due = case.deadline(Clock.ANSWER)
    return {
        "number": case.number,
        "secret": case.secrecy,
        "title": "" if case.secrecy else case.known_as,
        "type": "" if case.secrecy else case.type,
        "day": calendar.local_date(case.received_at),
        "clock": swedish.clock_if_said(case.received_at, calendar.zone),
        "unit": unit.name if unit else "",
        "officer": (person.name if person else case.officer) if case.officer else "",
        "unrouted": case.status is Status.TRIAGE,
        "why": "" if case.secrecy else why(record),
        "due_day": calendar.local_date(due.due_at) if due else None,
    }


def why(record: Record) -> str:
    """Which rule sent the case where it went first, and on which words, as the journal has it; in Swedish."""
    first = next((line.text for line in record.lines if line.kind == "assigned"), "")
    return grounds.in_swedish(first.partition(": ")[2].removeprefix("the registrar decides: "))


def _letters(s: Connection, mailbox: str, span: _Span) -> dict[Letter, int]:
    written = (messages.c.mailbox == mailbox, messages.c.state == State.WITHHELD, span.has(messages.c.at))
    found = select(messages.c.kind, func.count()).where(*written).group_by(messages.c.kind)
    return {Letter(kind): count for kind, count in s.execute(found).all()}


def _alerts(s: Connection, mailbox: str, span: _Span) -> Iterator[str]:
    """What the service would have said of itself: in no case, and in its own words."""
    ours = (messages.c.state == State.WITHHELD, messages.c.kind == Letter.ALERT, messages.c.case_id.is_(None))
    found = select(messages.c.subject).where(messages.c.mailbox == mailbox, span.has(messages.c.at), *ours)
    yield from s.scalars(found.distinct().limit(_MOST_LISTED))
