"""The language that somebody writes in, told by the script and by the small words that every text is full of.

Only languages that reach a Swedish municipality. In doubt, and in a few words, it is Swedish: a wrong guess would send
a Swede a letter in another language.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Final

SWEDISH: Final = "sv"

NAMES: Final = {
    "sv": "svenska", "fi": "finska", "en": "engelska", "de": "tyska", "no": "norska", "da": "danska", "fr": "franska",
    "es": "spanska", "pl": "polska", "so": "somaliska", "bs": "bosniska, kroatiska eller serbiska", "tr": "turkiska",
    "ro": "rumänska", "sq": "albanska", "ar": "arabiska", "fa": "persiska", "ru": "ryska", "uk": "ukrainska",
    "el": "grekiska", "ti": "tigrinska", "th": "thailändska", "zh": "kinesiska", "he": "hebreiska",
}  # fmt: skip
"""Each language by its code (ISO 639-1), as it is called in Swedish."""

_SCRIPTS: Final = (
    ("ar", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"), ("ru", "\u0400-\u04ff"), ("el", "\u0370-\u03ff"),
    ("he", "\u0590-\u05ff"), ("ti", "\u1200-\u137f"), ("th", "\u0e00-\u0e7f"), ("zh", "\u4e00-\u9fff"),
)  # fmt: skip
_OF_SCRIPT = tuple((code, re.compile(f"[{letters}]")) for code, letters in _SCRIPTS)
_NOT_LATIN = re.compile(f"[{''.join(letters for _, letters in _SCRIPTS)}]")
_PERSIAN, _UKRAINIAN = re.compile("[پچژگی]"), re.compile("[іїєґІЇЄҐ]")

_SMALL_WORDS: Final = {
    "sv": "och att det är som på för inte jag ni av den till har med ett en om vi min mitt när var vad hej tack från "
          "kan ska skulle blir blev också bara mycket varför han hon de men så",
    "fi": "ja on ei että se olen ole oli joka mutta niin kun kuin hei kiitos terveisin minun teidän meidän myös tämä "
          "voisitte haluaisin miksi siellä vielä ovat jos tai sen äitini suomeksi",
    "en": "the and is are to of in that it for you have has been not with this was on we my your could would please "
          "hello there why when what they at but an from thank",
    "de": "und der die das ist nicht ich sie ein eine zu den mit für auf wir haben sind von wird bitte hallo seit dem",
    "no": "og er ikke jeg dere til å av ett noe hvorfor hvor hva også bare vi hei takk meg mye mellom uten",
    "da": "og er ikke jeg i af at det der hvorfor hvad også bare noget meget hej tak mig uden efter bliver være",
    "fr": "le la les et est des une un que je vous pas pour dans nous avec sur bonjour merci mon ne ce qui",
    "es": "el la los las y es un una que no por para con en de mi se hola gracias usted está desde como muy",
    "pl": "i w nie jest na się że do z to jak dzień dobry proszę dziękuję od przez mój jestem ale po czy tak",
    "so": "waa iyo ku ka in aan uu ay waxaan la si ee loo mahadsanid magaalada fadlan kale waxa",
    "bs": "i je da se na u za nije ne sam što kako molim hvala dobar dan ali od smo već kod moj su li",
    "tr": "ve bir bu için değil çok ne var yok merhaba teşekkürler lütfen ben mi ile olarak daha neden",
    "ro": "și este nu la de pe un o că în cu pentru bună ziua mulțumesc vă rog sunt din mai ce",
    "sq": "dhe është nuk në për të një me që nga pershendetje faleminderit ju lutem unë kam si por",
}  # fmt: skip
_WORDS = {code: frozenset(words.split()) for code, words in _SMALL_WORDS.items()}
_QUOTED = re.compile(  # from a mark on, so that most texts are passed over at once
    r"[\"”“»«'’‘](?<!\w.)(?:(?<=[\"”“»«])[^\"”“»«\n]{1,300}[\"”“»«]|(?<=['’‘])[^'’‘\n]{1,300}['’‘])(?!\w)"
)
"""What somebody else has said, a sign or an app: it is no language of the writer's."""
_LOOKED_AT = 4_000  # characters
_FEWEST = 3  # small words that must have been seen before the text is taken for anything but Swedish


@lru_cache(maxsize=4)  # of one mail it is asked for by the rules and for the case
def language_of(text: str) -> str:
    """The code (ISO 639-1) of the language that most of the text is in; Swedish in doubt (FL 13 §, domain 9)."""
    text = _QUOTED.sub(" ", text[:_LOOKED_AT])
    scripts = _OF_SCRIPT if _NOT_LATIN.search(text) else ()
    letters = sum(map(str.isalpha, text)) if scripts else 0
    for code, script in scripts:
        if 2 * len(script.findall(text)) > letters:
            return _by_its_letters(code, text)
    counts = Counter(re.findall(r"[^\W\d_]+", text.casefold()))
    seen = {code: sum(counts[word] for word in words & counts.keys()) for code, words in _WORDS.items()}
    best = max(seen, key=seen.__getitem__)
    return best if seen[best] >= _FEWEST and seen[best] > 2 * seen[SWEDISH] else SWEDISH


def told_by_words(text: str) -> str:
    """The language of a text by staff, which may be a line long; empty where no small word tells it."""
    found = language_of(text)
    if found != SWEDISH:
        return found
    words = re.findall(r"[^\W\d_]+", text[:_LOOKED_AT].casefold())
    seen = {code: sum(word in small for word in words) for code, small in _WORDS.items()}
    most = max(seen.values())
    likely = [code for code in seen if seen[code] == most] if most else []
    return SWEDISH if SWEDISH in likely else "".join(likely) if len(likely) == 1 else ""


def _by_its_letters(script: str, text: str) -> str:
    """Of the languages that share a script, the one whose own letters stand in the text."""
    if script == "ar" and _PERSIAN.search(text):
        return "fa"
    return "uk" if script == "ru" and _UKRAINIAN.search(text) else script
