"""A registrar answers the morning's list of what was put aside: one word lets a mail in."""

from __future__ import annotations

import re

from service.core.decide.incoming import Incoming
from service.core.effects import Effect, LetIn, Letter, NoCase, SendLetter

_ORDER = re.compile(r"^[ \t>*-]*[#＃]?[ \t]*sl[äa]ppa?[ \t]*in\b:?(.*)$", re.IGNORECASE | re.MULTILINE)
_NUMBERS_ALONE = re.compile(r"\n[ \t]*\d[\d \t,;&.–-]*(?:och[\d \t.]+)?$", re.IGNORECASE | re.MULTILINE)
_NUMBER = re.compile(r"\d{1,9}")
_RANGE = re.compile(r"(\d{1,9})\s*(?:-|–|till?\b|t\.?o\.?m\b\.?)\s*(\d{1,9})", re.IGNORECASE)
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
    """The numbers that are to be let in, each once, in order; none where the text does not say so.

    They stand on the order's line, or alone on the next. `9–11` are three.
    """
    named: list[int] = []
    for order in _ORDER.finditer(text):
        below = _NUMBERS_ALONE.match(text, order.end())
        line = order[1] if _NUMBER.search(order[1]) or not below else below[0]
        named += [int(n) for n in _NUMBER.findall(_RANGE.sub(_spelled_out, line))]
    return tuple(dict.fromkeys(named))[:_MOST]


def _spelled_out(found: re.Match[str]) -> str:
    first, last = int(found[1]), int(found[2])
    return " ".join(map(str, range(first, last + 1))) if first < last < first + _MOST else found[0]
