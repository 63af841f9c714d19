"""Ekvik on a Monday morning, over both databases."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.core.rules.rulebook import RuleBook
from service.desk.database import Database
from tests.conversations.town import STOCKHOLM, Town

MONDAY = datetime(2026, 9, 7, 9, 12, tzinfo=STOCKHOLM)
"""Ten working days later is Monday 21 September; no holiday is near."""


@pytest.fixture
def town(database: Database, ekvik: RuleBook) -> Town:
    """The service at work."""
    return Town(database, ekvik, MONDAY)
