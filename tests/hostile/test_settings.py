"""Rules folders and templates as accidents and bad luck leave them: nothing stops, nothing is lost, all is said."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest

from service.core.faulttexts import Said
from service.desk.writing.stationery import Stationery
from service.desk.writing.wording import tried
from service.resources import shipped
from service.rulescheck import checked
from service.rulesfolder import Watched, check, load
from tests.desk.every_letter import FULL, MAILBOX

FILES = ("municipality.yaml", "people.yaml", "routing.yaml", "forms.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("rules") / "ekvik", tmp_path / "ekvik"))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("seed", range(8))
def test_a_spoiled_file_is_taken_or_refused_with_a_place_and_words_in_both_languages(
    folder: Path, name: str, seed: int
) -> None:
    whole = (folder / name).read_text()
    chance = random.Random(f"{name} {seed}")
    at, kind = chance.randrange(len(whole)), chance.randrange(4)
    noise = chance.choice(['"', "'", "{", "]", ":", "\n", "  ", "- ", "*", "#", "\t", "&", "x", "\x07"])
    (folder / name).write_text(
        [whole[:at], whole[:at] + whole[at + 1 :], whole[:at] + noise + whole[at:], whole.replace(":", "", at % 9)][
            kind
        ]
    )
    book, faults = check(folder)
    assert book is not None or faults
    for fault in faults:
        assert isinstance(fault.message, Said), fault
        assert not re.search(r"<\w[\w ]*>|Error\b|None", fault.message), fault
        assert fault.line >= 1


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_loses_its_end_at_any_line_never_empties_the_rules(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes().splitlines(keepends=True)
    watched = Watched(folder)
    before = load(folder)
    for count in range(0, len(whole), max(1, len(whole) // 6)):
        (folder / name).write_bytes(b"".join(whole[:count]))
        watched.refresh()
        watched.refresh()
        book = watched.book
        assert 2 * len(book.routing.rules) >= len(before.routing.rules)
        assert 2 * len(book.people.units) >= len(before.people.units)
        assert book.forms
        (folder / name).write_bytes(b"".join(whole))
        watched.refresh()


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ person.__globals__ }}",
        "{{ town.__class__.model_validate({}) }}",
        "{{ '%1000000000d' % 1 * 3 }}",
        "{{ '%*d' % (1000000000, 1) }}",
        "{{ '%1000000000d'|format(1) }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ 'x' * 10000000000 }}",
        "{% for a in range(10 * 1000 * 1000 * 1000) %}{% endfor %}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        '{% include "receipt.txt" %}',
        '{% include "../../people.yaml" %}',
        '{% include "/etc/passwd" %}',
        "{{ lipsum(100000) }}",
        "{% extends 'borta.txt' %}",
        "{{ case.text.borta() }}",
        "{{ undefined_name.x.y }}",
        "{% set town = none %}{{ town.name }}",
    ],
)
def test_whatever_a_template_asks_for_the_letter_is_written(tmp_path: Path, text: str) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    (own / "receipt.txt").write_text(f"Ämne: Tack\n\nHej!\n{text}\n")
    stationery, (fault,) = tried(Stationery(shipped("templates"), own), FULL, MAILBOX)
    assert (fault.file, stationery.own) == (str(own / "receipt.txt"), ())
    assert isinstance(fault.message, Said)
    assert fault.line in {1, 4}


def test_a_template_that_takes_itself_in_is_told_so(tmp_path: Path) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    (own / "receipt.txt").write_text("Ämne: Tack\n\nHej!\n{% include 'receipt.txt' %}\n")
    _, (fault,) = tried(Stationery(shipped("templates"), own), FULL, MAILBOX)
    assert (str(fault.message), fault.line) == ("a template takes in itself, without end", 4)


def test_one_faulty_template_takes_no_other_with_it(folder: Path) -> None:
    own = folder / "templates"
    own.mkdir()
    (own / "receipt.txt").write_text("Ämne: a\n\n{{ okand }}\n")
    (own / "closing.txt").write_text("Ämne: Klart\n\nNu är det klart.\n")
    (own / "_farewell.txt").write_text("Hej då\n")
    (own / "_files.txt").write_bytes(b"\xff\xfe")
    stationery, faults = tried(Stationery(shipped("templates"), own), load(folder), MAILBOX)
    assert set(stationery.own) == {"closing.txt", "_farewell.txt"}
    assert [Path(fault.file).name for fault in faults] == ["_files.txt", "receipt.txt"]


def test_a_thousand_faulty_rules_are_told_and_the_folder_refused(folder: Path) -> None:
    rules = "".join(
        f"  - name: R{n}\n    when: {{words: [ord{n}]}}\n    then: {{unit: gatan-{n}}}\n" for n in range(1000)
    )
    (folder / "routing.yaml").write_text(f"rules:\n{rules}")
    book, faults = checked(folder)
    assert book is None
    assert len([fault for fault in faults if not fault.warning]) == 1000
