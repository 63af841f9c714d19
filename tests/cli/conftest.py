"""An installation of its own for each test: a folder with a configuration and Ekvik's rules, and the program."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from service.cli import app
from service.desk.database import Database
from service.doors.account import Security, Server
from service.resources import shipped
from tests import registers
from tests.servers import forked
from tests.servers.forked import Running
from tests.servers.own import free_port

PROGRAM = Path(sys.executable).parent / "synpunkten"
SECONDS = 60


@dataclass
class Installation:
    """`synpunkten.yaml`, `rules/ekvik` and the database, all in `folder`; nothing listens where it points at first."""

    folder: Path
    address: str

    @classmethod
    def made(cls, folder: Path) -> Self:
        """Installed and configured, with a mailbox that no other test has."""
        installation = cls(folder, f"synpunkten-{uuid4().hex[:8]}@ekvik.example")
        shutil.copytree(shipped("rules") / "ekvik", installation.rules)
        installation.configure()
        return installation

    @property
    def file(self) -> Path:
        return self.folder / "synpunkten.yaml"

    @property
    def rules(self) -> Path:
        return self.folder / "rules" / "ekvik"

    def configure(self, imap: Server | None = None, smtp: Server | None = None, more: str = "") -> None:
        """Write the configuration; a server left out is a port where nobody answers."""
        mailbox = {
            "name": "ekvik",
            "address": self.address,
            "imap": _account(imap or Server("127.0.0.1", free_port(), Security.NONE, "ekvik", "hemligt")),
            "smtp": _account(smtp or Server("127.0.0.1", free_port(), Security.NONE)),
            "rules": "rules/ekvik",
        }
        self.file.write_text(
            f"database: sqlite:///var/synpunkten.db\npoll: 1 s\nlog: {{level: debug}}\n{more}"
            f"mailboxes:\n  - {json.dumps(mailbox, ensure_ascii=False)}\n"
        )

    def use(self, url: str) -> None:
        """Let the configuration name this database."""
        self.file.write_text(self.file.read_text().replace("sqlite:///var/synpunkten.db", url))

    def new_register(self) -> Database:
        """An empty register where the configuration says, to be closed by whoever asked."""
        return registers.new(self.folder / "var" / "synpunkten.db")

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the folder, in a process of its own that need not import it anew."""
        return forked.run(arguments, self.folder, _environment(environment), SECONDS)

    def execute(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the program in the folder from its very beginning, as a person or a script does."""
        return subprocess.run(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=_environment(environment),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def invoke(self, *arguments: str, **environment: str) -> Result:
        """Run a command in this process, which is faster: for those that do not set up the log."""
        with contextlib.chdir(self.folder):
            return CliRunner().invoke(app, arguments, env={"SYNPUNKTEN_CONFIG": None, **environment})

    def start(self, *arguments: str) -> Running:
        """Start a command; its log is read from `stderr`."""
        return Running(arguments, self.folder, _environment({}))


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "SYNPUNKTEN_CONFIG"}
    return kept | {"PYTHONUTF8": "1", **more}


def _account(server: Server) -> dict[str, Any]:
    login = {"username": server.username, "password": server.password} if server.username else {}
    return {"host": server.host, "port": server.port, "security": str(server.security)} | login


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """Installed and configured, without mail servers."""
    return Installation.made(tmp_path)


def events(log: str) -> list[dict[str, Any]]:
    """The log's lines as objects; lines for people are left out."""
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def said(log: str) -> list[str]:
    """The lines for people on standard error."""
    return [line for line in log.splitlines() if not line.startswith("{")]
