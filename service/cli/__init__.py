"""The command line: `synpunkten COMMAND`."""

from __future__ import annotations

import typer

from service.cli.inspect import inspect

main = typer.Typer(
    name="synpunkten",
    help="Takes care of a municipality's feedback mailbox.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@main.callback()
def synpunkten() -> None:
    """Take care of a municipality's feedback mailbox."""


main.command()(inspect)
