"""Who is who in a case: the responsible, the one above, the registrar."""

from __future__ import annotations

from collections.abc import Collection

from service.core.cases import Case
from service.core.people.absence import Away, stand_in
from service.core.people.addresses import same
from service.core.rules.choices import Role, SecrecyRoad
from service.core.rules.people import Department
from service.core.rules.rulebook import RuleBook


def registrar_of(case: Case, book: RuleBook) -> str:
    """The registrar for the case: the department's own, else the municipality's first (KOP-13)."""
    department = department_of(case, book)
    return (department.registrar if department else None) or book.registrars[0]


def department_of(case: Case, book: RuleBook) -> Department | None:
    """The department that has the case: its unit's, or the one whose committee the mail names."""
    return book.department_of(case.unit) or book.department(case.department)


def registrar_for(absent: str, book: RuleBook, away: Away) -> str:
    """Who decides about an absent colleague's cases: a registrar who is not away, else whoever is above."""
    unit = book.unit_of(absent) or ""
    department = book.department_of(unit)
    ways = (department.registrar if department else None, *book.registrars, book.manager_of(unit), book.head_of(unit))
    present = (a for a in ways if a and not same(a, absent) and away.of(a) is None)
    return next(present, book.registrars[0])


def is_registrar(address: str, book: RuleBook) -> bool:
    """Whether the address is a registrar's, the municipality's or a department's."""
    return book.is_registrar(address)


def secrecy_reader(case: Case, book: RuleBook) -> str:
    """Who takes over a secret case, by the municipality's road (C15, KLI-13); the registrar where nobody is named."""
    department = department_of(case, book)
    to_secretary = book.municipality.secrecy.to is SecrecyRoad.SECRETARY
    return (department.secretary if department and to_secretary else None) or registrar_of(case, book)


def secrecy_folder(case: Case, book: RuleBook, ordinary: str) -> str:
    """The folder for the mails of a secret case: its department's own, else the ordinary one."""
    department = book.department_of(case.unit)
    return (department.secrecy_folder if department else None) or ordinary


def responsible(case: Case, book: RuleBook) -> str:
    """The one who owes the answer now: the officer, else the registrar, also where the officer has left."""
    if case.officer and book.is_known_staff(case.officer):
        return case.officer
    return secrecy_reader(case, book) if case.secrecy else registrar_of(case, book)


def may_command(sender: str, case: Case, book: RuleBook) -> bool:
    """Whether a proven staff member has a say in the case.

    Its officer and, but in a secret one, the officer's substitute; the unit's people, those above, registrars.
    """
    unit, department = (book.unit(case.unit), book.department_of(case.unit)) if case.unit else (None, None)
    allowed: list[str | None] = [case.officer, *book.registrars, registrar_of(case, book), secrecy_reader(case, book)]
    if unit:
        allowed += [unit.manager, *unit.officers]
    officer = book.person(case.officer)
    if officer and not case.secrecy:
        allowed.append(officer.substitute)
    if department:
        allowed.append(department.head)
    return any(address and same(address, sender) for address in allowed)


def above(case: Case, role: Role, book: RuleBook) -> str:
    """Who a step of the ladder reaches in that role; the one who is late is passed over upwards (HJO-01)."""
    late, registrar = responsible(case, book), registrar_of(case, book)
    manager, head = book.manager_of(case.unit), book.head_of(case.unit)
    if not case.officer and head is None:
        head = _head_above(registrar, case, book)
    ways: dict[Role, tuple[str | None, ...]] = {
        Role.OFFICER: (late,),
        Role.MANAGER: (manager, head, registrar),
        Role.HEAD: (head, registrar),
        Role.REGISTRAR: (registrar,),
    }
    reached = (a for a in ways[role] if a and (role is Role.OFFICER or not same(a, late)))
    return next(reached, "")


def _head_above(registrar: str, case: Case, book: RuleBook) -> str | None:
    """The head above a registrar who has left a case undistributed (SPA-34).

    That of the department which the mail names, or which the registrar works in, or else is the registrar of; above
    the municipality's own registrar the first department's.
    """
    own = (d for d in book.people.departments if d.registrar and same(d.registrar, registrar))
    first = next(iter(book.people.departments), None) if same(registrar, book.registrars[0]) else None
    ways = (department_of(case, book), book.department_of(book.unit_of(registrar) or ""), *own, first)
    return next((department.head for department in ways if department), None)


def in_place_of(absent: str, case: Case, book: RuleBook, away: Away) -> str:
    """Who hears of the case in place of somebody who is away; of a secret one only its reader or the registrar."""
    found = None if case.secrecy else stand_in(absent, case.unit, book, away)
    if found:
        return found.email
    reader = secrecy_reader(case, book) if case.secrecy else registrar_of(case, book)
    return registrar_for(absent, book, away) if same(reader, absent) or away.of(reader) else reader


def next_person(lost: str, case: Case | None, book: RuleBook, passed: Collection[str]) -> str:
    """Who gets a letter that a member of staff cannot be sent: a substitute, another registrar, whoever is above.

    lost: the address that takes no mail. passed: those who are not to be asked, having been tried or being out of
    reach themselves. Empty: nobody is left. In a secret case only registrars and the one who reads it.
    """
    unit = book.unit_of(lost) or (case.unit if case else "")
    department, person = book.department_of(unit), book.person(lost)
    ways: list[str | None] = [person.substitute if person else None]
    if case and case.secrecy:
        ways = [secrecy_reader(case, book)]
    elif is_registrar(lost, book):
        ways += [*book.registrars, book.manager_of(unit)]
    else:
        ways += [book.manager_of(unit), department.head if department else None]
    ways += [registrar_of(case, book) if case else None, *book.registrars]
    ways += [department.head if department else None, *(d.head for d in book.people.departments)]
    return next((a for a in ways if a and not any(same(a, other) for other in (lost, *passed))), "")
