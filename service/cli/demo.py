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
from service.core.published import entry_of
from service.demo import screen, story
from service.demo.stage import CONFIG, DATABASE, MAILS, Stage, stage
from service.giving.publishing import site
from service.giving.publishing.folder import Folder
from service.giving.publishing.pages import address_of
from service.resources import shipped

WEB = "webb"
"""The folder with the public pages, beside the mails."""


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
    console = screen.console()
    shown = screen.Screen(console, pace=console.is_terminal)
    with stage(folder, municipality, story.BEGINS, shown.show) as playing:
        shown.title(playing.book, playing.names | {citizen.email: citizen.name for citizen in story.CITIZENS})
        story.tell(playing)
        cases = playing.register()
        shown.register(cases)
        web = _on_the_web(playing, folder / WEB)
    shown.further([*web, *(_kept(folder, cases[0].number) if kept else _not_kept(municipality))])


def _on_the_web(playing: Stage, out: Path) -> list[str]:
    """The public pages are written, and a line for each says which case is on them."""
    with Folder(out) as pages:
        site.publish(playing.register(), playing.book, pages, now=playing.now, secret=b"")
    entries = [entry for case in playing.register() if (entry := entry_of(case, playing.book))]
    return [f"På webben: ”{one.title}” med svaret, utan namn ({WEB}/{address_of(one.case_id)})" for one in entries]


def _kept(folder: Path, number: str) -> list[str]:
    config = shlex.quote(str(folder / CONFIG))
    return [
        f"Alla mejl, i ordning: {folder / MAILS} (öppna dem i ett mejlprogram)",
        f"Ett ärende med allt som hänt: {_program()} case show {number} --config {config}",
        f"Webbsidorna: öppna {folder / WEB / 'index.html'} i en webbläsare",
        f"Registret: {_program()} case list --config {config} (databasen är {folder / DATABASE})",
    ]


def _not_kept(municipality: str) -> list[str]:
    others = ", ".join(name for name in _municipalities() if name != municipality)
    return [
        f"Spara mejlen och registret: {_program()} demo --keep MAPP",
        f"Se samma händelser med en annan rutin ({others}):",
        f"  {_program()} demo --municipality NAMN",
        f"Börja med er egen kommun: {_program()} init MAPP --municipality NAMN",
    ]


def _program() -> str:
    """How this program was called, where the shell would not find it by its name."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "synpunkten" and not shutil.which("synpunkten") else "synpunkten"
