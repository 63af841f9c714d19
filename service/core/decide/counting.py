"""The first promises of a case, counted again from what is known now of its arrival, its channel and its process."""

from __future__ import annotations

from service.core.calendar import deadlines
from service.core.cases import Clock
from service.core.decide.incoming import Plan
from service.core.effects import MoveClock


def count_anew(plan: Plan) -> None:
    """The first promises count from the arrival that is known now; one that a later mail began stays as it is."""
    case, book = plan.case, plan.book
    durations = {
        Clock.RECEIPT: book.municipality.deadlines.receipt,
        Clock.ANSWER: deadlines.answer_duration(case.channel, case.process, book),
    }
    for clock, duration in durations.items():
        promise = case.deadline(clock)
        if promise:
            due = deadlines.due_at(case.received_at, duration, book)
            if (promise.started_at, promise.due_at) != (case.received_at, due):
                plan.add(MoveClock(clock, case.received_at, due, f"promised within {duration} of arrival"))
