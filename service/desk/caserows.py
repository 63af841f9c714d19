"""A case as a row of the register, and a row as a case: what a field needs that the database has no type for."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row

from service.core.cases import (
    Case,
    Clock,
    Contact,
    Deadline,
    Guess,
    How,
    Leaving,
    Obeyed,
    Pending,
    Publication,
    Related,
    Status,
    Submitter,
)
from service.core.rules.choices import Road
from service.core.speech.commands import Command, Word

_SHAPED = {
    "status",
    "publication",
    "pending",
    "leaving",
    "obeyed",
    "thread",
    "alike",
    "related",
    "guesses",
    "keywords",
    "roads",
    "submitter",
    "deadlines",
    "steps",
}
_PLAIN = tuple(f.name for f in dataclasses.fields(Case) if f.name not in _SHAPED)


def case_of(row: Row[Any], promises: Sequence[Row[Any]], taken: Iterable[str]) -> Case:
    """The case of a row, with the rows of its promises and the keys of the steps that were taken."""
    r = row._mapping
    plain = {name: r[name] for name in _PLAIN}
    return Case(
        **plain,
        status=Status(r["status"]),
        publication=Publication(r["publication"]),
        pending=_pending(r["pending"]) if r["pending"] else None,
        leaving=_leaving(r["leaving"]) if r["leaving"] else None,
        obeyed=_obeyed(r["obeyed"]) if r["obeyed"] else None,
        thread=tuple(r["thread"]),
        keywords=tuple(r["keywords"]),
        roads=tuple(map(Road, r["roads"])),
        alike=tuple(r["alike"]),
        related=tuple(Related(each["number"], How(each["how"])) for each in r["related"]),
        guesses=tuple(Guess(**guess) for guess in r["guesses"]),
        submitter=Submitter(
            r["submitter_name"],
            r["submitter_email"],
            r["submitter_phone"],
            r["submitter_address"],
            Contact(r["submitter_contact"]),
            r["submitter_reply_to"],
            r["submitter_unconfirmed"],
        ),
        deadlines=tuple(Deadline(Clock(d.kind), d.started_at, d.due_at, d.met_at, d.missed_at) for d in promises),
        steps=frozenset(taken),
    )


def row_of(case: Case) -> dict[str, Any]:
    """The row of a case, but for what only the register knows of it."""
    who = case.submitter
    return {name: getattr(case, name) for name in _PLAIN} | {
        "status": case.status.value,
        "publication": case.publication.value,
        "pending": _stored_pending(case.pending) if case.pending else None,
        "leaving": dataclasses.asdict(case.leaving) | {"at": case.leaving.at.isoformat()} if case.leaving else None,
        "obeyed": _stored_obeyed(case.obeyed) if case.obeyed else None,
        "thread": list(case.thread),
        "keywords": list(case.keywords),
        "roads": [str(road) for road in case.roads],
        "alike": list(case.alike),
        "related": [{"number": each.number, "how": each.how.value} for each in case.related],
        "guesses": [dataclasses.asdict(guess) for guess in case.guesses],
        "submitter_name": who.name,
        "submitter_email": who.email,
        "submitter_phone": who.phone,
        "submitter_address": who.address,
        "submitter_contact": who.contact.value,
        "submitter_reply_to": who.reply_to,
        "submitter_unconfirmed": who.unconfirmed,
    }


# --- what stands in one column ---------------------------------------------------------------------------------------


def _orders(stored: Iterable[Mapping[str, str]]) -> tuple[Command, ...]:
    return tuple(Command(Word(order["word"]), order["value"]) for order in stored)


def _pending(stored: Mapping[str, Any]) -> Pending:
    lists = {name: tuple(stored.get(name, ())) for name in ("questions", "choices")}
    at = datetime.fromisoformat(stored["at"]).astimezone(UTC) if stored.get("at") else None
    return Pending(**{**stored, "orders": _orders(stored["orders"]), "at": at, **lists})


def _stored_pending(pending: Pending) -> dict[str, Any]:
    return dataclasses.asdict(pending) | {"at": pending.at.isoformat() if pending.at else None}


def _leaving(stored: Mapping[str, Any]) -> Leaving:
    at = datetime.fromisoformat(stored["at"]).astimezone(UTC)
    return Leaving(**{**stored, "orders": _orders(stored["orders"]), "at": at})


def _obeyed(stored: Mapping[str, Any]) -> Obeyed:
    facts = {name: {key: _native(key, value) for key, value in stored[name].items()} for name in ("before", "after")}
    stopped = tuple(Clock(kind) for kind in stored["stopped"])
    return Obeyed(stored["by"], **facts, told=tuple(stored["told"]), noted=stored["noted"], stopped=stopped)


def _native(name: str, value: Any) -> Any:
    """A fact of a case from its form in JSON."""
    if value is None or isinstance(value, bool):
        return value
    if name.endswith(("_at", "_since")):
        return datetime.fromisoformat(value).astimezone(UTC)
    if name == "delayed_to":
        return date.fromisoformat(value)
    if isinstance(value, list):
        return tuple(value)
    return {"publication": Publication, "status": Status}.get(name, str)(value)


def _stored_obeyed(obeyed: Obeyed) -> dict[str, Any]:
    stored = dataclasses.asdict(obeyed)
    for facts in (stored["before"], stored["after"]):
        facts |= {name: value.isoformat() for name, value in facts.items() if isinstance(value, date)}
    return stored
