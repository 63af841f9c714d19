"""The package as `pipx install` has it: a wheel in an environment of its own, used from an empty folder.

The libraries are those of the tests; what only the extras bring is hidden from it.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.cli import _COMMANDS
from tests.deploy.test_units import ROOT

EXTRAS = ("aiosmtpd", "psycopg", "pymap", "pysasl")
HIDING = f"""\
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {EXTRAS!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden())
"""
EVERY_HELP = """\
import sys
from typer.testing import CliRunner
from service.cli import app
for command in sys.argv[1:]:
    done = CliRunner().invoke(app, [command, "--help"])
    assert done.exit_code == 0 and "Usage" in done.output, (command, done.output)
"""


@dataclass
class Installed:
    """The program outside of the checkout, and an empty folder to stand in."""

    environment: Path
    folder: Path

    def run(self, *arguments: str | Path, program: str = "synpunkten") -> subprocess.CompletedProcess[str]:
        """Run it there with nothing in the environment, a home that takes no files and a umask that hides nothing."""
        return subprocess.run(
            [self.environment / "bin" / program, *arguments],
            cwd=self.folder,
            env={"PATH": os.defpath, "HOME": "/proc", "PYTHONUTF8": "1"},
            umask=0,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Built from this checkout and installed without the extras."""
    place = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    building = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", place, ROOT]
    subprocess.run([*pip, *building], check=True)
    environment, folder = place / "environment", place / "empty"
    venv.create(environment, with_pip=False, symlinks=True)
    (wheel,) = place.glob("synpunkten-*.whl")
    python = environment / "bin" / "python"
    subprocess.run([*pip, "--python", python, "install", "--no-deps", "--no-index", wheel], check=True)
    (packages,) = environment.glob("lib/python3*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (packages / "sitecustomize.py").write_text(HIDING)
    folder.mkdir()
    return Installed(environment, folder)


def test_it_is_itself_and_not_the_checkout(installed: Installed) -> None:
    found = installed.run("-c", "import service; print(service.__file__)", program="python")
    assert Path(found.stdout.strip()).is_relative_to(installed.environment), found.stderr


def test_a_municipality_begins_in_an_empty_folder(installed: Installed) -> None:
    """Rules, letters (text, page, PDF), schemas and migrations are all in the package."""
    for command in (
        ("init", "kommun", "--municipality", "hjo"),
        ("rules", "check", "kommun/rules/hjo"),
        ("rules", "test", "kommun/rules/hjo"),
        ("rules", "schema"),
        ("letters", "kommun/rules/hjo", "--out", "brev"),
    ):
        done = installed.run(*command)
        assert (done.returncode, done.stderr) == (0, ""), (command, done.stderr)
    assert (installed.folder / "kommun" / "rules" / "LÄSMIG.md").exists()
    assert len(list((installed.folder / "brev").glob("*.pdf"))) > 10


def test_what_is_private_is_its_owner_s_alone_whatever_the_umask(installed: Installed) -> None:
    """The register, what SQLite puts beside it, and the folders where secrets may come to lie."""
    home = installed.folder / "eget"
    assert installed.run("init", home, "--municipality", "ekvik").returncode == 0
    file = home / "synpunkten.yaml"
    text = file.read_text().replace("{env: IMAP_PASSWORD}", "a").replace("{env: SMTP_PASSWORD}", "b")
    file.write_text(text.replace("imap.ekvik.example", "127.0.0.1").replace("smtp.ekvik.example", "127.0.0.1"))
    done = installed.run("run", "--once", "--config", file)
    assert done.returncode == 1, done.stderr  # nobody answers at those ports
    rights = {path.relative_to(home): stat.S_IMODE(path.stat().st_mode) for path in (home / "var").rglob("*")}
    assert Path("var/synpunkten.db") in rights
    assert set(rights.values()) == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (home, home / "var")} == {0o700}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_every_command_tells_what_it_does_without_the_extras(installed: Installed) -> None:
    done = installed.run("-c", EVERY_HELP, *_COMMANDS, program="python")
    assert done.returncode == 0, done.stderr


def test_the_demo_says_what_to_install(installed: Installed) -> None:
    done = installed.run("demo")
    assert (done.returncode, done.stdout) == (2, "")
    (told,) = done.stderr.splitlines()
    assert told == (
        "synpunkten: the Python module aiosmtpd is missing; install it: "
        "pip install 'FILE.whl[demo]' with the wheel's file, or pip install '.[demo]' in a clone"
    )


def test_postgresql_without_its_driver_says_what_to_install(installed: Installed) -> None:
    installed.run("init", "driver", "--municipality", "ekvik")
    file = installed.folder / "driver" / "synpunkten.yaml"
    file.write_text(file.read_text().replace("sqlite:///var/synpunkten.db", "postgresql+psycopg://me@127.0.0.1:1/x"))
    done = installed.run("case", "list", "--config", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].endswith("pip install '.[postgresql]' in a clone")
