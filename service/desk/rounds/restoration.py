"""After a register has been put back from a copy: what was done since is taken in again, and nothing leaves twice.

Of the lost days the mailbox knows what came in, and the answers in it know which numbers were given. What left is known
to nobody: letters that may have left wait for a person (`uncertain`), and the registrar gets one list of all of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, exists, func, insert, select, update

from service.core.cases import Status
from service.core.decide import on_sent
from service.core.effects import Letter, SendLetter
from service.core.keeping.chain import DISPOSED
from service.core.keeping.restoration import RESERVE
from service.core.mail import Unreadable
from service.core.message import Message, glance
from service.core.speech import swedish
from service.desk import documents, handling
from service.desk.desk import Desk, Doubt
from service.desk.handling import Delivered
from service.desk.journal import Journal
from service.desk.post import outcomes, states
from service.desk.post.outcomes import PUT_BACK
from service.desk.post.states import State
from service.desk.tables import cases, counters, in_hand, journal, messages, refiling, restorations
from service.desk.turn import Turn, turn

BACKUP, RESTORED, RETAKEN, LEFT_OUT, LOST = "backup", "restored", "retaken", "not-retaken", "lost-days"
"""Sorts of line: a copy was made, the register is such a copy, a mail was taken in again, or could not be, and the
register was found to be an earlier one, which nobody had said."""

LOOKED_BACK = timedelta(days=7)
"""Mails that waited in the inbox folder when the copy was taken may have come in so much earlier."""

_MOST_LISTED = 100
_ZONE = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True, slots=True)
class Restoration:
    """One mailbox's part in a register that was put back, until what the copy lacks is in it. Instants: aware UTC."""

    id: int
    mailbox: str
    copied_at: datetime
    restored_at: datetime
    since: datetime
    line: int
    run: int | None

    @property
    def because(self) -> str:
        """What is noted with a letter that may have left before."""
        return because(self.copied_at)


def because(copied_at: datetime) -> str:
    """What is noted with a letter that may have left before."""
    return f"{PUT_BACK}{_utc(copied_at)}: it may have left before"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


# --- copies ------------------------------------------------------------------------------------------------------


def note_backup(s: Connection, at: datetime, lines: int, end: str) -> None:
    """Note in the journal that a copy was made at that instant, and where the journal ended in it."""
    noted = Journal("", at)
    noted.add(None, BACKUP, f"a copy of the register was made; its journal has {lines} lines and ends with {end}")
    noted.write(s)


def last_backup(s: Connection) -> datetime | None:
    """When the last copy was made (aware UTC), be it the one that this register is; None: none is known."""
    made = s.scalar(select(func.max(journal.c.at)).where(journal.c.kind == BACKUP))
    put_back = exists().where(journal.c.id == restorations.c.line, journal.c.kind == RESTORED)
    is_of = s.scalar(select(func.max(restorations.c.copied_at)).where(put_back))
    return max(filter(None, (made, is_of)), default=None)


def unfinished(s: Connection) -> list[str]:
    """The mailboxes of which the days that a copy lacks have not been taken in again."""
    return list(s.scalars(select(restorations.c.mailbox).where(restorations.c.finished_at.is_(None)).distinct()))


def first_line(s: Connection) -> datetime | None:
    """When the journal began (aware UTC); None: it is empty."""
    found: datetime | None = s.scalar(select(journal.c.at).order_by(journal.c.id).limit(1))
    return found


Serial = tuple[str, int, int]
"""A series' prefix and year (four digits), and the last serial that was given in it."""

# --- putting back ------------------------------------------------------------------------------------------------


def begin(
    s: Connection,
    mailboxes: Iterable[str],
    copied_at: datetime,
    since: datetime,
    now: datetime,
    given: Collection[Serial] = (),
    noticed: str = "",
) -> int:
    """Make the copy a register that knows that it is one, before anybody works on it.

    What waited in its outbox is held, and numbers are passed over that may have been given since. Returns how many
    letters are held. since: mails that came in earlier are in the copy. given: the last serials of the register that
    gives way, which may be a copy put back before this one: its numbers are as much beyond this copy's own. noticed: by
    what the service has seen that it is a copy; empty where somebody has put it back by our command.
    """
    waiting = messages.c.state.in_((*states.WAITING, State.HELD)) & (messages.c.direction == "out")
    held = s.execute(update(messages).where(waiting).values(**outcomes.in_doubt(because(copied_at)))).rowcount
    s.execute(delete(in_hand))
    _pass_over(s, range(copied_at.astimezone(_ZONE).year, now.astimezone(_ZONE).year + 1), given)
    noted = Journal("", now)
    what = f"the register is an earlier one ({noticed}): its last line is of " if noticed else PUT_BACK
    text = f"{what}{_utc(copied_at)}; what happened between is not in it. {held} letters are held"
    noted.add(None, LOST if noticed else RESTORED, f"{text}, and {RESERVE} case numbers are passed over")
    noted.write(s)
    line = s.scalar(select(func.max(journal.c.id))) or 0
    about = {"copied_at": copied_at, "restored_at": now, "since": since, "line": line}
    s.execute(insert(restorations), [about | {"mailbox": name} for name in mailboxes])
    return int(held)


def untold(s: Connection, mailboxes: Collection[str], copied_at: datetime) -> dict[str, int]:
    """How many letters are held of each mailbox that nobody serves: its registrar gets no list of them."""
    mine = (messages.c.state == State.UNCERTAIN, messages.c.last_error == because(copied_at))
    counted = select(messages.c.mailbox, func.count()).where(*mine, messages.c.mailbox.not_in(mailboxes))
    return {row[0]: row[1] for row in s.execute(counted.group_by(messages.c.mailbox))}


def disposed_since(s: Connection, at: datetime) -> int:
    """How many things have been disposed of since an instant (aware): a copy from then has them still."""
    return s.scalar(select(func.count()).where(journal.c.kind == DISPOSED, journal.c.at > at)) or 0


def _pass_over(s: Connection, years: Iterable[int], given: Collection[Serial]) -> None:
    prefixes = {*s.scalars(select(counters.c.prefix)), *(prefix for prefix, _, _ in given)}
    for prefix in sorted(prefixes):
        lasts = serials(s, prefix)
        for year, last in ((year, last) for series, year, last in given if series == prefix):
            lasts[year] = max(last, lasts.get(year, 0))
        raise_serials(s, prefix, {year: lasts.get(year, 0) + RESERVE for year in years})


def every_serial(s: Connection) -> list[Serial]:
    """The last serial of every series."""
    return [(row.prefix, row.year, row.last) for row in s.execute(select(counters))]


def serials(s: Connection, prefix: str) -> dict[int, int]:
    """The last serial of each year's series."""
    return {r.year: r.last for r in s.execute(select(counters).where(counters.c.prefix == prefix))}


def raise_serials(s: Connection, prefix: str, lasts: Mapping[int, int]) -> None:
    """Let the years' series go on after these serials."""
    for year, last in lasts.items():
        s.execute(delete(counters).where(counters.c.prefix == prefix, counters.c.year == year))
        s.execute(insert(counters).values(prefix=prefix, year=year, last=last))


# --- taking in again ---------------------------------------------------------------------------------------------


def waiting(s: Connection, mailbox: str) -> Restoration | None:
    """The restoration of which the mailbox's part is not done yet."""
    row = s.execute(_OPEN, {"mailbox": mailbox}).first()
    return Restoration(*row) if row else None


_OPEN = (
    select(
        restorations.c.id,
        restorations.c.mailbox,
        restorations.c.copied_at,
        restorations.c.restored_at,
        restorations.c.since,
        restorations.c.line,
        restorations.c.run,
    )
    .where(restorations.c.mailbox == bindparam("mailbox"), restorations.c.finished_at.is_(None))
    .order_by(restorations.c.id.desc())
)


def claim(s: Connection, what: Restoration, run: int) -> bool:
    """Whether this run is the one that takes the mails in again."""
    same = restorations.c.run.is_(None) if what.run is None else restorations.c.run == what.run
    mine = update(restorations).where(restorations.c.id == what.id, same).values(run=run)
    return bool(s.execute(mine).rowcount)


def known(s: Connection, mailbox: str) -> set[tuple[str, int]]:
    """Message-ID and size (bytes) of every mail that the register has."""
    rows = s.execute(
        select(messages.c.message_id, messages.c.size).where(
            messages.c.mailbox == mailbox, messages.c.direction == "in", messages.c.message_id != ""
        )
    )
    return {(row.message_id, row.size) for row in rows}


def has(s: Connection, mailbox: str, digest: str) -> bool:
    """Whether the register has the very same mail."""
    return documents.earlier_copy(s, mailbox, digest) is not None


def retake(desk: Desk, mail: Delivered, at: datetime, now: datetime, fault: str = "") -> None:
    """Take in a mail that the lost register had handled, as of then (`at`, aware); no letter leaves for it.

    What it brings about is done, so that the case is as it was. Its receipt had left within minutes. fault: why it is
    taken in by its header alone.
    """
    message, fault = (glance(mail.raw), fault) if fault else _read(desk, mail.raw)
    with turn(desk, at) as work:
        if has(work.s, desk.mailbox, message.digest):
            return
        said = f"a mail that lay in {mail.place[0]} is taken in again on {_utc(now)}"
        work.lines.add(None, RETAKEN, f"{said}, as of when it came")
        folder = handling.handle_in(work, message, mail, fault).folder
        for kind, to, case_id in work.doubted:
            stored = work.case_of(case_id)
            if stored and kind is Letter.RECEIPT:
                work.carry_out(stored, on_sent(stored.case, kind, to, at))
        if folder and folder != mail.place[0] and mail.place[0] != desk.folders.inbox:
            _move_later(work, message.digest, folder)


def leave_out(desk: Desk, folder: str, uid: int, reason: str, now: datetime) -> None:
    """Note that a mail could not be taken in again: it lies where it lay, and the registrar is told."""
    with turn(desk, now) as work:
        work.lines.add(None, LEFT_OUT, f"{folder}, UID {uid}: {reason}")


def _read(desk: Desk, raw: bytes) -> tuple[Message, str]:
    try:
        return desk.reader(raw), ""
    except Unreadable as fault:
        return glance(raw), str(fault)


def _move_later(work: Turn, digest: str, folder: str) -> None:
    copy = documents.earlier_copy(work.s, work.desk.mailbox, digest)
    if copy and not work.s.scalar(select(refiling.c.message_id).where(refiling.c.message_id == copy.id)):
        row = {"message_id": copy.id, "mailbox": work.desk.mailbox, "folder": folder, "tries": 0}
        work.s.execute(insert(refiling).values(**row, next_try_at=work.now))


def overdue(desk: Desk, number: str, what: Restoration, now: datetime) -> None:
    """What time would have brought about in a case since the copy: to staff it leaves, to others it may have left."""
    handling.handle_time(dataclasses.replace(desk, doubt=Doubt(what.because)), number, now)


# --- the end -----------------------------------------------------------------------------------------------------


def finish(
    desk: Desk,
    what: Restoration,
    sent: Collection[str],
    kept: Collection[str],
    now: datetime,
    elsewhere: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """What shows to have left is noted, who has a case under a new number gets it, the registrar gets the list.

    sent: Message-IDs of letters that lie among the mailbox's sent mails. kept: case numbers that are as they were.
    elsewhere: how many mails that the register lacks lie in folders that are not the service's, by folder.
    """
    with turn(desk, now) as work:
        begun = set(_begun(work.s, what))
        for row in _doubtful(work.s, what):
            if row.message_id in sent or _is_answered(work.s, row.message_id):
                _note_sent(work, row, now)
            elif _is_wanted(row) and row.number in begun - {*kept}:
                values = {"state": State.QUEUED, "next_try_at": now, "last_error": ""}
                work.s.execute(update(messages).where(messages.c.id == row.id).values(**values))
        facts = _facts(work, what) | {"elsewhere": tuple(elsewhere.items()), "noticed": _is_noticed(work.s, what)}
        done = update(restorations).where(restorations.c.id == what.id)
        work.s.execute(done.values(finished_at=now))
        work.lines.add(None, RESTORED, f"what the copy lacked is taken in again: {facts['mails']} mails")
        registrar = desk.book.registrars[0]
        work.send(SendLetter(Letter.ALERT, registrar, "the register was put back", "restored", facts), None)


def _is_noticed(s: Connection, what: Restoration) -> bool:
    return s.scalar(select(journal.c.kind).where(journal.c.id == what.line)) == LOST


def waiting_letters(s: Connection, mailbox: str, copied_at: datetime) -> list[str]:
    """The Message-IDs of the letters that may have left before."""
    mine = (messages.c.state == State.UNCERTAIN, messages.c.last_error == because(copied_at))
    return list(s.scalars(select(messages.c.message_id).where(messages.c.mailbox == mailbox, *mine)))


def _doubtful(s: Connection, what: Restoration) -> Sequence[Any]:
    found = (
        select(
            messages.c.id,
            messages.c.case_id,
            messages.c.kind,
            messages.c.recipient,
            messages.c.message_id,
            messages.c.at,
            cases.c.number,
            cases.c.status,
            cases.c.officer,
            cases.c.secrecy,
        )
        .outerjoin_from(messages, cases, cases.c.id == messages.c.case_id)
        .where(
            messages.c.mailbox == what.mailbox,
            messages.c.state == State.UNCERTAIN,
            messages.c.last_error == what.because,
        )
        .order_by(messages.c.id)
    )
    return s.execute(found).all()


def _is_answered(s: Connection, message_id: str) -> bool:
    return s.scalar(select(messages.c.id).where(messages.c.answers == message_id).limit(1)) is not None


def _note_sent(work: Turn, row: Row[Any], now: datetime) -> None:
    outcomes.mark_sent(work.s, row.id, now)
    work.lines.add(row.case_id, "sent-before", f"a {row.kind} shows to have left before the register was put back")
    stored = work.case_of(row.case_id)
    if stored and row.kind == Letter.RECEIPT:
        work.carry_out(stored, on_sent(stored.case, row.kind, row.recipient, now))


def _is_wanted(row: Row[Any]) -> bool:
    """Whether the letter gives somebody a case who has it still: its new number must be known."""
    is_assignment = row.kind == Letter.ASSIGNMENT and row.recipient == row.officer
    return is_assignment and bool(row.status == Status.ASSIGNED.value)


def _begun(s: Connection, what: Restoration) -> Sequence[str]:
    """The numbers of the cases that were not in the copy."""
    opened = select(cases.c.number).join(journal, journal.c.case_id == cases.c.id).where(*_since(what))
    return s.scalars(opened.where(journal.c.kind == "opened").order_by(cases.c.id)).all()


def _count(s: Connection, what: Restoration, kind: str) -> int:
    return s.scalar(select(func.count()).where(*_since(what), journal.c.kind == kind)) or 0


def _since(what: Restoration) -> tuple[ColumnElement[bool], ...]:
    return journal.c.id > what.line, journal.c.mailbox == what.mailbox


def _facts(work: Turn, what: Restoration) -> dict[str, Any]:
    numbers = _begun(work.s, what)
    letters = [
        {
            "id": row.id,
            "kind": row.kind,
            "to": "" if row.secrecy else row.recipient,
            "number": row.number or "",
            "day": work.desk.book.calendar.local_date(row.at),
        }
        for row in _doubtful(work.s, what)
    ]
    return {
        "copied": swedish.moment(what.copied_at, work.desk.book.calendar.zone),
        "mails": _count(work.s, what, RETAKEN),
        "left_out": _count(work.s, what, LEFT_OUT),
        "numbers": tuple(numbers[:_MOST_LISTED]),
        "more_numbers": max(len(numbers) - _MOST_LISTED, 0),
        "letters": tuple(letters[:_MOST_LISTED]),
        "more_letters": max(len(letters) - _MOST_LISTED, 0),
    }
