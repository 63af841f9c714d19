"""`synpunkten inspect`: the JSON of the contract, and readable errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from service.cli import app

if TYPE_CHECKING:
    from pathlib import Path

MAIL = (
    b"From: Anna Ek <anna@example.org>\r\nDate: Mon, 4 May 2026 09:12:00 +0200\r\nSubject: Lampan\r\n\r\n"
    b"Den \xe4r trasig.\r\n"
)
KEYS = [
    *(
        "file",
        "message_id",
        "date",
        "from",
        "reply_to",
        "to",
        "cc",
        "subject",
        "kind",
        "auto_submitted",
        "case_numbers",
    ),
    *("in_reply_to", "references", "bounce", "text", "new_text", "attachments", "warnings"),
]


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "mejl.eml"
    file.write_bytes(MAIL)
    return str(file)


def test_json_is_one_object(path: str) -> None:
    result = CliRunner().invoke(app, ["inspect", "--json", path])
    found = json.loads(result.stdout)
    assert (result.exit_code, list(found)) == (0, KEYS)
    assert found["from"] == {"name": "Anna Ek", "address": "anna@example.org"}
    assert found["date"] == "2026-05-04T09:12:00+02:00"
    assert found["text"] == "Den är trasig."


SIGNED = (
    b"Subject: x\r\nContent-Type: multipart/signed; boundary=B\r\n\r\n--B\r\n\r\nhej\r\n"
    b"--B\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n"
    b"--B\r\nContent-Type: text/csv; name=lista.csv\r\n\r\nx\r\n--B--\r\n"
)


def test_a_file_that_only_carries_the_mail_says_so() -> None:
    result = CliRunner().invoke(app, ["inspect", "--json", "-"], input=SIGNED)
    files = json.loads(result.stdout)["attachments"]
    assert [(file["filename"], file.get("technical")) for file in files] == [("smime.p7s", True), ("lista.csv", None)]


def test_jsonl_is_one_line_each_in_order(path: str) -> None:
    result = CliRunner().invoke(app, ["inspect", "--jsonl", path, "-", path], input=b"Subject: nummer 2\n\nx\ny")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [item["subject"] for item in found] == ["Lampan", "nummer 2", "Lampan"]
    assert [item["file"] for item in found] == [path, "-", path]


@pytest.mark.parametrize("raw", [b"", b"\0\xff", b"\r\n" * 5, bytes(range(256))], ids=["empty", "two", "blank", "all"])
def test_any_bytes_give_an_object(raw: bytes) -> None:
    result = CliRunner().invoke(app, ["inspect", "--json", "-"], input=raw)
    assert (result.exit_code, list(json.loads(result.stdout))) == (0, KEYS)


def test_summary_for_a_person(path: str) -> None:
    result = CliRunner().invoke(app, ["inspect", path])
    assert "Anna Ek <anna@example.org>" in result.stdout
    assert "Den är trasig." in result.stdout


def test_missing_file_is_one_line_and_the_others_are_read(path: str) -> None:
    result = CliRunner().invoke(app, ["inspect", "--jsonl", "saknas.eml", path])
    assert (result.exit_code, result.stderr) == (1, "synpunkten: saknas.eml: No such file or directory\n")
    assert json.loads(result.stdout)["subject"] == "Lampan"


@pytest.mark.parametrize("arguments", [["inspect"], ["inspect", "--xml", "a"]], ids=["no file", "no such option"])
def test_wrong_usage(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "╭" not in result.stderr
