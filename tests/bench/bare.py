"""The bare loop: the same parts in the fewest words, without any feature. No intake costs much less than it.

Fetch, parse, one transaction with two rows, a receipt and a mail to an officer sent over one connection, move.
"""

from __future__ import annotations

import email
import email.policy
import smtplib
import sqlite3
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
_RECEIPT = "Hej!\n\nTack för din synpunkt. Den har ärendenummer {number}. Vi svarar inom tio arbetsdagar.\n"
_NOTICE = "Hej!\n\nEn ny synpunkt har kommit in: {number}, {subject}.\n\n{text}\n"


def run(imap: Server, smtp: Server, folder: Path) -> Cost:
    """Take every mail in the inbox through the loop."""
    database = _open(folder / f"{imap.username}.db")
    meter = Meter()
    with IMAPClient(imap.host, imap.port, ssl=False) as mailbox, smtplib.SMTP(smtp.host, smtp.port) as out:
        mailbox.plain_login(imap.username, imap.password)
        mailbox.create_folder(_FOLDER)
        mailbox.select_folder("INBOX")
        uids = mailbox.search("ALL")
        for start in range(0, len(uids), _BATCH):
            batch = uids[start : start + _BATCH]
            for answer in mailbox.fetch(batch, ["BODY.PEEK[]"]).values():
                _handle(database, out, answer[b"BODY[]"])
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
    receipt = _letter(sender, f"Tack för din synpunkt [{number}]", _RECEIPT.format(number=number))
    notice = _letter("bo.ek@ekvik.example", f"Ny synpunkt [{number}]", _NOTICE.format(**locals()))
    for letter in (receipt, notice):
        out.send_message(letter)


def _letter(to: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Synpunkten <synpunkten@ekvik.example>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail
