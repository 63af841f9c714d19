"""How content a citizen is, in one word back: a grade from 1 to 5, with a reason or without (`content_question`).

A number that begins an ordinary mail ("4 hål är kvar") is no grade: only what stands alone, or is followed by thanks,
a reason or a mark that ends it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from service.core.speech.commands import fold, plain, strip
from service.core.speech.consent import body
from service.core.speech.courtesy import is_thanks_only


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade, what is said of it (empty where that is mere courtesy), and whether it asks for something more."""

    value: int
    comment: str = ""
    goes_on: bool = False


_NUMBERS: Final = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "ett": 1, "etta": 1, "en etta": 1, "tva": 2, "tvaa": 2,
                   "tre": 3, "trea": 3, "fyra": 4, "fem": 5, "femma": 5,
                   "ettan": 1, "tvaan": 2, "trean": 3, "fyran": 4, "femman": 5}  # fmt: skip
_GRADE: Final = re.compile(
    r"[\s\"'”“*_#]*(?:(?:(?:mitt )?betyg(?:et)?|svar|siffran?|nr|nummer|jag (?:ger|satter|svarar)(?: er)?|"
    r"jag ar nojd|nojd|(?:det )?blir|en|ett|klar|stark|svag)[ :,]{1,3}){0,3}"
    r"(?P<value>[1-5](?=a?\b)|etta?n?|tvaa?n?|trea?n?|fyran?|femm?an?|fem)(?:(?<=\d)a\b)?[\"'”“*_]*"
    r"(?P<of>\s{0,2}(?:/|av)\s{0,2}5)?(?:\s*(?:poang|stjarnor|stjarna))?"
    r"(?P<rest>\s*$|\s*[.,!:;)\n–-]+\s*(?P<after>.*)|\s+(?P<because>(?:for|tack|eftersom|darfor|da|pga|p\.g\.a|bra|jatte\w*|"
    r"mycket|super\w*|toppen|kanon\w*|men|hade|bara|ganska|valdigt|riktigt|helt|okej|ok|snabb\w*|ni|jag|det|"
    r"dalig\w*|nojd\w*|missnojd\w*)\b.*)|\s*(?P<heart>[^\w\s].*))$",
    re.DOTALL,
)
_GOES_ON: Final = re.compile(
    r"\?|\b(?:fortfarande|kvar|trasig\w*|kan ni|vill att ni|ring|svara|hor av er|igen|"
    r"(?:inte|ej) (?:lagat|lagad|atgardat|atgardad|fixat|klart|klar|hant|hande|gjort|fatt svar|besvarat|lost))\b"
)
_GREETING: Final = re.compile(r"(?i)^\s*(?:hej|hejsan|hallå|god (?:morgon|dag|kväll))\b[!,. ]*\s*")
_LONGEST = 1_000  # characters; a longer mail is a mail


def read_grade(text: str, names: str = "") -> Grade | None:
    """The grade that the text gives; None where it gives none. names: of the people who may be addressed or sign."""
    said = strip(_GREETING.sub("", plain("\n".join(body(text)))))
    folded = fold(said)
    found = _GRADE.match(folded) if len(said) <= _LONGEST else None
    value = _NUMBERS.get(found["value"]) if found else None
    if not found or value is None:
        return None
    begins = max(found.start(group) for group in ("after", "because", "heart"))
    rest = strip(said[begins:]) if begins >= 0 else ""
    if re.match(r"\s*\d", found["after"] or "") and found["of"] is None:
        return None  # "4.30 i natt", "2-3 meter"
    if re.match(r"/\s*\d", rest) or re.search(r"(?:^|\s)2[.)]\s", rest):
        return None  # "5/10"; a list of several things
    if not re.search(r"\w", rest) or is_thanks_only(rest, names) or is_thanks_only(f"Tack. {rest}", names):
        return Grade(value)
    return Grade(value, rest, bool(_GOES_ON.search(fold(rest))))
