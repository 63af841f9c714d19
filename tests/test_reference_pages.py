"""The reference is what the code says: every command, every key with a meaning, and a man page that man can show."""

from __future__ import annotations

import json
import re
import subprocess

import jsonschema
import pytest

from service.core.rules.rulebook import FILES
from service.reference.editors import schemas, texts
from service.reference.keys import MODELS, owners, tables
from service.reference.meanings import MEANINGS
from service.reference.pages import pages
from service.resources import municipalities
from service.yamlfile import read
from tests.demands import HOUSE

DOCS = HOUSE / "docs"
README = (HOUSE / "rules" / "LÄSMIG.md").read_text(encoding="utf-8")


def test_the_reference_is_what_the_code_says() -> None:
    stale = [name for name, text in pages().items() if (DOCS / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run `make docs`"


def test_every_key_has_a_meaning_and_every_meaning_a_key() -> None:
    fields = {(name, field) for name, model in owners().items() for field in model.model_fields}
    told = {(name, field) for name, meanings in MEANINGS.items() for field in meanings}
    assert sorted(told - fields) == []
    assert sorted(fields - told) == []


def test_editors_are_told_the_meaning_of_a_key() -> None:
    told = schemas()
    assert told["municipality.yaml"]["$defs"]["Deadlines"]["properties"]["roll"]["description"].startswith("whether a")
    assert told["routing.yaml"]["$defs"]["When"]["properties"]["from"]["description"] == "the sender's address"
    for file in MODELS:
        properties = told[file]["properties"].items()
        assert [key for key, shown in properties if not shown.get("description")] == [], file


@pytest.mark.parametrize("file", FILES)
def test_the_schema_for_editors_takes_what_the_profiles_say_and_no_unknown_key(file: str) -> None:
    judge = jsonschema.Draft202012Validator(schemas()[file])
    for profile in municipalities():
        plain = json.loads(
            json.dumps(read(HOUSE / "rules" / profile / file).plain, default=str)
        )  # a date is text in JSON
        assert [fault.message for fault in judge.iter_errors(plain)] == [], profile
        assert not judge.is_valid(plain | {"unknown": 1})


def test_the_schemas_beside_the_rules_are_what_the_code_says() -> None:
    """Where this fails, `make docs` writes them anew."""
    found = {path.name: path.read_text(encoding="utf-8") for path in (HOUSE / "rules").glob("*.schema.json")}
    assert found == texts()


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("name", municipalities())
def test_each_file_names_its_schema_for_editors(name: str, file: str) -> None:
    place = HOUSE / "rules" / name / file
    first = place.read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (place.parent / first.partition("=")[2]).resolve().name == f"{file.removesuffix('.yaml')}.schema.json"


@pytest.mark.parametrize("file", FILES)
def test_the_administrator_finds_every_key_of_the_rules_in_swedish(file: str) -> None:
    code = " ".join(re.findall(r"```.*?```|`[^`\n]+`|^    .*$", README, re.DOTALL | re.MULTILINE))
    words = set(re.findall(r"[a-z_]+", code))
    keys = {key.path for table in tables(file) for key in table.keys}
    assert sorted(key for key in keys if key.rpartition(".")[2].removesuffix("[]") not in words) == []


def test_the_man_page_is_shown_without_a_warning() -> None:
    done = subprocess.run(
        ["groff", "-man", "-ww", "-K", "utf8", "-T", "utf8", DOCS / "synpunkten.1"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert "synpunkten case list" in re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
