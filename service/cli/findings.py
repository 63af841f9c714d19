"""What is wrong in files that people write, as it is printed: for people, for programs, for a pipeline on GitHub."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from service.cli.options import write
from service.yamlfile import Fault


class Form(StrEnum):
    """How findings are printed. GitHub's are workflow commands, which it shows beside the lines of a change."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


FormOption = Annotated[Form, typer.Option("--format", help="for people, programs, or as notes in a GitHub pipeline")]


def is_right(faults: Iterable[Fault]) -> bool:
    """Whether there is nothing that must be mended; warnings need not."""
    return all(fault.warning for fault in faults)


def print_found(form: Form, faults: Sequence[Fault], about: dict[str, Any], right: str) -> None:
    """Print findings, and `right` where nothing must be mended; as JSON one object, with what it is `about` first."""
    if form is Form.JSON:
        found = about | {"ok": is_right(faults), "faults": [_object(fault) for fault in faults]}
        write(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for fault in faults:
        write(_command(fault) if form is Form.GITHUB else str(fault))
    if is_right(faults):
        write(right)


def nearby(path: str) -> str:
    """The path from here where it leads to something below, as editors and pipelines want it; else as it is."""
    here, whole = Path.cwd(), Path(path)
    return str(whole.relative_to(here)) if whole.is_absolute() and whole.is_relative_to(here) else path


def _object(fault: Fault) -> dict[str, Any]:
    return {
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "severity": _severity(fault),
        "message": str(fault.message),
        "suggestion": str(fault.suggestion) or None,
    }


def _severity(fault: Fault) -> str:
    return "warning" if fault.warning else "error"


def _command(fault: Fault) -> str:
    """GitHub's form (docs.github.com, "Workflow commands for GitHub Actions")."""
    text = f"{fault.message}; {fault.suggestion}" if fault.suggestion else str(fault.message)
    place = f"file={_property(nearby(fault.file))},line={fault.line},col={fault.column}"
    return f"::{_severity(fault)} {place}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
