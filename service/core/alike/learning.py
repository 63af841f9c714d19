"""What the register teaches about the rules: words that lead to a unit, with the cases behind each. Nothing acts by it.

A word's weight for a unit is its log-odds against all other units with an informative Dirichlet prior (Monroe,
Colaresi, Quinn 2008), as a z score: how sure it is that the word is said more about this unit's matters. What is
proposed must hold in the latest part of the period, too, which was kept out of the counting.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

LEAST_CASES = 5
"""Of so many cases at least a word is learned: what fewer people say might tell who they are."""
_SURE = 1.96  # z, one chance in forty that it is chance
_LEAST_SHARE = 0.9  # of a word's cases, that belong to the unit
_HELD_OUT = 4  # the last of so many equal parts is kept out
_PRIOR = 100.0  # the weight of what everybody says, in words


@dataclass(frozen=True, slots=True)
class Taught:
    """A case that says where its like belongs: a person answered it there, or moved it there.

    words: the stems of what it is about, without places and names. routed: where the rules of today send it; empty
    where they leave it to a registrar. at: when it came in (aware).
    """

    number: str
    unit: str
    routed: str
    words: frozenset[str]
    at: datetime

    @property
    def moved(self) -> bool:
        """Whether the rules had it wrong, or did not know."""
        return self.unit != self.routed


@dataclass(frozen=True, slots=True)
class Lesson:
    """A word that leads to a unit. here: its cases there; elsewhere: how many it has in each other unit.

    held: of its cases in the part that was kept out, how many belonged there, and how many there were.
    """

    unit: str
    word: str
    z: float
    here: tuple[str, ...]
    elsewhere: tuple[tuple[str, int], ...]
    gained: tuple[str, ...]
    held: tuple[int, int]

    @property
    def cases(self) -> int:
        """All cases with the word."""
        return len(self.here) + sum(count for _, count in self.elsewhere)


@dataclass(frozen=True, slots=True)
class Mixed:
    """Cases of one unit that the rules send to another, and the words that tell the two apart."""

    routed: str
    unit: str
    numbers: tuple[str, ...]
    words: tuple[str, ...]


def lessons(taught: Sequence[Taught], names: frozenset[str] = frozenset()) -> list[Lesson]:
    """What the cases teach beyond the rules of today, the surest first; each with at least five cases.

    names: words that are people's names, which are never learned.
    """
    ordered = sorted(taught, key=lambda case: case.at)
    kept = len(ordered) - len(ordered) // _HELD_OUT
    counted, held = ordered[:kept], ordered[kept:]
    weights = _weights(counted)
    containing: dict[str, list[Taught]] = defaultdict(list)
    for case in ordered:
        for word in case.words - names:
            containing[word].append(case)
    found = []
    for word, cases in containing.items():
        unit, count = Counter(case.unit for case in cases).most_common(1)[0]
        z = weights.get((unit, word), 0.0)
        gained = tuple(case.number for case in cases if case.unit == unit and case.moved)
        if count < LEAST_CASES or count < _LEAST_SHARE * len(cases) or z < _SURE or not gained:
            continue
        late = [case for case in held if word in case.words]
        right = sum(case.unit == unit for case in late)
        if right < _LEAST_SHARE * len(late):
            continue
        others = Counter(case.unit for case in cases if case.unit != unit)
        here = tuple(case.number for case in cases if case.unit == unit)
        found.append(Lesson(unit, word, z, here, tuple(others.most_common()), gained, (right, len(late))))
    # Of two that teach alike the longer one says more.
    return sorted(found, key=lambda lesson: (-len(lesson.gained), -round(lesson.z, 1), -len(lesson.word), lesson.word))


def mixed(taught: Iterable[Taught], names: frozenset[str] = frozenset()) -> list[Mixed]:
    """Pairs of units that the rules mix up, those with the most cases first."""
    cases = list(taught)
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for case in cases:
        if case.moved and case.routed:
            pairs[case.routed, case.unit].append(case.number)
    found = []
    for (routed, unit), numbers in pairs.items():
        if len(numbers) < LEAST_CASES:
            continue
        weights = _weights([case for case in cases if case.unit in {routed, unit}])
        words = sorted((w for u, w in weights if u == unit and w not in names), key=lambda w: -weights[unit, w])
        telling = tuple(word for word in words[:5] if weights[unit, word] >= _SURE)
        found.append(Mixed(routed, unit, tuple(numbers), telling))
    return sorted(found, key=lambda pair: (-len(pair.numbers), pair.routed, pair.unit))


def _weights(cases: Sequence[Taught]) -> dict[tuple[str, str], float]:
    """The z score of each word for each unit in which it is said often enough."""
    everywhere = Counter(word for case in cases for word in case.words)
    total = sum(everywhere.values())
    by_unit: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        by_unit[case.unit].update(case.words)
    found = {}
    for unit, counts in by_unit.items():
        words = sum(counts.values())
        for word, count in counts.items():
            if count >= LEAST_CASES:
                found[unit, word] = _z(count, words, everywhere[word] - count, total - words, everywhere[word] / total)
    return found


def _z(here: int, words_here: int, there: int, words_there: int, share: float) -> float:
    """How much more often the word is said here than there, in standard deviations."""
    prior = share * _PRIOR

    def odds(count: int, words: int) -> float:
        return math.log((count + prior) / max(words + _PRIOR - count - prior, 1))

    spread = math.sqrt(1 / (here + prior) + 1 / (there + prior))
    return (odds(here, words_here) - odds(there, words_there)) / spread


def forms(word_of: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Of pairs of a stem and a written form, each stem with the form that is written most."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for stem, written in word_of:
        counted[stem][written] += 1
    for stem, written_forms in counted.items():
        best = max(written_forms.items(), key=lambda pair: (pair[1], -len(pair[0]), pair[0]))
        yield stem, best[0]
