"""The tests' own servers do what the other tests rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy

if TYPE_CHECKING:
    from tests.servers.mail_system import MailSystem
    from tests.servers.postgres import Postgres

LETTER = "From: anna@example.org\r\nSubject: Gatlyktan\r\n\r\nDen är släckt.\r\n".encode()


def test_a_mail_goes_through_postfix_into_the_mailbox_with_its_stamp(mail_system: MailSystem) -> None:
    mail_system.send(LETTER, "stamped@ekvik.example")
    [raw] = mail_system.mailbox("stamped@ekvik.example", at_least=1)
    assert b"by mx.ekvik.example (Postfix)" in raw
    assert "Den är släckt.".encode() in raw


def test_postfix_sends_a_delivery_report_to_the_sender(mail_system: MailSystem) -> None:
    mail_system.send(LETTER, "bounced@example.org", sender="avsandare@ekvik.example")
    [report] = mail_system.mailbox("avsandare@ekvik.example", at_least=1)
    assert b"message/delivery-status" in report
    assert b"Status: 5.1.1" in report


def test_each_postgresql_database_is_new_and_knows_swedish(postgres: Postgres) -> None:
    urls = [postgres.new_database(), postgres.new_database()]
    assert urls[0] != urls[1]
    for url in urls:
        engine = sqlalchemy.create_engine(url)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("create table t (x text)"))
            assert connection.scalar(sqlalchemy.text("select lower('ÅÄÖ')")) == "åäö"
        engine.dispose()
