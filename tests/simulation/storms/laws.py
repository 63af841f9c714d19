"""What must hold after a storm, whatever broke in it.

`safe` holds at any quiet point, between two rounds; `broken` when people have been still for three days and nothing
has broken meanwhile. What holds for every year of a municipality stands in `tests.simulation.truths`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import Connection, exists, select

from service.core.calendar.periods import Period
from service.core.figures.report import Wanted
from service.desk.lookup import counting
from service.desk.post.claims import LEASE
from service.desk.post.states import WAITING, State
from service.desk.tables import binder, cases, journal, messages, quarantine, restorations, steps, stopped
from tests.simulation import truths
from tests.simulation.storms.mailserver import message_id
from tests.simulation.storms.postoffice import Taken
from tests.simulation.storms.storm import Storm
from tests.simulation.storms.world import World

_TO_BE_CASES = {"synpunkt", "fråga", "flera", "handling", "sekretess", "arg", "engelska", "finska"}
_SOON_TOLD = timedelta(days=6)  # by a working morning, and Easter has four days off
_LOOP = 3
_STEPS = ("reminder", "escalation")


def broken(storm: Storm) -> Iterator[str]:
    """A line for each breach."""
    with storm.town.database.reading() as s:
        yield from safe(storm.town, s)
        yield from _every_mail_is_filed(storm.town)
        yield from _what_people_write_is_a_case(storm, s)
        yield from _nothing_waits_unseen(storm.town, s)
        yield from _steps_have_their_letters(s)
        yield from _the_report_is_a_recount(storm.town, s)
    yield from _no_step_is_taken_twice(storm.town)
    if storm.rounds >= storm.most_rounds:
        yield "the service does not come to rest"
    yield from _robots_are_left_alone(storm)
    for fault in truths.broken(storm):
        if not storm.town.lost or "no receipt" not in fault:  # it may have left in the days that the register lacks
            yield fault


# --- at any quiet point ------------------------------------------------------------------------------------------


def safe(town: World, s: Connection) -> Iterator[str]:
    """Nothing is lost, doubled or made up."""
    yield from _mails(town, s)
    yield from _letters(town, s)
    stops = dict(s.execute(select(stopped.c.email, stopped.c.since)).all())
    late = (messages.c.direction == "out") & messages.c.automatic & messages.c.recipient.in_(stops)
    for row in s.execute(select(messages.c.recipient, messages.c.at, messages.c.kind).where(late)):
        if row.at > stops[row.recipient]:
            yield f"{row.kind} to {row.recipient}, who is stopped"


def _mails(town: World, s: Connection) -> Iterator[str]:
    """Each mail is in the register once, unless it still lies in the inbox folder or in somebody's hand."""
    # What could not be read is another mail than its copy that could; its Message-ID is not known.
    rows = s.execute(select(messages.c.sha256, messages.c.kind).where(messages.c.direction == "in"))
    kept: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        kept[row.sha256].append(row.kind)
    names = {sha256(raw).hexdigest(): message_id(raw) for raw in town.came}
    came = Counter(sha256(raw).hexdigest() for raw in town.came)
    lies = defaultdict(list)
    for folder, raw in town.mailbox.everywhere():
        lies[sha256(raw).hexdigest()].append(folder)
    for raw, _ in town.mailbox.in_hand:
        lies[sha256(raw).hexdigest()].append("a hand")
    lacks = bool(s.scalar(select(restorations.c.id).where(restorations.c.finished_at.is_(None))))
    for mail, name in names.items():
        waits = lacks or set(lies[mail]) & {"INBOX", "a hand"}
        if sum(kind != "unreadable" for kind in kept[mail]) > 1:
            yield f"doubled: mail {name} is in the register as {kept[mail]}"
        if not kept[mail] and not waits:
            yield f"lost: mail {name} is not in the register, and lies in {lies[mail]}"
        if len(lies[mail]) != came[mail]:
            lost = len(lies[mail]) < came[mail]
            yield f"{'lost' if lost else 'doubled'}: mail {name} came {came[mail]} times and lies in {lies[mail]}"
    yield from (f"made up: a {kept[mail]} that never came" for mail in kept if mail not in came)


def _letters(town: World, s: Connection) -> Iterator[str]:
    taken: dict[str, list[Taken]] = defaultdict(list)
    for each in town.office.taken:
        taken[message_id(each.raw)].append(each)
    for letter, times in taken.items():
        # What left in days that the register lacks staff get once more and are told so, under the same Message-ID.
        again = any(begins <= times[0].at <= ends for begins, ends in town.lost)
        if len({each.raw for each in times}) > 1 and not again:
            yield f"doubled: letter {letter} left with different bytes"
        if len(times) > 1 and not all(each.doubted for each in times[:-1]):
            yield f"doubled: letter {letter} left {len(times)} times, without a doubt"
    rows = s.execute(select(messages.c.message_id, messages.c.state).where(messages.c.direction == "out")).all()
    for row in rows:
        if row.state == State.SENT and row.message_id not in taken:
            yield f"lost: letter {row.message_id} is noted as sent and never left"
    for letter in taken.keys() - {row.message_id for row in rows}:
        if not any(begins <= taken[letter][0].at <= ends for begins, ends in town.lost):
            yield f"lost: letter {letter} left and is not in the register"


# --- after some quiet days -----------------------------------------------------------------------------------------


def _every_mail_is_filed(town: World) -> Iterator[str]:
    yield from (f"mail {message_id(raw)} is still in the inbox" for raw, _ in town.mailbox.inbox.mails.values())


def _what_people_write_is_a_case(storm: Storm, s: Connection) -> Iterator[str]:
    """Or somebody is told that it could not be read."""
    loose = messages.outerjoin(quarantine, quarantine.c.message_id == messages.c.id)
    loose = loose.outerjoin(binder, binder.c.digest == messages.c.digest)
    nowhere = messages.c.case_id.is_(None) & quarantine.c.id.is_(None) & binder.c.id.is_(None)
    rows = s.scalars(select(messages.c.message_id).select_from(loose).where(nowhere, messages.c.direction == "in"))
    for mail in rows:
        if storm.meant.get(mail) in _TO_BE_CASES:
            yield f"lost: mail {mail} ({storm.meant[mail]}) is no case, and nobody hears of it"


def _nothing_waits_unseen(town: World, s: Connection) -> Iterator[str]:
    before, out = town.now - _SOON_TOLD, messages.c.direction == "out"
    unseen = (quarantine.c.state == "held") & quarantine.c.told_at.is_(None) & (quarantine.c.at < before)
    yield from (f"quarantine {number} is told to nobody" for number in s.scalars(select(quarantine.c.id).where(unseen)))
    held = out & (messages.c.state == State.HELD) & messages.c.told_at.is_(None) & (messages.c.at < before)
    yield from (f"letter {name} is held, and nobody is told" for name in s.scalars(_NAME.where(held)))
    claimed = out & messages.c.state.in_(WAITING) & (messages.c.claimed_until > town.now + LEASE)
    yield from (f"letter {name} is claimed for good" for name in s.scalars(_NAME.where(claimed)))
    braked = out & (messages.c.state == State.WITHDRAWN) & messages.c.held_because.like("% today")
    dropped = _NAME.where(braked & messages.c.case_id.not_in(select(cases.c.id).where(cases.c.secrecy)))
    yield from (f"letter {name} was dropped by a brake" for name in s.scalars(dropped))
    yield from (f"the days before {at:%Y-%m-%d} are not taken in again" for at in s.scalars(_OPEN_RESTORATIONS))


_NAME = select(messages.c.message_id)
_OPEN_RESTORATIONS = select(restorations.c.restored_at).where(restorations.c.finished_at.is_(None))


def _no_step_is_taken_twice(town: World) -> Iterator[str]:
    """Two letters of a step are never the same words: each has its own day and deadline."""
    steps = Counter((each.number, each.kind, each.to, each.text) for each in town.sent if each.kind in _STEPS)
    yield from (f"{number}: {kind} to {to} twice" for (number, kind, to, _), count in steps.items() if count > 1)


def _steps_have_their_letters(s: Connection) -> Iterator[str]:
    """A step of the ladder is stored together with the letter that it is taken for."""
    said = (journal.c.case_id == steps.c.case_id) & (journal.c.at == steps.c.at) & journal.c.kind.like("out:%")
    alone = (~steps.c.superseded) & steps.c.key.like("%/%") & ~exists().where(said)
    yield from (f"step {key} was taken, and nobody was told" for key in s.scalars(select(steps.c.key).where(alone)))


def _robots_are_left_alone(storm: Storm) -> Iterator[str]:
    """Two machines that answer each other stop after three mails; what an officer answers is the officer's."""
    letters = (each for each in storm.town.sent if each.kind != "answer" and storm.is_robot(each.to))
    days = Counter((each.to, each.at.date()) for each in letters)
    yield from (f"{count} letters to the robot {to} on {day}" for (to, day), count in days.items() if count > _LOOP)


def _the_report_is_a_recount(town: World, s: Connection) -> Iterator[str]:
    last = town.now.astimezone(town.book.calendar.zone).date()
    whole = Period(last - timedelta(days=700), last, "all")
    counted = counting.reported(s, "ekvik", Wanted(whole), town.book, town.now).whole.total
    there = sum(not case.is_appeal for case in town.cases())
    if counted != there:
        yield f"the report counts {counted} cases, and there are {there}"
