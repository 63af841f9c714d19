"""An export as rows: CSV in any of its usual forms, or an Excel workbook."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING
from zipfile import BadZipFile

from service.core.takeover.rows import Cell

if TYPE_CHECKING:
    from openpyxl import Workbook

_DELIMITERS = ";,\t|"
_LONGEST_CELL = 50_000_000  # characters: a case's whole history may stand in one
_CHUNK = 1 << 20
_WORKBOOK = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_NEEDS = "save it as .xlsx or CSV"


class NoTable(Exception):
    """The file is no table that can be read; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table of a file, read anew from the file each time. columns: its headings, in order."""

    file: Path
    columns: tuple[str, ...]
    _name: str = ""  # of the sheet, in a workbook
    _encoding: str = ""  # of CSV; empty: a workbook
    _delimiter: str = ""

    def rows(self) -> Iterator[tuple[int, dict[str, Cell]]]:
        """Each row that is not empty, with its number in the file (the heading is row 1)."""
        found = _csv_rows(self) if self._encoding else _workbook_rows(self)
        for number, values in enumerate(found, 1):
            if number > 1 and any(values):
                cells = dict(zip(self.columns, values, strict=False))
                cells.pop("", None)
                yield number, cells

    def count(self) -> int:
        """About how many rows there are, for a bar that shows how far the work has come."""
        return max(0, (sum(1 for _ in _csv_rows(self)) if self._encoding else _rows_of_workbook(self)) - 1)


def opened(file: Path, sheet: str = "") -> Sheet:
    """The table of a file; in a workbook of several sheets the named one, else the first.

    Raises:
        NoTable: it is none.
        OSError: it cannot be read.
    """
    with file.open("rb") as stream:
        begins = stream.read(4)
    if begins == _OLD_WORKBOOK:
        raise NoTable(f"{file}: an Excel file of the old sort; {_NEEDS}")
    if begins == _WORKBOOK:
        return _workbook(file, sheet)
    encoding = _encoding_of(file)
    with file.open(encoding=encoding, newline="") as text:
        first = text.readline()
    delimiter = max(_DELIMITERS, key=first.count)
    made = Sheet(file, (), "", encoding, delimiter)
    heading = next(_csv_rows(made), [])
    return _with_columns(made, heading)


def _with_columns(sheet: Sheet, heading: list[Cell]) -> Sheet:
    names = [" ".join(str(cell).split()) for cell in heading]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if not any(names):
        raise NoTable(f"{sheet.file}: the first row has no headings; {_NEEDS}, with one row of headings")
    if twice:
        raise NoTable(f'{sheet.file}: two columns are called "{twice}"; give each a name of its own')
    return Sheet(sheet.file, tuple(names), sheet._name, sheet._encoding, sheet._delimiter)


# --- CSV -------------------------------------------------------------------------------------------------------------


def _encoding_of(file: Path) -> str:
    """UTF-16 where it says so, UTF-8 where all of it is that, else Windows-1252."""
    with file.open("rb") as stream:
        if stream.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        stream.seek(0)
        return "utf-8-sig" if _is_utf_8(stream) else "cp1252"


def _is_utf_8(stream: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _csv_rows(sheet: Sheet) -> Iterator[list[Cell]]:
    csv.field_size_limit(_LONGEST_CELL)
    # What Windows-1252 has no sign for (five bytes) becomes a mark: nothing of a row is lost for it.
    with sheet.file.open(encoding=sheet._encoding, errors="replace", newline="") as text:
        try:
            for row in csv.reader(text, delimiter=sheet._delimiter):
                yield [*row]
        except csv.Error as error:
            raise NoTable(f"{sheet.file}: {error}; {_NEEDS}") from None


# --- Excel -----------------------------------------------------------------------------------------------------------


@contextmanager
def _loaded(file: Path) -> Iterator[Workbook]:
    from openpyxl import load_workbook  # noqa: PLC0415 - heavy

    with file.open("rb") as stream:  # a stream, since openpyxl refuses a file by its name
        try:
            book = load_workbook(stream, read_only=True, data_only=True)
        except (BadZipFile, KeyError, ValueError, EOFError) as error:
            raise NoTable(f"{file}: no Excel workbook ({error}); {_NEEDS}") from None
        with closing(book):
            yield book


def _workbook(file: Path, name: str) -> Sheet:
    with _loaded(file) as book:
        names = book.sheetnames
    if name and name not in names:
        raise NoTable(f'{file}: there is no sheet "{name}"; there are: {", ".join(names)}')
    made = Sheet(file, (), name or names[0])
    return _with_columns(made, next(_workbook_rows(made), []))


def _workbook_rows(sheet: Sheet) -> Iterator[list[Cell]]:
    with _loaded(sheet.file) as book:
        table = book[sheet._name]
        table.reset_dimensions()  # which some programs write wrongly: then all but the first row would be lost
        for row in table.iter_rows(values_only=True):
            yield [_cell(value) for value in row]


def _rows_of_workbook(sheet: Sheet) -> int:
    with _loaded(sheet.file) as book:
        return book[sheet._name].max_row or 0


def _cell(value: object) -> Cell:
    """A number without a fraction is written as one has typed it: 4711, not 4711.0."""
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
