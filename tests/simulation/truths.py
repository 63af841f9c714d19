"""What must hold when a year has passed, and the account of what became of every mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, func, select

from service.core.cases import Case, Clock, Contact, Status
from service.core.rules.choices import ReceiptTo
from service.desk.lookup import proof
from service.desk.tables import binder, journal, messages, quarantine
from tests.conversations.town import STOCKHOLM, Letter
from tests.simulation.year import Year

_AUTOMATIC_AT_WORK = ("reminder", "escalation")
_PASSED_ON = "Det här mejlet skulle till"  # whom it was for could not be reached: the next person hears at once
_MACHINES = ("nyhetsbrev", "noreply")
_NOTICED = timedelta(days=7)  # office hours and holidays may lie between
_WAITING = ("queued", "claimed", "uncertain")


@dataclass(frozen=True)
class Account:
    """Where every mail that came in has gone: the parts are all of them."""

    came: int
    cases: int
    joined: int
    put_aside: int
    held: int
    binder: int
    statuses: dict[str, int]
    promises: dict[str, int]
    letters: dict[str, int]

    @property
    def adds_up(self) -> bool:
        """Whether no mail is missing and none is counted twice."""
        return self.came == self.cases + self.joined + self.put_aside + self.held + self.binder

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"mails in          {self.came}"
        for name in ("cases", "joined", "put_aside", "held", "binder"):
            yield f"  {name.replace('_', ' '):15} {getattr(self, name)}"
        for title, counted in (("cases", self.statuses), ("promises", self.promises), ("letters", self.letters)):
            yield f"{title}: " + ", ".join(f"{count} {name}" for name, count in sorted(counted.items()))


def account(year: Year) -> Account:
    """The account, from the register alone."""
    with year.town.database.reading() as s:
        mails = s.execute(
            select(messages.c.id, messages.c.case_id, messages.c.kind).where(messages.c.direction == "in")
        ).all()
        held = set(s.scalars(select(quarantine.c.message_id)))
        kept = _binder(s)
    firsts: dict[int, int] = {}
    for mail in mails:
        if mail.case_id is not None:
            firsts.setdefault(mail.case_id, mail.id)
    cases = year.town.cases()
    begun = set(firsts.values())
    loose = [m for m in mails if m.case_id is None]
    return Account(
        came=len(mails),
        cases=len(begun),
        joined=sum(m.case_id is not None and m.id not in begun for m in mails),
        put_aside=sum(m.id not in held and m.id not in kept for m in loose),
        held=sum(m.id in held for m in loose),
        binder=sum(m.id in kept and m.id not in held for m in loose),
        statuses=dict(Counter(case.status.value for case in cases)),
        promises=dict(Counter(_kept(case) for case in cases)),
        letters=dict(Counter(letter.kind for letter in year.town.sent)),
    )


def _binder(s: Connection) -> set[int]:
    return set(s.scalars(select(messages.c.id).join(binder, binder.c.digest == messages.c.digest)))


def _kept(case: Case) -> str:
    promise = case.deadline(Clock.ANSWER)
    if promise is None:
        return "none"
    if promise.met_at and promise.met_at <= promise.due_at:
        return "kept"
    return "late" if promise.met_at else "missed"


def broken(year: Year) -> Iterator[str]:
    """What does not hold, a line each."""
    town, found = year.town, account(year)
    if not found.adds_up:
        yield f"the account does not add up: {found}"
    cases = town.cases()
    letters: dict[str, list[Letter]] = {}
    for letter in town.sent:
        letters.setdefault(letter.number, []).append(letter)
    for case in cases:
        for fault in _of_a_case(case, letters.get(case.number, []), year):
            yield f"{case.number} ({case.status.value}): {fault}"
    for letter in town.sent:
        for fault in _of_a_letter(letter, year):
            yield f"{letter.kind} to {letter.to}, {letter.subject}: {fault}"
    with town.database.reading() as s:
        waits = messages.c.state.in_(_WAITING) & messages.c.next_try_at.is_not(None)  # else a person decides
        unsent = select(messages.c.kind, func.count()).where(waits).group_by(messages.c.kind)
        yield from (f"{count} letters of kind {kind} have not left" for kind, count in s.execute(unsent))
        mails = messages.outerjoin(journal, journal.c.case_id == messages.c.case_id)
        unsaid = (messages.c.direction == "in") & messages.c.case_id.is_not(None) & journal.c.id.is_(None)
        if silent := s.scalar(select(func.count()).select_from(mails).where(unsaid)):
            yield f"{silent} mails of cases without a line in the journal"
        yield from map(str, proof.prove(s).faults)


def _of_a_case(case: Case, letters: list[Letter], year: Year) -> Iterator[str]:
    kinds = Counter(letter.kind for letter in letters)
    reachable = case.may_be_notified and case.channel in {"e-post", "webbformulär"}
    if case.status is Status.NEW:
        yield "nobody has it"
    to_everyone = year.town.book.municipality.receipt.to is ReceiptTo.EVERYONE
    reachable = reachable and case.submitter.mail_to not in year.town.refuses
    if reachable and to_everyone and not case.related and not kinds["receipt"] + kinds["referral"]:
        yield "no receipt"
    receipts = sum(letter.kind == "receipt" and letter.to == case.submitter.mail_to for letter in letters)
    if receipts > 1:
        yield f"{receipts} receipts"
    told = kinds["escalation"] + kinds["reminder"] + kinds["digest"]
    overdue = any(d.due_at < year.town.now - _NOTICED for d in case.deadlines if d.kind is Clock.ANSWER)
    if _kept(case) in {"late", "missed"} and overdue and not told and year.town.book.municipality.escalation:
        yield "a promise was missed, and nobody was reminded or told"
    promise = case.running
    if case.is_open and promise and promise.due_at < year.town.now and promise.missed_at is None:
        yield "the clock has not noticed that the promise is missed"
    if case.submitter.contact is Contact.NONE and any(letter.to == case.submitter.email for letter in letters):
        yield "a mail to somebody who wants none"
    if case.secrecy:
        words = [line for line in case.text.split("\n") if len(line) > 25]
        since = year.secret_since(case)
        letters = [letter for letter in letters if since is None or year.left(letter) >= since]
        if any(line in letter.text or line in letter.html for letter in letters for line in words):
            yield "a mail with what is secret"


def _of_a_letter(letter: Letter, year: Year) -> Iterator[str]:
    local = letter.at.astimezone(STOCKHOLM)
    hours = year.town.book.municipality.office_hours
    at_work = year.town.book.calendar.is_working_day(local.date()) and hours.opens <= local.time() <= hours.closes
    if letter.kind in _AUTOMATIC_AT_WORK and not at_work and _PASSED_ON not in letter.text:
        yield f"outside office hours, {local:%Y-%m-%d %H:%M}"
    if letter.to.startswith(_MACHINES):
        yield "to a machine"
    if "example.org" in letter.subject or "19121212" in letter.subject + letter.text:
        yield "a person's number or address where none belongs"
