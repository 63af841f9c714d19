"""What the code says it is for can be looked up in docs/, and what docs/ says is there is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer

from service.cli import app
from service.core.commands import WRITTEN
from service.core.decide.deeds import DEEDS
from service.core.effects import Letter
from service.core.rules.municipality import Municipality
from tests.demands import HOUSE, demands, names_of_tests, numbers_in, table, with_a_test

DOCS = HOUSE / "docs"
INTERFACE = (DOCS / "interface.md").read_text(encoding="utf-8")

NOT_YET: Mapping[str, str] = {
    "KOP-01": "no test names it",
    "KOP-02": "no test names it",
    "KOP-04": "no test names it",
    "KOP-08": "no test names it",
    "KOP-09": "no test names it",
    "KOP-11": "no test names it",
    "KOP-13": "no test names it",
    "KOP-15": "no test names it",
    "KOP-16": "no test names it",
    "KOP-17": "no test names it",
    "KOP-18": "no test names it",
    "KOP-22": "no test names it",
    "KOP-23": "no test names it",
    "KOP-25": "no test names it",
    "KOP-26": "no test names it",
    "KOP-27": "no test names it",
    "KOP-28": "no test names it",
    "KOP-31": "no test names it",
    "KOP-33": "no test names it",
    "KLI-03": "no test names it",
    "KLI-04": "no test names it",
    "KLI-05": "no test names it",
    "KLI-06": "no test names it",
    "KLI-09": "no test names it",
    "KLI-10": "no test names it",
    "KLI-12": "no test names it",
    "KLI-13": "no test names it",
    "KLI-14": "no test names it",
    "KLI-15": "no test names it",
    "KLI-16": "no test names it",
    "KLI-17": "no test names it",
    "KLI-18": "no test names it",
    "KLI-21": "no test names it",
    "KLI-25": "no test names it",
    "KLI-26": "no test names it",
    "KLI-27": "no test names it",
    "KLI-28": "no test names it",
    "SPA-02": "no test names it",
    "SPA-03": "no test names it",
    "SPA-04": "no test names it",
    "SPA-05": "no test names it",
    "SPA-06": "no test names it",
    "SPA-08": "no test names it",
    "SPA-09": "no test names it",
    "SPA-10": "no test names it",
    "SPA-11": "no test names it",
    "SPA-12": "no test names it",
    "SPA-13": "no test names it",
    "SPA-15": "no test names it",
    "SPA-17": "no test names it",
    "SPA-18": "no test names it",
    "SPA-20": "no test names it",
    "SPA-21": "no test names it",
    "SPA-22": "no test names it",
    "SPA-26": "no test names it",
    "SPA-28": "no test names it",
    "SPA-29": "no test names it",
    "SPA-34": "no test names it",
    "SPA-35": "no test names it",
    "HJO-02": "no test names it",
    "HJO-06": "no test names it",
    "HJO-07": "no test names it",
    "HJO-08": "no test names it",
    "HJO-11": "no test names it",
    "HJO-15": "no test names it",
    "HJO-16": "no test names it",
    "HJO-18": "no test names it",
    "HJO-19": "no test names it",
    "HJO-20": "no test names it",
    "HJO-22": "no test names it",
    "HJO-24": "no test names it",
    "HJO-26": "no test names it",
    "HJO-27": "no test names it",
    "HJO-29": "no test names it",
    "HJO-30": "no test names it",
    "HJO-31": "no test names it",
    "HJO-32": "no test names it",
    "HJO-34": "no test names it",
    "HJO-35": "no test names it",
    "HJO-36": "no test names it",
    "HJO-38": "no test names it",
    "HJO-39": "no test names it",
    "HJO-40": "no test names it",
    "HJO-41": "no test names it",
    "HJO-42": "no test names it",
    "HJO-43": "no test names it",
    "HJO-44": "no test names it",
    "HJO-47": "no test names it",
    "HJO-49": "no test names it",
    "HJO-53": "no test names it",
    "HJO-54": "no test names it",
    "HJO-55": "no test names it",
    "HJO-56": "no test names it",
    "HJO-57": "no test names it",
    "STR-02": "no test names it",
    "STR-04": "no test names it",
    "STR-05": "no test names it",
    "STR-08": "no test names it",
    "STR-09": "no test names it",
    "STR-11": "no test names it",
    "STR-15": "no test names it",
    "STR-16": "no test names it",
    "STR-18": "no test names it",
    "STR-19": "no test names it",
    "STR-20": "no test names it",
    "STR-21": "no test names it",
    "STR-22": "no test names it",
}
"""Demands of kind E that no test proves yet, and why. The list may only shrink: a demand that gets a test leaves it,
and its line in docs/demands.md loses the words "not yet"."""


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
WRITTEN_IN = ("service", "rules", "templates", "tests", "docs")
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


@pytest.mark.parametrize("document", sorted(DOCS.glob("*.md")), ids=lambda path: path.stem)
def test_the_links_of_a_document_lead_to_files(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


# --- every demand has its test ----------------------------------------------------------------------------------------


def test_every_demand_has_a_test_or_says_that_it_is_not_met_yet() -> None:
    wanted = {d.number for d in demands() if d.kind == "E"}
    proven = with_a_test(names_of_tests())
    assert sorted(wanted - proven - set(NOT_YET)) == [], "no test has their number in its name"
    assert sorted(proven & set(NOT_YET)) == [], "they have a test now: take them out of NOT_YET"
    assert sorted(set(NOT_YET) - wanted) == [], "no such demand of kind E"


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


def test_the_readme_claims_no_more_than_the_tests_show() -> None:
    readme = (HOUSE / "README.md").read_text(encoding="utf-8")
    for line in table(names_of_tests(), ()):
        name, _, shown = line.partition(":")
        claimed = re.search(rf"^{name}: +(\d+) of (\d+)$", readme, re.MULTILINE)
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
    assert {str(kind) for kind in Letter} - set(rows("7.")) == set()


def test_where_the_routines_differ_there_is_a_setting() -> None:
    text = (DOCS / "demands.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| (C\d\d) \| [^|]+ \| ([^|]+) \|", text, re.MULTILINE)
    assert [number for number, _ in found] == [f"C{n:02}" for n in range(1, 25)]
    for _, cell in found:
        for key in re.findall(r"`([a-z_.]+)`", cell):
            model = Municipality
            for part in key.split("."):
                assert part in model.model_fields, key
                model = model.model_fields[part].annotation
