"""The demands of the five routines, and the tests that prove them: a test has its demands' numbers in its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).parent.parent
MUNICIPALITIES: Mapping[str, str] = {
    "KOP": "Köping",
    "KLI": "Klippan",
    "SPA": "Spånga-Tensta",
    "HJO": "Hjo",
    "STR": "Strömstad",
}
_ROW = re.compile(rf"^\| ((?:{'|'.join(MUNICIPALITIES)})-\d\d) \|(.*)\|$", re.MULTILINE)
_IN_NAME = re.compile(rf"(?<=_)({'|'.join(MUNICIPALITIES)})_(\d\d)(?=_|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Demand:
    """One line of docs/demands.md. kind: `E` the service itself, `S` it helps people, `O` their own affair."""

    number: str
    kind: str
    is_met: bool


@cache
def demands() -> tuple[Demand, ...]:
    """Every demand, in the order of the document."""
    found = _ROW.findall((HOUSE / "docs" / "demands.md").read_text(encoding="utf-8"))
    rows = [(number, [cell.strip() for cell in rest.split("|")]) for number, rest in found]
    return tuple(Demand(number, cells[2], "**not yet**" not in cells[3]) for number, cells in rows)


def numbers_in(test: str) -> frozenset[str]:
    """The demands that a test's name carries: `test_kop_20_spa_03_…` is about KOP-20 and SPA-03."""
    return frozenset(f"{prefix.upper()}-{number}" for prefix, number in _IN_NAME.findall(test))


def names_of_tests() -> frozenset[str]:
    """The name of every test function in the house."""
    trees = (ast.parse(file.read_bytes()) for file in (HOUSE / "tests").rglob("test_*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(node.name for node in nodes if node.name.startswith("test_"))


def with_a_test(names: Iterable[str]) -> frozenset[str]:
    """The demands that any of the tests is about."""
    return frozenset[str]().union(*map(numbers_in, names))


def table(passed: Iterable[str], failed: Iterable[str]) -> list[str]:
    """How many demands of kind E these tests have shown to be met, a line for each municipality.

    Args:
        passed: names of tests. A demand with a failed test counts for nothing.
        failed: likewise.
    """
    shown = with_a_test(passed) - with_a_test(failed)
    lines = []
    for prefix, name in MUNICIPALITIES.items():
        wanted = {d.number for d in demands() if d.kind == "E" and d.number.startswith(prefix)}
        lines.append(f"{name + ':':16}{len(wanted & shown):3} of {len(wanted)}")
    return lines
