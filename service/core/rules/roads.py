"""What a mail may be besides feedback, told from its words: an appeal, a threat, a request for records (domain 5).

Such a find only ever adds attention (`routing`): somebody is alerted at once, and a registrar decides where it goes. It
throws nothing out of the register, and a person may always say that it was feedback after all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from service.core.rules.choices import Road
from service.core.rules.words import Term

if TYPE_CHECKING:
    from service.core.rules.municipality import Municipality

WORDS: Mapping[Road, tuple[str, ...]] = {
    Road.APPEAL: (
        "överklaga", "överklagan", "överklagande", "besvär över beslut", "laglighetsprövning", "laglighetspröva",
        "anför besvär", "förvaltningsrätt",
        "valitan päätö*", "valitamme päätö*", "valittaa päätö*", "hallinto oikeu*", "oikaisuvaatimu*",
        "appeal the decision", "appeal your decision", "appeal against",
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
        "huolissani lapse*", "huolissani * laps*", "lastensuojeluilmoitu*", "lyö lasta*",
        "worried about a child", "worried about the child", "hits the child",
    ),
    Road.THREAT: (
        "vet var * bor", "vet vart * bor", "kommer jag hem till", "jag ska döda", "jag dödar", "ska slå ihjäl",
        "ni ska få ångra", "du ska få ångra", "ska spränga", "hämnas på", "tapan sinut", "tapan teidät", "I will kill",
    ),
    Road.DANGER: (
        "gasläcka", "strömförande", "livsfara", "akut fara", "rasrisk", "det brinner", "nedfallen elledning",
        "elledning ligger", "vattenläcka", "vattnet sprutar", "öppen brunn",
        "kaasuvuoto*", "vesivuoto*", "hengenvaara*", "gas leak", "water leak",
    ),
    Road.PRESS: ("reporter", "journalist", "nyhetsredaktion", "deadline idag", "deadline i dag", "medieförfrågan"),
    Road.WHISTLEBLOWING: ("visselblåsning", "visselblåsare", "visselblåsa", "visselblåsarlag", "visselblåsarkanal"),
}  # fmt: skip
"""The words that tell each, where the municipality has none of its own (`roads`). Terms as rules have them."""

_TERMS = {road: tuple(map(Term.parse, words)) for road, words in WORDS.items()}

REGISTRAR_DECIDES = frozenset(
    {Road.APPEAL, Road.RECORDS, Road.DATA_PROTECTION, Road.THREAT, Road.PRESS, Road.WHISTLEBLOWING}
)
SECRET = frozenset({Road.WORRY, Road.WHISTLEBLOWING})


def terms_of(road: Road, own: Municipality) -> tuple[Term, ...]:
    """The terms that tell it: the municipality's own, else the service's. An empty list of its own: none do."""
    its = own.roads.get(road)
    return _TERMS[road] if its is None or its.words is None else its.words


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
