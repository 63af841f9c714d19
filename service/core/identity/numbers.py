"""Case numbers: `EKV-26-00123-K`, that is municipality prefix, year, serial, check letter.

The check letter catches any one wrong digit or letter and any swap of two neighbours, so that a mistyped number does
not drop one citizen's mail into another citizen's case. One exception: two prefix letters whose values differ by 23
(A and X, B and Y, C and Z) count alike. It is harmless where the municipality's prefix is given to `find_numbers`,
which then refuses every other prefix.
"""

import re
from functools import lru_cache
from typing import Final

# No I, O or Q, which are misread. The order is arbitrary, but every number that was ever given out depends on it.
_CHECK_LETTERS: Final = "ABRCDEFGHJLNPSTUVKWXYMZ"
_MODULUS: Final = len(_CHECK_LETTERS)  # prime, and above every weight: no factor of a difference can vanish
_FIRST_WEIGHT: Final = 2

_PREFIX: Final = re.compile(r"[A-Z]{2,5}")
_LARGEST_SERIAL: Final = 999_999_999  # nine digits keep the highest weight (17) below the modulus

# The number of characters that are searched: a subject of a megabyte is an attack, not a subject.
_SEARCHED: Final = 20_000

# Soft hyphen, zero-width characters and direction marks: invisible, and pasted along from web pages and phones.
_INVISIBLE: Final = dict.fromkeys(
    [0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
# Hyphen-minus, hyphen, non-breaking hyphen, figure dash, en dash, em dash, horizontal bar, minus, small and full-width.
_DASHES: Final = "\\-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
# Bounded, so that the search stays linear; wide enough for a folded line with its indentation.
_SEPARATOR: Final = rf"[\s{_DASHES}]{{0,6}}"
_GAP: Final = r"\s{0,4}"
# Every serial has five digits with nothing but blanks and what is invisible between, hardly any text has them.
_SERIAL: Final = re.compile(rf"[0-9](?:[\s{''.join(map(chr, _INVISIBLE))}]*[0-9]){{4}}")


def number(prefix: str, year: int, serial: int) -> str:
    """The case number of the serial in the year.

    prefix: two to five capital letters A–Z. year: the calendar year, of which the last two digits are used.
    serial: 1 to 999,999,999, written with at least five digits.
    Raises ValueError for anything else.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"the prefix of a case number is two to five capital letters A-Z, not {prefix!r}")
    if not 0 < serial <= _LARGEST_SERIAL:
        raise ValueError(f"the serial of a case number is 1 to {_LARGEST_SERIAL}, not {serial}")
    if year < 0:
        raise ValueError(f"the year of a case number is not {year}")
    two_digits, digits = f"{year % 100:02d}", f"{serial:05d}"
    return f"{prefix}-{two_digits}-{digits}-{check_letter(prefix + two_digits + digits)}"


def check_letter(characters: str) -> str:
    """The check letter of prefix, year and serial written together, such as `EKV2600123`.

    Digits count as themselves, letters as A = 10 to Z = 35; weights 2, 3, 4 … from the last digit leftwards; modulo 23.
    """
    total = sum(weight * int(character, 36) for weight, character in enumerate(reversed(characters), _FIRST_WEIGHT))
    return _CHECK_LETTERS[total % _MODULUS]


def find_numbers(text: str, prefix: str | None = None) -> tuple[str, ...]:
    """The case numbers in a subject or a text, in the usual form, in order, each once.

    Found in every spelling that mail programs, phones and people make of one: lower case, other dashes, spaces, folded
    lines, lost brackets, no separators at all. Only numbers whose check letter is right count.
    With the municipality's prefix only its own numbers are found, and then also those that a folded line has broken
    inside a group (`EKV-26-00 123-K`); without it, any prefix will do and the groups must be whole.
    Only the first 20,000 characters are searched.
    """
    if not _SERIAL.search(text[:_SEARCHED]):
        return ()
    candidates = (_form(match) for match in _pattern(prefix).finditer(_searched(text)))
    return tuple(dict.fromkeys(candidate for candidate in candidates if is_number(candidate)))


def without_numbers(text: str) -> str:
    """The first 20,000 characters of the text, with a space in place of each case number."""
    return _pattern(None).sub(lambda match: " " if is_number(_form(match)) else match[0], _searched(text))


def is_number(text: str) -> bool:
    """Whether the text is a case number in the usual form with the right check letter, and nothing else."""
    parts = re.fullmatch(r"([A-Z]{2,5})-([0-9]{2})-(0[0-9]{4}|[1-9][0-9]{4,8})-([A-Z])", text)
    if parts is None:
        return False
    prefix, year, serial, letter = parts.groups()
    return int(serial) > 0 and check_letter(prefix + year + serial) == letter


def _searched(text: str) -> str:
    return text[:_SEARCHED].translate(_INVISIBLE)


def _form(match: re.Match[str]) -> str:
    return "-".join("".join(group.split()).upper() for group in match.groups())


@lru_cache(maxsize=64)
def _pattern(prefix: str | None) -> re.Pattern[str]:
    # The classes spell out both cases: re.IGNORECASE would take the Kelvin sign for a K.
    if prefix is None:
        letters, gap = "[A-Za-z]{2,5}", ""
    else:
        letters, gap = _GAP.join(f"[{letter.upper()}{letter.lower()}]" for letter in prefix), _GAP
    year = rf"[0-9]{gap}[0-9]"
    serial = rf"[0-9](?:{gap}[0-9]){{4,8}}"
    return re.compile(
        rf"(?<![^\W_])({letters}){_SEPARATOR}({year}){_SEPARATOR}({serial}){_SEPARATOR}([A-Za-z])(?![^\W_])"
    )
