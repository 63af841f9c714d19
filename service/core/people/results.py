"""What one Authentication-Results field says (RFC 8601): which words of it are the server's, and which the sender's.

A server repeats in its results what the sending host has chosen: its name (HELO), the envelope's sender (MAIL FROM),
the identity of a signature. Where it repeats them unquoted, a name such as `x; dmarc=pass header.from=ekvik.example`
reads like a result. So a pass counts only where nothing stands in front of it in its field that could have held it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.core.people import addresses


@dataclass(frozen=True, slots=True)
class Result:
    """The method, its verdict, and the domain that it is about (empty: not said).

    own: whether the words are the server's for certain: they stand in front of all that the sending host chose and
    nothing else confirms.
    """

    method: str
    verdict: str
    domain: str
    own: bool


_RESULT = re.compile(r"\s*(dmarc|dkim)\s*=\s*([a-z]+)(?=\s|$)(.*)", re.IGNORECASE | re.DOTALL)
_COMMENT_OR_QUOTED = re.compile(r"\((?:[^()\\\"]|\\.)*\)|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
# Between semicolons (RFC 8601), or with blanks alone, as some servers write
_PARTS = re.compile(r";|\s(?=(?:dmarc|dkim|spf|arc|auth|iprev|compauth)\s*=)", re.IGNORECASE)
_LONGEST = 4096  # characters; what is longer is no server's, and may have had its end cut off
_QUOTED_DOMAIN = re.compile(r"\"[\w.@-]*\"")
_MOST_NESTED = 5
_CHOSEN = re.compile(r"\bsmtp\.([a-z-]+)\s*=\s*(\S*)", re.IGNORECASE)
_DOMAIN = re.compile(r"header\.(?:from|d|i)\s*=\s*\"?(?:[^\s;@\"]*@)?([a-z0-9.-]+)", re.IGNORECASE)
# Also where a comment or a quotation that the sender has opened would swallow it
_FAILED = re.compile(r"(?:^|;)\s*dmarc\s*=\s*fail\b", re.IGNORECASE)


def read(value: str, envelope: str | None) -> list[Result]:
    """The results of DMARC and DKIM in a field. envelope: the sender as delivered (Return-Path); None: not known."""
    if len(value) > _LONGEST:
        return [_SWALLOWED] if _FAILED.search(value) else []
    found, own = [], True
    for part in _parts(value):
        if result := _RESULT.match(part):
            named = _DOMAIN.search(result[3])
            domain = named[1].lower().strip(".") if named else ""
            found.append(Result(result[1].lower(), result[2].lower(), domain, own))
        own = own and all(_is_known(name.lower(), said, envelope) for name, said in _CHOSEN.findall(part))
    if _FAILED.search(value):
        found.append(_SWALLOWED)
    return found


_SWALLOWED = Result("dmarc", "fail", "", own=False)


def _parts(value: str) -> list[str]:
    """The single results, without comments and quoted text: the sender's words, such as the local part of MAIL FROM."""
    for _ in range(_MOST_NESTED):
        value = _COMMENT_OR_QUOTED.sub(_domain_alone, value)
    return _PARTS.split(value)


def _domain_alone(found: re.Match[str]) -> str:
    return found[0] if _QUOTED_DOMAIN.fullmatch(found[0]) else " "


def _is_known(name: str, said: str, envelope: str | None) -> bool:
    """Whether what follows `smtp.NAME=` is what the mail's own envelope says, so that it ends where it seems to end.

    HELO, and whatever else the host has said, no later server writes down in a form that could be compared.
    """
    if name in _SEEN_BY_THE_SERVER:
        return True
    if envelope is None or name not in _ENVELOPE:
        return False
    sender = addresses.key(envelope)
    return addresses.key(said.strip('<>"').removeprefix("@")) in {sender, sender.rpartition("@")[2]}


_SEEN_BY_THE_SERVER = {"remote-ip", "client-ip"}
_ENVELOPE = {"mailfrom", "mfrom", "mail", "from"}


# What servers repeat of a sender's choosing also stands elsewhere in the header: HELO and the names of the host in
# Received, MAIL FROM in Return-Path, the recipient beside it, identities in the signatures.
_REPEATED = {
    *("received", "return-path", "delivered-to", "x-original-to"),
    *("from", "sender", "resent-from", "resent-sender", "bimi-selector"),
}
_SIGNATURES = {"dkim-signature", "domainkey-signature", "arc-message-signature", "arc-seal"}
_TAGS = {"d", "i", "s"}
_ESCAPED = re.compile(r"=([0-9A-Fa-f]{2})")
# What ends an identity early where a server repeats it: `header.i=ekvik.example x@evil.example`
_BREAKS_OFF = re.compile(r"[\s;\"()]")
_METHOD = re.compile(r"dmarc|dkim", re.IGNORECASE)
LARGEST_HEADER = 60_000
"""Bytes; of a larger one the end may be unread, and a signature with it."""


def feigned(fields: list[tuple[str, str]], size: int) -> bool:
    """Whether the sending host has said something of itself that reads like a result where a server repeats it.

    Servers replace signs in what they repeat (Postfix: `x??dmarc=pass?header.from=…`), or take quotation marks away;
    letters stay. So it is enough that a method and its pass can be found in it, whatever stands between.
    fields: the header's, unfolded; size: its bytes.
    """
    said = (word for name, value in fields for word in _words(name.lower(), value))
    identities = (word for name, value in fields if name.lower() in _SIGNATURES for word in _words(name.lower(), value))
    return size > LARGEST_HEADER or any(map(_may_read_like_a_pass, said)) or any(map(_BREAKS_OFF.search, identities))


def _words(name: str, value: str) -> list[str]:
    if name in _REPEATED:
        return [value.replace("\\", "")]
    if name not in _SIGNATURES:
        return []
    tags = (tag.partition("=") for tag in re.sub(r"\s", "", value).split(";"))
    return [_ESCAPED.sub(lambda c: chr(int(c[1], 16)), said) for tag, _, said in tags if tag.lower() in _TAGS]


def _may_read_like_a_pass(said: str) -> bool:
    method = _METHOD.search(said)
    return method is not None and "pass" in said[method.end() :].lower()
