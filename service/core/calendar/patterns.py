"""What a time looks like when it is written, for editors: patterns (ECMA 262) that say what its reader says.

They have no flags, so that letters of either case are spelled out.
"""

from __future__ import annotations

from service.core.calendar.durations import DIGITS, MAX_AMOUNT

_WORDS = ("working day", "day", "hour", "minute")
_CLOCK = r"(?:[01]?[0-9]|2[0-3])[:.][0-5][0-9]"


def number(most: int, least: int = 0, digits: int = DIGITS) -> str:
    """Whole numbers from `least` to `most`, in at most so many digits, with a blank after them."""
    written = str(most)
    last = len(written) - 1
    below = [
        f"{written[:at]}[0-{int(digit) - 1}][0-9]{{{last - at}}}" for at, digit in enumerate(written) if digit != "0"
    ]
    shorter = f"[0-9]{{1,{last}}}"
    not_less = f"(?!0*(?:{'|'.join(map(str, range(least)))})\\s)" if least else ""
    return f"(?=[0-9]{{1,{digits}}}\\s){not_less}0*(?:{'|'.join([shorter, *below, written])})\\s+"


def duration(most: int = MAX_AMOUNT, least: int = 0, *words: str) -> str:
    """An amount in one of those units, or in any."""
    units = "|".join(_in_any_case(word) for word in words or _WORDS)
    return rf"{number(most, least)}(?:{units})[sS]?"


def _in_any_case(words: str) -> str:
    return r"\s+".join("".join(f"[{c.upper()}{c}]" for c in word) for word in words.split())


def alone(*patterns: str) -> str:
    """One of them, and nothing else but white space around it."""
    return rf"^\s*(?:{'|'.join(patterns)})\s*$"


DURATION = alone(duration())
REMINDER = alone(rf"{duration()}\s*before")
CLOCK = alone(_CLOCK)
HOURS = alone(rf"{_CLOCK}\s*[-–]\s*{_CLOCK}")
