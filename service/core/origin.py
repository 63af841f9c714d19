"""What the municipality's own servers say of a mail: when it came, and whether its sender is genuine."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from service.core.message import Message
from service.core.rules.rulebook import RuleBook


@dataclass(frozen=True, slots=True)
class Arrival:
    """When the mail came in (aware UTC) and how we know."""

    at: datetime
    because: str


def arrival(message: Message, internal_date: datetime | None, now: datetime, trusted: Iterable[str]) -> Arrival:
    """When the mail reached the municipality: the topmost stamp of a trusted server, else IMAP's INTERNALDATE.

    A mail has come in when it reached the municipality's servers, even if nobody looked (FL 22 §, NJA 2024 s. 3); the
    sender's own `Date` counts for nothing. A stamp that lies ahead of our clock is taken as now: no promise may
    begin in the future.
    """
    patterns = tuple(trusted)
    for stamp in message.received:
        if stamp.at and is_trusted(stamp.by, patterns):
            return _not_ahead(Arrival(stamp.at, f"stamped by {stamp.by}"), now)
    if internal_date:
        return _not_ahead(Arrival(internal_date, "by the mailbox's own date"), now)
    return Arrival(now, "seen now; the mail carries no trusted stamp")


def _not_ahead(found: Arrival, now: datetime) -> Arrival:
    return found if found.at <= now else Arrival(now, f"{found.because}, which lies ahead of the clock")


def is_trusted(host: str, trusted: Iterable[str]) -> bool:
    """Whether the host is one of the municipality's own (setting `trusted_authserv`; `*` is a wildcard)."""
    return any(fnmatch.fnmatchcase(host.lower().rstrip("."), pattern.lower()) for pattern in trusted)


def is_from_inside(message: Message, book: RuleBook) -> bool:
    """Whether the mail was made by the municipality's own servers and has never been outside.

    A mail from outside bears at least the stamp of the server that took it.
    """
    return all(is_trusted(stamp.by, book.municipality.trusted_authserv) for stamp in message.received)


def is_authenticated(message: Message, trusted: Iterable[str]) -> bool:
    """Whether the municipality's own server found the From domain genuine (RFC 8601).

    Only the topmost result of a trusted server counts, and only where no stranger's Received stamp stands above it:
    anything below that was written by whoever sent the mail.
    """
    patterns = tuple(trusted)
    foreign = (i for i, stamp in enumerate(message.received) if not is_trusted(stamp.by, patterns))
    first_foreign = next(foreign, len(message.received))
    for result in message.authentication:
        if result.received_above <= first_foreign and is_trusted(result.authserv_id, patterns):
            return _passes(result.value, message.sender.address if message.sender else "")
    return False


_RESULT = re.compile(r"\s*(dmarc|dkim)\s*=\s*([a-z]+)(.*)", re.IGNORECASE | re.DOTALL)
_COMMENT_OR_QUOTED = re.compile(r"\((?:[^()\\\"]|\\.)*\)|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_LONGEST_RESULT = 4096  # longer ones are no server's
_QUOTED_DOMAIN = re.compile(r"\"[\w.@-]*\"")
_MOST_NESTED = 5
_DOMAIN = re.compile(r"header\.(?:from|d|i)\s*=\s*\"?(?:[^\s;@\"]*@)?([a-z0-9.-]+)", re.IGNORECASE)


def _passes(value: str, address: str) -> bool:
    """DMARC decides where it was judged; else a DKIM signature of exactly the From domain."""
    domain = address.rpartition("@")[2].lower()
    dmarc: list[bool] = []
    dkim: list[bool] = []
    for method, verdict, rest in map(re.Match.groups, filter(None, map(_RESULT.match, _own_words(value)))):
        named = _DOMAIN.search(rest)
        aligned = bool(named) and named[1].lower().strip(".") == domain if named else method.lower() == "dmarc"
        (dmarc if method.lower() == "dmarc" else dkim).append(verdict.lower() == "pass" and aligned)
    return all(dmarc) if dmarc else any(dkim)


def _own_words(value: str) -> list[str]:
    """The single results, without comments and quoted text: the sender's words, such as the local part of MAIL FROM."""
    value = value[:_LONGEST_RESULT]
    for _ in range(_MOST_NESTED):
        value = _COMMENT_OR_QUOTED.sub(_domain_alone, value)
    return value.split(";")


def _domain_alone(found: re.Match[str]) -> str:
    return found[0] if _QUOTED_DOMAIN.fullmatch(found[0]) else " "


def has_failed(message: Message, book: RuleBook) -> bool:
    """Whether the own server says that the sender is not genuine."""
    patterns = tuple(book.municipality.trusted_authserv)
    foreign = (i for i, stamp in enumerate(message.received) if not is_trusted(stamp.by, patterns))
    first_foreign = next(foreign, len(message.received))
    own = (
        a for a in message.authentication if a.received_above <= first_foreign and is_trusted(a.authserv_id, patterns)
    )
    return any(re.match(r"\s*dmarc\s*=\s*fail\b", word, re.IGNORECASE) for a in own for word in _own_words(a.value))
