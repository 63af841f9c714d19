"""One thing at a time, in one transaction: a mail, a turn of the clock in a case, a letter's outcome. Nothing else.

The way of one mail through the house can be read here in `handle_mail`, from its bytes to the letters that answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import IntegrityError

from service.core.decide import (
    Incoming,
    on_mail,
    on_refused,
    on_sent,
    on_time,
    on_uncertain,
    repeats,
)
from service.core.effects import AddMessage, Effect, Letter, NoCase
from service.core.mail import Unreadable
from service.core.message import Message, glance
from service.core.people import origin
from service.core.verdict import TO_ITSELF, Role
from service.desk import absences, documents, ledger, neighbours, quarantine, register, registering, watched
from service.desk.database import Database, fault_words, is_of_the_database
from service.desk.desk import Desk
from service.desk.lookup import matching, resembling
from service.desk.post import claims, heldback, minding, outcomes, unreachable
from service.desk.post.claims import Waiting
from service.desk.post.states import WAITING, State
from service.desk.register import StaleCase, Stored
from service.desk.rounds import canary
from service.desk.surroundings import filed_as, look_around
from service.desk.tables import secrets
from service.desk.turn import Turn, turn

_TRIES = 5
_CITIZENS = frozenset({Role.NEW, Role.UNKNOWN_FORM, Role.SUBMITTER, Role.STRANGER})
_STAFF = frozenset({Role.OFFICER, Role.STAFF_WITHOUT_CASE, Role.ANSWERS_LIST, Role.DECIDES, Role.FILE_NOTE})


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
LEFT, UNREADABLE = "left", "unreadable"


@dataclass(frozen=True, slots=True)
class Handled:
    """What has become of a mail.

    folder: where it is to be moved, once this is known; or STAYS. case: the number of the case that it is filed in;
    empty where it is in none. verdict: what it was taken for (`Role`), or that it is LEFT alone or UNREADABLE.
    """

    folder: str
    verdict: str
    case: str = ""


def handle_mail(desk: Desk, mail: Delivered, now: datetime) -> Handled:
    """One mail, in one transaction.

    Raises:
        Anothers: it may be one that another mailbox has just handled, and stays where it is for now.
    """
    unreadable = ""
    try:
        message = desk.reader(mail.raw)
    except Unreadable as fault:
        message, unreadable = glance(mail.raw), str(fault)
    with turn(desk, now) as work:
        neighbours.demand(work.s, desk, mail.place, message.digest, now)
        return handle_in(work, message, mail, unreadable)


def handle_unreadable(desk: Desk, mail: Delivered, reason: str, now: datetime) -> Handled:
    """A mail that cannot be read, or not be handled: its case begins with what its header tells."""
    with turn(desk, now) as work:
        return handle_in(work, glance(mail.raw), mail, reason)


def handle_in(work: Turn, message: Message, mail: Delivered, unreadable: str = "") -> Handled:
    """The mail in the transaction that is open. `unreadable`: why it could not be read.

    Raises:
        Served: the mailbox was only watched, and another process serves it by now.
    """
    watched.demand(work)
    copy = documents.earlier_copy(work.s, work.desk.mailbox, message.digest)
    if copy:
        work.lines.add(copy.case_id, "again", "the same mail has come once more")
        handled = Handled(_beside_the_first(work, copy), Role.AGAIN)
    else:
        handled = _handle_new(work, message, mail, unreadable)
    handled = replace(handled, folder=work.desk.resting_place(handled.folder))
    remembered = ledger.PASSING if handled.verdict in TO_ITSELF else handled.folder
    ledger.mark_seen(work.s, work.desk.mailbox, mail.place, work.now, remembered)
    return handled


def _beside_the_first(work: Turn, copy: Row[int, int | None, bool | None, bool]) -> str:
    """Where a mail goes that comes once more: what is secret, or was put aside without a case, is so each time."""
    stored = work.case_of(copy.case_id) if copy.secrecy else None
    if stored:
        return work.desk.folder_of(stored.case)
    return work.desk.folders.named("quarantine" if copy.put_aside and copy.case_id is None else "handled")


def _handle_new(work: Turn, message: Message, mail: Delivered, unreadable: str) -> Handled:
    """A mail that was never seen before: look around, decide, carry out, keep it."""
    trusted = work.desk.book.municipality.trusted_hosts
    arrival = origin.arrival(message, mail.internal_date, work.now, trusted)
    if mail.since and arrival.at < mail.since:
        return Handled(STAYS, LEFT)
    stored, incoming = look_around(work, message, arrival, unreadable)
    if incoming.verdict.role in TO_ITSELF:
        canary.met(work, message, mail.raw, incoming.verdict.role)
        return Handled(work.desk.folders.handled, incoming.verdict.role)
    stored, incoming = matching.repeated(work, stored, incoming)
    incoming = matching.as_secret_as_before(work, incoming)
    if incoming.verdict.role in repeats.NEWS and not incoming.unread:
        incoming = replace(incoming, alike=resembling.look_up(work, incoming))
    by_a_person = bool(incoming.sender) and incoming.verdict.role in _CITIZENS | _STAFF
    if by_a_person:  # before the letters of this very mail, such as its receipt
        register.resume_address(work.s, incoming.sender)
    work.cause = causes(incoming)
    effects = on_mail(incoming)
    after = work.carry_out(stored, effects, {message.digest: (None if unreadable else message, mail.raw)})
    registering.carry_out(work, effects)
    kind = filed_as(effects)
    filed_in = after if any(isinstance(e, AddMessage) for e in effects) else None  # a grade is counted, and is in none
    case_id = filed_in.id if filed_in else None
    kept = documents.add(work.s, work.desk.mailbox, message, mail.raw, case_id=case_id, kind=kind, at=arrival.at)
    work.lines.vouch(kept, case_id)
    if by_a_person:
        heldback.let_go_to(work.s, incoming.sender, work.now)
    put_aside = next((e.because for e in effects if isinstance(e, NoCase) and e.folder == "quarantine"), None)
    reason = unreadable or put_aside
    if reason is not None:
        quarantine.put(work.s, work.desk.mailbox, kept.row, reason, work.now)
    number = filed_in.case.number if filed_in else ""
    if incoming.unread:
        return Handled(incoming.unread.folder, UNREADABLE, number)
    return Handled(_folder(work.desk, after, effects), incoming.verdict.role, number)


def causes(mail: Incoming) -> str:
    """The person outside whose mail brings letters about; empty where it is one of the staff, or nobody says who."""
    if mail.verdict.form:
        return mail.verdict.form.email
    return "" if mail.book.is_staff(mail.sender) else mail.sender


def _folder(desk: Desk, stored: Stored | None, effects: list[Effect]) -> str:
    if stored and stored.case.secrecy:
        return desk.folder_of(stored.case)
    return desk.folders.named(next((e.folder for e in effects if isinstance(e, NoCase)), "handled"))


def handle_time(desk: Desk, number: str, now: datetime) -> None:
    """What time brings about in one case, in one transaction; nothing where another daemon was there first."""
    with suppress(StaleCase, IntegrityError), turn(desk, now) as work:
        stored = work.case(number)
        if stored:
            away = absences.absences(work.s, desk.mailbox, desk.book, now)
            joined = matching.joined(work, stored.case) if stored.case.leaving else {}
            effects = on_time(stored.case, desk.book, now, away, joined)
            if effects:
                work.carry_out(stored, effects)
            else:  # the rules have changed, and with them perhaps the day: it would be looked at in each round
                register.look_later(work.s, stored, desk.book, now)


def claim_letters(
    desk: Desk, now: datetime, limit: int, run: int, dead: Iterable[int] = (), noting: Iterable[int] = ()
) -> list[Waiting]:
    """Letters whose time has come, for this run; those that an earlier one may have sent are named in the journal.

    dead, noting: see `claims.claim_due`.
    """
    with turn(desk, now) as work:
        since = None if desk.mode.is_live else watched.since(work.s, desk.mailbox) or now
        others = {"dead": dead, "noting": noting}
        waiting = claims.claim_due(work.s, desk.mailbox, now, limit, watched_since=since, run=run, **others)
        for letter in waiting:
            if letter.again:
                text = f"a {letter.kind} may have left before: the run that took it noted no outcome; same Message-ID"
                work.lines.add(letter.case_id, "sent-again", text)
    return waiting


def handle_sent(desk: Desk, letter: Waiting, now: datetime) -> None:
    """The mail server has taken the letter: for a receipt, a promise is kept; an address in trouble may be in order.

    That it has left is noted, too, where what follows from it fails: it would leave again and again.
    """

    def note(work: Turn) -> None:
        if not outcomes.mark_taken(work.s, letter, now):
            if claims.state_of(work.s, letter) != State.WITHDRAWN:
                return
            outcomes.mark_sent(work.s, letter.id, now)
            work.lines.add(letter.case_id, "sent-before", f"a {letter.kind} that was withdrawn had left before")
        if Letter(letter.kind).is_to_staff:
            unreachable.note_accepted(work.s, letter.recipient, now)
        if letter.kind == Letter.RECEIPT and (stored := work.case_of(letter.case_id)):
            work.carry_out(stored, on_sent(stored.case, letter.kind, letter.recipient, now))

    try:
        _settle(desk, now, note)
    except Exception as fault:
        if isinstance(fault, StaleCase) or is_of_the_database(fault):
            raise
        with turn(desk, now) as work:
            outcomes.mark_taken(work.s, letter, now)
            text = f"a {letter.kind} has left; what follows from it could not be noted: {fault_words(fault)}"
            work.lines.add(letter.case_id, "half-noted", text)


def handle_refused(desk: Desk, letter: Waiting, reply: str, now: datetime, *, by_content: bool = False) -> None:
    """The mail server refuses the letter for good: it takes another road, or somebody is told, once.

    by_content: the server has found its sender and recipient good. Where it takes nobody's content it minds us (a
    filter, a signature that is lost): until it takes another letter, this one waits like one that it wants later.
    """

    def note(work: Turn) -> None:
        if not claims.still_holds(work.s, letter.id, letter.run):
            return
        minds_us = by_content and not minding.is_its_own(work.s, letter.id)
        if not (minds_us and outcomes.mark_deferred(work.s, letter.id, now, reply)):
            _refuse(work, letter, reply)

    _settle(desk, now, note)


def handle_deferred(desk: Desk, letter: Waiting, reply: str, now: datetime) -> None:
    """The server wants it later: another try; after days of them it counts as refused, in the same transaction."""

    def note(work: Turn) -> None:
        held = claims.still_holds(work.s, letter.id, letter.run)
        if held and not outcomes.mark_deferred(work.s, letter.id, now, reply):
            _refuse(work, letter, reply)

    _settle(desk, now, note)


def handle_untried(desk: Desk, letter: Waiting, reply: str, now: datetime, *, in_hand: bool) -> None:
    """The link, the account or the sender failed: the letter waits as if it had not been its turn."""

    def note(work: Turn) -> None:
        if claims.still_holds(work.s, letter.id, letter.run):
            outcomes.mark_untried(work.s, letter.id, now, reply, in_hand=in_hand)

    _settle(desk, now, note)


def handle_uncertain(desk: Desk, letter: Waiting, reply: str, now: datetime) -> None:
    """It may have arrived: one repeat, and where that is uncertain too a person finds out (RFC 5321, 4.5.3.2.6)."""

    def note(work: Turn) -> None:
        if claims.state_of(work.s, letter) not in WAITING:  # another run took it over, and knows what became of it
            return
        is_repeated = outcomes.mark_uncertain(work.s, letter.id, now, reply)
        stored = work.case_of(letter.case_id)
        if stored:
            book = work.desk.book
            effects = on_uncertain(stored.case, letter.kind, letter.recipient, book, now, is_repeated=is_repeated)
            work.carry_out(stored, effects)
        else:
            work.lines.add(None, "uncertain", f"whether a {letter.kind} arrived is uncertain: {reply}")

    _settle(desk, now, note)


def _refuse(work: Turn, letter: Waiting, reply: str) -> None:
    outcomes.mark_refused(work.s, letter.id, reply)
    known = documents.letter_in(work.s, letter.id)
    assert known
    stored = work.case_of(letter.case_id)
    effects = on_refused(stored.case if stored else None, known, reply, work.desk.book, work.now)
    work.carry_out(stored, effects)


def _settle(desk: Desk, now: datetime, note: Callable[[Turn], None]) -> None:
    """Note an outcome. It has happened, so a case that another daemon changes meanwhile is read again.

    That a letter has left is noted in any case; that it has not, by whoever has it in hand.

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
