"""Colours on a terminal, and none where nobody looks or wants them (NO_COLOR, https://no-color.org)."""

from __future__ import annotations

import os
import sys

import typer

from service.examination import Check, Status

_OF_STATUS = {Status.OK: typer.colors.GREEN, Status.WARNING: typer.colors.YELLOW, Status.FAILED: typer.colors.RED}


def are_wanted() -> bool:
    """Whether standard output is a terminal that shows colours, and nobody has said that they shall be left out."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def line_of(check: Check) -> str:
    """A check in one line, its status in front, in colour where that is wanted."""
    status = f"{check.status:8}"
    if are_wanted():
        status = typer.style(status, fg=_OF_STATUS[check.status], bold=check.status is Status.FAILED)
    return f"{status}{check.name}: {check.text}"
