"""Orders are carried out: all of a mail's orders or none. First each value is settled, then the whole is tried."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from service.core.cases import IllegalMove
from service.core.decide import answers, carrying, deeds, later
from service.core.decide.deeds.deed import Job, Settled
from service.core.decide.deeds.secrecy import lifts
from service.core.decide.incoming import Plan
from service.core.speech.commands import Command, Word


def settle(plan: Plan, orders: tuple[Command, ...], today: date) -> tuple[tuple[Command, ...], list[str], list[str]]:
    """The orders with settled values; all that makes them impossible; all that must be confirmed. Changes nothing."""
    settled, faults, doubts = [], [], []
    around = _as_secret(plan) if any(c.word is Word.SECRECY and not lifts(c.value) for c in orders) else plan
    for command in orders:
        read = _read(plan if command.word is Word.SECRECY else around, command, today)
        settled.append(Command(command.word, read.value))
        faults += [read.fault] if read.fault else []
        doubts += [read.doubt] if read.doubt else []
    words = {c.word for c in orders}
    if Word.CLOSE in words and not words & _ANSWERS and not _may_close(plan):
        faults.append(
            "Ärendet kan inte avslutas: synpunktslämnaren har inte fått något svar. Skriv svaret under #SVAR."
        )
    if not faults:
        faults += _moves(plan, tuple(settled), today)
    return tuple(settled), faults, doubts


@dataclass(frozen=True, slots=True)
class Open:
    """Orders of which one may mean several things: all settled but that one, which has no value; and what it may mean.

    written: what stood there. doubts: what else must be confirmed.
    """

    orders: tuple[Command, ...]
    options: tuple[str, ...]
    written: Command
    doubts: tuple[str, ...] = ()


def left_open(plan: Plan, orders: tuple[Command, ...], today: date) -> Open | None:
    """The orders, where nothing is wrong with them but that one may mean several things."""
    unclear = [(c, read.options) for c in orders if (read := _read(plan, c, today)).options]
    if len(unclear) != 1:
        return None
    written, options = unclear[0]
    chosen = tuple(Command(c.word, options[0]) if c is written else c for c in orders)
    settled, faults, doubts = settle(plan, chosen, today)
    if faults:
        return None
    place = [c is written for c in orders].index(True)
    bare = (*settled[:place], Command(written.word), *settled[place + 1 :])
    return Open(bare, options, written, tuple(doubts))


def _read(plan: Plan, command: Command, today: date) -> Settled:
    return deeds.DEEDS[command.word].settle(plan, command, today)


def _as_secret(plan: Plan) -> Plan:
    """What else a mail orders is looked at as in the secret case that the mail makes of it."""
    return plan.anew(replace(plan.case, secrecy=True))


_ANSWERS = frozenset({Word.ANSWER, Word.ANSWERED, Word.ORAL, Word.BY_LETTER})


def _may_close(plan: Plan) -> bool:
    case = plan.case
    waiting = bool(case.pending and case.pending.answer)
    has_answer = case.answered_at or case.leaving or case.to_post_since or case.closed_at
    return bool(has_answer) or waiting or answers.may_close_unanswered(case)


def _moves(plan: Plan, orders: tuple[Command, ...], today: date) -> list[str]:
    """What the table of states refuses, found by doing it all on a copy."""
    try:
        carrying.tried(plan, orders, Job(plan.actor, "", today))
    except IllegalMove as illegal:
        return [carrying.not_now(illegal)]
    return []


def carry_out(plan: Plan, orders: tuple[Command, ...], job: Job) -> None:
    """What was ordered is done now, or with the answer when its time has come; the values are settled.

    Raises IllegalMove where the case cannot make a move.
    """
    if not later.keep_back(plan, orders, job):
        carrying.do(plan, orders, job)
