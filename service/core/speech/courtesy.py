"""What is mere courtesy: thanks, "Ok", good wishes, a heart. It asks for nothing, so it starts nothing.

Judged sentence by sentence by what each one does: it thanks, acknowledges, wishes something, greets or signs. A
sentence that does anything else makes the mail one that a person should read, and so does a single word of contrast or
complaint; in doubt it is no courtesy.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from service.core.speech.commands import fold, plain

_THANKS = re.compile(
    r"tack\w*|tusen|thanks|thank you|thx|many thanks|cheers|much appreciated|appreciate\w*|kiitos|danke|takk|tak|"
    r"(?:jag |vi )?uppskattar|(?:jag |vi )?(?:blev|ar|blir) (?:sa |jatte|valdigt |mycket )?(?:glad|nojd|tacksam)\w*"
)
_KNOWN_WORDS: Final = frozenset(
    fold(
        """
        ok okej okay oki bra toppen perfekt utmärkt kanon kanonbra jättebra superbra super fint finfint jättefint
        härligt underbart fantastiskt fantastisk strålande suveränt suverän noterat uppfattat då vet jag vi förstår
        förstått skönt att höra veta nu är det allt för den här hej hejsan igen god morgon dag kväll så mycket stort
        tusen många varmt hjärtligt ett på till hela er eder du ni dig ert era ditt din dina snabbt snabb snabba
        snabbheten svar svaret svaren besked beskedet återkoppling återkopplingen hjälp hjälpen information
        informationen info infon insats insatsen jobb jobbet arbete arbetet bemötande bemötandet återkopplade
        svarade hjälpte hörde av gjorde ordnade fixade lagade löste ha en fin trevlig skön lugn solig helg vecka
        sommar jul påsk semester fortsättning detsamma lycka önskar fortsatt blev blir min mitt vår och var hemskt
        hantering hanteringen gott fungerar funkar väldigt riktigt jätte jättemycket jättesnabbt otroligt verkligen
        glad nöjd tacksam tacksamma uppskattar uppskattas vad roligt kul snällt vänligt från med hälsning hälsningar
        vänlig vänliga bästa varma mvh hälsar vänligen kram kramar the your you very so much a lot for quick fast
        reply answer response help it was is that all great good nice perfect excellent wonderful have day weekend
        kind best regards sincerely yours my i we really appreciate appreciated and this thanks thank many paljon
        bäst nöjda duktiga utförligt utförliga tydligt tydliga trevligt proffsigt kiitokset vastauksesta avusta
        snälla åh wow jobbat fort jättefort supersnabbt fixat ordnat löst en klippa ängel stjärna hjälte
        kiitos hyvää päivää tack tackar tackas tacka tacksamhet
        """
    ).split()
)
"""Words that thank, acknowledge or wish. One word beside them, and a person reads the mail."""

_OTHERWISE = re.compile(
    r"\b(?:men|dock|fast|fortfarande|tyvarr|anda|inte|ej|aldrig|varfor|nar|hur|vem|snart|kvar|borde|maste|kan ni|"
    r"kan du|kommer ni|skulle|undrar|fraga|but|however|still|not|when|why|how|please|could|would|"
    r"igen nu|skamt\w*|ironi\w*)\b"
)
_POSITIVE = re.compile(
    "[❤♥💙💚💛🧡💜🤍💕💖💗😊🙂😀😃😄😁🥰😍🤗🙏👍👌👏🎉🌸🌷🌹🌺🌼🌻💐☀🌞✨⭐🌟💪🥳😎☺\U0001f3fb-\U0001f3ff]"
)
_REACHED = re.compile(
    r"(?im)^[^\S\n]*(?:(?:tfn|tel|telefon|mobil|e-post)?[.:]?[^\S\n]{0,3}\+?\d[\d()+/ –-]{5,20}|"
    r"[^\s@]{1,64}@[^\s@]{1,99}|(?:https?://|www\.)\S{1,200})[^\S\n]*$"
)
"""A line that only says where its writer is reached."""
_SENTENCE = re.compile(r"[.!\n;…]+")
_SIGN_OFF = re.compile(
    r"(?im)^[^\S\n]*(?:--[^\S\n]*$|"
    r"(?:med )?(?:vänliga?|bästa|varma|hjärtliga?|soliga?)? ?hälsning(?:ar)?\b|mvh\b|m\.v\.h|"
    r"vänligen\b|hälsar\b|(?:best|kind|warm) regards|regards\b|sincerely|/\s?\w)"
)
_DEVICE = re.compile(r"(?im)^[^\S\n]*(?:skickat från|sent from|hämta outlook|get outlook)\b.*$")
_SENTENCE_OF_SIGNATURE = re.compile(
    r"\?|\b(?:jag|ni|vi|du|men|kan|ska|vill|har|är|var|inte|when|you|can|please|ps|p\.s)\b", re.IGNORECASE
)
_SIGNATURE_LINES = 12
_FEW = 8  # words
_ACKNOWLEDGED: Final = frozenset(
    fold(
        """
        ok okej okay oki noterat uppfattat mottaget bra toppen perfekt kanon fint tack tackar ska kollar kolla på det
        jag återkommer då vi så super utmärkt jadå jodå klart fixat hej
        """
    ).split()
)
_DOING = re.compile(
    r"(?i)\b(?:lagat|lagar|bytt|byter|beställt|åtgärdat|skickat ut|planerar|kommer att|har vi|ska vi)\b"
)


def is_thanks_only(text: str, names: str = "") -> bool:
    """Whether a mail only says thank you (S27): it starts no clock and reopens nothing.

    names: of the submitter and the officer, who may be addressed or sign.
    """
    text = plain(text).replace("’", "'")
    hearts = bool(_POSITIVE.search(text))
    written = _without_signature(_REACHED.sub("", _DEVICE.sub("", _POSITIVE.sub(" . ", text))))
    if written is None or "?" in text or _is_displeased(written):
        return False
    known = _KNOWN_WORDS | frozenset(re.findall(r"\w+", fold(names)))
    sentences = [s for s in map(str.strip, _SENTENCE.split(fold(written))) if re.search(r"\w", s)]
    if not sentences:
        return hearts
    if any(_OTHERWISE.search(s) for s in sentences):
        return False
    if not all(known.issuperset(re.findall(r"\w+", s)) for s in sentences):
        return False
    return hearts or any(_THANKS.search(s) or _acknowledges(s) for s in sentences)


def _is_displeased(written: str) -> bool:
    """Whether a sign that is not a friendly one stands in it: a face whose meaning we do not know says more."""
    return bool(_SAD.search(written)) or any(unicodedata.category(sign) == "So" for sign in written)


_SAD = re.compile(r"(?:[:;]['-]?[(/\\]|:-?\|)(?!\w)")


def _acknowledges(sentence: str) -> bool:
    return bool(
        re.search(
            r"\b(?:da vet (?:jag|vi)|forstar|forstatt|toppen|perfekt|kanon\w*|utmarkt|bra jobbat)\b",
            sentence,
        )
    )


def _without_signature(text: str) -> str | None:
    """What stands above a closing greeting; None where what follows it is more than a signature."""
    found = _SIGN_OFF.search(text)
    if not found:
        return text
    below = [line for line in text[found.start() :].splitlines()[1:] if line.strip()]
    first = text[found.start() :].splitlines()[0]
    if len(below) > _SIGNATURE_LINES or any(_SENTENCE_OF_SIGNATURE.search(line) for line in (first, *below)):
        return None
    return text[: found.start()]


def is_acknowledgement(text: str, names: str = "") -> bool:
    """Whether a colleague only says that a letter of ours was read: "Ok", "Tack!", "Noterat, jag återkommer", 👍."""
    if is_thanks_only(text, names):
        return True
    words = re.findall(r"\w+", fold(plain(text)))
    known = _ACKNOWLEDGED | frozenset(re.findall(r"\w+", fold(names)))
    return "?" not in text and 0 < len(words) <= _FEW and known.issuperset(words)


def speaks_of_doing(text: str) -> bool:
    """Whether the text tells what the municipality does or has done, as an answer to a citizen would."""
    return bool(_DOING.search(text))
