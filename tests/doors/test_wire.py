"""Whatever a mail holds, what is read of it fits the limits that the line to its reader enforces."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.mail import MAX_ADDRESS, MAX_LINE, MAX_MANY, MAX_TEXT, Message
from service.core.message import read, read_strictly
from service.doors.wire import MESSAGE

LONG = b"a" * 60_000
NAMES = [
    *(b"From", b"To", b"Cc", b"Reply-To", b"Subject", b"Message-ID", b"In-Reply-To", b"References", b"Date"),
    *(b"Received", b"Return-Path", b"Authentication-Results", b"Content-Type", b"Content-Disposition"),
    *(b"Auto-Submitted", b"X-Failed-Recipients", b"List-Id", b"Precedence", b"X-Mailer"),
]
VALUES = {
    "letters": LONG,
    "id": b"<" + LONG + b"@x>",
    "address": b"Anna <" + LONG + b"@" + LONG + b">",
    "addresses": b"a@b.se," * 12_000,
    "name": b'"' + LONG + b'" <anna@example.org>',
    "words": b"=?utf-8?q?" + LONG + b"?=",
    "parameter": b'multipart/report; report-type=delivery-status; boundary=b; name="' + LONG + b'"',
    "result": b"mx.ekvik.example; dmarc=pass " + LONG,
    "stamp": b"from a by " + LONG + b"; Mon, 7 Sep 2026 09:12:00 +0200",
    "first year": b"Mon, 1 Jan 0101 00:00:00 +1400",
    "last year": b"Fri, 31 Dec 9999 23:59:59 -1200",
    "odd zone": b"Mon, 7 Sep 2026 09:12:00 +0020",
}


def crosses(raw: bytes) -> Message:
    """The mail, as the reader writes it and the service reads it back."""
    message = read_strictly(raw)
    assert MESSAGE.read(MESSAGE.write(message)) == message
    return message


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_long_fields_are_cut(value: bytes) -> None:
    for name in NAMES:
        crosses(name + b": " + value + b"\r\n\r\nHej\r\n")


@pytest.mark.parametrize("name", [b"Received", b"Authentication-Results", b"References", b"To"])
def test_there_may_be_many_fields(name: bytes) -> None:
    crosses((name + b": by b; x\r\n") * 15_000 + b"\r\nHej\r\n")


def test_cut_to_what_is_declared() -> None:
    message = crosses(
        b"From: Anna <" + LONG + b"@example.org>\r\nSubject: " + LONG + b"\r\nTo: " + VALUES["addresses"] + b"\r\n\r\n"
    )
    assert message.sender
    assert len(message.sender.address) == MAX_ADDRESS
    assert len(message.subject) == MAX_LINE
    assert len(message.to) == MAX_MANY


def test_a_text_that_grows_is_cut_and_said() -> None:
    """Each line of a list in lists is set in by its depth."""
    html = "<ul><li>" * 90 + "<br>x" * 15_000
    message = crosses(f"Content-Type: text/html\r\n\r\n{html}".encode())
    assert len(message.text) == MAX_TEXT
    assert "the text is very long: it was cut, see the original" in message.warnings


@pytest.mark.parametrize("moment", ["first year", "last year"])
def test_a_date_that_no_mail_can_have_is_none(moment: str) -> None:
    """Near the ends of the calendar no sum of days and no other time zone can be had."""
    message = crosses(b"Date: " + VALUES[moment] + b"\r\n\r\nHej\r\n")
    assert message.date is None
    assert any(warning.startswith("date could not be read") for warning in message.warnings)


def test_files_have_limits_too() -> None:
    block = b"begin 644 " + b"n" * 190 + b"\n#86)C\n`\nend\n"
    crosses(b"Subject: x\n\n" + block * 4_000)


HEADER = st.builds(
    lambda name, value: name + b": " + value.replace(b"\n", b" ") + b"\n", st.sampled_from(NAMES), st.binary()
)


@settings(max_examples=300, deadline=None)
@given(st.lists(HEADER), st.binary())
def test_any_bytes_cross(header: list[bytes], body: bytes) -> None:
    raw = b"".join(header) + b"\n" + body
    message = read(raw)
    assert MESSAGE.read(MESSAGE.write(message)) == message
