"""What is archived of each case: its facts as contract section 5 has them, and its documents byte for byte."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from service.desk import catalogue
from service.desk.tables import cases, messages

_ZONE = ZoneInfo("Europe/Stockholm")
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Document:
    """A mail or a paper letter of a case. `facts`: as contract section 5 has messages."""

    facts: Mapping[str, Any]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Period:
    """Which cases: those that came in on one of the local days, first and last included.

    closed: only those that nobody works with any longer.
    """

    mailbox: str
    first: dt.date
    last: dt.date
    closed: bool = False

    def _wanted(self) -> Any:
        begins = dt.datetime.combine(self.first, dt.time(), _ZONE)
        ends = dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time(), _ZONE)
        wanted = (cases.c.mailbox == self.mailbox) & (cases.c.received_at >= begins) & (cases.c.received_at < ends)
        return wanted & cases.c.status.in_(ENDED) if self.closed else wanted


ENDED = ("closed", "refused")


def count(s: Connection, period: Period) -> tuple[int, int]:
    """How many cases the period has, and how many of them are still being worked with."""
    wanted = period._wanted()
    ended = func.count().filter(cases.c.status.in_(ENDED))
    every, done = s.execute(select(func.count(), ended).select_from(cases).where(wanted)).one()
    return every, every - done


def numbers(s: Connection, period: Period, after: int = 0) -> Iterator[tuple[int, str]]:
    """Place and number of each case of the period, in the order of the register, behind that place."""
    while True:
        chosen = select(cases.c.id, cases.c.number).where(period._wanted(), cases.c.id > after)
        rows = s.execute(chosen.order_by(cases.c.id).limit(_AT_A_TIME)).all()
        if not rows:
            return
        for row in rows:
            yield row.id, row.number
        after = rows[-1].id


def case(s: Connection, number: str) -> dict[str, Any]:
    """The case as `case show --json` has it."""
    found = catalogue.shown(s, number)
    assert found is not None
    return found


def documents(s: Connection, case_id: int) -> Iterator[Document]:
    """The mails and letters of the case that have come in or left, in the order of time."""
    wanted = _DOCUMENTS.where(messages.c.case_id == case_id)
    for row in s.execute(wanted):
        facts = {key: catalogue.plain(value) for key, value in row._mapping.items() if key != "raw"}
        yield Document(facts, row.raw)


_WHEN = func.coalesce(messages.c.sent_at, messages.c.at, type_=messages.c.at.type)
_DOCUMENTS = (
    select(
        messages.c.direction,
        messages.c.kind,
        _WHEN.label("at"),
        messages.c.sender.label("from"),
        messages.c.recipient.label("to"),
        messages.c.subject,
        messages.c.message_id,
        messages.c.raw,
    )
    .where(messages.c.state.in_(["received", "sent"]))
    .order_by(_WHEN, messages.c.direction, messages.c.id)
)
