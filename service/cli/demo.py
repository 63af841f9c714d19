"""`synpunkten demo`: the service at work in a municipality, told as a timeline."""

from __future__ import annotations

import contextlib
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from service import logs
from service.config import LogFormat
from service.core.rules.choices import Anonymous
from service.demo import screen
from service.demo.results import REPORT, WEB, results
from service.demo.scenes import Playing
from service.demo.scripts import SCRIPTS
from service.demo.stage import CONFIG, DATABASE, MAILS, stage
from service.resources import shipped


def _municipalities() -> list[str]:
    return sorted(folder.name for folder in shipped("rules").iterdir() if folder.is_dir())


def _known(name: str) -> str:
    if name not in _municipalities():
        raise typer.BadParameter(f'"{name}" is none of {", ".join(_municipalities())}')
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
    console = screen.console()
    shown = screen.Screen(console, pace=console.is_terminal)
    script = SCRIPTS[municipality]
    with stage(folder, municipality, script.begins, shown.show) as playing:
        shown.title(playing.book, playing.names | script.citizens)
        Playing(playing).play(script)
        cases = playing.register()
        shown.register(cases)
        given = results(playing, script.period)
        binder = playing.book.municipality.anonymous is Anonymous.BINDER
    shown.further([given.report, *given.published])
    shown.further(_kept(folder, cases[0].number, binder=binder) if kept else _not_kept(municipality))


def _kept(folder: Path, number: str, *, binder: bool) -> list[str]:
    config = shlex.quote(str(folder / CONFIG))
    leaves = [f"Pärmen med det anonyma: {_program()} binder list --config {config}"] if binder else []
    return [
        f"Alla mejl, i ordning: {folder / MAILS} (öppna dem i ett mejlprogram)",
        f"Ett ärende med allt som hänt: {_program()} case show {number} --config {config}",
        f"Rapporten och webbsidorna: öppna {folder / REPORT} och {folder / WEB / 'index.html'} i en webbläsare",
        f"Registret: {_program()} case list --config {config} (databasen är {folder / DATABASE})",
        *leaves,
    ]


def _not_kept(municipality: str) -> list[str]:
    others = ", ".join(name for name in _municipalities() if name != municipality)
    return [
        f"Spara mejlen, registret, rapporten och webbsidorna: {_program()} demo --keep MAPP",
        f"Se en annan kommuns rutin ({others}):",
        f"  {_program()} demo --municipality NAMN",
        f"Börja med er egen kommun: {_program()} init MAPP --municipality NAMN",
    ]


def _program() -> str:
    """How this program was called, where the shell would not find it by its name."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "synpunkten" and not shutil.which("synpunkten") else "synpunkten"
