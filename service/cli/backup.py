"""`synpunkten backup`: a consistent copy of register, keys and rules, while the daemon works."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from service import config as configuration
from service.cli.errors import FAILED
from service.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, write
from service.core.speech.english import counted, verb
from service.desk.database import exists, shown
from service.safekeeping import making
from service.safekeeping.making import Made


def backup(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="the file to write, or a folder for dated ones"),
    ],
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, metavar="N", help="in a folder: keep the newest N, delete older ones")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="take the place of a file that is there")] = False,
    as_json: AsJson = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Write a copy of the register, with its keys, the rules and the configuration, into one file.

    The daemon may be at work: the copy is of one instant. The file appears when it is whole, readable for its owner
    alone. Passwords are not in it. PostgreSQL is copied by pg_dump, of the server's version or later.

    Example: synpunkten backup /var/backups/synpunkten --keep 14
    """
    if str(file) == "-":
        raise typer.BadParameter("a backup is written whole into a file, and `-` is none; name one, or a folder")
    url, rules = configuration.places(config)
    if not exists(url):
        raise typer.TyperException(f"there is no register at {shown(url)} yet; `synpunkten run` makes it")
    now = datetime.now(UTC)
    is_folder = file.is_dir()
    if keep and not is_folder:
        raise typer.BadParameter(f"--keep is for a folder, and {file} is none")
    target = making.dated(file, now) if is_folder else file
    if target.exists() and not replace:
        raise typer.TyperException(f"{target} is there already; name another file, or give --replace")
    with _ended_in_good_order():
        made = making.make(url, config, rules, target, now)
        dropped = making.keep_newest(file, keep, now) if keep else 0
    write(_as_json(made, dropped) if as_json else _told(made, dropped))


@contextlib.contextmanager
def _ended_in_good_order() -> Iterator[None]:
    """Whoever is told to end takes away what is half made."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(FAILED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _told(made: Made, dropped: int) -> str:
    held = made.contents
    counts = {"cases": held.cases, "mails": held.mails, "letters": held.letters, "lines": held.lines}
    what = ", ".join(counted(count, name) for name, count in counts.items())
    older = f"; {dropped} older {verb(dropped, 'one', 'ones')} deleted" if dropped else ""
    return f"{made.file}: {what} of the journal, {_megabytes(made.size)}{older}"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def _as_json(made: Made, dropped: int) -> str:
    held = asdict(made.contents) | {"latest": made.contents.latest.isoformat() if made.contents.latest else None}
    told = {"file": str(made.file), "size": made.size, "at": made.at.isoformat(), "contents": held, "deleted": dropped}
    return json.dumps(told, ensure_ascii=False, indent=1)
