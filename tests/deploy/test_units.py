"""The unit files: each says what is true of the program, and can be used as it stands."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM, Installation
from tests.deploy.sandbox import settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in (DEPLOY / "systemd").glob("*.service"))
SERVICE = DEPLOY / "systemd" / "synpunkten.service"
SECRETS = Path("/etc/synpunkten/secrets")
MOST_EXPOSED = 30  # tenths: 3.0 of 10

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="needs systemd-analyze: apt-get install systemd"
)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=ROOT)


def caged(unit: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "tests.deploy.sandbox", unit, PROGRAM, *arguments)


@needs_systemd
class TestUnits:
    def test_systemd_finds_nothing_wrong(self, tmp_path: Path) -> None:
        for unit in (DEPLOY / "systemd").iterdir():
            program = unit.read_text("utf-8").replace("/opt/synpunkten/bin/synpunkten", str(PROGRAM))
            (tmp_path / unit.name).write_text(program, "utf-8")
        units = [path for path in tmp_path.iterdir() if path.suffix in {".service", ".timer"}]
        assert len(units) >= 1
        done = run("systemd-analyze", "verify", *units)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")

    @pytest.mark.parametrize("unit", UNITS)
    def test_it_is_hardly_exposed(self, unit: str) -> None:
        file = DEPLOY / "systemd" / unit
        done = run("systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", file)
        assert done.returncode == 0, done.stdout.splitlines()[-1]

    def test_the_work_can_be_done_in_the_cage(self, tmp_path: Path) -> None:
        """Mails read in a process of their own, letters typeset, pictures drawn: all of it is in the demo.

        And a backup of its register in the cage of the nightly one.
        """
        kept, backup = tmp_path / "demo", tmp_path / "backup"
        done = caged(SERVICE, "demo", "--keep", kept)
        assert done.returncode == 0, done.stderr
        file = kept / "synpunkten.yaml"
        assert len(json.loads(caged(SERVICE, "case", "list", "--json", "--config", file).stdout))
        assert (kept / "rapport.html").read_text("utf-8").count("<svg") >= 1
        done = caged(DEPLOY / "systemd" / "synpunkten-backup.service", "backup", backup, "--config", file)
        assert (done.returncode, done.stderr) == (0, "")
        assert backup.stat().st_size > 0

    def test_the_cage_is_closed(self) -> None:
        """What the program has no use for is refused: or the test above would show nothing."""
        tries = "import os, mmap\n"
        for call in ("os.chown('/', 0, 0)", "os.chroot('/')", "os.nice(1)", "mmap.mmap(-1, 4096, prot=7)"):
            tries += f"try: {call}; print('done')\nexcept OSError: print('refused')\n"
        done = run(sys.executable, "-m", "tests.deploy.sandbox", SERVICE, sys.executable, "-c", tries)
        assert done.stdout.split() == ["refused"] * 4, done.stderr


def test_the_user_is_made_and_the_folders_are_its_own() -> None:
    (line,) = re.findall(r"^u .*$", (DEPLOY / "systemd" / "synpunkten.sysusers.conf").read_text("utf-8"), re.MULTILINE)
    _, user, _, _, home = re.findall(r'"[^"]*"|\S+', line)
    for unit in UNITS:
        text = (DEPLOY / "systemd" / unit).read_text("utf-8")
        assert settings(text, "User") == [user]
        assert settings(text, "UMask") == ["0077"]
        assert settings(text, "StateDirectory")[0].split()[0] == Path(home).name


def test_the_secrets_of_the_unit_are_those_of_the_configuration() -> None:
    """What the README says to write instead of passwords is what the unit hands over, in the same place."""
    text = SERVICE.read_text("utf-8")
    handed = [value.partition(":")[0] for value in settings(text, "LoadCredential")]
    named = re.findall(r"\{credential: (\S+)\}", (DEPLOY / "README.md").read_text("utf-8"))
    assert sorted(set(named)) == sorted(handed)
    for value in settings(text, "LoadCredential"):
        name, _, path = value.partition(":")
        assert Path(path) == SECRETS / name
    assert settings(text, "BindReadOnlyPaths") == [f"%d:{SECRETS}"]


def test_the_files_that_the_readme_installs_are_there() -> None:
    told = re.findall(r"deploy/systemd/\S+", (DEPLOY / "README.md").read_text("utf-8"))
    installed = {path.name for pattern in told for path in ROOT.glob(pattern)}
    assert installed == {path.name for path in (DEPLOY / "systemd").iterdir()}
    assert all(list(ROOT.glob(pattern)) for pattern in told)


def test_a_configuration_that_cannot_be_used_is_tried_again_until_it_is_mended(installation: Installation) -> None:
    """Nobody has to think of starting the service: it ends as a failure, and no status is left out."""
    installation.file.write_text("database: sqlite:///x.db\n")
    assert installation.run("run").returncode == 2
    unit = SERVICE.read_text("utf-8")
    assert settings(unit, "Restart") == ["on-failure"]
    assert settings(unit, "RestartPreventExitStatus") == []
    assert settings(unit, "StartLimitIntervalSec") == ["0"]
