"""One mail as the service understands it: bytes in, a frozen `Message` out.

`read` never raises: what could not be decoded is said in `Message.warnings`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.message import Message as Mail
from itertools import islice

from mailparser import MailParser

from service.core.identity.numbers import find_numbers
from service.core.mail import (
    FEIGNED_RESULT,
    MAX_MANY,
    MAX_TEXT,
    SEVERAL_SENDERS,
    Absence,
    Address,
    Attachment,
    Authentication,
    Bounce,
    Forwarded,
    Kind,
    Mark,
    Message,
    Received,
)
from service.core.people.results import feigned
from service.core.people.tokens import find_ids, read_token
from service.core.reading.automatic import bounces, machines
from service.core.reading.history import quotes
from service.core.reading.mime import envelope, headers, markup, meetings
from service.core.reading.mime.bodies import Body, Gatherer
from service.core.reading.mime.decoding import CHUNK, clean, guess, one_line
from service.core.reading.mime.glance import glance
from service.core.reading.mime.headers import Fields, every, first
from service.core.reading.mime.parts import Part, Splitter
from service.core.reading.mime.standard import as_mail

__all__ = [
    "Absence",
    "Address",
    "Attachment",
    "Authentication",
    "Bounce",
    "Forwarded",
    "Kind",
    "Mark",
    "Message",
    "Received",
    "contents",
    "glance",
    "read",
    "read_strictly",
]

logging.getLogger("mailparser").setLevel(logging.CRITICAL)  # it logs raw header text, which is personal data

_TOP = 500
# Characters. No honest subject is longer (RFC 5322 has lines of 998), and whatever looks at it is not to pay for one.
_LONGEST_SUBJECT = 2_000
MAX_UNREAD = 100_000


def read(raw: bytes) -> Message:
    """Read a mail. Any bytes give a `Message`."""
    try:
        return read_strictly(raw)
    except Exception:  # noqa: BLE001 - one mail that nobody foresaw must not stop the mailbox: a person looks at it
        return _unread(raw)


def _unread(raw: bytes) -> Message:
    """Return what is left to say of a mail that could not be read: its header, and the beginning of its bytes."""
    text = clean(guess(raw[:MAX_UNREAD]))
    return dataclasses.replace(glance(raw), text=text, new_text=text)


def read_strictly(raw: bytes) -> Message:
    """Read a mail. Raises whatever goes wrong in it; the case opened then is made of the header alone."""
    splitter = Splitter()
    root, body = _open(raw, splitter)
    head = _read_head(root.fields, splitter)
    if feigned(root.fields, root.start):
        splitter.warn(FEIGNED_RESULT)
    mail = as_mail(root, splitter)
    fresh = quotes.fresh(body.text, body.html, head.subject)
    bounce = bounces.find_bounce(mail, head.subject, body.text)
    meeting = meetings.find(root, splitter)
    judgement = machines.judge(mail, head.subject, body.text, head.sender, meeting)
    in_reply_to = next(iter(envelope.ids(root.fields, "in-reply-to")), None)
    references = envelope.ids(root.fields, "references")
    message_id = envelope.message_id(root.fields)
    kind, because = _kind(head.subject, body, bounce, judgement, [*([in_reply_to] if in_reply_to else []), *references])
    return Message(
        message_id=message_id,
        date=head.date,
        sender=head.sender,
        reply_to=head.reply_to,
        to=head.to,
        cc=head.cc,
        subject=head.subject,
        kind=kind,
        auto_submitted=bounce is not None or judgement.auto_submitted,
        # A number in the text counts only where the sender put it at the top: history is full of numbers.
        case_numbers=find_numbers(head.subject) or find_numbers(fresh.new_text[:_TOP]),
        in_reply_to=in_reply_to,
        references=references,
        bounce=bounce,
        absence=judgement.absence,
        text=body.text,
        new_text=fresh.new_text[:MAX_TEXT],
        cut_text=fresh.cut_text[:MAX_TEXT],
        attachments=tuple(item.attachment() for item in body.files),
        warnings=(*splitter.warnings, *fresh.warnings),
        received=envelope.received(root.fields),
        authentication=envelope.authentication(root.fields),
        marks=envelope.marks(root.fields),
        reply_to_all=head.reply_to_all,
        lists=envelope.lists(root.fields),
        forwarded=_forwarded(body) if bounce is None else None,
        carried_ids=_carried_ids(raw, body),
        return_path=envelope.return_path(root.fields),
        size=len(raw),
        digest=_digest(raw, root),
        because=because,
        whole_text=_whole_text(body) if read_token(message_id or "") else "",
        mass_marked=kind is Kind.REPLY and bool(judgement.because),
        certain=bounce is not None or judgement.certain,
        by_subject=bounce is None and judgement.by_subject,
    )


def _whole_text(body: Body) -> str:
    """Return what the mail shows as text, and what it shows as HTML: a mail may say another thing in each."""
    return f"{body.text}\n{markup.to_text(body.html) if body.html else ''}"[:MAX_TEXT]


_MOST_IDS = 200


def _carried_ids(raw: bytes, body: Body) -> tuple[str, ...]:
    """Return what has the shape of our Message-IDs anywhere in the mail: also in mails that are enclosed as files."""
    enclosed = (b"".join(item.pieces()) for item in body.files if _is_mail(item.attachment()))
    found = (i for content in (raw, body.text.encode("utf-8", "replace"), *enclosed) for i in find_ids(content))
    return tuple(islice(dict.fromkeys(found), _MOST_IDS))


def _forwarded(body: Body) -> Forwarded | None:
    """Return the mail that is enclosed as a file; None where there is none, or more than one."""
    enclosed = [item for item in body.files if _is_mail(item.attachment())]
    if len(enclosed) != 1:
        return None
    splitter = Splitter()
    root, inner = _open(b"".join(enclosed[0].pieces()), splitter)
    head = _read_head(root.fields, splitter)
    text = (quotes.fresh(inner.text, inner.html, head.subject).new_text or inner.text)[:MAX_TEXT]
    return Forwarded(head.sender, head.subject, text, envelope.message_id(root.fields))


def _is_mail(file: Attachment) -> bool:
    return file.content_type.startswith("message/") or file.filename.lower().endswith((".eml", ".msg"))


def contents(raw: bytes) -> tuple[bytes, ...]:
    """Return the bytes of the attachments, in the order of `Message.attachments`."""
    _, body = _open(raw, Splitter())
    return tuple(b"".join(item.pieces()) for item in body.files)


def _open(raw: bytes, splitter: Splitter) -> tuple[Part, Body]:
    root = splitter.split(*headers.start(raw))
    return root, Gatherer(splitter).body(root)


def _kind(
    subject: str, body: Body, bounce: Bounce | None, judgement: machines.Judgement, answered: list[str]
) -> tuple[Kind, str]:
    """Decide what sort of mail it is, and say on what evidence."""
    if bounce is not None:
        return Kind.BOUNCE, "delivery report"
    if judgement.kind is not None:
        return judgement.kind, judgement.because + ("" if judgement.certain else " (not certain)")
    if not body.text.strip() and not body.files and not re.search(r"\w{3}", subject):
        return Kind.EMPTY, "no text, no file, no subject"
    marked = f", though marked {judgement.because}" if judgement.because else ""
    if answered:
        return Kind.REPLY, f"answers {answered[0]}{marked}"
    if numbers := find_numbers(subject):
        return Kind.REPLY, f"case number {numbers[0]} in the subject{marked}"
    return Kind.NEW, "answers nothing"


# The header


@dataclass(frozen=True, slots=True)
class _Head:
    """The fields that mail-parser reads."""

    sender: Address | None
    reply_to: Address | None
    reply_to_all: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None


def _read_head(fields: Fields, splitter: Splitter) -> _Head:
    prepared = Mail()
    for name in ("From", "Reply-To", "To", "Cc"):
        if values := every(fields, name.lower()):
            prepared[name] = headers.addresses(", ".join(values) if name in {"To", "Cc"} else values[0])
    if len(every(fields, "from")) > 1:
        splitter.warn(SEVERAL_SENDERS)
    subject = headers.unstructured(first(fields, "subject"))
    if "=?" not in subject:  # the library would try again what can't be decoded, in more than linear time
        prepared["Subject"] = subject
    if date := first(fields, "date"):
        prepared["Date"] = headers.with_numeric_zone(date)
    try:
        return _head(MailParser(prepared), prepared, subject, splitter)
    except Exception:  # noqa: BLE001 - it raises nearly anything on a hostile header; the rest of the mail counts
        splitter.warn("the header could not be read as it stands")
        return _head(None, prepared, subject, splitter)


def _head(parser: MailParser | None, prepared: Mail, subject: str, splitter: Splitter) -> _Head:
    def read_addresses(name: str, pairs: list[tuple[str, str]] | None) -> tuple[Address, ...]:
        found = tuple(envelope.address(who, where) for who, where in (pairs or [])[:MAX_MANY])
        return found or envelope.loose_addresses(str(prepared.get(name, "")))

    senders = read_addresses("From", parser and parser.from_)
    if len({sender.key for sender in senders}) > 1:
        splitter.warn(SEVERAL_SENDERS)
    answers = read_addresses("Reply-To", parser and parser.reply_to)
    return _Head(
        sender=senders[0] if senders else None,
        reply_to=answers[0] if answers else None,
        reply_to_all=answers,
        to=read_addresses("To", parser and parser.to),
        cc=read_addresses("Cc", parser and parser.cc),
        subject=_subject(str((parser and parser.subject) or subject), splitter),
        date=_date(parser, str(prepared.get("Date", "")), splitter),
    )


def _subject(value: str, splitter: Splitter) -> str:
    subject = one_line(value, len(value))
    if len(subject) <= _LONGEST_SUBJECT:
        return subject
    splitter.warn(f"the subject of {len(subject)} characters was cut after {_LONGEST_SUBJECT}")
    return subject[:_LONGEST_SUBJECT]


def _date(parser: MailParser | None, value: str, splitter: Splitter) -> datetime | None:
    if parser and parser.date:
        zone = timezone(timedelta(hours=float(parser.timezone)))
        return headers.plausible(parser.date.astimezone(zone))
    if not value.strip():
        return None
    moment, warning = headers.date(value)
    if warning:
        splitter.warn(warning)
    return moment


_OWN_FIELDS = ("from", "to", "date", "subject", "message-id")


def _digest(raw: bytes, root: Part) -> str:
    """Return what makes this mail itself, the same over whatever road it came: SHA-256, hexadecimal."""
    if not first(root.fields, "message-id"):
        return hashlib.sha256(raw).hexdigest()
    digest = hashlib.sha256()
    for name in _OWN_FIELDS:
        digest.update(
            f"{name}:{'|'.join(one_line(value, len(value)) for value in every(root.fields, name))}\n".encode()
        )
    for at in range(root.start, root.end, CHUNK):
        digest.update(root.raw[at : min(at + CHUNK, root.end)].replace(b"\r", b""))
    return digest.hexdigest()
