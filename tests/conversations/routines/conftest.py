"""Each municipality's own routine, with the profile that ships: what a person there finds.

The conversations of `tests/conversations` hold over both databases; here only rules differ, so one is enough.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.desk.database import Database
from tests.conversations.conftest import MONDAY
from tests.conversations.town import Town, rules_of

Begin = Callable[[str], Town]


@pytest.fixture
def at_work(database: Database) -> Begin:
    """The service at work in a municipality, on a Monday morning in September."""

    def begin(name: str) -> Town:
        return Town(database, rules_of(name), MONDAY, address=f"synpunkten@{name}.example")

    return begin


def fills_in(town: Town, subject: str, **fields: str) -> None:
    """Somebody sends a web form: the municipality's own, which writes a label on one line and its answer below."""
    sender = f"noreply@{town.address.partition('@')[2]}"
    text = "\n".join(f"{label.replace('_', ' ')}\n{answer}" for label, answer in fields.items())
    town.writes(sender, text, subject=subject, headers=[("Auto-Submitted", "auto-generated")])
