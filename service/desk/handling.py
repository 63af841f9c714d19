"""One thing at a time, in one transaction: a mail, a turn of the clock in a case, a letter's outcome. Nothing else.

The way of one mail through the house can be read here in `handle_mail`, from its bytes to the letters that answer it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from service.core import classify, origin
from service.core.classify import Context, Match, Role
from service.core.decide import Incoming, SentLetter, on_mail, on_refused, on_sent, on_time
from service.core.effects import AddMessage, Effect, Letter, NoCase
from service.core.message import Message
from service.desk import documents, outbox, register
from service.desk.database import Database
from service.desk.desk import Desk
from service.desk.outbox import Waiting
from service.desk.register import StaleCase, Stored
from service.desk.tables import secrets
from service.desk.turn import Turn, turn

_PEOPLE = frozenset({Role.NEW, Role.SUBMITTER, Role.STRANGER, Role.OFFICER})


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mail as the mailbox gave it: its bytes, its date there (aware UTC) and its place (folder, UIDVALIDITY, UID)."""

    raw: bytes
    internal_date: datetime | None
    place: tuple[str, int, int]


def handle_mail(desk: Desk, mail: Delivered, now: datetime) -> str:
    """One mail, in one transaction. Returns the folder that it is to be moved to, once this has returned."""
    message = desk.reader(mail.raw)
    with turn(desk, now) as work:
        copy = documents.earlier_copy(work.s, desk.mailbox, message.digest)
        if copy:
            work.lines.add(copy.case_id, "again", "the same mail has come once more")
            folder = desk.folders.handled
        else:
            folder = _handle_new(work, message, mail)
        documents.mark_seen(work.s, desk.mailbox, mail.place, now, folder)
        return folder


def _handle_new(work: Turn, message: Message, mail: Delivered) -> str:
    """A mail that was never seen before: look around, decide, carry out, keep it."""
    stored, incoming = _look_around(work, message, mail)
    effects = on_mail(incoming)
    after = work.carry_out(stored, effects, {message.digest: (message, mail.raw)})
    kind = next(e.kind for e in effects if isinstance(e, AddMessage | NoCase))
    case_id = after.id if after else None
    documents.add(work.s, work.desk.mailbox, message, mail.raw, case_id=case_id, kind=kind, at=incoming.arrival.at)
    if incoming.sender and incoming.verdict.role in _PEOPLE:
        register.resume_address(work.s, incoming.sender)
    return _folder(work.desk, after, effects)


def _look_around(work: Turn, message: Message, mail: Delivered) -> tuple[Stored | None, Incoming]:
    """What the register knows around the mail, and the verdict."""
    desk, book = work.desk, work.desk.book
    ids = [i for i in (message.in_reply_to, *message.references) if i]
    match = classify.match_case(message, book.municipality.case_number.prefix, documents.threads(work.s, ids))
    bounced = _bounced(work, message)
    if bounced and bounced.number:
        match = Match(bounced.number, "the letter that bounced")
    stored = work.case(match.number)
    ctx = Context(stored.case if stored else None, match, desk.own, desk.secret)
    verdict = classify.classify(message, ctx, book)
    arrival = origin.arrival(message, mail.internal_date, work.now, book.municipality.trusted_authserv)
    today = book.calendar.local_date(work.now)
    return stored, Incoming(message, verdict, ctx, book, arrival, work.now, today, desk.mailbox, bounced)


def _bounced(work: Turn, message: Message) -> SentLetter | None:
    """The letter of ours that a delivery report is about: by the Message-ID it names, or those in its thread."""
    if not message.bounce:
        return None
    ids = (message.bounce.original_message_id, message.in_reply_to, *message.references)
    return next((letter for i in ids if i and (letter := documents.sent_letter(work.s, i))), None)


def _folder(desk: Desk, stored: Stored | None, effects: list[Effect]) -> str:
    if stored and stored.case.secrecy:
        return desk.folders.secrecy
    return desk.folders.named(next((e.folder for e in effects if isinstance(e, NoCase)), "handled"))


def handle_time(desk: Desk, number: str, now: datetime) -> bool:
    """What time brings about in one case, in one transaction. False where another daemon was there first."""
    try:
        with turn(desk, now) as work:
            stored = work.case(number)
            if stored:
                work.carry_out(stored, on_time(stored.case, desk.book, now))
    except (StaleCase, IntegrityError):
        return False
    return True


def handle_sent(desk: Desk, letter: Waiting, now: datetime) -> None:
    """The mail server has taken the letter: for a receipt, a promise is kept."""
    with turn(desk, now) as work:
        outbox.mark_sent(work.s, letter.id, now)
        if letter.kind == Letter.RECEIPT and (stored := work.case_of(letter.case_id)):
            work.carry_out(stored, on_sent(stored.case, letter.kind, letter.recipient, now))


def handle_refused(desk: Desk, letter: Waiting, reply: str, now: datetime) -> None:
    """The mail server refuses the letter for good: the registrar is told, once."""
    with turn(desk, now) as work:
        outbox.mark_refused(work.s, letter.id, reply)
        if stored := work.case_of(letter.case_id):
            work.carry_out(stored, on_refused(stored.case, letter.kind, letter.recipient, reply, desk.book, now))


def handle_deferred(desk: Desk, letter: Waiting, reply: str, now: datetime, *, link_failed: bool) -> None:
    """A passing fault: another try later; after days of them it counts as refused."""
    with turn(desk, now) as work:
        still_tried = outbox.mark_deferred(work.s, letter.id, now, reply, link_failed=link_failed)
    if not still_tried:
        handle_refused(desk, letter, reply, now)


def signing_secret(database: Database, make: Callable[[], bytes]) -> bytes:
    """The key that our Message-IDs are signed with: made once, shared by all daemons on the database."""
    with database.transaction() as s:
        value = s.scalar(select(secrets.c.value).where(secrets.c.name == "tokens"))
        if value is None:
            value = make()
            s.execute(secrets.insert().values(name="tokens", value=value))
        return bytes(value)
