"""The demo as one sees it: the story, the register at the end, and what to look at or try next."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from service.core.rules.choices import Anonymous
from service.demo import screen
from service.demo.results import REPORT, WEB, results
from service.demo.scenes import Playing
from service.demo.scripts import SCRIPTS
from service.demo.stage import CONFIG, DATABASE, MAILS, stage
from service.resources import municipalities


def show(folder: Path, municipality: str, *, kept: bool) -> None:
    """Play a municipality's story in the folder, at a pace to be read where a person watches. `kept`: it stays."""
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
    others = ", ".join(name for name in municipalities() if name != municipality)
    return [
        f"Spara mejlen, registret, rapporten och webbsidorna: {_program()} demo --keep MAPP",
        f"Se en annan kommuns rutin ({others}):",
        f"  {_program()} demo --municipality NAMN",
        f"Börja med er egen kommun: {_program()} setup MAPP",
    ]


def _program() -> str:
    """How this program was called, where the shell would not find it by its name."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "synpunkten" and not shutil.which("synpunkten") else "synpunkten"
