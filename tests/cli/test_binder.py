"""`synpunkten binder`: what lies in it, in order, and each leaf with its mail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Installation
from tests.conversations.conftest import MONDAY
from tests.conversations.routines.conftest import fills_in
from tests.conversations.town import Town, rules_of

ICE = "Trottoarerna är hala."


@pytest.fixture
def two(installation: Installation) -> Installation:
    """Two departments have a leaf each."""
    database = installation.new_register()
    town = Town(database, rules_of("stromstad"), MONDAY, address="synpunkten@stromstad.example")
    for text in (ICE, "Förskolan är för liten."):
        fills_in(town, "Vad tycker du", **{"Jag tycker": text, "Namn": "", "E-post": "", "Svar önskas": "Nej"})
        town.passes(days=1)
    database.close()
    return installation


def test_str_20_the_list_is_in_order_of_arrival_whole_or_of_a_department(two: Installation) -> None:
    done = two.invoke("binder", "list", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert [(leaf["id"], leaf["department"]) for leaf in json.loads(done.stdout)] == [(1, "teknik"), (2, "barn")]
    only = json.loads(two.invoke("binder", "list", "--json", "--department", "barn").stdout)
    assert [leaf["id"] for leaf in only] == [2]
    head, first, _ = two.invoke("binder", "list").stdout.splitlines()
    assert head.split() == ["id", "received", "department", "unit", "title"]
    assert first.split()[:4] == ["1", "2026-09-07", "teknik", "gata"]


def test_a_leaf_is_shown_with_its_mail(two: Installation, tmp_path: Path) -> None:
    leaf = json.loads(two.invoke("binder", "show", "1", "--json", "--raw", str(tmp_path / "1.eml")).stdout)
    assert (leaf["text"], leaf["channel"]) == (ICE, "webbformulär")
    assert leaf["told"] == ["liv.sten@stromstad.example", "registrator.teknik@stromstad.example"]
    assert len((tmp_path / "1.eml").read_bytes()) == leaf["size"]
    assert ICE in two.invoke("binder", "show", "1").stdout


def test_a_number_that_no_leaf_has(two: Installation) -> None:
    done = two.invoke("binder", "show", "7")
    assert done.exit_code == 1
    assert "there is no leaf 7" in done.stderr


def test_str_18_a_leaf_becomes_a_case_once(two: Installation) -> None:
    done = two.invoke("binder", "register", "2")
    assert (done.exit_code, done.stderr) == (0, "")
    number = done.stdout.split()[-1]
    assert json.loads(two.invoke("case", "show", number, "--json").stdout)["received_at"].startswith("2026-09-08")
    assert json.loads(two.invoke("binder", "show", "2", "--json").stdout)["case"] == number
    again = two.invoke("binder", "register", "2")
    assert (again.exit_code, f"leaf 2 is case {number} already" in again.stderr) == (1, True)
