"""Lines of a text, as they are compared with what programs write."""

from __future__ import annotations

import re

LINE_LIMIT = 400
"""Signs of a line that are looked at: no form of a program's is longer, whatever the names in it."""

# zero-width signs and directions, which phones and Outlook put between words
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2060\ufeff]+")
_RULE = re.compile(r"\s*[-_=*—–─]{3,}\s*")
CLOCK = re.compile(r"(?<!\d)[012]?\d[:.][0-5]\d(?![\d.])|(?<!\d)[012]?\d[:.][0-5]\d[:.][0-5]\d")
ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){0,6}")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d\d(?!\d)")


def bare(line: str) -> str:
    """Return the beginning of a line without invisible signs, with single spaces of the ordinary kind."""
    line = line[:LINE_LIMIT]
    return " ".join((line if line.isprintable() else _INVISIBLE.sub("", line)).split())


def is_rule(line: str) -> bool:
    """Whether the line is nothing but a drawn rule."""
    return len(line) <= LINE_LIMIT and bool(_RULE.fullmatch(line))
