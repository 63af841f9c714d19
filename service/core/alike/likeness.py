"""When two mails are the same once more: same sender, subject and words; or same person and words, by another road.

A vacation responder without any mark answers each receipt with the same mail, and a phone sends twelve photos in twelve
mails that say nothing. Within the hour such a mail joins the case of the first: one receipt, and every mail is shown.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from functools import lru_cache

from service.core.message import Message
from service.core.reading.automatic.replies import says_it_received

WITHIN = timedelta(hours=1)


def likeness(message: Message) -> str | None:
    """Equal for mails that are alike; None for a mail without sender."""
    if not message.sender:
        return None
    return _likeness(message.sender.key, message.subject, message.new_text or message.text)


@lru_cache(maxsize=1)  # it is asked for twice: whether the mail has come before, and to know it again
def _likeness(sender: str, *words: str) -> str:
    folded = (sender, *(" ".join(text.casefold().split()) for text in words))
    return hashlib.sha256("\0".join(folded).encode("utf-8", "replace")).hexdigest()


A_DAY = timedelta(days=1)


def is_receipt_again(one: str, other: str) -> bool:
    """Whether both are a system's receipt, the same but for its number and time: answered, it answers for ever."""
    return says_it_received(other) and _uncounted(one) == _uncounted(other)


def _uncounted(text: str) -> list[str]:
    return _words(" ".join(word for word in text.split() if not any(map(str.isdecimal, word))))


_MOST_WORDS = 2_000
_FEW = 8  # words: shorter texts are the same only where they are equal
_RUN = 3  # words in a row that are compared
_SHARED = 0.8  # of the shorter text's runs stand in the longer one
_COURTESIES = frozenset(
    {
        "hej", "hejsan", "god", "dag", "tack", "hälsning", "hälsningar", "vänlig", "vänliga", "vänligen", "med", "mvh",
        "vh", "bästa", "från",
    }
)  # fmt: skip
_LONGER = 1.6  # times as long: what is longer than that says something more


def says_the_same(one: str, other: str) -> bool:
    """Whether one person's two texts are one and the same, but for greetings and what a form or a forward adds.

    Each costs no more than its first two thousand words.
    """
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    if len(shorter) < _FEW or len(longer) > len(shorter) * _LONGER + _FEW:
        return bool(shorter) and shorter == longer
    if set(shorter) - set(longer) - _COURTESIES:
        return False  # "hålet på Parkgatan" is another hole than the one on Storgatan
    return _stand_in(shorter, longer)


def stands_in(one: str, other: str) -> bool:
    """Whether nearly all of one text stands in another one, whatever that says besides."""
    words = _words(one)
    if len(words) < _FEW:
        return bool(words) and words == _words(other)
    return _stand_in(words, _words(other))


def _stand_in(some: list[str], others: list[str]) -> bool:
    runs = _runs(some)
    return len(runs & _runs(others)) >= _SHARED * len(runs)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())[:_MOST_WORDS]


def _runs(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
