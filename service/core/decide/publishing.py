"""What keeps a case from being published although somebody has said yes, or the routine publishes everything."""

from __future__ import annotations

from service.core import swedish
from service.core.cases import Publication
from service.core.decide.incoming import Plan
from service.core.decide.people import is_registrar, registrar_of
from service.core.effects import Letter
from service.core.identifying import identifying


def hold_if_it_identifies(plan: Plan, officer: str) -> bool:
    """Nobody can be recognised in what is published: where somebody can, the decision is open again (HJO-29)."""
    found = identifying(plan.case) if plan.case.publication is Publication.YES else ()
    if not found:
        return False
    plan.set("what would be published tells who wrote", publication=Publication.UNDECIDED)
    plan.left.append(
        f"Ärendet är inte godkänt för publicering: {swedish.join(list(found))} står i texten eller svaret. "
        "Skriv en text att publicera under #TEXT och #PUBLICERA JA, eller #PUBLICERA NEJ."
    )
    registrar = registrar_of(plan.case, plan.book)
    if not is_registrar(officer, plan.book):
        because = "a publication is held"
        plan.letter(Letter.ALERT, registrar, because, template="held-publication", facts={"found": found})
    return True
