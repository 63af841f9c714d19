"""A registrar answers the morning's list of what was put aside: one word lets a mail in."""

from __future__ import annotations

import re

from service.core.decide.incoming import Incoming
from service.core.effects import Effect, LetIn, Letter, NoCase, SendLetter

_ORDER = re.compile(r"^[\s>*-]*[#＃]?\s*sl[äa]pp\s+in\b:?(.*)$", re.IGNORECASE | re.MULTILINE)
_NUMBER = re.compile(r"\d{1,9}")
_MOST = 100


def on_list_answer(mail: Incoming) -> list[Effect]:
    """`SLÄPP IN 12`, also `#SLÄPP IN 12, 14 och 15`; anything else is asked about. Nothing of it becomes a case."""
    filed = NoCase("list-answer", mail.verdict.because)
    numbers = read_numbers(mail.message.new_text)
    if not numbers:
        done = ("Inget är gjort. Skriv SLÄPP IN och numret på mejlet, till exempel SLÄPP IN 12.",)
        return [filed, SendLetter(Letter.ECHO, mail.sender, "no number was named", "let-in", {"done": done})]
    return [filed, LetIn(numbers, mail.sender, "a registrar lets them in")]


def read_numbers(text: str) -> tuple[int, ...]:
    """The numbers that are to be let in, each once, in order; none where the text does not say so."""
    named = [int(n) for line in _ORDER.findall(text) for n in _NUMBER.findall(line)]
    return tuple(dict.fromkeys(named))[:_MOST]
