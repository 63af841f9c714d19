"""Files that are given away: written whole or not at all, with a list of their checksums; pages filled by Jinja."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

CHECKSUMS = "SHA256SUMS"
"""The list that `sha256sum --check` reads."""


def put(file: Path, content: bytes) -> None:
    """Write the file whole, or leave what was there: a break leaves no half file under its name.

    Raises:
        OSError: the folder takes no files.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.part")
    unfinished.write_bytes(content)
    os.replace(unfinished, file)  # noqa: PTH105 - and not `rename`, which refuses on some systems


def as_json(value: Any) -> bytes:
    """A value as a readable JSON file."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def put_checksums(folder: Path) -> None:
    """List the checksums of everything in the folder and below it."""
    files = sorted(f for f in folder.rglob("*") if f.is_file() and f.name != CHECKSUMS and not f.name.startswith("."))
    lines = (f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(folder).as_posix()}\n" for f in files)
    put(folder / CHECKSUMS, "".join(lines).encode())


def page(template: str, **facts: Any) -> bytes:
    """A page of `pages/`, filled; what stands in the facts is text and never markup."""
    filled: str = _pages().get_template(template).render(**facts)
    return filled.encode("utf-8", "replace")


def pieces(template: str, **facts: Any) -> Iterator[bytes]:
    """The same, some thousand characters at a time: a page is never in memory whole, nor what its iterators give."""
    stream = _pages().get_template(template).stream(**facts)
    stream.enable_buffering(_EVENTS_A_PIECE)
    for piece in stream:
        yield piece.encode("utf-8", "replace")


_EVENTS_A_PIECE = 200


@lru_cache(maxsize=1)
def _pages() -> Environment:
    made = Environment(
        loader=PackageLoader("service.giving", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["moment"] = _moment
    return made


def _moment(at: str | None) -> str:
    """`2026-09-07 kl. 09.12` of a time in ISO 8601."""
    return f"{datetime.fromisoformat(at):%Y-%m-%d kl. %H.%M}" if at else ""
