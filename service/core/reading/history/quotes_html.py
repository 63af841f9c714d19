"""The structure of a mail's HTML: which elements mail programs put quoted history and signatures in.

The elements are not simply dropped. Each is replaced by a mark, a line of its own, and the text with its marks is
read like plain text, so that lines that introduce a quotation and answers around it are found in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import Element, HtmlElement

from service.core.reading.history.quotes_text import Mark, Marks, without_marks
from service.core.reading.history.separators import is_forward
from service.core.reading.history.signatures import DELIMITERS
from service.core.reading.mime import markup

_QUOTE = re.compile(
    r"(?:yahoo_quoted\S*|mail-editor-reference-message-container|ms-outlook-mobile-reference-message|isreplycontent"
    r"|oldmessagebody|zmail_extra|tutanota_quote|iwcquote|name=messagereplysection|name=quote)"
)
_QUOTE_OF_BLOCK = re.compile(r"(?:protonmail_quote|front-blockquote|type=cite|clean_bq|airmail_\S*)")
_GMAIL = re.compile(r"gmail_quote\S*|gmail_extra")
_BELOW = re.compile(r"(?:divrplyfwdmsg|olk_src_body_section|(?:ecx)?stopspelling|zwchr|__divider__)")
_INTRODUCTION = re.compile(r"(?:gmail_attr|moz-cite-prefix|airmail_ext_on|reply-intro)")
_SIGNATURE = re.compile(
    r"(?:signature|ms-outlook-mobile-signature|composer_signature|applemailsignature\S*|gmail_signature|moz-signature"
    r"|protonmail_signature_block|ymail_\w*signature)"
)
_FOREIGN_PREFIX = re.compile(r"(?:x_|ydp\w{8}|ecx)+")  # Outlook on the web and Yahoo rename what they quote
_WORD_BORDER = re.compile(
    r"border-top:[^;]{0,40}(?:solid[^;]{0,30}\b1(?:\.0)?pt|\b1(?:\.0)?pt[^;]{0,10}solid)", re.IGNORECASE
)
_BORDER_LEFT = re.compile(r"border-left(?:-width|-style)?:\s{0,3}(?!none|0)", re.IGNORECASE)
_MOST_PLACES = 300  # more than any mail that a person answers inside; the time stays bounded
_HEADER_COLONS = 3  # a header block has at least three fields


def marked_text(html: str) -> tuple[str, Marks] | None:
    """Return the HTML's text with marks in it, and the marks; None when its structure shows none or can't be read."""
    tree = markup.parse(without_marks(html))
    if tree is None:
        return None
    found = list(_places(tree))
    if not found:
        return None
    marks = Marks()
    try:
        for element, mark in found:
            _set_mark(element, mark, marks)
        _mark_delimiters(tree, marks)
        return markup.render(tree), marks
    except (RecursionError, etree.LxmlError, ValueError, AttributeError, IndexError):
        return None


def _places(tree: HtmlElement) -> Iterator[tuple[HtmlElement, Mark]]:
    """The outermost elements that hold history or a signature, in the order of the document."""
    waiting = [tree]
    found = 0
    while waiting and found < _MOST_PLACES:
        element = waiting.pop()
        if not isinstance(element.tag, str):
            continue
        mark = _mark_of(element)
        if mark is not None:
            yield element, mark
            found += 1
        if mark is None or mark is Mark.HISTORY_BELOW:
            waiting.extend(reversed(element))


def _mark_of(element: HtmlElement) -> Mark | None:
    if element.tag in {"html", "body", "head"} or not (element.keys() or element.tag == "blockquote"):
        return None
    names = _names(element)
    if any(_QUOTE.fullmatch(name) for name in names):
        return Mark.QUOTE
    if any(_BELOW.fullmatch(name) for name in names) or _is_word_header(element):
        return Mark.HISTORY_BELOW
    if any(_INTRODUCTION.fullmatch(name) for name in names):
        return None if _holds_forward(element) else Mark.INTRODUCTION
    if any(_SIGNATURE.fullmatch(name) for name in names):
        return Mark.SIGNATURE
    if element.tag == "blockquote":
        return _mark_of_block(element, names)
    return None


def _mark_of_block(element: HtmlElement, names: list[str]) -> Mark | None:
    if any(_QUOTE_OF_BLOCK.fullmatch(name) for name in names):
        return Mark.QUOTE
    if "gmail_quote" in names:  # Gmail's button for indenting gives one's own words the same name
        around = (name for ancestor in element.iterancestors() for name in _names(ancestor))
        return Mark.QUOTE if any(_GMAIL.fullmatch(name) for name in around) else Mark.MAYBE_QUOTE
    return Mark.MAYBE_QUOTE if _BORDER_LEFT.search(element.get("style") or "") else None


def _names(element: HtmlElement) -> list[str]:
    """What the element is called, lower case and without the prefix that a program gives what it quotes."""
    values = " ".join(element.get(key) or "" for key in ("id", "class", "data-marker", "data-smartmail"))
    names = [_FOREIGN_PREFIX.sub("", word, count=1) for word in values[:500].casefold().split()]
    return names + [f"{key}={(element.get(key) or '')[:40].casefold()}" for key in ("name", "type")]


def _is_word_header(element: HtmlElement) -> bool:
    """Word's engine in Outlook draws a line above the header block, and names nothing."""
    if not _WORD_BORDER.search(element.get("style") or ""):
        return False
    return _start_of(element).count(":") >= _HEADER_COLONS


def _holds_forward(element: HtmlElement) -> bool:
    return any(is_forward(line) for line in _start_of(element).split("\n"))


def _start_of(element: HtmlElement) -> str:
    """The first words of an element, as far as a header block reaches."""
    start = ""
    for text in element.itertext():
        start += text + "\n"
        if len(start) > 600:  # noqa: PLR2004 - signs
            break
    return start


def _set_mark(element: HtmlElement, mark: Mark, marks: Marks) -> None:
    """Put a mark where the element stands; what follows it stays. Only `HISTORY_BELOW` leaves the element too."""
    line = Element("div")
    if mark is Mark.HISTORY_BELOW:
        line.text = marks.add(mark, "")
        element.addprevious(line)
        return
    line.tail, element.tail = element.tail, None
    element.getparent().replace(element, line)
    line.text = marks.add(mark, markup.render(element))


def _mark_delimiters(tree: HtmlElement, marks: Marks) -> None:
    """Keep the signature delimiter "-- " from becoming a drawn rule when spaces at line ends are tidied away."""
    for element in tree.iter():
        if (element.text or "").strip("\r\n\t") in DELIMITERS:
            element.text = marks.add(Mark.DELIMITER, "-- ")
        if (element.tail or "").strip("\r\n\t") in DELIMITERS:
            element.tail = marks.add(Mark.DELIMITER, "-- ")
