"""What the code says it is for can be looked up in docs/, and what docs/ says is there is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from service.cli import app
from service.core.decide.deeds import DEEDS
from service.core.effects import Letter
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import WRITTEN
from service.desk.database import Database
from service.desk.lookup import catalogue
from service.rulesfolder import load
from tests.conversations.conftest import MONDAY
from tests.conversations.town import ANNA, Town
from tests.demands import HOUSE, demands, names_of_tests, numbers_in, table, with_a_test

DOCS = HOUSE / "docs"
INTERFACE = (DOCS / "interface.md").read_text(encoding="utf-8")

NOT_YET: Mapping[str, str] = {}
"""Demands that are not met in full yet, and what is missing: every one of kind E that no test proves, and those of
kind S that lack what people need. The list may only shrink: a demand that gets a test leaves it, and its line in
docs/demands.md loses the words "not yet"."""

SCENARIOS_NOT_YET: Mapping[str, str] = {}
"""Likewise the scenarios that no test plays."""


# --- every reference leads somewhere ----------------------------------------------------------------------------------

FORMS: Mapping[str, tuple[str, str]] = {
    # what the code writes: where it is told, and how its place begins there
    r"\b((?:KOP|KLI|SPA|HJO|STR)-\d\d)\b(?!-)": ("demands.md", r"^\| {} \|"),
    r"\b(C\d\d)\b": ("demands.md", r"^\| {} \|"),
    r"\b(S\d\d)\b": ("scenarios.md", r"^\| {} \|"),
    r"\b[Cc]ontract,? (?:sections? |§ ?)?(\d+)\b": ("interface.md", r"^## {}\. "),
    r"\b[Dd]omain(?:\.md)?,? (?:sections? |§ ?)?(\d+(?:\.\d+)?)\b": ("domain.md", r"^##+ {}\.? "),
    r"\b[Dd]ecisions? (\d+)\b": ("decisions.md", r"^## {}\. "),
}
WRITTEN_IN = ("service", "rules", "templates", "tests", "docs", "deploy")
KINDS = {".py", ".yaml", ".md", ".txt", ".mako"}


def files() -> Iterator[Path]:
    yield from (HOUSE / "README.md", HOUSE / "CHANGELOG.md")
    for folder in WRITTEN_IN:
        yield from (f for f in (HOUSE / folder).rglob("*") if f.suffix in KINDS and "mails" not in f.parts)


def test_every_reference_can_be_looked_up() -> None:
    documents = {name: (DOCS / name).read_text(encoding="utf-8") for name, _ in FORMS.values()}
    lost, seen = [], set()
    for file in files():
        text = file.read_text(encoding="utf-8")
        for form, (document, place) in FORMS.items():
            for number in sorted(set(re.findall(form, text))):
                seen.add(form)
                if not re.search(place.format(re.escape(number)), documents[document], re.MULTILINE):
                    lost.append(f"{file.relative_to(HOUSE)}: {number} is not in docs/{document}")
    assert lost == []
    assert seen == set(FORMS)


def test_nothing_refers_to_a_document_that_is_not_here() -> None:
    known = {file.name for file in HOUSE.rglob("*.md") if ".venv" not in file.parts}
    named = {(file.name, name) for file in files() for name in re.findall(r"[\wÅÄÖ-]+\.md\b", file.read_text("utf-8"))}
    assert sorted((file, name) for file, name in named if name not in known) == []


# --- every demand has its test ----------------------------------------------------------------------------------------


def test_every_demand_has_a_test_or_says_that_it_is_not_met_yet() -> None:
    wanted = {d.number for d in demands() if d.kind == "E"}
    proven = with_a_test(names_of_tests())
    assert sorted(wanted - proven - set(NOT_YET)) == [], "no test has their number in its name"
    assert sorted(proven & set(NOT_YET)) == [], "they have a test now: take them out of NOT_YET"
    assert sorted(set(NOT_YET) - {d.number for d in demands() if d.kind in "ES"}) == [], "no such demand"


def test_every_scenario_is_played_or_said_not_to_be() -> None:
    text = (DOCS / "scenarios.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| (S\d\d) \|", text, re.MULTILINE))
    played = {f"S{number}" for name in names_of_tests() for number in re.findall(r"(?<=_)s(\d\d)(?=_|$)", name)}
    assert told == {f"S{number:02}" for number in range(1, 43)}
    assert told - played == set(SCENARIOS_NOT_YET)


def test_the_document_says_what_is_not_met_yet() -> None:
    assert sorted(d.number for d in demands() if not d.is_met) == sorted(NOT_YET)


def test_no_test_names_a_demand_that_there_is_not() -> None:
    known = {d.number for d in demands()}
    assert sorted(name for name in names_of_tests() if not numbers_in(name) <= known) == []


def test_the_table_counts_a_demand_once_and_never_one_that_failed() -> None:
    shown = table(["test_kop_20_spa_03_a", "test_kop_20_b", "test_hjo_01_c"], ["test_hjo_01_d"])
    assert [line.split(":")[1].split() for line in shown] == [
        ["1", "of", "31"],
        ["0", "of", "23"],
        ["1", "of", "27"],
        ["0", "of", "53"],
        ["0", "of", "15"],
    ]


def test_no_document_claims_more_than_the_tests_show() -> None:
    house = (DOCS / "house.md").read_text(encoding="utf-8")
    for line in table(names_of_tests(), ()):
        name, _, shown = line.partition(":")
        claimed = re.search(rf"^{name}: +(\d+) of (\d+)$", house, re.MULTILINE)
        assert claimed, name
        least, most = map(int, claimed.groups())
        assert (least <= int(shown.split()[0]), most) == (True, int(shown.split()[2])), name


# --- the outer contract is told as it is ------------------------------------------------------------------------------


def rows(heading: str) -> dict[str, str]:
    """The tables under a heading: what stands in code in the first column, and the last column beside it."""
    part = INTERFACE.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    found = re.findall(r"^\| (.*?`.+?) \|.*?([^|]*) \|$", part, re.MULTILINE)
    return {name: told for first, told in found for name in re.findall(r"`([^`]+)`", first)}


def commands() -> Iterator[str]:
    """Every command as it is written, `case list` for one inside of another."""
    top: Any = typer.main.get_command(app)
    for name in top.commands:
        inner = getattr(top.get_command(None, name), "commands", {})
        yield from ([f"{name} {each}" for each in inner] if inner else [name])


def test_the_contract_names_every_command() -> None:
    told = rows("2.")
    assert {name for name, what in told.items() if "not yet:" not in what} == set(commands())


def test_the_contract_names_every_staff_command() -> None:
    told = {name[1:]: what for name, what in rows("7.").items() if name.startswith("#")}
    assert set(map(str, WRITTEN)) - set(told) == set()
    unknown = {str(word) for word in WRITTEN if word not in DEEDS}
    assert {str(word) for word in WRITTEN if "not yet:" in told[word]} == unknown


def test_the_contract_names_every_kind_of_letter() -> None:
    assert {kind.in_mail for kind in Letter} - set(rows("7.")) == set()


def test_the_contract_names_every_key_of_a_case(ekvik: RuleBook, database: Database) -> None:
    town = Town(database, ekvik, MONDAY)
    town.writes(ANNA, "Det är hål i asfalten.")
    with database.reading() as s:
        shown = catalogue.shown(s, town.case().number)
    assert shown
    told = set(rows("5."))
    assert set(shown) == told
    later = INTERFACE.partition("\n## 5.")[2].partition("Not yet:")[2].partition(".")[0]
    assert set(re.findall(r"`(\w+)`", later)) & told == set()


def settings() -> Iterator[tuple[str, str, list[str]]]:
    """Each question where the routines differ, a setting that decides it, and what the five are said to have."""
    text = (DOCS / "demands.md").read_text(encoding="utf-8")
    for line in re.findall(r"^\| (C\d\d \|.*) \|$", text, re.MULTILINE):
        number, _, keys, *cells = line.split(" | ")
        for key in re.findall(r"`([a-z_.]+)`", keys):
            yield number, key, cells


def set_to(key: str, value: Any) -> list[str]:
    """What the document says of a setting with this value."""
    match key:
        case "types" | "categories" | "measures":
            return [str(len(value))]
        case "escalation":
            return [f"{len(value)} steps"]
        case "reports":
            return [report.period for report in value]
        case "disposal":
            return [f"{line.what} after {line.after}" for line in value] or ["nothing"]
        case "diary.copy_to":
            return ["yes" if value else "no"]
        case "close.require" | "receipt.tells":
            return [", ".join(value)]
        case "deadlines.per_channel" | "deadlines.per_process":
            return [f"{name}: {duration}" for name, duration in value.items()]
        case "contact" | "publish" | "reminders" | "processes":
            return []
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def test_where_the_routines_differ_each_profile_is_told_as_it_is() -> None:
    assert sorted({number for number, _, _ in settings()}) == [f"C{n:02}" for n in range(1, 25)]
    folders = ("koping", "klippan", "spanga-tensta", "hjo", "stromstad")
    for place, folder in enumerate(folders):
        own = load(HOUSE / "rules" / folder).municipality
        for number, key, cells in settings():
            value: Any = own
            for part in key.split("."):
                value = getattr(value, part)
            for said in set_to(key, value):
                assert said in cells[place], (number, folder, key)
