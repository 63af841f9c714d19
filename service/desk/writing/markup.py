"""The plain way in which letters are written, which `textpart` and `htmlpart` make a mail's two parts of.

A template is plain text. A blank line ends a paragraph, and the beginning of a line says what it is:

    = Heading               - item of a list
    | Label | value         1. item of a numbered list; a label without a value is left out
    / a new line in the same paragraph
        four spaces: an example to copy, such as a command
    ---                     a rule
    % Label | value | 60    a line of a table of figures, with a bar of so many per cent of the longest
    .. small print          ~ what lists of mails show beside the subject; it is not seen in the letter

Text that people wrote comes in through the filters `quote` and `literal`, and single words of theirs through `inline`;
nothing in it can be taken for markup. Links of our own come in through the filters `mailto` and `page`, and the case
number as our mark through `mark`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

_LITERAL, _QUOTE = "\x01", "\x02"  # begins a line that somebody wrote
_VALUE = "\x03"  # begins a value that could look like markup where it begins a line
_LINK_OPENS, _LINK_GOES, _LINK_ENDS = "\x04", "\x05", "\x06"  # around the words of a link of ours, and its address
_LANGUAGE = "\x07"  # around the language of a quotation
OUR_MARK = "\x08"
"""Where the case number in brackets stands. It does so once; the writer of letters puts it in."""

# Control characters have no place in a mail; those that turn the writing direction could rearrange our own words,
# or show what somebody wrote as something else. Arabic and Hebrew need none of these: their letters have a direction.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MARKS = re.compile(f"[{_LITERAL}{_QUOTE}{_VALUE}]|{_LANGUAGE}[a-z]*{_LANGUAGE}")
_WRITTEN = re.compile(rf" *([{_LITERAL}{_QUOTE}])(?:{_LANGUAGE}([a-z]*){_LANGUAGE})?")
_OWN_LINK = re.compile(
    f"{_LINK_OPENS}([^{_LINK_OPENS}{_LINK_GOES}{_LINK_ENDS}]*){_LINK_GOES}([^{_LINK_OPENS}{_LINK_ENDS}]*){_LINK_ENDS}"
)
_BREAK = "/ "
_EMPTY_FACT = re.compile(r"\| [^|]{1,80}\| *")
_NUMBERED = re.compile(r"\d{1,3}\. ")
_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")
PAGE = re.compile(r"(?<![\w@.])(https?://[^\s<>\"]{3,500}[^\s<>\".,;:!?)])")
"""The address of a page in running text."""

_KINDS = (
    ("= ", "heading"),
    ("- ", "list"),
    ("| ", "facts"),
    ("% ", "bars"),
    ("    ", "example"),
    ("---", "rule"),
    ("~ ", "glance"),
    (".. ", "small"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one sort that stand together, and their language where it is known."""

    kind: str
    lines: tuple[str, ...]
    language: str = ""

    @property
    def facts(self) -> Iterator[tuple[str, str]]:
        """Label and value of each line of a table of facts."""
        for line in self.lines:
            label, _, value = line.removeprefix("| ").partition(" | ")
            yield label.strip(), value.strip()

    @property
    def bars(self) -> Iterator[tuple[str, str, int]]:
        """Label, value and length of bar, 0 to 100, of each line of a table of figures."""
        for line in self.lines:
            label, value, length = (part.strip() for part in f"{line.removeprefix('% ')} | | ".split(" | ")[:3])
            yield label, value, min(int(length), 100) if length.isdecimal() else 0

    @property
    def wrapped(self) -> list[str]:
        """The lines of a paragraph: those of the source joined, but for the breaks that it asks for."""
        return [line.strip() for line in " ".join(self.lines).strip().split("\n")]

    @property
    def paragraphs(self) -> Iterator[list[str]]:
        """The lines of what somebody wrote, by paragraph."""
        for filled, lines in groupby(self.lines, key=lambda line: bool(line.strip())):
            if filled:
                yield list(lines)


def literal(text: str, language: str = "") -> str:
    """A filter: text shown as it stands; its language, where it is known."""
    return _marked(_LITERAL, text, language)


def quote(text: str, language: str = "") -> str:
    """A filter: text that somebody wrote, shown as a quotation; its language, where it is another than Swedish.

    Quotations are for staff, whose letters are in Swedish.
    """
    return _marked(_QUOTE, text, "" if language == "sv" else language)


def _marked(mark: str, text: str, language: str) -> str:
    if _LANGUAGE_CODE.fullmatch(language):
        mark += f"{_LANGUAGE}{language}{_LANGUAGE}"
    lines = _CONTROLS.sub("", "\n".join(text.splitlines())).strip("\n").split("\n")
    return "\n".join(mark + line for line in lines)


def inline(text: str) -> str:
    """What a template inserts into a line: one line, without control characters, that cannot begin a block."""
    line = " ".join(text.split())
    if not line.isprintable():  # controls and marks of direction are not
        line = _CONTROLS.sub("", line).strip()
    return line if not line or line[0].isalpha() else _VALUE + line


def link(words: str, address: str) -> str:
    """A link of our own: words that make sense without it, and where it leads.

    The HTML part shows the words alone; in the text part the address of a page stands beside them.
    """
    return f"{_LINK_OPENS}{inline(words).removeprefix(_VALUE)}{_LINK_GOES}{address}{_LINK_ENDS}"


def page(words: str, address: str) -> str:
    """A link to a page; of an address that is none, the address is shown."""
    address = inline(address).removeprefix(_VALUE)
    return link(words, address) if PAGE.fullmatch(address) else f"{inline(words)}: {address}"


def with_links(line: str, plain: Callable[[str], str], linked: Callable[[str, str], str]) -> str:
    """The line, its own links made by `linked` of words and address, and all else by `plain`."""
    if _LINK_OPENS not in line:
        return plain(line)
    pieces, end = [], 0
    for found in _OWN_LINK.finditer(line):
        pieces += [plain(line[end : found.start()]), linked(found[1], found[2])]
        end = found.end()
    return "".join((*pieces, plain(line[end:])))


def shown_alone(line: str) -> str:
    """The line with the words of its links alone."""
    return with_links(line, str, lambda words, _address: words)


def unmarked(text: str) -> str:
    """The text without the marks that the functions above set."""
    return text if text.isprintable() else _MARKS.sub("", text)


def read_blocks(source: str) -> list[Block]:
    """The blocks of a filled template."""
    read = ((_read if _LITERAL in line or _QUOTE in line else _read_before)(line) for line in source.split("\n"))
    return [
        Block(kind, tuple(bare for _, bare in together), language)
        for (kind, language), together in groupby(filter(None, read), key=itemgetter(0))
        if kind
    ]


def _read(line: str) -> tuple[tuple[str, str], str] | None:
    """What a line is and its language, and the line without what says so; a blank line is nothing.

    None for a label without a value, which is not even a blank line.
    """
    if line[:1].isalpha():
        return ("paragraph", ""), unmarked(line.strip())
    if line.startswith("|") and _EMPTY_FACT.fullmatch(line):
        return None
    if written := _WRITTEN.match(line):
        kind = "quote" if written[1] == _QUOTE else "literal"
        return (kind, written[2] or ""), unmarked(line[written.end() :])
    if not line.strip():
        return ("", ""), ""
    for start, kind in _KINDS:
        if line.startswith(start):
            return (kind, ""), unmarked(_bare(kind, line, len(start)))
    if _NUMBERED.match(line):
        return ("numbered", ""), unmarked(line.partition(". ")[2].strip())
    words = f"\n{line.removeprefix(_BREAK)}" if line.startswith(_BREAK) else line.strip()
    return ("paragraph", ""), unmarked(words)


MOST_LINES = 2_000
"""How many lines are remembered as they are shown: most are a template's own, and stand in the next letter too.

What people wrote under `quote` and `literal` is not among them.
"""
_read_before = lru_cache(MOST_LINES)(_read)


def _bare(kind: str, line: str, begins: int) -> str:
    match kind:
        case "facts" | "bars" | "rule":
            return line.strip()
        case "example":
            return line[begins:].rstrip()
        case _:
            return line[begins:].strip()
