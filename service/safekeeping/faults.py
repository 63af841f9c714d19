"""What keeps a copy from being made, read or put back."""

from __future__ import annotations


class SafekeepingFault(Exception):
    """A line that says what is wrong and what to do about it. Nothing that was there has been changed."""
