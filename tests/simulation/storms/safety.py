"""What holds at any quiet point, between two rounds of the service: nothing is lost, doubled, or made up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import Connection, select

from service.core.cases import TRANSITIONS, Move, Status
from service.desk.post.states import State
from service.desk.tables import cases, deadlines, journal, messages, restorations, stopped
from tests.simulation.storms.mailserver import message_id
from tests.simulation.storms.postoffice import Taken
from tests.simulation.storms.world import World


def unsafe(town: World) -> Iterator[str]:
    """A line for each breach."""
    with town.database.reading() as s:
        yield from _mails(town, s)
        yield from _letters(town, s)
        yield from _stops(s)
        yield from _states(s)
        yield from _promises(town, s)


def _mails(town: World, s: Connection) -> Iterator[str]:
    """Each mail is in the register once, unless it still lies in the inbox folder or in somebody's hand."""
    # What could not be read is another mail than its copy that could; its Message-ID is not known.
    kept: dict[str, list[str]] = defaultdict(list)
    for row in s.execute(_KEPT):
        kept[row.sha256].append(row.kind)
    lies = defaultdict(list)
    for folder, raw in town.mailbox.everywhere():
        lies[_digest(raw)].append(folder)
    names = {_digest(raw): raw for raw in town.came}
    came = Counter(map(_digest, town.came))
    lacks = bool(s.scalar(_LACKS))
    for mail, raw in names.items():
        waits = lacks or "INBOX" in lies[mail] or "a hand" in lies[mail]
        if sum(kind != "unreadable" for kind in kept[mail]) > 1:
            yield f"doubled: mail {message_id(raw)} is in the register as {kept[mail]}"
        if not kept[mail] and not waits:
            yield f"lost: mail {message_id(raw)} is not in the register, and lies in {lies[mail]}"
        if len(lies[mail]) != came[mail]:
            lost = len(lies[mail]) < came[mail]
            word = "lost" if lost else "doubled"
            yield f"{word}: mail {message_id(raw)} came {came[mail]} times and lies in {lies[mail]}"
    yield from (f"made up: a {kept[mail]} that never came" for mail in kept if mail not in came)


_KEPT = select(messages.c.sha256, messages.c.kind).where(messages.c.direction == "in")
_LACKS = select(restorations.c.id).where(restorations.c.finished_at.is_(None))


@lru_cache(4096)
def _digest(raw: bytes) -> str:
    return sha256(raw).hexdigest()


def _letters(town: World, s: Connection) -> Iterator[str]:
    taken: dict[str, list[Taken]] = defaultdict(list)
    for each in town.office.taken:
        taken[each.name].append(each)
    for letter, times in taken.items():
        # What left in days that the register lacks staff get once more and are told so, under the same Message-ID.
        again = town.lacks(times[0].at)
        if len({each.raw for each in times}) > 1 and not again:
            yield f"doubled: letter {letter} left with different bytes"
        if len(times) > 1 and not all(each.doubted or town.lacks(each.at) for each in times[:-1]):
            yield f"doubled: letter {letter} left {len(times)} times, without a doubt"
    noted = {row.message_id: row.state for row in s.execute(_NOTED)}
    for letter, state in noted.items():
        if state == State.SENT and letter not in taken:
            yield f"lost: letter {letter} is noted as sent and never left"
    for letter in taken.keys() - noted.keys():
        if not town.lacks(taken[letter][0].at):
            yield f"lost: letter {letter} left and is not in the register"


_NOTED = select(messages.c.message_id, messages.c.state).where(messages.c.direction == "out")


def _stops(s: Connection) -> Iterator[str]:
    """Who wants no mail gets none that the service sends by itself."""
    for row in s.execute(_LATE):
        yield f"{row.kind} to {row.recipient}, who is stopped"


_LATE = (
    select(messages.c.recipient, messages.c.kind)
    .join(stopped, stopped.c.email == messages.c.recipient)
    .where(messages.c.direction == "out", messages.c.automatic, messages.c.at > stopped.c.since)
)


def _states(s: Connection) -> Iterator[str]:
    """A case stands where the moves that the journal tells of have brought it, and all of them are in the table."""
    stands = {row.id: Status.NEW for row in s.execute(_CASES)}
    for row in s.execute(_MOVES):
        move = Move(row.kind.partition(":")[2])
        if (stands[row.case_id], move) not in TRANSITIONS:
            yield f"a case that is {stands[row.case_id]} has made the move {move}"
        stands[row.case_id] = TRANSITIONS.get((stands[row.case_id], move), stands[row.case_id])
    for one in s.execute(_CASES):
        if one.status != stands[one.id]:
            yield f"{one.number} is {one.status}, and by its journal {stands[one.id]}"


_CASES = select(cases.c.id, cases.c.number, cases.c.status)
_MOVES = select(journal.c.case_id, journal.c.kind).where(journal.c.kind.like("status:%")).order_by(journal.c.id)


def _promises(town: World, s: Connection) -> Iterator[str]:
    """What was promised once stays promised for that day: nobody in this town sets another day of arrival or road."""
    for number, row, kind, *when in s.execute(_PROMISED):
        began, day = town.promised.setdefault((number, row), (when[0], when[1]))
        if [began, day] != when:
            yield f"{number}: what was promised for {day} from {began} ({kind}) is now for {when[1]} from {when[0]}"


_PROMISED = select(
    cases.c.number, deadlines.c.id, deadlines.c.kind, deadlines.c.started_at, deadlines.c.due_at
).join_from(deadlines, cases)
