"""`synpunkten dispose` and `case hold`: the protocol, the dry run, and what a person keeps."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from service.core.cases import Case, Move, Submitter
from service.core.effects import ChangeStatus, OpenCase, SetFields
from service.daemon import utc_now
from service.desk import register
from service.desk.journal import Journal
from service.rulesfolder import load
from tests.cli.conftest import Installation


@pytest.fixture
def closed(installation: Installation) -> str:
    """A case that was closed two years ago, where cases are kept for one; its number."""
    rules = installation.rules / "municipality.yaml"
    text = rules.read_text(encoding="utf-8")
    assert "disposal: []" in text
    rules.write_text(text.replace("disposal: []", "disposal: [{what: cases, after: 365 days}]"), encoding="utf-8")
    then = utc_now() - timedelta(days=730)
    database = installation.new_register()
    case = Case("ekvik", "Hål", "Ett hål.", Submitter(name="Anna Ek", email="anna@example.org"), then, type="klagomål")
    ends = [SetFields({"closed_at": then}, "closed"), ChangeStatus(Move.CLOSE, "closed")]
    with database.transaction() as s:
        lines = Journal("ekvik", then)
        made = register.apply(s, None, [OpenCase(case, "a mail"), *ends], load(installation.rules), lines)
        lines.write(s)
    database.close()
    assert made
    return made.case.number


def told(installation: Installation, *arguments: str) -> dict[str, Any]:
    done = installation.invoke("dispose", "--json", *arguments)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_dry_run_changes_nothing_and_the_run_prints_its_protocol(installation: Installation, closed: str) -> None:
    for _ in range(2):
        dry = told(installation, "--dry-run")
        assert [(e["name"], e["what"], e["rule"], e["sort"]) for e in dry["disposed"]] == [
            (closed, "cases", "365 days", "klagomål")
        ]
    shown = installation.invoke("dispose")
    assert (shown.exit_code, closed in shown.stdout, "1 disposed of" in shown.stdout) == (0, True, True)
    assert told(installation)["disposed"] == []
    case = json.loads(installation.invoke("case", "show", closed, "--json").stdout)
    assert (case["status"], case["submitter"]["name"], case["events"][-1]["kind"]) == ("closed", None, "disposed")


def test_a_case_that_is_held_stays_until_it_is_released(installation: Installation, closed: str) -> None:
    assert installation.invoke("case", "hold", closed).exit_code == 2, "a decision has a reason"
    assert installation.invoke("case", "hold", closed, "--why", "polisen").exit_code == 0
    kept = told(installation)
    assert (kept["disposed"], kept["held"]) == ([], [{"name": closed, "why": "polisen"}])
    assert installation.invoke("case", "hold", closed, "--release").exit_code == 0
    assert [e["name"] for e in told(installation)["disposed"]] == [closed]
    gone = installation.invoke("case", "hold", closed, "--why", "för sent")
    assert (gone.exit_code, "there is no case" in gone.stderr) == (1, True)
