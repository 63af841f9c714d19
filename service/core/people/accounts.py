"""Bank account numbers in running text: they stand in no mail of ours (S35). The mail as it came has them.

A number counts where the word says so ("konto", "clearing"), or where it is an IBAN: alone its digits tell nothing.
"""

import re
from typing import Final

from service.core.people.personal import mask_personal_numbers

MASK: Final = "[kontonummer]"

_DASHES: Final = "\\-\u00ad\u2010-\u2014\u2212"
_WORD: Final = r"(?:\w{2,12})?konto(?:t|n(?:umme)?re?t?)?|clearing(?:n(?:umme)?re?t?)?"
_BETWEEN: Final = (
    r"(?:[^\S\n]|:\n?|[.,#(]|\b(?:nr|nummer|numret|är|i|på|hos|med|vid|min|mitt|bank|swedbank|handelsbanken|seb|nordea|sparbanken"
    r"|länsförsäkringar|skandia|ica|danske|och|clearing|clearingnummer|clearingnr|kontonummer|kontonr|kto)\b){0,12}"
)
_DIGITS: Final = rf"[0-9](?:[ \u00a0{_DASHES}.,/]{{0,3}}[0-9]){{6,19}}"
_CLEARING: Final = rf"[0-9]{{4}}(?:[{_DASHES}][0-9])?(?![0-9])(?=\W{{0,3}}(?:\w{{0,12}}konto|kto))"
_BY_WORD: Final = re.compile(rf"(?i)(\b(?:{_WORD})\b{_BETWEEN})(?<![0-9])(?:{_DIGITS}|{_CLEARING})(?![0-9])")
_ACCOUNT: Final = re.compile("(?i)konto|clearing")  # stands before every number that its word tells
_IBAN: Final = re.compile(r"\b[A-Z]{2}[0-9]{2}(?:[ \u00a0]?[0-9]{4}){3,6}(?:[ \u00a0]?[0-9]{1,3})?\b")
_FOUR_DIGITS: Final = re.compile(rf"[0-9](?:[ \u00a0{_DASHES}.,/]{{0,3}}[0-9]){{3}}")  # every number has them


def mask_account_numbers(text: str) -> str:
    """The text with `[kontonummer]` in place of every account number."""
    if not _FOUR_DIGITS.search(text):
        return text
    text = _IBAN.sub(MASK, text)
    return _BY_WORD.sub(rf"\g<1>{MASK}", text) if _ACCOUNT.search(text) else text


def mask_numbers(text: str) -> str:
    """The text without the numbers that stand in no mail: personal ones and those of accounts."""
    return mask_account_numbers(mask_personal_numbers(text))
