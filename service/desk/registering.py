"""A mail that was kept without a case becomes one, since somebody has said so, with the time at which it came in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Row, and_, select, update

from service.core.decide import on_mail, registering, repeats
from service.core.decide.incoming import Plan
from service.core.effects import Effect, Letter, RegisterKept, SendLetter
from service.core.people.origin import Arrival
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Word
from service.core.verdict import Role, Verdict
from service.desk import absences, documents
from service.desk.desk import Desk
from service.desk.journal import Kept
from service.desk.lookup import resembling
from service.desk.post import budget
from service.desk.register import Stored
from service.desk.surroundings import filed_as, look_around
from service.desk.tables import binder, cases, messages
from service.desk.turn import Turn, turn

_Mail = Row[int, str, str | None, datetime, bytes, int | None, str | None, datetime | None]


class NotKept(Exception):
    """There is no such leaf, or it has been disposed of; or it is a case already, whose number is told."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


def register_leaf(desk: Desk, leaf: int, now: datetime) -> str:
    """Make a case of a leaf of the binder. Returns the case's number.

    Raises:
        NotKept: see there.
    """
    with turn(desk, now) as work:
        found = _find(work, RegisterKept("", "registered on the command line", leaf=leaf))
        if found is None or found.number:
            raise NotKept(found.number if found else "")
        return _begin(work, found, "", "registered on the command line").case.number


def carry_out(work: Turn, effects: list[Effect]) -> None:
    """Register what the effects say, and tell whoever said so what became of it."""
    for effect in effects:
        if isinstance(effect, RegisterKept):
            _register(work, effect)


def _register(work: Turn, effect: RegisterKept) -> None:
    found = _find(work, effect)
    book = work.desk.book
    if found is None:
        _say(work, effect, "Det finns inget sådant blad i pärmen, eller så är det gallrat.")
    elif found.number:
        _say(work, effect, f"{found.name} är redan ärende {found.number}.")
    elif not registering.may(effect.by, effect.may or found.registrar, book):
        _say(work, effect, f"Du kan inte registrera {found.name.lower()}. Det kan registratorn göra.")
    else:
        secret = any(c.word is Word.SECRECY for c in effect.orders)  # before any letter about it is written
        made = _begin(work, found, effect.by, effect.because, secret=secret)
        away = absences.absences(work.s, work.desk.mailbox, book, work.now)
        plan = Plan(made.case, book, work.now, actor=effect.by, away=away)
        plan.unwritable = budget.unwritable(work.s, {made.case.submitter.mail_to}, work.desk.own, book)
        work.carry_out(made, registering.complete(plan, effect.orders, found.digest, found.name))


def _say(work: Turn, effect: RegisterKept, why: str) -> None:
    letter = SendLetter(Letter.QUESTION, effect.by, "nothing was registered", "not-registered", {"why": why})
    work.send(letter, None)


@dataclass(frozen=True, slots=True)
class _Found:
    """The mail, what it is called, the number of the case that it is already, and a leaf's own registrar."""

    row: int
    digest: str
    at: datetime
    raw: bytes
    name: str
    number: str = ""
    registrar: str = ""
    leaf: int | None = None


def _find(work: Turn, effect: RegisterKept) -> _Found | None:
    is_it = binder.c.id == effect.leaf if effect.leaf is not None else messages.c.digest == effect.digest
    wanted = _MAILS.where(messages.c.mailbox == work.desk.mailbox, is_it)
    if effect.departments is not None:
        wanted = wanted.where(binder.c.department.in_(effect.departments))
    row = work.s.execute(wanted).one_or_none()
    if row is None or row.disposed_at or not row.raw:
        return None
    name = f"Blad {row.leaf}" if row.leaf is not None else "Anteckningen"
    registrar = _registrar(row.department, work.desk.book) if row.leaf is not None else ""
    return _Found(row.id, row.digest, row.at, bytes(row.raw), name, row.number or "", registrar, row.leaf)


def _registrar(department: str, book: RuleBook) -> str:
    found = book.department(department)
    return (found.registrar if found else None) or book.registrars[0]


_LEAF = and_(binder.c.mailbox == messages.c.mailbox, binder.c.digest == messages.c.digest)
_MAILS = (
    select(
        messages.c.id,
        messages.c.digest,
        messages.c.at,
        messages.c.raw,
        cases.c.number,
        binder.c.id.label("leaf"),
        binder.c.department,
        binder.c.disposed_at,
    )
    .select_from(messages)
    .outerjoin(binder, _LEAF)
    .outerjoin(cases, cases.c.id == messages.c.case_id)
    .where(messages.c.direction == "in")
)


def _begin(work: Turn, found: _Found, by: str, because: str, *, secret: bool = False) -> Stored:
    """The case; the mail is joined to it, and what the leaf said lies there from now on."""
    message = work.desk.reader(found.raw)
    _, incoming = look_around(work, message, Arrival(found.at, "noted when it came"))
    if incoming.verdict.role not in repeats.NEWS:
        incoming = replace(incoming, verdict=Verdict(Role.NEW, "registered by a person"))
    incoming = replace(incoming, registered=True, secret=secret)
    incoming = replace(incoming, alike=resembling.look_up(work, incoming))
    effects = on_mail(incoming)
    after = work.carry_out(None, effects, {message.digest: (message, found.raw)})
    assert after
    documents.refile(work.s, work.desk.mailbox, found.row, message, case_id=after.id, kind=filed_as(effects))
    if found.leaf is not None:
        work.s.execute(update(binder).where(binder.c.id == found.leaf).values(title="", text=""))
    kept = Kept(found.row, hashlib.sha256(found.raw).hexdigest())
    work.lines.add(after.id, "registered", f"{found.name.lower()}: {because}" if found.leaf else because, by, kept=kept)
    return after
