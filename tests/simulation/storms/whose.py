"""Whose words a letter shows, and whether it goes to one of those whom they concern, whole."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from service.desk.tables import cases, messages

if TYPE_CHECKING:
    from tests.conversations.town import Letter
    from tests.simulation.storms.storm import Storm

_SENTENCE = re.compile(r"^(?!#)(?:\S+ ){3,}(?=\S+[.!]$)", re.MULTILINE)
_OWN_WORD = re.compile(r"\bzq\d+\b")


def own_word(number: int) -> str:
    """A word that nobody else writes."""
    return f"zq{number}"


def marked(text: str, word: str) -> str:
    """The text with the word, quoted, in its first whole sentence of some length; as it is where it has none.

    What is quoted makes cases neither more alike nor less.
    """
    return _SENTENCE.sub(lambda found: f"{found[0]}”{word}” ", text, count=1)


def misled(storm: Storm, s: Connection) -> Iterator[str]:
    """A line for each letter that says what it should not, goes where it should not, or has lost something."""
    filed, addresses, said = defaultdict(set), defaultdict(set), defaultdict(list)
    for row in s.execute(_FILED):  # one that could not be read is in another case than its copy that could
        filed[row.message_id].add(row.number)
    for mail, (sender, text) in storm.town.wrote.items():
        for number in filed[mail]:
            addresses[number] |= {sender, *_ADDRESS.findall(text)}
            said[number].append(_answer(text))
    for letter in storm.town.sent:
        if storm.town.lacks(storm.left(letter)):
            continue
        what = f"{letter.kind} to {letter.to}, {letter.subject}"
        to_staff = storm.town.book.is_staff(letter.to)
        for word in set(_OWN_WORD.findall(letter.text)):
            if not _may_show(letter, filed[storm.words[word]], to_staff):
                yield f"{what}: shows words of {filed[storm.words[word]]}"
        if letter.number and not to_staff and letter.to not in addresses[letter.number]:
            yield f"{what}: to somebody who has nothing to do with it"
        if letter.kind == "answer" and not any(_holds(letter, lines) for lines in said[letter.number]):
            yield f"{what}: not what anybody of the staff has written, whole"


_FILED = select(messages.c.message_id, cases.c.number).join_from(messages, cases).where(messages.c.direction == "in")
_ADDRESS = re.compile(r"[\w.]+@[\w.]+\w")


def _may_show(letter: Letter, numbers: set[str], to_staff: bool) -> bool:
    """Staff are shown the words of the cases that the letter names, or of none; others those of their own case."""
    if to_staff:
        return not numbers or any(number in f"{letter.subject}\n{letter.text}" for number in numbers)
    return letter.number in numbers


def _answer(text: str) -> list[str]:
    """The lines that are to reach the citizen: what stands under #SVAR, else all that is no order."""
    _, order, under = text.partition("#SVAR\n")
    return [line for line in (under if order else text).splitlines() if not line.startswith("#")]


def _holds(letter: Letter, lines: list[str]) -> bool:
    return len(" ".join(lines)) > len("#AVSLUTA") and all(_flat(line) in _flat(letter.text) for line in lines)


def _flat(text: str) -> str:
    return " ".join(text.split())
