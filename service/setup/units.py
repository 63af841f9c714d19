"""The systemd unit of an installation: the one that ships, with this installation's program, folder and secrets."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from service.resources import CONFIG_FILE, shipped

UNIT, USERS = "synpunkten.service", "synpunkten.sysusers.conf"
GROUP = "synpunkten"
_SHIPPED_PROGRAM, _SHIPPED_FOLDER = "/opt/synpunkten/bin/synpunkten", "/etc/synpunkten"


def texts(folder: Path, secrets_folder: str, secrets: Iterable[str]) -> dict[str, str]:
    """Unit and user, by the names of their files."""
    units = shipped("deploy") / "systemd"
    lines = (units / UNIT).read_text("utf-8").splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("LoadCredential="))
    kept = [line for line in lines if not line.startswith("LoadCredential=")]
    kept[at:at] = [f"LoadCredential={name}:{folder}/{secrets_folder}/{name}" for name in secrets]
    unit = "\n".join(kept).replace(f"{_SHIPPED_PROGRAM} ", f"{program()} ")
    unit = unit.replace(f"{_SHIPPED_FOLDER}/{CONFIG_FILE}", str(folder / CONFIG_FILE))
    return {UNIT: f"{unit}\n", USERS: (units / USERS).read_text("utf-8")}


def program() -> Path:
    """This program, as the service is to start it."""
    return Path(sys.executable).parent / "synpunkten"


def to_do(folder: Path) -> list[str]:
    """The commands that make a service of it: its user, its right to read, and its start now and at each boot."""
    return [
        f"systemd-sysusers {folder / USERS}",
        f"chgrp -R {GROUP} {folder} && chmod -R g=rX,o= {folder}/rules",
        f"chgrp -R root {folder}/secrets",
        f"systemctl enable --now {folder / UNIT}",
    ]
