"""`synpunkten setup`: from nothing to a mailbox that is served."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from service import config as configuration
from service import logs
from service.cli.colours import line_of
from service.cli.errors import FAILED
from service.cli.options import write
from service.config import LogFormat
from service.examination import Check, Status, access, checks, trial
from service.resources import CONFIG_FILE
from service.setup import goingon, ownservers, plan, units
from service.setup.answers import FromFile
from service.setup.interview import Asker, Interview, Stopped


class AtTerminal:
    """Answers of a person. Where no terminal is there they are read line by line from standard input."""

    is_patient = True

    def say(self, line: str) -> None:
        """Tell something."""
        write(line)

    def knows(self, _key: str) -> bool:
        """Nobody is asked twice."""
        return False

    def ask(self, key: str, question: str, default: str = "") -> str:
        """The answer to a question, or the default."""
        proposed = f"[{default}]" if key == ownservers.KEY else default
        with self._somebody_there(key, proposed):
            return str(typer.prompt(question, default=default, show_default=bool(default)))

    def hidden(self, key: str, question: str) -> str:
        """An answer that is shown to nobody."""
        with self._somebody_there(key, "{file: PATH}"):
            return str(typer.prompt(question, hide_input=True))

    @contextmanager
    def _somebody_there(self, key: str, proposed: str) -> Iterator[None]:
        try:
            yield
        except typer.Abort:
            if sys.stdin.isatty():
                raise
            write("")
            by_file = f"write `{key}: {proposed or '…'}` into a file and give it with --answers"
            how = "name the folder in the command" if key == "folder" else by_file
            raise Stopped(f"nobody is there to answer: {how}") from None


def setup(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="where to put it; asked for when it is left out")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="a YAML file that answers in your place")
    ] = None,
) -> None:
    """Ask what is needed, find the mail servers, write the installation, and try whether mail goes both ways.

    Configuration, rules and secrets are written when both servers have been logged in to, and nothing is overwritten.
    Run again, it goes on from what is there. The answers of a file: address, municipality, imap and smtp (as
    `mail.ekvik.se:993 tls`), ca_file, login (password or microsoft365), username, password or tenant, client_id and
    client_secret ({file: PATH} or {env: NAME}) with expires, or certificate and key, trusted_authserv, alerts; what is
    left out is found, or as usual.

    Example: synpunkten setup /etc/synpunkten
    """
    logs.set_up(LogFormat.CONSOLE, "error")
    asker: Asker = FromFile(answers, write) if answers else AtTerminal()
    with _whole(folder):
        place = (folder or Path(asker.ask("folder", "Where to put it", _usual_place()))).expanduser().absolute()
        _refuse_unwritable(place)
        _prepare(asker, place)
        works = _judged(asker, place / CONFIG_FILE)
    if not works:
        raise typer.Exit(FAILED)


def _usual_place() -> str:
    return "/etc/synpunkten" if os.geteuid() == 0 else str(Path.cwd() / "synpunkten")


@contextmanager
def _whole(folder: Path | None) -> Iterator[None]:
    """What is broken off says so in a line; what was written until then is told as it is written."""

    def broken_off(*_: Any) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, broken_off)
    again = f"`synpunkten setup{f' {shlex.quote(str(folder))}' if folder else ''}` goes on from what is there"
    try:
        yield
    except Stopped as stopped:
        raise typer.TyperException(f"{stopped}; {again}") from None
    except (typer.Abort, KeyboardInterrupt, EOFError):
        write("")  # what follows is no answer to the question
        raise typer.TyperException(f"broken off; {again}") from None


_FIT_FOR_A_UNIT = re.compile(r"[\w/.-]+")


def _refuse_unwritable(folder: Path) -> None:
    """Before anybody has answered anything.

    Raises:
        Stopped: nothing can be written there.
    """
    if plan.is_of_the_machine(folder) and not _FIT_FOR_A_UNIT.fullmatch(str(folder)):
        raise Stopped(f"{folder} has a name that a systemd unit cannot hold; choose one of letters, digits, - and _")
    there = next(place for place in (folder, *folder.parents) if os.path.lexists(place))
    if not there.is_dir():
        raise Stopped(f"{there} is no folder; choose another place, or move it away")
    try:
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        raise Stopped(f"nothing can be written in {there} ({error.strerror}); choose another place") from None


def _prepare(asker: Asker, folder: Path) -> None:
    if (folder / CONFIG_FILE).exists():
        write(f"there already, left as it is: {folder / CONFIG_FILE}")
        steps = goingon.complete(asker, folder)
    else:
        steps = plan.write(Interview(asker, folder).plan())
    for line in steps:
        write(line)


def _judged(asker: Asker, file: Path) -> bool:
    """Send each mailbox a letter and read it back, and say what is left to do. Whether mail goes both ways."""
    examined = configuration.examine(file)
    ways = []
    for part in examined.parts:
        write(f"Sending {part.address} a letter, and waiting until it is there …")
        tried = trial.both_ways(examined.database, part)
        ways.append(tried.check)
        for line in ownservers.settle(asker, part, tried.came) if tried.came else ():
            write(line)
    rest = [check for check in checks(file) if not _is_known(check)]
    for check in (*ways, *rest):
        write(line_of(check))
    now = datetime.now(ZoneInfo("Europe/Stockholm"))
    goes = not any(way.status is Status.FAILED for way in ways)
    if not goes:
        write(f"{now:%H:%M} mail does not go both ways. Mend what FAILED, then run `synpunkten setup` again.")
        return False
    if any(check.status is Status.FAILED for check in rest):
        write(
            f"{now:%H:%M} mail goes both ways. Mend what FAILED; `synpunkten doctor --config {file}` looks again. Then:"
        )
    else:
        write(f"{now:%H:%M} everything works. Next:")
    is_service = plan.is_of_the_machine(file.parent)
    for command in units.to_do(file.parent) if is_service else [f"synpunkten run --config {shlex.quote(str(file))}"]:
        write(f"  {command}")
    return True


def _is_known(check: Check) -> bool:
    """What needs no word at the end of a setup: what is right or was just tried, and a register or user to come."""
    tried = check.name.startswith("mail both ways")
    to_come = check.status is Status.WARNING and check.name in {"database", access.NAME}
    return tried or check.status is Status.OK or to_come
