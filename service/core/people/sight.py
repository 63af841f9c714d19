"""What a member of staff may see over several cases, and which of them are asked for.

An officer sees the own cases and those of the own units, a manager those of the units, whoever heads a department or
keeps its register those of its units, and the municipality's registrars all. Nobody sees what a secret case is about.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.core.cases import Case, Status
from service.core.people.addresses import same
from service.core.rules.rulebook import RuleBook


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose cases a person may see.

    units: those of these units besides the own, None: all. leads: the units that the person answers for.
    """

    address: str
    units: frozenset[str] | None
    leads: frozenset[str] = frozenset()

    def sees(self, case: Case) -> bool:
        """Whether the case is in sight."""
        mine = bool(case.officer) and same(case.officer, self.address)
        return mine or self.units is None or case.unit in self.units

    def sees_unit(self, unit_id: str) -> bool:
        """Whether all of the unit's cases are in sight."""
        return self.units is None or unit_id in self.units


def sight_of(address: str, book: RuleBook) -> Sight | None:
    """What the person may see; None for whoever the directory does not know."""
    if not book.is_known_staff(address):
        return None
    if any(same(address, registrar) for registrar in book.registrars):
        return Sight(address, None)
    of_departments = {
        d.id for d in book.people.departments if any(a and same(a, address) for a in (d.head, d.registrar, d.secretary))
    }
    leads = {u.id for u in book.people.units if u.department in of_departments or same(u.manager, address)}
    works = {u.id for u in book.people.units if any(same(a, address) for a in u.officers)}
    return Sight(address, frozenset(leads | works), frozenset(leads))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the open cases in sight are asked for. Empty: no narrowing. name: the list in words."""

    officer: str = ""
    units: frozenset[str] | None = None
    late: bool = False
    soon: bool = False
    unrouted: bool = False
    name: str = ""

    def has(self, case: Case) -> bool:
        """Whether the case is one of them, but for its time."""
        if self.officer and not (case.officer and same(case.officer, self.officer)):
            return False
        if self.units is not None and case.unit not in self.units:
            return False
        return not self.unrouted or (case.status is Status.TRIAGE and not case.officer and not case.secrecy)
