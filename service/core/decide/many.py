"""Many write about the same matter: somebody above hears of it, once, and the ladder reaches higher (`likeness`)."""

from __future__ import annotations

from service.core.alike.matters import MANY, RAISED
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import above
from service.core.effects import Letter, TakeStep
from service.core.rules.choices import Role


def tell_of_many(plan: Plan, mail: Incoming) -> None:
    """The new case is one of so many that its manager, or whoever is above, hears of it."""
    case, likeness, many = plan.case, plan.book.municipality.likeness, mail.alike
    count = len(many.numbers) + 1
    if case.secrecy or not likeness.tell_manager_at or count < likeness.tell_manager_at:
        return
    because = f"{count} have written about the same matter"
    if likeness.raise_ladder:
        plan.add(TakeStep(RAISED, (), because))
    if not many.told:
        plan.add(TakeStep(MANY, (), because))
        facts = {"count": count, "numbers": many.numbers}
        to = above(case, Role.MANAGER, plan.book)
        plan.letter(Letter.INFORMATION, to, because, template="many", facts=facts)
