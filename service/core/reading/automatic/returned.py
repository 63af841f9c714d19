"""The copy of the undelivered mail in a report: where it begins, its Message-ID, whom it was for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from service.core.reading.automatic.evidence import ADDRESS, content_type, header, parts, source
from service.core.reading.automatic.phrases import RETURNED_COPY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message as Mail

LIMIT = 50_000

_MARKS = " \t-=*|#_<>~.:["
_HEADER_LINE = re.compile(r"(?:>\s?)?(?:received:\s?(?:from|by|\()|return-path:\s?<|dkim-signature:)", re.IGNORECASE)
_MESSAGE_ID = re.compile(
    r"^[ \t>]{0,4}(?:x-)?(?:original-?)?message-?id[ \t]*[:=]\s{0,4}(<[^<>\s]{3,400}>)", re.IGNORECASE | re.MULTILINE
)
_TO = re.compile(r"^[ \t>]{0,4}(?:x-envelope-to|to|rcpt to)[ \t]*:\s{0,4}([^\n]{3,400})", re.IGNORECASE | re.MULTILINE)
_RECEIVED_FOR = re.compile(r"\sfor\s+<([^<>\s]{3,320})>")
_COPY_TYPES = {
    "message/rfc822",
    "message/global",
    "message/rfc822-headers",
    "message/global-headers",
    "text/rfc822-headers",
    "text/rfc822",
    "message/partial",
}


def copies(mail: Mail) -> list[str]:
    """Return the parts that hold the undelivered mail or its header, as text."""
    return [source(part, LIMIT) for part in parts(mail) if content_type(part) in _COPY_TYPES][:5]


def split(text: str) -> tuple[str, str]:
    """Split a report without parts into what the server says and the mail that it returns ('' if it returns none)."""
    at, said = 0, False
    for line in text.split("\n"):
        if said and _begins_copy(line):
            return text[:at], text[at:]
        said = said or bool(line.strip())
        at += len(line) + 1
    return text, ""


def _begins_copy(line: str) -> bool:
    if len(line) > 200:  # noqa: PLR2004 - a heading or a header line is shorter
        return False
    words = line.strip(_MARKS).casefold()
    words = words.removeprefix("the ")
    if words.startswith("original message was"):  # sendmail: "The original message was received at"
        return False
    return words.startswith(RETURNED_COPY) or bool(_HEADER_LINE.match(line.strip()))


def message_id(mail: Mail, text: str) -> str | None:
    """Return the Message-ID of the undelivered mail: from the copy, the report's words, or what the report answers."""
    fields = (source(part, LIMIT) for part in parts(mail) if content_type(part).endswith("-status"))
    for told in (*_everywhere(mail, text), *fields, text[:LIMIT]):
        found = _MESSAGE_ID.search(told)
        if found:
            return found[1]
    answered = re.search(r"<[^<>\s]{3,400}>", header(mail, "in-reply-to") or header(mail, "references"))
    return answered[0] if answered else None


def recipients(mail: Mail, text: str) -> Iterator[str]:
    """Yield whom the undelivered mail was for, as the copy tells."""
    for copy in _everywhere(mail, text):
        head = copy[:20_000]
        for line in _TO.finditer(head):
            yield from ADDRESS.findall(line[1])
        for stamp in _RECEIVED_FOR.finditer(head):
            yield stamp[1]


def _everywhere(mail: Mail, text: str) -> Iterator[str]:
    yield from copies(mail)
    yield split(text)[1][:LIMIT]
