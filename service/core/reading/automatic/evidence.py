"""Looking into a stdlib message that may be broken: header fields and parts, never an exception."""

from __future__ import annotations

import binascii
import quopri
import re
from email.message import Message as Mail
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# No honest mail nests deeper or has more parts that matter here.
MAX_PARTS = 200

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}")

_ANSWER = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)*(?:re|sv|aw|vs|antw|odp|ref|vast|svar)\s*(?:\[\d+\]|\(\d+\))?\s*:", re.IGNORECASE
)
_FORWARD = re.compile(r"\s*(?:\[[^\]]{1,40}\]\s*)*(?:fw|fwd|vb|wg|tr|rv|vl|vid|doorst|enc|i|pd)\s*:", re.IGNORECASE)
_PROGRAMS = re.compile(r"apple mail|iphone|ipad|thunderbird|outlook|android|k-9|mutt|evolution|webmail", re.IGNORECASE)
_TAG = re.compile(r"\s*\[[^\]]{1,40}\]\s*")


def header(mail: Mail, name: str) -> str:
    """Return the first value of the header on one line, '' if it is missing or unreadable."""
    return " ".join(str(mail.get(name, "")).split())


def payload(part: Mail) -> str | list[Mail]:
    """Return the text or the parts that the part holds, as they were sent."""
    try:
        inside = part.get_payload()
    except (ValueError, LookupError, TypeError, AttributeError):  # a hostile charset makes the stdlib raise
        return ""
    if isinstance(inside, list):
        return [child for child in inside if isinstance(child, Mail)]
    return inside if isinstance(inside, str) else ""


def content_type(part: Mail) -> str:
    """Return the media type in small letters as the part states it, without parameters."""
    return header(part, "content-type").split(";", 1)[0].strip().lower()


def parameter(part: Mail, name: str) -> str:
    """Return a parameter of Content-Type in small letters, '' if there is none."""
    found = re.search(rf"[;\s]{name}\s*=\s*\"?([\w.+-]{{1,80}})", header(part, "content-type"), re.IGNORECASE)
    return found[1].lower() if found else ""


def parts(mail: Mail) -> Iterator[Mail]:
    """Yield the mail itself and its parts from the top; what is inside a message/... part belongs to that part."""
    waiting = [mail]
    for _ in range(MAX_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        inside = payload(part)
        if isinstance(inside, list) and not content_type(part).startswith("message/"):
            waiting[:0] = inside


def source(part: Mail, limit: int) -> str:
    """Return what the part holds as text, at most `limit` characters; a message/... part with its fields."""
    inside, encoding = payload(part), header(part, "content-transfer-encoding").lower()
    if isinstance(inside, str):
        return _transfer_decoded(inside[:limit], encoding)
    text = ""
    for child in inside[:MAX_PARTS]:
        if len(text) >= limit:
            break
        own = payload(child)
        # The stdlib takes an encoded report for a block without fields.
        rest = _transfer_decoded(own[:limit], encoding) if isinstance(own, str) else ""
        text += "".join(f"{name}: {value}\n" for name, value in child.items()) + rest + "\n"
    return text[:limit]


def _transfer_decoded(text: str, encoding: str) -> str:
    data = text.encode("utf-8", "surrogateescape")
    try:
        if encoding == "base64":
            data = binascii.a2b_base64(data[: len(data) // 4 * 4])
        elif encoding == "quoted-printable":
            data = quopri.decodestring(data)
    except binascii.Error:
        return text
    return data.decode("utf-8", "replace")


def is_answer(mail: Mail, subject: str) -> bool:
    """Whether the mail answers another one, by its headers or the prefix of its subject."""
    return bool(header(mail, "in-reply-to") or header(mail, "references") or _ANSWER.match(subject))


def is_forwarded(subject: str) -> bool:
    """Whether the subject begins with a prefix that people's programs put before what they pass on."""
    return bool(_FORWARD.match(subject))


def untagged(subject: str) -> str:
    """Return the subject casefolded, without the marks that gateways put before it ('[Externt]')."""
    return _TAG.sub("", subject, count=1).casefold().strip() if _TAG.match(subject) else subject.casefold().strip()


def squeezed(text: str) -> str:
    """Return the text casefolded with single blanks for all white space, to look for phrases across lines."""
    return " ".join(text.casefold().split())


def names_a_persons_program(mail: Mail) -> bool:
    """Whether the mail says that it was written with a mail program: servers don't, those of a few vendors apart."""
    return bool(header(mail, "user-agent") or _PROGRAMS.search(header(mail, "x-mailer")))


def has_any(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether one of the phrases stands in the text, wherever its lines break."""
    words = squeezed(text)
    return any(phrase in words for phrase in phrases)


def has_null_return_path(mail: Mail) -> bool:
    """Whether the envelope sender is empty: RFC 5321 keeps that for reports and answers of machines."""
    value = header(mail, "return-path").replace(" ", "")
    return value in {"<>", "<<>>"} or (mail.get_unixfrom() or "").startswith("From <> ")
