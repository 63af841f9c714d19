"""`synpunkten case import`: a dry run that writes nothing, and the import itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Installation

ROWS = """Ärendenr;Inkom;Text;Typ;Status;Avslutad;Handläggare;Namn;E-post;Överflödig
SYN 1;2025-03-04;Hål i Storgatan.;Klagomål;Avslutat;2025-03-20;Bo Ek;Anna Ek;anna.ek@example.org;
SYN 2;2025-03-05;Lampan lyser inte.;Klagomal;Avslutat;2025-03-20;Bo Ek;Anna Ek;anna.ek@example.org;
SYN 3;2025-03-05;Lampan lyser inte.;Klagomal;Avslutat;i våras;Bo Ek;Anna Ek;anna.ek@example.org;
SYN 4;2026-01-07;Bra bibliotek!;Beröm;Pågår;;Bo Ek;;;
SYN 1;2026-01-07;Igen.;Beröm;Pågår;;Bo Ek;;;
"""
MAP = """columns:
  external_ref: Ärendenr
  received_at: Inkom
  text: Text
  type: Typ
  status: Status
  closed_at: Avslutad
  officer: Handläggare
  submitter: {name: Namn, email: E-post}
"""


@pytest.fixture
def files(installation: Installation) -> Installation:
    """An export in Windows-1252 and a mapping file beside the configuration."""
    (installation.folder / "a.csv").write_bytes(ROWS.encode("cp1252"))
    (installation.folder / "a.yaml").write_text(MAP)
    return installation


def test_a_dry_run_says_row_by_row_what_is_not_understood_and_writes_nothing(files: Installation) -> None:
    done = files.invoke("case", "import", "a.csv", "--map", "a.yaml", "--dry-run")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        'row 3, column Typ: "Klagomal" is not understood; did you mean "klagomål"?',
        'row 4, column Avslutad: "i våras" is no day',
        'row 4, column Typ: "Klagomal" is not understood; did you mean "klagomål"?',
        'row 6, column number: "SYN 1" is the number of row 2, too',
        '2 rows, column Typ: "Klagomal" is not understood; nearest: klagomål',
        "columns that nothing is made of: Överflödig",
        "5 rows: 1 done and 1 open case would be imported (0 of them secret), 0 there already, 3 left out",
    ]
    assert not (files.folder / "var").exists()


def test_what_is_corrected_is_imported_by_the_next_run_and_nothing_twice(files: Installation) -> None:
    first = files.invoke("case", "import", "a.csv", "--map", "a.yaml", "--json")
    assert first.exit_code == 1
    found = json.loads(first.stdout)
    assert {key: found[key] for key in ("rows", "done", "open", "already", "left_out", "letters", "dry_run")} == {
        "rows": 5, "done": 1, "open": 1, "already": 0, "left_out": 3, "letters": 1, "dry_run": False,
    }  # fmt: skip
    (files.folder / "a.yaml").write_text(MAP + "values:\n  type: {klagomal: klagomål}\n")
    again = json.loads(files.invoke("case", "import", "a.csv", "--map", "a.yaml", "--json").stdout)
    assert [(each["old_number"], each["already"]) for each in again["cases"]] == [
        ("SYN 1", True), ("SYN 2", False), ("SYN 4", True),
    ]  # fmt: skip
    listed = json.loads(files.invoke("case", "list", "--json").stdout)
    assert sorted(case["external_ref"] for case in listed) == ["SYN 1", "SYN 2", "SYN 4"]
    assert again["letters"] == 0


def test_a_mapping_file_that_does_not_fit_says_where(files: Installation) -> None:
    more = "values:\n  type: {A: klagomal}\njournal: [Anteckning]\n"
    (files.folder / "a.yaml").write_text(MAP.replace("Typ", "Ty") + more)
    done = files.run("case", "import", "a.csv", "--map", "a.yaml")
    assert done.returncode == 2
    said = [line.removeprefix("synpunkten: a.yaml:") for line in done.stderr.splitlines()]
    assert [line.partition("; known are")[0] for line in said] == [
        '5:9: the file has no column Ty; did you mean "Typ"?',
        "12:10: the file has no column Anteckning",
        '11:13: klagomal is none of the municipality\'s own; did you mean "klagomål"?',
    ]


def test_what_is_no_table_is_one_line(files: Installation, tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    done = files.run("case", "import", str(tmp_path / "a.xls"), "--map", "a.yaml")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "save it as .xlsx or CSV" in done.stderr
