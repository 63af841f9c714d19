"""Letters on paper, set by Typst: PDF/A-2a for the archive and PDF/UA-1 for whoever reads with the ears at once.

The same letter gives the same bytes, on every machine: the typefaces come with the program's libraries (Libertinus with
Typst, DejaVu with matplotlib), which have the Latin, Greek, Cyrillic, Hebrew and Arabic letters. Only for what
these lack are the machine's own typefaces looked at; what no typeface has stands as □, and `Printed.lost` names it.
"""

from __future__ import annotations

import importlib.util
import json
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from service.core.speech import languages
from service.desk.writing.markup import Block, with_links

_SHIPPED = ("Libertinus Serif", "DejaVu Sans")
_OF_THE_MACHINE = (
    "Noto Sans", "Noto Sans CJK SC", "Noto Sans Thai", "Noto Sans Ethiopic", "Noto Sans Devanagari",
    "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Georgian", "Noto Sans Armenian", "Noto Emoji",
)  # fmt: skip
_STANDARDS = ["a-2a", "ua-1"]
_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|(.))")
_BOX = "□"
_MOST_ROUNDS = 3
_PAGE = {"fi": "sivu", "en": "page"}


class NotSet(Exception):
    """The letter could not be set; the text says why, without a word of the letter."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The municipality's mark for its letters: a picture. ending: one of those of `core.pictures`."""

    ending: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a letter.

    receiver: the lines of the address, for the window of the envelope. about: what stands under the municipality's
    name: the date, the case number. foot: how the municipality is reached. day: the local date, which the file tells.
    """

    title: str
    number: str
    town: str
    receiver: tuple[str, ...]
    about: tuple[str, ...]
    blocks: tuple[Block, ...]
    foot: tuple[str, ...]
    day: date
    language: str = languages.SWEDISH
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """A letter as PDF, and the characters of it that no typeface has."""

    content: bytes
    lost: str


def pdf(sheet: Sheet, layout: str) -> Printed:
    """The letter as a tagged PDF. A mark that is no picture is left out: it costs no letter.

    layout: the Typst source `letter.typ`.

    Raises:
        NotSet: the layout is faulty.
    """
    content, lost = _set(sheet, layout, "pdf")
    assert isinstance(content, bytes)
    return Printed(content, lost)


def pictures(sheet: Sheet, layout: str) -> list[str]:
    """The pages of the letter as SVG, to look at. Raises NotSet as `pdf` does."""
    content, _ = _set(sheet, layout, "svg")
    pages = [content] if isinstance(content, bytes) else content
    return [page.decode() for page in pages]


def _set(sheet: Sheet, layout: str, form: Literal["pdf", "svg"]) -> tuple[bytes | list[bytes], str]:
    """Try with what ships, then with the machine's typefaces, then without the characters that nobody has."""
    from typst import TypstError  # noqa: PLC0415 - only who prints loads it

    letter, lost = _settable(_as_data(sheet))
    system, mark = False, sheet.mark
    for _ in range(2 * _MOST_ROUNDS):
        try:
            return _compiled(letter, layout, form, mark, system=system), lost
        except TypstError as error:
            missing = _missing(str(error.__dict__.get("diagnostic", error)))
            if missing and not system:
                system = True
            elif missing:
                lost += _seen(missing - set(lost))
                letter = _without(letter, missing)
            elif mark:
                mark = None
            else:
                raise NotSet(_MISSING.sub("", str(error))[:200]) from None
        except BaseException as error:  # a fault inside the library is no `Exception`: it must not end the whole turn
            if type(error).__name__ != "PanicException":
                raise
            raise NotSet("the typesetter failed inside") from None
    raise NotSet("characters are missing again and again")


def _compiled(
    letter: dict[str, Any], layout: str, form: Literal["pdf", "svg"], mark: Mark | None, *, system: bool
) -> bytes | list[bytes]:
    import typst  # noqa: PLC0415 - only who prints loads it

    name = f"mark.{mark.ending}" if mark else None
    fonts = (*_SHIPPED, *(_OF_THE_MACHINE if system else ()))
    files = {"main.typ": layout.encode()} | ({name: mark.content} if mark and name else {})
    compiled: Any = typst.compile_with_warnings  # its types know of no files that are in memory
    made: bytes | list[bytes]
    made, _ = compiled(
        files,
        format=form,
        pdf_standards=_STANDARDS if form == "pdf" else [],
        font_paths=[_typefaces()],
        ignore_system_fonts=not system,
        sys_inputs={"letter": json.dumps(letter | {"mark": name, "fonts": fonts})},
    )
    return made


@cache
def _typefaces() -> Path:
    """The folder of the typefaces that come with matplotlib, which need not be loaded for it."""
    found = importlib.util.find_spec("matplotlib")
    assert found
    assert found.origin
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


def _as_data(sheet: Sheet) -> dict[str, Any]:
    return {
        "title": sheet.title,
        "number": sheet.number,
        "town": sheet.town,
        "receiver": sheet.receiver,
        "about": sheet.about,
        "blocks": [part for block in sheet.blocks for part in _parts(block, sheet.language)],
        "foot": sheet.foot,
        "day": (sheet.day.year, sheet.day.month, sheet.day.day),
        "language": sheet.language,
        "page": _PAGE.get(sheet.language, "sida"),
        "mark_alt": sheet.town,
    }


def _parts(block: Block, language: str) -> Iterator[dict[str, Any]]:
    match block.kind:
        case "rule" | "glance" | "marker":
            return
        case "literal" | "quote":
            for lines in block.paragraphs:
                yield _part("paragraph", lines, block.language or _told_by_script(lines, language))
        case "facts":
            yield _part("paragraph", [f"{label}: {value}" for label, value in block.facts], language)
        case "heading" | "list" | "numbered":
            yield _part(block.kind, block.lines, language)
        case _:
            yield _part("paragraph", block.wrapped, language)


def _part(kind: str, lines: list[str] | tuple[str, ...], language: str) -> dict[str, Any]:
    shown = [with_links(line, str, lambda words, address: f"{words}: {address}") for line in lines]
    return {"kind": kind, "lines": shown, "language": language, "rtl": _is_right_to_left(shown)}


def _told_by_script(lines: list[str], language: str) -> str:
    """What goes to the left is in none of the languages that letters are written in."""
    return languages.language_of(" ".join(lines)) if _is_right_to_left(lines) else language


def _is_right_to_left(lines: list[str]) -> bool:
    """Whether the first letter that has a direction goes to the left (Unicode bidirectional algorithm, rule P2)."""
    directions = (unicodedata.bidirectional(char) for line in lines for char in line)
    return next((found in {"R", "AL"} for found in directions if found in {"L", "R", "AL"}), False)


def _missing(diagnostic: str) -> frozenset[str]:
    """The characters that the faults name; Typst writes them as Rust does."""
    found = (_ESCAPED.sub(_unescaped, text) for text in _MISSING.findall(diagnostic))
    return frozenset(char for text in found for char in text)


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}.get(found[2], found[2])


def _settable(data: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The letter without what no PDF for the archive may hold: private, unassigned and unseen characters.

    Of the unseen ones those stay that join letters or keep them apart (Persian).
    """
    everything = json.dumps(data, ensure_ascii=False)
    refused = frozenset(char for char in set(everything) - _JOINERS if _is_refused(char))
    return _without(data, refused), _seen(refused)


_JOINERS = {"\u200c", "\u200d"}


def _is_refused(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cn", "Co", "Cs"} or "\ufe00" <= char <= "\ufe0f"


def _seen(chars: Collection[str]) -> str:
    """Those that leave a gap where they are missing, in order."""
    return "".join(sorted(char for char in chars if _is_seen(char)))


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Mn"}


def _without(data: Any, missing: frozenset[str]) -> Any:
    """The same letter, those characters as boxes; what is not seen alone, such as a mark of direction, is left out."""
    match data:
        case str():
            instead = {ord(char): _BOX if _is_seen(char) else None for char in missing}
            return data.translate(instead)
        case dict():
            return {key: _without(value, missing) for key, value in data.items()}
        case list() | tuple():
            return [_without(value, missing) for value in data]
        case _:
            return data
