"""The reference is what the code says: every command, every key with a meaning, and a man page that man can show."""

from __future__ import annotations

import json
import re
import subprocess

import jsonschema
import pytest
from pydantic import ValidationError

from service.core.rules.rulebook import FILES
from service.reference.editors import schemas, texts
from service.reference.keys import EVERY, owners, tables
from service.reference.meanings import MEANINGS
from service.reference.pages import pages
from service.resources import municipalities
from service.yamlfile import read
from tests.demands import HOUSE

DOCS = HOUSE / "docs"
JUDGES = {file: jsonschema.Draft202012Validator(schema) for file, schema in schemas().items()}
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
    for file in EVERY:
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


DURATIONS = {
    "10 working days": True,
    "1 working day": True,
    " 14  Days ": True,
    "24 HOURS": True,
    "15 minutes": True,
    "0 minutes": True,
    "1 days": True,
    "036500 days": True,
    "36501 days": False,
    "0036500 days": False,
    "99999 days": False,
    "10 arbetsdagar": False,
    "10 work days": False,
    "10workingdays": False,
    "ten days": False,
    "-1 days": False,
    "1.5 hours": False,
    "10": False,
    "days": False,
    "10 days before": False,
    "": False,
}
REMINDERS = {
    "3 working days before": True,
    "3 days  before ": True,
    "3 working days": False,
    "before": False,
    "3 days before noon": False,
    "3 dagar before": False,
}
CLOCKS = {
    "07:30": True,
    "7.30": True,
    "23:59": True,
    "00:00": True,
    "24:00": False,
    "7:5": False,
    "07:60": False,
    "07:30:00": False,
    "07:30Z": False,
    "730": False,
    "halv åtta": False,
}
HOURS = {
    "07:30-16:30": True,
    "7.30 – 16.30": True,
    "07:30": False,
    "07:30-": False,
    "07:30-16:30-17:00": False,
    "07:30Z-16:30": False,
}
POLLS = {
    "30 s": True,
    "2  min": True,
    "86400 seconds": True,
    "1 minute": True,
    "0 s": False,
    "86401 s": False,
    "1441 min": False,
    "30s": False,
    "30": False,
    "1 hour": False,
}
CANARIES = {
    "60 minutes": True,
    "10 minutes": True,
    "24 Hours": True,
    "1440 minutes": True,
    "9 minutes": False,
    "1441 minutes": False,
    "25 hours": False,
    "0 hours": False,
    "1 day": False,
}
ADDRESSES = {"maria.lund@ekvik.example": True, " maria@ekvik.example ": True, "maria": False, "a@b@c.example": False}
SMALLEST: dict[str, dict[str, object]] = {
    "municipality.yaml": {"name": "Ekvik", "case_number": {"prefix": "EKV"}},
    "people.yaml": {"registrars": ["registrator@ekvik.example"]},
    "synpunkten.yaml": {"database": "sqlite:///a.db", "mailboxes": []},
}
ACCOUNT = {"host": "mail.ekvik.example", "port": 993, "security": "tls"}
MAILBOX = {"name": "e", "address": "s@ekvik.example", "imap": ACCOUNT, "smtp": ACCOUNT, "rules": "rules"}
WRITTEN = (
    [
        (file, at(value), takes)
        for file, at, table in (
            ("municipality.yaml", lambda value: {"deadlines": {"answer": value}}, DURATIONS),
            ("municipality.yaml", lambda value: {"reminders": [value]}, REMINDERS),
            ("municipality.yaml", lambda value: {"digest": {"at": value}}, CLOCKS),
            ("municipality.yaml", lambda value: {"office_hours": value}, HOURS),
            ("municipality.yaml", lambda value: {"reports": [{"period": "year", "to": value}]}, ADDRESSES),
            ("synpunkten.yaml", lambda value: {"mailboxes": [MAILBOX], "poll": value}, POLLS),
            ("synpunkten.yaml", lambda value: {"mailboxes": [MAILBOX | {"canary": value}]}, CANARIES),
        )
        for value, takes in table.items()
    ]
    + [
        ("municipality.yaml", {key: value}, True)  # one entry stands for a list of it
        for key, value in (
            ("reminders", "3 days before"),
            ("escalation", [{"after": "5 days", "to": "officer"}]),
            ("receipt", {"tells": "contact_person"}),
            ("close", {"require": "type"}),
            ("trusted_authserv", "mx.ekvik.example"),
            ("trusted_authserv", [{"host": "mx.ekvik.example", "results": "below"}, "mx2.ekvik.example"]),
            ("measures", "Åtgärdat"),
            ("measures", [{"Åtgärdat": "Vi har lagat det."}]),
            ("reports", [{"period": "year", "to": "head"}]),
            ("publish", {"accessibility": {"faults": "Kartan går inte att läsa upp."}}),
        )
    ]
    + [
        ("municipality.yaml", {"measures": {"Åtgärdat": "Vi har lagat det."}}, False),
        ("municipality.yaml", {"trusted_authserv": {"host": "mx.ekvik.example"}}, False),
        ("municipality.yaml", {"escalation": [{"after": "5 days", "to": []}]}, False),
        ("municipality.yaml", {"reports": [{"period": "year", "to": []}]}, False),
        ("municipality.yaml", {"digest": {"at": 730}}, False),
        ("municipality.yaml", {"deadlines": {"answer": 10}}, False),
        ("people.yaml", {"registrars": []}, False),
        ("people.yaml", {"registrars": "registrator@ekvik.example"}, True),
    ]
)


@pytest.mark.parametrize(("file", "given", "takes"), WRITTEN, ids=str)
def test_an_editor_takes_what_the_loader_takes(file: str, given: dict[str, object], takes: bool) -> None:
    whole = SMALLEST[file] | given
    try:
        EVERY[file].model_validate(whole)
    except ValidationError:
        loads = False
    else:
        loads = True
    assert (loads, JUDGES[file].is_valid(whole)) == (takes, takes)


def test_editors_offer_defaults_as_they_are_written() -> None:
    for schema in schemas().values():
        jsonschema.Draft202012Validator.check_schema(schema)
        inner = schema.get("$defs", {})
        for part in (schema, *inner.values()):
            offered = {key: shown for key, shown in part.get("properties", {}).items() if "default" in shown}
            for key, shown in offered.items():
                jsonschema.Draft202012Validator(shown | {"$defs": inner}).validate(shown["default"])
                assert shown["default"] != "", key


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
