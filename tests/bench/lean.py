"""The lean loop: what the bare loop does, by the quickest means that Python itself has. The harder yardstick.

The old parser (`compat32`), letters put together by hand, and each letter handed over in two writes (RFC 2920).
"""

from __future__ import annotations

import email
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from email.header import decode_header, make_header
from email.message import Message
from email.utils import make_msgid, parseaddr
from pathlib import Path
from typing import BinaryIO

from service.doors.account import Server
from tests.bench import bare
from tests.bench.measure import Cost

_OURS, _OFFICER = "synpunkten@ekvik.example", "bo.ek@ekvik.example"


def run(imap: Server, smtp: Server, folder: Path) -> Cost:
    """Take every mail in the inbox through the loop."""
    with _open(smtp) as line:
        return bare.take(imap, folder, lambda database, raw: _handle(database, line, raw))


def _handle(database: sqlite3.Connection, line: _Line, raw: bytes) -> None:
    mail = email.message_from_bytes(raw)
    sender, subject = parseaddr(mail["From"])[1], str(make_header(decode_header(mail["Subject"])))
    text = next(_texts(mail))
    number = bare.store(database, raw, sender, subject, text, mail["Message-ID"])
    line.send(sender, _letter(sender, f"Tack [{number}]", bare.RECEIPT.format(number=number)))
    notice = bare.NOTICE.format(number=number, subject=subject, text=text)
    line.send(_OFFICER, _letter(_OFFICER, f"Ny synpunkt [{number}]", notice))


def _texts(mail: Message) -> Iterator[str]:
    for part in mail.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            yield content.decode(part.get_content_charset("utf-8"), "replace")


def _letter(to: str, subject: str, text: str) -> bytes:
    head = (
        f"From: Synpunkten <{_OURS}>\nTo: {to}\nSubject: {subject}\nMessage-ID: {make_msgid(domain='ekvik.example')}\n"
        "Auto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n\n"
    )
    return (head + text).replace("\r\n", "\n").replace("\n", "\r\n").encode()


class _Line:
    """One SMTP connection on which sender, recipient and DATA leave together."""

    def __init__(self, link: socket.socket, answers: BinaryIO) -> None:
        self._link, self._answers = link, answers
        self._expect(b"220")
        link.sendall(b"EHLO ekvik.example\r\n")
        self._expect(b"250")

    def send(self, to: str, letter: bytes) -> None:
        self._link.sendall(f"MAIL FROM:<{_OURS}>\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode())
        for code in (b"250", b"250", b"354"):
            self._expect(code)
        self._link.sendall(letter.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
        self._expect(b"250")

    def _expect(self, code: bytes) -> None:
        while (answer := self._answers.readline())[3:4] == b"-":
            pass
        if not answer.startswith(code):
            raise ConnectionError(answer.decode(errors="replace"))


@contextmanager
def _open(smtp: Server) -> Iterator[_Line]:
    with socket.create_connection((smtp.host, smtp.port)) as link, link.makefile("rb") as answers:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield _Line(link, answers)
