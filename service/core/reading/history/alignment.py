"""Which words of a text were copied from another one, in time that grows with their length and no faster.

Both are sequences of words. Copies are found by runs of four words, as programs that send differences do it, and made
longer as far as they go; a word of the source is used once, so that what the writer repeats of it is the writer's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

_RUN = 4  # words in a row that point to a place of the source
_PLACES = 8  # of the places where the same run stands, so many are remembered
_FAR_RUN = 8  # a copy that does not go on where the last one ended must be longer, or fill whole lines
_NEAR = 3  # words that may be left out or changed between two copies
_MOST_FILLED = 60  # words of the source that are looked for between two copies


@dataclass(slots=True)
class Words:
    """Words in order, and which of them are the first of their line; a last one past the end closes the text."""

    words: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # the line that each word stands in

    def begins_line(self, index: int) -> bool:
        """Whether the word is the first of its line; the place after the last word counts as one."""
        return index in {0, len(self.words)} or self.lines[index] != self.lines[index - 1]


def copied(text: Words, source: Words) -> list[int]:
    """For each word of the text the place in the source that it was copied from, -1 for the writer's own."""
    found = [-1] * len(text.words)
    used = bytearray(len(source.words))
    _mark_runs(text, source, found, used)
    _fill_short(text, source, found, used)
    _settle_on_lines(text, found)
    return found


def _mark_runs(text: Words, source: Words, found: list[int], used: bytearray) -> None:
    places = _places(source.words)
    words, expected, index = text.words, 0, 0
    while index < len(words):
        at = _place(places.get(tuple(words[index : index + _RUN]), ()), expected, used)
        length = _length(words, index, source.words, at, used) if at >= 0 else 0
        if length < _RUN or not _is_copy(text, index, length, at - expected):
            index += 1
            continue
        for step in range(length):
            found[index + step] = at + step
            used[at + step] = 1
        index, expected = index + length, at + length


def _places(words: Sequence[str]) -> dict[tuple[str, ...], list[int]]:
    places: dict[tuple[str, ...], list[int]] = {}
    for index in range(len(words) - _RUN + 1):
        known = places.setdefault(tuple(words[index : index + _RUN]), [])
        if len(known) < _PLACES:
            known.append(index)
    return places


def _place(places: Sequence[int], expected: int, used: bytearray) -> int:
    """The place where the copy goes on, else the next one below, else any that was not used; -1 for none."""
    free = [at for at in places if not used[at]]
    return min((at for at in free if at >= expected), default=min(free, default=-1))


def _length(words: Sequence[str], index: int, source: Sequence[str], at: int, used: bytearray) -> int:
    most = min(len(words) - index, len(source) - at)
    return next((n for n in range(most) if words[index + n] != source[at + n] or used[at + n]), most)


def _is_copy(text: Words, index: int, length: int, leap: int) -> bool:
    """Whether a run is a copy for sure: four words of a sentence may be the writer's own."""
    if 0 <= leap <= _NEAR or length >= _FAR_RUN:
        return True
    return text.begins_line(index) and text.begins_line(index + length)


def _fill_short(text: Words, source: Words, found: list[int], used: bytearray) -> None:
    """Find the copies of fewer words: short lines of the source that stand whole where they belong."""
    for start, end in own_runs(found):
        first = found[start - 1] + 1 if start else None
        last = found[end] if end < len(found) else None
        if first is None:
            first = max(0, last - _MOST_FILLED) if last is not None else 0
        if last is None:
            last = min(len(source.words), first + _MOST_FILLED)
        if not 0 < last - first <= _MOST_FILLED:
            continue
        at, index = start, first
        while index < last and at < end:
            stop = next((n for n in range(index + 1, last) if source.begins_line(n)), last)
            piece = source.words[index:stop]
            place = -1 if any(used[index:stop]) else _whole(text, piece, at, start, end)
            if place >= 0:
                for step in range(len(piece)):
                    found[place + step] = index + step
                    used[index + step] = 1
                at = place + len(piece)
            index = stop


def _whole(text: Words, piece: list[str], at: int, start: int, end: int) -> int:
    """Where in the run the piece stands with nothing beside it on its lines but copies; -1 for nowhere."""
    for place in range(at, end - len(piece) + 1):
        if text.words[place] != piece[0] or text.words[place : place + len(piece)] != piece:
            continue
        after = place + len(piece)
        if (place == start or text.begins_line(place)) and (after == end or text.begins_line(after)):
            return place
    return -1


def own_runs(found: Sequence[int]) -> list[tuple[int, int]]:
    """The runs of words that were not copied: first word, and the one after the last."""
    runs: list[tuple[int, int]] = []
    start = -1
    for index, at in enumerate(found):
        if at < 0 <= start or (at >= 0 and start < 0):
            continue
        if at < 0:
            start = index
        else:
            runs.append((start, index))
            start = -1
    return [*runs, (start, len(found))] if start >= 0 else runs


def _settle_on_lines(text: Words, found: list[int]) -> None:
    """Let what was put in begin with a line where its first words may as well be the ones after it in the source."""
    for start, end in own_runs(found):
        if text.begins_line(start):
            continue
        a, b = start, end
        while a > 0 and found[a - 1] >= 0 and text.words[a - 1] == text.words[b - 1] and not text.begins_line(a):
            a, b = a - 1, b - 1
        if text.begins_line(a) and b < end:
            moved = found[a:start]
            found[a:b] = [-1] * (b - a)
            found[b:end] = moved
