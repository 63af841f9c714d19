"""What somebody lists by number or letter, each in their own words: "1) Lampan … 2) Biblioteket …" (S09)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_MOST: Final = 12  # what is longer is no mail about some matters, but a document
_LOOKED_AT: Final = 8_000  # characters
_LEAST_WORDS: Final = 3  # of one that says something of its own
_MARK: Final = re.compile(r"(?:^|(?<=[\s(]))([1-9][0-9]?|[a-z])(?:\)|\.(?=\s)|:(?=\s))\s*", re.MULTILINE)
_FIRST: Final = re.compile(r"[1a](?<![^\s(].)(?:\)|[.:]\s)")
_ORDER: Final = (tuple(map(str, range(1, 100))), tuple("abcdefghijklmnopqrstuvwxyz"))


def items(text: str) -> tuple[str, ...]:
    """The entries of the list in the text, where it has one of at least two; its order shows that it is one."""
    text = text[:_LOOKED_AT]
    if not _FIRST.search(text):  # most mails: the first mark of a list is found faster than all that look like one
        return ()
    marks = [(mark[1], mark.start(), mark.end()) for mark in _MARK.finditer(text)]
    return next((found for order in _ORDER if (found := _in_order(text, marks, order))), ())


def _in_order(text: str, marks: list[tuple[str, int, int]], order: tuple[str, ...]) -> tuple[str, ...]:
    taken: list[tuple[int, int]] = []
    for mark, start, end in marks:
        if mark == order[len(taken)] and len(taken) < _MOST:
            taken.append((start, end))
    borders = [*taken, (len(text), len(text))]
    entries = [text[end:until].strip() for (_, end), (until, _) in pairwise(borders)]
    says_much = len(entries) > 1 and all(len(entry.split()) >= _LEAST_WORDS for entry in entries)
    return tuple(entries) if says_much else ()
