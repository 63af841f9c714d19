"""The outbox: letters wait here from the case's transaction until the mail server has taken them.

The only writer of outgoing mail. A letter is stored with its final bytes and Message-ID, so that a repeated attempt is
recognisable; attempts, next try, claim and last error stand beside it. Delivery is at least once: only the instant
between the server's yes and `mark_sent` can double a letter, and its Message-ID then is the same.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from service.core import addresses, gate
from service.core.effects import SendLetter
from service.desk.letters import File, Mail, Writer
from service.desk.register import Journal, Stored
from service.desk.tables import messages, stopped

LEASE = timedelta(minutes=10)  # a claim of a daemon that died is free again after this
_RETRY_MINUTES = (1, 5, 15, 30, 60, 120, 240)
_LINK_TRIES = 60
GIVE_UP_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claimed letter, ready for the mail server."""

    id: int
    case_id: int | None
    kind: str
    sender: str
    recipient: str
    raw: bytes


def put(
    s: Connection,
    writer: Writer,
    letter: SendLetter,
    stored: Stored | None,
    files: Sequence[File],
    own: frozenset[str],
    lines: Journal,
) -> Mail | None:
    """Write the letter and lay it in the outbox; None where the gate holds it back, with the reason in the journal."""
    case_id, now = stored.id if stored else None, lines.at
    counts = _counts(s, letter.to, case_id, writer, lines) if letter.automatic else gate.Counts()
    held = gate.refusal(letter.kind, letter.to, own, counts, writer.book) if letter.automatic else None
    if held:
        lines.add(case_id, "held-back", f"{letter.kind.value} not written: {held}")
        return None
    later = now + timedelta(hours=1) if gate.must_wait(counts, writer.book) else now
    mail = writer.write(letter, stored.case if stored else None, files, letter.nonce or secrets.token_hex(4), now)
    s.execute(_PUT, _row(mail, letter.template_name, case_id, lines.mailbox, now, later))
    lines.add(case_id, f"out:{letter.kind.value}", f"{letter.template_name}: {letter.because}")
    return mail


_PUT = insert(messages)


def _row(
    mail: Mail, template: str, case_id: int | None, mailbox: str, now: datetime, later: datetime
) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "mailbox": mailbox,
        "direction": "out",
        "kind": mail.kind.value,
        "state": "queued",
        "at": now,
        "sender": mail.sender,
        "recipient": mail.to,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "digest": None,
        "sha256": hashlib.sha256(mail.raw).hexdigest(),
        "size": len(mail.raw),
        "automatic": mail.automatic,
        "budget_key": addresses.key(mail.to) if mail.automatic else None,
        "attempts": 0,
        "next_try_at": later,
        "last_error": "",
        "rank": gate.rank(mail.kind, template),
        "raw": mail.raw,
    }


def _counts(s: Connection, to: str, case_id: int | None, writer: Writer, lines: Journal) -> gate.Counts:
    """What the budget has been used for: per local day, and in the last hour."""
    calendar, budget = writer.book.calendar, writer.book.municipality.automatic_mail
    hour = lines.at - timedelta(hours=1)
    day_began = calendar.day_ends(calendar.local_date(lines.at) - timedelta(days=1))
    values = {"key": addresses.key(to), "day": day_began, "case": case_id, "hour": hour, "mailbox": lines.mailbox}
    limits = {"of_address": budget.per_address_and_day, "of_case": budget.per_case_and_day, "of_hour": budget.per_hour}
    row = s.execute(_COUNTS, values | limits).one()
    return gate.Counts(row.to_address, row.in_case, row.this_hour, bool(row.is_stopped), case_id is not None)


def _count(limit: str, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many there are, counted no further than the budget goes: a busy hour makes no letter slower."""
    found = select(messages.c.at).where(*conditions).limit(bindparam(limit)).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


_to_address = (messages.c.budget_key == bindparam("key"), messages.c.at > bindparam("day"))
# By the case's index: `automatic` would lead to the index of the hour, which holds a whole day's letters.
_in_case = (
    messages.c.case_id == bindparam("case"),
    messages.c.budget_key.is_not(None),
    messages.c.at > bindparam("day"),
)
_this_hour = (
    messages.c.automatic.is_(True),
    messages.c.mailbox == bindparam("mailbox"),
    messages.c.at > bindparam("hour"),
)
_COUNTS = select(
    _count("of_address", *_to_address).label("to_address"),
    _count("of_case", *_in_case).label("in_case"),
    _count("of_hour", *_this_hour).label("this_hour"),
    exists().where(stopped.c.email == bindparam("key")).label("is_stopped"),
)


def claim_due(s: Connection, mailbox: str, now: datetime, limit: int = 100) -> list[Waiting]:
    """Letters whose time has come, by rank, taken for this daemon: another one's claim is respected until it ends."""
    free = or_(messages.c.claimed_until.is_(None), messages.c.claimed_until < now)
    due = and_(messages.c.state == "queued", messages.c.mailbox == mailbox, messages.c.next_try_at <= now, free)
    # SQLite has one writer; PostgreSQL passes over the letters that another daemon is claiming at this very moment.
    longest_due = select(messages.c.id).where(due).order_by(messages.c.rank, messages.c.next_try_at).limit(limit)
    ids = s.scalars(longest_due.with_for_update(skip_locked=True)).all()
    if not ids:
        return []
    claimed = s.execute(
        update(messages)
        .where(messages.c.id.in_(ids))
        .values(claimed_until=now + LEASE, attempts=messages.c.attempts + 1)
        .returning(
            messages.c.id,
            messages.c.case_id,
            messages.c.kind,
            messages.c.sender,
            messages.c.recipient,
            messages.c.rank,
            messages.c.raw,
        )
    ).all()
    return [Waiting(r.id, r.case_id, r.kind, r.sender, r.recipient, r.raw) for r in sorted(claimed, key=_by_rank)]


def _by_rank(row: Row[Any]) -> tuple[int, int]:
    return row.rank, row.id


def mark_sent(s: Connection, letter_id: int, now: datetime) -> None:
    """The mail server has taken the letter."""
    s.execute(_SENT, {"b_id": letter_id, "b_at": now})


_SENT = (
    update(messages)
    .where(messages.c.id == bindparam("b_id"))
    .values(state="sent", sent_at=bindparam("b_at"), claimed_until=None, last_error="")
)


def mark_deferred(s: Connection, letter_id: int, now: datetime, error: str, *, link_failed: bool) -> bool:
    """A passing fault: tried again later, ever more seldom. False: it has waited too long and is given up."""
    row = s.execute(select(messages.c.attempts, messages.c.at).where(messages.c.id == letter_id)).one()
    if now - row.at > GIVE_UP_AFTER:
        mark_refused(s, letter_id, error)
        return False
    # A dead link says nothing of this letter: soon again, unless it seems to be the letter that kills the link.
    soon = link_failed and row.attempts <= _LINK_TRIES
    wait = 1 if soon else _RETRY_MINUTES[min(row.attempts, len(_RETRY_MINUTES)) - 1]
    s.execute(
        update(messages)
        .where(messages.c.id == letter_id)
        .values(next_try_at=now + timedelta(minutes=wait), claimed_until=None, last_error=error)
    )
    return True


def mark_refused(s: Connection, letter_id: int, error: str) -> None:
    """The mail server refuses the letter for good."""
    s.execute(
        update(messages).where(messages.c.id == letter_id).values(state="refused", claimed_until=None, last_error=error)
    )
