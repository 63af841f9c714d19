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

_WHEN = r"(?:nu|nyss|precis|just|också|i\s?dag|i\s?går|i\s?morse|i\s?förmiddags|i\s?eftermiddags|\d[\d./:-]*)"
_OURS = r"(?:jag|vi)"
_TO_US = r"(?:in|hit|(?:upp\s+|till\s+)?(?:mig|oss))"
_NO_NAME = rf"(?:{_OURS}|{_WHEN}|har|hade|du|ni|man|ingen|inte|när|om|att|ska|skulle|måste|borde|kan|fick|ring\w*)"
_OTHER = rf"(?:(?!{_NO_NAME}\b)[^\W\d][\w-]*\s+){{1,3}}"
"""Who rang where somebody else than the writer did: a name, "leverantören", "en granne"."""
_NOBODY_RUNG = rf"""(?=\s*(?:[.,;:!–-]|$) | \s+(?:{_TO_US}|{_WHEN}|igen|tillbaka|och|om|för|ang\w*|rörande|att|kl)\b)"""
"""After "Anna ringde": that nobody follows whom she rang. "Anna ringde Bo" tells nothing of us."""
_KINDS: Final = (
    (
        NoteKind.CALL_IN,
        rf"""
        ^(?:inkommande\s+(?:telefon\w*|samtal\w*) | samtal\s+in\b
        | (?:telefon)?samtal\s+från\b | telefon\s+från\b | påringning
        | (?:(?:{_WHEN}|{_OURS}|har|blev|blivit)\s+)*(?:uppringd\w?\b|(?:ringdes|ringts)\s+upp\b)
        | {_OTHER}(?:har\s+)?(?:{_WHEN}\s+)?ring(?:de|t)\b{_NOBODY_RUNG}
        | (?:{_WHEN}\s+)+ringde\s+{_OTHER}{_TO_US}\b
        | (?:har\s+)?ring(?:de|t)\s+{_TO_US}\b)
        """,
    ),
    (
        NoteKind.CALL_OUT,
        rf"""
        ^(?:utgående\s+(?:telefon\w*|samtal\w*) | (?:telefon)?samtal\s+(?:till|med)\b | telefon\s+till\b
        | samtal\s+ut\b
        | (?:(?:{_WHEN}|{_OURS}|har)\s+)+ringt\b(?!\s+inte\b|\?)
        | (?:(?:{_WHEN}\s+)*{_OURS}\s+(?:{_WHEN}\s+)*)?ringde\b(?!\s+inte\b|\?)
        | (?:{_WHEN}\s+)+ringde\s+{_OURS}\b(?!\s+inte\b) | {_OTHER}ringde\s+{_OURS}\b(?!\s+inte\b)
        | (?:(?:{_WHEN}|{_OURS}|har)\s+)*(?:talade|talat|pratade|pratat)\b[^.\n]{{0,60}}\btelefon)
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
