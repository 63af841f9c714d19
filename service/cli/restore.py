"""`synpunkten restore`: put a backup back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service import config as configuration
from service import daemon
from service.cli.options import DEFAULT_CONFIG, ConfigFile, write
from service.safekeeping import restoring
from service.safekeeping.restoring import Restored


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="a backup")],
    rules: Annotated[bool, typer.Option("--rules", help="put back rules folders that are there, too")] = False,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="begin in an empty folder, with the configuration of the backup"),
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Put the register back where the configuration says, and rules folders that are missing.

    Stop the daemon first. What is there is kept beside, under a name that tells when; a PostgreSQL database must be
    empty. The next run looks for what has come in since and takes it in again, without a second receipt or answer.
    Letters that waited when the backup was made do not leave by themselves: the registrar gets a list of them.

    Example: synpunkten restore /var/backups/synpunkten/synpunkten-20261126T010000Z.backup
    """
    place = restoring.put_configuration(file, to) if to else config
    url, folders = configuration.places(place)
    done = restoring.restore(file, url, folders, daemon.utc_now(), with_rules=rules)
    for line in _told(done, place):
        write(line)


def _told(done: Restored, config: Path) -> list[str]:
    lines = [f"the register is as it was on {done.at:%Y-%m-%d %H:%M} UTC"]
    lines += [f"rules put back for {name}" for name in done.rules]
    lines += [
        f"rules of {name} are not as in the backup and were left; --rules puts them back" for name in done.differing
    ]
    lines += [f"what was there is kept as {place}" for place in done.kept]
    lines.append(f"{done.held} letters waited: they are held, and `synpunkten outbox list` shows them")
    lines.append(
        f"now run `synpunkten run --config {config}`: it takes in what has come since, and tells the registrar"
    )
    return lines
