"""Who hears of a case besides whoever acts: the managers of units that want it (SPA-30)."""

from __future__ import annotations

from service.core.decide.incoming import Plan
from service.core.effects import Letter, TakeStep
from service.core.people import addresses


def tell_managers(plan: Plan, files_of: str) -> None:
    """The managers whose unit wants it hear of what has come to the unit, or to one of its staff (SPA-30).

    Once each; not whoever has the case or took it in, nobody whom it names (STR-07), and of a secret case nobody.
    """
    case, book = plan.case, plan.book
    if case.secrecy:
        return
    knows = {addresses.key(address) for address in (case.officer, case.received_by) if address}
    reached = (case.unit if case.officer else "", book.unit_of(case.received_by) or "")
    for unit in filter(None, map(book.unit, dict.fromkeys(reached))):
        manager, step = addresses.key(unit.manager), f"copy:{addresses.key(unit.manager)}"
        is_meant = unit.copy_manager and manager not in knows and step not in plan.case.steps
        if is_meant and not book.lexicon.read(case.title, case.text).found(book.names_of(unit.manager)):
            because = f"the manager of {unit.id} wants a copy"
            plan.add(TakeStep(step, (), because))
            plan.letter(Letter.INFORMATION, unit.manager, because, template="for-information", files_of=files_of)
