"""What opens a mailbox and ends some day: who hears of it, how often, and when (a missed end is a dead mailbox)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

DAYS_AHEAD = 30
"""So many days before it ends it is told: whoever has the right to renew it may be away."""
_STAGES = (30, 14, 7, 3, 2, 1, 0)


@dataclass(frozen=True, slots=True)
class Ending:
    """What opens mailboxes and ends some day: `called` says what it is, and `day` is its last (UTC; None: untold).

    fault: why that cannot be seen, where it cannot. is_certificate: else it is a secret.
    """

    mailboxes: tuple[str, ...]
    called: str
    day: date | None
    is_certificate: bool = False
    fault: str = ""

    def days_left(self, today: date) -> int | None:
        """How many days it still works after `today`; below 0 where it has ended."""
        return (self.day - today).days if self.day else None

    def stage(self, today: date) -> int | None:
        """Which warning is due, each to be given once: seven in the last thirty days, and one a day after the end."""
        left = self.days_left(today)
        if left is None or left > DAYS_AHEAD:
            return None
        return left if left < 0 else min(stage for stage in _STAGES if stage >= left)
