"""What counts as trouble of the service itself: what has lasted some minutes, and does not mend itself.

Pure: the same view gives the same troubles. A dead mailbox or a refused token is to be noticed within 15 minutes: a
poll that fails shows itself within some two minutes, must last five, and is looked for each minute.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from service.core.endings import DAYS_AHEAD
from service.desk.lookup.backlog import Canary
from service.desk.post.states import WAITING
from service.doors.vitals import Course, Sort, Work
from service.seeing.view import View

# In seconds.
LASTS = 300.0
SILENCE = 600.0
CANARY_LASTS = timedelta(minutes=15)
_LONGEST_LETTER = 1200.0  # a server may take ten minutes to answer the end of one letter (RFC 5321, 4.5.3.2.6)


class Kind(enum.StrEnum):
    """What the service suffers from."""

    MAILBOX = "mailbox"
    LOGIN = "login"
    TOKEN = "token"  # noqa: S105 - its name
    LETTERS = "letters"
    DATABASE = "database"
    CANARY = "canary"
    DISK = "disk"
    RULES = "rules"
    CONFIG = "config"
    CREDENTIAL = "credential"
    MODE = "mode"
    UNREAD = "unread"
    LOST = "lost"


OF_A_MAILBOX = frozenset(
    {
        Kind.CANARY,
        Kind.MAILBOX,
        Kind.LOGIN,
        Kind.TOKEN,
        Kind.LETTERS,
        Kind.RULES,
        Kind.CREDENTIAL,
        Kind.MODE,
        Kind.UNREAD,
        Kind.LOST,
    }
)
GRAVE = frozenset({Kind.MAILBOX, Kind.LOGIN, Kind.TOKEN, Kind.LETTERS, Kind.DATABASE, Kind.MODE})
"""With one of these the service does not do its work: it is not healthy."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that fails, or soon will: where (a mailbox's name; empty: everywhere), since when (aware), its sort."""

    kind: Kind
    mailbox: str
    since: datetime
    sort: Sort | None = None
    last_day: date | None = None  # of a credential that ends


def troubles(view: View) -> list[Trouble]:
    """Every trouble, the gravest first."""
    found = [*_of_the_database(view), *_of_the_disk(view)]
    for mailbox in view.mailboxes:
        found += _of_mailbox(view, mailbox)
    found += _of_credentials(view)
    if view.reloads.refused_since:
        found.append(Trouble(Kind.CONFIG, "", view.reloads.refused_since))
    order = list(Kind)
    return sorted(found, key=lambda t: (t.kind not in GRAVE, order.index(t.kind), t.mailbox))


def _of_mailbox(view: View, mailbox: str) -> Iterator[Trouble]:
    health = view.health[mailbox]
    polling, sending = health.courses.get(Work.POLL), health.courses.get(Work.DELIVERY)
    if polling and (trouble := _of_work(view, mailbox, polling, Kind.MAILBOX, view.poll_seconds + SILENCE)):
        yield trouble
    # Without letters that wait nobody knows whether the server takes them again, and nobody misses it.
    letters = view.backlog(mailbox).letters
    waits = view.look.at is None or any(letters.get(state) for state in WAITING)
    refused_since = view.backlog(mailbox).refused_since
    if sending and waits and (trouble := _of_work(view, mailbox, sending, Kind.LETTERS, _LONGEST_LETTER)):
        yield trouble
    elif refused_since and view.now - refused_since >= timedelta(seconds=LASTS):
        yield Trouble(Kind.LETTERS, mailbox, refused_since, Sort.REFUSED)
    canary = view.backlog(mailbox).canary
    if canary and mailbox in view.canaries and (since := _silent_since(canary, view)):
        yield Trouble(Kind.CANARY, mailbox, since)
    if since := view.backlog(mailbox).unread_since:
        yield Trouble(Kind.UNREAD, mailbox, since)
    if since := view.backlog(mailbox).lost_since:
        yield Trouble(Kind.LOST, mailbox, since)
    if health.rules_faulty_since:
        yield Trouble(Kind.RULES, mailbox, health.rules_faulty_since)


def _of_work(view: View, mailbox: str, course: Course, kind: Kind, longest: float) -> Trouble | None:
    if course.failing_since and course.failing_for(view.tick) >= LASTS and course.sort is not Sort.DATABASE:
        refused = {Sort.LOGIN: Kind.LOGIN, Sort.TOKEN: Kind.TOKEN, Sort.MODE: Kind.MODE}
        return Trouble(refused.get(course.sort or Sort.PROGRAM, kind), mailbox, course.failing_since, course.sort)
    if course.silent_for(view.tick) >= longest:
        return Trouble(kind, mailbox, view.now - timedelta(seconds=course.silent_for(view.tick)))
    return None


def _silent_since(canary: Canary, view: View) -> datetime | None:
    """Since when the mailbox's own mail does not come back. One that waits to leave is the outbox's trouble."""
    gone_at = canary.sent_at or canary.refused_at
    is_late = gone_at and not canary.back_at and view.now - gone_at >= CANARY_LASTS
    return canary.silent_since or (gone_at if is_late else None)


def _of_the_database(view: View) -> Iterator[Trouble]:
    """By any of those who need it: the looks for figures, the polls, the letters."""
    courses = [view.looking] if view.looking else []
    courses += [course for health in view.health.values() for course in health.courses.values()]
    since = [
        course.failing_since
        for course in courses
        if course.sort is Sort.DATABASE and course.failing_since and course.failing_for(view.tick) >= LASTS
    ]
    if view.looking and view.looking.silent_for(view.tick) >= SILENCE:
        since.append(view.now - timedelta(seconds=view.looking.silent_for(view.tick)))
    if since:
        yield Trouble(Kind.DATABASE, "", min(since), Sort.DATABASE)


def _of_credentials(view: View) -> Iterator[Trouble]:
    for ending in view.look.credentials:
        left = ending.days_left(view.now.date())
        if ending.day is None or left is None or left > DAYS_AHEAD:
            continue
        since = datetime.combine(ending.day - timedelta(days=DAYS_AHEAD), time(), UTC)
        for mailbox in ending.mailboxes:
            yield Trouble(Kind.CREDENTIAL, mailbox, since, last_day=ending.day)


def _of_the_disk(view: View) -> Iterator[Trouble]:
    room = view.look.room
    if room and view.look.at and room.is_short:
        yield Trouble(Kind.DISK, "", view.look.at)
