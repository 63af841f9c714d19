"""`synpunkten publish`: from the register to the folder that a web server shows."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Installation
from tests.conversations.conftest import MONDAY
from tests.conversations.town import ANNA, BO, HOLE, Town, rules_of


@pytest.fixture
def at_work(installation: Installation) -> Installation:
    """Two cases are answered, and Bo has said that one of them may be published."""
    database = installation.new_register()
    town = Town(database, rules_of("ekvik"), MONDAY)
    for text, said in ((HOLE, "JA"), ("En trottoar är trasig på Åvägen.", "NEJ")):
        town.writes(ANNA, text)
        assigned = town.letters("assignment", BO)[-1]
        town.writes(BO, f"#SVAR\nHej Anna!\nHålet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA {said}\n#AVSLUTA", answers=assigned)
    database.close()
    return installation


def test_the_command_writes_what_is_approved_and_says_what_it_wrote(at_work: Installation) -> None:
    done = at_work.invoke("publish", "--out", "webb")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "webb: 1 case, 2 lines in the register" in done.stderr
    [page] = (at_work.folder / "webb/arende").iterdir()
    assert "Det är ett stort hål i asfalten vid Storgatan 14." in page.read_text("utf-8")
    assert at_work.invoke("publish", "--out", "webb").exit_code == 0, "once more into its own folder"


def test_a_folder_of_somebody_else_s_is_refused(at_work: Installation) -> None:
    done = at_work.invoke("publish", "--out", "rules")
    assert done.exit_code == 1
    assert "not ours" in done.stderr


def test_a_second_mailbox_leaves_no_pages_behind_that_nothing_is_withdrawn_from(at_work: Installation) -> None:
    assert at_work.invoke("publish", "--out", "webb").exit_code == 0
    text = at_work.file.read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("  - "))
    other = json.loads(line[4:]) | {"name": "annan", "address": "annan@ekvik.example"}
    at_work.file.write_text(f"{text}  - {json.dumps(other)}\n", "utf-8")
    done = at_work.invoke("publish", "--out", "webb")
    assert done.exit_code == 1, done.stderr
    assert "the pages of a single mailbox" in done.stderr
    assert at_work.invoke("publish", "--out", "ny").exit_code == 0
