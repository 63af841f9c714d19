"""An inbox that is only looked at, against a real Dovecot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from service.desk.rounds.beginnings import Border
from service.desk.rounds.refiling import Sought
from service.doors.untouched import UntouchedInbox
from tests.conversations.looks import looks
from tests.servers.dovecot import Dovecot

NOON = datetime(2026, 9, 7, 10, 0, tzinfo=UTC)


def letter(number: int) -> bytes:
    return f"From: anna@example.org\r\nSubject: Nummer {number}\r\n\r\nGatlyktan är släckt.\r\n".encode()


def test_what_is_done_is_not_listed_again_and_what_failed_is(dovecot: Dovecot, address: str) -> None:
    dovecot.put(address, letter(0), when=NOON - timedelta(days=90))  # beyond the border
    dovecot.put(address, letter(1), letter(2), letter(3), when=NOON)
    done: set[int] = set()
    asked: list[list[int]] = []

    def already(_uidvalidity: int, uids: Sequence[int]) -> set[int]:
        asked.append([*uids])
        return done & set(uids)

    def round_() -> list[int]:
        return [mail.uid for batch in inbox.new_mail(already, Border(NOON - timedelta(days=1))) for mail in batch]

    before = looks(dovecot, address)
    with UntouchedInbox(dovecot.account(address), "ekvik") as inbox:
        assert round_() == [2, 3, 4]
        done |= {2, 4}
        assert round_() == [3]  # it could not be handled, and is met again
        done.add(3)
        assert round_() == []
        assert looks(dovecot, address) == before
        asked.clear()
        assert round_() == []
        assert asked == [[]]
        dovecot.put(address, letter(5), when=NOON)
        assert round_() == [5]
        assert asked[-1] == [5]


def test_nothing_can_be_done_to_it(dovecot: Dovecot, address: str) -> None:
    dovecot.put(address, letter(1), when=NOON)
    before = looks(dovecot, address)
    sought = Sought(1, "", len(letter(1)), "", "Sekretess", 0)
    with UntouchedInbox(dovecot.account(address), "ekvik") as inbox:
        assert inbox.uids() == [1]
        assert inbox.file_away({"Ärenden": [1]}) == {}
        for attempt in (
            lambda: inbox.gather(sought, ["INBOX"]),
            lambda: inbox.remove(sought, ["INBOX"]),
            lambda: inbox.append("INBOX", letter(2)),
        ):
            with pytest.raises(PermissionError):
                attempt()
    assert looks(dovecot, address) == before
