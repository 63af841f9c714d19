"""HTML bodies to text that a person can read."""

from __future__ import annotations

import re
from html import unescape

from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

MAX_HTML = 1_000_000  # characters; what is beyond is left to the attachment that then holds the whole
_MAX_DEPTH = 200  # lxml gives up at 256 levels, and the renderer calls itself for each

_CONFIG = ParserConfig(css=STRICT_CSS_PROFILE, table_cell_separator="  ")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|max-height\s*:\s*0(?:px)?\s*(?:;|$|!)",
    re.IGNORECASE,
)
_NO_SIZE = re.compile(r"font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$|!)", re.IGNORECASE)
_NO_MARGIN = re.compile(r"margin(?:-top|-bottom)?\s*:\s*0", re.IGNORECASE)
_PREFORMATTED = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_GAP = " \u2060 "  # two blanks that stay two: the cells of a row that became a line stay apart
_COLUMNS, _MAX_WIDTH, _MAX_ROWS, _PROSE = 2, 160, 500, 120
_NOT_SHOWN = ("script", "style", "title", "head", "template", "noscript", "object", "svg", "xml")
_BLOCKS = re.compile(r"(?is)<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6]|/?table|/?blockquote|hr)\b[^>]{0,2000}>")
_SKIPPED = re.compile(r"<!--|-->|<(/?)(script|style|title)\b[^<>]{0,2000}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,5000}>")
_WIDE_SPACES = re.compile("[\xa0\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")


def to_text(html: str) -> str:
    """Return the text of an HTML body: paragraphs, lists, tables, and the addresses of links."""
    tree = parse(html)
    if tree is None:
        return tidy(_crude(html[:MAX_HTML]))
    try:
        return render(tree)
    except (RecursionError, etree.LxmlError, ValueError, AttributeError, IndexError):
        return tidy(_crude(html[:MAX_HTML]))


def parse(html: str) -> HtmlElement | None:
    """Return the tree of an HTML body; None where it is blank or nested deeper than anyone writes."""
    if not html.strip() or _depth(html) > _MAX_DEPTH:
        return None
    try:
        tree = document_fromstring(html[:MAX_HTML].encode("utf-8"), parser=HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return tree if _levels(tree) <= _MAX_DEPTH else None


def render(tree: HtmlElement) -> str:
    """Return the text of a tree; the tree is changed on the way."""
    _drop_unseen(tree)
    _plain_blocks(tree)
    _spell_out_links(tree)
    return tidy(str(Inscriptis(tree, _CONFIG).get_text()))


def tidy(text: str) -> str:
    """Return the text without invisible characters, trailing blanks and runs of empty lines."""
    text = _INVISIBLE.sub("", _WIDE_SPACES.sub(" ", text))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def _depth(html: str) -> int:
    """Estimate how deep the nesting goes, without building a tree (void elements count for nothing)."""
    if html.count("<") < _MAX_DEPTH:
        return 0
    deepest = depth = 0
    for tag in re.finditer(
        r"<(/?)(div|table|tr|td|tbody|span|font|b|i|u|ul|ol|blockquote|center|a|em|strong|section)\b",
        html,
        re.IGNORECASE,
    ):
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _levels(tree: HtmlElement) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _drop_unseen(tree: HtmlElement) -> None:
    """Drop what no reader sees, and of the styles all but the few that change how the text runs."""
    for element in list(tree.iter(etree.Element)):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        style = element.attrib.pop("style", "")
        hidden = (style and _is_unseen(element, style)) or element.get("hidden") is not None
        if tag in _NOT_SHOWN or (hidden and tag not in {"html", "body"}):
            if element.getparent() is not None:
                element.drop_tree()
        elif tag.startswith(("o:", "v:", "w:")):
            element.tag = "span"
        elif style:
            if tag == "p" and _NO_MARGIN.search(style):
                element.tag = "div"
            if _PREFORMATTED.search(style):
                element.set("style", "white-space: pre")


def _is_unseen(element: HtmlElement, style: str) -> bool:
    """Whether the style shows nothing of the element; a size of nothing may be given back to what is in it."""
    if _HIDDEN.search(style):
        return True
    return bool(_NO_SIZE.search(style)) and not any("font" in (e.get("style") or "") for e in element.iterdescendants())


def _plain_blocks(tree: HtmlElement) -> None:
    """Outlook's paragraphs are lines; tables that only place things on the page are no tables."""
    for element in tree.iter("dl", "dt", "dd"):
        element.tag = "div"
    for cell in tree.iter("td", "th"):
        cell.set("valign", "top")  # a question stands beside the first line of its answer, not beside the middle
    for element in tree.iter("p"):
        if "mso" in (element.get("class") or "").lower():
            element.tag = "div"
    for element in tree.iter("div"):
        if len(element) <= 1 and "".join(element.itertext()).strip(" \t\r\n") == "\xa0":
            # a line that holds nothing but a no-break space is how Outlook writes an empty one
            for child in list(element):
                element.remove(child)
            element.text = None
            element.append(element.makeelement("br"))
    for table in list(tree.iter("table")):
        if table.find(".//table") is not None:
            _retag(table, row="div", cell="div")
            continue
        rows = [[cell for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]
        widths = [[len(" ".join("".join(cell.itertext()).split())) for cell in row] for row in rows]
        if max((sum(width > 0 for width in row) for row in widths), default=0) < _COLUMNS or _has_prose(widths):
            _retag(table, row="div", cell="div")
        elif len(rows) > _MAX_ROWS or max(sum(row) for row in widths) > _MAX_WIDTH:
            _retag(table, row="div", cell="span")


def _has_prose(widths: list[list[int]]) -> bool:
    """Whether more than one cell of a row holds running text: columns on a page, not a table."""
    return any(sum(width > _PROSE for width in row) > 1 for row in widths)


def _retag(table: HtmlElement, row: str, cell: str) -> None:
    """Make blocks or lines of a table."""
    for part in [table, *table.iter("tbody", "thead", "tfoot", "tr")]:
        part.tag = row
    for part in table.iter("td", "th"):
        part.tag = cell
        if cell == "span":
            part.tail = _GAP


def _spell_out_links(tree: HtmlElement) -> None:
    for link in tree.iter("a"):
        address = (link.get("href") or "").strip()
        if not address.lower().startswith(("http:", "https:", "mailto:", "ftp:", "tel:")):
            continue
        shown = "".join(link.itertext()).strip()
        bare = re.sub(r"^(?:https?://|mailto:|tel:)|\?.*$|/$", "", address, flags=re.IGNORECASE)
        if not shown or bare.lower() in re.sub(r"\s", "", shown).lower():
            continue
        last = link[-1] if len(link) else None
        if last is None:
            link.text = f"{link.text or ''} <{address}>"
        else:
            last.tail = f"{last.tail or ''} <{address}>"


def _crude(html: str) -> str:
    """Strip the tags of HTML that can't be made a tree of."""
    text = _TAG.sub("", _BLOCKS.sub("\n", _without_skipped(html)))
    return "\n".join(" ".join(line.split()) for line in unescape(text).split("\n"))


def _without_skipped(html: str) -> str:
    """Drop comments, scripts and style sheets in one pass; one that never ends drops nothing."""
    out: list[str] = []
    at = 0
    waiting = ""
    for mark in _SKIPPED.finditer(html):
        name = mark[0] if mark[2] is None else (mark[1] + mark[2].lower())
        if not waiting and name in {"<!--", "script", "style", "title"}:
            out.append(html[at : mark.start()])
            at = mark.start()
            waiting = "-->" if name == "<!--" else "/" + name
        elif name == waiting:
            at = mark.end()
            waiting = ""
    return "".join([*out, html[at:]])
