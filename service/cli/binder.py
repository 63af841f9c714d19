"""`synpunkten binder`: anonymous feedback that is kept in order and not registered."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from service.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, write
from service.cli.register import RawFile, cell, console, day, facts, indented, opened, print_array, table
from service.desk import binder

app = typer.Typer(
    help="List, show and register anonymous feedback that is not registered.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

_COLUMNS = ("id", "received_at", "department", "unit", "title")


@app.command("list")
def list_leaves(
    as_json: AsJson = False,
    department: Annotated[
        str | None,
        typer.Option("--department", metavar="ID", help='whose binder, by its id in people.yaml; "" for the rest'),
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """List the leaves of the binder, in order of arrival.

    Example: synpunkten binder list --department teknik
    """
    with opened(config) as s:
        found = binder.listed(s, department)
        if as_json:
            print_array(found)
            return
        leaves = list(found)
    if not leaves:
        typer.echo("no leaves in the binder")
        return
    shown = table(*(column.removesuffix("_at") for column in _COLUMNS))
    for leaf in leaves:
        shown.add_row(*(cell(day(leaf[key]) if key == "received_at" else leaf[key]) for key in _COLUMNS))
    console().print(shown)


@app.command()
def show(
    number: Annotated[int, typer.Argument(metavar="ID", help="as `binder list` shows it")],
    as_json: AsJson = False,
    raw: RawFile = None,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Show one leaf: what it says, and who has had it for information.

    Example: synpunkten binder show 12 --raw 12.eml
    """
    with opened(config) as s:
        leaf = binder.shown(s, number)
        kept = binder.original(s, number) if leaf and raw else None
    if leaf is None:
        raise _unknown(number)
    if raw and kept is not None:
        raw.write_bytes(kept)
    if as_json:
        write(json.dumps(leaf, ensure_ascii=False, indent=1))
        return
    console().print(facts(leaf | {"told": ", ".join(leaf["told"])}, without={"text"}))
    console().print("\ntext")
    console().print(indented(leaf["text"] or ""))


@app.command()
def register(
    number: Annotated[int, typer.Argument(metavar="ID", help="as `binder list` shows it")],
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Make a case of a leaf: it counts from the day when it came in, and its mail lies in the case from now on.

    The letters leave with the daemon's next delivery. By mail the registrar does the same with an answer to the leaf's
    letter.

    Example: synpunkten binder register 12
    """
    # with the rules and the mail servers' parts comes half a second, which no list waits for
    from service import daemon  # noqa: PLC0415
    from service.cli.desks import desk_of  # noqa: PLC0415
    from service.desk import registering  # noqa: PLC0415

    with opened(config) as s:
        leaf = binder.shown(s, number)
    if leaf is None:
        raise _unknown(number)
    with desk_of(leaf["mailbox"], config) as desk:
        try:
            case = registering.register_leaf(desk, number, daemon.utc_now())
        except registering.NotKept as known:
            why = f"is case {known.number} already" if known.number else "has been disposed of"
            raise typer.TyperException(f"leaf {number} {why}") from None
    typer.echo(f"registered: case {case}")


def _unknown(number: int) -> typer.TyperException:
    return typer.TyperException(f"there is no leaf {number} in the binder; `synpunkten binder list` shows them")
