"""deploy/SECURITY.md claims nothing that no test shows: each line names its test, and that test is here."""

from __future__ import annotations

import re

from tests.demands import HOUSE, names_of_tests

TEXT = (HOUSE / "deploy" / "SECURITY.md").read_text(encoding="utf-8")
_NAMED = re.compile(r"`(test_\w+)`")


def claims() -> list[str]:
    """Every point of a list, on one line."""
    return [" ".join(point.split()) for point in re.findall(r"^- (.*(?:\n {2}.*)*)", TEXT, re.MULTILINE)]


def test_every_line_names_the_test_that_shows_it() -> None:
    assert len(claims()) > 60
    assert [claim for claim in claims() if not _NAMED.search(claim)] == []


def test_every_test_that_is_named_is_here() -> None:
    assert sorted(set(_NAMED.findall(TEXT)) - names_of_tests()) == []


def test_every_hostile_test_is_named() -> None:
    """What is tried against the service by hostile hands is told of, so that nobody has to look for it."""
    files = (HOUSE / "tests" / "hostile").glob("test_attack_*.py")
    there = {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)}
    assert sorted(there - set(_NAMED.findall(TEXT))) == []


def test_every_threat_says_what_is_left() -> None:
    threats = TEXT.split("\n## ")[2:]
    assert len(threats) > 15
    assert [threat.partition("\n")[0] for threat in threats if "*Left:*" not in threat] == []
