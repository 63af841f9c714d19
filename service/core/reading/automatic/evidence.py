"""Looking into a stdlib message that may be broken: header fields and parts, never an exception."""

from __future__ import annotations

import binascii
import quopri
import re
from dataclasses import dataclass
from email.message import Message as Mail
from typing import TYPE_CHECKING

from service.core.identity.numbers import find_numbers
from service.core.reading.mime import headers

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Sign:
    """What shows that a machine sent the mail; `certain` where no person's mail carries it.

    by_subject: nothing but its subject does.
    """

    because: str
    certain: bool = True
    by_subject: bool = False


# The first three of a newsletter too; with the others stands a list where people write to each other (RFC 2369, 2919).
LIST_HEADERS = ("list-id", "list-unsubscribe", "list-post", "x-mailing-list", "mailing-list", "x-beenthere")
_DISCUSSION = ("list-id", "list-post", "x-mailing-list", "mailing-list", "x-beenthere")
_QUOTED = (">", "från:", "from:", "von:", "fra:", "lähettäjä:", "-----")
# No honest mail nests deeper or has more parts that matter here.
MAX_PARTS = 200

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}")

_ANSWER = re.compile(
    r"\s*+(?:\[[^\]]{1,150}\]\s*+){0,4}(?:re|sv|aw|vs|antw|odp|ref|vast|svar)\s*+(?:(?:\[\d+\]|\(\d+\))\s*+)?:",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"\s*+(?:\[[^\]]{1,150}\]\s*+){0,4}(?:fw|fwd|vb|wg|tr|rv|vl|vid|doorst|enc|i|pd)\s*+:", re.IGNORECASE
)
# "[EXTERNT]", "[Bolaget kundservice och felanmälan #48213]": gateways and ticket systems, several at times.
_TAGS = re.compile(r"\s*+(?:\[[^\]]{1,150}\]\s*+){1,4}")


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
        inside = payload(part) if part.is_multipart() else ""  # of a text the library would decode all of it
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


def has_thread(mail: Mail) -> bool:
    """Whether the header names a mail that this one answers."""
    return bool(header(mail, "in-reply-to") or header(mail, "references"))


def is_discussion(mail: Mail) -> bool:
    """Whether the mail came through a list, not only with a way to unsubscribe."""
    return any(header(mail, name) for name in _DISCUSSION)


def begins_as_answer(subject: str) -> bool:
    """Whether the subject begins with the prefix that a program puts before an answer."""
    return bool(_ANSWER.match(subject))


def is_answer(mail: Mail, subject: str) -> bool:
    """Whether the mail answers another one, by its headers or the prefix of its subject."""
    return has_thread(mail) or begins_as_answer(subject)


def is_threaded(mail: Mail, subject: str) -> bool:
    """Whether the mail answers another one by any sign: a case number in its subject, or Exchange's name of the thread.

    Exchange names the thread by the subject of its first mail, without what is put before it in answers.
    """
    topic = headers.unstructured(header(mail, "thread-topic")).casefold()
    follows = bool(topic) and topic != subject.casefold() and subject.casefold().endswith(topic)
    return follows or is_answer(mail, subject) or bool(find_numbers(subject))


def is_forwarded(subject: str) -> bool:
    """Whether the subject begins with a prefix that people's programs put before what they pass on."""
    return bool(_FORWARD.match(subject))


def untagged(subject: str) -> str:
    """Return the subject casefolded, without the marks in brackets that others put before it ('[Externt]')."""
    tags = _TAGS.match(subject)
    return subject[tags.end() if tags else 0 :].casefold().strip()


def squeezed(text: str) -> str:
    """Return the text casefolded with single blanks for all white space, to look for phrases across lines."""
    return " ".join(text.casefold().split())


def has_any(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether one of the phrases stands in the text, wherever its lines break."""
    words = squeezed(text)
    return any(phrase in words for phrase in phrases)


def written(text: str, limit: int = 2_000) -> str:
    """Return the beginning of what is written now: what stands above the quoted mail."""
    lines = []
    for line in text[:limit].splitlines():
        start = line.strip(" \t*_#!.\xa0").casefold()
        if start.startswith(_QUOTED) or start.endswith(("skrev:", "wrote:", "skrev följande:", "schrieb:")):
            break
        lines.append(line)
    return "\n".join(lines)


def has_null_return_path(mail: Mail) -> bool:
    """Whether the envelope sender is empty: RFC 5321 keeps that for reports and answers of machines."""
    value = header(mail, "return-path").replace(" ", "")
    return value in {"<>", "<<>>"} or (mail.get_unixfrom() or "").startswith("From <> ")
