"""Everything that is wrong with a rules folder: its four files, and its own templates filled with sample facts."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from service.core.publicity import pictures
from service.core.rules.examples import failures
from service.core.rules.rulebook import RuleBook
from service.desk.writing.stationery import Stationery, WordingFault
from service.desk.writing.typesetting import Mark
from service.desk.writing.wording import tried
from service.resources import shipped
from service.rulesfolder import check, load
from service.yamlfile import Fault, read


def checked(folder: Path, own: Collection[str] = (), address: str = "") -> tuple[RuleBook | None, tuple[Fault, ...]]:
    """A folder's rulebook (None where it cannot be used), and everything that is wrong with it and its templates.

    own: the addresses of the service's mailboxes; address: the one that letters leave from; where they are known.
    """
    book, faults = check(folder, own)
    # The wording is tried whatever is wrong with the rules: then with those of the invented municipality.
    fit = book or load(shipped("rules") / "ekvik")
    _, wordings = tried(stationery(folder, fit), fit, address or "synpunkten@kommun.example")
    return book, faults + tuple(map(as_fault, wordings))


def counts_of(book: RuleBook) -> dict[str, int]:
    """How much a rules folder holds of each."""
    routing = book.routing
    return {
        "rules": len(routing.rules),
        "units": len(book.people.units),
        "forms": len(book.forms),
        "examples": len(routing.examples),
    }


def misrouted(folder: Path, book: RuleBook) -> list[Fault]:
    """What the rules make of the examples beside them, where that is not what the examples expect."""
    document = read(folder / "routing.yaml")
    return [
        document.fault(
            ("examples", failure.number), f"{key} should be {_said(wanted)}, is {_said(found)} ({failure.because})"
        )
        for failure in failures(book)
        for key, (wanted, found) in failure.wrong.items()
    ]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if value else "nothing"


def as_fault(wording: WordingFault) -> Fault:
    """A wording's fault as one of the folder's."""
    return Fault(wording.file, wording.line, 1, wording.message, wording.suggestion)


def stationery(folder: Path, book: RuleBook) -> Stationery:
    """The shipped templates, overridden by the municipality's own, and its mark for letters on paper."""
    return Stationery(shipped("templates"), folder / "templates", _mark(folder, book.municipality.paper.mark))


def _mark(folder: Path, name: str | None) -> Mark | None:
    """The picture, as it is now: one that has become unusable since the rules were read costs no letter."""
    try:
        content = (folder / name).read_bytes() if name else b""
    except OSError:
        return None
    ending = pictures.ending_of(content)
    return Mark(ending, content) if ending and len(content) <= pictures.LARGEST else None
