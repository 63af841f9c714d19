"""One thing at a time, in one transaction: a mail, a turn of the clock in a case, a letter's outcome. Nothing else.

The way of one mail through the house can be read here in `handle_mail`, from its bytes to the letters that answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from service.core import classify, origin
from service.core.cases import Case
from service.core.decide import (
    Incoming,
    SentLetter,
    Unread,
    on_mail,
    on_refused,
    on_sent,
    on_time,
    on_uncertain,
    repeats,
)
from service.core.effects import AddMessage, Effect, Letter, Listing, NoCase
from service.core.formlooks import NEVER_SEEN
from service.core.mail import Unreadable
from service.core.message import Message, glance
from service.core.numbers import find_numbers
from service.core.origin import Arrival
from service.core.quotation import compared
from service.core.standing import Standing
from service.core.tokens import NO_CASE, read_token
from service.core.verdict import Context, Match, Role
from service.desk import (
    absences,
    documents,
    formlooks,
    heldback,
    mailbytes,
    matching,
    outbox,
    quarantine,
    register,
    resembling,
    standing,
    unreachable,
)
from service.desk.database import Database
from service.desk.desk import Desk
from service.desk.outbox import Waiting
from service.desk.register import StaleCase, Stored
from service.desk.tables import secrets
from service.desk.turn import Turn, turn

_TRIES = 5
_PEOPLE = frozenset({Role.NEW, Role.UNKNOWN_FORM, Role.SUBMITTER, Role.STRANGER, Role.OFFICER})


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mail as the mailbox gave it: its bytes, its date there (aware UTC) and its place (folder, UIDVALIDITY, UID).

    since: it is left alone when it came in earlier (aware).
    """

    raw: bytes
    internal_date: datetime | None
    place: tuple[str, int, int]
    since: datetime | None = None


STAYS = ""
"""The folder of a mail that is done with and stays where it is."""


def handle_mail(desk: Desk, mail: Delivered, now: datetime) -> str:
    """One mail, in one transaction. Returns the folder that it is to be moved to, once this has returned, or STAYS."""
    try:
        message = desk.reader(mail.raw)
    except Unreadable as fault:
        return handle_unreadable(desk, mail, str(fault), now)
    with turn(desk, now) as work:
        return _handle(work, message, mail)


def handle_unreadable(desk: Desk, mail: Delivered, reason: str, now: datetime) -> str:
    """A mail that cannot be read, or not be handled: its case begins with what its header tells. Returns the folder."""
    with turn(desk, now) as work:
        return _handle(work, glance(mail.raw), mail, reason)


def _handle(work: Turn, message: Message, mail: Delivered, unreadable: str = "") -> str:
    copy = documents.earlier_copy(work.s, work.desk.mailbox, message.digest)
    if copy:
        work.lines.add(copy.case_id, "again", "the same mail has come once more")
        folder = work.desk.folders.handled
    else:
        folder = _handle_new(work, message, mail, unreadable)
    documents.mark_seen(work.s, work.desk.mailbox, mail.place, work.now, folder)
    return folder


def _handle_new(work: Turn, message: Message, mail: Delivered, unreadable: str) -> str:
    """A mail that was never seen before: look around, decide, carry out, keep it."""
    trusted = work.desk.book.municipality.trusted_hosts
    arrival = origin.arrival(message, mail.internal_date, work.now, trusted)
    if mail.since and arrival.at < mail.since:
        return STAYS
    stored, incoming = look_around(work, message, arrival, unreadable)
    stored, incoming = matching.repeated(work, stored, incoming)
    if incoming.verdict.role in repeats.NEWS and not incoming.unread:
        incoming = replace(incoming, alike=resembling.look_up(work, incoming))
    work.cause = causes(incoming)
    effects = on_mail(incoming)
    after = work.carry_out(stored, effects, {message.digest: (None if unreadable else message, mail.raw)})
    kind = filed_as(effects)
    filed_in_case = any(isinstance(e, AddMessage) for e in effects)  # what is counted without the person is in none
    case_id = after.id if after and filed_in_case else None
    kept = documents.add(work.s, work.desk.mailbox, message, mail.raw, case_id=case_id, kind=kind, at=arrival.at)
    work.lines.vouch(kept, case_id)
    if incoming.sender and incoming.verdict.role in _PEOPLE:
        register.resume_address(work.s, incoming.sender)
        heldback.let_go_to(work.s, incoming.sender, work.now)
    put_aside = next((e for e in effects if isinstance(e, NoCase) and e.folder == "quarantine"), None)
    if unreadable or put_aside:
        reason = unreadable or (put_aside.because if put_aside else "")
        quarantine.put(work.s, work.desk.mailbox, kept.row, reason, work.now)
    if incoming.unread:
        return incoming.unread.folder
    return _folder(work.desk, after, effects)


def causes(mail: Incoming) -> str:
    """The person outside whose mail brings letters about; empty where it is one of the staff, or nobody says who."""
    if mail.verdict.form:
        return mail.verdict.form.email
    return "" if mail.book.is_staff(mail.sender) else mail.sender


def filed_as(effects: list[Effect]) -> str:
    """The sort of document that the effects make of the mail in hand."""
    return next(e.kind for e in effects if isinstance(e, AddMessage | NoCase))


def look_around(work: Turn, message: Message, arrival: Arrival, unreadable: str = "") -> tuple[Stored | None, Incoming]:
    """What the register knows around the mail, and the verdict. `unreadable`: why it could not be read."""
    desk, book = work.desk, work.desk.book
    ids = classify.thread_ids(message)
    question = _question(work, message)
    listing = _listing(work, message, ids)
    bounced = _bounced(work, message)
    match = _match(work, message, ids, bool(question or listing), bounced)
    stored = work.case(match.number)
    message = _compared(work, message, ids, stored)
    away = absences.absences(work.s, desk.mailbox, book, work.now)
    ctx = Context(
        stored.case if stored else None,
        match,
        desk.own,
        desk.secret,
        documents.exposed(work.s, ids),
        _staff_letters(work, {*ids, *message.carried_ids}),
        any(named.case.secrecy for number in match.numbers if (named := work.case(number))),
        away,
        question,
        tuple(_others(work, message, question)),
        listing,
        _listed(work, listing, message) if listing else {},
    )
    verdict = classify.classify(message, ctx, book)
    today = book.calendar.local_date(work.now)
    folder = desk.folder_of(stored.case) if stored and stored.case.secrecy else desk.folders.quarantine
    unread = Unread(unreadable, folder) if unreadable else None
    by_staff = stored is not None and verdict.role is Role.OFFICER
    joined = matching.joined(work, stored.case, message.new_text) if stored and by_staff else {}
    looks = formlooks.looks(work.s, desk.mailbox, verdict.form.form) if verdict.form else NEVER_SEEN
    circumstances = (book, arrival, work.now, today, desk.mailbox, bounced, unread)
    return stored, Incoming(message, verdict, ctx, *circumstances, joined=joined, looks=looks)


def _question(work: Turn, message: Message) -> Standing | None:
    """The question about several cases whose letter the mail answers."""
    first = next(iter(classify.tokens_of(message)), None)
    return standing.find(work.s, work.desk.mailbox, first.nonce) if first and first.number == NO_CASE else None


def _match(work: Turn, message: Message, ids: Sequence[str], is_listed: bool, bounced: SentLetter | None) -> Match:
    """The case that the mail points to; of a question about several, or a list, the answer is filed in none of them."""
    if bounced and bounced.number:
        return Match(bounced.number, "the letter that bounced")
    if is_listed:
        return Match()
    return matching.match(work, message, ids)


def _others(work: Turn, message: Message, question: Standing | None) -> Iterator[Case]:
    """The cases that the mail is about besides: the open ones of who is away, or those that a question named."""
    if message.absence and message.sender and work.desk.book.person(message.sender.address):
        yield from register.open_of(work.s, work.desk.mailbox, message.sender.address)
    elif question:
        stored = (work.case(number) for number in question.facts["held_by"])
        yield from (one.case for one in stored if one)


def _listing(work: Turn, message: Message, ids: Sequence[str]) -> Listing | None:
    """The list that the mail answers; none where its subject names a case, which it is about then."""
    ours = next((i for i in ids if read_token(i)), "")
    return None if find_numbers(message.subject) else documents.listing_of(work.s, ours)


def _listed(work: Turn, listing: Listing, message: Message) -> dict[str, Case]:
    """The cases of the list, and those that the mail names besides."""
    named = find_numbers(message.new_text, work.desk.book.municipality.case_number.prefix)
    found = ((number, work.case(number)) for number in dict.fromkeys((*listing.numbers, *named)))
    return {number: stored.case for number, stored in found if stored}


def _compared(work: Turn, message: Message, ids: Sequence[str], stored: Stored | None) -> Message:
    """The message with what its writer wrote, told from the letters of ours that it answers."""
    if message.bounce or message.auto_submitted or not (ids or stored):
        return message
    sender = message.sender.address if message.sender else ""
    quotable = documents.letters_quoted(work.s, work.desk.mailbox, ids, stored.id if stored else None, sender)
    words = [mailbytes.words_of(raw) for raw in quotable]
    return compared(message, [*words, *([(stored.case.text,)] if stored else [])])


def _staff_letters(work: Turn, ids: set[str]) -> frozenset[str]:
    """Those of the ids that are letters of ours to staff, and that still prove who was sent them."""
    sent = documents.letters_to(work.s, ids)
    return frozenset(i for i, to in sent.items() if work.desk.book.is_staff(to))


def _bounced(work: Turn, message: Message) -> SentLetter | None:
    """The letter of ours that a delivery report is about: by the Message-ID it names, or those in its thread."""
    if not message.bounce:
        return None
    ids = (message.bounce.original_message_id, message.in_reply_to, *message.references)
    return next((letter for i in ids if i and (letter := documents.sent_letter(work.s, i))), None)


def _folder(desk: Desk, stored: Stored | None, effects: list[Effect]) -> str:
    if stored and stored.case.secrecy:
        return desk.folder_of(stored.case)
    return desk.folders.named(next((e.folder for e in effects if isinstance(e, NoCase)), "handled"))


def handle_time(desk: Desk, number: str, now: datetime) -> bool:
    """What time brings about in one case, in one transaction. False where another daemon was there first."""
    try:
        with turn(desk, now) as work:
            stored = work.case(number)
            if stored:
                away = absences.absences(work.s, desk.mailbox, desk.book, now)
                joined = matching.joined(work, stored.case) if stored.case.leaving else {}
                work.carry_out(stored, on_time(stored.case, desk.book, now, away, joined))
    except (StaleCase, IntegrityError):
        return False
    return True


def claim_letters(desk: Desk, now: datetime, limit: int) -> list[Waiting]:
    """Letters whose time has come; those that an earlier run may have sent are named in the journal."""
    with turn(desk, now) as work:
        waiting = outbox.claim_due(work.s, desk.mailbox, now, limit)
        for letter in waiting:
            if letter.again:
                text = f"a {letter.kind} may have left before: the run that took it noted no outcome; same Message-ID"
                work.lines.add(letter.case_id, "sent-again", text)
    return waiting


def handle_sent(desk: Desk, letter: Waiting, now: datetime) -> None:
    """The mail server has taken the letter: for a receipt, a promise is kept; an address in trouble may be in order."""

    def note(work: Turn) -> None:
        outbox.mark_sent(work.s, letter.id, now)
        unreachable.note_accepted(work.s, letter.recipient, now)
        if letter.kind == Letter.RECEIPT and (stored := work.case_of(letter.case_id)):
            work.carry_out(stored, on_sent(stored.case, letter.kind, letter.recipient, now))

    _settle(desk, now, note)


def handle_refused(desk: Desk, letter: Waiting, reply: str, now: datetime) -> None:
    """The mail server refuses the letter for good: it takes another road, or somebody is told, once."""
    _settle(desk, now, lambda work: _refuse(work, letter, reply))


def handle_deferred(desk: Desk, letter: Waiting, reply: str, now: datetime) -> None:
    """The server wants it later: another try; after days of them it counts as refused, in the same transaction."""

    def note(work: Turn) -> None:
        if not outbox.mark_deferred(work.s, letter.id, now, reply):
            _refuse(work, letter, reply)

    _settle(desk, now, note)


def handle_untried(desk: Desk, letter: Waiting, reply: str, now: datetime, *, in_hand: bool) -> None:
    """The link, the account or the sender failed: the letter waits as if it had not been its turn."""
    _settle(desk, now, lambda work: outbox.mark_untried(work.s, letter.id, now, reply, in_hand=in_hand))


def handle_uncertain(desk: Desk, letter: Waiting, reply: str, now: datetime) -> None:
    """It may have arrived: one repeat, and where that is uncertain too a person finds out (RFC 5321, 4.5.3.2.6)."""

    def note(work: Turn) -> None:
        is_repeated = outbox.mark_uncertain(work.s, letter.id, now, reply)
        stored = work.case_of(letter.case_id)
        if stored:
            book = work.desk.book
            effects = on_uncertain(stored.case, letter.kind, letter.recipient, book, now, is_repeated=is_repeated)
            work.carry_out(stored, effects)
        else:
            work.lines.add(None, "uncertain", f"whether a {letter.kind} arrived is uncertain: {reply}")

    _settle(desk, now, note)


def _refuse(work: Turn, letter: Waiting, reply: str) -> None:
    outbox.mark_refused(work.s, letter.id, reply)
    known = documents.letter_in(work.s, letter.id)
    assert known
    stored = work.case_of(letter.case_id)
    effects = on_refused(stored.case if stored else None, known, reply, work.desk.book, work.now)
    work.carry_out(stored, effects)


def _settle(desk: Desk, now: datetime, note: Callable[[Turn], None]) -> None:
    """Note an outcome. It has happened, so a case that another daemon changes meanwhile is read again.

    Raises:
        StaleCase: the case is changed over and over.
    """
    for _ in range(_TRIES - 1):
        try:
            with turn(desk, now) as work:
                return note(work)
        except StaleCase:
            continue
    with turn(desk, now) as work:
        return note(work)


def signing_secret(database: Database, make: Callable[[], bytes]) -> bytes:
    """The key that our Message-IDs are signed with: made once, shared by all daemons on the database."""
    with suppress(IntegrityError), database.transaction() as s:  # another daemon made it in the same moment
        if s.scalar(_SECRET) is None:
            s.execute(secrets.insert().values(name="tokens", value=make()))
    with database.reading() as s:
        return secret_in(s)


def secret_in(s: Connection) -> bytes:
    """The register's key; empty where no daemon has run on it yet, and nobody has been told an address."""
    return bytes(s.scalar(_SECRET) or b"")


_SECRET = select(secrets.c.value).where(secrets.c.name == "tokens")
