"""What the sender wrote now: quoted history, signatures and banners told from the rest of a mail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fresh:
    """What the sender wrote now, what was cut from the mail, and what was in doubt (and therefore kept)."""

    new_text: str
    cut_text: str
    warnings: tuple[str, ...]


# the line that the service's own letters carry above what they quote
REPLY_MARKER = "Skriv ditt svar ovanför den här raden"


def fresh(text: str, html: str | None) -> Fresh:  # noqa: ARG001 - the structure is read from the next step on
    """Return what the sender wrote now, out of the whole `text` of a mail and its HTML body if it has one."""
    return Fresh(text.strip(), "", ())
