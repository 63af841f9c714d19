"""The HTML part of a letter: semantic, styled inline (mail programs drop style sheets), for Outlook and for phones.

No colours are set: a program that paints a dark ground chooses its own for the text, and any of ours could vanish on
it. Lines are grey enough to be seen on both. Outlook for Windows draws with Word, which knows no `max-width` and heeds
padding only in cells of tables: so the page has a table that Word alone sees, and what stands in a box stands in a
cell.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial

from service.desk.writing.markup import MOST_LINES, PAGE, Block, with_links

_FONT = "font-family:Segoe UI,Arial,sans-serif;font-size:16px;line-height:1.5"
_LINE = "#767676"  # 4.5 : 1 on white, 4.6 : 1 on black
_STYLES = {
    "title": "font-size:22px;line-height:1.3;margin:0 0 14px",
    "heading": "font-size:18px;line-height:1.3;margin:24px 0 8px",
    "paragraph": "margin:0 0 14px",
    "list": "margin:0 0 14px;padding-left:24px",
    "item": "margin:0 0 4px",
    "facts": "margin:0 0 14px;border-collapse:collapse",
    "label": f"{_FONT};text-align:left;vertical-align:top;font-weight:bold;padding:2px 16px 2px 0",
    "value": f"{_FONT};vertical-align:top;padding:2px 0",
    "box": "margin:0 0 14px",
    "quote": f"{_FONT};border-left:4px solid {_LINE};padding:4px 0 4px 14px",
    "example": f"{_FONT};border:1px solid {_LINE};padding:10px 14px",
    "code": "margin:0;white-space:pre-wrap;font-family:Consolas,monospace;font-size:15px",
    "rule": f"border:0;border-top:1px solid {_LINE};margin:20px 0",
    "small": "margin:0 0 8px;font-size:14px",
    "marker": f"margin:0 0 16px;padding:0 0 8px;border-bottom:1px solid {_LINE};font-size:14px",
    "glance": "display:none;mso-hide:all;max-height:0;overflow:hidden",
}
_PAGE_FOR_WORD = '<table role="presentation" width="640" cellpadding="0" cellspacing="0">'
_WORD_OPENS = f'<!--[if mso]>{_PAGE_FOR_WORD}<tr><td style="{_FONT}"><![endif]-->'
_WORD_CLOSES = "<!--[if mso]></td></tr></table><![endif]-->"

_NOWRAP = "white-space:nowrap"
_MONTHS = "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
_NUMBER = r"[A-Z]{2,5}-\d\d-\d{5,9}-[A-Z]\b\]?"  # of a case
_KEPT_TOGETHER = re.compile(  # most places are no beginning of a word, and are left at once
    rf"\b(?:(?:(?:mån|tis|ons|tors|fre|lör|sön)dag )?\d{{1,2}} (?:{_MONTHS})\b(?: \d{{4}})?"
    rf"|kl\. \d{{1,2}}\.\d\d\b|[Ee]-post\w*|{_NUMBER})|\[{_NUMBER}|(?<!\d)\d{{1,3}}(?: \d{{3}})+\b"
)
_PHONE = re.compile(r"(?<![\w+@./-])(?:(?:\+46[ -]?|0)\d{1,3}[ -]\d{2,3}(?: ?\d{2,3}){1,3}(?![\w-])|(?<=Ring )112\b)")
_ADDRESS = re.compile(r"(?<![\w.+@-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,20}(?![\w@-])")
_DIGIT_OR_AT = re.compile(r"[\d@]")


def as_html(blocks: list[Block], title: str, footer: list[str], *, language: str = "sv", to_staff: bool = False) -> str:
    """The HTML part.

    language: that of the letter (ISO 639-1); what is in another one says so itself.
    to_staff: addresses of pages and mailboxes stay bare there. Most are a stranger's, and what is written to one of
    them past the service is not registered.
    """
    plain, plain_before = _PHONES if to_staff else _ADDRESSES
    shown = partial(with_links, plain=plain_before, linked=_link)
    written = partial(with_links, plain=plain, linked=_link)
    blocks = [replace(block, language="") if block.language == language else block for block in blocks]
    body = "".join(_blocks(blocks, title, shown, written))
    small = "".join(f'<p style="{_STYLES["small"]}">{shown(line)}</p>' for line in footer)
    glance = " ".join(line for block in blocks if block.kind == "glance" for line in block.lines)
    hidden = f'<div style="{_STYLES["glance"]}">{html.escape(glance)}</div>' if glance else ""
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{html.escape(title)}</title></head>"
        f'<body style="margin:0;padding:16px;{_FONT}">{hidden}{_WORD_OPENS}<div style="max-width:640px">{body}'
        f'<hr style="{_STYLES["rule"]}">{small}</div>{_WORD_CLOSES}</body></html>\n'
    )


def _blocks(blocks: list[Block], title: str, shown: Callable[[str], str], written: Callable[[str], str]) -> list[str]:
    """The blocks in order: the marker, then the title as heading, then the rest. A table is named by its heading.

    shown: how a line is shown. written: how one that somebody wrote is, which is not remembered.
    """
    marker = [_html(block, shown, "") for block in blocks if block.kind == "marker"]
    done = [*marker, f'<h1 style="{_STYLES["title"]}">{_unbroken(title)}</h1>']
    name = "Ärendet"
    for block in blocks:
        if block.kind == "heading":
            name = " ".join(block.lines)
        if block.kind not in {"marker", "glance"}:
            done.append(_html(block, written if block.kind == "literal" else shown, name))
    return done


def _html(block: Block, shown: Callable[[str], str], name: str) -> str:
    style = _STYLES.get(block.kind, _STYLES["paragraph"])
    language = f' lang="{block.language}"' if block.language else ""
    match block.kind:
        case "marker":
            return f'<p aria-hidden="true" style="{style}">{html.escape(" ".join(block.lines))}</p>'
        case "heading":
            return f'<h2 style="{style}">{html.escape(" ".join(block.lines))}</h2>'
        case "list":
            return f'<ul style="{style}">{_items(block, shown)}</ul>'
        case "numbered":
            return f'<ol style="{_STYLES["list"]}">{_items(block, shown)}</ol>'
        case "facts":
            return f'<table aria-label="{html.escape(name)}" style="{style}">{_rows(block, shown)}</table>'
        case "bars":
            return f'<table aria-label="{html.escape(name)}" style="{_STYLES["facts"]}">{_bars(block)}</table>'
        case "quote":
            words = html.escape("\n".join(block.lines)).replace("\n", "<br>")
            return _boxed(f'<blockquote dir="auto"{language} style="margin:0">{words}</blockquote>', style)
        case "example":
            return _boxed(f'<pre style="{_STYLES["code"]}">{html.escape(chr(10).join(block.lines))}</pre>', style)
        case "rule":
            return f'<hr style="{style}">'
        case "literal":
            return "".join(
                f'<p dir="auto"{language} style="{style}">{"<br>".join(map(shown, lines))}</p>'
                for lines in block.paragraphs
            )
        case _:
            return f'<p style="{style}">{"<br>".join(map(shown, block.wrapped))}</p>'


def _boxed(inside: str, style: str) -> str:
    return f'<table role="presentation" style="{_STYLES["box"]}"><tr><td style="{style}">{inside}</td></tr></table>'


def _rows(block: Block, shown: Callable[[str], str]) -> str:
    return "".join(
        f'<tr><th scope="row" style="{_label(label)}">{html.escape(label)}</th>'
        f'<td style="{_value(value)}">{shown(value)}</td></tr>'
        for label, value in block.facts
    )


_SHORT_LABEL, _LONG_WORD = 14, 30  # characters
_SHORT_LABELS, _LONG_VALUE = f"{_STYLES['label']};{_NOWRAP}", f"{_STYLES['value']};overflow-wrap:anywhere"


def _label(label: str) -> str:
    """A short label stays on its line, however narrow the telephone is."""
    return _SHORT_LABELS if len(label) <= _SHORT_LABEL else _STYLES["label"]


def _value(value: str) -> str:
    """A word that no telephone has room for may be broken: a checksum, a long address."""
    is_long = len(value) > _LONG_WORD and max(map(len, value.split()), default=0) > _LONG_WORD
    return _LONG_VALUE if is_long else _STYLES["value"]


def _bars(block: Block) -> str:
    """Figures with bars: cells with a ground, which Outlook draws. They only repeat the figure, to nobody aloud."""
    return "".join(
        f'<tr><th scope="row" style="{_STYLES["label"]}">{html.escape(label)}</th>'
        f'<td style="{_STYLES["value"]};padding-right:12px">{html.escape(value)}</td>'
        f'<td style="vertical-align:middle" aria-hidden="true">{_bar(length)}</td></tr>'
        for label, value, length in block.bars
    )


def _bar(length: int) -> str:
    width = round(_LONGEST_BAR * length / 100)
    if not width:
        return ""
    style = f"background-color:{_LINE};font-size:1px;line-height:12px;height:12px"
    return (
        '<table role="presentation" cellpadding="0" cellspacing="0"><tr>'
        f'<td width="{width}" height="12" bgcolor="{_LINE}" style="width:{width}px;{style}">&nbsp;</td></tr></table>'
    )


_LONGEST_BAR = 120  # pixels: with label and value it fits the width of a phone


def _items(block: Block, shown: Callable[[str], str]) -> str:
    return "".join(f'<li style="{_STYLES["item"]}">{shown(line)}</li>' for line in block.lines)


# --- lines -----------------------------------------------------------------------------------------------------------


def _is_plain(line: str) -> bool:
    """Whether nothing in the line can be one of the patterns above, which is so for most lines."""
    return not _DIGIT_OR_AT.search(line) and "-post" not in line and "://" not in line


def _unbroken(line: str) -> str:
    """Escaped, and no line ends inside a date, a time of day or a large number; between the two it may, on a phone.

    By style and not by no-break spaces: whoever searches a mailbox for a date types ordinary ones.
    """
    if _is_plain(line):
        return html.escape(line)
    return _each(_KEPT_TOGETHER, line, lambda words: f'<span style="{_NOWRAP}">{words}</span>', html.escape)


def _link(words: str, address: str) -> str:
    return f'<a href="{html.escape(address)}">{_unbroken(words)}</a>'


def _with_phones(line: str) -> str:
    """Telephone numbers made into links."""
    if _is_plain(line):
        return html.escape(line)
    return _each(_PHONE, line, _link_of_phone, _unbroken)


def _with_addresses(line: str) -> str:
    """Telephone numbers, pages and mailboxes made into links."""
    if "://" not in line:
        return _with_mailboxes(line)
    return _each(PAGE, line, lambda url: _link(url, url), _with_mailboxes)


def _with_mailboxes(line: str) -> str:
    if "@" not in line:
        return _with_phones(line)
    return _each(_ADDRESS, line, lambda address: _link(address, f"mailto:{address}"), _with_phones)


_PHONES = _with_phones, lru_cache(MOST_LINES)(_with_phones)  # anew, and as it was before
_ADDRESSES = _with_addresses, lru_cache(MOST_LINES)(_with_addresses)


def _each(pattern: re.Pattern[str], line: str, linked: Callable[[str], str], rest: Callable[[str], str]) -> str:
    pieces, end = [], 0
    for found in pattern.finditer(line):
        pieces += [rest(line[end : found.start()]), linked(found[0])]
        end = found.end()
    return "".join((*pieces, rest(line[end:]))) if pieces else rest(line)


def _link_of_phone(number: str) -> str:
    """A number as people write it, on one line; as programs dial it (RFC 3966), with Sweden's code."""
    digits = re.sub(r"\D", "", number)
    dialled = f"+46{digits[1:]}" if digits.startswith("0") else f"+{digits}" if number.startswith("+") else digits
    return f'<a href="tel:{dialled}" style="{_NOWRAP}">{number}</a>'
