"""What was put aside or held back, for the registrar to look at each working morning."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.core.effects import Letter, SendLetter
from service.core.people.accounts import mask_numbers
from service.core.rules.routing import Facts, route
from service.core.speech import swedish
from service.desk import quarantine
from service.desk.desk import Desk
from service.desk.post.states import WAITING, State
from service.desk.tables import cases, messages, reports
from service.desk.turn import Turn, turn

_MOST_LISTED = 50
_LONGEST_SUBJECT = 80


def tell(desk: Desk, now: datetime) -> None:
    """Every working day, once, in office hours, where the registrar gets no morning mail that tells it too.

    What is held back after that day's list stands in the next one, however old the letter is.
    """
    calendar, town = desk.book.calendar, desk.book.municipality
    today = calendar.local_date(now)
    opens, closes = (calendar.at(today, at) for at in (town.office_hours.opens, town.office_hours.closes))
    if town.digest.registrars or not calendar.is_working_day(today) or not opens <= now < closes:
        return
    list_of_today = {"mailbox": desk.mailbox, "series": _LIST, "first": today}
    with desk.database.reading() as s:
        if s.scalar(_IS_WRITTEN, list_of_today):
            return
    try:
        with turn(desk, now) as work:
            if facts := facts_since(work):
                work.s.execute(insert(reports).values(at=now, **list_of_today))
                registrar = desk.book.registrars[0]
                work.send(SendLetter(Letter.DIGEST, registrar, "what was put aside", _LIST, facts), None)
    except IntegrityError:
        return  # another daemon was there first


_LIST = "put-aside"
_IS_WRITTEN = select(
    exists().where(
        reports.c.mailbox == bindparam("mailbox"),
        reports.c.series == bindparam("series"),
        reports.c.first == bindparam("first"),
    )
)


NOTHING: dict[str, Any] = {"mails": (), "more": 0, "letters": (), "late": ()}
"""What a list tells where nothing was put aside or held back."""


def facts_since(work: Turn) -> dict[str, Any] | None:
    """What was put aside or held back before the office opened and has not been told, which it now is; None: nothing.

    After a standstill that is what came in all the while.
    """
    desk, calendar = work.desk, work.desk.book.calendar
    opens = calendar.at(calendar.local_date(work.now), desk.book.municipality.office_hours.opens)
    mails = quarantine.told_now(work.s, desk.mailbox, opens, work.now)
    waiting, late = _told(work, _WAITING, opens), _told(work, _LATE, opens)
    if not (mails or waiting or late):
        return None
    return {
        "mails": tuple(told(desk, row) for row in mails[-_MOST_LISTED:]),
        "more": max(len(mails) - _MOST_LISTED, 0),
        "letters": tuple(waiting),
        "late": tuple(late),
    }


def told(desk: Desk, row: Row[Any, Any, Any, Any, Any]) -> dict[str, Any]:
    """What a list to a registrar tells of a mail that was put aside (`quarantine.told_now`), and no secret."""
    calendar = desk.book.calendar
    subject = mask_numbers(_LINK.sub("[länk]", row.subject))  # before it is cut, or half a number is shown
    # What the rules would keep secret stands in no mail, nor in the list of what has not become a case.
    if route(desk.book, Facts(subject=row.subject, sender=row.sender)).secrecy:
        subject = "Ämnet står inte här, eftersom det kan vara sekretess"
    return {
        "id": row.id,
        "day": calendar.local_date(row.at),
        "clock": swedish.clock(row.at, calendar.zone),
        "sender": row.sender,
        "subject": subject[:_LONGEST_SUBJECT] + ("…" if len(subject) > _LONGEST_SUBJECT else ""),
        "why": _WHY.get(row.kind, "Det gick inte att avgöra vad mejlet är"),
    }


_LINK = re.compile(r"(?<!\S)\S*?(?:https?:|www\.)\S*", re.IGNORECASE)
_WHY = {
    "bulk": "Det ser ut som ett massutskick",
    "auto-reply": "Det ser ut som ett automatiskt svar",
    "calendar": "Det är en kalenderinbjudan",
    "bounce": "Det ser ut som ett besked om att ett mejl inte kom fram",
    "own": "Det kommer från brevlådans egen adress, men det är inte tjänsten som har skrivit det",
    "about-us": "Det är ett svar på ett mejl om själva tjänsten",
    "alert-lost": "Ett mejl om fel i tjänsten kom inte fram. Säg det till den som sköter tjänsten",
    "unreadable": "Det gick inte att läsa",
}


def _told(work: Turn, which: _Untold, before: datetime) -> list[str]:
    """A line for each recipient whose letters wait, or had to, and why; each letter is told of once."""
    here = {"b_mailbox": work.desk.mailbox, "b_now": work.now}
    since = {"b_before": before, "b_since": before - _LOOKS_BACK}
    if not work.s.execute(which.mark_told, here | since).rowcount:  # none, or another daemon was first
        return []
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in work.s.execute(which.told_now, here | since):
        groups[row.recipient, _why_held(row)].append(row.number or "")
    return [_line(to, why, numbers) for (to, why), numbers in groups.items()]


def _why_held(row: Row[Any, Any, Any, Any]) -> str:
    if row.tried:
        return "adressen tar inte emot mejl, och någon annan har fått dem"
    if Letter(row.kind).is_to_staff:
        return "en avsändare skickar mycket, och de går iväg lite i taget"
    return "mottagaren har fått många automatiska mejl"


class _Untold:
    """Letters of a mailbox of which the registrar has not heard: what marks them as told, and what reads them then."""

    def __init__(self, *these: ColumnElement[bool]) -> None:
        here = (messages.c.mailbox == bindparam("b_mailbox"), *these)
        untold = (messages.c.at < bindparam("b_before"), messages.c.told_at.is_(None))
        self.mark_told = update(messages).where(*here, *untold).values(told_at=bindparam("b_now"))
        self.told_now = (
            select(messages.c.recipient, messages.c.kind, messages.c.tried, cases.c.number)
            .outerjoin_from(messages, cases, cases.c.id == messages.c.case_id)
            .where(*here, messages.c.told_at == bindparam("b_now"))
            .order_by(messages.c.id)
        )


_LOOKS_BACK = timedelta(days=14)
"""How old a letter may be that had to wait and has left: by its age and being automatic an index finds it."""
_WAITING = _Untold(messages.c.state == State.HELD)
_LATE = _Untold(
    messages.c.automatic.is_(True),
    messages.c.at >= bindparam("b_since"),
    messages.c.state.in_([State.SENT, *WAITING]),
    messages.c.held_because.is_not(None),
)


def _line(to: str, why: str, numbers: list[str]) -> str:
    named = list(dict.fromkeys(number for number in numbers if number))
    about = f" om {swedish.join(named[:_MOST_LISTED])}" if named else ""
    more = f" och {len(named) - _MOST_LISTED} ärenden till" if len(named) > _MOST_LISTED else ""
    return f"{len(numbers)} mejl till {to}{about}{more}: {why}"
