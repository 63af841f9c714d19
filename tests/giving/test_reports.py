"""`synpunkten report`: a register's figures as page, workbook, list and JSON, which all say the same."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import html5lib
import openpyxl
import pytest

from service.core.calendar.periods import spanning
from service.core.figures.report import Wanted
from service.core.figures.sheets import Cell, Column, Line, Shape, Sheet, shape
from service.core.rules.rulebook import RuleBook
from service.desk.lookup.counting import reported
from service.giving.reports.lists import as_csv, as_json
from service.giving.reports.page import as_page
from service.giving.reports.pictures import picture
from service.giving.reports.workbook import as_workbook
from tests import registers
from tests.cli.conftest import Installation
from tests.conftest import need
from tests.conversations.town import Town, rules_of
from tests.servers import browser

PERIOD = ("--from", "2026-06-01", "--to", "2026-06-30")
JUNE = spanning(date(2026, 6, 1), date(2026, 6, 30))
SECRET = "Min son är placerad på HVB och Karin svarar inte."
TEXTS = ("Det är ett stort hål i asfalten på Storgatan.", "Lekplatsen på förskolan är farlig.", SECRET)


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return rules_of("ekvik")


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory, book: RuleBook) -> Iterator[Town]:
    """Nine mails in June; two answers in time and one late."""
    file = tmp_path_factory.mktemp("june") / "synpunkten.db"
    database = registers.new(file)
    town = Town(database, book, datetime(2026, 6, 1, 7, 0, tzinfo=UTC))
    for n in range(9):
        town.writes(f"Person <p{n}@example.org>", TEXTS[n % 3], subject="Hej")
    first = town.letters("assignment")
    for letter in first[:2]:
        town.writes(letter.to, "#SVAR\nDet är ordnat nu.\n#ÅTGÄRD 1", answers=letter)
    town.passes(days=25)
    town.writes(first[3].to, "#FÖRSENAD Anna Ek var sjuk\n#SVAR\nDet är ordnat nu.", answers=first[3])
    yield town
    database.close()


def shaped(town: Town, *, public: bool = False) -> Shape:
    with town.database.reading() as s:
        return shape(reported(s, "ekvik", Wanted(JUNE, about="hela kommunen"), town.book, town.now), public=public)


def table(made: dict[str, Any], key: str) -> dict[str, dict[str, Any]]:
    return {row.get("key", row["name"]): row for row in made["tables"][key]["rows"]}


def test_kop_09_kli_28_spa_04_each_form_says_the_same(june: Town) -> None:
    made = json.loads(as_json(shaped(june)))
    overview = table(made, "overview")
    assert (overview["received"]["period"], overview["late"]["period"]) == (9, 7)
    assert overview["in_time"]["period"] == 2
    assert sum(row["received"] for row in table(made, "types").values()) == 9
    numbers = {case.number for case in june.cases()}
    assert set(overview["received"]["cases"]["period"]) == numbers

    rows = list(csv.reader(io.StringIO(as_csv(shaped(june)).decode("utf-8-sig"))))
    listed = {(r[0], r[1], r[2]): r[3] for r in rows}
    assert listed["I korthet", "Kom in", "juni 2026"] == "9"
    assert listed["I korthet", "Sena", "juni 2026"] == "7"

    workbook = openpyxl.load_workbook(io.BytesIO(as_workbook(shaped(june))))
    cells = {row[0].value: row[1].value for row in workbook["I korthet"].iter_rows(min_row=4)}
    assert (cells["Kom in"], cells["Besvarade i tid"], cells["Sena"]) == (9, 2, 7)
    assert cells["Besvarade i tid, andel"] == pytest.approx(0.22)
    cases = list(workbook["Ärenden"].iter_rows(min_row=4, values_only=True))
    assert {row[0] for row in cases} == numbers
    assert sorted(str(row[1]) for row in cases) == ["I tid"] * 2 + ["Sen"] * 7

    page = as_page(shaped(june)).decode()
    assert re.search(r'<th scope="row">Kom in</th>\s*<td><details><summary>9</summary>', page)


def test_no_person_and_nothing_of_a_secret_case_is_in_any_form(june: Town) -> None:
    texts = [as_json(shaped(june)).decode(), as_csv(shaped(june)).decode(), as_page(shaped(june)).decode()]
    workbook = openpyxl.load_workbook(io.BytesIO(as_workbook(shaped(june))))
    texts.append(str([row for page in workbook for row in page.iter_rows(values_only=True)]))
    for text in texts:
        for word in ("p0@example.org", "Person", "Anna Ek", "sjuk", "Storgatan", "HVB", "Karin", "@ekvik.example"):
            assert word not in text
        assert "Sekretess" in text


def test_the_same_register_gives_the_same_bytes(june: Town) -> None:
    for write in (as_json, as_csv, as_page, as_workbook):
        assert write(shaped(june)) == write(shaped(june))


def test_what_is_published_has_no_case_number_and_no_small_group(june: Town) -> None:
    made = shaped(june, public=True)
    for text in (as_json(made).decode(), as_csv(made).decode(), as_page(made).decode()):
        assert "EKV-26" not in text
    assert "Ärenden" not in openpyxl.load_workbook(io.BytesIO(as_workbook(made))).sheetnames
    told = json.loads(as_json(made))
    overview = table(told, "overview")
    assert overview["received"]["period"] == 9
    assert "in_time" not in overview or overview["in_time"]["period"] is None, "two were in time"
    assert "types" not in told["tables"] or all(r["received"] >= 5 for r in told["tables"]["types"]["rows"])


def test_the_page_is_whole_html_with_pictures_told_in_words(june: Town) -> None:
    raw = as_page(shaped(june))
    parser = html5lib.HTMLParser(strict=True)
    tree = parser.parse(raw.decode(), scripting=False)
    assert parser.errors == []
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    svgs = [e for e in tree.iter() if str(e.tag).endswith("}svg")]
    assert len(svgs) > 4
    for svg in svgs:
        assert svg.get("role") == "img"
        assert set(str(svg.get("aria-labelledby")).split()) <= set(ids)
    page = raw.decode()
    assert "Stapeldiagram: Typ" in page
    assert not re.search(r"<script|<link|https?://(?!www\.w3\.org)", page), "it needs nothing else"


def test_axe_objects_to_nothing_and_a_phone_scrolls_no_page_sideways(june: Town, tmp_path: Path) -> None:
    need(browser.program(), browser.INSTALL)
    (tmp_path / "juni.html").write_bytes(as_page(shaped(june)))
    (tmp_path / "offentlig.html").write_bytes(as_page(shaped(june, public=True)))
    seen = browser.look(tmp_path, ("juni.html", "offentlig.html"))
    assert [(page["name"], page["violations"]) for page in seen if page["violations"]] == []
    assert [(page["name"], page["scrolls"]) for page in seen if page["scrolls"] > page["width"]] == []


def test_parts_of_a_bar_differ_by_pattern() -> None:
    columns = (Column("received", "Kom in"), Column("in_time", "I tid"), Column("late", "Sena"))
    sheet = Sheet("types", "Typ", "Typ", columns, (Line("a $x$ <b>", (Cell(5), Cell(3), Cell(2))),), pictured=True)
    svg = picture(sheet)
    assert svg.count("<pattern") >= 1
    assert "a $x$ &lt;b&gt; 5." in svg
    assert picture(sheet) == svg


def test_words_of_staff_become_no_formula() -> None:
    sheet = Sheet("types", "Typ", "Typ", (Column("received", "Kom in"),), (Line("=1+1", (Cell(5),)),))
    overview = Sheet(
        "overview", "I korthet", "Mått", (Column("period", "x"),), (Line("Kom in", (Cell(0),), "received"),)
    )
    made = Shape("Ekvik", "=hela", "juni", JUNE.first, JUNE.last, JUNE.last, False, (overview, sheet))
    assert "'=1+1" in as_csv(made).decode()
    cell = openpyxl.load_workbook(io.BytesIO(as_workbook(made)))["Typ"]["A4"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def there(tmp_path: Path, june: Town) -> Installation:
    """An installation with June's register."""
    installation = Installation.made(tmp_path)
    with june.database.reading() as s:
        s.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    source = Path(str(june.database.url.database))
    target = installation.folder / "var"
    target.mkdir()
    (target / "synpunkten.db").write_bytes(source.read_bytes())
    return installation


@pytest.mark.parametrize("form", ["html", "xlsx", "csv", "json"])
def test_the_command_writes_each_form(there: Installation, form: str) -> None:
    done = there.invoke("report", *PERIOD, "--format", form, "--out", f"juni.{form}")
    assert (done.exit_code, done.stderr) == (0, "")
    written = (there.folder / f"juni.{form}").read_bytes()
    again = there.invoke("report", *PERIOD, "--format", form, "--out", "igen")
    assert again.exit_code == 0
    assert (there.folder / "igen").read_bytes() == written


def test_hjo_11_the_command_shows_one_unit_alone(there: Installation) -> None:
    done = there.invoke("report", *PERIOD, "--format", "json", "--out", "-", "--unit", "Gata och park")
    made = json.loads(done.stdout)
    assert made["about"] == "Gata och park"
    assert table(made, "overview")["received"]["period"] == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--unit", "hittepå"), "there is no unit"),
        (("--mailbox", "fel"), "there is no mailbox"),
        (("--from", "2026-07-01"), "is later than"),
        (("--from", "0001-01-01"), "the year is from 1900"),
        (("--format", "pdf"), "pdf"),
    ],
)
def test_what_cannot_be_written_is_said_in_a_line(there: Installation, arguments: tuple[str, ...], words: str) -> None:
    done = there.invoke("report", *PERIOD, "--out", "x", *arguments)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert words in line
    assert not (there.folder / "x").exists()


def test_a_hundred_thousand_cases_in_the_page_stay_readable() -> None:
    """A figure opens to a few hundred numbers on the page; all of them are in the workbook and in JSON."""
    numbers = tuple(f"EKV-26-{n:05d}-K" for n in range(300))
    sheet = Sheet("types", "Typ", "Typ", (Column("received", "Kom in"),), (Line("klagomål", (Cell(300, numbers),)),))
    made = Shape("Ekvik", "hela", "juni", JUNE.first, JUNE.last, JUNE.first + timedelta(days=40), False, (sheet,))
    page = as_page(made).decode()
    assert page.count("<li>EKV") == 200
    assert "och 100 till" in page
