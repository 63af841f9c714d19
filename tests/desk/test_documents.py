"""Incoming mail in the register: byte for byte, once, and the ledger of what the mailbox has given."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from service.core.decide import SentLetter
from service.core.message import read
from service.desk import documents, ledger
from service.desk.database import Database
from service.desk.tables import cases, messages
from tests.conversations.town import ANNA, BO, Town
from tests.core.values import NOW

pytestmark = pytest.mark.databases("sqlite", "postgresql")

HOLE = "Det är ett stort hål i asfalten på Storgatan."


def stored(database: Database) -> bytes:
    with database.reading() as s:
        return bytes(s.scalars(select(messages.c.raw).where(messages.c.direction == "in")).one())


ODD_MAILS = {
    "NUL in the text": b"From: a@example.org\r\nSubject: x\r\nMessage-ID: <1@x>\r\n\r\nH\x00ej\x00\r\n",
    "NUL in the header": b"From: A\x00nna <a@example.org>\r\nSubject: x\x00y\r\nMessage-ID: <1\x00@x>\r\n\r\nHej\r\n",
    "NUL encoded": b"From: =?utf-8?q?A=00?= <a@example.org>\r\nSubject: =?utf-8?b?AAAA?=\r\n\r\nHej\r\n",
    "NUL in base64": b"From: a@example.org\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVqAAAA\r\n",
    "NUL in HTML": b"From: a@example.org\r\nContent-Type: text/html\r\n\r\n<p>Hej&#0;&#x0; d\x00u</p>\r\n",
    "NUL in an address": b'From: "a\x00b"@example.org\r\nTo: x\x00@y.example\r\n\r\nHej\r\n',
    "surrogates": b"From: a@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xed\xa0\x80 Hej\r\n",
    "surrogates in HTML": b"From: a@example.org\r\nContent-Type: text/html\r\n\r\n<p>Hej &#xD800;</p>\r\n",
    "utf-7": b"From: a@example.org\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+2AA-Hej\r\n",
    "odd bytes": b"From: \xff\xfe\xe5 <a@example.org>\r\nSubject: \x80\x81\r\n\r\n\xff\xfe\x00H\x00\r\n",
    "no header": b"\x00\x01\x02",
    "nothing": b"",
    "a megabyte": b"From: a@example.org\r\nSubject: x\r\n\r\n" + "å".encode() * 500_000,
    "a long subject": b"From: a@example.org\r\nSubject: " + b"x" * 100_000 + b"\r\n\r\nHej\r\n",
    "a long address": b"From: " + b"x" * 10_000 + b"@example.org\r\n\r\nHej\r\n",
    "a long Message-ID": b"From: a@example.org\r\nMessage-ID: <" + b"x" * 20_000 + b"@x>\r\n\r\nHej\r\n",
    "emoji": "From: a@example.org\r\nSubject: 😊\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n👩‍👩‍👧\r\n".encode(),
}


@pytest.mark.parametrize("raw", ODD_MAILS.values(), ids=ODD_MAILS)
def test_any_mail_is_kept_byte_for_byte_and_is_a_case(town: Town, raw: bytes) -> None:
    """No citizen's mail ends in quarantine for its characters."""
    town.receives(raw)
    assert stored(town.database) == raw
    with town.database.reading() as s:
        row = s.execute(select(messages.c.sha256, messages.c.size).where(messages.c.direction == "in")).one()
    assert row == (hashlib.sha256(raw).hexdigest(), len(raw))
    assert len(town.cases()) == 1


def test_the_database_refuses_the_same_mail_twice(town: Town) -> None:
    raw = town.mail(ANNA, HOLE)
    message = read(raw)

    def add(mailbox: str) -> None:
        with town.database.transaction() as s:
            documents.add(s, mailbox, message, raw, case_id=None, kind="x", at=NOW)

    add("ekvik")
    with pytest.raises(IntegrityError):
        add("ekvik")
    add("hjo")


def test_the_ledger_of_the_mailbox(database: Database) -> None:
    """A mail is known by folder, UIDVALIDITY and UID; a UID of another folder or epoch is another mail."""
    with database.transaction() as s:
        for uid, folder in ((3, "Ärenden"), (5, "Sekretess"), (4_294_967_295, "Karantän")):
            ledger.mark_seen(s, "ekvik", ("INBOX", 4_294_967_295, uid), NOW, folder)
    with database.reading() as s:
        filed = ledger.filed_uids(s, "ekvik", "INBOX", 4_294_967_295, [1, 3, 4, 4_294_967_295])
        assert filed == {3: "Ärenden", 4_294_967_295: "Karantän"}
        assert ledger.filed_uids(s, "ekvik", "INBOX", 4_294_967_295, []) == {}
        for mailbox, folder, epoch in (("hjo", "INBOX", 4_294_967_295), ("ekvik", "Skräp", 4_294_967_295)):
            assert ledger.filed_uids(s, mailbox, folder, epoch, [3]) == {}
        assert ledger.filed_uids(s, "ekvik", "INBOX", 1, [3]) == {}


def test_the_same_place_is_done_once(database: Database) -> None:
    def mark() -> None:
        with database.transaction() as s:
            ledger.mark_seen(s, "ekvik", ("INBOX", 1, 3), NOW, "Ärenden")

    mark()
    with pytest.raises(IntegrityError):
        mark()


def test_threads_lead_to_cases_of_this_mailbox_alone(town: Town) -> None:
    """One mail to two municipalities that share a database is a case in each; a reply joins its own."""
    raw = town.mail(ANNA, HOLE)
    town.receives(raw)
    with town.database.transaction() as s:
        case_id = s.scalar(select(cases.c.id))
        documents.add(s, "hjo", read(raw), raw, case_id=None, kind="feedback", at=NOW)
    with town.database.reading() as s:
        assert case_id
        assert documents.threads(s, "ekvik", ["<1@example.org>", "", "<2@x>"]) == [town.case().number]
        assert documents.threads(s, "hjo", ["<1@example.org>"]) == []
        assert documents.threads(s, "ekvik", [""]) == []


def test_files_of_the_opening_mail_go_with_every_assignment(town: Town) -> None:
    town.writes(ANNA, HOLE, files=[("hål.jpg", b"\xff\xd8 photo")])
    opening = stored(town.database)
    town.now += timedelta(hours=1)
    town.writes(ANNA, "Ännu en bild.", subject=town.case().number, files=[("mer.jpg", b"\xff\xd8 more")])
    with town.database.reading() as s:
        case_id = s.scalar(select(cases.c.id))
        assert case_id
        first, kept = documents.first_kept(s, case_id), documents.kept(s, "ekvik", read(opening).digest)
        assert first
        assert first == kept == ("feedback", opening)
        assert documents.kept(s, "ekvik", "unknown") is None
    town.writes(BO, "#ÖVERLÄMNA jonas.vik@ekvik.example", answers=town.letter("assignment", BO))
    assert town.letter("assignment", "jonas.vik@ekvik.example").files == ["hål.jpg"]


def test_a_delivery_report_finds_the_letter_that_it_names(town: Town) -> None:
    town.writes(ANNA, HOLE)
    receipt = town.letter("receipt")
    with town.database.reading() as s:
        found = documents.sent_letter(s, str(receipt.mail["Message-ID"]))
        mid = str(receipt.mail["Message-ID"])
        assert found == SentLetter("receipt", "anna.ek@example.org", town.case().number, mid)
        assert documents.sent_letter(s, "<1@example.org>") is None, "that was the citizen's own"
