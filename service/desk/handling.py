"""One thing at a time, in one transaction: a mail, a turn of the clock in a case, a letter's outcome. Nothing else.

The way of one mail through the house can be read here in `handle_mail`, from its bytes to the letters that answer it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import IntegrityError

from service.core import classify, deadlines, origin
from service.core.classify import Context, Match
from service.core.decide import Incoming, SentLetter, on_mail, on_refused, on_sent, on_time
from service.core.effects import AddMessage, Effect, Letter, NoCase, SendLetter
from service.core.message import Message, contents, read
from service.core.rulebook import RuleBook
from service.desk import documents, outbox, register
from service.desk.database import Database
from service.desk.letters import File, Stationery, Writer
from service.desk.outbox import Waiting
from service.desk.register import StaleCase, Stored
from service.desk.tables import cases, secrets, troubles

MAX_TRIES = 3
_LARGEST_ENCLOSURE = 15 * 1024 * 1024  # all files of one letter together; larger ones are fetched from the mailbox


@dataclass(frozen=True, slots=True)
class Folders:
    """Where handled mail goes in the mailbox."""

    inbox: str = "INBOX"
    handled: str = "Ärenden"
    secrecy: str = "Sekretess"
    quarantine: str = "Karantän"

    def named(self, sort: str) -> str:
        """The folder for a sort of outcome."""
        return {"handled": self.handled, "secrecy": self.secrecy, "quarantine": self.quarantine}[sort]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that one mailbox's work needs, put together once by whoever starts it."""

    database: Database
    mailbox: str
    address: str
    folders: Folders
    book: RuleBook
    stationery: Stationery
    secret: bytes
    own: frozenset[str]
    reader: Callable[[bytes], Message] = field(default=read)

    @property
    def writer(self) -> Writer:
        """Who words this mailbox's letters."""
        return Writer(self.address, self.book, self.stationery, self.secret)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mail as the mailbox gave it: its bytes, its date there (aware UTC) and its place (folder, UIDVALIDITY, UID)."""

    raw: bytes
    internal_date: datetime | None
    place: tuple[str, int, int]


def handle_mail(desk: Desk, mail: Delivered, now: datetime) -> str:
    """One mail, in one transaction. Returns the folder that it is to be moved to, once this has returned."""
    message = desk.reader(mail.raw)
    with desk.database.transaction() as s:
        copy = documents.earlier_copy(s, desk.mailbox, message.digest)
        if copy:
            register.write_journal(s, copy.case_id, desk.mailbox, now, "again", "the same mail has come once more")
            return _done(s, desk, mail, now, desk.folders.handled)
        stored, incoming = _surroundings(s, desk, message, mail, now)
        effects = on_mail(incoming)
        after = _apply(s, desk, stored, effects, now)
        kind = next(e.kind for e in effects if isinstance(e, AddMessage | NoCase))
        documents.add(
            s,
            desk.mailbox,
            message,
            mail.raw,
            case_id=after.id if after else None,
            kind=kind,
            at=incoming.arrival.at,
        )
        _send(s, desk, after, effects, now, {message.digest: (message, mail.raw)})
        return _done(s, desk, mail, now, _folder(desk, after, effects))


def _surroundings(
    s: Connection, desk: Desk, message: Message, mail: Delivered, now: datetime
) -> tuple[Stored | None, Incoming]:
    """What the register knows around the mail, and the verdict."""
    book = desk.book
    ids = [i for i in (message.in_reply_to, *message.references) if i]
    match = classify.match_case(message, book.municipality.case_number.prefix, documents.threads(s, ids))
    bounced = _bounced(s, message)
    if bounced and bounced.number:
        match = Match(bounced.number, "the letter that bounced")
    stored = register.load(s, match.number) if match.number else None
    ctx = Context(stored.case if stored else None, match, desk.own, desk.secret)
    verdict = classify.classify(message, ctx, book)
    arrival = origin.arrival(message, mail.internal_date, now, book.municipality.trusted_authserv)
    today = book.calendar.local_date(now)
    return stored, Incoming(message, verdict, ctx, book, arrival, now, today, desk.mailbox, bounced)


def _bounced(s: Connection, message: Message) -> SentLetter | None:
    """The letter of ours that a delivery report is about: by the Message-ID it names, or those in its thread."""
    if not message.bounce:
        return None
    ids = (message.bounce.original_message_id, message.in_reply_to, *message.references)
    return next((letter for i in ids if i and (letter := documents.sent_letter(s, i))), None)


def _apply(s: Connection, desk: Desk, stored: Stored | None, effects: list[Effect], now: datetime) -> Stored | None:
    """The effects made true in the register, and the instant at which time must look at the case again."""
    town = desk.book.municipality
    concerns_case = stored if any(not isinstance(e, NoCase) for e in effects) else None
    after = register.apply(
        s,
        concerns_case,
        effects,
        mailbox=desk.mailbox,
        prefix=town.case_number.prefix,
        now=now,
        year=desk.book.calendar.local_date(now).year,
    )
    if after:
        register.set_next_check(s, after.id, deadlines.next_check(after.case, desk.book, now))
    return after


def _send(
    s: Connection,
    desk: Desk,
    stored: Stored | None,
    effects: Iterable[Effect],
    now: datetime,
    at_hand: dict[str, tuple[Message, bytes]] | None = None,
) -> None:
    """Every letter among the effects, written and laid in the outbox in this very transaction."""
    writer = desk.writer
    for letter in effects:
        if isinstance(letter, SendLetter):
            files = _files(s, desk, stored, letter, at_hand or {})
            outbox.put(s, writer, letter, stored, files, mailbox=desk.mailbox, own=desk.own, now=now)


def _files(
    s: Connection, desk: Desk, stored: Stored | None, letter: SendLetter, at_hand: dict[str, tuple[Message, bytes]]
) -> list[File]:
    """The real files of the mail that the letter names ("case": of the mail that opened the case)."""
    if not letter.files_of:
        return []
    if letter.files_of in at_hand:
        message, raw = at_hand[letter.files_of]
    else:
        assert stored
        opening = letter.files_of == "case"
        raw = documents.first_raw_of(s, stored.id) if opening else documents.raw_of(s, desk.mailbox, letter.files_of)
        message = desk.reader(raw)
    wanted = [not a.inline and not a.technical for a in message.attachments]
    if not any(wanted) or sum(a.size for a in message.attachments) > _LARGEST_ENCLOSURE:
        return []
    whole = zip(message.attachments, contents(raw), wanted, strict=True)
    return [File(a.filename, a.content_type, content) for a, content, is_wanted in whole if is_wanted]


def _folder(desk: Desk, stored: Stored | None, effects: list[Effect]) -> str:
    if stored and stored.case.secrecy:
        return desk.folders.secrecy
    sort = next((e.folder for e in effects if isinstance(e, NoCase)), "handled")
    return desk.folders.named(sort)


def _done(s: Connection, desk: Desk, mail: Delivered, now: datetime, folder: str) -> str:
    documents.mark_seen(s, desk.mailbox, mail.place, now, folder)
    return folder


# --- time ----------------------------------------------------------------------------------------------------------


def handle_time(desk: Desk, number: str, now: datetime) -> bool:
    """What time brings about in one case, in one transaction. False where another daemon was there first."""
    try:
        with desk.database.transaction() as s:
            stored = register.load(s, number)
            if not stored:
                return False
            effects = on_time(stored.case, desk.book, now)
            after = _apply(s, desk, stored, effects, now)
            _send(s, desk, after, effects, now)
    except (StaleCase, IntegrityError):
        return False
    return True


# --- letters' outcomes -----------------------------------------------------------------------------------------------


def handle_sent(desk: Desk, letter: Waiting, now: datetime) -> None:
    """The mail server has taken the letter: for a receipt, a promise is kept."""
    with desk.database.transaction() as s:
        outbox.mark_sent(s, letter.id, now)
        if letter.kind == Letter.RECEIPT and (stored := _case_of(s, letter)):
            _apply(s, desk, stored, on_sent(stored.case, letter.kind, letter.recipient, now), now)


def handle_refused(desk: Desk, letter: Waiting, reply: str, now: datetime) -> None:
    """The mail server refuses the letter for good: the registrar is told, once."""
    with desk.database.transaction() as s:
        outbox.mark_refused(s, letter.id, reply)
        stored = _case_of(s, letter)
        if stored:
            effects = on_refused(stored.case, letter.kind, letter.recipient, reply, desk.book, now)
            _send(s, desk, _apply(s, desk, stored, effects, now), effects, now)


def handle_deferred(desk: Desk, letter: Waiting, reply: str, now: datetime, *, link_failed: bool) -> None:
    """A passing fault: another try later; after days of them it counts as refused."""
    with desk.database.transaction() as s:
        still_tried = outbox.mark_deferred(s, letter.id, now, reply, link_failed=link_failed)
    if not still_tried:
        handle_refused(desk, letter, reply, now)


def _case_of(s: Connection, letter: Waiting) -> Stored | None:
    if letter.case_id is None:
        return None
    number = s.scalar(select(cases.c.number).where(cases.c.id == letter.case_id))
    return register.load(s, number) if number else None


# --- trouble ---------------------------------------------------------------------------------------------------------


def hold(desk: Desk, mail: Delivered, error: str, now: datetime) -> str | None:
    """A mail that could not be handled: counted, and after three tries set aside where a person sees it.

    Returns the quarantine folder when it is time to move the mail there, else None: it stays and is tried again.
    """
    sha256 = hashlib.sha256(mail.raw).hexdigest()
    with desk.database.transaction() as s:
        here = (troubles.c.mailbox == desk.mailbox, troubles.c.sha256 == sha256)
        tries = (s.scalar(select(troubles.c.tries).where(*here)) or 0) + 1
        s.execute(delete(troubles).where(*here))
        row = {"mailbox": desk.mailbox, "sha256": sha256, "tries": tries, "at": now, "error": error[:500]}
        s.execute(troubles.insert().values(**row))
        if tries < MAX_TRIES:
            return None
        folder = desk.folders.quarantine
        register.write_journal(s, None, desk.mailbox, now, "held", f"not handled after {tries} tries: {error[:200]}")
        original = [File("original.eml", "application/octet-stream", mail.raw)]
        facts = {"reason": error[:200], "folder": folder}
        alert = SendLetter(Letter.ALERT, desk.book.registrars[0], "a mail could not be handled", "trouble", facts)
        files = original if len(mail.raw) <= _LARGEST_ENCLOSURE else []
        outbox.put(s, desk.writer, alert, None, files, mailbox=desk.mailbox, own=desk.own, now=now)
        return _done(s, desk, mail, now, folder)


def tell_rules_fault(desk: Desk, faults: list[str], now: datetime) -> None:
    """The registrar hears what is wrong in an edited rules folder; the last good rules stay in force."""
    with desk.database.transaction() as s:
        register.write_journal(s, None, desk.mailbox, now, "rules-refused", "; ".join(faults)[:2000])
        alert = SendLetter(
            Letter.ALERT,
            desk.book.registrars[0],
            "an edited rules folder has faults",
            "rules-fault",
            {"faults": tuple(faults)},
        )
        outbox.put(s, desk.writer, alert, None, [], mailbox=desk.mailbox, own=desk.own, now=now)


# --- secrets ---------------------------------------------------------------------------------------------------------


def signing_secret(database: Database, make: Callable[[], bytes]) -> bytes:
    """The key that our Message-IDs are signed with: made once, shared by all daemons on the database."""
    with database.transaction() as s:
        value = s.scalar(select(secrets.c.value).where(secrets.c.name == "tokens"))
        if value is None:
            value = make()
            s.execute(secrets.insert().values(name="tokens", value=value))
        return bytes(value)
