"""Mails made to cost time or to be taken for something else, in what tells machines from people and decodes texts."""

from __future__ import annotations

import base64
import os
import time

import pytest

from service.core.message import Kind, read

HEAD = "From: Mallory <m@example.org>\nTo: synpunkten@ekvik.example\nMIME-Version: 1.0\n"
PLAIN = "Content-Type: text/plain; charset=utf-8\n"
SIZE = 1_000_000
CEILING = 10.0  # seconds: ten times what the slowest takes on a calm machine; what is not linear takes minutes


def soon(raw: bytes) -> None:
    begun = time.monotonic()
    read(raw)
    assert time.monotonic() - begun < CEILING


@pytest.mark.parametrize(
    "piece",
    [
        "Kan ni ",
        "när ni?",
        "a?",
        '"x',
        '"',
        "ärende ",
        "ärende 1 skapat ",
        "Detta är ett automatiskt ",
        "Jag är på semester. ",
        "[x] ",
        "[",
        "auto: (",
        "(",
        " - ",
        "måndag vecka 22 ",
        "måndag,",
        "2-2-2",
        "åter ",
        "Disposition: automatic-action;",
        "message-id: <",
        "sv: ",
    ],
)
def test_a_megabyte_of_words_that_look_like_a_machines_is_read_soon(piece: str) -> None:
    words = piece * (SIZE // 2 // len(piece.encode()))
    for thread in ("", "In-Reply-To: <a@b>\n", "Return-Path: <>\n", "Auto-Submitted: auto-generated\n"):
        soon((HEAD + thread + f"Subject: {piece * 2000}\n" + PLAIN + "\n" + words).encode())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(base64.encodebytes(os.urandom(SIZE * 3 // 4)), id="bytes that are no text"),
        pytest.param(base64.b64encode(os.urandom(SIZE * 3 // 4)), id="one line"),
        pytest.param(b"\n".join([b"QUJD" + b"A" * (n % 60) for n in range(20_000)]), id="lines of all lengths"),
        pytest.param(b"QUJDREVG\n" * (SIZE // 9), id="short lines"),
        pytest.param(b"QUJDREVG=x\n" * (SIZE // 11), id="glued"),
        pytest.param(b"=" * SIZE, id="padding"),
        pytest.param(b"=C3=A5" * (SIZE // 6) + b"=", id="escapes"),
        pytest.param(b"A" * SIZE, id="one letter"),
        pytest.param(b"\n" * SIZE, id="line ends"),
    ],
)
@pytest.mark.parametrize("encoding", ["Content-Transfer-Encoding: base64\n", ""], ids=["declared", "undeclared"])
def test_a_megabyte_that_looks_encoded_is_read_soon(body: bytes, encoding: str) -> None:
    soon((HEAD + "Subject: x\n" + PLAIN + encoding + "\n").encode() + body)


def test_a_report_within_a_persons_mail_reports_nothing() -> None:
    report = (
        "From: MAILER-DAEMON@mx.example.org\nSubject: Undelivered\nContent-Type: multipart/report; "
        'report-type=delivery-status; boundary="r"\n\n--r\nContent-Type: message/delivery-status\n\n'
        "Final-Recipient: rfc822; registrator@ekvik.example\nAction: failed\nStatus: 5.1.1\n\n--r--\n"
    )
    raw = (
        HEAD + 'X-Mailer: iPhone Mail (22B83)\nSubject: Titta\nContent-Type: multipart/mixed; boundary="y"\n\n'
        f"--y\n{PLAIN}\nVad betyder detta?\n--y\nContent-Type: message/rfc822\n\n{report}\n--y--\n"
    )
    message = read(raw.encode())
    assert (message.kind, message.bounce) == (Kind.NEW, None)
