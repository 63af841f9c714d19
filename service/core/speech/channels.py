"""The roads that feedback comes by (KOP-01), as staff name them: "samtal", "Facebook" and "inskannat brev" too.

A municipality lists its channels in its own words (`channels`); what is named in other words is the listed one of the
same kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from service.core.speech.commands import fold

SOCIAL: Final = "sociala medier"
_KINDS: Final = {  # what a kind is called where the municipality's list lacks it, and how it is named, without å ä ö
    "telefon": r"(?:telefon|tele|mobil)?samtal\w*|telefon\w*|mobil\w*|tfn|tel|ring(?:de|t|ning)|uppringning",
    SOCIAL: r"social\w*(?: (?:medier|media|kanal\w*))?|facebook\w*|fb|instagram\w*|insta|twitter|linkedin|tiktok"
    r"|youtube|messenger|some",
    "sidkommentar": r"sidkommentar\w*|kommentar\w* pa (?:webben|webbplatsen|sidan)",
    "webbformulär": r"webb?formular\w*|formular\w*|e-?tjanst\w*|webb\w*",
    "e-post": r"e-?post\w*|e-?mail\w*|mejl\w*|mail\w*",
    "blankett": r"(?:(?:in)?skann\w* )?blankett\w*",
    "brev": r"(?:(?:in)?skann\w* )?(?:brev\w*|vykort\w*|papper\w*)|(?:in)?skann\w*|post(?:en)?",
    "besök": r"(?:personligt )?besok\w*|muntlig\w*(?: mote\w*)?|mote\w*|samrad\w*|reception\w*|personligen",
}
_FORMS: Final = {kind: re.compile(rf"(?:{form})(?![a-z0-9])") for kind, form in _KINDS.items()}
_SPOKEN: Final = ("telefon", "besök")
_LEAD: Final = re.compile(r"(?:(?:via|genom|pa|i|fran|ett|en|per|med)\s+)*")
_AFTER: Final = re.compile(r"[\s.,:;–—-]*")


@dataclass(frozen=True, slots=True)
class Named:
    """The channel that words begin with, as the municipality lists it, and the rest of the words."""

    channel: str
    rest: str


def find_channel(words: str, channels: Iterable[str]) -> Named | None:
    """The channel that the words begin with; None where they name none."""
    begins, channels = fold(words), tuple(channels)
    lead = _LEAD.match(begins)
    at = lead.end() if lead else 0
    for channel in sorted(channels, key=len, reverse=True):
        own = re.compile(rf"{re.escape(fold(channel))}(?![a-z0-9])").match(begins, at)
        if own:
            return Named(channel, _rest(words, own.end()))
    for kind, form in _FORMS.items():
        if found := form.match(begins, at):
            return Named(_listed(kind, channels), _rest(words, found.end()))
    return None


def is_social(channel: str) -> bool:
    """Whether what comes by the channel was written in public, so that an editor publishes the answer (KOP-16)."""
    return _FORMS[SOCIAL].match(fold(channel)) is not None


def is_spoken(channel: str) -> bool:
    """Whether what comes by the channel was said to somebody, who wrote it down: on the telephone or face to face."""
    return any(_FORMS[kind].match(fold(channel)) for kind in _SPOKEN)


def _listed(kind: str, channels: Iterable[str]) -> str:
    return next((c for c in channels if _FORMS[kind].fullmatch(fold(c))), kind)


def _rest(words: str, at: int) -> str:
    after = _AFTER.match(words, at)
    return words[after.end() if after else at :]
