"""The systemd units of an installation: those that ship, with this installation's program, folder and secrets."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from service.resources import CONFIG_FILE, shipped

_SERVICE, _USERS = "synpunkten.service", "synpunkten.sysusers.conf"
_BACKUP, _EACH_NIGHT = "synpunkten-backup.service", "synpunkten-backup.timer"
_GROUP = "synpunkten"
_SHIPPED_PROGRAM, _SHIPPED_FILE = "/opt/synpunkten/bin/synpunkten ", f"/etc/synpunkten/{CONFIG_FILE}"
_CREDENTIAL, _SHIPPED_SECRETS = "LoadCredential=", "BindReadOnlyPaths=%d:/etc/synpunkten/secrets"


def texts(folder: Path, secrets_folder: Path, secrets: Iterable[str]) -> dict[str, str]:
    """The units and their user, by the names of their files. The secrets' files are handed over by systemd."""
    found = {path.name: path.read_text("utf-8") for path in sorted((shipped("deploy") / "systemd").iterdir())}
    lines = found[_SERVICE].splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith(_CREDENTIAL))
    handed = [f"{_CREDENTIAL}{name}:{secrets_folder / name}" for name in secrets]
    # where nothing is handed over there is no folder of credentials to be seen
    seen = _SHIPPED_SECRETS.replace("/etc/synpunkten/secrets", str(secrets_folder)) if handed else ""
    kept = [line.replace(_SHIPPED_SECRETS, seen) for line in lines if not line.startswith(_CREDENTIAL)]
    kept[at:at] = handed
    found[_SERVICE] = "\n".join([*kept, ""])
    own = {_SHIPPED_PROGRAM: f"{_program()} ", _SHIPPED_FILE: str(folder / CONFIG_FILE)}
    for old, new in own.items():
        found = {name: text.replace(old, new) for name, text in found.items()}
    return found


def _program() -> Path:
    """This program, as the service is to start it."""
    return Path(sys.executable).parent / "synpunkten"


def to_do(folder: Path) -> list[str]:
    """The commands that make a service of it: its user, its right to read, its start now and at each boot."""
    hidden = _program().is_relative_to("/home") or _program().is_relative_to("/root")
    return [
        *([f"# {_program()} is out of the service's sight: install the program in /opt/synpunkten first"] * hidden),
        f"systemd-sysusers {folder / _USERS}",
        f"chgrp -R {_GROUP} {folder} && chmod -R g=rX,o= {folder / 'rules'}",
        f"synpunkten doctor --config {folder / CONFIG_FILE}",
        f"systemctl link {folder / _BACKUP}",
        f"systemctl enable --now {folder / _SERVICE} {folder / _EACH_NIGHT}",
    ]
