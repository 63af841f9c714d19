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

_COLOUR = r"(?:röd\w{0,2}|rött|blå\w{0,2}|blått|grön\w{0,2}|grönt|gul\w{0,2}|lila|orange|rosa)"
_MARKED = r"(?:(?:röd|blå|grön|gul|över|fet|färg)-?(?:markera|skriv)\w{0,6}|under-?str[uy]k\w{0,5}|kursiv\w{0,4}|feta)"
# how words look that stand among others
_LOOKS = (
    rf"\b(?:i|med|på) (?:en )?(?:annan )?{_COLOUR}\b|\b{_COLOUR} (?:text|stil|färg|markering)|\bannan färg|\b{_MARKED}"
    r"|\bfet(?:a|are)? ?(?:stil|text)|\b(?:fetstil|versal)\w{0,5}|\bstora bokstäver|\bstrukit (?:under|över)"
    r"|\b(?:börjar|inleds|inled\w{0,3}|märkt\w?|markera\w{1,2}|färga\w{1,2}) (?:med\b|\w{0,12} ?svar)"
    r"|\bmed stjärn\w{1,3}"
    r"|\b(?:inom|i) (?:hak)?parentes\w{0,2}|\bfärgat\b|\bkryss\w{0,5}"
)
# where in a mail
_PLACE = (
    r"\bnedan\w{0,8}|\bunder\W*$|\bnederst|\blängst (?:ner|ned|bak)|\blängre (?:ner|ned)|\binuti|\binne i"
    r"|\binline\b|\bscroll\w{0,4}|\bintill\W*$|\bbredvid\W*$|\bi slutet\W*$|\b(?:allra )?sist(?: i \w{2,12})?\W*$"
    r"|\befterhand\W*$"
    r"|\b(?:punkt för punkt|fråga för fråga|var för sig|insprängt|mellan raderna|i botten)"
    r"|\b(?:in )?i (?:(?:din|ditt|dina|er|ert|era|den|det|löpande|själva|befintlig\w{0,2}) )?"
    r"(?:mejl|mail|e-?post|text|brödtext|brev|meddelande|citat|tråd|original|historik)\w{0,3}\b(?! från)"
    r"|\b(?:efter|under|vid|mellan|bredvid|intill|bakom|ovanför) "
    r"(?:(?:din|ditt|dina|er|ert|era|varje|respektive|resp|de)\.? )?"
    r"(?:fråg|punkt|rad|text|rubrik|stycke|citat|mening)\w{0,4}\b"
    r"|\b(?:efter|vid|under|på|till|för|per) (?:varje|resp\w{0,7}|de olika|var och en)\b|\bpå (?:dina|era) frågor"
    r"|\bpå frågorna"
    r"|\b(?:ifyll|inskriv|inlag|infog|insprän|inklistr)(?:t|da|na|et|gt|ad|ade|at|ga|gda)\b"
)
_ANSWERS = (
    r"\b(?:svar|svaret|svaren|svarar|svarade|svarat|besvarar|besvarat|kommentar\w{0,4}|kommenter\w{2,3}|notering\w{0,4}"
    r"|anteckning\w{0,4}|synpunkter(?:na)?|ändring\w{0,4}|tillägg\w{0,2}|kompletter\w{2,6}|förtydlig\w{0,6}"
    r"|rättelse\w{0,3}|(?:min|mina|våra) (?:tankar|funderingar|rader|inlägg|reflektioner))\b"
)
_WROTE = (
    r"\b(?:skrev|skrivit|skriver|lagt in|la in|lade in|lägger in|fyllt i|fyllt på|fyllde i|fyller i|markerat|infogat"
    r"|noterat)\b"
)
_LOOK = r"\W{0,3}(?:hej\w{0,3},? )?(?:se|läs|kolla|titta|jfr|jämför|scrolla|bläddra)\b(?! (?:till|bifog|upp|på))"
_YOURS = r"\bi (?:din|ditt|dina|er|ert|era) (?:mejl|mail|text|brev|meddelande|e-?post|fråg)\w{0,4}"
# somebody else's answer, or one that is not there, points nowhere; nor does an answer that follows at once
_ELSEWHERE = re.compile(
    r"\b(?:inte|aldrig|väntar|fått|fick|vill ha|(?:ert|ditt|era|dina) svar\w{0,2}|(?:kan|har|när|om|tänker) (?:ni|du)"
    r"|(?:ni|du|de) (?:har|svar\w{0,3})|enkät\w{0,3})\b|\bfråg\w{0,3}: \S",
    re.IGNORECASE,
)

_LOOK_THERE = re.compile(rf"{_LOOK}.{{0,60}}?(?:{_PLACE}|{_LOOKS}|{_ANSWERS}|\bdet {_COLOUR}\W*$)", re.IGNORECASE)
_ANSWERS_THERE = re.compile(rf"(?=.{{0,120}}{_ANSWERS}).{{0,120}}?(?:{_PLACE}|{_LOOKS})", re.IGNORECASE)
_WROTE_THERE = re.compile(
    rf"(?=.{{0,120}}{_WROTE}).{{0,120}}?(?:{_YOURS}|{_LOOKS}"
    r"|\b(?:efter|under|vid) (?:varje|resp)\w{0,7}|\bunder\W*$|\bmejlet\b)"
    rf"|.{{0,20}}\b(?:jag|vi)(?: har)? (?:strukit|kryssa|satt kryss|ringat|färga|markera)\w{{0,3}}\b"
    r"(?: (?:i|in|under|över|för))?"
    rf"(?: det som \w{{2,12}})?\W*$",
    re.IGNORECASE,
)
_MINE_IS = re.compile(
    rf".{{0,30}}\b(?:det|de) (?:{_COLOUR}|{_MARKED}) (?:är|står för)\b.{{0,20}}\b(?:min|mina|mitt|svar\w{{0,2}})\b"
    rf"|.{{0,20}}\b(?:min|mina|mitt) (?:text|rader|svar|ord|del)\w{{0,2}} (?:är|står)\b.{{0,20}}"
    rf"\b(?:{_COLOUR}|{_MARKED}|fet\w{{0,4}})",
    re.IGNORECASE,
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


def leads_nowhere(text: str) -> str:
    """The sentence that says where the answers stand, where none of them follows it; empty where there is no such.

    What stands above it is an introduction. Below it courtesy and signature are no answer: the answers were written
    into a quotation, which does not go along.
    """
    found = [sentence[0].strip() for line in text.splitlines() for sentence in _SENTENCE.finditer(line[:LINE_LIMIT])]
    at = max((n for n, sentence in enumerate(found) if _points(sentence)), default=len(found))
    for sentence in found[at + 1 :]:
        if _SIGNS.match(sentence):
            break
        if re.search(r"\w", sentence) and not _CLOSES.match(sentence):
            return ""
    return found[at] if at < len(found) else ""


_SIGNS = re.compile(
    r"(?:med )?(?:vänlig|bästa|varm)\w{0,3} hälsning|hälsning|mvh\b|m\.v\.h|m$|v$|hälsar\b|vänligen\W*$|/\s?\w|--"
    r"|skickat från|sent from|hämta outlook|best regards|kind regards|regards",
    re.IGNORECASE,
)
_CLOSES = re.compile(
    r"(?:hör (?:gärna )?av|kontakta|ring|mejla|återkom|tveka inte|välkommen|(?:stort |många )?tack\b|ha (?:en|det)"
    r"|trevlig|undrar du|har du (?:fler )?frågor|om du (?:undrar|har (?:fler )?frågor))",
    re.IGNORECASE,
)


def _points(sentence: str) -> bool:
    sentence = " ".join(sentence.split())
    if len(sentence.split()) > _MOST_WORDS:
        return False
    if _LOOK_THERE.match(sentence) or _MINE_IS.match(sentence) or _FOREIGN.search(sentence):
        return True
    if _ELSEWHERE.search(sentence):
        return False
    return bool(_ANSWERS_THERE.match(sentence) or _WROTE_THERE.match(sentence))
