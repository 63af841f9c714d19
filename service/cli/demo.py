"""`synpunkten demo`: the service at work in a municipality, told as a timeline."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from service import logs
from service.config import LogFormat
from service.resources import municipalities


def _known(name: str) -> str:
    if name not in municipalities():
        raise typer.BadParameter(f'"{name}" is none of {", ".join(municipalities())}')
    return name


def demo(
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep",
            metavar="DIR",
            help="leave every mail, the register, the report and the public pages in this new folder",
        ),
    ] = None,
    municipality: Annotated[
        str, typer.Option(callback=_known, metavar="NAME", help="whose rules and people to play with")
    ] = "ekvik",
) -> None:
    """Show the service at work: mails come in, letters go out, and at the end the register, a report and public pages.

    Each municipality's demo shows its own routine.

    Mail servers run inside the process, on ports of this machine; nothing leaves it. Takes about a minute to watch.

    Example: synpunkten demo --keep demo --municipality hjo
    """
    from service.demo import showing  # noqa: PLC0415 - its mail servers are in the extra `demo`, this text is not

    logs.set_up(LogFormat.CONSOLE, "error")
    with _folder(keep) as folder:
        showing.show(folder, municipality, kept=keep is not None)


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="synpunkten-") as folder:
            yield Path(folder)
        return
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise typer.BadParameter(f"{keep} exists and is not empty; name a new folder after --keep")
    keep.mkdir(parents=True, exist_ok=True)
    yield keep
