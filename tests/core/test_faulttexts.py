"""What servers say, in Swedish words for people who never read a log."""

from __future__ import annotations

import pytest

from service.core.reasons import mail_server_in_swedish, reason_in_swedish


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.1.1", "adressen finns inte (5.1.1)"),
        ("550 5.1.1 no such user", "adressen finns inte (550 5.1.1)"),
        ("552", "mejlet är för stort (552)"),
        ("552 5.2.2 Mailbox full", "brevlådan är full (552 5.2.2)"),
        ("550 5.7.1 relaying denied", "mottagarens mejlserver släpper inte in mejl från oss (550 5.7.1)"),
        ("554 Transaction failed", "mejlet togs inte emot (554)"),
        ("4.4.7", "mejlet kan inte tas emot just nu (4.4.7)"),
        ("no", "mejlet togs inte emot"),
    ],
)
def test_what_a_mail_server_answers(status: str, words: str) -> None:
    assert mail_server_in_swedish(status) == words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("[OVERQUOTA] full", "brevlådan är full"),
        ("database or disk is full", "disken är full"),
        ("database is locked", "databasen används av någon annan"),
        ("[TRYCREATE] Mailbox doesn't exist", "mappen finns inte"),
        ("connection refused", "det går inte att nå servern"),
        ("ValueError", "ett fel som tjänsten inte känner igen; loggen säger mer"),
    ],
)
def test_what_a_server_has_against_it(reason: str, words: str) -> None:
    assert reason_in_swedish(reason) == words
