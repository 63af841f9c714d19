"""The morning mails are written: once each working day, all in one transaction, after a standstill today's alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from service.core.cases import Case, Status
from service.core.decide.mornings import Morning, headline, mornings
from service.core.effects import Letter, Listing, SendLetter, SetFields
from service.core.people import addresses
from service.core.rules.guesses import guesses
from service.core.rules.routing import Facts, route
from service.desk import register, tables
from service.desk.absences import absences
from service.desk.desk import Desk
from service.desk.rounds import aside
from service.desk.turn import Turn, turn
from service.desk.writing.listings import facts_of


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
    owed = [_with_guesses(work, case) for case in register.owing(work.s, work.desk.mailbox)]
    found = {addresses.key(m.to): m for m in mornings(owed, book, now, away)}
    registrar, put_aside = book.registrars[0], None
    if book.municipality.digest.registrars:
        put_aside = aside.facts_since(work)
    if put_aside:
        mine = found.get(addresses.key(registrar)) or Morning(registrar)
        count = len(put_aside["mails"]) + put_aside["more"]
        found[addresses.key(registrar)] = dataclasses.replace(mine, put_aside=count)
    for key, morning in found.items():
        is_registrar = put_aside is not None and key == addresses.key(registrar)
        told = put_aside if put_aside and is_registrar else aside.NOTHING
        facts = {"headline": headline(morning) or _without_cases(told), **facts_of(morning, book), **told}
        listing = Listing(
            tuple(e.number for e in morning.unrouted), tuple(e.number for e in (*morning.own, *morning.units))
        )
        work.send(SendLetter(Letter.DIGEST, morning.to, "the morning mail", facts=facts, listing=listing), None)


def _without_cases(told: Mapping[str, Any]) -> str:
    return "Det här väntar" if told["letters"] else "Mejl från oss har fått vänta"


def _with_guesses(work: Turn, case: Case) -> Case:
    """The case with guesses where it may belong, which are the same from then on; of a secret one there are none."""
    if case.guesses or case.officer or case.secrecy or case.status is not Status.TRIAGE:
        return case
    facts, book = Facts(subject=case.title, text=case.text), work.desk.book
    found = guesses(book, facts, route(book, facts))
    if not found:
        return case
    because = "where it may belong, for the registrar"
    after = work.carry_out(work.case(case.number), [SetFields({"guesses": found}, because)])
    return after.case if after else case
