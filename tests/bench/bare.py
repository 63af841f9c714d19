"""The bare loop: the same parts in the fewest words, without any feature. No intake costs much less than it.

Fetch, parse, one transaction with two rows, a receipt and a mail to an officer sent over one connection, move.
"""

from __future__ import annotations

import email
import email.policy
import smtplib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from imapclient import IMAPClient

from service.doors.account import Server
from tests.bench.measure import Cost, Meter

_FOLDER = "Klara"
_BATCH = 50
_TABLES = """
CREATE TABLE cases (id INTEGER PRIMARY KEY, number TEXT UNIQUE, sender TEXT, subject TEXT, text TEXT, at TEXT);
CREATE TABLE messages (id INTEGER PRIMARY KEY, case_id INTEGER REFERENCES cases, message_id TEXT UNIQUE, raw BLOB);
CREATE INDEX by_sender ON cases (sender);
"""
RECEIPT = "Hej!\n\nTack för din synpunkt. Den har ärendenummer {number}. Vi svarar inom tio arbetsdagar.\n"
NOTICE = "Hej!\n\nEn ny synpunkt har kommit in: {number}, {subject}.\n\n{text}\n"


def run(imap: Server, smtp: Server, folder: Path) -> Cost:
    """Take every mail in the inbox through the loop."""
    with smtplib.SMTP(smtp.host, smtp.port) as out:
        return take(imap, folder, lambda database, raw: _handle(database, out, raw))


def take(imap: Server, folder: Path, handle: Callable[[sqlite3.Connection, bytes], None]) -> Cost:
    """Fetch every mail in the inbox, have it handled, and move it."""
    database = _open(folder / f"{imap.username}.db")
    meter = Meter()
    with IMAPClient(imap.host, imap.port, ssl=False) as mailbox:
        mailbox.plain_login(imap.username, imap.password)
        mailbox.create_folder(_FOLDER)
        mailbox.select_folder("INBOX")
        uids = mailbox.search("ALL")
        for start in range(0, len(uids), _BATCH):
            batch = uids[start : start + _BATCH]
            for answer in mailbox.fetch(batch, ["BODY.PEEK[]"]).values():
                handle(database, answer[b"BODY[]"])
            mailbox.move(batch, _FOLDER)
        cost = meter.cost(len(uids), letters=2 * len(uids))
    database.close()
    return cost


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.executescript(_TABLES)
    return database


def _handle(database: sqlite3.Connection, out: smtplib.SMTP, raw: bytes) -> None:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    sender, subject, message_id = str(mail["From"]), str(mail["Subject"]), str(mail["Message-ID"])
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    text = parts[0]
    number = store(database, raw, sender, subject, text, message_id)
    receipt = _letter(sender, f"Tack för din synpunkt [{number}]", RECEIPT.format(number=number))
    notice = _letter(
        "bo.ek@ekvik.example", f"Ny synpunkt [{number}]", NOTICE.format(number=number, subject=subject, text=text)
    )
    for letter in (receipt, notice):
        out.send_message(letter)


def store(database: sqlite3.Connection, raw: bytes, sender: str, subject: str, text: str, message_id: str) -> str:
    """The case and its mail, in one transaction; gives the case's number."""
    database.execute("BEGIN IMMEDIATE")
    at = datetime.now(UTC).isoformat()
    row = database.execute(
        "INSERT INTO cases (sender, subject, text, at) VALUES (?, ?, ?, ?)", (sender, subject, text, at)
    )
    number = f"EKV-2026-{row.lastrowid:05d}"
    database.execute(
        "INSERT INTO messages (case_id, message_id, raw) VALUES (?, ?, ?)", (row.lastrowid, message_id, raw)
    )
    database.execute("COMMIT")
    return number


def _letter(to: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Synpunkten <synpunkten@ekvik.example>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail
