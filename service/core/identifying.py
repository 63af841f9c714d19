"""What in a case tells who wrote, and so keeps it from being published as it is (HJO-29)."""

from __future__ import annotations

import re
from typing import Final

from service.core.cases import Case
from service.core.personal import find_personal_numbers

_EMAIL: Final = re.compile(r"[^\s<>@]{1,64}@[^\s<>@.]{1,63}\.\w")
_PHONE: Final = re.compile(r"(?<![\w.-])(?:\+|0)\d(?:[\s\-\u2010-\u2014/()]{0,3}\d){5,12}(?!\w)")
_DIGITS: Final = re.compile(r"\D")


def identifying(case: Case) -> tuple[str, ...]:
    """What there is of it in the text and the answer that would be published, in Swedish; empty: nothing was found.

    In the answer the municipality's own addresses and numbers may stand, but not the submitter's.
    """
    text, answer, who = case.public_text or case.text, case.answer, case.submitter
    both = f"{text}\n{answer}"
    found = {
        "ett personnummer": bool(find_personal_numbers(both)),
        "ett telefonnummer": bool(_PHONE.search(text)) or _has_number(answer, who.phone),
        "en e-postadress": bool(_EMAIL.search(text)) or _has(answer, who.email),
        "synpunktslämnarens namn": _has_surname(both, who.name),
    }
    return tuple(name for name, is_there in found.items() if is_there)


def _has(text: str, words: str) -> bool:
    return bool(words) and words.casefold() in text.casefold()


def _has_number(text: str, number: str) -> bool:
    digits = _DIGITS.sub("", number)
    return bool(digits) and any(_DIGITS.sub("", match[0]) == digits for match in _PHONE.finditer(text))


def _has_surname(text: str, name: str) -> bool:
    """Whether the last of several names stands there; a first name alone tells nobody."""
    names = name.split()
    return len(names) > 1 and re.search(rf"(?<!\w){re.escape(names[-1])}s?(?!\w)", text, re.IGNORECASE) is not None
