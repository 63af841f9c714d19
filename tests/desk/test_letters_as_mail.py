"""What leaves is a mail that every program can read, with the right headers and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from service.core.effects import Letter, SendLetter
from service.core.message import read
from service.core.people.tokens import read_token
from service.desk.writing.letters import Writer
from service.desk.writing.mailbytes import File
from service.desk.writing.stationery import Stationery
from tests.desk.every_letter import CASE, FULL, LETTERS, MAILBOX, MARK, NONCE, NOW, NUMBER, SECRET, parsed, write


def test_hjo_25_sender_thread_and_identity() -> None:
    message = parsed(write("receipt"))
    assert message["From"].addresses[0].display_name == "Ekviks kommun – Synpunkten"
    assert message["From"].addresses[0].addr_spec == MAILBOX
    assert message["To"] == "bengt.alm@example.org"
    assert message["In-Reply-To"] == message["References"] == "<first@example.org>"
    assert message["X-Synpunkten-Kind"] == "receipt"
    assert message["X-Synpunkten-Case"] == NUMBER
    assert message["Date"].datetime == NOW
    token = read_token(message["Message-ID"])
    assert token
    assert token.proves(SECRET, "bengt.alm@example.org")


def test_letters_to_staff_are_one_thread_and_never_on_the_citizens_mail() -> None:
    message = parsed(write("assignment"))
    assert message["References"] == f"<{NUMBER}@ekvik.example>"
    assert message["In-Reply-To"] is None


def test_a_letter_about_no_case_has_no_case_header() -> None:
    message = parsed(write("rules-fault"))
    assert "X-Synpunkten-Case" not in message
    assert "[" not in message["Subject"]


@pytest.mark.parametrize(
    ("name", "submitted", "suppressed"),
    [
        ("receipt", "auto-replied", "All"),
        ("receipt-stranger", "auto-replied", "All"),
        ("delay", "auto-generated", "All"),
        ("assignment", "auto-generated", None),
        ("reminder", "auto-generated", None),
        ("echo", "auto-generated", None),
        ("answer", None, None),
    ],
)
def test_automatic_mail_says_so_and_a_persons_answer_does_not(
    name: str, submitted: str | None, suppressed: str | None
) -> None:
    message = parsed(write(name))
    assert message["Auto-Submitted"] == submitted
    assert message["X-Auto-Response-Suppress"] == suppressed
    assert message["Precedence"] is None


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_the_bytes_are_a_mail(name: str) -> None:
    mail = write(name, files=(File("bild på gungan å ä ö.jpg", "image/jpeg", bytes(range(256)) * 9),))
    message = parsed(mail)
    assert [part.defects for part in message.walk()] == [[]] * len(list(message.walk()))
    assert mail.raw.isascii()
    assert mail.raw.replace(b"\r\n", b"").count(b"\n") == mail.raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 998
    head, _, body = mail.raw.partition(b"\r\n\r\n")
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if not line.startswith(b"Message-ID"))
    assert all(len(line) <= 78 for line in body.split(b"\r\n"))
    assert message["Subject"] == mail.subject
    assert [p.get_content_type() for p in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "image/jpeg",
    ]  # fmt: skip
    attachment = next(message.iter_attachments())
    assert attachment.get_filename() == "bild på gungan å ä ö.jpg"
    assert attachment.get_content() == bytes(range(256)) * 9


def test_our_own_reader_reads_our_own_mail() -> None:
    mail = write("answer", files=(File("plan för gungan.pdf", "application/pdf", b"%PDF"),))
    message = read(mail.raw)
    assert message.subject == mail.subject
    assert message.case_numbers == (NUMBER,)
    assert [a.filename for a in message.attachments] == ["plan för gungan.pdf"]
    assert message.warnings == ()


def test_the_number_can_be_read_in_the_undecoded_subject() -> None:
    assert MARK.encode() in write("closing").raw.partition(b"\r\nDate:")[0]


def test_a_long_subject_is_folded(tmp_path: Path) -> None:
    for subject in ("En mycket lång rad med å ä ö " * 8, "A long line of plain words " * 8):
        (tmp_path / "receipt.txt").write_text(f"Ämne: {subject}\nHej")
        letter = SendLetter(Letter.RECEIPT, "a@example.org", "")
        mail = Writer(MAILBOX, FULL, Stationery(tmp_path), SECRET).write(letter, CASE, (), NONCE, NOW)
        assert parsed(mail)["Subject"] == f"{subject.strip()} {MARK}"
        assert max(map(len, mail.raw.partition(b"\r\nDate:")[0].split(b"\r\n"))) <= 78


def test_a_long_message_id_stays_in_one_piece() -> None:
    long = f"<{'x' * 200}@example.org>"
    raw = write("answer", replace(CASE, thread=("<first@example.org>", long))).raw
    assert f"In-Reply-To: {long}\r\n".encode() in raw
    assert f"References: <first@example.org>\r\n {long}\r\n".encode() in raw


@pytest.mark.parametrize("bad", ["<a@b>\r\nBcc: <c@d>", "<a b@c>", "a@b", "<å@example.org>", f"<{'x' * 1000}@b>"])
def test_what_is_no_message_id_is_not_answered(bad: str) -> None:
    message = parsed(write("answer", replace(CASE, thread=(bad,))))
    assert message["In-Reply-To"] is None
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    ("file", "name", "content_type"),
    [
        (File('a"b\\c?.txt', "text/plain", b""), 'a"b\\c?.txt', "text/plain"),
        (File("a\r\nBcc: x@y.txt", "image/png", b""), "a\r\nBcc: x@y.txt", "image/png"),
        (File("x.eml", "message/rfc822", b"Subject: x\r\n\r\n\xe5"), "x.eml", "application/octet-stream"),
        (File("x", "text/html\r\nX: y", b""), "x", "application/octet-stream"),
        (File("räkning.pdf", "", b""), "räkning.pdf", "application/octet-stream"),
        (File("å" * 250 + ".pdf", "application/pdf", b"x"), "å" * 250 + ".pdf", "application/pdf"),
    ],
    ids=["signs", "line break in name", "a mail", "line break in type", "no type", "long name"],
)
def test_files_keep_their_bytes_and_can_inject_nothing(file: File, name: str, content_type: str) -> None:
    message = parsed(write("answer", files=(file,)))
    attachment = next(message.iter_attachments())
    assert attachment.get_filename() == name
    assert attachment.get_content_type() == content_type
    assert attachment.get_payload(decode=True) == file.content
    assert set(attachment.keys()) == {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}
    assert message["Bcc"] is None


def test_the_same_letter_at_the_same_instant_has_the_same_bytes() -> None:
    assert write("receipt").raw == write("receipt").raw
