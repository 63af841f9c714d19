"""What citizens say besides their matter: that they take it back, or ask what has become of it.

Judged sentence by sentence, as `courtesy` does. What stands in quotation marks is somebody else's; a negation, a
condition or a correction makes a sentence an ordinary one. In doubt a mail is what every other is: a person reads it.
"""

from __future__ import annotations

import re
from typing import Final

from service.core.speech.commands import fold
from service.core.speech.phrasing import any_of, own_words, sentences

_LONGEST = 600  # characters; a longer mail says more than that it takes something back

_MATTER = (
    r"(?!(?:mejl|mail|fragor|klagomal|forslag)\b)"  # without "mitt" before it, anybody's
    r"(?:(?:mitt|min|mina|det|den|detta|denna|hela|forra|tidigare|har|senaste|dar|i dag|i gar|idag|igar) ){0,4}"
    r"(?:synpunkt\w*|klagomal\w*|arende\w*|mejl\w*|mail\w*|meddelande\w*|anmalan|felanmalan|fraga\w*|forslag\w*|"
    r"skrivelse\w*|inlagg\w*)"
)
_WHAT_I_WROTE = r"(?:det|vad|allt|det dar|det som)? ?(?:som )?jag (?:har )?(?:skrev|skrivit|skickade|skickat|sa)"
_I_DO = (
    r"(?:\b(?:jag|vi|harmed|att fa|far|vill|onskar|vill att ni|nu|kan ni|kan du|snalla) |"
    r"(?:^|\b(?:hej|och|sa) )(?=(?:drar|tar)\b)|\b(?=(?:dra|ta) (?:tillbaka |tillbaks )?(?:mitt|min|mina)\b))"
)
"""Who takes it back: "dra tillbaka förslaget" bids the municipality do it, "dra tillbaka min synpunkt" does not."""
_TAKES_BACK: Final = any_of(
    rf"""
    {_I_DO}(?:dra|drar|ta|tar) (?:harmed |nu )?(?:gladeligen )?(?:tillbaka|tillbaks|ater)
    + (?:{_MATTER}|allt|det\b|den\b)
    \b(?:drar|tar) (?:jag|vi) (?:harmed |nu )?(?:tillbaka|tillbaks)\b
    {_I_DO}(?:dra|drar|ta|tar) (?:{_MATTER}|det|den) (?:tillbaka|tillbaks)\b
    \b(?:aterkallar?|atertar?|annullerar?) (?:jag |vi |harmed |nu )*{_MATTER}
    \b(?:glom|strunta i|bortse (?:ifran|fran)|ignorera) (?:{_MATTER}|{_WHAT_I_WROTE})
    \b(?:ni|du) kan (?:gott |bara |nu |garna )?(?:glomma|strunta i|bortse fran) (?:{_MATTER}|det|detta|alltihop)\b
    \b{_MATTER} kan (?:nu )?(?:avslutas|stangas|laggas ned|laggas ner|avskrivas|strykas|tas bort)\b
    \bvill inte (?:ga vidare med|driva|fullfolja) {_MATTER}
    (?<!\bni )(?<!\bdu )\b(?:slang|radera|kasta|makulera|avskriv|stryk|ta bort|avsluta|stang|lagg ned|lagg ner|avbryt)
    + {_MATTER}
    \bkan (?:ni|du) (?:gott |bara |nu |garna )?
    +(?:slanga|radera|kasta|makulera|avskriva|stryka|ta bort|avsluta|stanga|lagga ned|lagga ner) {_MATTER}
    \b(?:ni|du) (?:kan|far) (?:gott |bara |nu |garna )?
    +(?:slanga|radera|kasta|makulera|avskriva|stryka|ta bort|avsluta|stanga|lagga ned|lagga ner) {_MATTER}
    \b(?:{_MATTER}) (?:ar|blev|har blivit) (?:inte langre|ej langre|inte) (?:aktuell|aktuellt)\b
    \bbehover inte (?:gora nagot|gora nat|hantera|utreda|titta pa) (?:at|med|vidare)? ?{_MATTER} langre\b
    """
)
_NOT_SO = re.compile(r"\b(?:inte|ej|aldrig|annars|om ni|om du|om det|ifall|savida|kanske|skulle|undrar|trots)\b|\?")
_NOT_SO_BUT = re.compile(
    r"^(?:hej )?(?:kan|skulle) (?:ni|du) .{1,80}\?$|\b(?:inte|ej) (?:langre )?(?:aktuellt?)|\bbehover inte\b|"
    r"\bvill inte (?:ga|driva|fullfolja)\b"
)
_CORRECTS = re.compile(
    r"\b(?:i ?stallet|utan|rattelse|rattar|korriger\w*|menade|egentligen|gdpr|dataskydd\w*|personuppgift\w*|"
    r"ratt (?:gata|adress|plats|bild|fil|nummer|namn|stalle|dag|vag|hus|skola)\w*|"
    r"fel (?:gata|adress|plats|bild|fil|person|nummer|namn|mejl|mail)\w*|men (?!tack)\w+|hemsid\w*|"
    r"webb\w*|publicer\w*|om mig|skrev fel|skrivit fel|alla uppgifter|gamla synpunkter)\b"
)
_ABOUT_PART = re.compile(
    r"\b(?:fragan|delen|biten|stycket) om\b|\bjag (?:har )?(?:skrev|skrivit|skickade|skickat|sa) om\b"
)
_SOLVED = re.compile(
    r"\b(?:lost sig|loste sig|ordnat sig|ordnade sig|ordnar sig|lost nu|fixat sig|hittat den|hittat det|"
    r"inte aktuellt|inaktuellt?|redan fixat|redan lagat|ta bort|aterkalla\w*|tillbaka)\b"
)


def withdraws(text: str) -> bool:
    """Whether a citizen takes the feedback back (S40), and says no more than why."""
    said = own_words(text)
    folded = fold(said)
    if len(said) > _LONGEST or _CORRECTS.search(folded):
        return False
    if _ABOUT_PART.search(folded) and not _SOLVED.search(folded):
        return False
    return any(
        _TAKES_BACK.search(sentence) and not _NOT_SO.search(_NOT_SO_BUT.sub(" ", sentence))
        for sentence in sentences(said)
    )


_CASE = (
    r"(?:(?:mitt|min|det|detta|den|vart|forra|tidigare|har) ){0,3}"
    r"(?:arende\w*|synpunkt\w*|klagomal\w*|mejl\w*|mail\w*|anmalan|felanmalan|fraga|forslag\w*|meddelande\w*)"
)
_ASKS: Final = any_of(
    rf"""
    \b(?:vad|va) (?:hander|har hant|hande|ar det som hander|blir det) (?:nu |egentligen )?
    +(?:med|i|av|kring) (?:{_CASE}|det jag skrev|det har|detta|allt)\b
    \b(?:vad|va) (?:hander|har hant)(?: nu| egentligen| har)?\s*\?
    \bhur (?:gar|gick|har det gatt|ser) (?:det )?(?:ut )?(?:med|for|i) (?:{_CASE}|det jag skrev|det har|detta)\b
    \bhur (?:det gar|det har gatt|det ligger till|ligger det till|det ser ut) (?:med|for|i) {_CASE}
    \bvad som (?:hander|har hant|hant) (?:med|i) {_CASE}
    \b(?:hander|har) det (?:hant )?(?:nagot|nat|nanting) (?:med|i) {_CASE}
    \bkommit nagon ?vart med {_CASE}
    \bhar {_CASE} (?:kommit fram|kommit in|tagits emot|registrerats)
    \bnagon (?:nyhet|information|uppdatering|aterkoppling) (?:om|pa|i|kring) {_CASE}
    \bnar (?:jag|vi|man) (?:far|kan fa|kan vanta|kan rakna med) (?:\w+ ){{0,2}}(?:svar|besked|aterkoppling)\b
    \b(?:har|hade) (?:\w+ )?inte fatt (?:nagot |ett |nat )?(?:svar|besked)\b
    \bvantar (?:fortfarande |annu )?pa (?:ett |ert )?(?:svar|besked)\b
    \bfar (?:jag|vi) (?:nagot |ett )?(?:svar|besked)\b
    \bnar (?:tanker|kommer|ska) (?:ni|du) (?:att )?(?:svara|aterkomma|hora av er)\b
    \bhur gar det(?: nu| egentligen| for er)?\s*\?
    \bhur (?:langt|mycket) har (?:ni|du) (?:kommit|hunnit)\b
    \bnar (?:far|kan|ska|skulle) (?:jag|vi|man) (?:\w+ ){{0,4}}(?:svar|besked|aterkoppling)\b
    \bnar (?:kommer|ger|hor|svarar) (?:ni|du|svaret|ett svar|jag att fa|svar|ert svar)\b
    \bnar (?:blir|kommer) det (?:ett )?(?:svar|besked)\b
    \bhar (?:ni|du|nagon) (?:\w+ ){{0,3}}(?:fatt|last|tittat pa|glomt|borjat med|hunnit titta pa) {_CASE}
    \bvem (?:har|tar|ar det som har|handlagger|ansvarar for|skoter) (?:hand om )?{_CASE}
    \b(?:status|laget|statusen) (?:pa|for|i|med) {_CASE}
    \b(?:nagot|nat|nagra) (?:nytt|nyheter|besked|svar) (?:i|om|pa|kring|angaende) {_CASE}
    """
)


def asks_what_happens(text: str) -> bool:
    """Whether a citizen asks what becomes of the case: who has it, how far it has come, when the answer comes."""
    return any(_ASKS.search(sentence) for sentence in sentences(own_words(text)))


_OWN_CASE = re.compile(r"\b(?:mitt|min|vart|var) (?:arende|synpunkt|klagomal|mejl|mail|felanmalan|anmalan|fraga)\b")
_SHORT = 300  # characters


def speaks_of_own_case(text: str) -> bool:
    """Whether a mail is about feedback that its writer has left before, and nothing else, though it names no number."""
    said = own_words(text).strip()
    asks = len(said) <= _SHORT and asks_what_happens(text) and bool(_OWN_CASE.search(fold(said)))
    return asks or withdraws(text)
