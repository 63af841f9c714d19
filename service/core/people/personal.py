"""Swedish personal identity numbers and coordination numbers in running text (lagen 2018:218, 3 kap. 10 §).

A number counts when its form, its date and its check digit (Luhn) are right. The date rules out organisation numbers
(month 20 and above) and nearly all phone, registry and case numbers. What still looks like a personal number does so by
chance, such as one in ten of the invoice numbers of the form 20250403-1234: it is taken for one, since a hidden
invoice number does less harm than a shown personal number, and the original mail is untouched.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

MASK: Final = "[personnummer]"

_CENTURIES: Final = (18, 19, 20)
_COORDINATION: Final = 60  # is added to the day in a coordination number
_DASHES: Final = "\\-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"
_NUMBER: Final = re.compile(
    rf"""
    (?<![0-9])
    (?P<century>18|19|20)?
    (?P<year>[0-9]{{2}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})
    (?P<separator>[\s+{_DASHES}]{{0,3}})
    (?P<last>[0-9]{{4}})
    (?![0-9])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a personal number stands: text[start:end]."""

    start: int
    end: int


# Every number has them in a row, hardly any text does. The first alone: what begins with a repetition is sought slowly.
_SIX_DIGITS: Final = re.compile("[0-9][0-9]{5}")


def find_personal_numbers(text: str) -> tuple[Span, ...]:
    """The personal and coordination numbers in the text, in order: ten or twelve digits, with or without a dash, a plus
    or spaces before the last four.

    Ten digits in a row that begin with 070 are left alone: they are a mobile phone number far more often than the
    number of a child born in 2007, and the officer needs it.
    """
    if not _SIX_DIGITS.search(text):
        return ()
    return tuple(Span(*match.span()) for match in _NUMBER.finditer(text) if _is_personal(match))


def mask_personal_numbers(text: str) -> str:
    """The text with `[personnummer]` in place of every personal and coordination number."""
    if not _SIX_DIGITS.search(text):
        return text
    return _NUMBER.sub(lambda match: MASK if _is_personal(match) else match[0], text)


def _is_personal(match: re.Match[str]) -> bool:
    century, year, month, day, separator, last = match.groups()
    if not century and not separator and match[0].startswith("070"):
        return False
    centuries = (int(century),) if century else _CENTURIES
    born = int(day) - _COORDINATION if int(day) > _COORDINATION else int(day)
    return _luhn(year + month + day + last) and any(
        _is_date(of * 100 + int(year), int(month), born) for of in centuries
    )


def _luhn(digits: str) -> bool:
    """Whether the last digit is the check digit: every second digit doubled, digit sums added up, divisible by ten."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
