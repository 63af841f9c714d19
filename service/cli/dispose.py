"""`synpunkten dispose`: disposal (gallring) by the municipality's rules, with its protocol."""

from __future__ import annotations

import contextlib
import getpass
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from service import config as configuration
from service import daemon
from service.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, write
from service.cli.register import cell, console, opened, table
from service.desk import disposal
from service.desk.database import Database
from service.desk.disposal import Due, Office
from service.rulescheck import checked

_COLUMNS = ("name", "sort", "what", "rule", "since", "disposed", "by")


def dispose(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only list what would be disposed of")] = False,
    as_json: AsJson = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Dispose of what the rules name (`disposal` in municipality.yaml), and print the protocol.

    Words, people and mails are gone for good; number, class and dates stay, in the list and in the journal. An open
    case and one that is held (`case hold`) are never disposed of. Broken off, it goes on when it is called again.
    Mails leave the mailbox in the daemon's next rounds. Backups are out of its reach.

    Example: synpunkten dispose --dry-run
    """
    with opened(config):  # a register of this version is there
        pass
    entries: list[dict[str, Any]] = []
    kept: list[dict[str, str]] = []
    with contextlib.closing(Database(configuration.database_of(config))) as database:
        for office in _offices(config, database):
            due = disposal.due(office)
            kept += [{"name": number, "why": why} for number, why in disposal.held(office)]
            entries += [_entry(office, one) for one in (due if dry_run else _gone(office, due))]
        if entries and not dry_run:
            database.forget_freed()
    if as_json:
        told = {"dry_run": dry_run, "disposed": entries, "held": kept}
        write(json.dumps(told, ensure_ascii=False, indent=1))
        return
    _print(entries, kept, dry_run=dry_run)


def hold(config: Path, number: str, why: str) -> bool:
    """Nothing of the case is disposed of, or with an empty `why` the rules decide again. False: no such case."""
    with contextlib.closing(Database(configuration.database_of(config))) as database:
        for office in _offices(config, database):
            if disposal.hold(office, number, why):
                return True
    return False


def _offices(config: Path, database: Database) -> Iterator[Office]:
    """One for each mailbox, by its rules as they are now."""
    for part in configuration.examine(config).parts:
        book, faults = checked(part.rules)
        if book is None:
            raise typer.TyperException(f"{faults[0] if faults else part.rules}; nothing is disposed of by faulty rules")
        yield Office(database, part.name, book, daemon.utc_now(), getpass.getuser())


def _gone(office: Office, due: list[Due]) -> Iterator[Due]:
    with Progress(console=console(), transient=True, disable=not console().is_terminal) as bar:
        for one in bar.track(due, description="disposing"):
            if disposal.dispose(office, one):
                yield one


def _entry(office: Office, one: Due) -> dict[str, Any]:
    local = office.book.calendar.local_date
    facts = {"name": one.name, "sort": one.sort, "what": one.what.value, "rule": one.rule}
    days = {"since": local(one.since).isoformat(), "disposed": local(office.now).isoformat()}
    return {**facts, **days, "by": office.by, "mailbox": office.mailbox}


def _print(entries: list[dict[str, Any]], kept: list[dict[str, str]], *, dry_run: bool) -> None:
    if entries:
        shown = table(*_COLUMNS)
        for entry in entries:
            shown.add_row(*(cell(entry[column]) for column in _COLUMNS))
        console().print(shown)
    for one in kept:
        typer.echo(f"held: {one['name']}: {one['why']}")
    typer.echo(f"{len(entries)} {'would be disposed of' if dry_run else 'disposed of'}")
