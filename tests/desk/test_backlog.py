"""What waits in the register, as those see it who watch over the service."""

from __future__ import annotations

import pytest

from service.desk.lookup.backlog import Backlog, backlogs
from tests.conversations.town import BO, Town


@pytest.mark.databases("sqlite", "postgresql")
def test_what_waits_in_the_register_is_counted_by_mailbox(town: Town) -> None:
    def looked() -> Backlog:
        with town.database.reading() as s:
            return backlogs(s, town.now).get("ekvik", Backlog())

    assert looked() == Backlog()
    began = town.now
    raw = town.mail("Anna Ek <anna.ek@example.org>", "Det är ett stort hål i asfalten vid Storgatan 14.")
    delivers, town.delivers = town.delivers, lambda: None  # type: ignore[method-assign]
    town.receives(raw)
    found = looked()
    assert (dict(found.letters), found.oldest_letter, found.receipts_late) == ({"queued": 2}, began, 0)
    town.passes(days=6)
    assert looked().receipts_late == 1
    town.delivers = delivers  # type: ignore[method-assign]
    town.passes(minutes=1)
    assert (looked().oldest_letter, looked().receipts_late) == (None, 0)
    bulk = [("Precedence", "bulk"), ("List-Unsubscribe", "<mailto:x@example.org>")]
    town.writes("nyheter@example.org", "Erbjudande", headers=bulk)
    assert looked().quarantined == 1
    assert BO in {letter.to for letter in town.sent}
