"""The binder: anonymous feedback, kept in order of arrival and not registered. Nothing here is a case.

The mail itself lies among the messages, byte for byte, and is found by its digest.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, and_, insert, select

from service.core.decide import registering
from service.core.effects import KeepInBinder, Letter, SendLetter, ShowBinder
from service.core.keeping.binder import Leaf, name_of
from service.core.speech import swedish
from service.desk import standing
from service.desk.lookup.catalogue import plain
from service.desk.tables import binder, cases, messages

if TYPE_CHECKING:
    from service.desk.turn import Turn


def keep(work: Turn, effect: KeepInBinder) -> Iterator[SendLetter]:
    """Put the leaf into the binder; the letters for information tell its number."""
    leaf = effect.leaf
    row = dataclasses.asdict(leaf) | {"mailbox": work.desk.mailbox, "told": list(effect.to)}
    added = work.s.execute(insert(binder).values(**row))
    assert added.inserted_primary_key
    number = int(added.inserted_primary_key[0])
    work.lines.add(None, "binder", f"leaf {number}, {leaf.department or 'no department'}: {effect.because}")
    facts, nonce = _facts(work, number, leaf), _ask(work, leaf)
    for to in effect.to:
        because = f"for information: {effect.because}"
        yield SendLetter(Letter.INFORMATION, to, because, "binder", facts, files_of=effect.files_of, nonce=nonce)


def _ask(work: Turn, leaf: Leaf) -> str:
    """An answer to a letter that shows the leaf may register it: under this nonce."""
    nonce, registrar = secrets.token_hex(6), _registrar(work, leaf)
    standing.ask(work.s, work.desk.mailbox, registering.question(nonce, leaf.digest, registrar), work.now)
    return nonce


def _registrar(work: Turn, leaf: Leaf) -> str:
    department = work.desk.book.department(leaf.department)
    return (department.registrar if department else None) or work.desk.book.registrars[0]


def show(work: Turn, effect: ShowBinder) -> None:
    """Look the leaves up, or the one that was asked for, and write the letter."""
    book, calendar = work.desk.book, work.desk.book.calendar
    mine = _LEAVES.where(binder.c.mailbox == work.desk.mailbox).order_by(binder.c.received_at, binder.c.id)
    if effect.departments is not None:
        mine = mine.where(binder.c.department.in_(effect.departments))
    if effect.leaf is not None:
        mine = mine.where(binder.c.id == effect.leaf)
    else:
        mine = mine.where(messages.c.case_id.is_(None))  # what was registered later is a case
    rows = work.s.execute(mine).mappings().all()
    if effect.leaf is not None and rows and not rows[0]["disposed_at"]:
        leaf = Leaf(**{field.name: rows[0][field.name] for field in dataclasses.fields(Leaf)})
        number, case = rows[0]["id"], rows[0]["case"] or ""
        nonce = "" if case else _ask(work, leaf)
        facts = _facts(work, number, leaf) | {"became": case}
        work.send(SendLetter(effect.kind, effect.to, effect.because, "binder", facts, nonce=nonce), None)
        return
    shown = [
        {
            "number": row["id"],
            "day": calendar.local_date(row["received_at"]),
            "place": unit.name if (unit := book.unit(row["unit"])) else "",
            "title": row["title"],
            "disposed": bool(row["disposed_at"]),
        }
        for row in rows[-_MOST_SHOWN:]
    ]
    facts = {
        "leaves": tuple(shown),
        "more": len(rows) - len(shown),
        "counted": f"{len(rows)} blad" if rows else "inga blad",
        "whose": effect.whose,
        "number": effect.leaf,
    }
    work.send(SendLetter(effect.kind, effect.to, effect.because, "binder-list", facts), None)


_MOST_SHOWN = 200


def _facts(work: Turn, number: int, leaf: Leaf) -> dict[str, Any]:
    book = work.desk.book
    return {
        "number": number,
        "binder": name_of(leaf.department, book),
        "leaf": leaf,
        "place": book.unit(leaf.unit),
        "became": "",
        "arrived": swedish.moment(leaf.received_at, book.calendar.zone),
    }


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
    return {key: plain(value) for key, value in row.items() if key != "digest"}


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
    binder.c.digest,
    binder.c.told,
    binder.c.disposed_at,
    messages.c.sha256,
    messages.c.size,
    cases.c.number.label("case"),  # what it has become, where somebody has registered it
).select_from(_WITH_MAIL.outerjoin(cases, cases.c.id == messages.c.case_id))
