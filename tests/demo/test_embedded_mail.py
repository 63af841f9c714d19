"""The embedded mail system behaves like a real one, as far as the service can tell."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from service.demo.servers import EmbeddedMail
from service.doors.delivery import check, deliver
from service.doors.inbox import Inbox
from service.doors.link import InboxError
from service.doors.smtp import DeliveryError
from service.doors.transfer import Deferred, Envelope, Outcome, Refused, Sent

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
MAILBOX = "synpunkten@ekvik.example"
LETTER = "From: anna@example.org\r\nSubject: Gatlyktan\r\n\r\nDen är släckt.\r\n.\r\nTack.\r\n".encode()


@pytest.fixture
def mail() -> Iterator[EmbeddedMail]:
    moments = iter(NOON + timedelta(minutes=n) for n in range(1000))
    with EmbeddedMail(lambda: next(moments)) as servers:
        yield servers


def outcomes(mail: EmbeddedMail, *recipients: str) -> list[Outcome]:
    found: dict[int, Outcome] = {}
    envelopes = [Envelope(n, MAILBOX, recipient, LETTER) for n, recipient in enumerate(recipients)]
    deliver(mail.smtp(MAILBOX), envelopes, lambda envelope, outcome: found.update({envelope.id: outcome}))
    return [found[n] for n in range(len(recipients))]


def test_a_mail_from_outside_arrives_with_stamp_and_time(mail: EmbeddedMail) -> None:
    mail.deliver(LETTER, "Synpunkten@Ekvik.example", NOON - timedelta(days=1), sender="anna@example.org")
    with Inbox(mail.imap(MAILBOX), "ekvik") as inbox:
        [[fetched]] = list(inbox.new_mail(lambda _, __: set()))
    assert fetched.internal_date == NOON - timedelta(days=1)
    assert fetched.raw.startswith(
        b"Return-Path: <anna@example.org>\r\n"
        b"Authentication-Results: mx.ekvik.example;\r\n\tdmarc=pass header.from=example.org\r\n"
        b"Received: from client.example by mx.ekvik.example with ESMTP id 0"
    )
    assert b"Sun, 03 May 2026 12:00:00 +0200\r\n" in fetched.raw
    assert fetched.raw.endswith(LETTER)


def test_what_is_sent_lands_in_the_mailbox_of_the_recipient(mail: EmbeddedMail) -> None:
    assert [type(outcome) for outcome in outcomes(mail, "anna@example.org", "bo.ek@ekvik.example")] == [Sent, Sent]
    [raw] = mail.mailbox("anna@example.org")
    assert raw.endswith(LETTER)
    assert sorted(each.recipient for each in mail.delivered) == ["anna@example.org", "bo.ek@ekvik.example"]
    assert mail.mailbox("nobody@example.org") == mail.mailbox("anna@example.org", "Ärenden") == []


def test_an_address_can_refuse_and_defer_and_accept_again(mail: EmbeddedMail) -> None:
    mail.refuse("anna@example.org")
    mail.defer("bo.ek@ekvik.example")
    refused, deferred, sent = outcomes(mail, "anna@example.org", "bo.ek@ekvik.example", "eva@ekvik.example")
    assert isinstance(refused, Refused)
    assert refused.code == 550
    assert isinstance(deferred, Deferred)
    assert deferred.code == 451
    assert isinstance(sent, Sent)
    mail.accept("anna@example.org")
    assert [type(outcome) for outcome in outcomes(mail, "anna@example.org")] == [Sent]


def test_handled_mail_moves_to_a_folder_with_a_swedish_name(mail: EmbeddedMail) -> None:
    mail.deliver(LETTER, MAILBOX)
    mail.deliver(LETTER, MAILBOX)
    with Inbox(mail.imap(MAILBOX), "ekvik") as inbox:
        assert len(inbox.uids()) == 2
        inbox.file_away({"Ärenden": [inbox.uids()[0]]})
        assert len(inbox.uids()) == 1
    assert len(mail.mailbox(MAILBOX, "Ärenden")) == 1


def test_idle_tells_of_a_mail_that_arrives(mail: EmbeddedMail) -> None:
    with Inbox(mail.imap(MAILBOX), "ekvik") as inbox:
        inbox.uids()
        timer = threading.Timer(0.1, mail.deliver, (LETTER, MAILBOX))
        timer.start()
        try:
            assert inbox.wait(60, threading.Event())
        except InboxError as error:
            # This server writes some answers in two pieces, which the library takes for a broken link when it reads
            # between them: the daemon connects anew, and so does this test.
            if not error.temporary:
                raise
        timer.join()
        assert inbox.uids()


def test_the_password_counts(mail: EmbeddedMail) -> None:
    assert "logged in as synpunkten@ekvik.example" in check(mail.smtp(MAILBOX))
    with pytest.raises(InboxError) as inbox_error:
        Inbox(replace(mail.imap(MAILBOX), password="fel"), "ekvik").connect()
    with pytest.raises(DeliveryError) as delivery_error:
        check(replace(mail.smtp(MAILBOX), password="fel"))
    assert not inbox_error.value.temporary
    assert not delivery_error.value.temporary


def test_it_stops_with_connections_open() -> None:
    with EmbeddedMail(lambda: NOON) as mail:
        inbox = Inbox(mail.imap(MAILBOX), "ekvik")
        inbox.uids()
    with pytest.raises(InboxError):
        inbox.uids()
