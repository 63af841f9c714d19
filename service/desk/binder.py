"""The binder: anonymous feedback, kept in order of arrival and not registered. Nothing here is a case.

The mail itself lies among the messages, byte for byte, and is found by its digest.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, and_, insert, select

from service.core import swedish
from service.core.binder import name_of
from service.core.effects import KeepInBinder, Letter, SendLetter
from service.desk.catalogue import plain
from service.desk.tables import binder, messages

if TYPE_CHECKING:
    from service.desk.turn import Turn


def keep(work: Turn, effect: KeepInBinder) -> Iterator[SendLetter]:
    """Put the leaf into the binder; the letters for information tell its number."""
    leaf, calendar = effect.leaf, work.desk.book.calendar
    row = dataclasses.asdict(leaf) | {"mailbox": work.desk.mailbox, "told": list(effect.to)}
    added = work.s.execute(insert(binder).values(**row))
    assert added.inserted_primary_key
    number = int(added.inserted_primary_key[0])
    work.lines.add(None, "binder", f"leaf {number}, {leaf.department or 'no department'}: {effect.because}")
    facts = {
        "number": number,
        "binder": name_of(leaf.department, work.desk.book),
        "leaf": leaf,
        "place": work.desk.book.unit(leaf.unit),
        "arrived": swedish.moment(leaf.received_at, calendar.zone),
    }
    for to in effect.to:
        because = f"for information: {effect.because}"
        yield SendLetter(Letter.INFORMATION, to, because, "binder", facts, files_of=effect.files_of)


def listed(s: Connection, department: str | None = None) -> Iterator[dict[str, Any]]:
    """The leaves in order of arrival; with a department's id those of its binder, with an empty one the others."""
    wanted = _LEAVES if department is None else _LEAVES.where(binder.c.department == department)
    for row in s.execute(wanted.order_by(binder.c.received_at, binder.c.id)).mappings():
        yield _leaf(row)


def shown(s: Connection, number: int) -> dict[str, Any] | None:
    """One leaf; None for a number that none has."""
    row = s.execute(_LEAVES.where(binder.c.id == number)).mappings().one_or_none()
    return _leaf(row) if row else None


def original(s: Connection, number: int) -> bytes | None:
    """The mail that brought the leaf, byte for byte."""
    raw = s.scalar(select(messages.c.raw).select_from(_WITH_MAIL).where(binder.c.id == number))
    return None if raw is None else bytes(raw)


def _leaf(row: RowMapping) -> dict[str, Any]:
    return {key: plain(value) for key, value in row.items()}


_WITH_MAIL = binder.outerjoin(
    messages, and_(messages.c.mailbox == binder.c.mailbox, messages.c.digest == binder.c.digest)
)
_LEAVES = select(
    binder.c.id,
    binder.c.mailbox,
    binder.c.department,
    binder.c.unit,
    binder.c.received_at,
    binder.c.channel,
    binder.c.type,
    binder.c.category,
    binder.c.title,
    binder.c.text,
    binder.c.language,
    binder.c.told,
    messages.c.sha256,
    messages.c.size,
).select_from(_WITH_MAIL)
