"""Options that several commands share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from service.config import DEFAULT_FILE, FILE_VARIABLE

DEFAULT_CONFIG = Path(DEFAULT_FILE)
ConfigFile = Annotated[
    Path, typer.Option("--config", metavar="FILE", envvar=FILE_VARIABLE, help="the configuration file")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, and nothing else there")]


def print_json(value: Any) -> None:
    """One JSON value on standard output, in UTF-8 whatever the terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    typer.get_binary_stream("stdout").write(text.encode("utf-8", "replace") + b"\n")
