"""The room that is left on the disk where the register lies: without it no mail is taken in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_FEWEST_FREE_BYTES = 500_000_000
_FEWEST_FREE_PART = 0.05


@dataclass(frozen=True, slots=True)
class Room:
    """How much is left, and how much there is in all, in bytes."""

    free: int
    size: int

    @property
    def is_short(self) -> bool:
        """Whether somebody must make room soon."""
        return self.free < min(_FEWEST_FREE_BYTES, self.size * _FEWEST_FREE_PART)


def room_at(file: Path | None) -> Room | None:
    """The room on a file's disk; None where there is no file, or nobody may ask."""
    if file is None:
        return None
    try:
        disk = os.statvfs(file.parent)
    except OSError:
        return None
    return Room(disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize)
