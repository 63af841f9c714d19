"""What a person decides about a mail in quarantine: it is let in after all, or it stays out for a reason."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Row

from service.core.decide import on_mail
from service.core.decide.unreadable import on_readable
from service.core.mail import Message
from service.core.message import Kind
from service.core.people.origin import Arrival
from service.core.speech.filenotes import is_file_note
from service.core.verdict import TO_ITSELF, Role, Verdict
from service.desk import documents, quarantine, register
from service.desk.desk import Desk
from service.desk.journal import Kept
from service.desk.quarantine import State
from service.desk.register import Stored
from service.desk.surroundings import filed_as, look_around
from service.desk.turn import Turn, turn

_Kept = Row[int, int | None, datetime, bytes]


class NotHeld(Exception):
    """The mail is not in quarantine, or somebody has decided about it before."""


def release(desk: Desk, number: int, now: datetime) -> str:
    """Read the mail again and take it for a person's: it fills its case in, or becomes one with its own arrival time.

    Returns the case's number.

    Raises:
        NotHeld: no such mail is held.
        Unreadable: it still cannot be read; it stays held.
    """
    with desk.database.reading() as s:
        kept = quarantine.original(s, number)
    if kept is None:
        raise NotHeld
    raw = bytes(kept.raw)
    message = desk.reader(raw)
    with turn(desk, now) as work:
        if not quarantine.decide(work.s, number, State.RELEASED, "", now):
            raise NotHeld
        stored = work.case_of(kept.case_id)
        after, kind = _fill(work, stored, message, kept) if stored else _admit(work, message, kept)
        documents.refile(work.s, desk.mailbox, kept.id, message, case_id=after.id if after else None, kind=kind)
        again = Kept(kept.id, hashlib.sha256(raw).hexdigest())
        work.lines.add(after.id if after else None, "released", f"number {number} in quarantine", kept=again)
    return after.case.number if after else ""


def _fill(work: Turn, stored: Stored, message: Message, kept: _Kept) -> tuple[Stored | None, str]:
    """The case is there; what the mail says was missing."""
    opened_it = documents.opening(work.s, stored.id) == kept.id
    _, incoming = look_around(work, message, Arrival(kept.at, "noted when it came"))
    effects = on_readable(incoming, stored.case, opened_it=opened_it)
    after = work.carry_out(stored, effects, {message.digest: (message, bytes(kept.raw))})
    return after, "feedback" if opened_it else "follow-up"


def _admit(work: Turn, message: Message, kept: _Kept) -> tuple[Stored | None, str]:
    """Nobody was taken to have written; somebody has."""
    by_hand = replace(message, auto_submitted=False, bounce=None, absence=None)
    if message.kind in {Kind.AUTO_REPLY, Kind.BULK, Kind.CALENDAR, Kind.BOUNCE}:
        by_hand = replace(by_hand, kind=Kind.NEW)
    stored, incoming = look_around(work, by_hand, Arrival(kept.at, "noted when it came"))
    if incoming.verdict.role in {Role.OWN, Role.ABOUT_US, *TO_ITSELF, Role.STAFF_IN_DOUBT} or (
        incoming.verdict.role is Role.UNPROVEN_STAFF and stored is None
    ):
        role = Role.FILE_NOTE if is_file_note(by_hand) and work.desk.book.is_staff(incoming.sender) else Role.NEW
        incoming = replace(incoming, verdict=Verdict(role, "released from quarantine by a person"))
    if incoming.sender:
        register.resume_address(work.s, incoming.sender)
    effects = on_mail(incoming)
    after = work.carry_out(stored, effects, {message.digest: (message, bytes(kept.raw))})
    return after, filed_as(effects)


def drop(desk: Desk, number: int, because: str, now: datetime) -> None:
    """The mail stays out: noted with its reason, and kept. Raises NotHeld."""
    with turn(desk, now) as work:
        kept = quarantine.original(work.s, number)
        if kept is None or not quarantine.decide(work.s, number, State.DROPPED, because, now):
            raise NotHeld
        work.lines.add(kept.case_id, "dropped", f"number {number} in quarantine: {because}")
