"""Ekvik, whose service is watched over."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.core.rules.rulebook import RuleBook
from service.desk.database import Database
from tests.cli.conftest import Installation
from tests.conversations.town import Town
from tests.seeing.situation import MONDAY


@pytest.fixture
def town(database: Database, ekvik: RuleBook) -> Town:
    """The service at work on a Monday morning."""
    return Town(database, ekvik, MONDAY)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """Installed and configured, without mail servers."""
    return Installation.made(tmp_path)
