"""What lies in the register for mailboxes that nobody names any more: no letter of theirs leaves, no day is kept.

It happens when a mailbox is taken out of the configuration, or is given another name there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from service.desk.lookup.wanted import ENDED
from service.desk.post.states import WAITING, State
from service.desk.tables import cases, messages


@dataclass(slots=True)
class Unserved:
    """Cases that await an answer, and letters that have not left."""

    cases: int = 0
    letters: int = 0


def unserved(s: Connection, served: Collection[str]) -> dict[str, Unserved]:
    """By the mailbox's name; those in `served` are somebody's."""
    found: defaultdict[str, Unserved] = defaultdict(Unserved)
    open_cases = select(cases.c.mailbox, func.count()).where(cases.c.status.not_in(ENDED))
    for mailbox, count in s.execute(open_cases.where(cases.c.mailbox.not_in(served)).group_by(cases.c.mailbox)):
        found[mailbox].cases = count
    unsent = select(messages.c.mailbox, func.count()).where(
        messages.c.direction == "out", messages.c.state.in_([State.HELD, State.UNCERTAIN, *WAITING])
    )
    for mailbox, count in s.execute(unsent.where(messages.c.mailbox.not_in(served)).group_by(messages.c.mailbox)):
        found[mailbox].letters = count
    return dict(found)
