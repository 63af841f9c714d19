"""What the tests of the doors share: an address that no other test uses."""

from __future__ import annotations

import itertools

import pytest

_numbers = itertools.count(1)


@pytest.fixture
def address() -> str:
    """The address of an empty mailbox."""
    return f"synpunkten{next(_numbers)}@ekvik.example"
