"""Does a text contain a term of the rules? Words in any Swedish inflection, phrases and wildcards.

A term is one or more words. A word matches whole words only: `väg` is found in `vägarna`, not in `vägg` or `järnväg`.
`*` stands for any letters: `*belysning` is found in `gatubelysningen`, `sop*` in `sopkärl`. The words of a phrase match
in order with nothing between them: `hål i vägen`; a lone `*` in a phrase is any one word. A hyphen parts words, in
terms as in texts, so `e-post` is a phrase.

Reading a text costs no more than its length, whatever it holds and however many terms there are: each different word is
looked up once, by what every form of a term's word begins with or holds, and a `Lexicon` remembers the words of the
mails before, since mails are many and say the same things.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from service.core.faulttexts import say
from service.core.rules.inflection import beginning, beginnings, common_start, term_keys, text_keys

_WORD = re.compile(r"[^\W_]{1,60}")  # longer runs are no words but encoded data
_TERM_WORD = re.compile(r"(?:[^\W_]|\*)+")
_SOFT_HYPHEN = "\u00ad"


def _composed(text: str) -> str:
    """With å as one sign (some clients send a and a ring) and without the marks for possible line breaks."""
    return unicodedata.normalize("NFC", text).replace(_SOFT_HYPHEN, "")


@dataclass(frozen=True, slots=True, eq=False)
class _Plain:
    """A word without wildcard."""

    keys: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class _Wild:
    """A word with wildcards. Its end, unless that is a wildcard, may be inflected as a word of its own."""

    start: str  # "" when it begins with a wildcard
    middle: tuple[str, ...]
    end: str  # "" when it ends with a wildcard
    end_start: str  # what every form of `end` starts with
    end_keys: frozenset[str]

    @classmethod
    def parse(cls, word: str) -> "_Wild":
        start, *middle, end = word.casefold().split("*")
        keys = term_keys(end) if end else frozenset()
        return cls(start, tuple(filter(None, middle)), end, common_start(end), keys)

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


_Part = _Plain | _Wild
_ANY = _Wild.parse("*")
"""Any one word. It is not looked up: each word of a text would be a form of it."""


@lru_cache(maxsize=20_000)
def _part(word: str) -> _Part:
    """One and the same part for a word, however many terms have it."""
    if not word.strip("*"):
        return _ANY
    return _Wild.parse(word) if "*" in word else _Plain(term_keys(word))


@dataclass(frozen=True, slots=True)
class Term:
    """A word, a wildcard or a phrase of the rules."""

    written: str
    parts: tuple[_Part, ...] = field(repr=False, compare=False)

    @classmethod
    def parse(cls, written: str) -> "Term":
        """Read a term; `ValueError` when it holds no word, or would match every text."""
        words = _TERM_WORD.findall(_composed(written))
        if not any(word.strip("*") for word in words):
            raise ValueError(say("no-term", text=written))
        return cls(written, tuple(map(_part, words)))

    def __str__(self) -> str:
        """As the rules folder writes it."""
        return self.written


class Text:
    """A text that a lexicon has read. Only the terms of that lexicon can be found in it."""

    def __init__(self, words: list[str], held: dict[str, tuple[_Part, ...]]) -> None:
        """Take the words in order, and for each different one the words of terms that it is a form of."""
        self._words, self._held = words, held
        # From the end, so that the first word that is a form of a term is the one that stays.
        self._first = {_ANY: "", **{part: word for word, parts in reversed(held.items()) for part in parts}}

    @cached_property
    def _places(self) -> dict[_Part, list[int]]:
        places: dict[_Part, list[int]] = {part: [] for part in self._first}
        held = {word: parts for word, parts in self._held.items() if parts}
        for at, word in enumerate(self._words):
            if word in held:
                for part in held[word]:
                    places[part].append(at)
        return places

    def find(self, term: Term) -> str | None:
        """The words of the text that match first, as the text has them; None when the term isn't there."""
        parts = term.parts
        if len(parts) == 1:
            return self._first.get(parts[0])
        if not all(map(self._first.__contains__, parts)):
            return None
        # A phrase is looked for where the rarest of its words stands.
        told = ((ahead, part) for ahead, part in enumerate(parts) if part is not _ANY)
        ahead, rarest = min(told, key=lambda numbered: len(self._places[numbered[1]]))
        starts = (at - ahead for at in self._places[rarest])
        return next((" ".join(self._words[at : at + len(parts)]) for at in starts if self._is_at(at, parts)), None)

    def _is_at(self, at: int, parts: tuple[_Part, ...]) -> bool:
        return 0 <= at <= len(self._words) - len(parts) and all(
            part is _ANY or part in self._held[self._words[place]] for place, part in enumerate(parts, at)
        )

    def found(self, terms: Iterable[Term]) -> tuple[str, ...]:
        """What the text has of the terms: its own words, one entry for each term that is there."""
        there = (term for term in terms if term.parts[0] in self._first)  # of hundreds hardly any
        return tuple(match for term in there if (match := self.find(term)) is not None)


_LETTERS = 3  # of what stands in every form of a wildcard's word: so many are looked up


class Lexicon:
    """All the terms that may be looked for, and what is known of the words met so far (at most 50,000)."""

    def __init__(self, terms: Iterable[Term]) -> None:
        """Take the terms."""
        self._plain: dict[str, list[_Plain]] = {}
        self._starting: dict[str, list[_Wild]] = {}
        self._holding: dict[str, list[_Wild]] = {}
        for part in dict.fromkeys(part for term in terms for part in term.parts if part is not _ANY):
            if isinstance(part, _Plain):
                for key in part.keys:
                    self._plain.setdefault(key, []).append(part)
            elif part.start:
                self._starting.setdefault(part.start[:_LETTERS], []).append(part)
            else:
                self._holding.setdefault(max(*part.middle, part.end_start, "", key=len)[:_LETTERS], []).append(part)
        self._beginnings = {beginning(key) for key in self._plain}
        self._sizes = sorted({len(piece) for piece in self._holding})
        self._known = lru_cache(maxsize=50_000)(self._look_up)

    def read(self, *texts: str) -> Text:
        """Read the texts (subject, body) as one."""
        words = _WORD.findall(_composed(" ".join(texts)))
        return Text(words, {word: self._known(word) for word in dict.fromkeys(words)})

    def _look_up(self, word: str) -> tuple[_Part, ...]:
        """The words of terms that a word of a text is a form of."""
        folded = word.casefold()
        found: list[_Part] = []
        if not self._beginnings.isdisjoint(beginnings(folded)):
            found += (part for key in text_keys(word) for part in self._plain.get(key, ()))
        found += (part for part in self._wild(folded) if part.is_form_of(word))
        return tuple(dict.fromkeys(found))

    def _wild(self, folded: str) -> Iterator[_Wild]:
        """The wildcards that the word may be a form of."""
        for size in range(1, _LETTERS + 1):
            yield from self._starting.get(folded[:size], ())
        for size in self._sizes:
            pieces = {folded[at : at + size] for at in range(len(folded) - size + 1)}
            for piece in pieces & self._holding.keys():
                yield from self._holding[piece]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A whole address, subject, file name or form value, without regard to case; `*` stands for any characters."""

    written: str
    _pieces: tuple[str, ...] = field(repr=False)  # what stands between the wildcards

    @classmethod
    def parse(cls, written: str) -> "Pattern":
        """Read a pattern; `ValueError` when it is empty."""
        if not written.strip():
            raise ValueError(say("empty-pattern"))
        return cls(written, tuple(_normal(written).split("*")))

    def matches(self, value: str) -> bool:
        """Whether the whole value matches."""
        value = _normal(value)
        start, *rest = self._pieces
        if not rest:
            return value == start
        *middle, end = rest
        if not value.startswith(start):
            return False
        at = len(start)
        for piece in middle:  # the first place of each is as good as any later one
            found = value.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        return len(value) - len(end) >= at and value.endswith(end)

    def __str__(self) -> str:
        """As the rules folder writes it."""
        return self.written


def _normal(value: str) -> str:
    return " ".join(_composed(value).casefold().split())
