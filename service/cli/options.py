"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.resources import CONFIG_FILE, CONFIG_VARIABLE

DEFAULT_CONFIG = Path(CONFIG_FILE)
ConfigFile = Annotated[
    Path, typer.Option("--config", metavar="FILE", envvar=CONFIG_VARIABLE, help="the configuration file")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, and nothing else there")]


def write(text: str) -> None:
    """A line on standard output, in UTF-8 whatever the terminal."""
    typer.get_binary_stream("stdout").write(text.encode("utf-8", "replace") + b"\n")
