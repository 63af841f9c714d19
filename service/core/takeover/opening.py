"""What a case of the system before becomes here. No letter: nobody outside hears that a case has moved.

Its promises count from the day on which it came in, so that figures judge it as it was and the ladder goes on. The
steps that were due before are taken as done: a thousand old cases must not write a thousand letters in one morning.
"""

from __future__ import annotations

from datetime import datetime

from service.core.calendar import deadlines
from service.core.cases import Case, Clock, Move, Status
from service.core.decide.incoming import Plan
from service.core.effects import Effect, MissClock, Note, OpenCase, StartClock, StopClock, TakeStep
from service.core.rules.choices import CloseMode
from service.core.rules.rulebook import RuleBook
from service.core.takeover.rows import Old

TOLD = "taken-over/told"
"""The step of an open case whose officer has been told, once, that it has come here."""


def opened(old: Old, book: RuleBook, now: datetime, source: str) -> list[Effect]:
    """The effects that make the case as it stood there. source: the file's name."""
    plan = Plan(old.case, book, now)
    plan.effects.append(OpenCase(old.case, f"imported from {source} row {old.row}: {old.number}"))
    for line in old.kept:
        plan.add(Note("imported", line))
    _promises(plan, old)
    _standing(plan, old)
    _take_passed(plan)
    return plan.effects


def _promises(plan: Plan, old: Old) -> None:
    case = plan.case
    if case.receipt_sent_at:
        _promise(plan, Clock.RECEIPT, case.receipt_sent_at, "the receipt was sent by the system before")
    done = case.answered_at or case.closed_at
    if old.status is Status.REFUSED:
        return  # what is no feedback was promised nothing
    _promise(plan, Clock.ANSWER, done, "answered in the system before" if case.answered_at else "closed there")


def _promise(plan: Plan, kind: Clock, met: datetime | None, because: str) -> None:
    case, book = plan.case, plan.book
    duration = deadlines.promised(kind, case.channel, case.process, book)[1]
    due = deadlines.due_at(case.received_at, duration, book)
    plan.add(StartClock(kind, case.received_at, due, f"promised within {duration} of arrival"))
    if (met or plan.now) > due:
        plan.add(MissClock(kind, due, "not kept in the system before"))
    if met:
        plan.add(StopClock(kind, met, because))


def _standing(plan: Plan, old: Old) -> None:
    """Move by move to where the case stood."""
    because = "as it stood in the system before"
    plan.assign(plan.case.unit, plan.case.officer if old.status is not Status.TRIAGE else "", because)
    if old.status is Status.WAITING:
        plan.move(Move.WAIT, because)
    elif old.status is Status.REFUSED:
        plan.move(Move.REFUSE, because)
    elif old.status in {Status.ANSWERED, Status.CLOSED}:
        if plan.case.answered_at:
            plan.move(Move.ANSWER, because)
        if old.status is Status.CLOSED:
            plan.move(Move.CLOSE, because)
        else:
            _close_what_is_over(plan)


def _close_what_is_over(plan: Plan) -> None:
    """An answered case that the routine here would have closed long ago is closed then, and nobody is told so."""
    mode, ends = plan.book.municipality.close.mode, deadlines.quiet_ends(plan.case, plan.book)
    at = plan.case.answered_at if mode is CloseMode.ON_ANSWER else ends
    if at and at < plan.now:
        plan.set("closed by the routine here", closed_at=at)
        plan.move(Move.CLOSE, "the time to close it had passed")


def _take_passed(plan: Plan) -> None:
    for steps in deadlines.ladders(plan.case, plan.book, plan.now):
        passed = [step for step in steps if step.at <= plan.now]
        if passed:
            because = "due before the case came here; it is told with all the others"
            plan.add(TakeStep(passed[-1].key, tuple(step.key for step in passed[:-1]), because))


def tells(case: Case) -> bool:
    """Whether somebody is still to be told that the case has come here."""
    return case.is_open and TOLD not in case.steps
