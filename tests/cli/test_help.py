"""The command line as a whole: help, quick starts, and errors nobody foresaw."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata

import pytest
import typer
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from service import cli
from service.cli import errors
from service.desk.database import Database
from service.doors.link import InboxError
from service.doors.smtp import DeliveryError

APP = typer.main.get_command(cli.app)


def commands(command: object = APP, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command and every group of commands."""
    yield path
    for name in getattr(command, "commands", ()):
        assert isinstance(command, typer.core.TyperGroup)
        yield from commands(command.get_command(None, name), (*path, name))  # type: ignore[arg-type]


@pytest.mark.parametrize("path", [pytest.param(path, id=" ".join(path) or "synpunkten") for path in commands()])
def test_help_has_one_example_for_each_command(path: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli.app, [*path, "--help"])
    assert done.exit_code == 0
    examples = done.stdout.count("Example: synpunkten ")
    is_group = "Commands:" in done.stdout
    assert examples == 1 or (is_group and path and examples == 0)


def test_without_a_command_the_help_is_shown() -> None:
    done = CliRunner().invoke(cli.app, [])
    assert done.exit_code == 2
    assert "Commands:" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        pytest.param(
            ["--help"],
            ["importlib.metadata", "pydantic", "ruamel.yaml", "sqlalchemy", "structlog", "mailparser", "imapclient"],
            id="help",
        ),
        pytest.param(["inspect", "--help"], ["ruamel.yaml", "sqlalchemy", "structlog", "imapclient"], id="inspect"),
        pytest.param(["rules", "--help"], ["sqlalchemy", "structlog", "imapclient"], id="rules"),
        pytest.param(["case", "--help"], ["mailparser", "imapclient"], id="case"),
    ],
)
def test_a_command_does_not_wait_for_what_others_need(arguments: list[str], unneeded: list[str]) -> None:
    script = f"""
import sys
from service import cli
try:
    cli.app({arguments!r})
except SystemExit:
    print([name for name in {unneeded!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        pytest.param(InboxError("imap:993: no", temporary=True), 1, "imap:993: no", id="mailbox"),
        pytest.param(DeliveryError("smtp:25: no", temporary=False), 1, "smtp:25: no", id="mail server"),
        pytest.param(
            OperationalError("INSERT …", {"name": "Anna Ek"}, Exception("disk is full\nfor Anna Ek")),
            1,
            "database: disk is full",
            id="database",
        ),
        pytest.param(FileNotFoundError(2, "No such file", "/x/y"), 1, "/x/y: No such file", id="file"),
        pytest.param(
            ModuleNotFoundError("No module named 'psycopg'", name="psycopg"),
            2,
            "the Python module psycopg is missing; install it: "
            "pip install 'FILE.whl[postgresql]' with the wheel's file, or pip install '.[postgresql]' in a clone",
            id="driver",
        ),
        pytest.param(
            KeyError("Anna Ek"), 1, "KeyError: a fault in the program itself; --debug shows where", id="unforeseen"
        ),
    ],
)
def test_an_error_is_one_line_without_what_people_write(error: Exception, status: int, line: str) -> None:
    assert errors.explained(error) == (status, [f"synpunkten: {line}"])


def test_several_errors_are_a_line_each() -> None:
    both = ExceptionGroup("", [InboxError("a", temporary=True), DeliveryError("b", temporary=True)])
    assert errors.explained(both) == (1, ["synpunkten: a", "synpunkten: b"])


def test_a_register_of_a_newer_version_is_told(tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/register.db")
    with database.transaction() as s:
        s.exec_driver_sql("create table alembic_version (version_num varchar(32))")
        s.exec_driver_sql("insert into alembic_version values ('9999')")
    with pytest.raises(Exception, match="9999") as caught:
        database.upgrade()
    database.close()
    assert errors.explained(caught.value) == (
        1,
        ["synpunkten: database: its schema is not one that this version knows; install the version that made it"],
    )


def test_the_version() -> None:
    done = CliRunner().invoke(cli.app, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"synpunkten {metadata.version('synpunkten')}\n")
