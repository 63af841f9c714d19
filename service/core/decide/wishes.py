"""What colleagues write to each other and not to a citizen: "Det här är inte mitt", "skicka till Sara", "Jag tar den".

Only short texts without a greeting to the citizen are looked at, and what is found is only offered: a wrong guess costs
its writer a word.
"""

from __future__ import annotations

import re
from typing import Final

from service.core.decide import colleagues
from service.core.rules.people import Person
from service.core.rules.rulebook import RuleBook
from service.core.speech import courtesy
from service.core.speech.commands import Command, Word, plain, strip

_LONGEST: Final = 240
_NAME = r"[A-ZÅÄÖ][\w-]+(?: [A-ZÅÄÖ][\w-]+)?"
_TO_CITIZEN = re.compile(r"(?i)\s*(?:hej|hejsan|hallå|god \w+|bästa|kära)\b[ ]+[A-ZÅÄÖ]")
_NOT_MINE = re.compile(
    r"""(?ix)
    \b(?:inte|ej|aldrig)\b [^.!?\n]{0,12} \b(?:mitt|min|mina|vårt|vår|våra)\b
    | \b(?:inte|ej)\s+(?:för\s+|hos\s+|till\s+|på\s+)?(?:mig|mej|oss|jag|vi)\b
    | \b(?:ansvarar|jobbar|arbetar|handlägger)\s+(?:inte|ej)\b | \bhar\s+(?:inte|ej)\s+hand\s+om\b
    | \b(?:är|var)\s+(?:inte|ej)\s+rätt\s+(?:person|handläggare|mottagare|adressat|enhet|ställe)
    | \bfel\s+(?:person|handläggare|mottagare|adressat|enhet|avdelning|förvaltning|ställe|instans|låda|bord)\b
    | \b(?:hamnat|kommit|gått|skickats?)\s+fel\b
    | \b(?:hör|tillhör)\s+(?:inte\s+)?(?:hemma\s+)?(?:hos|till|under)\b
    | \bnågon\s+annans?\b
    | \b(?:kan|hinner)\s+(?:inte|ej)\s+(?:ta|ansvara|svara)
    """
)
_PASS_ON = re.compile(
    r"""(?ix)
    \b(?:skicka|skickas|skickar|ska|sänd|lämna|lämnas|ge|gå|går|vidarebefordra|flytta|styr|adressera|fördela|ta|tar|kolla
    |prata|stäm\s+av|fråga|hör\s+med|kontakta|hänvisa|bollar|bolla)\b
    [^.!?\n]{0,40}? \b(?:till|med|vidare|åt|över)\b
    | \b(?:är|blir)\s+(?:det\s+)?(?=[A-ZÅÄÖ]) | \bfråga\b | \bge\b | \bkontakta\b | \bhör\s+(?:till|hemma\s+hos)\b
    """
)
_MINE = re.compile(
    r"(?i)^(?:ok(?:ej)?[,.! ]+)?(?:jag (?:kan ta|tar|fixar|ordnar|löser|svarar|sköter|tar över|tar hand)|"
    r"(?:den|det|detta|den här|det här|ärendet) (?:kan jag ta|tar jag|fixar jag|sköter jag)|vi tar (?:den|det|detta))\b"
)
_LATER = re.compile(r"(?i)\b(?:upp|kontakt med|reda på|med det|med dig|det med)\b")
_DOES = re.compile(
    r"(?ix)\b(?:kan|får|ska|bör|borde|brukar|har|ordnar|sköter|tar|ansvarar|vet|ligger)\b | \b(?:ärende|bord|område)\b"
)
_YOU_TAKE_IT = re.compile(
    r"(?ix)\b(?:tar|fixar|kan|vill|löser|svarar|hinner|kollar)\s+du\b | \bdu\s+(?:tar|får\s+ta|kan\s+ta|fixar|svarar)\b"
)


def read_wish(
    text: str,
    sender: str,
    book: RuleBook,
    *,
    unassigned: bool = False,
    submitter: str = "",
    between: bool = False,
) -> Command | None:
    """The order that the text amounts to, or None.

    unassigned: nobody has the case, so that a mere name is whom to give it to. submitter: whose name is no colleague's.
    between: the text greets a colleague.
    """
    text = strip(plain(text))
    if not text or len(text) > _LONGEST or (not between and _TO_CITIZEN.match(text)):
        return None
    named = _named(text, sender, book, frozenset(submitter.split()))
    if named and any(says.search(text) for says in (_YOU_TAKE_IT, _PASS_ON, _NOT_MINE, _DOES)):
        return Command(Word.HAND_OVER, named.email)
    if _NOT_MINE.search(text) and not courtesy.speaks_of_doing(text):
        return Command(Word.WRONG_OFFICER, text)
    if _MINE.match(text) and not _LATER.search(text) and book.person(sender):
        return Command(Word.HAND_OVER, sender)
    if unassigned:
        found = colleagues.find(text.splitlines()[0].strip(" .,!"), book).person
        return Command(Word.HAND_OVER, found.email) if found else None
    return None


def _named(text: str, sender: str, book: RuleBook, others: frozenset[str]) -> Person | None:
    """The one colleague, other than the writer, whose name, address or unit stands in the text."""
    own = book.person(sender)
    written = re.findall(rf"(?<![\w.+-])[\w.+-]++@[\w.-]+\w|{_NAME}", text)
    # The genitive may hide a name: "Eva Linds ärende".
    tries = [t for name in written for t in (name, name.removesuffix("s")) if not others.intersection(name.split())]
    pieces = [*tries, *(piece.split()[-1] for piece in tries), *(piece.split()[0] for piece in tries)]
    found = {p.email: p for piece in pieces if len(piece) > 1 and (p := colleagues.find(piece, book).person)}
    full = {p.email: p for piece in tries if " " in piece or "@" in piece if (p := colleagues.find(piece, book).person)}
    units = {
        p.email: p
        for unit in book.people.units
        if re.search(rf"\b{re.escape(unit.name.casefold())}", text.casefold())
        and (p := colleagues.find(unit.name, book).person)
    }
    for people in (full, found, units):
        meant = [p for p in people.values() if p is not own]
        if len(meant) == 1:
            return meant[0]
    return None
