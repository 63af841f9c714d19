"""Sentences as they are compared with phrases: folded, without commas, and without what somebody else has said."""

from __future__ import annotations

import re
from functools import lru_cache

from service.core.speech.commands import fold, plain

_QUOTED = re.compile(r'"[^"\n]{0,300}"|[”“„»«][^”“„»«\n]{0,300}[”“»«]|^[ \t]*>.*$', re.MULTILINE)
_MARK_OF_A_QUOTE = re.compile('["”“„»«>]')
_SENTENCE = re.compile(r"[^.!?\n;]{1,600}[.!?;]?")


def any_of(phrases: str) -> re.Pattern[str]:
    """A pattern of one phrase a line, each a regular expression of folded words; a line that begins with + goes on.

    Phrases are sought where a word begins, and nowhere else.
    """
    lines = re.sub(r"\n\s*\+", "", phrases).splitlines()
    return re.compile(rf"\b(?=\w)(?:{'|'.join(line.strip().removeprefix(_BEGINS) for line in lines if line.strip())})")


_BEGINS = r"\b"  # said once for all of them: a phrase is then passed over by its first letter


@lru_cache(maxsize=2)  # of new feedback each reader of wishes asks for it
def own_words(text: str) -> str:
    """The text without what stands in quotation marks or behind a quoting mark."""
    looked_at = plain(text)
    return _QUOTED.sub(" ", looked_at) if _MARK_OF_A_QUOTE.search(looked_at) else looked_at


def sentences(written: str, about: re.Pattern[str] | None = None) -> list[str]:
    """The sentences of a text, each folded and on one line, with the sign that ends it.

    about: of those alone in which this is found; it sees them with their line breaks.
    """
    folded = fold(written).replace(",", " ").replace("*", " ").replace("_", " ")
    cut = _SENTENCE.findall(folded)
    found = (" ".join(sentence.split()) for sentence in (filter(about.search, cut) if about else cut))
    return [sentence for sentence in found if sentence]
