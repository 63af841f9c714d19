"""Ekvik on a Monday morning, over both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from service.core.rulebook import RuleBook
from service.desk.database import Database
from service.resources import shipped
from service.rulesfolder import load
from tests.conversations.town import STOCKHOLM, Town

MONDAY = datetime(2026, 9, 7, 9, 12, tzinfo=STOCKHOLM)
"""Ten working days later is Monday 21 September; no holiday is near."""


@pytest.fixture(scope="session")
def ekvik() -> RuleBook:
    """The invented municipality's rules, as shipped."""
    return load(shipped("rules") / "ekvik")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty register."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'register.db'}"
    else:
        url = request.getfixturevalue("postgres").new_database()
    database = Database(url)
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def town(database: Database, ekvik: RuleBook) -> Town:
    """The service at work."""
    return Town(database, ekvik, MONDAY)
