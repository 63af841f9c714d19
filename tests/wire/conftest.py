"""An installation with budgets that a stream of mails cannot use up, on either database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Installation
from tests.wire.street import generous


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """Ekvik, whose brakes hold nothing back."""
    made = Installation.made(tmp_path)
    generous(made.rules)
    return made


@pytest.fixture
def register_url(request: pytest.FixtureRequest, installation: Installation) -> str:
    """The address of an empty register, on the database that the test names as its parameter."""
    if getattr(request, "param", "sqlite") == "postgresql":
        return str(request.getfixturevalue("postgres").new_database())
    return f"sqlite:///{installation.folder / 'register.db'}"
