"""Whether the journal is as it was written, and mails and letters are those that it vouches for. Nothing is changed.

Every line and every document is read once; what is in memory grows with what has been disposed of alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, func, select

from service.core.effects import Letter
from service.core.keeping.chain import BEGINNING, DISPOSED, Facts, link, seal
from service.desk.tables import cases, chain, journal, messages

_LINES_AT_A_TIME = 2_000
_DOCUMENTS_AT_A_TIME = 8  # a mail can be large
_MOST_FAULTS = 20

Progress = Callable[[int], object]
"""Called with how many lines and documents have been looked at since the last call."""


@dataclass(slots=True)
class Proof:
    """What a look found: how many lines and documents there are, where the chain ends, and what is wrong, if anything.

    asked: when the line was written (aware UTC) whose link somebody asks for; None: there is none such.
    faults: a line each, in English, without anything of the register's content; the first of them, `more` others.
    """

    lines: int = 0
    documents: int = 0
    end: str = BEGINNING
    asked: datetime | None = None
    faults: list[str] = field(default_factory=list)
    more: int = 0

    def wrong(self, what: str) -> None:
        """One more fault."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(what)
        else:
            self.more += 1


def size(s: Connection) -> int:
    """How much a look has to look at, for whoever shows how far it is."""
    counted = select(func.count()).select_from(journal).scalar_subquery()
    return int(s.scalar(select(counted + select(func.count()).select_from(messages).scalar_subquery())) or 0)


def end(s: Connection) -> tuple[int, str]:
    """How many lines the journal has, and its last link."""
    rows = s.execute(select(chain.c.lines, chain.c.link)).all()
    return (int(rows[0].lines), str(rows[0].link)) if len(rows) == 1 else (0, "")


def prove(s: Connection, ask: str = "", progress: Progress = lambda _: None) -> Proof:
    """Look at the whole. ask: the beginning of a link that somebody has from an earlier mail."""
    found = Proof()
    disposed = _Disposed()
    _look_at_lines(s, found, disposed, ask, progress)
    _look_at_documents(s, found, disposed, progress)
    return found


class _Disposed:
    """What is rightly gone: the last line that says so, by case and by document."""

    def __init__(self) -> None:
        self.cases: dict[int, int] = {}
        self.documents: dict[int, int] = {}

    def note(self, row: Row[tuple[object, ...]]) -> None:
        if row.message is not None:
            self.documents[row.message] = row.id
        elif row.case_id is not None:
            self.cases[row.case_id] = row.id

    def covers(self, line: int, *where: tuple[int | None, int | None]) -> bool:
        """Whether a later line says it of one of the cases or documents."""
        said = (max(self.cases.get(case or 0, 0), self.documents.get(message or 0, 0)) for case, message in where)
        return any(at > line for at in said)


# --- the lines -----------------------------------------------------------------------------------------------------


def _look_at_lines(s: Connection, found: Proof, disposed: _Disposed, ask: str, progress: Progress) -> None:
    emptied: list[tuple[int, int | None, int | None, str]] = []
    for row in _readable(s, found):
        name = f"line {row.id}" + (f" (case {row.number})" if row.number else "")
        if row.kind == DISPOSED:
            disposed.note(row)
        if not row.salt:
            emptied.append((row.id, row.case_id if row.case_id is not None else row.filed_in, row.message, name))
            if row.actor or row.text:
                found.wrong(f"{name}: its words have lost their seal")
        elif seal(row.salt, row.actor, row.text) != row.seal:
            found.wrong(f"{name}: its words have been changed")
        facts = Facts(row.case_id, row.mailbox, row.at, row.kind, row.message, row.document)
        if link(found.end, facts, row.seal) != row.link:
            found.wrong(f"{name}: it has been changed, or a line before it is missing or new")
        found.end, found.lines = row.link, found.lines + 1
        if ask and row.link.startswith(ask):
            found.asked = row.at
        progress(1)
    for line, case_id, message, name in emptied:
        if not disposed.covers(line, (case_id, message)):
            found.wrong(f"{name}: its words are gone, and no disposal says so")
    lines, last = end(s)
    if (lines, last) != (found.lines, found.end):
        found.wrong(f"the journal ends after {found.lines} lines and should after {lines}: some are missing or new")


def _readable(s: Connection, found: Proof) -> Iterator[Row[tuple[object, ...]]]:
    """The lines, up to one whose time is no time."""
    try:
        yield from _rows(s)
    except ValueError:
        found.wrong(f"a line behind the first {found.lines} has been changed: its time cannot be read")


def _rows(s: Connection) -> Iterator[Row[tuple[object, ...]]]:
    wanted = (
        select(journal, cases.c.number, messages.c.case_id.label("filed_in"))
        .outerjoin_from(journal, cases, cases.c.id == journal.c.case_id)
        .outerjoin(messages, messages.c.id == journal.c.message)
        .order_by(journal.c.id)
    )
    yield from s.execute(wanted, execution_options={"yield_per": _LINES_AT_A_TIME})


# --- mails and letters ---------------------------------------------------------------------------------------------


def _look_at_documents(s: Connection, found: Proof, disposed: _Disposed, progress: Progress) -> None:
    for row in s.execute(_DOCUMENTS, execution_options={"yield_per": _DOCUMENTS_AT_A_TIME}):
        name = f"{'mail' if row.direction == 'in' else 'letter'} {row.id}"
        name += f" (case {row.number})" if row.number else ""
        if row.line is None and row.kind == Letter.CANARY:
            continue  # each takes the place of the one before, and is no document
        if row.line is None:
            found.wrong(f"{name}: no line of the journal vouches for it")
        elif not row.raw and disposed.covers(row.line, (row.case_id, row.id)):
            pass
        elif _digest(row.raw) != row.document:
            found.wrong(f"{name}: it has been changed")
        found.documents += 1
        progress(1)
    for lost in s.execute(_MISSING):
        found.wrong(f"{'case ' + lost.number + ': ' if lost.number else ''}mail or letter {lost.message} is missing")


def _digest(raw: object) -> str:
    """SQLite keeps text where bytes belong, if somebody changes a mail by its own functions."""
    return hashlib.sha256(raw if isinstance(raw, bytes) else str(raw).encode("utf-8", "replace")).hexdigest()


_VOUCHED = (
    select(journal.c.message, func.max(journal.c.id).label("line"))
    .where(journal.c.message.is_not(None), journal.c.document.is_not(None))
    .group_by(journal.c.message)
    .subquery()
)
_LAST = journal.alias()
_DOCUMENTS = (
    select(
        messages.c.id,
        messages.c.case_id,
        messages.c.direction,
        messages.c.kind,
        cases.c.number,
        _VOUCHED.c.line,
        _LAST.c.document,
        messages.c.raw,
    )
    .outerjoin_from(messages, _VOUCHED, _VOUCHED.c.message == messages.c.id)
    .outerjoin(_LAST, _LAST.c.id == _VOUCHED.c.line)
    .outerjoin(cases, cases.c.id == messages.c.case_id)
    .order_by(messages.c.id)
)
_MISSING = (
    select(_VOUCHED.c.message, cases.c.number)
    .outerjoin_from(_VOUCHED, messages, messages.c.id == _VOUCHED.c.message)
    .join(_LAST, _LAST.c.id == _VOUCHED.c.line)
    .outerjoin(cases, cases.c.id == _LAST.c.case_id)
    .where(messages.c.id.is_(None))
    .order_by(_VOUCHED.c.message)
)
