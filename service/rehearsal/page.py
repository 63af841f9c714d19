"""The one page of a rehearsal: written piece by piece, for its owner alone, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from service.giving import writing


def write(file: Path, **facts: Any) -> None:
    """Fill the page. The facts may hold iterators, which are asked for one thing after the other.

    Nobody but the owner may read the file (mode 0600), also while it is written; a break leaves no half page.

    Raises:
        OSError: the folder takes no files.
    """
    unfinished = file.with_name(f".{file.name}.part")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for piece in writing.pieces("rehearsal.html", **facts):
                out.write(piece)
        os.replace(unfinished, file)  # noqa: PTH105 - and not `rename`, which refuses on some systems
    finally:
        unfinished.unlink(missing_ok=True)
