"""The plain way in which letters are written, and its two readings: a text part and an HTML part.

A template is plain text. A blank line ends a paragraph, and the beginning of a line says what it is:

    = Heading               - item of a list
    | Label | value         1. item of a numbered list; a label without a value is left out
    / a new line in the same paragraph
        four spaces: an example to copy, such as a command
    ---                     a rule

Text that people wrote comes in through the filters `quote` and `literal`, and single words of theirs through `inline`;
nothing in it can be taken for markup. A link that opens a mail comes in through the filter `mailto`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

_LITERAL, _QUOTE = "\x01", "\x02"  # begins a line that somebody wrote
_VALUE = "\x03"  # begins a value that could look like markup where it begins a line
_LINK_OPENS, _LINK_GOES, _LINK_ENDS = "\x04", "\x05", "\x06"  # around the words of a link of ours, and its address
# Control characters have no place in a mail; those that turn the writing direction could rearrange our own words.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CONTROLS_INLINE = re.compile(_CONTROLS.pattern.replace("]", r"\u202a-\u202e\u2066-\u2069]"))
_MARKS = re.compile(f"[{_LITERAL}{_QUOTE}{_VALUE}]")
_BREAK = "/ "
_EMPTY_FACT = re.compile(r"\| [^|]{1,80}\| *")
_NUMBERED = re.compile(r"\d{1,3}\. ")
_OWN_LINK = re.compile(f"{_LINK_OPENS}([^{_LINK_GOES}{_LINK_ENDS}]*){_LINK_GOES}([^{_LINK_ENDS}]*){_LINK_ENDS}")
_MOST_LINKS = 8  # that the text part spells out: each takes some lines
_LINK = re.compile(r"(?<![\w@.])(https?://[^\s<>\"]{3,500}[^\s<>\".,;:!?)])")

_FONT = "font-family:Segoe UI,Arial,sans-serif;font-size:16px;line-height:1.5;color:#1d1d1d"
_STYLES = {
    "heading": "font-size:18px;margin:24px 0 8px",
    "paragraph": "margin:0 0 14px",
    "list": "margin:0 0 14px;padding-left:24px",
    "facts": "margin:0 0 14px;border-collapse:collapse",
    "label": "text-align:left;vertical-align:top;font-weight:normal;color:#555;padding:2px 16px 2px 0",
    "value": "vertical-align:top;padding:2px 0",
    "quote": "margin:0 0 14px;padding:4px 0 4px 14px;border-left:4px solid #005b9f",
    "example": "margin:0 0 14px;padding:10px;background:#f2f2f2;white-space:pre-wrap;font-family:Consolas,monospace",
    "rule": "border:0;border-top:1px solid #bbb;margin:20px 0",
    "small": "margin:0 0 8px;font-size:14px;color:#555",
    "marker": "margin:0 0 16px;padding:0 0 8px;border-bottom:1px solid #bbb;font-size:14px;color:#555",
    "item": "margin:0 0 4px",
}


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one sort that stand together."""

    kind: str
    lines: tuple[str, ...]


def literal(text: str) -> str:
    """A filter: text that somebody wrote, shown as it stands."""
    return _marked(_LITERAL, text)


def quote(text: str) -> str:
    """A filter: text that somebody wrote, shown as a quotation."""
    return _marked(_QUOTE, text)


def _marked(mark: str, text: str) -> str:
    lines = _CONTROLS.sub("", "\n".join(text.splitlines())).strip("\n").split("\n")
    return "\n".join(mark + line for line in lines)


def inline(text: str) -> str:
    """What a template inserts into a line: one line, without control characters, that cannot begin a block."""
    line = _CONTROLS_INLINE.sub("", " ".join(text.split())).strip()
    return line if not line or line[0].isalpha() else _VALUE + line


def link(words: str, address: str) -> str:
    """A link of our own: words that make sense without it, and where it leads.

    The HTML part shows the words alone. In the text part they stand where they are, and the addresses below the letter.
    """
    return f"{_LINK_OPENS}{inline(words).removeprefix(_VALUE)}{_LINK_GOES}{address}{_LINK_ENDS}"


def unmarked(text: str) -> str:
    """The text without the marks that the functions above set."""
    return _MARKS.sub("", text)


def read_blocks(source: str) -> list[Block]:
    """The blocks of a filled template."""
    kinds = ((_kind(line), line) for line in source.split("\n") if not _EMPTY_FACT.fullmatch(line))
    return [
        Block(kind, tuple(_bare(kind, line) for _, line in lines))
        for kind, lines in groupby(kinds, key=lambda pair: pair[0])
        if kind
    ]


def _kind(line: str) -> str:
    if line.lstrip(" ").startswith(_LITERAL):
        return "literal"
    if line.lstrip(" ").startswith(_QUOTE):
        return "quote"
    if not line.strip():
        return ""
    for start, kind in (("= ", "heading"), ("- ", "list"), ("| ", "facts"), ("    ", "example"), ("---", "rule")):
        if line.startswith(start):
            return kind
    return "numbered" if _NUMBERED.match(line) else "paragraph"


def _bare(kind: str, line: str) -> str:
    match kind:
        case "literal" | "quote":
            bare = line.lstrip(" ")
        case "example":
            bare = line[4:].rstrip()
        case "heading" | "list":
            bare = line[2:].strip()
        case "numbered":
            bare = line.partition(". ")[2].strip()
        case _:
            bare = f"\n{line.removeprefix(_BREAK)}" if line.startswith(_BREAK) else line.strip()
    return unmarked(bare)


def as_text(blocks: list[Block]) -> str:
    """The text part: long lines stay long, so that a phone wraps them as it likes."""
    text = "".join(_text(block) + ("\n" if block.kind == "heading" else "\n\n") for block in blocks).rstrip("\n")
    return "\n\n".join((_OWN_LINK.sub(r"\1", text), *_spelled_out(text))) + "\n"


def _spelled_out(text: str) -> list[str]:
    """The addresses of the links, below the letter: whoever reads it as text can open them too."""
    links = dict.fromkeys(_OWN_LINK.findall(text))
    if not links or len(links) > _MOST_LINKS:
        return []
    return ["Länkar till färdiga mejl", *(f"{words}:\n{address}" for words, address in links)]


def _text(block: Block) -> str:
    match block.kind:
        case "heading":
            return "\n".join(f"{line}\n{'-' * len(line)}" for line in block.lines)
        case "list":
            return "\n".join(f"- {line}" for line in block.lines)
        case "numbered":
            return "\n".join(f"{number}. {line}" for number, line in enumerate(block.lines, start=1))
        case "facts":
            return "\n".join(f"{label}: {value}" for label, value in _facts(block))
        case "quote":
            return "\n".join(f"> {line}".rstrip() for line in block.lines)
        case "example":
            return "\n".join(f"    {line}" for line in block.lines)
        case "rule":
            return "--------------------"
        case "literal":
            return "\n".join(block.lines).strip("\n")
        case _:
            return "\n".join(_wrapped(block))


def as_html(blocks: list[Block], title: str, footer: list[Block], *, linked: bool = True) -> str:
    """The HTML part: semantic, styled inline (mail clients drop style sheets), readable in Outlook and on a phone.

    linked: whether addresses of pages become links. In letters to staff they stay bare: most are a stranger's.
    """
    pages = _linked if linked else html.escape

    def shown(line: str) -> str:
        return _with_own_links(line, pages)

    body = "".join(_html(block, shown) for block in blocks)
    small = "".join(f'<p style="{_STYLES["small"]}">{_linked(" ".join(b.lines))}</p>' for b in footer)
    return (
        '<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title></head>"
        f'<body style="margin:0;padding:16px;{_FONT}"><div style="max-width:640px">{body}'
        f'<hr style="{_STYLES["rule"]}">{small}</div></body></html>\n'
    )


def _html(block: Block, shown: Callable[[str], str]) -> str:
    style = _STYLES.get(block.kind, _STYLES["paragraph"])
    match block.kind:
        case "heading":
            return f'<h2 style="{style}">{html.escape(" ".join(block.lines))}</h2>'
        case "list":
            return f'<ul style="{style}">{_items(block, shown)}</ul>'
        case "numbered":
            return f'<ol style="{_STYLES["list"]}">{_items(block, shown)}</ol>'
        case "facts":
            rows = "".join(
                f'<tr><th scope="row" style="{_STYLES["label"]}">{html.escape(label)}</th>'
                f'<td style="{_STYLES["value"]}">{shown(value)}</td></tr>'
                for label, value in _facts(block)
            )
            return f'<table style="{style}">{rows}</table>'
        case "quote":
            return f'<blockquote dir="auto" style="{style}">{"<br>".join(map(html.escape, block.lines))}</blockquote>'
        case "example":
            return f'<pre style="{style}">{html.escape(chr(10).join(block.lines))}</pre>'
        case "rule":
            return f'<hr style="{style}">'
        case "literal":
            return "".join(
                f'<p dir="auto" style="{style}">{"<br>".join(map(shown, p))}</p>' for p in _paragraphs(block)
            )
        case _:
            return f'<p style="{style}">{"<br>".join(map(shown, _wrapped(block)))}</p>'


def _items(block: Block, shown: Callable[[str], str]) -> str:
    return "".join(f'<li style="{_STYLES["item"]}">{shown(line)}</li>' for line in block.lines)


def _wrapped(block: Block) -> list[str]:
    """The lines of a paragraph: those of the source joined, but for the breaks that it asks for."""
    return [line.strip() for line in " ".join(block.lines).strip().split("\n")]


def _facts(block: Block) -> Iterator[tuple[str, str]]:
    for line in block.lines:
        label, _, value = line.removeprefix("| ").partition(" | ")
        yield label.strip(), value.strip()


def _paragraphs(block: Block) -> Iterator[list[str]]:
    for filled, lines in groupby(block.lines, key=lambda line: bool(line.strip())):
        if filled:
            yield list(lines)


def _with_own_links(line: str, shown: Callable[[str], str]) -> str:
    """The line as `shown` shows it, with the links that we have set ourselves."""
    if _LINK_OPENS not in line:
        return shown(line)
    words, address = 1, 2
    parts = _OWN_LINK.split(line)
    return "".join(
        f'<a href="{html.escape(part)}">{html.escape(parts[i - words])}</a>' if i % 3 == address else shown(part)
        for i, part in enumerate(parts)
        if i % 3 != words
    )


def _linked(line: str) -> str:
    """Escaped, with addresses of pages made into links whose text is the address itself."""
    if "://" not in line:
        return html.escape(line)
    parts = _LINK.split(line)
    return "".join(
        f'<a href="{html.escape(part)}">{html.escape(part)}</a>' if i % 2 else html.escape(part)
        for i, part in enumerate(parts)
    )
