"""What stands on a PDF that Typst has set, and where: as somebody sees it who holds the sheet."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import pikepdf

MM = 72 / 25.4
HEIGHT = 297.0


@dataclass(frozen=True)
class Line:
    """Words that begin so many millimetres from the left and from the top of the sheet."""

    x: float
    y: float
    words: str


def lines(pdf: bytes) -> list[Line]:
    """The pieces of text of all pages, in reading order."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return [line for page in file.pages for line in _of_page(page)]


def text(pdf: bytes) -> str:
    """The text, a line for each piece."""
    return "\n".join(line.words for line in lines(pdf))


def _of_page(page: pikepdf.Page) -> list[Line]:
    fonts = {name: _letters(font) for name, font in page.resources.get("/Font", {}).items()}
    found, place, font = [], (0.0, 0.0), {}
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "cm":
                place = (float(operands[4]), float(operands[5]))
            case "Tf":
                font = fonts[str(operands[0])]
            case "TJ" | "Tj" as shows:
                parts = operands[0] if shows == "TJ" else operands
                shown = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
                words = "".join(font[shown[at : at + 2]] for at in range(0, len(shown), 2))
                found.append(Line(place[0] / MM, HEIGHT - place[1] / MM, words))
    return found


def _letters(font: pikepdf.Object) -> dict[bytes, str]:
    cmap = bytes(font["/ToUnicode"].read_bytes()).decode()
    pairs = re.findall(r"^<([0-9A-F]{4})> <([0-9A-F]+)>$", cmap, re.MULTILINE)
    return {bytes.fromhex(code): bytes.fromhex(letters).decode("utf-16-be") for code, letters in pairs}
