"""How content submitters are, counted: by month, unit and type, and nothing that leads to a case or a person."""

from __future__ import annotations

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from service.core.effects import CountGrade
from service.desk.tables import grades

_KEY = ("mailbox", "month", "unit", "type", "grade")


def count(s: Connection, mailbox: str, one: CountGrade) -> None:
    """One more of that grade."""
    make = sqlite.insert if s.dialect.name == "sqlite" else postgresql.insert
    row = {"mailbox": mailbox, "month": one.month, "unit": one.unit, "type": one.type, "grade": one.grade}
    first = make(grades).values(**row, count=1)
    s.execute(first.on_conflict_do_update(index_elements=list(_KEY), set_={"count": grades.c.count + 1}))


FEWEST = 5
"""So many have to have said it before a mean is shown: fewer would tell what one of them said."""


def mean(
    s: Connection, mailbox: str, months: tuple[str, str], units: frozenset[str] | None
) -> tuple[int, float] | None:
    """How many have said how content they are in those months, first and last (`2026-09`), and the mean of it.

    units: of these only; None: of all. None where too few have.
    """
    wanted = select(func.sum(grades.c.count), func.sum(grades.c.count * grades.c.grade)).where(
        grades.c.mailbox == mailbox, grades.c.month.between(*months)
    )
    if units is not None:
        wanted = wanted.where(grades.c.unit.in_(units))
    number, total = s.execute(wanted).one()
    return (int(number), int(total) / int(number)) if number and number >= FEWEST else None
