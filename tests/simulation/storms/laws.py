"""What must hold after a storm, whatever broke in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from service.desk.post.states import State
from service.desk.tables import messages
from tests.simulation import truths
from tests.simulation.storms.mailserver import message_id
from tests.simulation.storms.postoffice import Taken
from tests.simulation.storms.storm import Storm


def broken(storm: Storm) -> Iterator[str]:
    """A line for each breach."""
    yield from _mails(storm)
    yield from _letters(storm)
    yield from truths.broken(storm)


def _mails(storm: Storm) -> Iterator[str]:
    town = storm.town
    with town.database.reading() as s:
        kept = Counter(s.scalars(select(messages.c.message_id).where(messages.c.direction == "in")))
    came = Counter(message_id(raw) for raw in town.came)
    lies = defaultdict(list)
    for folder, raw in town.mailbox.everywhere():
        lies[message_id(raw)].append(folder)
    for mail in came:
        if kept[mail] != 1:
            yield f"mail {mail} is {kept[mail]} times in the register"
        if len(lies[mail]) != came[mail]:
            yield f"mail {mail} lies in {lies[mail]}"
        if "INBOX" in lies[mail]:
            yield f"mail {mail} is still in the inbox"
    yield from (f"mail {mail} never came" for mail in kept if mail not in came)


def _letters(storm: Storm) -> Iterator[str]:
    taken: dict[str, list[Taken]] = defaultdict(list)
    for each in storm.town.office.taken:
        taken[message_id(each.raw)].append(each)
    for letter, times in taken.items():
        if len({each.raw for each in times}) > 1:
            yield f"letter {letter} left with different bytes"
        if len(times) > 1 and not all(each.doubted for each in times[:-1]):
            yield f"letter {letter} left {len(times)} times, without a doubt"
    with storm.town.database.reading() as s:
        rows = s.execute(select(messages.c.message_id, messages.c.state).where(messages.c.direction == "out")).all()
    for row in rows:
        if row.state == State.SENT and row.message_id not in taken:
            yield f"letter {row.message_id} is noted as sent and never left"
    yield from (f"letter {letter} left and is not in the register" for letter in taken.keys() - {r[0] for r in rows})
