"""An answer that waits to leave is stopped: its writer was promised that it leaves, and hears that it does not."""

from __future__ import annotations

from service.core.addresses import same
from service.core.decide.incoming import Plan
from service.core.effects import LetGoLater, Letter


def stop_leaving(plan: Plan, because: str) -> None:
    """The answer that waits does not leave; its writer is told where somebody else has stopped it."""
    tell_writer(plan, because)
    plan.add(LetGoLater(None, because))


def tell_writer(plan: Plan, because: str) -> None:
    """Whoever wrote the answer that waits learns that it will not leave, unless it is by their own wish."""
    leaving = plan.case.leaving
    if leaving and not same(leaving.officer, plan.actor):
        facts = {"by": plan.actor, "answer": "" if plan.case.secrecy else leaving.answer}
        plan.letter(Letter.INFORMATION, leaving.officer, because, template="answer-stopped", facts=facts)
