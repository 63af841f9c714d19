"""What goes wrong is set aside where a person sees it: a mail that cannot be handled, rules that cannot be used."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from service.core.decide.unreadable import UNREADABLE
from service.core.effects import Letter, SendLetter
from service.core.message import glance
from service.desk import documents, ledger, quarantine
from service.desk.desk import Desk
from service.desk.handling import Delivered, handle_unreadable
from service.desk.post.files import original
from service.desk.rounds import beginnings
from service.desk.tables import journal, told, troubles
from service.desk.turn import Turn, turn

MAX_TRIES = 3
_LONGEST_REASON = 300


def hold(desk: Desk, mail: Delivered, error: str, now: datetime) -> str | None:
    """A mail that could not be handled: counted, and after three tries treated as one that cannot be read.

    Returns the folder when it is time to move the mail there, else None: it stays and is tried again.
    """
    reason = error[:_LONGEST_REASON]
    with turn(desk, now) as work:
        tries = _count(work, hashlib.sha256(mail.raw).hexdigest(), reason)
    if tries < MAX_TRIES:
        return None
    return set_aside(desk, mail, f"not handled after {tries} tries: {reason}", now)


def set_aside(desk: Desk, mail: Delivered, reason: str, now: datetime, *, unseen: bool = False) -> str:
    """A mail that is not handled any more: a case from its header alone, or, `unseen`, kept without any look at it."""
    if not unseen:
        with contextlib.suppress(Exception):  # not even a case can be opened: a person has to
            return handle_unreadable(desk, mail, reason, now).folder
    return _put_aside(desk, mail, reason, now)


def _put_aside(desk: Desk, mail: Delivered, reason: str, now: datetime) -> str:
    """Keep the mail without looking at it, and send the registrar the original."""
    unseen = dataclasses.replace(glance(b""), digest=hashlib.sha256(mail.raw).hexdigest(), size=len(mail.raw))
    folder = desk.folders.quarantine
    with turn(desk, now) as work:
        work.lines.add(None, "held", reason)
        kept = documents.add(work.s, desk.mailbox, unseen, mail.raw, case_id=None, kind=UNREADABLE, at=now)
        work.lines.vouch(kept, None)
        quarantine.put(work.s, desk.mailbox, kept.row, reason, now)
        facts = {"reason": reason, "folder": folder}
        registrar = desk.book.registrars[0]
        work.send(
            SendLetter(Letter.ALERT, registrar, "a mail could not be handled", "trouble", facts),
            None,
            original(mail.raw),
        )
        lies_in = desk.resting_place(folder)
        ledger.mark_seen(work.s, desk.mailbox, mail.place, now, lies_in)
    return lies_in


def _count(work: Turn, sha256: str, reason: str) -> int:
    here = (troubles.c.mailbox == work.desk.mailbox, troubles.c.sha256 == sha256)
    tries = int(work.s.scalar(select(troubles.c.tries).where(*here)) or 0) + 1
    work.s.execute(delete(troubles).where(*here))
    row = {"mailbox": work.desk.mailbox, "sha256": sha256, "tries": tries, "at": work.now, "error": reason}
    work.s.execute(insert(troubles).values(**row))
    return tries


def tell_daily(desk: Desk, what: str, template: str, facts: Mapping[str, Any], now: datetime) -> None:
    """The registrar hears of a fault in the service itself, of each (`what`) once a day at most."""
    here = (told.c.mailbox == desk.mailbox, told.c.what == what)
    with turn(desk, now) as work:
        before = work.s.scalar(select(told.c.at).where(*here))
        if before and before <= now < before + _A_DAY:
            return
        work.s.execute(delete(told).where(*here))
        work.s.execute(insert(told).values(mailbox=desk.mailbox, what=what, at=now))
        work.lines.add(None, template, what)
        _tell(work, what, template, facts)


_A_DAY = timedelta(hours=23)  # a little less: the line comes at about the same hour of each day


def tell_beginning(desk: Desk, older: int, since: datetime, now: datetime) -> None:
    """The registrar hears, once, how many older mails the service has left in the mailbox at its first start."""
    with turn(desk, now) as work:
        left = beginnings.note_left(work.s, desk, older)
        if left:
            because = f"{left} mails from before the first start are left alone"
            work.lines.add(None, "beginning", because)
            facts = {"left": left, "since": desk.book.calendar.local_date(since)}
            _tell(work, because, "beginning", facts)


def tell_rules(desk: Desk, faults: Sequence[str], wordings: Sequence[str], now: datetime) -> None:
    """The registrar hears, once, what is wrong in the rules folder as it is now, and that it is right again.

    What was told last stands in the journal, so that no new start repeats it.

    faults: why an edited folder is not in force, a line each, in Swedish; the last good rules are.
    wordings: own templates that are not used, likewise; the shipped ones are used in their place.
    """
    all_wrong = "; ".join((*faults, *wordings))
    with turn(desk, now) as work:
        last = work.s.execute(_LAST_TOLD, {"box": desk.mailbox}).one_or_none()
        before = last.text if last and last.kind == _REFUSED else ""
        if all_wrong == before:
            return
        work.lines.add(None, _REFUSED if all_wrong else _MENDED, all_wrong)
        if all_wrong:
            facts = {"faults": tuple(faults), "wordings": tuple(wordings)}
            _tell(work, "an edited rules folder has faults", "rules-fault", facts)
        else:
            _tell(work, "the rules folder is right again", "rules-mended", {})


def tell_wording(desk: Desk, wordings: Sequence[str], now: datetime) -> None:
    """The registrar hears which own templates gave way to the shipped ones at work; the same at most once a day."""
    with turn(desk, now) as work:
        since = {"box": desk.mailbox, "since": now - timedelta(days=1)}
        known = set(work.s.scalars(_WORDINGS_TOLD, since))
        if fresh := [each for each in wordings if each not in known]:
            for each in fresh:
                work.lines.add(None, _GAVE_WAY, each)
            facts = {"faults": (), "wordings": tuple(fresh)}
            _tell(work, "an own template could not be filled in", "rules-fault", facts)


def _tell(work: Turn, because: str, template: str, facts: Mapping[str, Any]) -> None:
    registrar = work.desk.book.registrars[0]
    work.send(SendLetter(Letter.ALERT, registrar, because, template, facts), None)


_REFUSED, _MENDED, _GAVE_WAY = "rules-refused", "rules-mended", "wording-gave-way"
_of_mailbox = (journal.c.case_id.is_(None), journal.c.mailbox == bindparam("box"))
_LAST_TOLD = (
    select(journal.c.kind, journal.c.text)
    .where(*_of_mailbox, journal.c.kind.in_([_REFUSED, _MENDED]))
    .order_by(journal.c.id.desc())
    .limit(1)
)
_WORDINGS_TOLD = select(journal.c.text).where(
    *_of_mailbox, journal.c.kind == _GAVE_WAY, journal.c.at > bindparam("since")
)
