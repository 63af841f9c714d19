"""An export is read as it comes: CSV in the usual forms, and Excel."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from service.takeover import sheet

TEXT = 'Nr;Inkom;Text\r\n7;2026-09-01;"Hål; på ""Å""\r\nvägen"\r\n;;\r\n8;2026-09-02;Två\r\n'
ROWS = [
    (2, {"Nr": "7", "Inkom": "2026-09-01", "Text": 'Hål; på "Å"\r\nvägen'}),
    (4, {"Nr": "8", "Inkom": "2026-09-02", "Text": "Två"}),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_in_its_usual_forms(tmp_path: Path, encoding: str, delimiter: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(TEXT.replace(";", delimiter).encode(encoding))
    found = sheet.opened(file)
    expected = [(n, {k: v.replace(";", delimiter) for k, v in cells.items()}) for n, cells in ROWS]
    assert found.columns == ("Nr", "Inkom", "Text")
    assert list(found.rows()) == expected
    assert found.count() == 3


def test_an_excel_workbook_with_its_own_days_and_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active
    book.active.append(["fel blad"])
    table = book.create_sheet("Ärenden")
    table.append(["Nr", " In\nkom ", "Klart", None])
    table.append([7.0, datetime.fromisoformat("2026-09-01 08:15"), True, "bredvid"])
    table.append([None, None, None])
    table.append(["8", None, False])
    book.save(tmp_path / "a.xlsx")
    found = sheet.opened(tmp_path / "a.xlsx", "Ärenden")
    assert list(found.rows()) == [
        (2, {"Nr": "7", "In kom": datetime.fromisoformat("2026-09-01 08:15"), "Klart": "ja"}),
        (4, {"Nr": "8", "In kom": "", "Klart": "nej"}),
    ]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "no headings"),
        (b"\r\n1;2\r\n", "no headings"),
        (b"Nr;Nr\r\n", 'two columns are called "Nr"'),
        (b"\xd0\xcf\x11\xe0\xa1", "of the old sort"),
        (b"PK\x03\x04broken", "no Excel workbook"),
    ],
)
def test_what_is_no_table_is_said(tmp_path: Path, content: bytes, what: str) -> None:
    file = tmp_path / "a.dat"
    file.write_bytes(content)
    with pytest.raises(sheet.NoTable, match=what):
        sheet.opened(file)
