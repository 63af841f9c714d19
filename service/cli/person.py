"""`synpunkten person`: what the register holds about one person (GDPR article 15)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from service import config as configuration
from service.cli.options import DEFAULT_CONFIG, ConfigFile
from service.cli.progress import followed
from service.cli.register import opened
from service.core.people import addresses
from service.core.speech.english import counted
from service.giving import personfolder
from service.rulesfolder import load

app = typer.Typer(
    help="Export what the register holds about a person.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def _person() -> None:
    """Export what the register holds about a person."""


@app.command()
def export(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="the person's e-mail address")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="the folder to write; it is made")],
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Write everything about the person at an address: a first page in Swedish, each case, each mail of the person's.

    Broken off, it is taken up again by the same command. Look it through before it is handed over: who asks has to be
    that person, and secrecy may stand against a part of it.

    Example: synpunkten person export anna.ek@example.org --to utdrag
    """
    if not addresses.is_mailable(address):
        raise typer.TyperException(f'"{address}" is not an e-mail address')
    books = [load(part.rules) for part in configuration.examine(config).parts]
    today = f"{datetime.now(ZoneInfo('Europe/Stockholm')):%Y-%m-%d}"
    with opened(config) as s:
        steps = personfolder.write(s, address, books, to, today)
        found = list(followed(steps, personfolder.count(s, address), "cases"))
    secret = [each.number for each in found if each.secret]
    noted = [each.number for each in found if each.noted]
    typer.echo(f"{to / 'index.html'}: {counted(len(found), 'cases')}")
    if secret:
        typer.echo(f"secret, to be judged before anything is handed over: {', '.join(secret)}", err=True)
    if noted:
        typer.echo(f"with notes by colleagues, which may be about others: {', '.join(noted)}", err=True)
