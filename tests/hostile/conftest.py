"""The same Ekvik as in the conversations."""

from __future__ import annotations

from tests.conversations.conftest import town

__all__ = ["town"]
