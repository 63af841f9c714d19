"""The figures for other programs: a list of all of them (CSV) and one object (JSON)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from service.core.figures.sheets import Cell, Column, Line, Shape

_BOM = "\ufeff"  # without it Excel takes UTF-8 for the code page of the machine
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(shape: Shape) -> bytes:
    """A figure a line, after RFC 4180, in UTF-8 with byte order mark. Figures that are not shown have no line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("tabell", "rad", "mått", "värde", "enhet", "ärenden"))
    for sheet in shape.sheets:
        for line, column, cell in each_cell(sheet.columns, sheet.lines):
            if cell.value is not None:
                words = (sheet.title, line.name, column.title)
                writer.writerow((*map(_harmless, words), cell.value, line.unit or column.unit, " ".join(cell.numbers)))
    return (_BOM + out.getvalue()).encode()


def each_cell(columns: tuple[Column, ...], lines: tuple[Line, ...]) -> Iterator[tuple[Line, Column, Cell]]:
    """Every cell with its line and column, line by line."""
    for line in lines:
        for column, cell in zip(columns, line.cells, strict=True):
            yield line, column, cell


def _harmless(words: str) -> str:
    """The words as no spreadsheet takes them for a formula."""
    return f"'{words}" if words.startswith(_FORMULA) else words


def as_json(shape: Shape) -> bytes:
    """One object: what it is about, and each table by its key. Public figures have no case numbers."""
    made = {
        "municipality": shape.town,
        "about": shape.about,
        "period": {"name": shape.period, "from": shape.first, "to": shape.last},
        "as_of": shape.day,
        "public": shape.is_public,
        "tables": {
            sheet.key: {
                "title": sheet.title,
                "columns": {column.key: column.title for column in sheet.columns},
                "rows": [_row(sheet.columns, line, public=shape.is_public) for line in sheet.lines],
            }
            for sheet in shape.sheets
        },
    }
    return (json.dumps(made, ensure_ascii=False, indent=1, default=date.isoformat) + "\n").encode()


def _row(columns: tuple[Column, ...], line: Line, *, public: bool) -> dict[str, Any]:
    cells = list(zip(columns, line.cells, strict=True))
    row: dict[str, Any] = {"name": line.name} | ({"key": line.key} if line.key else {})
    row |= {column.key: cell.value for column, cell in cells}
    if public:
        return row
    return row | {"cases": {column.key: list(cell.numbers) for column, cell in cells if cell.numbers}}
