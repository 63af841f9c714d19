"""A mailbox that is only watched, beside an older system: when that began, which cases are of that time, and its end.

What is written down here keeps the two times apart. When the mailbox is served at last, the cases that were only
watched are closed without a letter, since the system before has answered them; letters that were withheld stay so. A
case of that time in which somebody writes again is from then on one like all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Select, bindparam, func, select, update

from service.core.cases import Move, Status
from service.core.decide import on_served_again, on_withheld
from service.core.effects import Letter
from service.core.standby import TAKEN_OVER, Mode, on_taking_over
from service.desk.post.states import State
from service.desk.tables import beginnings, cases, journal, messages

if TYPE_CHECKING:
    from service.core.cases import Case
    from service.desk.register import Stored
    from service.desk.turn import Turn

_ENDED = (Status.CLOSED, Status.REFUSED)
_AT_A_TIME = 200
_OF_THE_CLOCK = (Letter.REMINDER, Letter.ESCALATION, Letter.DIGEST, Letter.REPORT)  # these come again by themselves


def note(work: Turn, before: Stored | None, after: Stored) -> None:
    """A case that begins while the mailbox is only watched is marked; one taken up again afterwards is not any more."""
    if not work.desk.mode.is_live and after.version == 1:
        _mark(work.s, after.id, watched=True)
    was_ended = before is not None and before.case.status in _ENDED
    if work.desk.mode.is_live and was_ended and after.case.status not in _ENDED:
        _mark(work.s, after.id, watched=False)


def _mark(s: Connection, case_id: int, *, watched: bool) -> None:
    s.execute(update(cases).where(cases.c.id == case_id, cases.c.watched.is_not(watched)).values(watched=watched))


@dataclass(frozen=True, slots=True)
class Watching:
    """How things stand: since when the mailbox is only watched, and how many open cases are of that time, or not."""

    since: datetime | None = None
    watched: int = 0
    served: int = 0

    @property
    def told(self) -> str:
        """In a few words for an administrator."""
        began = f"since {self.since:%Y-%m-%d}" if self.since else "from the next start on"
        return f"{began}, with {self.watched} open case{'' if self.watched == 1 else 's'}"


def told(s: Connection, mailbox: str) -> Watching:
    """How things stand with the mailbox."""
    still = cases.c.status.not_in([status.value for status in _ENDED])
    found = select(cases.c.watched, func.count()).where(cases.c.mailbox == mailbox, still).group_by(cases.c.watched)
    counts = {bool(row[0]): row[1] for row in s.execute(found)}
    return Watching(since(s, mailbox), counts.get(True, 0), counts.get(False, 0))


def since(s: Connection, mailbox: str) -> datetime | None:
    """Since when the mailbox is only watched (aware UTC); None where it is served."""
    row = s.execute(_SINCE, {"mailbox": mailbox}).one_or_none()
    return row.watched_since if row else None


_SINCE = select(beginnings.c.watched_since).where(beginnings.c.mailbox == bindparam("mailbox"))


class Served(Exception):
    """Another process serves the mailbox by now: what is written down here as only watched, nobody would see."""


def demand(work: Turn) -> None:
    """Of a watched mailbox: until the transaction ends it stays so, whatever another process on PostgreSQL wants.

    Raises:
        Served: it is watched no longer.
    """
    if work.desk.mode is Mode.SHADOW:
        found = work.s.execute(_row(work.desk.mailbox).with_for_update(read=True)).one_or_none()
        if found and found.watched_since is None:
            raise Served


def be_alone(s: Connection, mailbox: str) -> None:
    """Until the transaction ends no process takes a mail in as only watched (PostgreSQL; SQLite has one process)."""
    s.execute(_row(mailbox).with_for_update())


def _row(mailbox: str) -> Select[tuple[datetime | None]]:
    return select(beginnings.c.watched_since).where(beginnings.c.mailbox == mailbox)


def is_within_reach(work: Turn, case: Case) -> bool:
    """Whether a mail to this mailbox may change the case: always its own, and others' where both are served.

    An answer that somebody writes in a served case would be withheld here, and one in a watched case would leave.
    """
    if case.mailbox == work.desk.mailbox:
        return True
    return work.desk.mode.is_live and since(work.s, case.mailbox) is None


def begin(s: Connection, mailbox: str, now: datetime) -> None:
    """From now on the mailbox is only watched, unless it is already; asked again it changes nothing."""
    here = (beginnings.c.mailbox == mailbox, beginnings.c.watched_since.is_(None))
    s.execute(update(beginnings).where(*here).values(watched_since=now))


def passes(work: Turn, *, later_too: bool = False) -> int:
    """Letters whose time to leave has come, and that do not: a receipt is as good as sent, an answer is not always.

    later_too: also those whose time is still to come, as none of them ever leaves. Some at a time; returns how many.
    """
    when = messages.c.next_try_at.is_not(None) if later_too else messages.c.next_try_at <= work.now
    due = (messages.c.state == State.WITHHELD, messages.c.mailbox == work.desk.mailbox, when)
    wanted = select(messages.c.id, messages.c.case_id, messages.c.kind, cases.c.watched).outerjoin(cases)
    rows = work.s.execute(wanted.where(*due).limit(_AT_A_TIME)).all()
    work.s.execute(update(messages).where(messages.c.id.in_([row.id for row in rows])).values(next_try_at=None))
    for row in rows:
        stored = work.case_of(row.case_id) if row.kind in {Letter.RECEIPT, Letter.ANSWER} else None
        if stored:
            effects = on_withheld(stored.case, row.kind, work.desk.book, work.now, is_watched=bool(row.watched))
            if effects:
                work.carry_out(stored, effects)
    return len(rows)


def stop_answers(work: Turn) -> None:
    """The mailbox is served from now on: an answer whose time came while it was not leaves only if it is asked for."""
    due = (cases.c.mailbox == work.desk.mailbox, cases.c.watched.is_(False), cases.c.next_check_at <= work.now)
    for number in list(work.s.scalars(select(cases.c.number).where(*due).order_by(cases.c.id))):
        stored = work.case(number)
        if stored and stored.case.leaving:
            work.carry_out(stored, on_served_again(stored.case, work.desk.book, work.now))


def waits(s: Connection, mailbox: str, before: datetime | None = None) -> list[str]:
    """The numbers of watched cases that are not closed, some at a time. before: those that came in earlier."""
    still = cases.c.status.not_in([status.value for status in _ENDED])
    wanted = select(cases.c.number).where(cases.c.mailbox == mailbox, cases.c.watched, still)
    wanted = wanted.where(cases.c.received_at < before) if before else wanted
    return list(s.scalars(wanted.order_by(cases.c.id).limit(_AT_A_TIME)))


def close(work: Turn, numbers: list[str]) -> None:
    """The mailbox is served from now on: these cases were the business of the system before."""
    for number in numbers:
        stored = work.case(number)
        if stored and stored.case.status not in _ENDED:
            work.carry_out(stored, on_taking_over(stored.case, work.now))


def closed_at_the_end(s: Connection, mailbox: str) -> list[str]:
    """The numbers of the cases that were open when the mailbox was to be served again, and were closed then."""
    wanted = (
        select(cases.c.number)
        .join(journal, journal.c.case_id == cases.c.id)
        .where(cases.c.mailbox == mailbox, cases.c.watched, journal.c.text == TAKEN_OVER)
        .where(journal.c.kind == f"status:{Move.CLOSE.value}", journal.c.at >= since(s, mailbox))
    )
    return list(s.scalars(wanted.distinct().order_by(cases.c.number)))


def stood_still(s: Connection, mailbox: str) -> list[str]:
    """The numbers of cases from before in which something happened meanwhile that nobody has been told."""
    asleep = messages.c.kind.not_in([kind.value for kind in _OF_THE_CLOCK])
    wanted = (
        select(cases.c.number)
        .join(messages, messages.c.case_id == cases.c.id)
        .where(cases.c.mailbox == mailbox, cases.c.watched.is_(False), asleep)
        .where(messages.c.state == State.WITHHELD, messages.c.at >= since(s, mailbox))
    )
    return list(s.scalars(wanted.distinct().order_by(cases.c.number)))


def end(work: Turn) -> None:
    """No case waits any longer: the watching has ended, and no budget counts its letters."""
    mailbox, s = work.desk.mailbox, work.s
    began = since(s, mailbox)
    unsent = (messages.c.mailbox == mailbox, messages.c.state == State.WITHHELD)
    uncounted = {"budget_key": None, "budget_domain": None, "cause": None, "next_try_at": None, "automatic": False}
    s.execute(update(messages).where(*unsent).values(**uncounted))
    s.execute(update(beginnings).where(beginnings.c.mailbox == mailbox).values(watched_since=None))
    work.lines.add(None, "served", f"the mailbox is served from now on; it was only watched since {began:%Y-%m-%d}")
