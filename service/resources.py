"""Where the files that ship with the program are: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent

CONFIG_FILE = "synpunkten.yaml"
CONFIG_VARIABLE = "SYNPUNKTEN_CONFIG"
"""Where the configuration is looked for, and the variable that says another place (contract section 2)."""


def shipped(name: str) -> Path:
    """The folder `templates` or `rules` that ships with the program."""
    inside = _PACKAGE / "shipped" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def municipalities() -> list[str]:
    """The short names of those whose rules ship with the program."""
    return sorted(folder.name for folder in shipped("rules").iterdir() if folder.is_dir())
