"""Sentences as they are compared with phrases: folded, without commas, and without what somebody else has said."""

from __future__ import annotations

import re
from functools import lru_cache

from service.core.speech.commands import fold, plain

_QUOTED = re.compile(r'"[^"\n]{0,300}"|[”“„»«][^”“„»«\n]{0,300}[”“»«]|^[ \t]*>.*$', re.MULTILINE)
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
    return _QUOTED.sub(" ", plain(text))


def sentences(written: str) -> list[str]:
    """The sentences of a text, each folded and on one line, with the sign that ends it."""
    folded = fold(written).replace(",", " ").replace("*", " ").replace("_", " ")
    found = (" ".join(sentence.split()) for sentence in _SENTENCE.findall(folded))
    return [sentence for sentence in found if sentence]
