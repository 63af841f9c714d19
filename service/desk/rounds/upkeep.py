"""What a mailbox needs from time to time besides its cases.

Held letters are let go, mails that a registrar wants are let in, and the morning's list of what was put aside leaves.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from service.core.calendar.deadlines import office_opens
from service.core.decide.absences import Asking, on_morning, on_return
from service.core.effects import Letter, SendLetter
from service.core.mail import Unreadable
from service.core.people.absence import Absent
from service.desk import absences, quarantine, register
from service.desk.desk import Desk
from service.desk.post import heldback, release
from service.desk.register import StaleCase
from service.desk.rounds import aside, canary, checksums, clock, mornings, reports, watching
from service.desk.turn import Turn, turn


def look(desk: Desk, now: datetime) -> None:
    """One look at the clock. Asked twice for the same instant, the second finds nothing left."""
    clock.put_right(desk, now)
    let_in(desk, now)
    heldback.let_go(desk, now)
    if not desk.mode.is_live:
        watching.letters_pass(desk, now)
    mornings.write(desk, now)
    reports.write(desk, now)
    look_for_the_absent(desk, now)
    aside.tell(desk, now)
    checksums.tell(desk, now)
    watching.tell(desk, now)
    canary.send(desk, now)


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
