"""A value that is one of a list: by its number, its words or their beginning; else the nearest one, or a question."""

from __future__ import annotations

import difflib
import re

from service.core.decide.deeds.deed import Settled
from service.core.speech import commands
from service.core.speech.commands import Command

_CLOSE_ENOUGH = 0.75
_MOST_OFFERED = 20


def choose(command: Command, choices: tuple[str, ...], *, own: bool = False) -> Settled:
    """The entry that is meant. One that is only near is taken after a yes; of several the writer names a number.

    own: words that are not in the list, nor near to one that is, are an entry of the writer's own.
    """
    name, value = command.word.value, command.value
    if commands.is_left_open(value) or commands.holds_placeholder(value):
        return Settled(value, f"#{name} är inte ifyllt. Byt ut frågetecknet mot det som gäller.")
    chosen = commands.read_choice(value, choices)
    if chosen or not choices:
        return Settled(chosen or value)
    near = _near(value, choices)
    if own and _is_own(value):
        written = " ".join(value.split())
        return Settled(value, _not_there(name, value), options=(*near, written)) if near else Settled(written)
    if len(near) == 1:
        return Settled(near[0], doubt=f"{_not_there(name, value)} Menade du ”{near[0]}”?")
    return Settled(value, _not_there(name, value), options=near or choices[:_MOST_OFFERED])


def _not_there(name: str, value: str) -> str:
    return f"”{value}” finns inte i listan för #{name}."


_LONGEST_OWN = 40  # characters


def _is_own(value: str) -> bool:
    """Whether it reads as the name of a sort of its own: short, in words, and no mistyped number of the list."""
    return len(value) <= _LONGEST_OWN and not re.search(r"\d|@", value) and bool(re.search(r"[^\W\d_]{3}", value))


def _near(value: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    """The entries that begin so, or are spelt nearly so."""
    wanted = commands.fold(value).strip(" .:\"'”“»«")
    begin = tuple(c for c in choices if len(wanted) > 1 and commands.fold(c).startswith(wanted))
    named = {commands.fold(c): c for c in choices}
    return begin or tuple(named[n] for n in difflib.get_close_matches(wanted, named, n=3, cutoff=_CLOSE_ENOUGH))
