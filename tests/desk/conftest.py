"""A desk in Ekvik, and a second engine on the same register, as another daemon has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.core.rules.rulebook import RuleBook
from service.desk.database import Database
from service.desk.desk import Desk
from tests import registers
from tests.conversations.town import Town
from tests.core.values import NOW


@pytest.fixture
def town(database: Database, ekvik: RuleBook) -> Town:
    """The service at work on a Monday morning."""
    return Town(database, ekvik, NOW)


@pytest.fixture
def desk(town: Town) -> Desk:
    """Its desk."""
    return town.desk


@pytest.fixture
def second(database: Database) -> Iterator[Database]:
    """The register as another daemon sees it."""
    other = registers.opened(str(database.url))
    yield other
    other.close()
