"""The register to look at: cases as plain values, in the shape of contract section 5. Nothing here writes.

Times are ISO 8601 with the offset of Swedish local time; what is empty is None, and so is an undecided publication.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, null, select

from service.core.cases import Case, Publication, Status, Submitter
from service.core.rules.choices import Road
from service.desk import filelist
from service.desk.lookup.wanted import ANSWER_CLOCKS, Wanted, conditions
from service.desk.tables import cases, deadlines, journal, messages, quarantine

_ZONE = ZoneInfo("Europe/Stockholm")
_ROWS_AT_A_TIME = 1000
ALL = Wanted()

_answer_due = (
    select(deadlines.c.due_at)
    .where(deadlines.c.case_id == cases.c.id, deadlines.c.kind.in_(ANSWER_CLOCKS))
    .order_by(deadlines.c.met_at.is_not(None), deadlines.c.id.desc())  # the promise that runs, or else the latest
    .limit(1)
    .scalar_subquery()
    .label("answer_due_at")
)
_TITLE = func.coalesce(func.nullif(cases.c.staff_title, ""), cases.c.title).label("title")  # as staff know the case
_NUMBERS = (cases.c.number, cases.c.registry_number, cases.c.mailbox)
_LABEL = null().label("status_label")  # what the municipality calls the status: whoever knows its rules fills it in
_PLAIN = (*_NUMBERS, cases.c.status, _LABEL, cases.c.type, cases.c.category, cases.c.process, cases.c.keywords, _TITLE)
_HOME = (cases.c.unit, cases.c.department, cases.c.committee)
_PLACE = (cases.c.channel, cases.c.received_by, cases.c.language, *_HOME, cases.c.officer)
_TIMES = (cases.c.received_at, cases.c.receipt_sent_at, _answer_due, cases.c.answered_at, cases.c.closed_at)
_RELATED = (cases.c.related,)
_ORIGIN = (cases.c.external_ref, cases.c.page, cases.c.position)
_REST = (cases.c.roads, cases.c.secrecy, cases.c.anonymous, cases.c.publication, cases.c.measure, cases.c.late_reason)
_KEPT = (cases.c.hold, cases.c.hold_since, cases.c.disposed_at)
_TEXTS = (cases.c.text, cases.c.answer)
_APPROVED = (cases.c.public_title, cases.c.public_text, cases.c.public_answer, cases.c.approved, cases.c.internal)
_SUBMITTER = ("name", "email", "reply_to", "phone", "address", "contact")
_WHO = tuple(cases.c[f"submitter_{key}"] for key in _SUBMITTER)
_CASES = select(cases.c.id, *_PLAIN, *_PLACE, *_WHO, *_ORIGIN, *_RELATED, *_TIMES, *_REST, *_KEPT, *_TEXTS, *_APPROVED)


def listed(s: Connection, wanted: Wanted = ALL, *, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The wanted cases, the newest first."""
    return _each(s, conditions(wanted), limit)


def shown(s: Connection, number: str) -> dict[str, Any] | None:
    """One case with its deadlines, events and messages, each in the order of time."""
    row = s.execute(_CASES.where(cases.c.number == number)).one_or_none()
    if row is None:
        return None
    return _case(row._mapping) | {
        "deadlines": _rows(s, _DEADLINES.where(deadlines.c.case_id == row.id)),
        "events": _rows(s, _EVENTS.where(journal.c.case_id == row.id)),
        "messages": _messages(s, row.id),
    }


def _messages(s: Connection, case_id: int) -> list[dict[str, Any]]:
    """The case's mails, each with its files; they are shown of a secret case, too: the register is for those inside."""
    files = filelist.of_case(s, case_id)
    found = s.execute(_MESSAGES.where(messages.c.case_id == case_id)).mappings()
    return [{k: plain(v) for k, v in row.items() if k != "id"} | {"files": files.get(row["id"], [])} for row in found]


_DEADLINES = select(deadlines.c.kind, deadlines.c.due_at, deadlines.c.met_at, deadlines.c.missed_at).order_by(
    deadlines.c.due_at, deadlines.c.id
)
_EVENTS = select(journal.c.at, journal.c.kind, journal.c.actor, journal.c.text).order_by(journal.c.at, journal.c.id)
_when = func.coalesce(messages.c.sent_at, messages.c.at, type_=messages.c.at.type)
_MESSAGES = select(
    messages.c.id,
    messages.c.direction,
    messages.c.kind,
    _when.label("at"),
    messages.c.sender.label("from"),
    messages.c.recipient.label("to"),
    messages.c.subject,
    messages.c.message_id,
    messages.c.sha256,
    messages.c.state,
).order_by(_when, messages.c.direction, messages.c.id)  # "in" before the "out" that answers it in the same instant


def _each(s: Connection, asked: Sequence[ColumnElement[bool]], limit: int | None) -> Iterator[dict[str, Any]]:
    newest = (cases.c.received_at.desc(), cases.c.id.desc())
    found = select(cases.c.id).where(*asked).order_by(*newest).limit(limit)  # by the index alone, without the texts
    ordered = _CASES.where(cases.c.id.in_(found)).order_by(*newest)
    for row in s.execute(ordered, execution_options={"yield_per": _ROWS_AT_A_TIME}):
        yield _case(row._mapping)


def _case(found: RowMapping) -> dict[str, Any]:
    facts = {column.name: plain(found[column.name]) for column in (*_PLAIN, *_PLACE)}
    submitter = {key: plain(found[f"submitter_{key}"]) for key in _SUBMITTER}
    rest = {column.name: plain(found[column.name]) for column in (*_ORIGIN, *_RELATED, *_TIMES, *_REST)}
    undecided = found["publication"] == Publication.UNDECIDED.value
    public = {"publication": None if undecided else rest["publication"], "published": _is_published(found)}
    hold = {"why": found["hold"], "since": plain(found["hold_since"])} if found["hold"] else None
    ends = {"hold": hold, "disposed_at": plain(found["disposed_at"])}
    texts = {column.name: plain(found[column.name]) for column in _TEXTS}
    return {**facts, "submitter": submitter, **rest, **public, **ends, **texts}


def _is_published(found: RowMapping) -> bool:
    """Whether the public may read it: its words are exactly those that somebody has approved."""
    if found["publication"] != Publication.YES.value:
        return False
    from service.core.publicity.publication import approved  # noqa: PLC0415 - for few cases, and no list waits for it

    facts = {column.name: found[column.name] for column in (*_APPROVED, cases.c.secrecy, cases.c.answered_at)}
    facts |= {"publication": Publication(found["publication"]), "status": Status(found["status"])}
    facts |= {"roads": tuple(map(Road, found["roads"])), "received_at": found["received_at"]}
    return approved(Case(mailbox="", title="", text="", submitter=Submitter(), **facts)) is not None


def _rows(s: Connection, wanted: Select[Any]) -> list[dict[str, Any]]:
    return [{key: plain(value) for key, value in row._mapping.items()} for row in s.execute(wanted)]


def tally(s: Connection) -> tuple[int, int, int]:
    """How many mails have come in, how many letters have been sent, and how many mails are in quarantine."""
    came_in = select(func.count()).where(messages.c.direction == "in").scalar_subquery()
    sent = select(func.count()).where(messages.c.direction == "out", messages.c.state == "sent").scalar_subquery()
    row = s.execute(select(came_in, sent, select(func.count()).select_from(quarantine).scalar_subquery())).one()
    return int(row[0]), int(row[1]), int(row[2])


def latest_traffic(s: Connection, mailbox: str) -> tuple[datetime | None, datetime | None]:
    """When a mail came in last, and when the mail server took a letter last that did arrive, as far as is known.

    Aware; None: never. A report that a letter did not arrive is no sign that mail comes in, nor such a letter that one
    leaves: a server that only takes what it cannot deliver says so by such reports.
    """
    report = messages.alias("report")
    came = (messages.c.mailbox == mailbox, messages.c.direction == "in", messages.c.kind != "bounce")
    returned = select(report.c.id).where(report.c.kind == "bounce", report.c.answers == messages.c.message_id)
    sent = (messages.c.mailbox == mailbox, messages.c.direction == "out", messages.c.state == "sent")
    return (
        s.scalar(select(func.max(messages.c.at)).where(*came)),
        s.scalar(select(func.max(messages.c.sent_at)).where(*sent, ~returned.exists())),
    )


def plain(value: Any) -> Any:
    """A value as JSON has it: empty becomes None, an instant local time."""
    if isinstance(value, datetime):
        return value.astimezone(_ZONE).isoformat()
    return None if value == "" else value
