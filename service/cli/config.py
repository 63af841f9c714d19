"""`synpunkten config`: are the files right that a service is to run by?"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from service.cli.errors import FAILED, UNUSABLE
from service.cli.findings import Form, FormOption, is_right, nearby, print_found
from service.cli.options import DEFAULT_CONFIG, ConfigFile
from service.core.speech.english import counted
from service.examination.files import Folder, examine
from service.yamlfile import is_mapping

app = typer.Typer(
    help="Check the configuration with all its rules folders, without network or database.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def group() -> None:
    """Keep `check` a command of its own, though there is no other yet."""


@app.command()
def check(
    config: ConfigFile = DEFAULT_CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    form: FormOption = Form.TEXT,
) -> None:
    """Say everything that is wrong in the configuration, its rules folders, their templates and examples.

    Nothing but files is looked at: for an editor, a pipeline, or a look before a reload. A secret that is missing on
    this machine is a warning; `doctor` looks at servers and register too.
    Status 1: there are faults. Status 2: the file is missing or no configuration at all.

    Example: synpunkten config check --config synpunkten.yaml --format github
    """
    found = examine(config)
    faults = [replace(fault, file=nearby(fault.file)) for fault in found.faults]
    about = {"config": str(config), "mailboxes": [_object(folder) for folder in found.folders]}
    right = "\n".join([f"{config}: right", *map(_line, found.folders)])
    print_found(Form.JSON if as_json else form, faults, about, right)
    if not is_right(faults):
        raise typer.Exit(FAILED if is_mapping(config) else UNUSABLE)


def _object(folder: Folder) -> dict[str, object]:
    return {"name": folder.mailbox, "rules": nearby(str(folder.rules)), "counts": folder.counts}


def _line(folder: Folder) -> str:
    counts = ", ".join(counted(count, what) for what, count in folder.counts.items())
    return f"{nearby(str(folder.rules))}: {counts}: right"
