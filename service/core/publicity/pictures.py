"""Pictures that a municipality puts on its letters, told by what they hold and not by their names."""

from __future__ import annotations

LARGEST = 1_000_000
"""Bytes of a picture that goes with every letter."""


def ending_of(content: bytes) -> str:
    """`svg`, `png` or `jpg`; empty for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return "svg" if b"<svg" in content[:2000] else ""
