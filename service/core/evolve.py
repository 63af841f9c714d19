"""One effect after another on a case: the only code that computes what a case becomes.

`decide` uses it to look ahead within one mail, the register to know what to store; both see the same case.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from service.core.cases import Case, Clock, Deadline, Related, Status, move
from service.core.effects import (
    AddMessage,
    Ask,
    Assign,
    ChangeStatus,
    DisposeOf,
    Effect,
    LetGoLater,
    MissClock,
    MoveClock,
    Relate,
    RememberObeyed,
    RestartClock,
    SetFields,
    StartClock,
    StopClock,
    TakeStep,
    Unrelate,
)
from service.core.keeping.disposal import emptied

_ENDED = (Status.CLOSED, Status.REFUSED)


def evolve(case: Case, effect: Effect) -> Case:
    """The case after the effect; effects that do not touch the case leave it as it is.

    Raises:
        IllegalMove: for a move that the table of states lacks.
    """
    match effect:
        case AddMessage():
            thread = (*case.thread, effect.message_id) if effect.from_submitter and effect.message_id else case.thread
            return _changed(case, thread=thread, last_mail_at=effect.at)
        case ChangeStatus():
            status = move(case.status, effect.move)
            # Taken up again, a case is not closed any more; the move to closed itself finds the day already set.
            taken_up = case.status in _ENDED and status not in _ENDED
            return _changed(case, status=status, closed_at=None if taken_up else case.closed_at)
        case Assign():
            return _assigned(case, effect)
        case SetFields() | Ask() | LetGoLater() | RememberObeyed():
            return _still_approved(case, _changed(case, **effect.changes), effect.changes.keys())
        case TakeStep():
            return _changed(case, steps=case.steps | {effect.key, *effect.superseded})
        case StartClock() | StopClock() | RestartClock() | MoveClock() | MissClock():
            return _promised(case, effect)
        case Relate() | Unrelate():
            return _changed(case, related=_related(case, effect))
        case DisposeOf():
            return emptied(case, effect.at, effect.measures)
        case _:
            return case


_FIELDS = tuple(field.name for field in fields(Case))
_PLACES = {name: place for place, name in enumerate(_FIELDS)}
_values = attrgetter(*_FIELDS)


def _changed(case: Case, **changes: Any) -> Case:
    """What `replace` gives, in half its time: a case has many fields, and most effects of a mail change one of them."""
    values = list(_values(case))
    for name, value in changes.items():
        values[_PLACES[name]] = value
    return Case(*values)


def _promised(case: Case, effect: StartClock | StopClock | RestartClock | MoveClock | MissClock) -> Case:
    """The case with one of its promises begun, kept, broken, or counted anew."""
    match effect:
        case StartClock():
            begun = Deadline(effect.kind, effect.started_at, effect.due_at)
            return _changed(case, deadlines=(*case.deadlines, begun))
        case StopClock():
            return _running(case, effect.kind, met_at=effect.at)
        case RestartClock():
            return _latest(case, effect.kind, met_at=None)
        case MissClock():
            return _running(case, effect.kind, effect.at, missed_at=effect.at)
        case MoveClock():  # whether it was missed shows when its time comes
            return _latest(case, effect.kind, started_at=effect.started_at, due_at=effect.due_at, missed_at=None)


def _assigned(case: Case, effect: Assign) -> Case:
    """The case with whoever has it now, who was not asked: what waited for a yes is void."""
    home = effect if effect.department else case
    return _changed(
        case,
        unit=effect.unit,
        officer=effect.officer,
        department=home.department,
        committee=home.committee,
        proposal="",
        pending=None,
    )


def _still_approved(before: Case, after: Case, changed: AbstractSet[str]) -> Case:
    """What was approved for publication is not approved any more when its words change, whoever changes them."""
    others = any(getattr(before, words) != getattr(after, words) for words in _PUBLIC_WORDS & changed)
    return _changed(after, approved="") if others and "approved" not in changed else after


_PUBLIC_WORDS = {"title", "text", "answer", "public_title", "public_text", "public_answer"}


def _related(case: Case, effect: Relate | Unrelate) -> tuple[Related, ...]:
    others = tuple(related for related in case.related if related.number != effect.number)
    return (*others, Related(effect.number, effect.how)) if isinstance(effect, Relate) else others


def _latest(case: Case, kind: Clock, **changes: Any) -> Case:
    """The case with its latest promise of that kind changed, where there is one."""
    latest = next((i for i in reversed(range(len(case.deadlines))) if case.deadlines[i].kind is kind), None)
    if latest is None:
        return case
    changed = replace(case.deadlines[latest], **changes)
    return _changed(case, deadlines=(*case.deadlines[:latest], changed, *case.deadlines[latest + 1 :]))


def _running(case: Case, kind: Clock, due_at: datetime | None = None, **changes: Any) -> Case:
    """The case with those of its promises of that kind changed that run (due_at: and end then)."""

    def is_meant(promise: Deadline) -> bool:
        return promise.kind is kind and promise.running and due_at in {None, promise.due_at}

    promises = tuple(replace(promise, **changes) if is_meant(promise) else promise for promise in case.deadlines)
    return _changed(case, deadlines=promises)
