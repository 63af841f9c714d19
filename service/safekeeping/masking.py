"""A configuration file without the secrets that somebody has written into it, to be kept with a copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from service import yamlquick

_SECRETS = ("password", "database_password", "client_secret")
MASK = "VALUE-NOT-IN-THE-BACKUP"


def without_secrets(text: str) -> str | None:
    """The file's text with a mask in place of each secret; None where that cannot be made sure."""
    masked = _IN_ADDRESS.sub(rf"\g<1>{MASK}@", text)
    for name, value in _written(_plain(text)):
        masked = re.sub(rf"({name}[\"']?\s*:\s*)([\"']?){re.escape(value)}\2", rf"\g<1>{MASK}", masked)
    after = _plain(masked)
    return masked if after is not None and all(value == MASK for _, value in _written(after)) else None


_IN_ADDRESS = re.compile(r"(://[^\s:/@\"']+:)[^\s@\"']+@")


def _plain(text: str) -> Any:
    found = yamlquick.read(text)
    return found.plain if found else None


def _written(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every secret that stands in the file itself, by the name of its key."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _written(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _written(inner, key)
    elif key in _SECRETS and value is not None:
        yield key, str(value)
