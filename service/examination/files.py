"""Checks of the files alone, with the place of each fault: without network, register and secrets.

For those who keep configuration and rules under version control and look at a change before it is in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from service import config as configuration
from service import rulescheck
from service.config import Part
from service.examination.rules import invented_people
from service.yamlfile import Fault, YamlFault


@dataclass(frozen=True, slots=True)
class Folder:
    """A mailbox's rules folder, and how much it holds; nothing where it cannot be used."""

    mailbox: str
    rules: Path
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Files:
    """What is wrong in a configuration file and in every rules folder that it names, each thing once."""

    folders: tuple[Folder, ...]
    faults: tuple[Fault, ...]


def examine(file: Path) -> Files:
    """Everything that can be said of the files, wherever they are to be used."""
    found: list[Fault] = []
    try:
        config = configuration.examine(file, elsewhere=True)
    except YamlFault as fault:
        found += fault.faults
        _, parts = configuration.salvaged(file)
    else:
        found += (*config.faults, *config.warnings)
        parts = config.parts
    own = [part.address for part in parts if part.address]
    folders = []
    for part in parts:
        if part.rules.is_dir():
            folder, faults = _folder(part, own)
            folders.append(folder)
            found += faults
    return Files(tuple(folders), tuple(dict.fromkeys(found)))


def _folder(part: Part, own: list[str]) -> tuple[Folder, list[Fault]]:
    book, faults = rulescheck.checked(part.rules, own, part.address)
    if book is None:
        return Folder(part.name, part.rules, {}), list(faults)
    people = invented_people(part, book)
    more = [*rulescheck.misrouted(part.rules, book), *([people] if people else [])]
    return Folder(part.name, part.rules, rulescheck.counts_of(book)), [*faults, *more]
