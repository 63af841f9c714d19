"""Every command that is obeyed, in one table. A word without a deed is one that the service does not know yet.

The order is the one in which a mail's commands are carried out, whatever order they stand in: what is taken back, then
facts, then the answer, then who has the case, and last the closing, which needs them all.
"""

from __future__ import annotations

from collections.abc import Iterable

from service.core.decide.deeds import (
    answering,
    asking,
    blocking,
    delaying,
    dividing,
    ending,
    facts,
    helping,
    joining,
    moving,
    publishing,
    reaching,
    referring,
    registering,
    secrecy,
    undoing,
    without_mail,
)
from service.core.decide.incoming import Plan
from service.core.speech.commands import Command

_ORDER = (
    *undoing.DEEDS,
    *secrecy.DEEDS,
    *blocking.DEEDS,
    *facts.DEEDS,
    *registering.DEEDS,
    *publishing.DEEDS,
    *reaching.DEEDS,
    *joining.DEEDS,
    *dividing.DEEDS,
    *delaying.DEEDS,
    *without_mail.DEEDS,
    *answering.DEEDS,
    *moving.DEEDS,
    *referring.DEEDS,
    *ending.DEEDS,
    *asking.DEEDS,
    *helping.DEEDS,
)
DEEDS = {deed.word: deed for deed in _ORDER}


def in_order(orders: Iterable[Command]) -> list[Command]:
    """The commands as they are carried out, one after the other."""
    places = list(DEEDS)
    return sorted(orders, key=lambda command: places.index(command.word))


def told(plan: Plan, orders: Iterable[Command]) -> tuple[str, ...]:
    """What the orders would bring about, in sentences."""
    return tuple(sentence for command in orders if (sentence := DEEDS[command.word].told(plan, command.value)))
