"""The journal's chain: what binds each line to all lines before it, and to the mail or letter that it is about.

A line's words (who, and what) are sealed: the seal is a digest of them and of a random salt. Its link is a digest of
the link before it, of its plain facts (when, what sort, which case, which document) and of its seal. Thus words can be
disposed of with their salt, and the seal stays: the chain is unbroken, and nobody can try out names against a seal
whose salt is gone. Whether the words were rightly disposed of, a later line of the chain says.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

BEGINNING = "0" * 64
"""The link before the first line."""

DISPOSED = "disposed"
"""The sort of line that says that words and documents from before it are rightly gone: its case's or its document's."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a line is never disposed of: `at` is an aware instant, `message` a row, `document` a SHA-256 in hex."""

    case_id: int | None
    mailbox: str
    at: datetime
    kind: str
    message: int | None
    document: str | None


def new_salt() -> str:
    """What keeps a seal from being guessed, 128 random bits in hex."""
    return secrets.token_hex(16)


def seal(salt: str, actor: str, text: str) -> str:
    """The digest of a line's words, in hex."""
    return _digest(salt, actor, text)


def link(before: str, facts: Facts, sealed: str) -> str:
    """The digest that the next line builds on, in hex."""
    at = facts.at.astimezone(UTC).isoformat(timespec="microseconds")
    return _digest(before, facts.case_id, facts.mailbox, at, facts.kind, facts.message, facts.document, sealed)


def _digest(*parts: str | int | None) -> str:
    return hashlib.sha256(_JSON.encode(parts).encode()).hexdigest()


# repr: of what a changed register may hold in place of text; it gives another digest than any text
_JSON = json.JSONEncoder(separators=(",", ":"), default=repr)
