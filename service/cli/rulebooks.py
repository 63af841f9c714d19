"""Rules folders that are named on the command line."""

from __future__ import annotations

from pathlib import Path

import typer

from service.core.rules.rulebook import RuleBook
from service.rulesfolder import check


def there(folder: Path) -> None:
    """Say so, and end with 1, where there is no such folder."""
    if not folder.is_dir():
        typer.echo(f"synpunkten: {folder}: no such folder", err=True)
        raise typer.Exit(1)


def book_in(folder: Path) -> RuleBook:
    """The folder's rulebook; where it has faults they are said on standard error and the command ends with 1."""
    there(folder)
    book, faults = check(folder)
    if book is None:
        for fault in (fault for fault in faults if not fault.warning):
            typer.echo(str(fault), err=True)
        raise typer.Exit(1)
    return book
