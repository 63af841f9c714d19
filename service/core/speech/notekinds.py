"""What an internal note is of, by the words that it begins with: a meeting, a call in or out, or neither (HJO-39)."""

from __future__ import annotations

import enum
import re
from typing import Final


class NoteKind(enum.StrEnum):
    """The kind of a note, as the journal calls it."""

    NOTE = "note"
    MEETING = "note:meeting"
    CALL_IN = "note:call-in"
    CALL_OUT = "note:call-out"


SAID: Final = {
    NoteKind.NOTE: "Anteckningen",
    NoteKind.MEETING: "Anteckningen om mötet",
    NoteKind.CALL_IN: "Anteckningen om det inkommande samtalet",
    NoteKind.CALL_OUT: "Anteckningen om det utgående samtalet",
}
"""What a staff member reads of a note of that kind."""

_WHO = r"(?:jag|vi|har|nyss|precis|i\s?dag|i\s?går|upp|[A-ZÅÄÖ]\w+|[\d./-]+)"
_KINDS: Final = (
    (
        NoteKind.CALL_IN,
        r"""
        ^(?:inkommande\s+(?:telefon\w*|samtal\w*) | samtal\s+in\b
        | (?:telefon)?samtal\s+från\b | telefon\s+från\b | påringning
        | (?!jag\b|vi\b)[A-ZÅÄÖ]\w+(?:\s+[A-ZÅÄÖ]\w+)?\s+(?:har\s+)?ring(?:de|t)\b(?!\s+(?:jag|vi|upp\s+av\s+mig)\b)
        | (?:hon|han|hen|synpunktslämnaren|den\s+som\s+skrev)\s+(?:har\s+)?ring(?:de|t)\b
        | (?:jag|vi)\s+blev\s+uppring)
        """,
    ),
    (
        NoteKind.CALL_OUT,
        rf"""
        ^(?:utgående\s+(?:telefon\w*|samtal\w*) | (?:telefon)?samtal\s+(?:till|med)\b | telefon\s+till\b
        | samtal\s+ut\b
        | (?:{_WHO}\s+)*ringde\b | (?:{_WHO}\s+)+ringt\b
        | (?:{_WHO}\s+)*(?:talade|talat|pratade|pratat)\b[^.\n]{{0,60}}\btelefon)
        """,
    ),
    (
        NoteKind.MEETING,
        r"^(?:(?:jag|vi)\s+(?:har\s+)?träffa(?:de|t)|möte|mötet|sammanträde\w*|avstämning\w*|(?:plats|hem)besök\w*)\b",
    ),
)
_FORMS: Final = tuple((kind, re.compile(form, re.VERBOSE | re.IGNORECASE)) for kind, form in _KINDS)
_LOOKED_AT: Final = 120  # characters: what a note is of stands at its beginning


def kind_of(text: str) -> NoteKind:
    """What the note is of; a plain note where its first words do not say."""
    begins = text.lstrip(" \t\n*•–—-")[:_LOOKED_AT]
    return next((kind for kind, form in _FORMS if form.match(begins)), NoteKind.NOTE)
