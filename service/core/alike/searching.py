"""Words to search by: what a text is found by, and what a question looks for.

A text is found by the keys of each of its words (`rules/inflection`), so by any form of them: `gator` finds `gatan`.
Each word is kept backwards too, by its shortest key: then the beginning of a key is enough to find a compound by its
last part, `belysning` the `gatubelysningen`, as the beginning of a word finds `belysningsstolpe`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final

from service.core.rules.inflection import term_keys, text_keys

BACKWARDS: Final = "←"
"""What the key of a word that is kept backwards begins with."""
_LEAST_OF_A_PART = 3  # letters: of so many, a part of a word is enough
_LONGEST: Final = 40  # characters of a word
_MOST: Final = 4_000  # words of one text: longer ones than anybody writes
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """One word of a question: any of these keys, or any that begins so, has to be there."""

    keys: tuple[str, ...]
    beginnings: tuple[str, ...] = ()


def keys(text: str) -> list[str]:
    """What a text is found by, in a fixed order."""
    words = dict.fromkeys(_words(text)[:_MOST])
    # No number is remembered: each mail brings new ones.
    found = (_keys(cut) if (cut := word[:_LONGEST]).isalpha() else (cut,) for word in words)
    return list(dict.fromkeys(chain.from_iterable(found)))


def asked(words: Iterable[str]) -> tuple[Asked, ...]:
    """What a question looks for; each of its words has to be there. Signs between words say nothing."""
    return tuple(_asked(word) for given in words for word in _words(given))


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


@lru_cache(maxsize=20_000)
def _keys(word: str) -> tuple[str, ...]:
    found = sorted(text_keys(word))
    shortest = _shortest(found)
    return (*found, f"{BACKWARDS}{shortest[::-1]}") if shortest else tuple(found)


def _asked(word: str) -> Asked:
    word = word[:_LONGEST]
    if not word.isalpha():
        return Asked((word,), (word,) if len(word) >= _LEAST_OF_A_PART else ())
    found = sorted(text_keys(word) | term_keys(word))
    if len(word) < _LEAST_OF_A_PART:
        return Asked(tuple(found))
    shortest = _shortest(found) or word
    beginnings = {word, f"{BACKWARDS}{shortest[::-1]}"}
    return Asked(tuple(found), tuple(sorted(beginnings | ({shortest} if len(shortest) > _LEAST_OF_A_PART else set()))))


def _shortest(found: Iterable[str]) -> str:
    long_enough = (key for key in found if len(key) >= _LEAST_OF_A_PART)
    return min(long_enough, key=lambda key: (len(key), key), default="")
