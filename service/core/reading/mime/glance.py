"""What a look at the top of a header tells of a mail that cannot be read: bounded in time, and never an exception."""

from __future__ import annotations

import email.utils
import hashlib
import re
from collections.abc import Callable
from typing import TypeVar

from service.core.identity.numbers import find_numbers
from service.core.mail import FEIGNED_RESULT, MAX_LINE, Address, Kind, Message
from service.core.people.results import feigned
from service.core.reading.mime import envelope, headers
from service.core.reading.mime.headers import Fields, first

_TOP = 64 * 1024
_LONGEST_VALUE = 2000

_Found = TypeVar("_Found")


def glance(raw: bytes) -> Message:
    """Return a `Message` without text and files, made of the first 64 kB alone.

    A machine is told by its own marks only (RFC 3834, RFC 5321 section 4.5.5); everything else may be a person's mail.
    """
    whole, size = _seen(lambda: _fields(raw[:_TOP])) or ([], 0)
    fields = [(name, value[:_LONGEST_VALUE]) for name, value in whole]
    subject = _seen(lambda: headers.unstructured(first(fields, "subject"))[:MAX_LINE]) or ""
    answered = _seen(lambda: envelope.ids(fields, "in-reply-to")) or ()
    references = _seen(lambda: envelope.ids(fields, "references")) or ()
    numbers = _seen(lambda: find_numbers(subject)) or ()
    sent_from = _seen(lambda: envelope.return_path(fields))
    kind, because = _machine(fields, sent_from) or (Kind.REPLY if answered or references or numbers else Kind.NEW, "")
    return Message(
        message_id=_seen(lambda: envelope.message_id(fields)),
        date=_seen(lambda: headers.date(first(fields, "date"))[0]),
        sender=_seen(lambda: _address(first(fields, "from"))),
        reply_to=_seen(lambda: _address(first(fields, "reply-to"))),
        to=_seen(lambda: envelope.loose_addresses(first(fields, "to"))) or (),
        cc=(),
        subject=subject,
        kind=kind,
        auto_submitted=bool(because),
        case_numbers=numbers,
        in_reply_to=next(iter(answered), None),
        references=references,
        bounce=None,
        absence=None,
        text="",
        new_text="",
        cut_text="",
        attachments=(),
        warnings=("the mail could not be read: see the original", *_feigned(whole, size)),
        received=_seen(lambda: envelope.received(fields)) or (),
        authentication=_seen(lambda: envelope.authentication(fields)) or (),
        marks=_seen(lambda: envelope.marks(fields)) or (),
        lists=_seen(lambda: envelope.lists(fields)) or (),
        return_path=sent_from,
        size=len(raw),
        digest=hashlib.sha256(raw).hexdigest(),
        because=because or "could not be read",
    )


def _seen(look: Callable[[], _Found]) -> _Found | None:
    """Return what is found; None where the field is too odd: the others still count."""
    try:
        return look()
    except Exception:  # noqa: BLE001 - the mail has beaten the reader already: here anything may come
        return None


def _fields(top: bytes) -> tuple[Fields, int]:
    """Return the header's fields, and how many bytes it has."""
    top, begin = headers.start(top)
    fields, body, _ = headers.cut(top, begin, len(top))
    return fields, body


def _feigned(fields: Fields, size: int) -> tuple[str, ...]:
    """Return the warning where nothing in the header may be taken for a server's word of the sender, also in doubt."""
    return () if _seen(lambda: feigned(fields, size)) is False else (FEIGNED_RESULT,)


def _address(value: str) -> Address | None:
    name, address = email.utils.parseaddr(headers.addresses(value))
    if "@" in address:
        return envelope.address(name, address)
    return next(iter(envelope.loose_addresses(value)), None)


def _machine(fields: Fields, sent_from: str | None) -> tuple[Kind, str] | None:
    if not re.match(r"\s*(no\b|$)", first(fields, "auto-submitted"), re.IGNORECASE):
        return Kind.AUTO_REPLY, "header Auto-Submitted"
    if sent_from == "":
        return Kind.AUTO_REPLY, "null return path"
    if re.search(r"bulk|list|junk", first(fields, "precedence"), re.IGNORECASE):
        return Kind.BULK, "header Precedence"
    for name in ("list-id", "list-unsubscribe"):
        if first(fields, name):
            return Kind.BULK, f"header {name.title()}"
    return None
