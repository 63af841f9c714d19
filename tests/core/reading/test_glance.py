"""A look at the top of a header: what it tells of a mail that cannot be read, and that nothing stops it."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from service.core.mail import Address, Kind
from service.core.message import glance, read

MAIL = """\
Return-Path: <anna.ek@example.org>
Received: from a.example.org by mx.ekvik.example; Mon, 7 Sep 2026 07:10:00 +0000
Authentication-Results: mx.ekvik.example; dmarc=pass header.from=example.org
From: =?utf-8?q?Anna_L=C3=B6v?= <anna.ek@example.org>
Reply-To: anna.privat@example.org
To: synpunkten@ekvik.example
Subject: Sv: =?utf-8?q?H=C3=A5l_i?=
 =?utf-8?q?_v=C3=A4gen?= [EKV-26-00123-K]
Date: Mon, 7 Sep 2026 09:12:00 +0200
Message-ID: <1@example.org>
In-Reply-To: <2@ekvik.example>
References: <3@ekvik.example> <2@ekvik.example>

Text
"""


def test_the_header_tells_who_wrote_when_and_what_is_answered() -> None:
    seen = glance(MAIL.encode())
    assert seen.sender == Address("Anna Löv", "anna.ek@example.org")
    assert seen.reply_to == Address("", "anna.privat@example.org")
    assert [a.address for a in seen.to] == ["synpunkten@ekvik.example"]
    assert seen.subject == "Sv: Hål i vägen [EKV-26-00123-K]"
    assert seen.date == datetime(2026, 9, 7, 7, 12, tzinfo=UTC)
    assert (seen.message_id, seen.in_reply_to) == ("<1@example.org>", "<2@ekvik.example>")
    assert seen.references == ("<3@ekvik.example>", "<2@ekvik.example>")
    assert seen.kind is Kind.REPLY
    assert not seen.auto_submitted
    assert (seen.received[0].by, seen.authentication[0].authserv_id) == ("mx.ekvik.example", "mx.ekvik.example")
    assert (seen.text, seen.attachments) == ("", ())
    assert seen.warnings


def test_what_it_tells_is_what_reading_the_mail_tells() -> None:
    seen, whole = glance(MAIL.encode()), read(MAIL.encode())
    for name in ("sender", "reply_to", "to", "subject", "date", "message_id", "case_numbers", "references", "received"):
        assert getattr(seen, name) == getattr(whole, name), name


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        pytest.param("Auto-Submitted: auto-replied", Kind.AUTO_REPLY, id="auto-replied"),
        pytest.param("Auto-Submitted: auto-generated; x=y", Kind.AUTO_REPLY, id="auto-generated"),
        pytest.param("Auto-Submitted: no", Kind.NEW, id="says no"),
        pytest.param("Auto-Submitted: No (a person)", Kind.NEW, id="says no, with a comment"),
        pytest.param("Return-Path: <>", Kind.AUTO_REPLY, id="null return path"),
        pytest.param("Return-Path: <anna@example.org>", Kind.NEW, id="a return path"),
        pytest.param("Precedence: bulk", Kind.BULK, id="precedence"),
        pytest.param("List-Id: <a.example.org>", Kind.BULK, id="list"),
        pytest.param("List-Unsubscribe: <https://example.org>", Kind.BULK, id="newsletter"),
    ],
)
def test_a_machine_is_told_by_its_marks(field: str, kind: Kind) -> None:
    seen = glance(f"From: a@example.org\r\n{field}\r\nSubject: Hej\r\n\r\nText".encode())
    assert seen.kind is kind
    assert seen.auto_submitted == (kind is not Kind.NEW)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("anna@example.org", Address("", "anna@example.org"), id="bare"),
        pytest.param("Anna Ek <anna@example.org>", Address("Anna Ek", "anna@example.org"), id="name"),
        pytest.param('"Ek, Anna" <anna@example.org>', Address("Ek, Anna", "anna@example.org"), id="quoted"),
        pytest.param('"bo@x.example" <anna@example.org>', Address("bo@x.example", "anna@example.org"), id="two"),
        pytest.param("Anna <<anna@example.org", Address("Anna", "anna@example.org"), id="broken"),
        pytest.param("Anna", None, id="none"),
        pytest.param("(" * 50_000, None, id="parentheses"),
    ],
)
def test_the_sender_is_found_also_in_a_broken_field(value: str, expected: Address | None) -> None:
    assert glance(f"From: {value}\nSubject: Hej\n\n".encode()).sender == expected


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0" * 70_000, id="NUL"),
        pytest.param(b"\xff\xfe" * 40_000, id="no text"),
        pytest.param(b"Subject: " + b"=?utf-8?q?a?= " * 20_000, id="encoded words"),
        pytest.param(b"From: " + b"=?utf-8?b?" * 20_000, id="beginnings of encoded words"),
        pytest.param(b"From: a@b\r\n" * 20_000, id="one field again and again"),
        pytest.param(b"References: " + b"<" * 200_000, id="angles"),
        pytest.param(random.Random(1).randbytes(200_000), id="noise"),
    ],
)
def test_no_bytes_stop_it(raw: bytes) -> None:
    seen = glance(raw)
    assert seen.size == len(raw)
    assert "\0" not in seen.subject + (seen.sender.address if seen.sender else "")


def test_only_the_top_is_looked_at() -> None:
    assert glance(b"X: " + b"a" * 70_000 + b"\nFrom: a@example.org\n\n").sender is None


def test_line_ends_of_old_systems_are_understood() -> None:
    assert glance(b"\xef\xbb\xbfFrom: a@example.org\rSubject: Hej\r\rText").subject == "Hej"
    assert glance(b"From: a@example.org\r\r\nSubject: Hej\r\r\n\r\r\nText").subject == "Hej"
