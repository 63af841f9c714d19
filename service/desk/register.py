"""The register of cases: looking them up, and `apply`, the only writer of cases and their journal."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, repeat
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Row,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from service.core.calendar.deadlines import next_check
from service.core.cases import Case, Clock, Deadline, Status
from service.core.effects import (
    AskStanding,
    CountGrade,
    Effect,
    ExposeThread,
    ForgetAbsence,
    FreeAddress,
    OpenCase,
    RememberAbsence,
    StopAddress,
    TakeStep,
)
from service.core.evolve import evolve
from service.core.identity import numbers
from service.core.people import addresses
from service.core.rules.rulebook import RuleBook
from service.desk import absences, grades, standing, tables
from service.desk.caserows import case_of, row_of
from service.desk.journal import Journal, line_of
from service.desk.lookup import wordindex
from service.desk.tables import cases, counters, deadlines, messages, steps, stopped


class StaleCase(Exception):
    """Somebody else has changed the case since it was read; the transaction is to be tried again."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A case with its place in the register. `id` 0: not stored yet.

    ahead: steps that were taken by a clock that went wrong, more than a day later than it is; they are not the case's.
    """

    case: Case
    id: int = 0
    version: int = 0
    ahead: frozenset[str] = frozenset()


# --- reading -----------------------------------------------------------------------------------------------------


AHEAD = timedelta(days=1)
"""What was done later than this from now was done by a clock that was ahead; two machines' differ by hours at most."""


def load(s: Connection, number: str, now: datetime | None = None) -> Stored | None:
    """The case with that number, as it is now. Whoever says what time it is can act in it."""
    return _stored(s, s.execute(_BY_NUMBER, {"number": number}).one_or_none(), now)


def load_by_id(s: Connection, case_id: int, now: datetime | None = None) -> Stored | None:
    """The case with that place in the register, as it is now."""
    return _stored(s, s.execute(_BY_ID, {"case_id": case_id}).one_or_none(), now)


# Statements that every mail needs are put together once: that costs more than to carry them out.
_BY_NUMBER = select(cases).where(cases.c.number == bindparam("number"))
_BY_ID = select(cases).where(cases.c.id == bindparam("case_id"))
_TIMES = (deadlines.c.started_at, deadlines.c.due_at, deadlines.c.met_at, deadlines.c.missed_at)
_TAKEN = (literal(0), steps.c.key, steps.c.at, null(), null(), null())
# Its promises with the steps taken in it, which have no promise's row
_PROMISES_AND_STEPS: CompoundSelect[Any] = (
    select(deadlines.c.id.label("promise"), deadlines.c.kind, *_TIMES)
    .where(deadlines.c.case_id == bindparam("case_id"))
    .union_all(select(*_TAKEN).where(steps.c.case_id == bindparam("case_id")))
    .order_by("promise")
)


def _stored(s: Connection, row: Row[Any] | None, now: datetime | None) -> Stored | None:
    if row is None:
        return None
    rows = s.execute(_PROMISES_AND_STEPS, {"case_id": row.id}).all()
    promises = [each for each in rows if each.promise]
    taken = {each.kind: each.started_at for each in rows if not each.promise}
    ahead = frozenset(key for key, at in taken.items() if now and at > now + AHEAD)
    return Stored(case_of(row, promises, taken.keys() - ahead), row.id, row.version, ahead)


def numbers_to_check(s: Connection, mailbox: str, now: datetime, *, watched: bool = False) -> list[str]:
    """All cases in which time alone may change something now, the longest waiting first.

    Not some at a time: those that fail stay due, and many of them would stand before all others for ever.
    watched: those of a mailbox that is only watched, which no deadline alerts once it is served; nor the other way.
    """
    wanted = _WATCHED_TO_CHECK if watched else _TO_CHECK
    return list(s.scalars(wanted, {"mailbox": mailbox, "now": now}))


_DUE = (
    select(cases.c.number)
    .where(cases.c.next_check_at <= bindparam("now"), cases.c.mailbox == bindparam("mailbox"))
    .order_by(cases.c.next_check_at)
)
_TO_CHECK, _WATCHED_TO_CHECK = (_DUE.where(cases.c.watched.is_(watched)) for watched in (False, True))


def owing(s: Connection, mailbox: str) -> list[Case]:
    """Every case of the mailbox in which somebody still owes something, the oldest first; without the steps taken."""
    here = cases.c.mailbox == mailbox
    rows = s.execute(select(cases).where(here, _OWING).order_by(cases.c.id)).all()
    promises: dict[int, list[Row[Any]]] = defaultdict(list)
    wanted = select(deadlines).join(cases, cases.c.id == deadlines.c.case_id).where(here, _OWING)
    for promise in s.execute(wanted.order_by(deadlines.c.id)).all():
        promises[promise.case_id].append(promise)
    return [case_of(row, promises[row.id], ()) for row in rows]


_RUNNING = select(deadlines.c.case_id).where(
    deadlines.c.met_at.is_(None), deadlines.c.kind.in_([Clock.ANSWER.value, Clock.SECOND_ANSWER.value])
)
_OWING = cases.c.status.not_in([Status.CLOSED.value, Status.REFUSED.value]) & (
    (cases.c.status != Status.ANSWERED.value) | cases.c.id.in_(_RUNNING)
)


def morning_is_written(s: Connection, mailbox: str, day: date) -> bool:
    """Whether the mailbox's morning mails of the local day have been written."""
    written = tables.mornings
    return bool(s.scalar(select(exists().where(written.c.mailbox == mailbox, written.c.day == day))))


def open_of(s: Connection, mailbox: str, officer: str) -> list[Case]:
    """The officer's open cases, those that are due first before the others."""
    mine = (cases.c.mailbox == mailbox, func.lower(cases.c.officer) == addresses.key(officer))
    numbers = s.scalars(select(cases.c.number).where(*mine, cases.c.status.in_(_OPEN)).order_by(cases.c.id)).all()
    found = [stored.case for number in numbers if (stored := load(s, number))]
    return sorted(found, key=lambda case: case.running.due_at if case.running else _LAST)


_OPEN = [status.value for status in Status if status not in {Status.ANSWERED, Status.CLOSED, Status.REFUSED}]
_LAST = datetime.max.replace(tzinfo=UTC)


def numbers_with(s: Connection, mailbox: str, reference: str) -> list[str]:
    """The latest cases that have that number in another system: a few, for more are no sign of one."""
    has_it = (cases.c.external_ref == reference) | (cases.c.registry_number == reference)
    wanted = select(cases.c.number).where(cases.c.mailbox == mailbox, has_it)
    return list(s.scalars(wanted.order_by(cases.c.id.desc()).limit(3)))


def number_of_old(s: Connection, mailbox: str, external_ref: str, registry_number: str) -> str | None:
    """The case that has the number which it had in another system; the registry number counts where it had no other."""
    same = cases.c.external_ref == external_ref if external_ref else cases.c.registry_number == registry_number
    return s.scalar(select(cases.c.number).where(cases.c.mailbox == mailbox, same).order_by(cases.c.id).limit(1))


# --- writing -----------------------------------------------------------------------------------------------------


def apply(
    s: Connection, stored: Stored | None, effects: Sequence[Effect], book: RuleBook, lines: Journal, number: str = ""
) -> Stored | None:
    """Make the effects true: the case as it becomes, its promises and steps, and a journal line with each reason.

    number: what a case that begins is called, where it had a number before; empty: the next one.

    Returns the case as stored; None where the effects concern no case.

    Raises:
        StaleCase: somebody else changed the case meanwhile.
        IllegalMove: an effect that the table of states refuses.
    """
    now = lines.at
    was: Iterable[Case | None] = repeat(None)  # of a case that begins, nothing was before
    opened = next((e for e in effects if isinstance(e, OpenCase)), None)
    if opened:
        prefix, year = book.municipality.case_number.prefix, book.calendar.local_date(now).year
        number = number or numbers.number(prefix, year, _next_serial(s, prefix, year))
        stored = Stored(dataclasses.replace(opened.case, number=number))
    if stored:
        stages = [*accumulate(effects, evolve, initial=stored.case)]
        before, after = stages[0], stages[-1]
        was = was if opened else stages
        stored = _write(s, stored, after, next_check(after, book, now))
        _write_promises(s, stored, before, after)
        _write_steps(s, stored, effects, now)
    _write_addresses(s, effects, lines)
    for effect, earlier in zip(effects, was, strict=False):
        line = line_of(effect, earlier)
        if line:
            kind, actor, text = line
            lines.add(stored.id if stored else None, kind, text, actor)
    return stored


def resume_address(s: Connection, address: str) -> None:
    """Somebody writes from the address: it is alive, and mail may go there again."""
    s.execute(_RESUME, {"b_email": addresses.key(address)})


_RESUME = delete(stopped).where(stopped.c.email == bindparam("b_email"), ~stopped.c.lasting)


def check_all(s: Connection, mailbox: str | None, now: datetime) -> None:
    """Look at every open case (None: of any mailbox) at the next turn: the rules have changed, or the clock has."""
    s.execute(_CHECK_ALL.where(cases.c.mailbox == mailbox) if mailbox else _CHECK_ALL, {"now": now})


_CHECK_ALL = (
    update(cases)
    .where(cases.c.status.not_in([Status.CLOSED.value, Status.REFUSED.value]))
    .values(next_check_at=bindparam("now"))
)


def look_later(s: Connection, stored: Stored, book: RuleBook, now: datetime) -> None:
    """Time has changed nothing in the case: it is looked at when it may. Whoever changed it meanwhile knows better."""
    s.execute(_LOOK_LATER, {"b_id": stored.id, "b_version": stored.version, "b_at": next_check(stored.case, book, now)})


def _next_serial(s: Connection, prefix: str, year: int) -> int:
    """The next number of the year's series; the row's lock keeps two daemons apart."""
    raised = s.scalar(_RAISE, {"b_prefix": prefix, "b_year": year})
    if raised is not None:
        return int(raised)
    make = sqlite.insert if s.dialect.name == "sqlite" else postgresql.insert
    first = make(counters).values(prefix=prefix, year=year, last=1)
    again = first.on_conflict_do_update(
        index_elements=["prefix", "year"], set_={"last": counters.c.last + 1}
    ).returning(counters.c.last)
    return int(s.scalars(again).one())


_RAISE = (
    update(counters)
    .where(counters.c.prefix == bindparam("b_prefix"), counters.c.year == bindparam("b_year"))
    .values(last=counters.c.last + 1)
    .returning(counters.c.last)
)


def _write(s: Connection, stored: Stored, after: Case, check_at: datetime | None) -> Stored:
    row = row_of(after) | {"next_check_at": check_at}
    if not stored.id:
        made = s.execute(_INSERT, row | {"version": 1})
        assert made.inserted_primary_key
        wordindex.put(s, made.inserted_primary_key[0], wordindex.searchable(after))
        return Stored(after, made.inserted_primary_key[0], 1)
    before = row_of(stored.case)
    news = {name: value for name, value in row.items() if name not in before or value != before[name]}
    changed = s.execute(_UPDATE, news | {"b_id": stored.id, "b_version": stored.version, "version": stored.version + 1})
    if changed.rowcount != 1:
        raise StaleCase(after.number)
    words = wordindex.searchable(after)
    if words != wordindex.searchable(stored.case):
        wordindex.put(s, stored.id, words)
    return dataclasses.replace(stored, case=after, version=stored.version + 1)


_INSERT = insert(cases)
_UPDATE = update(cases).where(cases.c.id == bindparam("b_id"), cases.c.version == bindparam("b_version"))
_LOOK_LATER = _UPDATE.values(next_check_at=bindparam("b_at"))


def _write_promises(s: Connection, stored: Stored, before: Case, after: Case) -> None:
    if after.deadlines == before.deadlines:
        return
    known = len(before.deadlines) if stored.version > 1 else 0
    changed = [
        {"b_case": stored.id, "b_before": number} | _promise(new)
        for number, (old, new) in enumerate(zip(before.deadlines[:known], after.deadlines, strict=False))
        if old != new
    ]
    if changed:
        s.execute(_PROMISE_CHANGES, changed)
    begun = [{"case_id": stored.id, "kind": d.kind.value} | _promise(d) for d in after.deadlines[known:]]
    if begun:
        s.execute(_PROMISE_BEGINS, begun)


def _promise(d: Deadline) -> dict[str, datetime | None]:
    return {"started_at": d.started_at, "due_at": d.due_at, "met_at": d.met_at, "missed_at": d.missed_at}


_PLACE_OF_PROMISE = (
    select(deadlines.c.id)
    .where(deadlines.c.case_id == bindparam("b_case"))
    .order_by(deadlines.c.id)
    .limit(1)
    .offset(bindparam("b_before"))
)
_PROMISE_CHANGES = update(deadlines).where(deadlines.c.id == _PLACE_OF_PROMISE.scalar_subquery())
_PROMISE_BEGINS = insert(deadlines)


def _write_steps(s: Connection, stored: Stored, effects: Sequence[Effect], now: datetime) -> None:
    rows = [
        {"case_id": stored.id, "key": key, "at": now, "superseded": key != effect.key}
        for effect in effects
        if isinstance(effect, TakeStep)
        for key in (effect.key, *effect.superseded)
    ]
    if again := stored.ahead.intersection(row["key"] for row in rows):
        s.execute(delete(steps).where(steps.c.case_id == stored.id, steps.c.key.in_(again)))
    if rows:
        s.execute(insert(steps), rows)


def _write_addresses(s: Connection, effects: Sequence[Effect], lines: Journal) -> None:
    mailbox, now = lines.mailbox, lines.at
    for effect in effects:
        if isinstance(effect, RememberAbsence):
            absences.remember(s, mailbox, effect.absent)
        elif isinstance(effect, ForgetAbsence):
            absences.forget(s, mailbox, effect.email)
        elif isinstance(effect, AskStanding):
            standing.ask(s, mailbox, effect.standing, now)
        elif isinstance(effect, CountGrade):
            grades.count(s, mailbox, effect)
        elif isinstance(effect, StopAddress):
            _stop_address(s, effect, now)
        elif isinstance(effect, FreeAddress):
            s.execute(delete(stopped).where(stopped.c.email == addresses.key(effect.email)))
        elif isinstance(effect, ExposeThread):
            s.execute(update(messages).where(messages.c.message_id.in_(effect.message_ids)).values(exposed=True))


def _stop_address(s: Connection, effect: StopAddress, now: datetime) -> None:
    email = addresses.key(effect.email)
    kept = stopped.c.lasting if not effect.lasting else false()  # what staff want is not undone by a report
    s.execute(delete(stopped).where(stopped.c.email == email, ~kept))
    if not s.scalar(select(stopped.c.email).where(stopped.c.email == email)):
        row = {"email": email, "since": now, "because": effect.because, "lasting": effect.lasting}
        s.execute(insert(stopped).values(**row))
