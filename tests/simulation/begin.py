"""A municipality at the beginning of its year, with the rules that ship."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from service.desk.database import Database
from service.resources import shipped
from service.rulesfolder import load
from tests.conversations.town import STOCKHOLM, Town


def begun(name: str, folder: Path) -> Town:
    """The service, with an empty register in the folder, on the first working day of 2026."""
    database = Database(f"sqlite:///{folder / 'register.db'}")
    database.upgrade()
    now = datetime(2026, 1, 2, 8, 0, tzinfo=STOCKHOLM)
    return Town(database, load(shipped("rules") / name), now, address=f"synpunkten@{name}.example")
