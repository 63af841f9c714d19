"""Labels and their answers in a form's mail, whatever the form makes of them on the page.

A line with a label is `Label: answer`, the label alone with the answer on the lines after it, or a row of a table that
became text; bullets, numbers and stars around it are ornament, and so is `*` or `(obligatoriskt)` behind it. Nothing
but a known label ends an answer: free text may have paragraphs and colons (`Obs: ...`), and even a line that looks like
one of the form's own labels.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_SECTION = "**"
_NOTHING = {"", "-", "–", "—", "ej angivet", "ej ifyllt", "inget svar"}
_ORNAMENT = r"[\s|>*•·\[_]{0,80}(?:[-–]\s|\d{1,2}[.)]\s)?[\s*\[_]{0,9}"
_REMARK = r"\((?:obligatorisk\w{0,9}|frivillig\w{0,9}|valfri\w{0,9}|krävs|måste fyllas i|required|optional)\)"
# What parts a label from its answer: a colon, the end of the line, or the gap between two table cells.
_END = rf"(?:\s{{0,80}}(?:[*\]_]|\.{{2,80}}+|{_REMARK})){{0,4}}\s*(?:[:|;]\**|$|(?<=\?)\s|(?<=\s\s)|(?<=\t)|[-–—=]\s)"
_UNDERLINE = re.compile(r"\s*[-=_*~]{3,}\s*")


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one form.

    free: the label whose answer is free text and may hold anything. is_choice: whether a line is one of the answers
    that the form offers below `choice`, though it is also a label ("E-post" below the question how to answer).
    """

    every: tuple[str, ...]
    free: str = ""
    choice: str = ""
    is_choice: Callable[[str], object] = bool
    has_sections: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where an answer begins: its line, label (empty: a new section, which ends an answer) and what follows there."""

    line: int
    label: str
    rest: str


def answers(labels: Labels, text: str) -> dict[str, str]:
    """The answers by label, for every label that the text has."""
    lines = text.splitlines()
    marks = _real(labels, _marks(labels, lines))
    ends = [*(mark.line for mark in marks[1:]), len(lines)][: len(marks)]
    found = {}
    for mark, end in zip(marks, ends, strict=True):
        if mark.label:
            below = lines[mark.line + 1 : end]
            if below and _UNDERLINE.fullmatch(below[0]):
                below = below[1:]
            found[mark.label] = _clean([mark.rest, *(line.rstrip() for line in below)])
    return found


def _marks(labels: Labels, lines: list[str]) -> list[_Mark]:
    """Every line that looks as if an answer began there."""
    marks: list[_Mark] = []
    is_open = False  # nothing has answered the question with choices yet
    for number, line in enumerate(lines):
        if labels.has_sections and line.lstrip().startswith(_SECTION):
            label, rest, is_mark = "", "", True
        else:
            label, rest = _label(labels.every, line)
            is_mark = bool(label) and not (is_open and labels.is_choice(line))
        if is_mark:
            marks.append(_Mark(number, label, rest))
            is_open = bool(label) and label == labels.choice and not rest
        else:
            is_open = is_open and not line.strip()
    return marks


def _real(labels: Labels, marks: list[_Mark]) -> list[_Mark]:
    """The marks without those that are a part of an answer. A label counts once.

    Before the free text its first appearance counts. After it the text itself may hold one of the labels, and the end
    of the mail may too (a municipality's own address): labels that come only once there tell where the form goes on.
    """
    start = next((mark.line for mark in marks if mark.label == labels.free), None) if labels.free else None
    places: dict[str, list[int]] = {}
    for mark in marks:
        places.setdefault(mark.label, []).append(mark.line)
    later = {label: [p for p in found if start is not None and p > start] for label, found in places.items()}
    once = [found[0] for label, found in later.items() if label and len(found) == 1 and places[label] == found]
    first, last = min(once, default=0), max(once, default=0)
    is_before = {label: start is None or found[0] <= start for label, found in places.items()}
    real = {n: found[0] if is_before[n] else _among(found, first, last) for n, found in places.items()}
    return [mark for mark in marks if not mark.label or mark.line == real[mark.label]]


def _among(places: list[int], first: int, last: int) -> int:
    """The likely one of several: among the labels that come once, else before them, else the first."""
    inside = [place for place in places if first <= place <= last]
    before = [place for place in places if place < first]
    return (inside[:1] or before[-1:] or places[:1])[0]


def _label(labels: tuple[str, ...], line: str) -> tuple[str, str]:
    """The label that the line begins with, as the rules folder spells it, and what follows on the line."""
    match = _expression(labels).match(line)
    if not match:
        return "", ""
    written = normal(match[1])
    return next(label for label in labels if normal(label) == written), line[match.end() :].strip()


@lru_cache(maxsize=256)
def _expression(labels: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(labels, key=len, reverse=True)
    written = "|".join(r"\s{1,9}".join(map(re.escape, label.rstrip(" :*").split())) for label in longest_first)
    return re.compile(rf"{_ORNAMENT}({written}){_END}", re.IGNORECASE)


def _clean(lines: list[str]) -> str:
    first, *more = lines
    rest = textwrap.dedent("\n".join(more))
    text = f"{first}\n{rest}".strip("| \n\t")
    return "" if text.casefold() in _NOTHING else text


def normal(text: str) -> str:
    """A label or a choice as two of them are compared."""
    return " ".join(text.casefold().split()).rstrip(" :*")
