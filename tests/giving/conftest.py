"""A town in Ekvik whose register gives something back."""

from __future__ import annotations

import pytest

from service.core.rules.rulebook import RuleBook
from service.desk.database import Database
from tests.conversations.town import Town
from tests.core.values import NOW


@pytest.fixture
def town(database: Database, ekvik: RuleBook) -> Town:
    """The service at work on a Monday morning."""
    return Town(database, ekvik, NOW)
