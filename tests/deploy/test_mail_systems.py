"""The pages on Microsoft 365 and Exchange fit the program: configurations can be read, and answers are its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service import config
from service.doors import answers, tls, tokenfaults, tokenrights
from service.doors.account import Security
from service.doors.tokens import TokenSource
from service.examination import servers
from tests.demands import HOUSE

PAGES = ("MICROSOFT365.md", "EXCHANGE.md")


def page(name: str) -> str:
    return (HOUSE / "deploy" / name).read_text("utf-8")


def examples() -> list[tuple[str, str]]:
    """The whole configurations; what else is shown is a line of a rules folder."""
    shown = [(name, text) for name in PAGES for text in re.findall(r"```yaml\n(.*?)```", page(name), re.DOTALL)]
    return [(name, text) for name, text in shown if "mailboxes:" in text]


@pytest.mark.parametrize(("name", "text"), examples())
def test_every_configuration_shown_can_be_read(tmp_path: Path, name: str, text: str) -> None:
    """As on the machine that writes it, where certificates and secrets may not be yet."""
    (tmp_path / "rules" / "ekvik").mkdir(parents=True)
    (tmp_path / "secrets").mkdir()
    for secret in ("client-secret", "imap-password", "smtp-password"):
        (tmp_path / "secrets" / secret).write_text("hemligt")
        (tmp_path / "secrets" / secret).chmod(0o600)
    file = tmp_path / "synpunkten.yaml"
    file.write_text(text)
    found = config.examine(file, elsewhere=True)
    assert found.faults == ()
    assert all("here, the file" in str(warning) for warning in found.warnings)
    (part,) = found.parts
    if name == "EXCHANGE.md":
        return
    assert part.imap
    assert part.smtp
    assert isinstance(part.imap.tokens, TokenSource)
    assert part.imap.tokens is part.smtp.tokens
    assert (part.imap.security, part.smtp.security) == (Security.TLS, Security.STARTTLS)


@pytest.mark.parametrize("name", PAGES)
def test_what_doctor_is_quoted_with_is_what_the_program_says(name: str) -> None:
    table = page(name).partition("What `doctor` says")[2].partition("\n## ")[0]
    first = [row.split("|")[1] for row in table.splitlines() if row.startswith("| ") and "---" not in row]
    quoted = [words for cell in first[1:] for words in re.findall(r"`([^`]+)`", cell)]
    files = [Path(str(module.__file__)) for module in (answers, servers, tls, tokenfaults, tokenrights)]
    program = " ".join(file.read_text("utf-8") for file in files)
    program = " ".join(re.sub(r'"\s*f?"', "", program).split())
    assert [words for words in quoted if words not in program] == []
    assert len(quoted) > 4
