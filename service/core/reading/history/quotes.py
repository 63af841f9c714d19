"""What the sender wrote now: quoted history, signatures and banners told from the rest of a mail.

The structure of the HTML is the stronger evidence, since programs mark there what they quote; where it shows nothing,
the text is read line by line. What is in doubt stays, and a warning says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from service.core.reading.history import quotes_html, quotes_text
from service.core.reading.history.quotes_text import FORWARDED, Scanned
from service.core.reading.history.separators import REPLY_MARKER
from service.core.reading.mime import hidden, markup

__all__ = ["DOUBTS", "HIDDEN", "REPLY_MARKER", "Fresh", "fresh"]

PARTS_DIFFER = "the text part holds words that the HTML part lacks: the text part was read"
ANSWERS_FOUND = "words that are not in our letter stand inside or below its quotation: they are kept"
OTHER_HISTORY = "quoted text that is no letter of ours was left out"
OWN_LETTER = "words of our own letter stand in the text"
INTERLEAVED, TOO_LONG = quotes_text.INTERLEAVED, quotes_text.TOO_LONG
HIDDEN = "the style hides words that stand in the text: they may be unseen by whoever sent them"
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

_FORWARD_SUBJECT = re.compile(
    r"\s{0,5}(?:\[[^\]]{0,40}\]\s{0,3})?(?:vb|vidarebefordrat|fwd?|wg|vl|tr)\s?:", re.IGNORECASE
)
# "videresendt" in Danish and Norwegian, but "vastaus", an answer, in Finnish
_VS_SUBJECT = re.compile(r"\s{0,5}vs\s?:", re.IGNORECASE)
_DANISH_FROM = re.compile(r"^[\s*]{0,4}Fra[\s*]{0,3}:", re.MULTILINE)
_TEXT_LIMIT = 1_000_000  # signs that are read; what is beyond is kept as it is
_WORD = re.compile(r"\w{4,40}")
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
    if html and _shows_hidden(html, found.new_text):
        return replace(found, warnings=(*found.warnings, HIDDEN))
    return found


def _shows_hidden(html: str, text: str) -> bool:
    """Whether words that the HTML hides stand in the text as if everybody saw them."""
    tree = markup.parse(html)
    stretches = hidden.hidden_words(tree) if tree is not None else []
    if not stretches:
        return False
    shown = " ".join(_LETTERS.findall(text.casefold()))
    return any(" ".join(_LETTERS.findall(words.casefold())) in shown for words in stretches)


def _fresh(text: str, html: str | None, subject: str) -> Fresh:
    head, rest = text[:_TEXT_LIMIT], text[_TEXT_LIMIT:]
    scanned = _scan(head, html)
    if scanned.cut and _is_forward(subject, scanned.cut):
        return Fresh(text.strip("\n"), "", (FORWARDED,))
    return Fresh(scanned.kept + rest, scanned.cut, scanned.warnings)


def _is_forward(subject: str, cut: str) -> bool:
    if _FORWARD_SUBJECT.match(subject):
        return True
    return bool(_VS_SUBJECT.match(subject) and _DANISH_FROM.search(cut))


def _scan(text: str, html: str | None) -> Scanned:
    by_text = quotes_text.scan(text)
    marked = quotes_html.marked_text(html) if html else None
    if marked is None:
        return by_text
    by_structure = quotes_text.scan(*marked)
    if not by_structure.kept.strip():
        return by_text
    if _lacks_words(by_structure, by_text):
        return Scanned(by_text.kept, by_text.cut, (*by_text.warnings, PARTS_DIFFER))
    return by_structure


def _lacks_words(by_structure: Scanned, by_text: Scanned) -> bool:
    """Whether the text part has a line of the sender's that is nowhere in the HTML (programs may send unlike parts)."""
    known = set(_WORD.findall(f"{by_structure.kept}\n{by_structure.cut}".casefold()))
    return any(
        len(words) > 1 and not any(word in known for word in words)
        for words in (_WORD.findall(_NOT_WORDS.sub(" ", line[:400]).casefold()) for line in by_text.kept.split("\n"))
    )
