"""The cases of one person, known by the address that they wrote from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from service.core.cases import Status
from service.core.people import addresses
from service.desk.tables import cases, messages


def numbers_of(s: Connection, mailbox: str, address: str, since: datetime) -> list[str]:
    """The latest cases of the person at the address that came in since then, ten at most."""
    return list(s.scalars(_LATEST, _about(mailbox, address) | {"since": since}))


def _about(mailbox: str, address: str) -> dict[str, Any]:
    written = addresses.written(address)
    return {"mailbox": mailbox, "written": written, "lower": written.lower()}


_MOST = 10
_IS_THEIRS = (
    cases.c.submitter_email.in_([bindparam("written"), bindparam("lower")]),
    cases.c.mailbox == bindparam("mailbox"),
)
_LATEST = (
    select(cases.c.number)
    .where(*_IS_THEIRS, cases.c.received_at >= bindparam("since"))
    .order_by(cases.c.id.desc())
    .limit(_MOST)
)


def secret_texts_of(s: Connection, mailbox: str, address: str, since: datetime) -> list[str]:
    """What stands in the latest secret cases of the person at the address that came in since then."""
    return list(s.scalars(_SECRET, _about(mailbox, address) | {"since": since}))


_SECRET = (
    select(cases.c.text)
    .where(*_IS_THEIRS, cases.c.secrecy.is_(True), cases.c.received_at >= bindparam("since"))
    .order_by(cases.c.id.desc())
    .limit(_MOST)
)


def secret_mails_of(s: Connection, mailbox: str, address: str, since: datetime) -> list[bytes]:
    """The latest mails that the person at the address has written in such cases."""
    return [bytes(raw) for raw in s.scalars(_SECRET_MAILS, _about(mailbox, address) | {"since": since})]


_LARGEST = 200_000  # bytes: of what is larger nearly all is files
_SECRET_MAILS = (
    select(messages.c.raw)
    .join(cases, messages.c.case_id == cases.c.id)
    .where(*_IS_THEIRS, cases.c.secrecy.is_(True), cases.c.received_at >= bindparam("since"))
    .where(messages.c.direction == "in", messages.c.size <= _LARGEST)
    .where(messages.c.sender.in_([bindparam("written"), bindparam("lower")]))
    .order_by(messages.c.id.desc())
    .limit(_MOST)
)


def open_numbers_of(s: Connection, mailbox: str, address: str) -> list[str]:
    """The cases in which somebody still owes the person at the address an answer, two at most."""
    return list(s.scalars(_OPEN, _about(mailbox, address)))


_OPEN = (
    select(cases.c.number)
    .where(*_IS_THEIRS, cases.c.status.not_in([Status.ANSWERED.value, Status.CLOSED.value, Status.REFUSED.value]))
    .limit(2)
)
