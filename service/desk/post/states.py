"""The states of an outgoing letter.

What waits has the state `queued`; `uncertain` is a letter that may have arrived although the server never said so. It
is sent once more after an hour, and then left to a person.
"""

from __future__ import annotations

import enum


class State(enum.StrEnum):
    """Where a letter stands: from the outbox to the mail server."""

    QUEUED = "queued"
    HELD = "held"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"
    WITHHELD = "withheld"


WAITING = (State.QUEUED, State.UNCERTAIN)
