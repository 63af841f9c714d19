"""Whose the files are that root puts somewhere: the service has a user of its own, and must be able to use them."""

from __future__ import annotations

import os
from pathlib import Path


def give(made: Path, like: Path) -> None:
    """Let what was made, with everything in it, belong to whoever has the other one; only root can, others need not."""
    if os.geteuid() != 0:
        return
    owner = like.stat()
    for each in (made, *(made.rglob("*") if made.is_dir() else ())):
        os.chown(each, owner.st_uid, owner.st_gid)
