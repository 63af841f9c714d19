"""Fields of the header that say who wrote, what is answered, and what the mail servers on the way noted.

Each is read by itself and none raises, so that a bounded look at a header that breaks every rule finds them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from service.core.mail import MAX_ADDRESS, MAX_LINE, MAX_MANY, Address, Authentication, Mark, Received
from service.core.reading.mime import headers
from service.core.reading.mime.decoding import one_line, plain_name
from service.core.reading.mime.headers import Fields, every, first

_ID = re.compile(r"<([^<>]{1,900})>")
_LONGEST_ID = 900
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
    value = headers.words(first(fields, "message-id"))
    found = re.search(r"<[^<>]{1,900}>", value)
    return re.sub(r"\s", "", found[0] if found else value)[:MAX_LINE] or None


def ids(fields: Fields, name: str) -> tuple[str, ...]:
    """Return the Message-IDs in a field, each once, in order.

    Also those that a mail program wrote as encoded words, folded in their middle, or without angle brackets.
    """
    found: list[str] = []
    for value in map(headers.words, every(fields, name)):
        # An old In-Reply-To may be a phrase with the writer's address in it: there only an id without brackets counts.
        with_bare = name == "references" or not _ID.search(value)
        found += _ids(value, with_bare=with_bare)
    return tuple(dict.fromkeys(found))[-_MAX_REFERENCES:]


def _ids(value: str, *, with_bare: bool) -> Iterator[str]:
    at = 0
    for match in (*_ID.finditer(value), None):
        if with_bare:
            words = re.split(r"[\s,;\"()<>]+", value[at : match.start() if match else None])
            yield from (f"<{word}>" for word in words if "@" in word.strip("@") and len(word) <= _LONGEST_ID)
        if match and (inner := re.sub(r"\s", "", match[1])):
            yield f"<{inner}>"
        at = match.end() if match else at


def return_path(fields: Fields) -> str | None:
    """Return the envelope sender as delivered: '' is the null sender, None not said."""
    values = every(fields, "return-path")
    if not values:
        return None
    found = re.search(r"<([^<>]*)>", values[0])
    return one_line(found[1] if found else values[0])


_LONGEST_STAMP = 4000  # characters; longer ones are no server's
_FROM = re.compile(r"\s*from\s+([^\s;()]{1,255})", re.IGNORECASE)
_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]{1,255})", re.IGNORECASE)
_WITH = re.compile(r"\swith\s+([a-z0-9-]{1,20})", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_-]{1,63}){0,20}\.?", re.IGNORECASE)
_IP = re.compile(r"(?:ipv6:)?((?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?:%\w+)?", re.IGNORECASE)


def received(fields: Fields) -> tuple[Received, ...]:
    """Return the `Received` stamps, topmost first."""
    return tuple(_stamp(value) for value in every(fields, "received")[:MAX_MANY])


def _stamp(value: str) -> Received:
    before, semicolon, when = value.rpartition(";")
    at = headers.date(when)[0] if semicolon and before else None
    plain, comments = _apart(value[:_LONGEST_STAMP])
    source, by = _FROM.match(plain), _BY.search(plain)
    end = by.start() if by else len(plain)
    said = " ".join(comment for place, comment in comments if source and source.end() <= place <= end)
    beside_by = " ".join(comment for place, comment in comments if by and by.end() <= place <= by.end() + 1)
    words = [*([source[1]] if source and source.end() <= end else []), *re.split(r"[\s\[\](),=]+", said)]
    # Sendmail's doubt: whoever runs the address gave it that name, and the name system does not agree.
    named = words[:1] if "may be forged" in said.lower() else words
    return Received(
        by=by[1].lower() if by else "",
        at=at,
        sources=tuple(
            word.lower().rstrip(".")
            for place, word in enumerate(named)
            if not _ip(word) and _HOST.fullmatch(word) and (place == 0 or "." in word)
        ),
        source_ips=tuple(dict.fromkeys(filter(None, map(_ip, words)))),
        by_ip=next(filter(None, map(_ip, re.split(r"[\s\[\](),=]+", beside_by))), ""),
        protocol=way[1].lower() if (way := _WITH.search(plain)) else "",
    )


def _ip(word: str) -> str:
    found = _IP.fullmatch(word.strip("[]"))
    return found[1].lower() if found else ""


def _apart(value: str) -> tuple[str, list[tuple[int, str]]]:
    """Part a structured value (RFC 5322 3.2.2) into what stands outside its comments, and those with their places."""
    plain = ""
    comments: list[tuple[int, str]] = []
    depth = begin = at = 0
    for piece in _BRACKET.split(value):
        if piece == "(":
            depth, begin = depth + 1, begin if depth else at + 1
        elif piece == ")" and depth:
            depth -= 1
            if not depth:
                comments.append((len(plain), value[begin:at]))
        elif not depth:
            plain += piece
        at += len(piece)
    return plain, comments


_BRACKET = re.compile(r"([()])")


def authentication(fields: Fields) -> tuple[Authentication, ...]:
    """Return the Authentication-Results fields, topmost first."""
    found = []
    for stamps, name, value in _placed(fields):
        if name == "authentication-results":
            # Microsoft 365 names no server first: then the id is empty
            head = value.split(";", 1)[0].split()
            authserv_id = head[0].lower() if head and "=" not in head[0] else ""
            found.append(Authentication(authserv_id[:MAX_LINE], one_line(value, _MAX_RESULTS), stamps))
    return tuple(found[:MAX_MANY])


_MOST_MARKS, _LONGEST_MARK = 100, 200


def marks(fields: Fields) -> tuple[Mark, ...]:
    """Return the short fields of mail systems' own (`X-…`), topmost first; what nobody wrote so short is left out."""
    found = (
        Mark(name, one_line(value), stamps)
        for stamps, name, value in _placed(fields)
        if name.startswith("x-") and len(value) <= _LONGEST_MARK
    )
    return tuple(islice(found, _MOST_MARKS))


_MOST_LISTS = 10
_LIST_ID = re.compile(r"<([^<>\s]{1,255})>\s*$")
_LIST_POST = re.compile(r"<mailto:([^<>?\s]{1,320})[?>]", re.IGNORECASE)


def lists(fields: Fields) -> tuple[str, ...]:
    """Return the ids and posting addresses of the lists that the mail came by, in small letters."""
    ids = (_LIST_ID.search(value) for value in every(fields, "list-id")[:_MOST_LISTS])
    posts = (_LIST_POST.search(value) for value in every(fields, "list-post")[:_MOST_LISTS])
    return tuple(dict.fromkeys(found[1].lower() for found in (*ids, *posts) if found))


def _placed(fields: Fields) -> Iterator[tuple[int, str, str]]:
    """Each field with how many Received stand above it, its name in small letters."""
    stamps = 0
    for name, value in fields:
        if name.lower() == "received":
            stamps += 1
        else:
            yield stamps, name.lower(), value
