"""Whether a writer says that the answers stand in the quoted text: "Se mina svar i rött", "svarar under varje fråga".

People say it in ever new ways, so no phrases are looked for but two sorts of words in one sentence: what was done
(answered, commented) and where it stands (below, in your mail, in red).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.core.reading.history.lines import LINE_LIMIT

_MOST_WORDS = 18  # of a sentence that only says where the answers stand
_ENDS = 3  # of a long text the first and the last lines are looked at
_SENTENCE = re.compile(r"[^.!?\n]{1,400}")

_COLOURS = r"(?:röd\w{0,2}|rött|blå\w{0,2}|blått|grön\w{0,2}|grönt|gul\w{0,2}|lila|orange|rosa|färg\w{0,3}|annan färg)"
_LOOKS = (
    rf"(?:\b(?:i|med|på) (?:en )?{_COLOURS}\b|\b{_COLOURS} (?:text|stil|färg|markering)"
    r"|\b(?:röd|blå|grön|gul|över|fet|färg)-?(?:markera|skriv|stryk)\w{0,6}|\bfet(?:a|are)? ?(?:stil|text)"
    r"|\b(?:fetstil|kursiv|versal|understruk|understryk|överstruk)\w{0,5}|\b(?:med )?stora bokstäver)"
)
_PLACE = (
    r"(?:\bnedan\w{0,8}|\bunder\W*$"
    r"|\bunder (?:din|ditt|dina|er|ert|era|varje|resp|fråg|text|rubrik|punkt|citat)\w{0,8}"
    r"|\bnederst|\blängst (?:ner|ned|bak)|\blängre (?:ner|ned)|\binuti|\binne i|\bmellan raderna|\binline\b"
    r"|\bscroll\w{0,4}|\b(?:in )?i (?:din|ditt|dina|er|ert|era|den|löpande|själva|befintlig\w{0,2}|texten|mejlet"
    r"|mailet|brevet|meddelandet|citatet|tråden|originalet|historiken|frågorna)\b"
    r"|\b(?:efter|vid|på|till|för|per) (?:varje|resp\w{0,7}|de olika|var och en)\b|\bpunkt för punkt"
    r"|\bfråga för fråga|\b(?:ifyll|inskriv|inlag|infog|insprän|inklistr)(?:t|da|na|et|gt|ad|ade|at|ga)\b)"
)
_ANSWERED = (
    r"\b(?:svar|svaret|svaren|svarar|svarat|besvarar|besvarat|kommentar\w{0,4}|kommenter\w{2,3}|notering\w{0,4}|anteckning\w{0,4}"
    r"|synpunkter(?:na)?|ändring\w{0,4}|tillägg\w{0,2}|komplettering\w{0,4}|kompletterat|förtydlig\w{0,6}|rättelse\w{0,3})\b"
)
_WROTE = (
    r"\b(?:skrev|skrivit|skriver|lagt in|la in|lade in|lägger in|fyllt i|fyllde i|fyller i|markerat|infogat|noterat)\b"
)
_LOOK = r"\W{0,3}(?:hej\w{0,3} )?(?:se|läs|kolla|titta|jfr|jämför|scrolla|bläddra)\b"
_IN_MAIL = r"\bi (?:din|ditt|dina|er|ert|era) (?:mejl|mail|text|brev|meddelande|e-?post|fråg)\w{0,4}"

_POINTS = (
    re.compile(rf"{_LOOK}.{{0,80}}?(?:{_PLACE}|{_LOOKS})", re.IGNORECASE),
    re.compile(rf"(?=.{{0,120}}{_ANSWERED}).{{0,120}}?(?:{_PLACE}|{_LOOKS})", re.IGNORECASE),
    re.compile(
        rf"(?=.{{0,120}}{_WROTE}).{{0,120}}?(?:{_IN_MAIL}|{_LOOKS}|\b(?:efter|under|vid) (?:varje|resp)\w{{0,7}})",
        re.IGNORECASE,
    ),
)
# the same in English, German, Norwegian, Danish and Finnish, in the forms that are in use
_BELOW = r"\b(?:nedenfor|below|unten|inline|i teksten|im text|in the text|rødt|red|blue|green|rot|blau)\b"
_FOREIGN = re.compile(
    r"\b(?:my|our|meine|unsere|mine|våre|vores)\b.{0,20}\b(?:svar\w{0,2}|kommentar\w{0,3}|answers?|comments?|replies"
    rf"|antwort\w{{0,3}}|anmerkung\w{{0,2}}|vastauks\w{{0,4}})\b.{{0,40}}{_BELOW}"
    rf"|\b(?:answered|replied|svarer|geantwortet)\b.{{0,30}}{_BELOW}"
    rf"|\b(?:answers?|comments?|kommentarer|antworten)\b.{{0,6}}{_BELOW}"
    r"|^\W{0,3}(?:see|siehe|katso)(?: \w{1,12})? (?:below|nedenfor|unten|alla)\b.{0,40}$",
    re.IGNORECASE,
)


def points_into_history(lines: Sequence[str]) -> bool:
    """Whether one of the writer's sentences says that words of the writer's stand in what is quoted."""
    written = [line.strip()[:LINE_LIMIT] for line in lines if line.strip()]
    if len(written) > 4 * _ENDS:
        written = written[:_ENDS] + written[-2 * _ENDS :]
    return any(_points(found[0]) for line in written for found in _SENTENCE.finditer(line))


def _points(sentence: str) -> bool:
    sentence = " ".join(sentence.split())
    if len(sentence.split()) > _MOST_WORDS:
        return False
    return any(pattern.match(sentence) for pattern in _POINTS) or bool(_FOREIGN.search(sentence))
