"""What a person is told to do about a mail server's answer, each kind apart."""

from __future__ import annotations

import pytest

from service.doors import answers


@pytest.mark.parametrize(
    ("code", "text", "says"),
    [
        (550, "5.7.60 SMTP; Client does not have permissions to send as this sender", "the right to send as"),
        (452, "4.2.2 Mailbox quota exceeded", "the account's quota is used up"),
        (552, "5.2.2 The mailbox is full", "the account's quota is used up"),
        (451, "4.7.1 Greylisted, please try again in 5 minutes", "at the second try"),
        (451, "4.3.0 Temporary lookup failure", "the server puts it off for now"),
        (554, "5.2.0 SubmissionQuotaExceeded", ""),  # so many a day: it waits by itself
        (550, "5.1.1 No such user here", ""),
        (0, "the connection was lost", ""),
    ],
)
def test_what_to_do_about_an_answer(code: int, text: str, says: str) -> None:
    found = answers.advice(code, text)
    assert (bool(found), says in found) == (bool(says), True)
