"""What the sender wrote now: quoted history, signatures and banners told from the rest of a mail.

The structure of the HTML is the stronger evidence, since programs mark there what they quote; where it shows nothing,
the text is read line by line. What is in doubt stays, and a warning says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from service.core.reading.history import quotes_html, quotes_text, signatures
from service.core.reading.history.attributions import says_who_wrote
from service.core.reading.history.quotes_text import FORWARDED, Marks, Scanned
from service.core.reading.history.separators import REPLY_MARKER, is_separator
from service.core.reading.mime import looks, markup

__all__ = ["DOUBTS", "HIDDEN", "LEFT_OUT", "REPLY_MARKER", "STRUCK", "Fresh", "fresh"]

PARTS_DIFFER = "the text part holds words that the HTML part lacks: the text part was read"
ANSWERS_FOUND = "words that are not in our letter stand inside or below its quotation: they are kept"
OTHER_HISTORY = "quoted text that is no letter of ours was left out"
OWN_LETTER = "words of our own letter stand in the text"
INTERLEAVED, TOO_LONG = quotes_text.INTERLEAVED, quotes_text.TOO_LONG
HIDDEN = "the style hides words that stand in the text: they may be unseen by whoever sent them"
STRUCK = "words with a line through them stand in the text: the line is lost"
DOUBTS = frozenset(
    {
        FORWARDED,
        HIDDEN,
        ANSWERS_FOUND,
        OTHER_HISTORY,
        OWN_LETTER,
        PARTS_DIFFER,
        quotes_text.ANSWERS_INSIDE,
        quotes_text.BELOW_ONLY,
        quotes_text.NOTHING_LEFT,
        quotes_text.TOO_LONG,
        quotes_text.UNSURE_QUOTE,
    }
)
"""Warnings after which `new_text` may hold somebody else's words, or lack context: nothing is sent on unasked."""

LEFT_OUT = frozenset({OTHER_HISTORY})
"""Warnings that speak of text which `new_text` lacks and which is no letter of ours: its reader is told of it."""

_FORWARD_SUBJECT = re.compile(
    r"\s{0,5}(?:\[[^\]]{0,40}\]\s{0,3})?(?:vb|vidarebefordrat|fwd?|wg|vl|tr)\s?:", re.IGNORECASE
)
# "videresendt" in Danish and Norwegian, but "vastaus", an answer, in Finnish
_VS_SUBJECT = re.compile(r"\s{0,5}vs\s?:", re.IGNORECASE)
_DANISH_FROM = re.compile(r"^[\s*]{0,4}Fra[\s*]{0,3}:", re.MULTILINE)
_TEXT_LIMIT = 1_000_000  # signs that are read; what is beyond is kept as it is
_WORD = re.compile(r"\w{4,40}")
_INTRODUCES = re.compile(  # in casefolded text: seven times as fast as without regard to case
    r"skrev|wrote|schrieb|kirjoitti|från ?:|from ?:|von ?:|fra ?:|original|ursprung|&gt;&gt;&gt;"
)
_COLOUR = re.compile(r"color|background|highlight|<mark|class", re.IGNORECASE)
_LETTERS = re.compile(r"\w+")
_NOT_WORDS = re.compile(r"<[^<>]{0,300}>|\[[^\[\]]{0,300}\]|https?://\S{1,300}")


@dataclass(frozen=True, slots=True)
class Fresh:
    """What the sender wrote now, what was cut from the mail, and what was in doubt (and therefore kept)."""

    new_text: str
    cut_text: str
    warnings: tuple[str, ...]


def fresh(text: str, html: str | None, subject: str = "") -> Fresh:
    """Return what the sender wrote now.

    `text` is the whole text of the mail, `html` its HTML body if it has one. A `subject` with a forwarding prefix
    (`VB:`, `Fwd:`) keeps what is passed on, which the sender wants read. The result is never empty when `text` is not.
    """
    found = _fresh(quotes_text.without_marks(text.replace("\r\n", "\n").replace("\r", "\n")), html, subject)
    tree = markup.parse(html) if html else None
    if tree is None:
        return found
    hidden = (HIDDEN,) if _stands_in(found.new_text, looks.hidden_words(tree)) else ()
    struck = (STRUCK,) if _stands_in(found.new_text, looks.struck_words(tree)) else ()
    return replace(found, warnings=(*found.warnings, *hidden, *struck))


def _stands_in(text: str, stretches: list[str]) -> bool:
    """Whether any of the words, which the HTML hides or strikes out, stand in the text as if they were like others."""
    if not stretches:
        return False
    shown = _said(text)
    return any(_said(words) in shown for words in stretches)


def _fresh(text: str, html: str | None, subject: str) -> Fresh:
    head, rest = text[:_TEXT_LIMIT], text[_TEXT_LIMIT:]
    scanned = _scan(head, html)
    if html and scanned.cut and _is_answered_in_colour(html, scanned):
        return Fresh(text.strip("\n"), "", (*scanned.warnings, quotes_text.ANSWERS_INSIDE))
    if scanned.cut and _is_forward(subject, scanned.cut):
        return Fresh(text.strip("\n"), "", (FORWARDED,))
    return Fresh(scanned.kept + rest, scanned.cut, scanned.warnings)


def _is_answered_in_colour(html: str, scanned: Scanned) -> bool:
    """Whether sentences in a colour of their own stand in what was cut, as people answer inside what they quote."""
    tree = markup.parse(html) if _COLOUR.search(html) else None
    if tree is None:
        return False
    kept, cut = (" ".join(_LETTERS.findall(text.casefold())) for text in (scanned.kept, scanned.cut))
    lost = [(words, said) for words in looks.coloured_words(tree) if (said := _said(words)) in cut and said not in kept]
    if 2 * sum(len(said) for _, said in lost) > len(cut):
        return False  # what programs quote in blue
    return any(signatures.is_said(words) and not _is_introduction(words) for words, _ in lost)


def _is_introduction(words: str) -> bool:
    return is_separator(words) or says_who_wrote(words)


def _said(words: str) -> str:
    return " ".join(_LETTERS.findall(words.casefold()))


def _is_forward(subject: str, cut: str) -> bool:
    if _FORWARD_SUBJECT.match(subject):
        return True
    return bool(_VS_SUBJECT.match(subject) and _DANISH_FROM.search(cut))


def _casefolded(text: str) -> str:
    """Casefolded, the two Turkish letters too, of which that alone makes no plain i."""
    return text.replace("İ", "i").replace("ı", "i").casefold()


def _scan(text: str, html: str | None) -> Scanned:
    by_text = quotes_text.scan(text)
    marked: tuple[str, Marks | None] | None = quotes_html.marked_text(html) if html else None
    if marked is None and html and not by_text.cut and _INTRODUCES.search(_casefolded(html)):
        marked = markup.to_text(html), None  # the text part may have lost what the HTML says in words
    if marked is None:
        return by_text
    by_structure = quotes_text.scan(*marked)
    if not by_structure.kept.strip():
        return by_text
    lacking = _lacking(by_structure, by_text)
    if not lacking:
        return by_structure
    if by_text.cut.strip():
        return Scanned(by_text.kept, by_text.cut, (*by_text.warnings, PARTS_DIFFER))
    kept = "\n\n".join((by_structure.kept, "\n".join(lacking)))  # only the HTML shows what is quoted
    return Scanned(kept, by_structure.cut, (*by_structure.warnings, PARTS_DIFFER))


def _lacking(by_structure: Scanned, by_text: Scanned) -> list[str]:
    """The sender's lines in the text part that are nowhere in the HTML: programs may send unlike parts."""
    known = set(_WORD.findall(f"{by_structure.kept}\n{by_structure.cut}".casefold()))

    def is_unknown(line: str) -> bool:
        words = _WORD.findall(_NOT_WORDS.sub(" ", line[:400]).casefold())
        return len(words) > 1 and not any(word in known for word in words)

    return [line for line in by_text.kept.split("\n") if is_unknown(line)]
