"""The journal: a line for each thing that has happened, with its reason. It belongs to what people may ask to read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, func, insert, select, update

from service.core.cases import Case, Submitter
from service.core.effects import (
    AddMessage,
    Ask,
    AskStanding,
    Assign,
    ChangeStatus,
    DisposeOf,
    Effect,
    ExposeThread,
    ForgetAbsence,
    FreeAddress,
    LetGoLater,
    MissClock,
    MoveClock,
    NoCase,
    Note,
    OpenCase,
    Relate,
    RememberAbsence,
    RestartClock,
    SetFields,
    StartClock,
    StopAddress,
    StopClock,
    TakeStep,
    Unrelate,
    Withdraw,
)
from service.core.keeping.chain import DISPOSED, Facts, link, new_salt, seal
from service.desk import tables
from service.desk.tables import chain, journal


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail or letter among the messages: its row and the SHA-256 of its bytes, in hex; empty: they are gone."""

    row: int
    sha256: str


@dataclass(slots=True)
class Journal:
    """The lines of one transaction, written together at its end and linked to those before (`core/keeping/chain`)."""

    mailbox: str
    at: datetime
    _lines: list[dict[str, Any]] = field(default_factory=list)

    def add(self, case_id: int | None, kind: str, text: str, actor: str = "", kept: Kept | None = None) -> None:
        """One more line: something happened, and why. kept: the mail or letter that it is about."""
        line = {"case_id": case_id, "mailbox": self.mailbox, "at": self.at, "kind": kind, "actor": actor, "text": text}
        self._lines.append(line | _about(kept))

    def vouch(self, kept: Kept, case_id: int | None) -> None:
        """The mail in hand is now kept: the line that says what it was filed as vouches for its bytes."""
        filed = [line for line in self._lines if line["message"] is None and line["kind"].startswith(_FILED)]
        in_case = [line for line in filed if line["case_id"] == case_id]
        if not filed:
            self.add(case_id, "in", "kept", kept=kept)
        for line in (in_case or filed)[:1]:
            line.update(_about(kept))

    def write(self, s: Connection) -> None:
        """Store the lines. Until the transaction ends no other daemon can: nothing may wait for one after this."""
        if not self._lines:
            return
        lines, end = s.execute(_END if s.dialect.name == "sqlite" else _SHARED_END).one()[:2]
        rows = []
        for line in self._lines:
            salt = new_salt()
            sealed = seal(salt, line["actor"], line["text"])
            facts = Facts(line["case_id"], self.mailbox, self.at, line["kind"], line["message"], line["document"])
            end = link(end, facts, sealed)
            rows.append(line | {"salt": salt, "seal": sealed, "link": end})
        s.execute(_LINES_OF_JOURNAL, rows)
        s.execute(_NEW_END, {"lines": lines + len(rows), "link": end})
        self._lines = []


_FILED = ("in:", "no-case:", "binder", "held")
_LINES_OF_JOURNAL = insert(journal)
_END = select(chain.c.lines, chain.c.link).with_for_update()
# Whoever has the end of the journal keeps from it all others, those of other mailboxes too, and has nothing more to
# think about: a process that stands still there (suspended, or cut off) is rolled back soon.
_THOUGHT_SECONDS = 10


def _ending(seconds: int) -> Select[tuple[int, str, str]]:
    return _END.add_columns(func.set_config("idle_in_transaction_session_timeout", f"{seconds}s", _TO_THE_COMMIT))


_TO_THE_COMMIT = True
_SHARED_END = _ending(_THOUGHT_SECONDS)
# The only row, and named all the same: SQLite copies pages before a statement that might change many, in case it fails.
_NEW_END = update(chain).where(chain.c.id == 1)


def _about(kept: Kept | None) -> dict[str, Any]:
    return {"message": kept.row, "document": kept.sha256 or None} if kept else {"message": None, "document": None}


def line_of(effect: Effect, was: Case | None) -> tuple[str, str, str] | None:
    """Kind, actor and text of the line that keeps an effect's reason. was: the case before the effect."""
    if isinstance(effect, SetFields):
        return "changed", effect.actor, f"{_changes(effect, was)} ({effect.because})"
    tell = _LINES.get(type(effect))
    return tell(effect) if tell else None


_LINES: dict[type[Effect], Callable[[Any], tuple[str, str, str]]] = {
    OpenCase: lambda e: ("opened", "", e.because),
    AddMessage: lambda e: (f"in:{e.kind}", e.actor, e.because),
    NoCase: lambda e: (f"no-case:{e.kind}", "", e.because),
    ChangeStatus: lambda e: (f"status:{e.move.value}", e.actor, e.because),
    Assign: lambda e: ("assigned", e.actor, f"{e.unit or '-'} / {e.officer or 'registrar'}: {e.because}"),
    StartClock: lambda e: ("clock:start", "", f"{e.kind.value} due {_local(e.due_at)}: {e.because}"),
    StopClock: lambda e: ("clock:stop", "", f"{e.kind.value}: {e.because}"),
    RestartClock: lambda e: ("clock:restart", "", f"{e.kind.value}: {e.because}"),
    DisposeOf: lambda e: (DISPOSED, e.actor, e.because),
    Relate: lambda e: ("related", "", f"{e.number} {e.how.value}: {e.because}"),
    Unrelate: lambda e: ("unrelated", "", f"{e.number}: {e.because}"),
    MoveClock: lambda e: ("clock:moved", "", f"{e.kind.value} due {_local(e.due_at)}: {e.because}"),
    MissClock: lambda e: ("clock:missed", "", f"{e.kind.value}: {e.because}"),
    TakeStep: lambda e: ("step", "", f"{e.because}{_passed_over(e)}"),
    Ask: lambda e: ("ask", "", e.because),
    LetGoLater: lambda e: ("leaving", e.leaving.officer if e.leaving else "", e.because),
    Note: lambda e: (e.kind, e.actor, e.text),
    RememberAbsence: lambda e: ("absence", e.absent.email, f"back {e.absent.until or 'unknown'}: {e.because}"),
    ForgetAbsence: lambda e: ("absence:over", e.email, e.because),
    AskStanding: lambda e: ("ask", "", e.because),
    StopAddress: lambda e: ("stopped", "", e.because),
    FreeAddress: lambda e: ("freed", "", e.because),
    Withdraw: lambda e: ("withdrawn", "", f"letters that had not left: {e.because}"),
    ExposeThread: lambda e: ("exposed", "", e.because),
    # RememberObeyed has no line: what was changed has lines of its own
    # SendLetter has no line here: the outbox says whether the letter was written or held back
}


_CLASSES = frozenset({"type", "category", "process", "measure", "publication", "channel", "title", "staff_title"})
"""What one person may set and another change: the line tells what it was (HJO-42)."""


def _changes(effect: SetFields, was: Case | None) -> str:
    return ", ".join(f"{name}={_before(name, value, was)}{_brief(value)}" for name, value in effect.changes.items())


def _before(name: str, value: object, was: Case | None) -> str:
    earlier = getattr(was, name) if was and name in _CLASSES else None
    return f"{_brief(earlier)} -> " if earlier and earlier != value else ""


def _passed_over(effect: TakeStep) -> str:
    return f"; {len(effect.superseded)} earlier passed over" if effect.superseded else ""


def _local(at: datetime) -> str:
    """An instant as the journal tells it: all of its times are Swedish local time, like those it is shown with."""
    return f"{at.astimezone(_ZONE):%Y-%m-%d %H:%M}"


_ZONE = ZoneInfo("Europe/Stockholm")


def _brief(value: Any) -> str:
    if isinstance(value, datetime):
        return _local(value)
    if isinstance(value, Submitter):
        return f"contact {value.contact.value}"  # who it is stands in the case itself
    if isinstance(value, tuple):
        return ", ".join(str(getattr(each, "number", each)) for each in value)
    return f"{len(value)} characters" if isinstance(value, str) and len(value) > tables.BRIEF else str(value)
