"""Days in the languages that letters to submitters are written in: in Swedish, English and Finnish."""

from __future__ import annotations

from datetime import date
from typing import Final

from service.core.speech import swedish

_ENGLISH: Final = (
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
)  # fmt: skip
_FINNISH: Final = (  # as they stand in a sentence, "on Friday": the essive; the month in the partitive
    ("maanantaina", "tiistaina", "keskiviikkona", "torstaina", "perjantaina", "lauantaina", "sunnuntaina"),
    (
        "tammikuuta", "helmikuuta", "maaliskuuta", "huhtikuuta", "toukokuuta", "kesäkuuta",
        "heinäkuuta", "elokuuta", "syyskuuta", "lokakuuta", "marraskuuta", "joulukuuta",
    ),
)  # fmt: skip


def day(value: date, language: str = "sv") -> str:
    """The day with weekday and year: "fredag 27 november 2026", "Friday 27 November 2026".

    In a language that has no words here it is the Swedish one's.
    """
    match language:
        case "en":
            return f"{_ENGLISH[0][value.weekday()]} {value.day} {_ENGLISH[1][value.month - 1]} {value.year}"
        case "fi":
            return f"{_FINNISH[0][value.weekday()]} {value.day}. {_FINNISH[1][value.month - 1]} {value.year}"
    return swedish.day(value)
