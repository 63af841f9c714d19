"""The binder (pärm): anonymous feedback that is kept in order of arrival and not registered (STR-18, STR-20).

Documents that are not secret may be kept in such order that it is easy to see whether they exist (OSL 5 kap. 1 §);
secret ones are always registered. A leaf has no case number, no promise and no officer: it is for information only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.core.cases import Case
from service.core.rules.rulebook import RuleBook


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the binder keeps of one piece of feedback.

    department: whose binder it lies in, by its id; empty: the municipality's own. received_at: aware UTC. digest: of
    the mail that brought it, which the register keeps byte for byte.
    """

    department: str
    unit: str
    received_at: datetime
    channel: str
    type: str
    category: str
    title: str
    text: str
    language: str
    digest: str


def leaf_of(case: Case, digest: str, book: RuleBook) -> Leaf:
    """The leaf in place of the case that the mail with that digest would make."""
    department = book.department_of(case.unit)
    return Leaf(
        department=department.id if department else "",
        unit=case.unit,
        received_at=case.received_at,
        channel=case.channel,
        type=case.type,
        category=case.category,
        title=case.known_as,
        text=case.text,
        language=case.language,
        digest=digest,
    )


def name_of(department: str, book: RuleBook) -> str:
    """What the binder is called: by its department, else by the municipality."""
    found = next((d.name for d in book.people.departments if d.id == department), "")
    return found or book.municipality.name
