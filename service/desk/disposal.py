"""Disposal (gallring) in the register: what is due for it, and one thing at a time, each in a transaction of its own.

Words, people and the bytes of mails go; numbers, dates and digests stay, and the journal's chain with them
(`core/keeping/chain`). A line of the journal is the protocol: what, by which rule, when, who. Broken off, it goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, cast, delete, func, or_, select, update

from service.core.effects import DisposeOf
from service.core.keeping.chain import DISPOSED
from service.core.keeping.disposal import begins, holding, is_ripe
from service.core.rules.choices import Disposable
from service.core.rules.municipality import Disposal
from service.core.rules.rulebook import RuleBook
from service.desk import quarantine, register, tables
from service.desk.database import Database
from service.desk.journal import Journal, Kept
from service.desk.lookup import resembling
from service.desk.post.states import WAITING
from service.desk.post.states import State as Sending
from service.desk.register import Stored
from service.desk.rounds import removal
from service.desk.tables import binder, cases, files, journal, messages

_MACHINES = ("auto-reply", "bounce", "bulk", "calendar", "own")


@dataclass(frozen=True, slots=True)
class Due:
    """One thing whose time has run out: a case by its number, a leaf of the binder or a mail by its row.

    sort: its class (process and type, or the sort of mail). since: what its time is counted from (aware UTC).
    """

    what: Disposable
    name: str
    row: int
    sort: str
    since: datetime
    rule: str


@dataclass(frozen=True, slots=True)
class Office:
    """One mailbox's register with its rules, the time (aware), and who disposes."""

    database: Database
    mailbox: str
    book: RuleBook
    now: datetime
    by: str


def due(office: Office) -> list[Due]:
    """Everything of the mailbox whose time has run out by a line of the rules."""
    with office.database.reading() as s:
        return [each for line in office.book.municipality.disposal for each in _LOOK[line.what](s, office, line)]


def held(office: Office) -> list[tuple[str, str]]:
    """The numbers of the cases that somebody holds, and why."""
    wanted = select(cases.c.number, cases.c.hold).where(cases.c.mailbox == office.mailbox, cases.c.hold != "")
    with office.database.reading() as s:
        return [(row.number, row.hold) for row in s.execute(wanted.order_by(cases.c.id))]


def dispose(office: Office, one: Due) -> bool:
    """Dispose of one thing. False: it is not due any longer, since somebody holds it or has taken it up again."""
    with office.database.transaction() as s:
        lines = Journal(office.mailbox, office.now)
        done = _DO[one.what](s, office, one, lines)
        lines.write(s)
    return done


# --- what is due -----------------------------------------------------------------------------------------------------


def _cases(s: Connection, office: Office, line: Disposal) -> Iterator[Due]:
    ended = (cases.c.mailbox == office.mailbox, cases.c.closed_at < office.now)
    free = (cases.c.hold == "", cases.c.disposed_at.is_(None))
    wanted = select(cases.c.id, cases.c.number, cases.c.process, cases.c.type, cases.c.closed_at).where(*ended, *free)
    for row in s.execute(wanted.order_by(cases.c.id)):
        sort = " / ".join(filter(None, (row.process, row.type)))
        if _ripe(office, line, row.closed_at) and _may_go(s, office, register.load_by_id(s, row.id), line):
            yield Due(line.what, row.number, row.id, sort, row.closed_at, str(line.after))


def _may_go(s: Connection, office: Office, stored: Stored | None, line: Disposal) -> bool:
    since = begins(stored.case) if stored else None
    if stored is None or since is None or not _ripe(office, line, since):
        return False
    waits = messages.c.state.in_((*WAITING, Sending.HELD))
    return not s.scalar(select(func.count()).where(messages.c.case_id == stored.id, waits))


def _leaves(s: Connection, office: Office, line: Disposal) -> Iterator[Due]:
    wanted = select(binder.c.id, binder.c.type, binder.c.received_at).where(
        binder.c.mailbox == office.mailbox, binder.c.disposed_at.is_(None), ~_REGISTERED
    )
    for row in s.execute(wanted.order_by(binder.c.id)):
        if _ripe(office, line, row.received_at):
            yield Due(line.what, f"leaf {row.id}", row.id, row.type, row.received_at, str(line.after))


_REGISTERED = (  # a leaf that has become a case goes with its case
    select(messages.c.id)
    .where(
        messages.c.mailbox == binder.c.mailbox, messages.c.digest == binder.c.digest, messages.c.case_id.is_not(None)
    )
    .exists()
)


def _automatic(s: Connection, office: Office, line: Disposal) -> Iterator[Due]:
    """What machines wrote, and our own letters to staff, where they belong to no case."""
    wanted = select(messages.c.id, messages.c.direction, messages.c.kind, messages.c.at).where(
        messages.c.mailbox == office.mailbox, messages.c.size > 0, messages.c.raw != b"", _AUTOMATIC
    )
    for row in s.execute(wanted.order_by(messages.c.id)):
        if _ripe(office, line, row.at):
            sort = f"{row.direction}:{row.kind}"
            yield Due(line.what, f"mail {row.id}", row.id, sort, row.at, str(line.after))


_UNDECIDED = select(tables.quarantine.c.message_id).where(
    tables.quarantine.c.state.in_([quarantine.State.HELD, quarantine.State.WANTED])
)
_OF_MACHINES = messages.c.kind.in_(_MACHINES) & (messages.c.direction == "in") & messages.c.id.not_in(_UNDECIDED)
_OF_OURS = (messages.c.direction == "out") & messages.c.state.not_in([*WAITING, Sending.HELD])
_AUTOMATIC = messages.c.case_id.is_(None) & or_(_OF_MACHINES, _OF_OURS)


def _copies(s: Connection, office: Office, line: Disposal) -> Iterator[Due]:
    """Mails in the mailbox that the register has as well: of no case, or of one that is closed and not held."""
    wanted = (
        select(messages.c.id, messages.c.kind, messages.c.at)
        .outerjoin(cases, cases.c.id == messages.c.case_id)
        .where(messages.c.mailbox == office.mailbox, *_COPIES)
    )
    for row in s.execute(wanted.order_by(messages.c.id)):
        if _ripe(office, line, row.at):
            yield Due(line.what, f"mail {row.id}", row.id, f"in:{row.kind}", row.at, str(line.after))


_ENDED = cases.c.closed_at.is_not(None) & (cases.c.hold == "")
_COPIES = (
    messages.c.direction == "in",
    messages.c.left_mailbox_at.is_(None),
    messages.c.digest.is_not(None),
    messages.c.id.not_in(_UNDECIDED),
    or_(cases.c.id.is_(None), _ENDED),
)


def _ripe(office: Office, line: Disposal, since: datetime) -> bool:
    return is_ripe(since, line.after, office.now, office.book.calendar)


# --- one thing goes --------------------------------------------------------------------------------------------------


def _case(s: Connection, office: Office, one: Due, lines: Journal) -> bool:
    stored = register.load_by_id(s, one.row)
    rules = [line for line in office.book.municipality.disposal if line.what is Disposable.CASES]
    if stored is None or not any(_may_go(s, office, stored, line) for line in rules):
        return False
    measures = office.book.municipality.measures
    effect = DisposeOf(office.now, _protocol(one, office), office.by, measures)
    register.apply(s, stored, [effect], office.book, lines)
    resembling.forget(s, stored.id, stored.case.number)
    own = list(s.scalars(select(messages.c.id).where(messages.c.case_id == stored.id)))
    _empty_lines(s, journal.c.case_id == stored.id)
    _empty(s, own, office.now)
    # Other cases stand in a list, too, but what it says of this one may not stay, nor what its answers quote of it
    lists = s.execute(_LISTS.where(messages.c.mailbox == office.mailbox, _naming(one.name))).all()
    named = [row.message_id for row in lists if row.message_id]
    answers = list(s.scalars(_ANSWERS.where(messages.c.mailbox == office.mailbox, messages.c.answers.in_(named))))
    _empty(s, [row.id for row in lists] + answers, office.now)
    for row in lists:
        lines.add(None, DISPOSED, f"a list that named {one.name}: {effect.because}", office.by, Kept(row.id, ""))
    for answer in answers:
        lines.add(None, DISPOSED, f"an answer to such a list: {effect.because}", office.by, Kept(answer, ""))
    return True


def _leaf(s: Connection, office: Office, one: Due, lines: Journal) -> bool:
    gone = (
        update(binder)
        .where(binder.c.id == one.row, binder.c.disposed_at.is_(None), ~_REGISTERED)
        .values(title="", text="", told=[], disposed_at=office.now)
        .returning(binder.c.digest)
    )
    digest = s.scalar(gone)
    if digest is None:
        return False
    of_it = or_(messages.c.digest == digest, (messages.c.files_of == digest) & messages.c.case_id.is_(None))
    rows = list(s.scalars(select(messages.c.id).where(messages.c.mailbox == office.mailbox, of_it)))
    _empty(s, rows, office.now)
    lines.add(None, DISPOSED, _protocol(one, office), office.by, Kept(rows[0], "") if rows else None)
    for row in rows[1:]:
        lines.add(None, DISPOSED, f"a letter about {one.name}", office.by, Kept(row, ""))
    return True


def _mail(s: Connection, office: Office, one: Due, lines: Journal) -> bool:
    still = select(messages.c.id).where(messages.c.id == one.row, messages.c.raw != b"", _AUTOMATIC)
    if s.scalar(still) is None:
        return False
    _empty(s, [one.row], office.now)
    lines.add(None, DISPOSED, _protocol(one, office), office.by, Kept(one.row, ""))
    return True


def _copy(s: Connection, office: Office, one: Due, lines: Journal) -> bool:
    joined = select(messages.c.id, messages.c.case_id).outerjoin(cases, cases.c.id == messages.c.case_id)
    still = s.execute(joined.where(messages.c.id == one.row, *_COPIES)).one_or_none()
    if still is None:
        return False
    removal.want(s, [one.row], office.now)
    lines.add(still.case_id, "left-mailbox", f"the register keeps it; {_protocol(one, office)}", office.by)
    return True


def _protocol(one: Due, office: Office) -> str:
    since = office.book.calendar.local_date(one.since)
    return f"{one.name}, {one.sort or 'without a class'}: by the rule {one.what.value} after {one.rule}, from {since}"


def _empty(s: Connection, rows: Collection[int], now: datetime) -> None:
    """Mails and letters: their bytes, people and subjects go, and the words of the lines that are about them."""
    if not rows:
        return
    removal.want(s, rows, now)
    here = messages.c.id.in_(rows)
    blank = dict.fromkeys(("sender", "recipient", "subject", "message_id", "last_error"), "")
    unset = (
        "source",
        "listing",
        "answers",
        "held_because",
        "tried",
        "cause",
        "budget_key",
        "budget_domain",
        "likeness",
    )
    s.execute(update(messages).where(here).values(**blank, **dict.fromkeys(unset), raw=b""))
    s.execute(delete(files).where(files.c.message_id.in_(rows)))
    put_aside = update(tables.quarantine).where(tables.quarantine.c.message_id.in_(rows))
    s.execute(put_aside.values(reason="", decided_because=""))
    _empty_lines(s, journal.c.message.in_(rows))


def _empty_lines(s: Connection, which: ColumnElement[bool]) -> None:
    """Who and what go with their salt; that a thing was disposed of stays."""
    s.execute(update(journal).where(which, journal.c.kind != DISPOSED).values(actor="", text="", salt=""))


def _naming(number: str) -> ColumnElement[bool]:
    return func.coalesce(cast(messages.c.listing, String), "").contains(number, autoescape=True)


_LISTS = select(messages.c.id, messages.c.message_id).where(
    messages.c.direction == "out", messages.c.case_id.is_(None), messages.c.listing.is_not(None)
)
_ANSWERS = select(messages.c.id).where(messages.c.direction == "in", messages.c.case_id.is_(None))


_LOOK = {
    Disposable.CASES: _cases,
    Disposable.BINDER: _leaves,
    Disposable.AUTOMATIC_MAIL: _automatic,
    Disposable.MAILBOX: _copies,
}
_DO = {
    Disposable.CASES: _case,
    Disposable.BINDER: _leaf,
    Disposable.AUTOMATIC_MAIL: _mail,
    Disposable.MAILBOX: _copy,
}


# --- who holds a case ------------------------------------------------------------------------------------------------


def hold(office: Office, number: str, why: str) -> bool:
    """Nothing of the case is disposed of from now on; with an empty `why` the rules decide again.

    False: the mailbox has no such case, or it has been disposed of.

    Raises:
        StaleCase: somebody else changes the case at the same moment.
    """
    with office.database.transaction() as s:
        stored = register.load(s, number)
        if stored is None or stored.case.disposed_at or stored.case.mailbox != office.mailbox:
            return False
        lines = Journal(office.mailbox, office.now)
        register.apply(s, stored, [holding(why, office.by, office.now)], office.book, lines)
        lines.write(s)
    return True
