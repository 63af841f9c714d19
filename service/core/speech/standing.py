"""A standing question: one that concerns no single case, and waits for its answer under its own letter.

What a case waits for stands in the case (`cases.Pending`). What is asked about several cases, or about none, stands
here: the nonce of its letter leads from the answer back to what was asked.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class About(enum.StrEnum):
    """What can be asked so."""

    ABSENCE = "absence"  # an absent person's cases: who takes them over
    RETURN = "return"  # the person is back: do they go back
    KEPT = "kept"  # a mail that is kept without a case: whether it is to be registered


@dataclass(frozen=True, slots=True)
class Standing:
    """What was asked, of whom, and by which letter (the nonce in its Message-ID).

    facts: what the answer is carried out with, in the form of JSON.
    """

    nonce: str
    about: About
    asked: str
    facts: Mapping[str, Any] = field(default_factory=dict)
