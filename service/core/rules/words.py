"""Does a text contain a term of the rules? Words in any Swedish inflection, phrases and wildcards.

A term is one or more words. A word matches whole words only: `väg` is found in `vägarna`, not in `vägg` or `järnväg`.
`*` stands for any letters: `*belysning` is found in `gatubelysningen`, `sop*` in `sopkärl`. The words of a phrase match
in order with nothing between them: `hål i vägen`; a lone `*` in a phrase is any one word. A hyphen parts words, in
terms as in texts, so `e-post` is a phrase.

Mails are many and say the same things: a `Lexicon` remembers, for each run of letters that it has met, which words of
which terms it holds, so that reading a text is little more than splitting it at its spaces.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from service.core.faulttexts import say
from service.core.rules.inflection import common_start, term_keys, text_keys

_WORD = re.compile(r"[^\W_]{1,60}")  # longer runs are no words but encoded data
_TERM_WORD = re.compile(r"(?:[^\W_]|\*)+")
_LONGEST_KEPT = 400  # letters: a text with a longer run (encoded data) is read without keeping anything of it
_SOFT_HYPHEN = "\u00ad"


def _composed(text: str) -> str:
    """With å as one sign (some clients send a and a ring) and without the marks for possible line breaks."""
    return unicodedata.normalize("NFC", text).replace(_SOFT_HYPHEN, "")


def _cut(chunk: str) -> list[str]:
    return _WORD.findall(_composed(chunk))


@dataclass(frozen=True, slots=True, eq=False)
class _Plain:
    """A word without wildcard."""

    keys: frozenset[str]

    def is_form_of(self, word: str) -> bool:
        return not self.keys.isdisjoint(text_keys(word))


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


@lru_cache(maxsize=20_000)
def _part(word: str) -> _Part:
    """One and the same part for a word, however many terms have it."""
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

    def __init__(self, chunks: list[str], held: dict[str, dict[_Part, str]]) -> None:
        """Take what is between spaces, and for each different one the words of terms that it holds."""
        self._chunks, self._held = chunks, held
        self._seen: dict[_Part, str] = {}
        # From the end, so that the first word that is a form of a term is the one that stays.
        for hits in filter(None, reversed(held.values())):
            self._seen.update(hits)

    def find(self, term: Term) -> str | None:
        """The words of the text that match first, as the text has them; None when the term isn't there."""
        if len(term.parts) == 1:
            return self._seen.get(term.parts[0])
        if not all(map(self._seen.__contains__, term.parts)):
            return None
        beginnings = {chunk for chunk, hits in self._held.items() if term.parts[0] in hits}
        places = (at for at, chunk in enumerate(self._chunks) if chunk in beginnings)
        return next(filter(None, (self._phrase(term.parts, at) for at in places)), None)

    def _phrase(self, parts: tuple[_Part, ...], place: int) -> str | None:
        """The words of the phrase that begins somewhere between these two spaces."""
        words = _cut(self._chunks[place])
        beginnings = len(words)
        for chunk in islice(self._chunks, place + 1, None):
            if len(words) >= beginnings - 1 + len(parts):
                break
            words += _cut(chunk)
        for at in range(min(beginnings, len(words) - len(parts) + 1)):
            if all(part.is_form_of(word) for part, word in zip(parts, words[at:], strict=False)):
                return " ".join(words[at : at + len(parts)])
        return None

    def found(self, terms: Iterable[Term]) -> tuple[str, ...]:
        """What the text has of the terms: its own words, one entry for each term that is there."""
        return tuple(match for term in terms if (match := self.find(term)) is not None)


class Lexicon:
    """All the terms that may be looked for, and what is known of the runs of letters met so far (at most 50,000)."""

    def __init__(self, terms: Iterable[Term]) -> None:
        """Take the terms."""
        parts = dict.fromkeys(part for term in terms for part in term.parts)
        self._wild = [part for part in parts if isinstance(part, _Wild)]
        self._plain: dict[str, list[_Plain]] = {}
        for part in parts:
            if isinstance(part, _Plain):
                for key in part.keys:
                    self._plain.setdefault(key, []).append(part)
        self._known = lru_cache(maxsize=50_000)(self._look_up)

    def read(self, *texts: str) -> Text:
        """Read the texts (subject, body) as one."""
        chunks = " ".join(texts).split()
        different = dict.fromkeys(chunks)
        look_up = self._known if max(map(len, different), default=0) <= _LONGEST_KEPT else self._look_up
        return Text(chunks, {chunk: look_up(chunk) for chunk in different})

    def _look_up(self, chunk: str) -> dict[_Part, str]:
        """The words of terms that what stands between two spaces holds, with the first word that is one."""
        hits: dict[_Part, str] = {}
        for word in reversed(_cut(chunk)):
            plain = (part for key in text_keys(word) for part in self._plain.get(key, ()))
            hits |= dict.fromkeys(plain, word)
            hits |= dict.fromkeys((part for part in self._wild if part.is_form_of(word)), word)
        return hits


@dataclass(frozen=True, slots=True)
class Pattern:
    """A whole address, subject, file name or form value, without regard to case; `*` stands for any characters."""

    written: str
    _expression: re.Pattern[str] = field(repr=False)

    @classmethod
    def parse(cls, written: str) -> "Pattern":
        """Read a pattern; `ValueError` when it is empty."""
        if not written.strip():
            raise ValueError(say("empty-pattern"))
        return cls(written, re.compile(".*".join(map(re.escape, _normal(written).split("*"))), re.DOTALL))

    def matches(self, value: str) -> bool:
        """Whether the whole value matches."""
        return self._expression.fullmatch(_normal(value)) is not None

    def __str__(self) -> str:
        """As the rules folder writes it."""
        return self.written


def _normal(value: str) -> str:
    return " ".join(_composed(value).casefold().split())
