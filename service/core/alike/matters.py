"""Whether two pieces of feedback are about the same matter: the same text, or the same place and words.

Each is known by a few keys: the stems of the words that say what it is about, the places that it names, and one for
the whole text. Cases with keys in common can then be looked up, and only these are compared.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from service.core.rules.inflection import text_keys
from service.core.speech.phrasing import own_words

MANY, RAISED = "many", "ladder-raised"
"""The steps of a case: somebody above has heard of the many, and the ladder reaches higher for it."""
PLACE, WHOLE = "@", "="
"""What the keys of places, and those of whole texts, begin with."""
MOST_KEYS: Final = 24
LONGEST_KEY: Final = 40  # characters
_LOOKED_AT = 4_000  # characters of a text
_SHORTEST, _LONGEST_WORD = 3, 30
_LEAST_WORDS = 4  # of a text that is known as a whole

_TOKEN = re.compile(r"\S+")
_WORD = re.compile(rf"[^\W\d_]{{{_SHORTEST},{_LONGEST_WORD}}}")
_SIGNED = re.compile(
    r"(?im)^[ \t]*(?:m\.?v\.?h\b|(?:med )?(?:vänliga?|varma?|bästa) hälsning|hälsning|hälsar|vänligen|/ ?\w)"
)
# "Norra Storgatan" and "Södra Storgatan" are two streets.
_QUARTER = re.compile(r"(Norra|Södra|Östra|Västra|Gamla|Nya|Lilla|Stora|Övre|Nedre|Inre|Yttre) (?=[A-ZÅÄÖ]\w)")
_NAMED_AS_PLACE = re.compile(
    r"\w{2,}(?:gatan?|vägen?|gränd(?:en)?|stigen?|torget|torg|parken|skolan?|badet|bron|backen|allén?|leden|rondellen|"
    r"biblioteket|hallen|gården|lunden|viadukten|tunneln|stranden|hamnen|plats(?:en)?|plan)"
)
_EVERYWHERE: Final = frozenset(
    _TOKEN.findall(
        """
        lekparken cykelväg cykelvägen gångväg gångvägen bilväg bilvägen motorvägen landsvägen huvudgatan
        tvärgatan skolgården återvändsgatan genomfartsgatan trottoaren rastplatsen arbetsplatsen
        parkeringsplatsen busshållplatsen hållplatsen parkeringsplats hållplats förskolan förskola grundskolan
        skolvägen gångstigen friluftsbadet sporthallen idrottsplatsen bakgatan sidogatan innergården bondgården
        kyrkogården lekplatsen lekplats marknadsplatsen byggarbetsplatsen uppfarten
        """
    )
)
_SAYS_NOTHING: Final = frozenset(
    _TOKEN.findall(
        """
        och att det den detta denna dessa som för med till från under över efter innan eller men inte ingen
        inget inga har hade haft ska skall skulle kan kunde vill ville måste borde bör får fick blir blev bli
        vara var varit är finns fanns går gick gör gjorde göra ser såg se kommer kom komma ta tar tog säger sagt
        man jag mig min mitt mina du dig din ditt dina han hon vi oss vår vårt våra ni er ert era de dem deras
        sig sin sitt sina någon något några alla allt varje vid hos mot utan mellan genom när där här dit hit
        vad vem vilken vilket vilka varför hur om så sedan också även bara ännu redan fortfarande alltid aldrig
        ofta ibland mycket mer mest lite mindre minst stor stort stora större liten litet små ny nytt nya gammal
        gamla bra bättre bäst dålig dåligt dåliga fin fint helt hel hela precis nästan ganska väldigt jätte
        verkligen faktiskt kanske väl ju nog idag igår imorgon dag dagen dagar vecka veckan veckor månad månader
        år året åren gång gånger klockan tid tiden senaste just nu hej hejsan hallå tack tackar snälla gärna mvh
        hälsning hälsningar vänlig vänliga vänligen bästa kommun kommunen kommunens synpunkt synpunkter klagomål
        ärende ärendet mejl mail fråga frågor undrar tycker vet tror hoppas ber vänta skriva ett två tre fyra
        fem många flera andra annan annat samma del par stycken person personer folk människor barn barnen vara
        varandra därför eftersom trots dock fast dessutom annars åtgärda åtgärdas åtgärdat ordna laga lagas
        lagat fixa problem
        utanför intill bredvid nära framför bakom invid strax
        the and for with you not this that have are was were been has from there here can
        could would should please thank thanks
        """
    )
)


@dataclass(frozen=True)
class Matter:
    """What a piece of feedback is about, as keys. It is compared with a hundred others, so each look is kept."""

    keys: frozenset[str]

    @cached_property
    def whole(self) -> str:
        """The key of the whole text; empty where it is too short for one."""
        return next((key for key in self.keys if key[0] == WHOLE), "")

    @cached_property
    def places(self) -> frozenset[str]:
        """The keys of the places that it names."""
        return frozenset(key for key in self.keys if key[0] == PLACE)

    @cached_property
    def words(self) -> frozenset[str]:
        """The keys of the words that are no places."""
        return self.keys - self.places - {self.whole}

    @cached_property
    def size(self) -> int:
        """How many places and other words."""
        return len(self.keys) - bool(self.whole)


@lru_cache(maxsize=4)  # of new feedback it is asked for twice: to look for the like of it, and to remember it
def matter(title: str, text: str) -> Matter:
    """What the feedback is about: at most 24 keys, the places first."""
    text = own_words(text)[:_LOOKED_AT]
    signed = _SIGNED.search(text)
    body = text[: signed.start()] if signed and signed.start() else text
    places: dict[str, None] = {}
    words: dict[str, None] = {}
    for sentence in re.split(r"[.!?\n:;]", _QUARTER.sub(r"\1", f"{title}\n{body}")):
        for number, written in enumerate(_WORD.findall(sentence)):
            if key := _key(written, number == 0):
                (places if key[0] == PLACE else words)[key] = None
    kept = [*places, *sorted(words, key=len, reverse=True)][: MOST_KEYS - 1]
    all_words = re.findall(r"\w+", body.casefold())
    whole = hashlib.sha256(" ".join(all_words).encode("utf-8", "replace")).hexdigest()[: LONGEST_KEY - 1]
    return Matter(frozenset([*kept, *([f"{WHOLE}{whole}"] if len(all_words) >= _LEAST_WORDS else [])]))


def spelt(text: str) -> Iterator[tuple[str, str]]:
    """Each word of the text by the stem that `matter` knows it by, and as it is written, in lower case."""
    for found in _WORD.finditer(text[:_LOOKED_AT]):
        folded = found[0].casefold()
        yield _stem(folded)[:LONGEST_KEY], folded


@lru_cache(maxsize=20_000)
def _key(written: str, first: bool) -> str:
    """What the word is known by; empty where it says nothing. first: of a sentence."""
    folded = written.casefold()
    if folded in _SAYS_NOTHING:
        return ""
    place = PLACE if _is_place(written, folded, first=first) else ""
    return f"{place}{_stem(folded)}"[:LONGEST_KEY]


def _is_place(written: str, folded: str, *, first: bool) -> bool:
    if folded in _EVERYWHERE:
        return False
    is_name = written[0].isupper() and not first and not written.isupper()
    return is_name or bool(_NAMED_AS_PLACE.fullmatch(folded))


@lru_cache(maxsize=20_000)
def _stem(folded: str) -> str:
    """One form for all inflections of a word: the shortest of those that the rules' words are compared by."""
    return min((key for key in text_keys(folded) if len(key) >= _SHORTEST), key=lambda k: (len(k), k), default=folded)


_FEW = 3  # keys: of so little more has to be shared
_LEAST_OF_FEW, _LEAST_AT_PLACE, _LEAST_ELSEWHERE = 0.6, 0.3, 0.6
_WORDS_ELSEWHERE = 4


class Common(NamedTuple):
    """What a matter has in common with another: so many places and other words, or even the whole text.

    others_places, others_words: how many the other one has in all.
    """

    whole: bool
    places: int
    words: int
    others_places: int
    others_words: int


def alike(mine: Matter, common: Common) -> bool:
    """Whether another matter that has so much in common with this one is the same. Different places are different."""
    if common.whole:
        return True
    if common.words < (1 if common.places else _WORDS_ELSEWHERE):
        return False
    smaller = min(mine.size, common.others_places + common.others_words)
    part = (common.places + common.words) / smaller
    if common.places:
        if smaller <= _FEW:
            return part >= _LEAST_OF_FEW
        return common.words > 1 and part >= _LEAST_AT_PLACE
    if mine.places and common.others_places:
        return False
    return part >= _LEAST_ELSEWHERE


@dataclass(frozen=True, slots=True)
class Settled:
    """Where the like of a matter was answered before: in that unit so many of the cases, and by which words."""

    unit: str
    here: int
    cases: int
    words: tuple[str, ...]

    @property
    def why(self) -> str:
        """In Swedish, for the registrar."""
        words = f", ord: {', '.join(self.words)}" if self.words else ""
        return f"{self.here} av {self.cases} liknande ärenden{words}"


_LEAST_SETTLED, _MOST_SETTLED = 5, 10
_LEAST_PART = 0.7  # of the cases, that one unit answered
_LEAST_IN_COMMON = 2  # words
_SHOWN_WORDS = 3


def settled(others: Iterable[tuple[str, frozenset[str]]]) -> Settled | None:
    """Where ten at most of the most alike cases were answered; None where they are few, or disagree.

    others: units with the words that their answered cases share with the matter, the latest first.
    """
    near = [(unit, shared) for unit, shared in others if unit and len(shared) >= _LEAST_IN_COMMON]
    near = sorted(near, key=lambda found: -len(found[1]))[:_MOST_SETTLED]
    counted = Counter(unit for unit, _ in near)
    unit, here = next(iter(counted.most_common(1)), ("", 0))
    if len(near) < _LEAST_SETTLED or here < _LEAST_PART * len(near):
        return None
    said = Counter(word for found, shared in near if found == unit for word in shared)
    words = sorted(said, key=lambda word: (-said[word], -len(word), word))[:_SHOWN_WORDS]
    return Settled(unit, here, len(near), tuple(words))


@dataclass(frozen=True, slots=True)
class Alike:
    """What the register knows of the same matter: the open cases of others, and the last good answer.

    told: somebody above has heard of the many already. settled: where the like of it was answered before.
    """

    numbers: tuple[str, ...] = ()
    told: bool = False
    draft: str = ""
    draft_from: str = ""  # the number of the case that was answered so
    settled: Settled | None = None


NONE_ALIKE: Final = Alike()
