"""What a mailbox needs from time to time besides its cases.

Held letters are let go, mails that a registrar wants are let in, and the morning's list of what was put aside leaves.
"""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.exc import IntegrityError

from service.core import swedish
from service.core.absence import Absent
from service.core.deadlines import office_opens
from service.core.decide.absences import Asking, on_morning, on_return
from service.core.effects import Letter, SendLetter
from service.core.mail import Unreadable
from service.core.personal import mask_personal_numbers
from service.core.rules.routing import Facts, route
from service.desk import absences, heldback, mornings, quarantine, register, release
from service.desk.desk import Desk
from service.desk.outbox import State
from service.desk.register import StaleCase
from service.desk.tables import cases, messages
from service.desk.turn import Turn, turn

_MOST_LISTED = 50
_LONGEST_SUBJECT = 80


def look(desk: Desk, now: datetime) -> None:
    """One look at the clock. Asked twice for the same instant, the second finds nothing left."""
    let_in(desk, now)
    heldback.let_go(desk, now)
    mornings.write(desk, now)
    look_for_the_absent(desk, now)
    tell_what_was_put_aside(desk, now)


def let_in(desk: Desk, now: datetime) -> None:
    """The mails that a registrar wants in, each read anew and in a transaction of its own; then one echo."""
    with desk.database.reading() as s:
        wanted = quarantine.wanted(s, desk.mailbox)
    done: dict[str, list[str]] = defaultdict(list)
    for number, by in wanted:
        done[by].append(_let_in(desk, number, now))
    for by, lines in done.items():
        with turn(desk, now) as work:
            work.send(SendLetter(Letter.ECHO, by, "mails were let in", "let-in", {"done": tuple(lines)}), None)


def _let_in(desk: Desk, number: int, now: datetime) -> str:
    try:
        case = release.release(desk, number, now)
    except release.NotHeld:
        return f"Nummer {number} är redan avgjort."
    except Exception as fault:  # noqa: BLE001 - whatever it is, the mail stays where it was and the others go on
        with turn(desk, now) as work:
            quarantine.keep_out(work.s, number)
            work.lines.add(None, "not-let-in", f"number {number} in quarantine: {type(fault).__name__}")
        why = "går fortfarande inte att läsa" if isinstance(fault, Unreadable) else "gick inte att släppa in"
        return f"Nummer {number} {why}. Läs mejlet i brevlådan och ta hjälp av den som sköter tjänsten."
    return f"Nummer {number} är insläppt och har blivit ärende {case}." if case else f"Nummer {number} är insläppt."


# --- who is away -----------------------------------------------------------------------------------------------------


def look_for_the_absent(desk: Desk, now: datetime) -> None:
    """In office hours: whose absence is over, and new cases of those who are still away; a transaction each."""
    if office_opens(now, desk.book) != now:
        return
    with desk.database.reading() as s:
        remembered = absences.remembered(s, desk.mailbox)
    for absent in remembered:
        with suppress(IntegrityError, StaleCase), turn(desk, now) as work:  # another daemon was there first
            _look_for(work, absent)


def _look_for(work: Turn, absent: Absent) -> None:
    s, mailbox, book = work.s, work.desk.mailbox, work.desk.book
    seed = book.calendar.local_date(work.now).isoformat()
    asking = Asking(book, absences.absences(s, mailbox, book, work.now), work.now, seed)
    if absences.is_over(s, absent, book, work.now):
        handed = (stored.case for number in absent.handed if (stored := work.case(number)))
        work.carry_out(None, on_return(asking, absent, handed))
    else:
        work.carry_out(None, on_morning(asking, absent, register.open_of(s, mailbox, absent.email)))


# --- the morning's list ----------------------------------------------------------------------------------------------


def tell_what_was_put_aside(desk: Desk, now: datetime) -> None:
    """Every working day, once, in office hours: what was put aside or held back since, also after a standstill."""
    calendar, hours = desk.book.calendar, desk.book.municipality.office_hours
    today = calendar.local_date(now)
    opens = calendar.at(today, hours.opens)
    if not calendar.is_working_day(today) or not opens <= now < calendar.at(today, hours.closes):
        return
    with turn(desk, now) as work:
        mails = quarantine.untold(work.s, desk.mailbox, opens)
        letters = _held(work, opens)
        quarantine.mark_told(work.s, desk.mailbox, opens, now)
        if not mails and not letters:
            return
        facts = {
            "mails": tuple(_told(desk, row) for row in mails[-_MOST_LISTED:]),
            "more": max(len(mails) - _MOST_LISTED, 0),
            "letters": tuple(letters),
        }
        registrar = desk.book.registrars[0]
        work.send(SendLetter(Letter.DIGEST, registrar, "what was put aside", "put-aside", facts), None)


def _told(desk: Desk, row: Row[Any, Any, Any, Any, Any]) -> dict[str, Any]:
    calendar = desk.book.calendar
    subject = mask_personal_numbers(_LINK.sub("[länk]", row.subject))  # before it is cut, or half a number is shown
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


_LINK = re.compile(r"\S*(?:https?:|www\.)\S*", re.IGNORECASE)
_WHY = {
    "bulk": "Det ser ut som ett massutskick",
    "auto-reply": "Det ser ut som ett automatiskt svar",
    "calendar": "Det är en kalenderinbjudan",
    "bounce": "Det ser ut som ett besked om att ett mejl inte kom fram",
    "own": "Det kommer från vår egen adress",
    "unreadable": "Det gick inte att läsa",
}


def _held(work: Turn, before: datetime) -> list[str]:
    """A line for each recipient whose letters wait, and why; each letter is told of once."""
    here = (messages.c.state == State.HELD, messages.c.mailbox == work.desk.mailbox, messages.c.at < before)
    untold = (*here, messages.c.told_at.is_(None))
    found = work.s.execute(
        select(messages.c.recipient, messages.c.kind, messages.c.tried, cases.c.number)
        .outerjoin_from(messages, cases, cases.c.id == messages.c.case_id)
        .where(*untold)
        .order_by(messages.c.id)
    ).all()
    work.s.execute(update(messages).where(*untold).values(told_at=work.now))
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in found:
        if row.tried:
            why = "adressen tar inte emot mejl, och någon annan har fått dem"
        elif Letter(row.kind).is_to_staff:
            why = "en avsändare skickar mycket, och de går iväg lite i taget"
        else:
            why = "mottagaren har fått många automatiska mejl"
        groups[row.recipient, why].append(row.number or "")
    return [_line(to, why, numbers) for (to, why), numbers in groups.items()]


def _line(to: str, why: str, numbers: list[str]) -> str:
    named = list(dict.fromkeys(number for number in numbers if number))
    about = f" om {swedish.join(named[:_MOST_LISTED])}" if named else ""
    more = f" och {len(named) - _MOST_LISTED} ärenden till" if len(named) > _MOST_LISTED else ""
    return f"{len(numbers)} mejl till {to}{about}{more}: {why}"
