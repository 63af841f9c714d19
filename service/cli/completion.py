"""`synpunkten completion`: the script by which a shell completes commands, options, their values and files."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from typer._completion_shared import get_completion_script

from service.cli.options import write


class Shell(StrEnum):
    """The shells that are known."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish")]) -> None:
    """Print the script by which a shell completes commands, options and files.

    For bash it goes to /etc/bash_completion.d/synpunkten, for zsh into a folder of $fpath as _synpunkten, for fish to
    ~/.config/fish/completions/synpunkten.fish.

    Example: synpunkten completion bash > /etc/bash_completion.d/synpunkten
    """
    write(get_completion_script(prog_name="synpunkten", complete_var="_SYNPUNKTEN_COMPLETE", shell=shell.value).strip())
