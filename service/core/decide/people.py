"""Who is who in a case: the responsible, the one above, the registrar."""

from __future__ import annotations

from service.core.addresses import same
from service.core.cases import Case
from service.core.rules.municipality import Role, SecrecyRoad
from service.core.rules.rulebook import RuleBook

__all__ = ["above", "is_registrar", "may_command", "registrar_of", "responsible", "same", "secrecy_reader"]


def registrar_of(case: Case, book: RuleBook) -> str:
    """The registrar for the case: the department's own, else the municipality's first (KOP-13)."""
    department = book.department_of(case.unit)
    return (department.registrar if department else None) or book.registrars[0]


def is_registrar(address: str, book: RuleBook) -> bool:
    """Whether the address is a registrar's, the municipality's or a department's."""
    departments = (d.registrar for d in book.people.departments)
    return any(r and same(address, r) for r in (*book.registrars, *departments))


def secrecy_reader(case: Case, book: RuleBook) -> str:
    """Who takes over a secret case, by the municipality's road (C15, KLI-13); the registrar where nobody is named."""
    department = book.department_of(case.unit)
    to_secretary = book.municipality.secrecy.to is SecrecyRoad.SECRETARY
    return (department.secretary if department and to_secretary else None) or registrar_of(case, book)


def responsible(case: Case, book: RuleBook) -> str:
    """The one who owes the answer now: the officer, else the registrar, also where the officer has left."""
    if case.officer and book.is_known_staff(case.officer):
        return case.officer
    return secrecy_reader(case, book) if case.secrecy else registrar_of(case, book)


def may_command(sender: str, case: Case, book: RuleBook) -> bool:
    """Whether a proven staff member has a say in the case: its officer, the unit's people, those above, registrars."""
    unit, department = (book.unit(case.unit), book.department_of(case.unit)) if case.unit else (None, None)
    allowed: list[str | None] = [case.officer, *book.registrars, registrar_of(case, book), secrecy_reader(case, book)]
    if unit:
        allowed += [unit.manager, *unit.officers]
    if department:
        allowed.append(department.head)
    return any(address and same(address, sender) for address in allowed)


def above(case: Case, role: Role, book: RuleBook) -> str:
    """Who a step of the ladder reaches in that role; the one who is late is passed over upwards (HJO-01)."""
    late, registrar = responsible(case, book), registrar_of(case, book)
    manager, head = book.manager_of(case.unit), book.head_of(case.unit)
    ways: dict[Role, tuple[str | None, ...]] = {
        Role.OFFICER: (late,),
        Role.MANAGER: (manager, head, registrar),
        Role.HEAD: (head, registrar),
        Role.REGISTRAR: (registrar,),
    }
    reached = (a for a in ways[role] if a and (role is Role.OFFICER or not same(a, late)))
    return next(reached, "")
