"""What a mail may be besides feedback, told from its words: an appeal, a threat, a request for records (domain 5).

Such a find only ever adds attention: somebody is alerted at once, and a registrar decides where it goes. It throws
nothing out of the register, and a person may always say that it was feedback after all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from service.core.rules.choices import Road
from service.core.rules.words import Term, Text

if TYPE_CHECKING:
    from service.core.rules.routing import Route
    from service.core.rules.rulebook import RuleBook

WORDS: Mapping[Road, tuple[str, ...]] = {
    Road.APPEAL: (
        "överklaga", "överklagan", "överklagande", "besvär över beslut", "laglighetsprövning", "laglighetspröva",
        "anför besvär", "förvaltningsrätt",
    ),
    Road.RECORDS: (
        "begär ut", "begära ut", "begär * ut", "begär att få ut", "ta del av handling", "ta del av beslut",
        "ta del av protokoll", "allmän handling", "offentlig handling", "kopia på beslutet",
        "kopia av beslutet", "lämna ut handling", "utlämnande av handling", "offentlighetsprincip",
    ),
    Road.DATA_PROTECTION: (
        "registerutdrag", "GDPR", "dataskyddsförordning", "radera mina uppgifter", "radera mina personuppgifter",
        "artikel 15", "artikel 17", "rätten att bli glömd", "uppgifter ni har om mig",
    ),
    Road.DAMAGES: (
        "skadestånd", "skadeståndsanspråk", "ersättning för skada", "sätt in pengarna", "begär ersättning",
        "kräver ersättning", "ersättningsanspråk", "stämma kommunen", "stämmer kommunen",
    ),
    Road.WORRY: (
        "orosanmälan", "orolig för barn", "orolig för flicka", "orolig för pojke", "oroliga för barn", "barn far illa",
        "flicka far illa", "pojke far illa", "barn som far illa", "slår barnen", "slår sitt barn", "slår sina barn",
        "slår sin son", "slår sin dotter", "slår sin fru", "pappan slår", "mamman slår", "föräldrarna slår",
        "orolig för grannens", "oroliga för grannens", "orolig för grannbarn", "oroliga för grannbarn",
    ),
    Road.THREAT: (
        "vet var * bor", "vet vart * bor", "kommer jag hem till", "jag ska döda", "jag dödar", "ska slå ihjäl",
        "ni ska få ångra", "du ska få ångra", "ska spränga", "hämnas på",
    ),
    Road.DANGER: (
        "gasläcka", "strömförande", "livsfara", "akut fara", "rasrisk", "det brinner", "nedfallen elledning",
        "elledning ligger", "vattenläcka", "vattnet sprutar", "öppen brunn",
    ),
    Road.PRESS: ("reporter", "journalist", "nyhetsredaktion", "deadline idag", "deadline i dag", "medieförfrågan"),
    Road.WHISTLEBLOWING: ("visselblåsning", "visselblåsare", "visselblåsa", "visselblåsarlag", "visselblåsarkanal"),
}  # fmt: skip
"""The words that tell each, where the municipality has none of its own (`roads`). Terms as rules have them."""

_TERMS = {road: tuple(map(Term.parse, words)) for road, words in WORDS.items()}

_REGISTRAR_DECIDES = frozenset(
    {Road.APPEAL, Road.RECORDS, Road.DATA_PROTECTION, Road.THREAT, Road.PRESS, Road.WHISTLEBLOWING}
)
_SECRET = frozenset({Road.WORRY, Road.WHISTLEBLOWING})


def terms_of(road: Road, book: RuleBook) -> tuple[Term, ...]:
    """The terms that tell it: the municipality's own, else the service's. An empty list of its own: none do."""
    own = book.municipality.roads.get(road)
    return _TERMS[road] if own is None or own.words is None else own.words


def found_in(words: Text, book: RuleBook) -> dict[Road, tuple[str, ...]]:
    """What the mail may be besides feedback, each with the words of it that say so."""
    told = ((road, words.found(terms_of(road, book))) for road in Road)
    return {road: on for road, on in told if on}


def with_attention(found: Route, words: Text, book: RuleBook) -> Route:
    """The route with what the mail may be besides feedback; nothing that the rules decided is lost, only held."""
    on = found_in(words, book)
    if not on:
        return found
    told = "; ".join(
        f"{NAMES[road]}: {', '.join(f'”{word}”' for word in dict.fromkeys(said))}" for road, said in on.items()
    )
    is_more = set(on) - {Road.DANGER}
    decider = _named(words, book) if Road.APPEAL in on else ""
    unit = book.unit(found.unit)
    if decider and unit and unit.department != decider:
        found = replace(found, unit="", officer="")  # an appeal goes to whoever has decided, whatever it is about
    return replace(
        found,
        roads=tuple(on),
        department=decider,
        registrar=found.registrar or bool(_REGISTRAR_DECIDES & set(on)) or bool(found.refer and is_more),
        secrecy=found.secrecy or bool(_SECRET & set(on)),
        duty=found.duty or Road.DANGER in on,
        public=False if is_more else found.public,
        because=f"{found.because}; {told}",
    )


def _named(words: Text, book: RuleBook) -> str:
    """The department whose committee the mail names: that decides who gets an appeal. Empty where it names none."""
    return next((key for key, terms in book.committees.items() if words.found(terms)), "")


NAMES: Mapping[Road, str] = {
    Road.APPEAL: "överklagande",
    Road.RECORDS: "begäran om handlingar",
    Road.DATA_PROTECTION: "begäran om personuppgifter",
    Road.DAMAGES: "anspråk på ersättning",
    Road.WORRY: "oro för någon",
    Road.THREAT: "hot",
    Road.DANGER: "fara",
    Road.PRESS: "fråga från medierna",
    Road.WHISTLEBLOWING: "visselblåsning",
}
"""What mails to staff call each."""
