"""Which of the cases in sight somebody asks for by `#LISTA`: in words, a unit or a person."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.core.decide import colleagues
from service.core.people import addresses
from service.core.people.addresses import same
from service.core.people.sight import Sight, Wanted
from service.core.rules.people import Unit
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import fold


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why a list cannot be shown, in a sentence for whoever asks."""

    fault: str


_LATE = re.compile(r"\b(?:forsenad\w*|sena|sen|forfallna?|for sent)\b")
_SOON = re.compile(r"\b(?:snart|bradskar|bradskande|i dag|idag|i morgon|imorgon)\b")
_UNROUTED = re.compile(r"\b(?:ofordelad\w*|att fordela|utan handlaggare|ofordelat)\b")
_MINE = re.compile(r"\b(?:mina|egna|mitt|mig)\b")
_ALL = re.compile(r"\b(?:alla|allt|samtliga|oppna|pagaende)\b")
_FILLERS = re.compile(r"\b(?:arenden?|som|ar|de|hos|pa|for|i|och|enheten?)\b|[.,:;]")


def read_wanted(words: str, sight: Sight, book: RuleBook) -> Wanted | Unknown:
    """The list that the words behind `#LISTA` ask for. Without words: the own cases, a leader's units, all of them."""
    low = fold(words)
    late, soon, unrouted = bool(_LATE.search(low)), bool(_SOON.search(low)), bool(_UNROUTED.search(low))
    mine, every = bool(_MINE.search(low)), bool(_ALL.search(low))
    rest = low
    for form in (_LATE, _SOON, _UNROUTED, _MINE, _ALL, _FILLERS):
        rest = form.sub(lambda found: " " * len(found[0]), rest)
    place = " ".join("".join(c if left.strip() else " " for c, left in zip(words, rest, strict=True)).split())
    found = _place(place, sight, book) if place else _usual(sight, mine=mine, every=every or unrouted)
    if isinstance(found, Unknown):
        return found
    kinds = [word for word, wanted in (("försenade", late), ("brådskande", soon), ("ofördelade", unrouted)) if wanted]
    name = " ".join([*kinds, "ärenden", found.name]).strip()
    return Wanted(found.officer, found.units, late, soon, unrouted, name)


def _usual(sight: Sight, *, mine: bool, every: bool) -> Wanted:
    """Whose cases are meant where nobody is named."""
    if not mine and (sight.units is None or (every and not sight.leads)):
        return Wanted(units=sight.units, name="i hela kommunen" if sight.units is None else "på dina enheter")
    if sight.leads and not mine:
        return Wanted(units=sight.leads, name="på dina enheter")
    return Wanted(officer=sight.address, name="hos dig")


def _place(words: str, sight: Sight, book: RuleBook) -> Wanted | Unknown:
    """The cases of a unit or a person that the words name, as far as they are in sight."""
    unit = unit_named(words, book)
    if unit:
        if not sight.sees_unit(unit.id):
            return Unknown(
                f"Du kan inte se ärendena på enheten {unit.name}. Du ser dina egna och dina enheters ärenden."
            )
        return Wanted(units=frozenset({unit.id}), name=f"på {unit.name}")
    person = colleagues.find(words, book).person
    if person is None:
        known = "försenade, brådskande, ofördelade, mina, en enhet eller en person"
        return Unknown(f"”{words}” är inget som vi kan visa en lista över. Skriv till exempel #LISTA och {known}.")
    is_self, theirs = same(person.email, sight.address), book.unit_of(person.email)
    if not is_self and not (theirs and sight.sees_unit(theirs)) and sight.units is not None:
        return Unknown(f"Du kan inte se ärendena hos {person.name}. Du ser dina egna och dina enheters ärenden.")
    return Wanted(officer=person.email, name=f"hos {person.name}")


_ENDING = 3  # letters that a name may have more: "förskolan"
_SHORTEST = 4


def unit_named(words: str, book: RuleBook) -> Unit | None:
    """The unit that the words name, by its id or its name, with an ending or without."""
    wanted = " ".join(re.findall(r"[a-z0-9]+", fold(words)))
    for unit in book.people.units:
        names = {" ".join(re.findall(r"[a-z0-9]+", fold(name))) for name in (unit.name, unit.id)}
        if wanted in names or any(
            len(name) >= _SHORTEST and wanted.startswith(name) and len(wanted) - len(name) <= _ENDING for name in names
        ):
            return unit
    return None


def registered(address: str, book: RuleBook) -> str:
    """The address as the directory has it: what is shown goes nowhere else, whoever the mail claims to be from."""
    person = book.person(address)
    known = (a for a in book.registrars if addresses.same(a, address))
    return person.email if person else next(known, address)
