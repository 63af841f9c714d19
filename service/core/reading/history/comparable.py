"""The words of a text as they are compared with another's: folded, and with the place that they stand in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

WORD = re.compile(r"[^\W_](?:[^\W_]|[?\ufffd](?=[^\W_]))*|[\U0001f000-\U0001faff\u2600-\u27bf]")
EMOJI = re.compile(r"[\U0001f000-\U0001faff\u2600-\u27bf]")
_LINK = re.compile(
    r"<?(?:https?|mailto|tel):[^\s<>]{1,4000}>?|\[(?:cid|image|bild|https?):[^\]]{0,2000}\]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is compared, and its place in the line."""

    word: str
    start: int
    end: int


def tokens(line: str) -> Iterator[Token]:
    """The words of a line, folded. A link that stands beside its text says nothing new."""
    text = _LINK.sub(lambda found: _shown(found[0]), line) if ":" in line else line
    for found in WORD.finditer(text if WORD.search(text) else line):
        yield Token(_folded_word(found[0]), found.start(), found.end())


def _folded_word(word: str) -> str:
    """The word as it is compared: without å, ä, ö, which programs turn into other signs, or lose."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(sign for sign in folded if sign.isascii() and sign != "?") or folded


def _shown(link: str) -> str:
    """Blanks in place of what programs add for a link; a link that stands alone is the writer's, and stays."""
    return " " * len(link) if link[0] in "<[" or "safelinks.protection" in link[:200] else link


def folded(text: str) -> list[str]:
    """All words of a text as they are compared."""
    return [token.word for line in text.split("\n") for token in tokens(line)]
