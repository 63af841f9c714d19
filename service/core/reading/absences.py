"""Out-of-office replies: the day of return and the substitute."""

from __future__ import annotations

from datetime import date

from service.core.message import Absence


def read_absence(text: str, sent: date, sender_address: str | None = None) -> Absence:  # noqa: ARG001 - first version
    """The day until which the writer is away, and the address of a named substitute."""
    return Absence()
