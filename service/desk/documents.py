"""Incoming mails as the register keeps them: byte for byte, once; and our letters, as a later mail asks for them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
    Integer,
    Row,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from service.core.alike.likeness import likeness
from service.core.classify import thread_ids
from service.core.decide import SentLetter
from service.core.effects import Letter, Listing
from service.core.message import Message
from service.core.people.tokens import read_token
from service.desk import filelist
from service.desk.journal import Kept
from service.desk.packed import LARGE, Packed, is_marked
from service.desk.tables import cases, messages, quarantine


def earlier_copy(s: Connection, mailbox: str, digest: str) -> Row[int, int | None, bool | None, bool] | None:
    """The very same mail, received before by whatever road: its row id and case, and whether that is secret, or the
    mail was put aside, whatever became of it since.
    """
    return s.execute(_COPY, {"mailbox": mailbox, "digest": digest}).one_or_none()


_COPY = (
    select(
        messages.c.id,
        messages.c.case_id,
        cases.c.secrecy,
        exists().where(quarantine.c.message_id == messages.c.id).label("put_aside"),
    )
    .outerjoin_from(messages, cases, cases.c.id == messages.c.case_id)
    .where(messages.c.mailbox == bindparam("mailbox"), messages.c.digest == bindparam("digest"))
)


def add(
    s: Connection,
    mailbox: str,
    message: Message,
    raw: bytes,
    *,
    case_id: int | None,
    kind: str,
    at: datetime,
) -> Kept:
    """Keep an incoming mail; a line of the journal is to vouch for it. The database refuses a second of that digest."""
    sha256 = hashlib.sha256(raw).hexdigest()
    apart = s.dialect.name == "sqlite" and len(raw) > LARGE and not is_marked(raw)
    added = s.execute(
        _ADD,
        {
            "case_id": case_id,
            "mailbox": mailbox,
            "direction": "in",
            "kind": kind,
            "state": "received",
            "at": at,
            "sender": message.sender.address if message.sender else "",
            "recipient": ", ".join(a.address for a in message.to),
            "subject": message.subject,
            "message_id": message.message_id or "",
            "likeness": likeness(message),
            "answers": _answered(message),
            "digest": message.digest,
            "sha256": sha256,
            "size": len(raw),
            "automatic": False,
            "attempts": 0,
            "last_error": "",
            "raw": b"" if apart else raw,
        },
    )
    assert added.inserted_primary_key
    row_id = int(added.inserted_primary_key[0])
    if apart:
        _write_large(s, row_id, raw)
    filelist.add_received(s, row_id, message.attachments)
    return Kept(row_id, sha256)


def case_of_like(s: Connection, mailbox: str, key: str, since: datetime) -> int | None:
    """The row of the case that a mail with that likeness made or joined since then."""
    found: int | None = s.scalar(_LIKE, {"mailbox": mailbox, "key": key, "since": since})
    return found


_LIKE = (
    select(messages.c.case_id)
    .where(
        messages.c.likeness == bindparam("key"),
        messages.c.mailbox == bindparam("mailbox"),
        messages.c.at >= bindparam("since"),
        messages.c.case_id.is_not(None),
    )
    .order_by(messages.c.id)
    .limit(1)
)


def _write_large(s: Connection, row_id: int, raw: bytes) -> None:
    """Write a large mail straight into the pages of SQLite: in a statement it would be in memory three times."""
    s.execute(update(messages).where(messages.c.id == row_id).values(raw=func.zeroblob(len(raw))))
    connection = s.connection.driver_connection
    assert connection
    with connection.blobopen("messages", "raw", row_id) as blob:
        for at in range(0, len(raw), LARGE):
            blob.write(raw[at : at + LARGE])


_ADD = insert(messages)


def refile(s: Connection, mailbox: str, row_id: int, message: Message, *, case_id: int | None, kind: str) -> None:
    """Put right what is kept of an incoming mail, now that it has been read or belongs elsewhere."""
    values = {
        "case_id": case_id,
        "kind": kind,
        "sender": message.sender.address if message.sender else "",
        "recipient": ", ".join(a.address for a in message.to),
        "subject": message.subject,
        "message_id": message.message_id or "",
    }
    if earlier_copy(s, mailbox, message.digest) is None:
        values["digest"] = message.digest
    s.execute(update(messages).where(messages.c.id == row_id).values(**values))
    filelist.add_received(s, row_id, message.attachments)


def kept(s: Connection, mailbox: str, digest: str) -> Row[str, bytes] | None:
    """Kind and bytes of an incoming mail."""
    return s.execute(_KEPT.where(messages.c.mailbox == mailbox, messages.c.digest == digest)).one_or_none()


def first_kept(s: Connection, case_id: int) -> Row[str, bytes] | None:
    """Kind and bytes of the mail that opened the case: its files go with every assignment."""
    return s.execute(_KEPT.where(messages.c.id == opening(s, case_id))).one_or_none()


def latest_headers(s: Connection, mailbox: str, most: int = 200) -> list[bytes]:
    """The top of the latest incoming mails, where the mail servers' fields stand; the newest first.

    What has been disposed of has none, and SQLite no part of it but NULL.
    """
    found = (
        select(func.substr(messages.c.raw, 1, _TOP, type_=Packed))
        .where(messages.c.mailbox == mailbox, messages.c.direction == "in", messages.c.raw != b"")
        .order_by(messages.c.id.desc())
        .limit(most)
    )
    return [bytes(top)[:_TOP] for top in s.scalars(found)]


_TOP = 16 * 1024


def opening(s: Connection, case_id: int) -> int | None:
    """The row of the mail that opened the case."""
    found: int | None = s.scalar(
        select(func.min(messages.c.id)).where(messages.c.case_id == case_id, messages.c.direction == "in")
    )
    return found


_KEPT = select(messages.c.kind, messages.c.raw)


def bring_original(s: Connection, number: str, case_id: int) -> Kept | None:
    """The mail that opened the case of that number is kept in the other case besides, byte for byte.

    It has no digest there: by that a mail is known once, in the case that it came to. None: no mail opened it.
    """
    opened = s.scalar(select(cases.c.id).where(cases.c.number == number))
    first = opening(s, opened) if opened else None
    if first is None:
        return None
    copied = [column for column in messages.c if column.name not in {"id", "case_id", "digest", "likeness"}]
    chosen = select(literal(case_id, Integer), *copied).where(messages.c.id == first)
    made = insert(messages).from_select(["case_id", *(column.name for column in copied)], chosen)
    copy = s.execute(made.returning(messages.c.id, messages.c.sha256)).one()
    filelist.copy(s, first, copy.id)
    return Kept(copy.id, copy.sha256)


def arrival_of(s: Connection, mailbox: str, digest: str, case_id: int | None) -> datetime | None:
    """When the mail with that digest came in (aware UTC); `case` stands for the mail that opened the case."""
    wanted = select(messages.c.at).where(messages.c.direction == "in")
    if digest == "case" and case_id is not None:
        wanted = wanted.where(messages.c.id == opening(s, case_id))
    else:
        wanted = wanted.where(messages.c.mailbox == mailbox, messages.c.digest == digest)
    found: datetime | None = s.scalar(wanted)
    return found


def threads(s: Connection, mailbox: str, message_ids: Iterable[str]) -> list[str]:
    """The numbers of the cases in which the mailbox's mails with these Message-IDs stand."""
    wanted = [i for i in message_ids if i]
    if not wanted:
        return []
    found = (
        select(cases.c.number)
        .join(messages, messages.c.case_id == cases.c.id)
        .where(messages.c.mailbox == mailbox, messages.c.message_id.in_(wanted), _IS_NO_COPY)
        .distinct()
    )
    return list(s.scalars(found))


def _answered(message: Message) -> str | None:
    """The Message-ID that the mail answers; of a delivery report, that of the letter it tells of."""
    told_of = message.bounce.original_message_id if message.bounce else None
    return told_of or next(iter(thread_ids(message)), None)


# What `bring_original` has put into another case leads to that case no follow-up: it belongs to the first one
_IS_NO_COPY = or_(messages.c.direction == "out", messages.c.digest.is_not(None))


def answered_by(s: Connection, mailbox: str, message_id: str | None) -> list[str]:
    """The numbers of the cases in which mails stand that answer this one: they have overtaken it on their way."""
    return list(s.scalars(_ANSWERED_BY, {"mailbox": mailbox, "answered": message_id})) if message_id else []


_ANSWERED_BY = (
    select(cases.c.number)
    .join(messages, messages.c.case_id == cases.c.id)
    .where(
        messages.c.mailbox == bindparam("mailbox"),
        messages.c.answers == bindparam("answered"),
        messages.c.direction == "in",
    )
    .distinct()
)


def sent_letter(s: Connection, message_id: str) -> SentLetter | None:
    """The letter of ours with that Message-ID, for a delivery report that names it."""
    return _sent_letter(s, messages.c.message_id == message_id)


def letter_in(s: Connection, row_id: int) -> SentLetter | None:
    """The letter of ours in that row of the outbox."""
    return _sent_letter(s, messages.c.id == row_id)


def _sent_letter(s: Connection, which: ColumnElement[bool]) -> SentLetter | None:
    answered = messages.alias()
    of_officer = and_(answered.c.mailbox == messages.c.mailbox, answered.c.digest == messages.c.files_of)
    row = s.execute(
        select(
            messages.c.kind,
            messages.c.recipient,
            messages.c.message_id,
            cases.c.number,
            answered.c.sender.label("writer"),
            messages.c.raw,
            _has_answer().label("has_answer"),
        )
        .outerjoin_from(messages, cases, messages.c.case_id == cases.c.id)
        .outerjoin(answered, of_officer)
        .where(which, messages.c.direction == "out")
    ).first()
    if row is None:
        return None
    writer = (row.writer or "") if row.kind == Letter.ANSWER else ""
    has_files = b"\r\nContent-Disposition: attachment;" in bytes(row.raw)
    return SentLetter(
        row.kind, row.recipient, row.number or "", row.message_id, writer, has_files, has_answer=row.has_answer
    )


def _has_answer() -> Exists:
    """Whether a mail has come that answers the letter; a delivery report is none."""
    reply = messages.alias()
    return exists().where(
        reply.c.mailbox == messages.c.mailbox,
        reply.c.answers == messages.c.message_id,
        reply.c.direction == "in",
        reply.c.kind != "bounce",
    )


def letters_quoted(
    s: Connection, mailbox: str, message_ids: Sequence[str], case_id: int | None, sender: str
) -> list[bytes]:
    """The beginnings of the letters of ours that a mail may quote: those it answers, else the last ones to its sender.

    A letter's words stand at its beginning, before its files.
    """
    ours = _BEGINNING.where(messages.c.mailbox == mailbox, messages.c.direction == "out")
    wanted = list(message_ids)[:_MOST_NAMED]
    found = s.scalars(ours.where(messages.c.message_id.in_(wanted))).all() if wanted else ()
    if not found and case_id is not None:
        to_sender = func.lower(messages.c.recipient) == sender.strip().lower()
        found = s.scalars(ours.where(messages.c.case_id == case_id, to_sender)).all()
    return [bytes(raw)[:_WORDS_WITHIN] for raw in found]


def letter_as_it_left(s: Connection, message_id: str) -> tuple[str, bytes] | None:
    """The subject and the beginning of the letter with that Message-ID, from whichever mailbox of ours."""
    ours = (messages.c.direction == "out", messages.c.message_id == message_id)
    row = s.execute(_BEGINNING.add_columns(messages.c.subject).where(*ours)).first()
    return (row[1], bytes(row[0])[:_WORDS_WITHIN]) if row else None


_MOST_QUOTED = 4
_MOST_NAMED = 20
_WORDS_WITHIN = 200_000  # bytes
_BEGINNING = (
    select(func.substr(messages.c.raw, 1, _WORDS_WITHIN, type_=Packed))
    .order_by(messages.c.id.desc())
    .limit(_MOST_QUOTED)
)


def letters_to(s: Connection, message_ids: Iterable[str]) -> dict[str, str]:
    """The letters of ours with these Message-IDs that nobody outside is known to have seen, and whom each went to."""
    wanted = list(message_ids)
    if not wanted:
        return {}
    found = select(messages.c.message_id, messages.c.recipient).where(
        messages.c.message_id.in_(wanted), messages.c.direction == "out", messages.c.exposed.is_(False)
    )
    return {row.message_id: row.recipient for row in s.execute(found)}


def subjects_of(s: Connection, message_ids: Iterable[str]) -> tuple[str, ...]:
    """The subjects of the letters of ours with these Message-IDs."""
    wanted = [i for i in message_ids if read_token(i)]
    if not wanted:
        return ()
    found = select(messages.c.subject).where(messages.c.message_id.in_(wanted), messages.c.direction == "out")
    return tuple(s.scalars(found.limit(_MOST_NAMED)))


def listing_of(s: Connection, message_id: str) -> Listing | None:
    """What the letter of ours with that Message-ID lists; None for any other mail."""
    return listing(s.scalar(_LISTING, {"message_id": message_id})) if message_id else None


_LISTING = select(messages.c.listing).where(
    messages.c.message_id == bindparam("message_id"), messages.c.direction == "out"
)


def listing(stored: Mapping[str, Any] | None) -> Listing | None:
    """What is stored of a letter's list."""
    return Listing(**{key: tuple(value) for key, value in stored.items()}) if stored else None


def exposed(s: Connection, message_ids: Iterable[str]) -> frozenset[str]:
    """Those of our letters' Message-IDs that people outside have seen in a staff member's own mail."""
    wanted = list(message_ids)
    if not wanted:
        return frozenset()
    found = select(messages.c.message_id).where(messages.c.message_id.in_(wanted), messages.c.exposed.is_(True))
    return frozenset(s.scalars(found))
