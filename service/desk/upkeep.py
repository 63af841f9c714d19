"""What a mailbox needs from time to time besides its cases: held letters are let go, the morning's list is written."""

from __future__ import annotations

from datetime import datetime

from service.desk import heldback
from service.desk.desk import Desk


def look(desk: Desk, now: datetime) -> None:
    """One look at the clock. Asked twice for the same instant, the second finds nothing left."""
    heldback.let_go(desk, now)
