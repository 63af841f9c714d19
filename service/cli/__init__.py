"""The command line: `synpunkten COMMAND` (contract section 2).

Exit status: 0 done, 1 what was checked has faults or the job failed, 2 wrong usage or unusable configuration.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperGroup

_COMMANDS = {
    "demo": ("service.cli.demo:demo", "Show the service at work on embedded mail servers."),
    "setup": ("service.cli.setup:setup", "Ask what is needed, find the servers, and set up a mailbox."),
    "init": ("service.cli.init:init", "Write a configuration and a municipality's rules to start from."),
    "doctor": ("service.cli.doctor:doctor", "Check configuration, rules, database, mail servers and clock."),
    "config": ("service.cli.config:app", "Check the configuration with all its rules folders, without network."),
    "run": ("service.cli.run:run", "Run the daemon, or one pass with --once."),
    "case": ("service.cli.case:app", "List, show, search, export and hold cases."),
    "backup": ("service.cli.backup:backup", "Write a copy of register, keys and rules, while the daemon works."),
    "restore": ("service.cli.restore:restore", "Look at a backup beside the mailbox, or put it back."),
    "dispose": ("service.cli.dispose:dispose", "Dispose of what the rules name (gallring), with a protocol."),
    "binder": ("service.cli.binder:app", "List and show anonymous feedback that is not registered."),
    "publish": ("service.cli.publish:publish", "Write the public pages, the open data and the public register."),
    "rehearse": ("service.cli.rehearse:rehearse", "Show what would have become of the mails in the real mailbox."),
    "report": ("service.cli.report:report", "Write the statistics of a period: page, workbook, list or JSON."),
    "person": ("service.cli.person:app", "Export what the register holds about a person."),
    "quarantine": ("service.cli.quarantine:app", "List, show, release and drop mails that were held back."),
    "outbox": ("service.cli.outbox:app", "List the letters that have not left, and let them go."),
    "inspect": ("service.cli.inspect:inspect", "Show how mails are understood."),
    "rules": ("service.cli.rules:app", "Check, explain and test a municipality's rules."),
    "completion": ("service.cli.completion:completion", "Print the script by which a shell completes commands."),
    "letters": ("service.cli.letters:letters", "Show every mail of a rules folder on one page."),
    "archive": ("service.cli.archive:app", "Write and read packages for the municipality's e-archive."),
}
"""Each command, where it is (a function or an app), and its line in the overview."""
_STANDARD_ERROR = 2  # its descriptor
_BROKEN_OFF = 130  # by Ctrl-C, as shells count
_WRONG_USAGE = 2
_COMPLETE = "_SYNPUNKTEN_COMPLETE"


# An argument's own name says what it is; `<list[str]>` beside it says nothing to those who read the help.
TyperArgument.display_type_rich = lambda _self, ctx: None  # type: ignore[method-assign,assignment]  # noqa: ARG005


class Commands(TyperGroup):
    """Imports a command's module when it is called: no command waits for what only another one needs."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = dict.fromkeys(_COMMANDS)  # type: ignore[assignment]  # names now, the rest in `get_command`

    def get_command(self, _ctx: Any, name: str) -> Any:
        """The command; None for an unknown name."""
        if name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[name][0].partition(":")
        found = getattr(import_module(module), attribute)
        if not isinstance(found, typer.Typer):
            app_of_one = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
            app_of_one.command(name)(found)
            found = app_of_one
        return typer.main.get_command(found)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """The commands that begin so, without importing them; options as everywhere."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        item = import_module("typer._click.shell_completion").CompletionItem
        return [item(name, help=text) for name, (_, text) in _COMMANDS.items() if name.startswith(incomplete)]

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """The overview, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def main(self, args: Any = None, **extra: Any) -> Any:  # type: ignore[override]  # all further ones pass through
        """Run a command. Whatever goes wrong is said in a line each on standard error, and in the exit status."""
        if _COMPLETE in os.environ:  # a shell asks, by the script of `synpunkten completion`
            import_module("typer._completion_classes").completion_init()
        given = list(sys.argv[1:] if args is None else args)
        args = [arg for arg in given if arg != "--debug"]  # wherever it stands
        try:
            status = super().main(args, **extra | {"standalone_mode": False})
            if status == _BROKEN_OFF:
                typer.echo("synpunkten: broken off", err=True)
        except Exception as error:  # noqa: BLE001 - the one place that turns errors into lines
            if "--debug" in given:
                traceback.print_exception(error)
            status, lines = _said(error)
            for line in lines:
                typer.echo(line, err=True)
        sys.exit(status if isinstance(status, int) else 0)


def _said(error: Exception) -> tuple[int, list[str]]:
    """Exit status and lines for an error."""
    if not isinstance(error, typer.TyperException):
        status, lines = import_module("service.cli.errors").explained(error)
        return status, lines
    message = error.format_message()
    if message.startswith("Usage:"):  # a group without a command answers with its help
        return _WRONG_USAGE, [message]
    line = f"synpunkten: {' '.join(message.split()).replace('Value error, ', '')}"
    context = getattr(error, "ctx", None)
    return error.exit_code, [f"{line} (see `{context.command_path} --help`)" if context else line]


app = typer.Typer(
    name="synpunkten",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from importlib import metadata  # noqa: PLC0415 - half of the command line's own start

        typer.echo(f"synpunkten {metadata.version('synpunkten')}")
        raise typer.Exit


@app.callback()
def synpunkten(
    debug: Annotated[bool, typer.Option("--debug", help="show the traceback of an error")] = False,  # `main` sees to it
    version: Annotated[
        bool, typer.Option("--version", help="print the version", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Take care of a municipality's feedback mailbox.

    Example: synpunkten init . --municipality ekvik
    """


def main() -> None:
    """The console entry point. What the terminal cannot show (a citizen's emoji) costs one letter, not the list."""
    _open_what_is_closed()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    app(prog_name="synpunkten")


def _open_what_is_closed() -> None:
    """Where a standard stream is closed (`2>&-`) the next file opened, the register's, would be taken for it."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        pass
    os.close(number)
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
