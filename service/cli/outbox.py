"""`synpunkten outbox`: the letters that have not left, why, and letting them go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from service import config as configuration
from service import daemon
from service.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from service.cli.register import cell, console, minute, opened, print_array, table
from service.core.speech.english import counted
from service.desk.database import Database
from service.desk.post import heldback

app = typer.Typer(
    help="List the letters that wait or were refused, and let them go.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@app.command("list")
def list_stuck(
    as_json: AsJson = False,
    every: Annotated[
        bool,
        typer.Option("--all", help="also those that have left, only wait or were withheld"),
    ] = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """List the letters that are held back, uncertain or refused, or wait after a failed try, the oldest first.

    Example: synpunkten outbox list
    """
    with opened(config) as s:
        found, withheld = heldback.listed(s, every=every), heldback.withheld(s)
    if as_json:
        print_array(found)
    elif not found:
        typer.echo("no letters are stuck")
    else:
        shown = table("id", "written", "state", "kind", "to", "case", "reason")
        for entry in found:
            values = (entry["id"], minute(entry["at"]), *(entry[key] for key in _COLUMNS), _reason(entry))
            shown.add_row(*map(cell, values))
        console().print(shown)
    if withheld and not as_json and not every:
        typer.echo(f"withheld (mode: shadow), never to leave: {counted(withheld, 'letters')}; --all lists them too")


_COLUMNS = ("state", "kind", "to", "case")


def _reason(entry: dict[str, object]) -> object:
    return entry["reason"] or entry["last_error"]


@app.command()
def retry(
    number: Annotated[int | None, typer.Argument(metavar="[ID]", help="as `outbox list` shows it")] = None,
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="every letter that is held, uncertain or waits, but none that may have left before a restore"
        ),
    ] = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Let a letter go at once, or with --all every one that is stuck. They leave with the daemon's next delivery.

    A refused letter leaves again only when it is named.

    Example: synpunkten outbox retry 12
    """
    let_go = _done(heldback.retry, number, config, every=every)
    typer.echo(f"{_letters(let_go)} will leave with the next delivery")


@app.command()
def settle(
    number: Annotated[int | None, typer.Argument(metavar="[ID]", help="as `outbox list` shows it")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="every letter that may have left before the register was put back")
    ] = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Note that an uncertain letter had left: a person has found out, and it is not sent again.

    Example: synpunkten outbox settle --all
    """
    settled = _done(heldback.settle, number, config, every=every)
    typer.echo(f"{_letters(settled)} noted as sent")


def _letters(found: list[int]) -> str:
    return f"{len(found)} letter{'' if len(found) == 1 else 's'}"


def _done(
    work: Callable[[Connection, int | None, datetime], list[int]], number: int | None, config: Path, *, every: bool
) -> list[int]:
    """What a person decides about one letter, or about all of them."""
    if (number is None) is not every:
        raise typer.BadParameter("name one letter, or give --all")
    database = Database(configuration.database_of(config))
    try:
        with opened(config):  # says what to do where the register is missing or of another version
            pass
        with database.transaction() as s:
            return work(s, number, daemon.utc_now())
    except heldback.NotThere:
        raise typer.TyperException(
            f"no letter {number} waits in the outbox; `synpunkten outbox list` shows them"
        ) from None
    finally:
        database.close()
