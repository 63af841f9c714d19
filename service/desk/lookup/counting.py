"""The cases of a report, read from the register: what sort each is and how its promises went, and not a word of it.

Only columns that are counted are read, so that no text or person is in memory however large the report is.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, case, func, select

from service.core.calendar.periods import Period, a_year_before, before
from service.core.cases import Clock, Contact, Deadline, Status
from service.core.effects import Letter
from service.core.figures.counted import Counted, Went, went
from service.core.figures.lateness import ReceiptsWay, why_late
from service.core.figures.report import Report, report
from service.core.figures.report import Wanted as Asked
from service.core.rules.choices import Road
from service.core.rules.rulebook import RuleBook
from service.desk import grades
from service.desk.lookup.wanted import Wanted, conditions
from service.desk.tables import cases, deadlines, journal, messages

_AT_A_TIME = 500


def reported(s: Connection, mailbox: str, asked: Asked, book: RuleBook, now: datetime) -> Report:
    """The report of one mailbox, as things stand at the instant."""
    return report(_all_counted(s, mailbox, asked, book, now), asked, book, now, _content(s, mailbox, asked, book, now))


def has_any(s: Connection, mailbox: str, asked: Asked, book: RuleBook) -> bool:
    """Whether any case came to those units in the period: quick, for the many that have nothing to tell."""
    if asked.units is None:
        return True
    first, after = _ends(asked.period, book)
    about = {"mailbox": mailbox, "units": list(asked.units), "first": first, "after": after}
    return s.scalar(_ANY, about) is not None


_ANY = (
    select(cases.c.id)
    .where(
        cases.c.mailbox == bindparam("mailbox"),
        cases.c.unit.in_(bindparam("units", expanding=True)),
        cases.c.received_at >= bindparam("first"),
        cases.c.received_at < bindparam("after"),
    )
    .limit(1)
)


def _ends(period: Period, book: RuleBook) -> tuple[datetime, datetime]:
    """When the period's first day begins, and the day after its last."""
    first, after = (book.calendar.at(day, time()) for day in (period.first, period.last + timedelta(days=1)))
    return first, after


def last_happened(s: Connection, mailbox: str) -> datetime | None:
    """The instant of the mailbox's last journal line; None where there is none."""
    return s.scalar(select(journal.c.at).where(journal.c.mailbox == mailbox).order_by(journal.c.id.desc()).limit(1))


def _all_counted(s: Connection, mailbox: str, asked: Asked, book: RuleBook, now: datetime) -> Iterable[Counted]:
    """Every case that the report may need, once each: those of its three periods, and those that are open."""
    periods = (asked.period, before(asked.period), a_year_before(asked.period))
    wanted = [_within(mailbox, asked, period, book) for period in periods]
    wanted.append(Wanted(mailbox=mailbox, units=asked.units, unfinished=True, watched=False))
    found = {one.number: one for each in wanted for one in _read(s, each, book, now)}
    return found.values()


def _within(mailbox: str, asked: Asked, period: Period, book: RuleBook) -> Wanted:
    first, after = _ends(period, book)
    return Wanted(mailbox=mailbox, units=asked.units, since=first, before=after, watched=False)


def _content(s: Connection, mailbox: str, asked: Asked, book: RuleBook, now: datetime) -> tuple[int, float] | None:
    """How content people are, where it is asked: counted by the month, so of whole months only."""
    first, last = asked.period.first, asked.period.last
    ends = (last + timedelta(days=1)).day == 1 or last >= book.calendar.local_date(now)
    if first.day != 1 or not ends:
        return None
    return grades.mean(s, mailbox, (f"{first:%Y-%m}", f"{last:%Y-%m}"), asked.units)


# --- reading ---------------------------------------------------------------------------------------------------------

_FACTS = (
    "id", "number", "received_at", "type", "category", "measure", "channel", "process", "language", "unit", "anonymous",
    "secrecy", "late_reason", "status", "alike", "submitter_contact", "blocked", "roads",
)  # fmt: skip
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_PROMISES = (
    select(deadlines)
    .where(deadlines.c.case_id.in_(_IDS), deadlines.c.kind.in_([Clock.ANSWER.value, Clock.RECEIPT.value]))
    .order_by(deadlines.c.id.desc())  # the first of a kind is read last, and stays
)
_HAPPENED = (
    select(
        journal.c.case_id,
        func.min(journal.c.at, type_=journal.c.at.type).label("opened_at"),
        func.sum(case((journal.c.kind == "assigned", 1), else_=0)).label("assigned"),
        func.sum(case((journal.c.kind == "status:reopen", 1), else_=0)).label("reopened"),
    )
    .where(journal.c.case_id.in_(_IDS))
    .group_by(journal.c.case_id)
)
_RECEIPTS = (
    select(messages.c.case_id, messages.c.state, messages.c.attempts, messages.c.held_because)
    .where(messages.c.case_id.in_(_IDS), messages.c.kind == Letter.RECEIPT.value, messages.c.direction == "out")
    .order_by(messages.c.id)
)


def _read(s: Connection, wanted: Wanted, book: RuleBook, now: datetime) -> Iterator[Counted]:
    page = (
        select(*(cases.c[name] for name in _FACTS))
        .where(*conditions(wanted), cases.c.id > bindparam("after"))
        .order_by(cases.c.id)
        .limit(_AT_A_TIME)
    )
    after = 0
    while rows := s.execute(page, {"after": after}).all():
        ids = [row.id for row in rows]
        promised = _promises(s, ids)
        happened = {row.case_id: row for row in s.execute(_HAPPENED, {"ids": ids})}
        made = [_counted(row, promised.get(row.id, {}), happened.get(row.id), book) for row in rows]
        yield from _with_reasons(s, made, rows, happened, now)
        after = ids[-1]


def _promises(s: Connection, ids: list[int]) -> dict[int, dict[Clock, Deadline]]:
    """The first promise of each kind that each case has."""
    found: dict[int, dict[Clock, Deadline]] = defaultdict(dict)
    for row in s.execute(_PROMISES, {"ids": ids}):
        kind = Clock(row.kind)
        found[row.case_id][kind] = Deadline(kind, row.started_at, row.due_at, row.met_at, row.missed_at)
    return found


def _counted(row: Row[Any], promised: Mapping[Clock, Deadline], happened: Any, book: RuleBook) -> Counted:
    department = book.department_of(row.unit)
    return Counted(
        row.number,
        row.received_at,
        Status(row.status),
        type=row.type,
        category=row.category,
        measure=row.measure,
        channel=row.channel,
        process=row.process,
        language=row.language,
        unit=row.unit,
        department=department.name if department else "",
        anonymous=row.anonymous,
        secrecy=row.secrecy,
        receipt=promised.get(Clock.RECEIPT),
        answer=promised.get(Clock.ANSWER),
        late_reason=row.late_reason,
        assigned=int(happened.assigned) if happened else 0,
        reopened=int(happened.reopened) if happened else 0,
        alike=bool(row.alike),
        appeal=Road.APPEAL.value in row.roads,
    )


def _with_reasons(
    s: Connection, made: list[Counted], rows: Sequence[Row[Any]], happened: Mapping[int, Any], now: datetime
) -> list[Counted]:
    """The cases, those whose receipt is late with the reason."""
    late = {row.id: row for row, one in zip(rows, made, strict=True) if went(one.receipt, now) is Went.LATE}
    if not late:
        return made
    letters: dict[int, list[Any]] = defaultdict(list)
    for letter in s.execute(_RECEIPTS, {"ids": [*late]}):
        letters[letter.case_id].append(letter)

    def with_reason(row: Row[Any], one: Counted) -> Counted:
        if row.id not in late or one.receipt is None:
            return one
        sent = letters.get(row.id, [])
        opened = happened.get(row.id)
        way = ReceiptsWay(
            Contact(row.submitter_contact),
            row.blocked,
            opened.opened_at if opened else None,
            one.receipt.due_at,
            is_given=one.receipt.met_at is not None,
            letters=tuple(letter.state for letter in sent),
            tries=max((letter.attempts for letter in sent), default=0),
            held=any(letter.held_because for letter in sent),
        )
        return dataclasses.replace(one, receipt_late_because=why_late(way))

    return [with_reason(row, one) for row, one in zip(rows, made, strict=True)]
