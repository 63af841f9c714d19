"""`synpunkten quarantine`: the mails that were held back, and a person's decision about each."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from service import daemon
from service.cli.desks import desk_of
from service.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, write
from service.cli.register import RawFile, cell, console, facts, minute, opened, print_array, table
from service.core.mail import Unreadable
from service.desk import quarantine
from service.desk.desk import Desk
from service.desk.post import release

app = typer.Typer(
    help="List, show, release and drop mails in quarantine.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Number = Annotated[int, typer.Argument(metavar="ID", help="as `quarantine list` shows it")]


@app.command("list")
def list_held(
    as_json: AsJson = False,
    every: Annotated[bool, typer.Option("--all", help="also those that were released or dropped")] = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """List the mails that are held, the oldest first.

    Example: synpunkten quarantine list
    """
    with opened(config) as s:
        found = quarantine.listed(s, every=every)
    if as_json:
        print_array(found)
    elif not found:
        typer.echo("no mails in quarantine")
    else:
        shown = table("id", "received", "state", "from", "case", "reason")
        for entry in found:
            values = (minute(entry[key]) if key == "received_at" else entry[key] for key in _COLUMNS)
            shown.add_row(*map(cell, values))
        console().print(shown)


_COLUMNS = ("id", "received_at", "state", "from", "case", "reason")


@app.command()
def show(
    number: Number,
    as_json: AsJson = False,
    raw: RawFile = None,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Show why a mail is held and what became of it; with --raw also the mail itself.

    Example: synpunkten quarantine show 12 --raw 12.eml
    """
    with opened(config) as s:
        entry = quarantine.shown(s, number)
        kept = quarantine.original(s, number) if entry and raw else None
    if entry is None:
        raise _unknown(number)
    if raw and kept:
        raw.write_bytes(kept.raw)
    if as_json:
        write(json.dumps(entry, ensure_ascii=False, indent=1))
    else:
        console().print(facts(entry))


@app.command("release")
def release_mail(number: Number, config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Take a mail for a person's and read it again, with much time and memory.

    Its case is filled in, or it becomes one, with the time at which it came and a receipt. The letters leave with the
    daemon's next delivery; the mail stays in its folder of the mailbox.

    Example: synpunkten quarantine release 12
    """
    with _desk_of(number, config) as desk:
        try:
            case = release.release(desk, number, daemon.utc_now())
        except Unreadable as fault:
            raise typer.TyperException(f"the mail still cannot be read: {fault}; it stays in quarantine") from fault
        except release.NotHeld:
            raise _decided(number) from None
    typer.echo(f"released: {f'case {case}' if case else 'it concerns no case'}")


@app.command()
def drop(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="why it is no feedback; stands in the journal")],
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Note that a mail is to stay out, and why. The mail is kept.

    Example: synpunkten quarantine drop 12 --reason "reklam"
    """
    if not reason.strip():
        raise typer.BadParameter("--reason needs some words: the decision is kept with them")
    with _desk_of(number, config) as desk:
        try:
            release.drop(desk, number, reason.strip(), daemon.utc_now())
        except release.NotHeld:
            raise _decided(number) from None
    typer.echo("dropped; the mail is kept")


def _desk_of(number: int, config: Path) -> AbstractContextManager[Desk]:
    """The desk of the mailbox that the mail came to."""
    with opened(config) as s:
        entry = quarantine.shown(s, number)
    if entry is None:
        raise _unknown(number)
    return desk_of(entry["mailbox"], config)


def _unknown(number: int) -> typer.TyperException:
    return typer.TyperException(f"there is no mail {number} in quarantine; `synpunkten quarantine list` shows them")


def _decided(number: int) -> typer.TyperException:
    return typer.TyperException(f"mail {number} is no longer held; `synpunkten quarantine show {number}` tells more")
