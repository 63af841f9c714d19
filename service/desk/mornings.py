"""The morning mails are written: once each working day, all in one transaction, after a standstill today's alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from service.core.effects import Letter, SendLetter
from service.core.mornings import Entry, Morning, Urgency, headline, mornings, time_left
from service.desk import register, tables
from service.desk.absences import absences
from service.desk.desk import Desk
from service.desk.turn import Turn, turn


def write(desk: Desk, now: datetime) -> None:
    """Write this morning's mails, where it is time and nobody has. Asked twice, the second finds nothing to do."""
    calendar, town = desk.book.calendar, desk.book.municipality
    wanted, today = town.digest, calendar.local_date(now)
    if not (wanted.officers or wanted.managers or wanted.registrars) or not calendar.is_working_day(today):
        return
    if not calendar.at(today, wanted.at) <= now < calendar.at(today, town.office_hours.closes):
        return
    with desk.database.reading() as s:
        if register.morning_is_written(s, desk.mailbox, today):
            return
    try:
        with turn(desk, now) as work:
            work.s.execute(insert(tables.mornings).values(mailbox=desk.mailbox, day=today, at=now))
            _write(work)
    except IntegrityError:
        return  # another daemon was there first


def _write(work: Turn) -> None:
    book, now = work.desk.book, work.now
    away = absences(work.s, work.desk.mailbox, book, now)
    for morning in mornings(register.owing(work.s, work.desk.mailbox), book, now, away):
        facts = {"headline": headline(morning), **facts_of(morning)}
        work.send(SendLetter(Letter.DIGEST, morning.to, "the morning mail", facts=facts), None)


def facts_of(morning: Morning) -> dict[str, Any]:
    """What the template shows of each pile of cases, by urgency."""
    return {
        "own": tuple(_grouped(morning.own)),
        "units": tuple(_grouped(morning.units)),
        "unrouted": tuple(map(_shown, morning.unrouted)),
    }


_GROUPS = (
    ("Försenade", {Urgency.LATE}),
    ("Ska besvaras i dag eller nästa arbetsdag", {Urgency.TODAY, Urgency.NEXT_DAY}),
    ("Övriga", {Urgency.LATER}),
)


def _grouped(entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    groups = [(name, [_shown(e) for e in entries if e.urgency in which]) for name, which in _GROUPS]
    return [{"name": name, "cases": shown} for name, shown in groups if shown]


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "title": entry.title,
        "secret": entry.case.secrecy,
        "time": time_left(entry),
        "received": entry.case.received_at,
        "officer": entry.case.officer,
        "away_until": entry.away_until,
    }
