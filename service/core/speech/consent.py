"""Yes and no, as people write them in answer to a question: JA, Ja tack, Ok skicka, japp, 👍; nej, vänta, stopp.

A yes sends words to a citizen in the municipality's name, so every word of it has to be known: one that is not may be
a second thought ("Ja, skicka på fredag"). A no never does harm, so a short text that begins like one is one.
"""

from __future__ import annotations

import enum
import re
from typing import Final

from service.core.speech.commands import fold, plain, strip


class Consent(enum.Enum):
    """What an answer to a question says."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"  # begins like one of the two and says more, or is too short to be a letter to anybody
    TEXT = "text"  # something else altogether, long enough to be meant for somebody


def _known(words: str) -> frozenset[str]:
    return frozenset(fold(words).split())


_YES: Final = _known(
    """
    ja jaa jaha japp jepp jap jupp jo jadå jodå jovisst javisst jajamensan jajamän jajamen jajemän jajjemen jajjemensan
    visst visstja ok okej okey okay oki okidoki yes yep yup absolut skicka skickas kör godkänt godkänns godkänner
    godkänd självklart givetvis naturligtvis gärna j klartecken 👍 👌 ✅ ✔ 🆗
    """
)
_BESIDE_YES: Final = _known(
    """
    tack tackar så det den de är blir blev var bra på nu iväg svaret texten snälla du kan gör helt mycket fint perfekt
    toppen stämmer går ut då som ser låter utmärkt väl please thanks hej hejsan igen ni vi jag skickar tycker precis
    exakt kanon super strålande kalas med genast direkt till send it to the good great fine do en gång ditt mitt vår
    förslag förslaget svar mejlet vidare synpunktslämnaren 🙂 😊 😀 😃 🙏 ❤ 🎉
    """
)
_NO: Final = _known(
    """
    nej nä nää nae nix nope nepp nejdå nejtack no vänta stopp stoppa stop avbryt avbryta avvakta ångra ångrar inte ej
    hold wait cancel dröj låt 👎 ✋ 🛑 ⛔ ❌ 🚫
    """
)
_BESIDE_NO: Final = _known(
    """
    tack lite än med det den skicka skickas svaret texten mig är jag vill nu iväg så ut på du får blir blev fel snälla
    tills vidare stund minut absolut verkligen gör ok okej alls
    """
)
_PIECES = re.compile(r"[^\W_]+(?:-[^\W_]+)*|[👍👌✅✔🆗👎✋🛑⛔❌🚫🙂😊😀😃🙏❤🎉]")
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")
_SHORT: Final = 40
"""Characters; what is shorter is no letter to a citizen."""


def read_consent(text: str, writer: str = "") -> Consent:
    """What the whole of a text says; a signature may stand below.

    writer: what the writer signs with, name and title. Without a greeting above it, any other word is no signature:
    "Ja" and below it "Nej" or "Vänta" must send nothing.
    """
    said = " ".join(body(text, writer))
    words = [_DRAWN_OUT.sub(r"\1", word) for word in _PIECES.findall(fold(said).replace("#", " "))]
    if not words:
        return Consent.UNCLEAR
    yes, no = _YES.intersection(words), _NO.intersection(words)
    if yes and not no and "?" not in said and (_YES | _BESIDE_YES).issuperset(words):
        return Consent.YES
    if no and not yes - {"skicka", "skickas", "ok", "okej", "gor", "absolut"} and "?" not in said:
        known = (_NO | _BESIDE_NO).issuperset(words)
        # "#ÅNGRA" above "#SVAR" and a new text says more than no: what a command says is not swallowed.
        if known or (words[0] in _NO and len(said) < _SHORT and "#" not in said):
            return Consent.NO
    begins = words[0] in _YES | _NO and words[0] not in {"skicka", "låt"}
    return Consent.UNCLEAR if begins or not looks_like_a_letter(text) else Consent.TEXT


def looks_like_a_letter(text: str) -> bool:
    """Whether somebody may have meant the text for a citizen: long enough, and greeted or in whole sentences."""
    said = strip(text)
    return len(said) >= _SHORT and bool(_GREETED.match(said) or re.search(r"[.!?…]", said))


def is_sentence(text: str) -> bool:
    """Whether the text is at least one whole sentence, however short."""
    lines = strip(text).splitlines()
    words = ((line, _TWO_WORDS.search(line)) for line in lines)
    return looks_like_a_letter(text) or any(found and _SENTENCE_MARK.search(line, found.end()) for line, found in words)


def is_greeted(text: str) -> bool:
    """Whether the text begins by greeting or thanking somebody."""
    return bool(_GREETED.match(text))


_TWO_WORDS, _SENTENCE_MARK = re.compile(r"\w \w"), re.compile("[.!…]")
_GREETED = re.compile(r"(?i:hej|hejsan|hallå|god (?:morgon|dag|kväll|middag)|bästa|kära|hello|hi|dear|tack)\b")


def is_sign_off(text: str) -> bool:
    """Whether the text is only a closing greeting with what a signature has: nothing that anybody would note down."""
    lines = _lines(text)
    return (
        0 < len(lines) <= _SIGNATURE_LINES
        and bool(_GREETING.fullmatch(lines[0]))
        and not any(_SENTENCE.search(line) for line in lines[1:])
    )


def body(text: str, writer: str = "") -> list[str]:
    """The lines of a short text without greeting, signature and what a phone adds below."""
    own = set(fold(writer).split())
    name_may_follow, said = False, []
    for number, line in enumerate(_lines(text)):
        words = [word.strip(",.|/") for word in fold(line).split()]
        if number and _GREETING.fullmatch(line):
            name_may_follow = True
        elif name_may_follow and _NAME.fullmatch(line):
            name_may_follow = False
        elif not number or not (own.issuperset(filter(None, words)) or any(s.fullmatch(line) for s in _SIGNS)):
            at = max(0, len(line) - _LONGEST_TAIL)
            rest = line[:at] + _TAIL.sub("", line[at:])
            said.append(rest if strip(rest) else line)  # "- Ja" is no signature
    return said


def _lines(text: str) -> list[str]:
    return [stripped for line in plain(text).splitlines() if (stripped := strip(line))]


_SIGNATURE_LINES = 8
_LONGEST_TAIL = 120  # characters
_WORD = r"[A-ZÅÄÖ][\w-]*"
_NAME = re.compile(rf"{_WORD}(?: {_WORD}){{0,2}}")
_SLASH = re.compile(rf"[/–-] ?{_NAME.pattern}")
_WORDS_OF_GREETING = r"mvh|(?:med )?(?:vänliga? |bästa )?hälsning(?:ar)?|vänligen|hälsar|ha det(?: bra)?|/"
_GREETING = re.compile(rf"(?i:{_WORDS_OF_GREETING})[ ,!./]*(?:{_NAME.pattern})?")
_TAIL = re.compile(rf"(?:\s*[/–-] ?|[\s,.!]+(?i:mvh|hälsningar|hälsar)[ ,/]*){_NAME.pattern}\s*$")
_DEVICE = re.compile(r"(?i:skickat från|sent from|hämta outlook|get outlook) .{1,60}")
_SENTENCE = re.compile(r"[.?!:;]$|^#|.{61}")
_REACHED = re.compile(
    r"(?i:(tfn|tel|telefon|mobil|e-post)?[.:]?\s*([\d\s()+/–-]{6,20}|[^\s@]{1,64}@[^\s@]{1,255})|(https?://|www\.)\S+)"
)
_SIGNS = (_SLASH, _DEVICE, _REACHED)
