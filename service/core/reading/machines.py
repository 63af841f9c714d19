"""Mail that a machine sent: automatic replies, bulk mail, calendar mail."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message as Mail

from service.core.message import Absence, Address, Kind


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a machine sent the mail. `kind` is None for what a person (or a form) wrote."""

    kind: Kind | None = None
    auto_submitted: bool = False
    because: str = ""
    absence: Absence | None = None


def judge(mail: Mail, subject: str, text: str, sender: Address | None) -> Judgement:  # noqa: ARG001 - first version
    """Tell a machine's mail from a person's by evidence, never by the sender's name alone."""
    return Judgement()
