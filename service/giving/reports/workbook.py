"""The figures as an Excel workbook: a sheet for each table, and one with a case a line to count further in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import xlsxwriter

from service.core.figures.sheets import Cell, Shape, Sheet

_MOST_LETTERS = 31  # of a sheet's name
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_WIDTHS = (34, 18)
_HOW = {"in_time": "I tid", "late": "Sen", "waiting": "Väntar"}


def as_workbook(shape: Shape) -> bytes:
    """The workbook. What is text is written as text: nothing in it can become a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        made_at = datetime.combine(shape.day, time(), tzinfo=UTC).replace(tzinfo=None)
        title = f"Synpunkter {shape.period}"
        book.set_properties({"title": title, "company": shape.town, "created": made_at, "author": ""})
        forms = _Forms(book)
        for sheet in shape.sheets:
            _add(book, sheet, shape, forms)
        if not shape.is_public:
            _add_cases(book, shape, forms)
    return out.getvalue()


class _Forms:
    """The formats of cells."""

    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.share = book.add_format({"num_format": "0 %"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "right"})
        self.hidden = book.add_format({"align": "right", "italic": True})


def _add(book: Any, sheet: Sheet, shape: Shape, forms: _Forms) -> None:
    page = _page(book, sheet.title)
    page.write_string(0, 0, f"{shape.town}, {shape.about}: {sheet.title}, {shape.period}", forms.title)
    _head(page, (sheet.head, *(column.title for column in sheet.columns)), forms)
    for row, line in enumerate(sheet.lines, start=3):
        page.write_string(row, 0, line.name)
        for at, (column, cell) in enumerate(zip(sheet.columns, line.cells, strict=True), start=1):
            _write(page, row, at, cell, line.unit or column.unit, forms)
    if sheet.note:
        page.write_string(len(sheet.lines) + 4, 0, sheet.note)


def _write(page: Any, row: int, at: int, cell: Cell, unit: str, forms: _Forms) -> None:
    match cell.value:
        case None:
            page.write_string(row, at, "–", forms.hidden)
        case date():
            page.write_datetime(row, at, datetime.combine(cell.value, time()), forms.day)
        case _ if unit == "%":
            page.write_number(row, at, cell.value / 100, forms.share)
        case _:
            page.write_number(row, at, cell.value)


def _page(book: Any, name: str) -> Any:
    page = book.add_worksheet(name.translate(_FORBIDDEN)[:_MOST_LETTERS])
    page.set_column(0, 0, _WIDTHS[0])
    page.set_column(1, 12, _WIDTHS[1])
    page.freeze_panes(3, 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    return page


def _head(page: Any, titles: tuple[str, ...], forms: _Forms) -> None:
    for at, title in enumerate(titles):
        page.write_string(2, at, title, forms.head)


def _add_cases(book: Any, shape: Shape, forms: _Forms) -> None:
    """A case a line: which group of each table it is in. No word of the case, and nobody's name."""
    tables = [sheet for sheet in shape.sheets if sheet.pictured]
    groups = [{number: name for number, name in _members(sheet)} for sheet in tables]  # noqa: C416  # pairs to a map
    answers = {
        number: _HOW[line.key] for line in shape.overview.lines if line.key in _HOW for number in line.cells[0].numbers
    }
    received = next(line for line in shape.overview.lines if line.key == "received")
    page = _page(book, "Ärenden")
    page.write_string(0, 0, f"{shape.town}, {shape.about}: ärendena, {shape.period}", forms.title)
    _head(page, ("Ärende", "Svar", *(sheet.title for sheet in tables)), forms)
    for row, number in enumerate(received.cells[0].numbers, start=3):
        page.write_string(row, 0, number)
        for at, words in enumerate((answers.get(number, ""), *(of.get(number, "") for of in groups)), start=1):
            page.write_string(row, at, words)
    last = max(len(received.cells[0].numbers) + 2, 3)
    page.autofilter(2, 0, last, len(tables) + 1)


def _members(sheet: Sheet) -> Iterator[tuple[str, str]]:
    for line in sheet.lines:
        for number in line.cells[0].numbers:
            yield number, line.name
