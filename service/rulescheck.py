"""Everything that is wrong with a rules folder: its four files, and its own templates filled with sample facts."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from service.core.rules.rulebook import RuleBook
from service.desk.stationery import Stationery, WordingFault
from service.desk.wording import tried
from service.resources import shipped
from service.rulesfolder import check
from service.yamlfile import Fault


def checked(folder: Path, own: Collection[str] = (), address: str = "") -> tuple[RuleBook | None, tuple[Fault, ...]]:
    """A folder's rulebook (None where it cannot be used), and everything that is wrong with it and its templates."""
    book, faults = check(folder, own)
    templates = stationery(folder)
    if book is None:
        return None, faults + tuple(map(as_fault, templates.faults()))
    _, wordings = tried(templates, book, address or "synpunkten@kommun.example")
    return book, faults + tuple(map(as_fault, wordings))


def as_fault(wording: WordingFault) -> Fault:
    """A wording's fault as one of the folder's."""
    return Fault(wording.file, wording.line, 1, wording.message, wording.suggestion)


def stationery(folder: Path) -> Stationery:
    """The shipped templates, overridden by the municipality's own."""
    return Stationery(shipped("templates"), folder / "templates")
