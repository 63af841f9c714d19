"""What must hold after a storm, whatever broke in it: people have been still for three days, and nothing has broken.

What holds between any two rounds stands in `safety`, and what in every year of a municipality in
`tests.simulation.truths`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import Connection, exists, select

from service.core.calendar.deadlines import due_at, promised
from service.core.calendar.periods import Period
from service.core.effects import Letter
from service.core.figures.report import Wanted
from service.desk import register
from service.desk.lookup import counting
from service.desk.post.claims import LEASE
from service.desk.post.states import WAITING, State
from service.desk.tables import binder, cases, journal, messages, quarantine, restorations, steps, unreachable
from tests.simulation import truths
from tests.simulation.storms import forger, whose
from tests.simulation.storms.mailserver import message_id
from tests.simulation.storms.storm import Storm
from tests.simulation.storms.world import World

_TO_BE_CASES = {"synpunkt", "fråga", "flera", "handling", "sekretess", "arg", "engelska", "finska"}
_SOON_TOLD = timedelta(days=6)  # by a working morning, and Easter has four days off
_SOON_KNOWN = timedelta(days=1)
_LOOP = 3
_STEPS = ("reminder", "escalation")


def broken(storm: Storm) -> Iterator[str]:
    """A line for each breach."""
    if storm.unsafe:
        yield from storm.unsafe
        return  # it ended there
    with storm.town.database.reading() as s:
        yield from _every_mail_is_filed(storm.town)
        yield from _what_people_write_is_a_case(storm, s)
        yield from _nothing_waits_unseen(storm.town, s)
        yield from _what_is_refused_is_told(s)
        yield from _steps_have_their_letters(s)
        yield from _the_report_is_a_recount(storm.town, s)
        yield from _mails_lie_where_they_belong(storm.town, s)
        yield from whose.misled(storm, s)
        yield from forger.obeyed(storm, s)
        waiting = set(s.scalars(_RECEIPTS_HELD))
    yield from _no_step_is_taken_twice(storm.town)
    yield from _promises_are_kept_count_of(storm.town)
    if storm.is_restless:
        yield "the service does not come to rest"
    yield from _robots_are_left_alone(storm)
    unknown = _receipts_that_nobody_knew_of(storm.town)
    for fault in truths.broken(storm):
        number, _, what = fault.partition(" ")
        if what.endswith(": no receipt") and (storm.town.lost or number in waiting):
            continue  # it may have left in the days that the register lacks
        if what.endswith(" receipts") and number in unknown:
            continue  # when the case becomes secret, say, the register knows of none that has left
        yield fault


def _receipts_that_nobody_knew_of(town: World) -> set[str]:
    """The cases with one that left in days that the register lacks, or without the mail server's saying so."""
    doubted = {each.name for each in town.office.taken if each.doubted}
    receipts = (each for each in town.sent if each.kind == "receipt")
    return {each.number for each in receipts if _is_lost(town, each.raw) or message_id(each.raw) in doubted}


def _is_lost(town: World, raw: bytes) -> bool:
    """Whether a letter left in days that the register lacks; it does not say when that was, for clocks go wrong."""
    return town.lacks(town.left[message_id(raw)])


def _every_mail_is_filed(town: World) -> Iterator[str]:
    yield from (f"mail {message_id(raw)} is still in the inbox" for raw, _ in town.mailbox.inbox.mails.values())


def _mails_lie_where_they_belong(town: World, s: Connection) -> Iterator[str]:
    """What is secret lies among the secret, what was put aside in quarantine; so do further copies."""
    lies: dict[str, set[str]] = defaultdict(set)
    for folder, raw in town.mailbox.everywhere():
        lies[sha256(raw).hexdigest()].add(folder)
    # A copy that could not be read is in a case of its own: what becomes of either is so for both.
    belongs: dict[str, set[str]] = defaultdict(set)
    for mail in s.execute(_KEPT):
        if mail.held and mail.number:
            belongs[mail.sha256] |= lies[mail.sha256]  # it could not be read, or was let in later
            continue
        stored = register.load(s, mail.number) if mail.number else None
        folder = town.desk.folder_of(stored.case) if stored and stored.case.secrecy else ""
        belongs[mail.sha256].add(folder or town.desk.folders.named("quarantine" if mail.held else "handled"))
    # What a case was made secret by in days that the register lacks may not be heard again: its mail lies safely.
    safe = {"INBOX", *([town.desk.folders.named("secrecy")] if town.lost else [])}
    for digest, folders in belongs.items():
        if astray := sorted(lies[digest] - folders - safe):
            yield f"mail {digest} belongs in {sorted(folders)}, and lies in {astray}"


_KEPT = (
    select(messages.c.sha256, cases.c.number, quarantine.c.id.label("held"))
    .outerjoin_from(messages, cases)
    .outerjoin(quarantine, quarantine.c.message_id == messages.c.id)
    .where(messages.c.direction == "in")
)


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
    proven = unreachable.c.accepted_at < town.now - _SOON_KNOWN
    yield from (f"{who} takes mail, and is waited for" for who in s.scalars(select(unreachable.c.email).where(proven)))
    yield from (f"the days before {at:%Y-%m-%d} are not taken in again" for at in s.scalars(_OPEN_RESTORATIONS))


_NAME = select(messages.c.message_id)
_OPEN_RESTORATIONS = select(restorations.c.restored_at).where(restorations.c.finished_at.is_(None))


def _what_is_refused_is_told(s: Connection) -> Iterator[str]:
    """What staff were to have somebody else gets; of a letter to people outside the case's registrar hears."""
    for letter in s.execute(_REFUSED):
        if letter.kind in _TO_STAFF or not letter.told:
            yield f"letter {letter.message_id} was refused, and nobody is told"


_TO_STAFF = {kind.value for kind in Letter if kind.is_to_staff}
_LATER = messages.alias()
_TOLD = exists().where(_LATER.c.case_id == messages.c.case_id, _LATER.c.kind == "alert", _LATER.c.id > messages.c.id)
_REFUSED = (
    select(messages.c.message_id, messages.c.kind, _TOLD.label("told"))
    .outerjoin(cases, cases.c.id == messages.c.case_id)
    .where(messages.c.state == State.REFUSED, cases.c.secrecy.is_not(True))
)


def _no_step_is_taken_twice(town: World) -> Iterator[str]:
    """Two letters of a step are never the same words: each has its own day and deadline.

    What was taken in the days that the register lacks it takes again.
    """
    known = [each for each in town.sent if each.kind in _STEPS and not _is_lost(town, each.raw)]
    steps = Counter((each.number, each.kind, each.to, each.text) for each in known)
    yield from (f"{number}: {kind} to {to} twice" for (number, kind, to, _), count in steps.items() if count > 1)


def _steps_have_their_letters(s: Connection) -> Iterator[str]:
    """A step of the ladder is stored together with the letter that it is taken for."""
    said = (journal.c.case_id == steps.c.case_id) & (journal.c.at == steps.c.at) & journal.c.kind.like("out:%")
    alone = (~steps.c.superseded) & steps.c.key.like("%/%") & ~exists().where(said)
    yield from (f"step {key} was taken, and nobody was told" for key in s.scalars(select(steps.c.key).where(alone)))


def _robots_are_left_alone(storm: Storm) -> Iterator[str]:
    """Two machines that answer each other stop after three mails; what staff's orders send is no machine's answer."""
    letters = (each for each in storm.town.sent if each.kind not in _ORDERED and storm.is_robot(each.to))
    days = Counter((each.to, each.at.date()) for each in letters)
    yield from (f"{count} letters to the robot {to} on {day}" for (to, day), count in days.items() if count > _LOOP)


_ORDERED = {"answer", "handover"}


def _the_report_is_a_recount(town: World, s: Connection) -> Iterator[str]:
    last = town.now.astimezone(town.book.calendar.zone).date()
    whole = Period(last - timedelta(days=700), last, "all")
    counted = counting.reported(s, "ekvik", Wanted(whole), town.book, town.now).whole.total
    there = sum(not case.is_appeal for case in town.cases())
    if counted != there:
        yield f"the report counts {counted} cases, and there are {there}"


_RECEIPTS_HELD = (
    select(cases.c.number)
    .join(messages, messages.c.case_id == cases.c.id)
    .where(messages.c.kind == "receipt", messages.c.state == State.HELD)
)


def _promises_are_kept_count_of(town: World) -> Iterator[str]:
    """Each is due when the rules and the calendar say, counted from its beginning."""
    for case in town.cases():
        for promise in case.deadlines:
            if promise is case.deadline(promise.kind) and promise.running:
                _, duration = promised(promise.kind, case.channel, case.process, town.book)
                if promise.due_at != due_at(promise.started_at, duration, town.book):
                    begun = promise.started_at
                    yield f"{case.number}: {promise.kind} is due {promise.due_at}, not {duration} after {begun}"
