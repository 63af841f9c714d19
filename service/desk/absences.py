"""Who is away, as the register remembers it; mailbox by mailbox, since each gets automatic replies of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from service.core.people import addresses
from service.core.people.absence import Absent, Away, Cause
from service.core.rules.rulebook import RuleBook
from service.desk import tables
from service.desk.post import unreachable


def absences(s: Connection, mailbox: str, book: RuleBook, at: datetime) -> Away:
    """Who is away at the instant (aware): whom a reply told of, and whose address takes no mail."""
    told = [absent for absent in remembered(s, mailbox) if not is_over(s, absent, book, at)]
    lost = (Absent(row.email, row.since, cause=Cause.BOUNCE) for row in s.execute(_UNREACHABLE))
    return Away.of_all([*(one for one in lost if book.person(one.email)), *told])


def is_over(s: Connection, absent: Absent, book: RuleBook, at: datetime) -> bool:
    """Whether the person counts as present at the instant: an address that took no mail, when it takes it again."""
    if absent.out_of_reach and addresses.key(absent.email) not in unreachable.every(s):
        return True
    return absent.is_over(book.calendar.local_date(at), book)


_UNREACHABLE = select(tables.unreachable.c.email, tables.unreachable.c.since)


def remembered(s: Connection, mailbox: str) -> list[Absent]:
    """Every absence that has not been forgotten, over or not, the oldest first."""
    return [_absent(row) for row in s.execute(_REMEMBERED, {"b_mailbox": mailbox})]


_REMEMBERED = (
    select(tables.absences)
    .where(tables.absences.c.mailbox == bindparam("b_mailbox"))
    .order_by(tables.absences.c.since, tables.absences.c.email)
)


def _absent(row: Row[Any]) -> Absent:
    return Absent(
        email=row.email,
        since=row.since,
        until=row.until,
        substitute=row.substitute,
        cause=Cause(row.cause),
        proven=row.proven,
        handed=dict(row.handed),
        asked=tuple(row.asked),
        asked_on=row.asked_on,
    )


def remember(s: Connection, mailbox: str, absent: Absent) -> None:
    """Keep the absence in place of what was known of the person before."""
    forget(s, mailbox, absent.email)
    row = {
        "mailbox": mailbox,
        "email": addresses.key(absent.email),
        "since": absent.since,
        "until": absent.until,
        "substitute": absent.substitute,
        "cause": absent.cause.value,
        "proven": absent.proven,
        "handed": dict(absent.handed),
        "asked": list(absent.asked),
        "asked_on": absent.asked_on,
    }
    s.execute(insert(tables.absences), row)


def forget(s: Connection, mailbox: str, email: str) -> None:
    """The person is back."""
    here = (tables.absences.c.mailbox == mailbox, tables.absences.c.email == addresses.key(email))
    s.execute(delete(tables.absences).where(*here))
