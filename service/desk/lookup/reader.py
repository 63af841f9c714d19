"""Reading many cases, one after the other, with what belongs to each: for reports, pages, exports. Nothing here writes.

However many there are, a page of them is in memory at a time, and the next page begins after the last case of this one
(keyset paging): what was broken off can be taken up again at the place where it stood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, func, select

from service.core.cases import Case
from service.desk.caserows import case_of
from service.desk.lookup.wanted import Wanted, conditions
from service.desk.tables import cases, deadlines, journal, messages

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the journal: when (aware UTC), what happened, who did it, and why."""

    id: int
    at: datetime
    kind: str
    actor: str
    text: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail or letter of the case, without its bytes, which `raw` gets by its id.

    at: when it came in, or when the letter was written (aware UTC). sent_at: when the letter left, None while it has
    not. digest: of an incoming mail, what it is known by.
    """

    id: int
    direction: str
    kind: str
    state: str
    at: datetime
    sent_at: datetime | None
    sender: str
    recipient: str
    subject: str
    message_id: str
    digest: str | None
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Record:
    """A case as the register keeps it, with its promises; lines and mails where they were asked for.

    Of a case with `case.secrecy` nothing but the number, the unit and its times may leave the municipality's own hands.
    """

    id: int
    case: Case  # without the steps taken, which only the clock needs
    lines: tuple[Line, ...] = ()
    mails: tuple[Mail, ...] = ()


def read(
    s: Connection, wanted: Wanted, *, after: int = 0, lines: bool = False, mails: bool = False
) -> Iterator[Record]:
    """The wanted cases in the order in which they were registered. after: only those after the record with that id."""
    page = select(*_CASE).where(*conditions(wanted), cases.c.id > bindparam("after")).order_by(cases.c.id).limit(_PAGE)
    while rows := s.execute(page, {"after": after}).all():
        ids = [row.id for row in rows]
        promises = _belonging(s, _PROMISES, ids)
        journals = _belonging(s, _LINES, ids) if lines else {}
        letters = _belonging(s, _MAILS, ids) if mails else {}
        for row in rows:
            yield Record(
                row.id,
                case_of(row, promises.get(row.id, ()), ()),
                tuple(Line(**_facts(line)) for line in journals.get(row.id, ())),
                tuple(Mail(**_facts(mail)) for mail in letters.get(row.id, ())),
            )
        after = ids[-1]


def count(s: Connection, wanted: Wanted, *, after: int = 0) -> int:
    """How many cases `read` would give, for a progress bar."""
    return s.scalar(select(func.count(cases.c.id)).where(*conditions(wanted), cases.c.id > after)) or 0


def raw(s: Connection, mail_id: int) -> bytes:
    """The bytes of a mail or letter, exactly as they came in or left."""
    return bytes(s.scalars(select(messages.c.raw).where(messages.c.id == mail_id)).one())


_CASE = [column for column in cases.c if column.name not in {"next_check_at", "version"}]
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_PROMISES = select(deadlines).where(deadlines.c.case_id.in_(_IDS)).order_by(deadlines.c.id)
_LINES = (
    select(journal.c.case_id, journal.c.id, journal.c.at, journal.c.kind, journal.c.actor, journal.c.text)
    .where(journal.c.case_id.in_(_IDS))
    .order_by(journal.c.at, journal.c.id)
)
_MAILS = (
    select(messages.c.case_id, *(messages.c[name] for name in Mail.__slots__))
    .where(messages.c.case_id.in_(_IDS))
    .order_by(func.coalesce(messages.c.sent_at, messages.c.at), messages.c.direction, messages.c.id)
)


def _facts(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name != "case_id"}


def _belonging(s: Connection, wanted: Select[Any], ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in s.execute(wanted, {"ids": ids}):
        found[row.case_id].append(row)
    return found
