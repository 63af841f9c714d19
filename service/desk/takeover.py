"""Cases of the system before are written into the register, some at a time; what is there already is left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.core.cases import Case
from service.core.decide.mornings import Morning, entry, in_order, in_words, is_told_in_the_morning
from service.core.decide.people import responsible
from service.core.effects import Letter, Listing, SendLetter, TakeStep
from service.core.people.absence import EVERYBODY_IS_IN
from service.core.takeover.opening import TOLD, opened, tells
from service.core.takeover.rows import Old
from service.desk import register
from service.desk.desk import Desk
from service.desk.turn import Turn, turn
from service.desk.writing.listings import facts_of


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a row: our number, and whether the case was there before."""

    old: Old
    number: str
    was_there: bool


def take(desk: Desk, rows: Sequence[Old], source: str, now: datetime) -> list[Taken]:
    """The rows become cases, all of them in one transaction. source: the file's name, for the journal."""
    with turn(desk, now) as work:
        return [_take(work, old, source) for old in rows]


def _take(work: Turn, old: Old, source: str) -> Taken:
    known = register.number_of_old(work.s, work.desk.mailbox, old.case.external_ref, old.case.registry_number)
    if known:
        return Taken(old, known, was_there=True)
    stored = work.carry_out(None, opened(old, work.desk.book, work.now, source))
    assert stored
    return Taken(old, stored.case.number, was_there=False)


def tell(desk: Desk, numbers: Collection[str], now: datetime) -> int:
    """One letter to each of those who have got open cases and are shown none in the morning mail; returns how many.

    Whom the morning mail reaches sees them there. Asked again, it tells of those alone that nobody has been told of.
    """
    with turn(desk, now) as work:
        book = desk.book
        owed = [case for case in register.owing(work.s, desk.mailbox) if case.number in numbers]
        waiting: dict[str, list[Case]] = {}
        for case in owed:
            stored = None if is_told_in_the_morning(case, book) else work.case(case.number)
            if stored and tells(stored.case):
                waiting.setdefault(responsible(case, book), []).append(case)
                work.carry_out(stored, [TakeStep(TOLD, (), "whoever has it is told that it has come here")])
        for to, cases in waiting.items():
            _tell(work, to, cases)
        return len(waiting)


def _tell(work: Turn, to: str, cases: Sequence[Case]) -> None:
    book = work.desk.book
    shown = in_order(entry(case, book, work.now, EVERYBODY_IS_IN) for case in cases)
    morning = Morning(to, own=shown)
    headline = f"Du har {in_words(len(cases))} från det tidigare systemet"
    facts = {"headline": headline, **facts_of(morning, book)}
    listing = Listing((), tuple(each.number for each in shown))
    because = "open cases have come from the system before"
    work.send(SendLetter(Letter.DIGEST, to, because, "taken-over", facts, listing=listing), None)
