"""What is chosen among: with several mailboxes, a command for one of them must be told which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Installation

PERIOD = ("--from", "2026-01-01", "--to", "2026-06-30")


@pytest.mark.parametrize(
    "command",
    [
        ("report", *PERIOD, "--format", "json", "--out", "rapport.json"),
        ("archive", "export", *PERIOD, "--out", "leverans"),
        ("rehearse", "--since", "2026-01-01", "--out", "repetition.html"),
    ],
    ids=lambda command: command[0],
)
def test_which_of_several_mailboxes_is_to_be_said(command: tuple[str, ...], installation: Installation) -> None:
    installation.new_register().close()
    written = installation.file.read_text()
    other = written.split("mailboxes:\n")[1].replace('"ekvik"', '"andra"').replace("synpunkten-", "andra-")
    installation.file.write_text(written + other)
    result = installation.invoke(*command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "several mailboxes; choose one with --mailbox: ekvik, andra" in result.stderr
