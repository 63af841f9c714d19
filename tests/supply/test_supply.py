"""Licences of the libraries, and what is said of an audit that found something or could not be made."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.demands import HOUSE
from tests.supply.audit import LOCKS, said_of
from tests.supply.licences import in_use, is_free_enough


def test_no_library_binds_the_municipality_more_than_the_lgpl() -> None:
    found = dict(in_use())
    assert len(found) > 60
    assert {name: licence for name, licence in found.items() if not is_free_enough(licence)} == {}


@pytest.mark.parametrize(
    ("licence", "is_free"),
    [
        ("MIT", True),
        ("LGPL-3.0-only", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("GPL-3.0-or-later", False),
        ("GNU General Public License v2 (GPLv2)", False),
        ("MIT AND GPL-2.0", False),
        ("MIT OR GPL-2.0", True),
        ("AGPL-3.0", False),
        ("GNU Affero General Public License v3", False),
        ("BUSL-1.1", False),
        ("OSI Approved", False),
        ("", False),
    ],
)
def test_which_licences_are_free_enough(licence: str, is_free: bool) -> None:
    assert is_free_enough(licence) == is_free


@pytest.mark.parametrize(
    ("status", "told", "verdict", "words"),
    [
        (0, "No known vulnerabilities found", 0, "no weakness is known"),
        (1, "Found 2 known vulnerabilities in 1 package\nlxml 4.0 PYSEC-1", 1, "WEAKNESSES ARE KNOWN"),
        (1, "requests.exceptions.ConnectionError: Max retries exceeded", 0, "NOT DONE, the advisory service cannot"),
        (
            0,
            "No known vulnerabilities found\nlxml  Dependency not found on PyPI and could not be audited",
            0,
            "NOT DONE",
        ),
        (3, "Timeout", 0, "NOT DONE"),
        (1, "ModuleNotFoundError: No module named 'pip_audit'", 0, "NOT DONE, pip-audit failed"),
    ],
)
def test_an_audit_that_could_not_be_made_is_told_and_never_passes_for_one(
    status: int, told: str, verdict: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUDIT", raising=False)
    given, said = said_of(status, told)
    assert (given, words in said) == (verdict, True)
    monkeypatch.setenv("AUDIT", "strict")
    assert (said_of(status, told)[0] == 0) == ("no weakness" in words)


def test_every_lock_file_has_checksums_and_names_no_place_to_fetch_from() -> None:
    for name in LOCKS:
        text = (HOUSE / name).read_text(encoding="utf-8")
        assert not re.search(r"^--|https?://|file:/", text, re.MULTILINE), name
        assert len(re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==", text, re.MULTILINE)) == len(
            re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==.*\\$\n +--hash=sha256:", text, re.MULTILINE)
        ), name


def test_the_rules_against_weak_code_are_on_and_each_exception_says_why() -> None:
    lint = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    assert {rule for rule in lint["ignore"] if rule.startswith("S") and rule[1:].isdigit()} == {"S101"}
    bare = []
    for file in sorted((HOUSE / "service").rglob("*.py")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if re.search(r"# noqa: S\d+\s*$", line):
                before = line.partition("# noqa")[0].partition("  # ")[2]
                bare += [] if before.strip() else [f"{file.relative_to(HOUSE)}:{number}"]
    assert bare == []
