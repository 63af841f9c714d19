"""Whose the files are that root puts somewhere: the service has a user of its own, and must be able to use them."""

from __future__ import annotations

import os
from pathlib import Path


def give(made: Path, like: Path) -> None:
    """Let what was made, with everything in it, belong to whoever has the other one; only root can, others need not."""
    if os.geteuid() != 0:
        return
    owner = _owner(like)
    for each in (made, *(made.rglob("*") if made.is_dir() else ())):
        if _owner(each) != owner:
            os.chown(each, *owner)


def _owner(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_uid, found.st_gid
