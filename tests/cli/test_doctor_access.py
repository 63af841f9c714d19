"""What `doctor` says to root, who can read everything, of what the service's own user can read and write."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from service.config import Examined, examine
from service.doors.account import Security, Server
from service.examination import Status, access, unit
from service.setup import plan

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as somebody else: run the tests as root")
NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation of the machine, whose service runs as nobody; this machine's own units are not looked at."""
    kept = TemporaryDirectory()  # pytest's own folders are closed to others
    folder = Path(kept.name) / "synpunkten"
    folder.parent.chmod(0o755)
    server = Server("127.0.0.1", 993, Security.NONE, "ekvik", "hemligt")
    made = plan.Plan(folder, "ekvik", "ekvik", "synpunkten@ekvik.se", server, server, is_service=True)
    list(plan.write(made))
    for name in ("User", "Group"):
        group = "nogroup" if name == "Group" else "nobody"
        text = (folder / unit.NAME).read_text()
        (folder / unit.NAME).write_text(text.replace(f"{name}=synpunkten", f"{name}={group}"))
    monkeypatch.setattr(unit.of, "__defaults__", (folder / "none",))
    yield folder
    kept.cleanup()


def told(folder: Path) -> list[tuple[Status, str]]:
    file = folder / "synpunkten.yaml"
    config: Examined = examine(file)
    return [(check.status, check.text) for check in access.checks(file, config)]


def test_root_hears_what_the_service_cannot_read(folder: Path) -> None:
    ((status, text),) = told(folder)
    assert (status, text.startswith(f"nobody cannot read {folder}; run `chgrp nogroup {folder}")) == (
        Status.FAILED,
        True,
    )
    os.chown(folder, -1, NOBODY.pw_gid)
    secret = folder / "rules" / "ekvik" / "people.yaml"
    secret.chmod(0o600)
    said = [text for _, text in told(folder)]
    assert [text.partition(";")[0] for text in said] == [
        f"nobody cannot read {folder}/synpunkten.yaml",
        f"nobody cannot read {secret}",
    ]
    os.chown(folder / "synpunkten.yaml", -1, NOBODY.pw_gid)
    secret.chmod(0o644)
    ((status, text),) = told(folder)
    assert (status, "can read and write what it must" in text) == (Status.OK, True)
    assert os.geteuid() == 0


def test_what_the_unit_hides_or_hands_over_not_is_told(folder: Path) -> None:
    os.chown(folder, -1, NOBODY.pw_gid)
    file = folder / "synpunkten.yaml"
    text = file.read_text().replace("/var/lib/synpunkten/", "/srv/")
    file.write_text(text.replace("{credential: smtp-password}", "{file: secrets/relay}"))
    os.chown(file, -1, NOBODY.pw_gid)
    (folder / "secrets" / "relay").write_text("hemligt\n")
    kept = (
        (folder / unit.NAME).read_text().replace(f"LoadCredential=imap-password:{folder}/secrets/imap-password\n", "")
    )
    (folder / unit.NAME).write_text(kept)
    said = " ".join(text for _, text in told(folder))
    assert f"hands over no credential imap-password; add `LoadCredential=imap-password:{folder}/secrets/" in said
    assert f"{folder}/secrets/relay is out of the service's sight" in said
    assert "the register /srv/synpunkten.db lies where" in said


def test_a_user_to_be_and_no_unit(folder: Path) -> None:
    text = (folder / unit.NAME).read_text()
    (folder / unit.NAME).write_text(text.replace("User=nobody", "User=finnsinte"))
    ((status, said),) = told(folder)
    assert (status, f"not exist yet; run `systemd-sysusers {folder}/synpunkten.sysusers.conf`" in said) == (
        Status.WARNING,
        True,
    )
    (folder / unit.NAME).unlink()
    ((status, said),) = told(folder)
    assert (status, "no systemd unit says as whom" in said) == (Status.OK, True)
