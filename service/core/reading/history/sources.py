"""The texts that a mail may quote, as one sequence of words that its own words are aligned with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from service.core.reading.history.alignment import Words, copied
from service.core.reading.history.comparable import tokens

_MOST_SOURCE = 200_000  # signs of our letters


def of_letters(mail: Words, letters: Iterable[Sequence[str]]) -> Words:
    """Each letter's words: the version that the mail has most of, and what only the others say.

    What both say is there once: said again in the mail, it is the writer's.
    """
    source, room = Words(), _MOST_SOURCE
    for versions in letters:
        best = max(versions, key=lambda text: _shared(mail, text[:room], versions))
        shown = " ".join(best.split())
        rest = [line for text in versions if text is not best for line in text.splitlines()]
        alone = "\n".join(line for line in rest if " ".join(line.split()) not in shown)
        for text in (best[:room], alone[:room]):
            words = _words(text)
            begins = source.lines[-1] + 1 if source.lines else 1
            source.words += [*words.words, "\n"]  # no copy goes on from one text into the next
            source.lines += [*(line + begins for line in words.lines), begins + (words.lines[-1] if words.lines else 0)]
        room -= min(room, len(best))
    return source


def _words(text: str) -> Words:
    words = Words()
    for number, line in enumerate(text.splitlines()):
        found = [token.word for token in tokens(line)]
        words.words += found
        words.lines += [number] * len(found)
    return words


def _shared(mail: Words, letter: str, versions: Sequence[str]) -> float:
    """How many of the mail's words are the letter's, less half of those that the mail lacks; 0 without a choice.

    What a version has besides (the line beside the subject in a list of mails) must not win by a word of chance.
    """
    words = _words(letter)
    shared = sum(at >= 0 for at in copied(mail, words)) if len(versions) > 1 else 0
    return shared - (len(words.words) - shared) / 2
