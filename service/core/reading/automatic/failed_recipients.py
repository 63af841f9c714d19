"""Whom a delivery report without fields is about."""

from __future__ import annotations

import contextlib
import logging
import re
from typing import TYPE_CHECKING

from flufl.bounce import all_failures

from service.core.reading.automatic.evidence import ADDRESS, MAX_PARTS, header, payload

if TYPE_CHECKING:
    from collections.abc import Iterable
    from email.message import Message as Mail

# The library logs a traceback for each mail that it can't read; what it gives is only a second opinion here.
logging.getLogger("flufl.bounce").disabled = True
# Its patterns are not linear.
_LIBRARY_LIMIT = 50_000
_LIBRARY_LINE = 500

_AT_LINE_START = re.compile(rf"\W{{0,12}}(?:mailto:)?({ADDRESS.pattern})\W{{0,8}}(\w?)", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?:rcpt to|recipients?(?: address)?|failed recipient|error-for|mottagare|empfänger|vastaanottaja|modtager|"
    r"mottaker|(?:unknown|invalid|illegal)[\w ]{0,30}|delivered to|deliver (?:message|mail|your message)?\s?to|"
    r"undeliverable\s{1,3}to|addressed to)[\s:'\"<]{0,12}" + f"({ADDRESS.pattern})",
    re.IGNORECASE,
)
_FAILING = re.compile(
    r"\b[45]\d\d\b|unknown|fail|reject|invalid|unable|not |no such|n't|full|quota|denied|disabled|error|refused",
    re.IGNORECASE,
)
# Lines that name the sender or a helper, not the one who could not be reached.
_OTHERS = re.compile(
    r"^\W{0,6}(?:mail from|from|sender|reply-to|return-path|original sender|cc|från|von|fra|message-id)\b|"
    r"envelope.from|please contact|for assistance|send mail to|contact us|kontakta",
    re.IGNORECASE,
)
_SERVERS = ("postmaster@", "mailer-daemon@", "abuse@", "noreply@", "no-reply@")


def in_header(mail: Mail) -> str | None:
    """Return the first address of X-Failed-Recipients (Exim, Gmail, mail.ru)."""
    found = ADDRESS.search(header(mail, "x-failed-recipients"))
    return found[0] if found else None


def in_text(text: str, own: Iterable[str]) -> tuple[str | None, bool]:
    """Return the failed recipient that the server's words name, and whether it surely is the one.

    `own` are the addresses of the report itself.

    Sure is an address alone on its line, which is how most servers list failed recipients, or after a word for
    recipient; the next best begins a line, then one on a line that tells of a failure, then any other.
    """
    known = {address.casefold() for address in own}
    ranked: list[tuple[int, str]] = []
    for line in text.split("\n")[:2000]:
        if "@" in line and len(ranked) < MAX_PARTS:
            ranked += _ranked(line[:1000], known)
    if not ranked:
        return None, False
    rank, address = min(ranked, key=lambda candidate: candidate[0])
    return address, rank == 0


def _ranked(line: str, known: set[str]) -> list[tuple[int, str]]:
    begins, labelled = _AT_LINE_START.match(line), _LABELLED.search(line)
    told = 2 if _FAILING.search(line) else 3
    others = 4 if _OTHERS.search(line) else 0
    found = []
    for address in ADDRESS.findall(line):
        clean = address.strip(".'")
        if (labelled and address == labelled[1]) or (begins and address == begins[1] and not begins[2]):
            rank = 0
        elif begins and address == begins[1]:
            rank = 1
        else:
            rank = told
        unlikely = 4 if clean.casefold() in known or clean.casefold().startswith(_SERVERS) else 0
        found.append((rank + others + unlikely, clean))
    return found


def by_library(mail: Mail) -> str | None:
    """Return what flufl.bounce finds in a mail that is suspected to be a report."""
    if not _is_small(mail):
        return None
    with contextlib.suppress(Exception):  # it raises anything on a hostile mail
        temporary, permanent = all_failures(mail)
        for address in sorted(permanent) + sorted(temporary):
            return address.decode("utf-8", "replace")
    return None


def _is_small(mail: Mail) -> bool:
    """Whether the mail with all that it holds is harmless for patterns that are not linear."""
    size = 0
    for number, part in enumerate(mail.walk()):
        inside = payload(part)
        text = inside if isinstance(inside, str) else ""
        size += len(text)
        longest = max(map(len, text.split("\n")))
        if number > MAX_PARTS or size > _LIBRARY_LIMIT or longest > _LIBRARY_LINE:
            return False
    return True
