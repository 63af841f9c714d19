"""An answer that has not left yet is stopped: its writer was promised that it leaves, and hears that it does not.

It waits for its time (`answer.undo`), or for whoever releases answers (KLI-20).
"""

from __future__ import annotations

from typing import Any

from service.core.cases import Case, Leaving, Pending
from service.core.decide.incoming import Plan
from service.core.decide.people import is_registrar
from service.core.effects import Ask, LetGoLater, Letter
from service.core.people.addresses import same
from service.core.speech import swedish


def to_release(case: Case) -> Pending | None:
    """The answer that lies with somebody else than its writer, who releases it; None where none does."""
    waiting = case.pending
    return waiting if waiting and waiting.answer and not same(waiting.asked, waiting.officer) else None


def when_it_leaves(plan: Plan, leaving: Leaving) -> str:
    """When a waiting answer leaves: `kl. 10.22`, with the day where that is another one."""
    calendar = plan.book.calendar
    clock, day = swedish.clock(leaving.at, calendar.zone), calendar.local_date(leaving.at)
    return clock if day == calendar.local_date(plan.now) else f"{swedish.day(day)} {clock}"


def stop_leaving(plan: Plan, because: str) -> None:
    """The answer that waits for its time does not leave; its writer is told where somebody else has stopped it."""
    tell_writer(plan, because)
    plan.add(LetGoLater(None, because))


def stop_asking(plan: Plan, because: str) -> None:
    """Nothing waits for a yes any longer; whoever wrote an answer that was to be released hears that it is not."""
    tell_not_released(plan, because)
    plan.add(Ask(None, because))


def tell_writer(plan: Plan, because: str) -> None:
    """Whoever wrote the answer that waits learns that it will not leave, unless it is by their own wish."""
    leaving = plan.case.leaving
    if leaving:
        _tell(plan, leaving.officer, leaving.answer, because)


def tell_not_released(plan: Plan, because: str) -> None:
    """The same, of an answer that somebody else was to release."""
    if waiting := to_release(plan.case):
        _tell(plan, waiting.officer, waiting.answer, because)


def answered_instead(plan: Plan, answer: str, by: str, because: str) -> None:
    """Another answer has left: whoever wrote the one that was to be released hears it, and reads what was answered."""
    waiting = to_release(plan.case)
    if waiting is None or same(waiting.officer, by):
        stop_asking(plan, because)
        return
    shown = "" if plan.case.secrecy else answer
    facts = {"answer": shown, "officer_address": by, "by": _by(plan), "yours": False, "instead": True}
    plan.letter(Letter.INFORMATION, waiting.officer, because, template="answered", facts=facts)
    plan.add(Ask(None, because))


def tell_released(plan: Plan, writer: str) -> None:
    """Whoever wrote the answer hears that it was released, also where it was first said not to be."""
    because = f"released by {plan.actor}"
    plan.letter(Letter.INFORMATION, writer, because, template="answer-released", facts={"by": _by(plan)})


def take_back_from_release(plan: Plan, waiting: Pending) -> None:
    """The writer takes the answer back from whoever was to release it, and who hears not to."""
    because = f"taken back by {plan.actor}"
    plan.add(Ask(None, because))
    if plan.case.close_wanted:
        plan.set(because, close_wanted=False)
    plan.letter(Letter.INFORMATION, waiting.asked, because, template="do-not-release", facts={"by": _by(plan)})
    person = plan.book.person(waiting.asked)
    who = person.name if person else "Registratorn"
    plan.done.append(f"Svaret är stoppat. {who} får veta att det inte ska skickas.")


def _tell(plan: Plan, writer: str, answer: str, because: str) -> None:
    if same(writer, plan.actor):
        return
    facts: dict[str, Any] = {"by": _by(plan), "answer": "" if plan.case.secrecy else answer}
    plan.letter(Letter.INFORMATION, writer, because, template="answer-stopped", facts=facts)


def _by(plan: Plan) -> str:
    """The name of whoever acts; empty for a registrar, whom the municipality has a word for."""
    person = plan.book.person(plan.actor)
    if person:
        return person.name
    return "" if is_registrar(plan.actor, plan.book) else plan.actor
