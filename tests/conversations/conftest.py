"""Ekvik on a Monday morning. Modules that say so hold their conversations over both databases (tests/conftest.py)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from service.core.rules.rulebook import RuleBook
from service.desk.database import Database
from tests.conversations.street import Street, open_street
from tests.conversations.town import ANNA, HOLE, STOCKHOLM, Letter, Town
from tests.servers.mail_system import MailSystem

MONDAY = datetime(2026, 9, 7, 9, 12, tzinfo=STOCKHOLM)
"""Ten working days later is Monday 21 September; no holiday is near."""


@pytest.fixture
def town(database: Database, ekvik: RuleBook) -> Town:
    """The service at work, without the reports that leave at the end of a month: `test_reports` tells of those."""
    quiet = ekvik.municipality.model_copy(update={"reports": ()})
    return Town(database, ekvik.model_copy(update={"municipality": quiet}), MONDAY)


@pytest.fixture
def assigned(town: Town) -> Letter:
    """Anna has written and Bo has the case; his assignment letter."""
    town.writes(ANNA, HOLE)
    return town.letter("assignment")


@pytest.fixture
def street(mail_system: MailSystem, database: Database, ekvik: RuleBook) -> Iterator[Street]:
    """The service at work over real mail servers, today."""
    with open_street(mail_system, database, ekvik) as street:
        yield street
