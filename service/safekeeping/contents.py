"""What a register or a copy of it holds, counted; the counts and the journal's end tell copies apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from service.desk.lookup import proof
from service.desk.tables import cases, messages


@dataclass(frozen=True, slots=True)
class Contents:
    """schema: the revision. lines, end: how many lines the journal has, and the checksum that it ends with.

    latest: when the latest mail came in (aware UTC); None: there is none.
    """

    schema: str
    cases: int
    mails: int
    letters: int
    waiting: int
    lines: int
    end: str
    latest: datetime | None


def contents(s: Connection) -> Contents:
    """Count what is there."""
    by_direction = {
        direction: int(count)
        for direction, count in s.execute(select(messages.c.direction, func.count()).group_by(messages.c.direction))
    }
    lines, end = proof.end(s)
    return Contents(
        schema=str(s.scalar(text("SELECT version_num FROM alembic_version"))),
        cases=int(s.scalar(select(func.count()).select_from(cases)) or 0),
        mails=by_direction.get("in", 0),
        letters=by_direction.get("out", 0),
        waiting=int(s.scalar(select(func.count()).where(messages.c.state.in_(("queued", "uncertain", "held")))) or 0),
        lines=lines,
        end=end,
        latest=s.scalar(select(func.max(messages.c.at)).where(messages.c.direction == "in")),
    )
