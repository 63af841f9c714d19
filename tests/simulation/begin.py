"""A municipality at the beginning of its year, with the rules that ship."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tests import registers
from tests.conversations.town import STOCKHOLM, Town, rules_of


def begun(name: str, folder: Path) -> Town:
    """The service, with an empty register in the folder, on the first working day of 2026."""
    now = datetime(2026, 1, 2, 8, 0, tzinfo=STOCKHOLM)
    return Town(registers.new(folder / "register.db"), rules_of(name), now, address=f"synpunkten@{name}.example")
