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
from service.resources import shipped


def _municipalities() -> list[str]:
    return sorted(folder.name for folder in shipped("rules").iterdir() if folder.is_dir())


def _known(name: str) -> str:
    if name not in _municipalities():
        raise typer.BadParameter(f'"{name}" is none of {", ".join(_municipalities())}')
    return name


def demo(
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="leave every mail and the register in this new folder")
    ] = None,
    municipality: Annotated[
        str, typer.Option(callback=_known, metavar="NAME", help="whose rules and people to play with")
    ] = "ekvik",
) -> None:
    """Show the service at work: mails come in, letters go out, a deadline is missed, and the register at the end.

    Mail servers run inside the process, on ports of this machine; nothing leaves it. Takes about a minute to watch.

    Example: synpunkten demo --keep demo --municipality hjo
    """
    logs.set_up(LogFormat.CONSOLE, "error")
    with _folder(keep) as folder:
        _play(folder, municipality, kept=keep is not None)


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


def _play(folder: Path, municipality: str, *, kept: bool) -> None:
    from service.demo import screen, story
    from service.demo.stage import CONFIG, DATABASE, MAILS, stage

    console = screen.console()
    shown = screen.Screen(console, {p.email: p.name for p in story.CITIZENS}, pace=console.is_terminal)
    with stage(folder, municipality, story.BEGINS, shown.show) as playing:
        shown.title(playing.book)
        story.tell(playing)
        cases = playing.register()
        shown.register(playing.book, cases)
    if kept:
        number, config = cases[0].number, folder / CONFIG
        shown.further(
            [
                f"Alla mejl, i ordning: {folder / MAILS} (öppna dem i ett mejlprogram)",
                f"Ett ärende med allt som hänt: synpunkten case show {number} --config {config}",
                f"Registret: synpunkten case list --config {config} (databasen är {folder / DATABASE})",
            ]
        )
    else:
        others = ", ".join(name for name in _municipalities() if name != municipality)
        shown.further(
            [
                "Spara mejlen och registret och se efter själv: synpunkten demo --keep MAPP",
                f"Samma händelser i en annan kommuns rutin: synpunkten demo --municipality NAMN ({others})",
                "Börja med er egen kommun: synpunkten init MAPP --municipality NAMN",
            ]
        )
