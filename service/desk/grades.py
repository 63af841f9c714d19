"""How content submitters are, counted: by month, unit and type, and nothing that leads to a case or a person."""

from __future__ import annotations

from sqlalchemy import Connection
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
