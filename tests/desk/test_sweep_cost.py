"""A look at the deadlines costs what is due, not what is open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from service.desk import register
from service.desk.database import Database
from tests.core.values import NOW
from tests.doors.test_mailroom import Office, office

__all__ = ["office"]


def statements_of_a_look(office: Office) -> int:
    """How many statements one round of the clock needs."""
    counted: list[str] = []
    engine = office.town.desk.database.engine

    def count(_c: object, _cursor: object, statement: str, *_: object) -> None:
        counted.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        office.room.check_deadlines()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(counted)


def test_open_cases_cost_the_look_nothing(office: Office) -> None:
    office.room.once()
    office.town.now += timedelta(minutes=1)
    office.room.check_deadlines()  # what each day needs once is done
    of_none = statements_of_a_look(office)
    for number in range(12):
        office.arrives(f"Det är ett hål i vägen vid hus nummer {number}.", f"Anna <anna{number}@example.org>")
    office.room.once()
    assert len(office.town.cases()) == 12
    assert statements_of_a_look(office) == of_none


@pytest.mark.databases("sqlite", "postgresql")
def test_what_is_due_is_found_by_its_index(database: Database) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if "next_check_at" in statement:
            asked.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.reading() as s:
        assert register.numbers_to_check(s, "ekvik", NOW) == []
        statement, values = asked[0]
        if not database.is_sqlite:
            for cheap_where_nothing_is in ("seqscan", "bitmapscan", "sort"):
                s.execute(text(f"SET LOCAL enable_{cheap_where_nothing_is} = off"))
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        plan = [str(row) for row in s.exec_driver_sql(explain + statement, values)]
    assert any("ix_cases_next_check_at" in row for row in plan), plan
    assert not any("SORT" in row.upper() or "TEMP B-TREE" in row for row in plan), plan
