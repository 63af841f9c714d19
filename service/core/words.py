"""Does a text contain a term of the rules? Words in any Swedish inflection, phrases and wildcards.

A term is one or more words. A word matches whole words only: `väg` is found in `vägarna`, not in `vägg` or `järnväg`.
`*` stands for any letters: `*belysning` is found in `gatubelysningen`, `sop*` in `sopkärl`. The words of a phrase match
in order with nothing between them: `hål i vägen`; a lone `*` in a phrase is any one word. A hyphen parts words, in
terms as in texts, so `e-post` is a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from service.core.inflection import common_start, term_keys, text_keys

if TYPE_CHECKING:
    from collections.abc import Iterable

# Longer runs are no words but encoded data: cut, so that the kept keys of 50,000 words stay small.
_WORD = re.compile(r"[^\W_]{1,60}")
_TERM_WORD = re.compile(r"(?:[^\W_]|\*)+")
_SOFT_HYPHEN = "\u00ad"


def _composed(text: str) -> str:
    """With å as one sign (some clients send a and a ring) and without the marks for possible line breaks."""
    return unicodedata.normalize("NFC", text).replace(_SOFT_HYPHEN, "")


class Text:
    """A text cut into words once, so that many terms can be looked for."""

    def __init__(self, *parts: str) -> None:
        """Take the parts (subject, body) as one text."""
        self.words: tuple[str, ...] = tuple(word for part in parts for word in _WORD.findall(_composed(part)))

    @cached_property
    def index(self) -> dict[str, str]:
        """From every key of the text's words to the first word that has it."""
        index: dict[str, str] = {}
        for word in reversed(dict.fromkeys(self.words)):
            index.update(text_keys(word))
        return index

    @cached_property
    def lines(self) -> str:
        """The different words, casefolded, each between line feeds: what wildcards are looked for in."""
        return "\n" + "\n".join(dict.fromkeys(word.casefold() for word in self.words)) + "\n"


@dataclass(frozen=True, slots=True)
class _Plain:
    """A word without wildcard."""

    keys: frozenset[str]

    def first(self, text: Text) -> str | None:
        index = text.index
        for key in self.keys:
            if key in index:
                return index[key]
        return None

    def is_form_of(self, word: str) -> bool:
        return not self.keys.isdisjoint(text_keys(word))


@dataclass(frozen=True, slots=True)
class _Wild:
    """A word with wildcards. Its end, unless that is a wildcard, may be inflected as a word of its own."""

    start: str  # "" when it begins with a wildcard
    middle: tuple[str, ...]
    end: str  # "" when it ends with a wildcard
    end_start: str  # what every form of `end` starts with
    end_keys: frozenset[str]

    @classmethod
    def parse(cls, word: str) -> _Wild:
        start, *middle, end = word.casefold().split("*")
        keys = term_keys(end) if end else frozenset()
        return cls(start, tuple(filter(None, middle)), end, common_start(end), keys)

    def first(self, text: Text) -> str | None:
        """The first word that matches, found by its longest fixed part: most texts hold none."""
        probe, lines = max((self.start, *self.middle, self.end_start), key=len), text.lines
        at = lines.find(probe)
        while 0 <= at < len(lines) - 1:
            stop = lines.find("\n", at + 1)
            word = lines[lines.rfind("\n", 0, stop) + 1 : stop]
            if self.is_form_of(word):
                return word
            at = lines.find(probe, stop)
        return None

    def is_form_of(self, word: str) -> bool:
        folded = word.casefold()
        if not folded.startswith(self.start):
            return False
        at = len(self.start)
        for part in self.middle:
            found = folded.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return not self.end or self._ends(folded, at)

    def _ends(self, word: str, earliest: int) -> bool:
        """Whether the word ends in a form of `end`. An inflected form is never shorter: `*gata` isn't in `frågat`."""
        at = word.find(self.end_start, earliest)
        while 0 <= at <= len(word) - len(self.end):
            if not self.end_keys.isdisjoint(text_keys(word[at:])):
                return True
            at = word.find(self.end_start, at + 1)
        return False


@dataclass(frozen=True, slots=True)
class Term:
    """A word, a wildcard or a phrase of the rules, ready to be looked for."""

    written: str
    _parts: tuple[_Plain | _Wild, ...] = field(repr=False)

    @classmethod
    def parse(cls, written: str) -> Term:
        """Read a term; `ValueError` when it holds no word, or would match every text."""
        words = _TERM_WORD.findall(_composed(written))
        if not any(word.strip("*") for word in words):
            raise ValueError(f'"{written}" holds no word to look for')
        return cls(written, tuple(_Wild.parse(word) if "*" in word else _Plain(term_keys(word)) for word in words))

    def find(self, text: Text) -> str | None:
        """The words of the text that match first, as the text has them; None when the term isn't there."""
        first, *rest = self._parts
        if not rest:
            return first.first(text)
        if any(part.first(text) is None for part in self._parts):
            return None
        words, length = text.words, len(self._parts)
        for at in range(len(words) - length + 1):
            if all(part.is_form_of(words[at + offset]) for offset, part in enumerate(self._parts)):
                return " ".join(words[at : at + length])
        return None

    def __str__(self) -> str:
        """As the rules folder writes it."""
        return self.written


def found(terms: Iterable[Term], text: Text) -> tuple[str, ...]:
    """What the text has of the terms: its own words, one entry for each term that is there."""
    return tuple(match for term in terms if (match := term.find(text)) is not None)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A whole address, subject, file name or form value, without regard to case; `*` stands for any characters."""

    written: str
    _expression: re.Pattern[str] = field(repr=False)

    @classmethod
    def parse(cls, written: str) -> Pattern:
        """Read a pattern; `ValueError` when it is empty."""
        if not written.strip():
            raise ValueError("an empty pattern matches nothing")
        return cls(written, re.compile(".*".join(map(re.escape, _normal(written).split("*"))), re.DOTALL))

    def matches(self, value: str) -> bool:
        """Whether the whole value matches."""
        return self._expression.fullmatch(_normal(value)) is not None

    def __str__(self) -> str:
        """As the rules folder writes it."""
        return self.written


def _normal(value: str) -> str:
    return " ".join(_composed(value).casefold().split())
