"""Fields of the header that say who wrote, what is answered, and what the mail servers on the way noted.

Each is read by itself and none raises, so that a bounded look at a header that breaks every rule finds them too.
"""

from __future__ import annotations

import re

from service.core.mail import MAX_ADDRESS, MAX_LINE, MAX_MANY, Address, Authentication, Received
from service.core.reading.mime import headers
from service.core.reading.mime.decoding import one_line, plain_name
from service.core.reading.mime.headers import Fields, every, first

_ID = re.compile(r"<[^<>\s]{1,900}>")
_MAX_REFERENCES = 200
_LOOSE = re.compile(r"[^\s<>\",;:()\[\]]{1,200}@[^\s<>\",;:()\[\]]{1,250}")
_MAX_LOOSE = 100
_MAX_RESULTS = 20_000  # characters


def address(name: str, written: str) -> Address:
    """Return the address, its name and itself cut to their limits: what is longer is no address, cut or whole."""
    return Address(plain_name(name), one_line(written, MAX_ADDRESS))


def loose_addresses(value: str) -> tuple[Address, ...]:
    """Find the addresses in a field that breaks the rules of RFC 5322."""
    found = []
    at = 0
    for match in _LOOSE.finditer(value):
        name = value[at : match.start()].strip(" \t,;<\"'(")
        found.append(address(headers.words(name), match[0].strip("'.")))
        at = match.end() + 1
        if len(found) == _MAX_LOOSE:
            break
    return tuple(found)


def message_id(fields: Fields) -> str | None:
    """Return the mail's own Message-ID with its angle brackets; None where it has none."""
    value = first(fields, "message-id")
    found = re.search(r"<[^<>]{1,900}>", value)
    return re.sub(r"\s", "", found[0] if found else value)[:MAX_LINE] or None


def ids(fields: Fields, name: str) -> tuple[str, ...]:
    """Return the Message-IDs in a field, each once, in order."""
    found = [item for value in every(fields, name) for item in _ID.findall(value)]
    return tuple(dict.fromkeys(found))[-_MAX_REFERENCES:]


def return_path(fields: Fields) -> str | None:
    """Return the envelope sender as delivered: '' is the null sender, None not said."""
    values = every(fields, "return-path")
    if not values:
        return None
    found = re.search(r"<([^<>]*)>", values[0])
    return one_line(found[1] if found else values[0])


_BY = re.compile(r"\bby\s+([^\s;()]{1,255})", re.IGNORECASE)


def received(fields: Fields) -> tuple[Received, ...]:
    """Return the `Received` stamps, topmost first."""
    stamps = []
    for value in every(fields, "received")[:MAX_MANY]:
        by = _BY.search(value)
        before, semicolon, when = value.rpartition(";")
        at = headers.date(when)[0] if semicolon and before else None
        stamps.append(Received(by[1].lower() if by else "", at))
    return tuple(stamps)


def authentication(fields: Fields) -> tuple[Authentication, ...]:
    """Return the Authentication-Results fields, topmost first."""
    found = []
    stamps = 0
    for name, value in fields:
        if name.lower() == "received":
            stamps += 1
        elif name.lower() == "authentication-results":
            # Microsoft 365 names no server first: then the id is empty
            head = value.split(";", 1)[0].split()
            authserv_id = head[0].lower() if head and "=" not in head[0] else ""
            found.append(Authentication(authserv_id[:MAX_LINE], one_line(value, _MAX_RESULTS), stamps))
    return tuple(found[:MAX_MANY])
