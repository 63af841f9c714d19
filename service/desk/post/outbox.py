"""The outbox: letters wait here from the case's transaction until the mail server has taken them.

The only writer of outgoing mail. A letter is stored with its final bytes and Message-ID, so that a repeated attempt is
recognisable; tries, next try, claim and last error stand beside it. Delivery is at least once: only the instant between
the server's yes and `mark_sent` can double a letter, and its Message-ID then is the same.

Of a mailbox that is only watched each letter is written all the same and is `withheld` from its first moment: nothing
takes it from there, neither time nor a person nor another mode.

What waits has the state `queued`; `uncertain` is a letter that may have arrived although the server never said so. It
is sent once more after an hour, and then left to a person.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, exists, func, insert, or_, select, update

from service.core import gate
from service.core.effects import Letter, SendLetter
from service.core.people import tokens
from service.core.rules.rulebook import RuleBook
from service.desk import filelist
from service.desk.journal import Journal, Kept
from service.desk.post import budget
from service.desk.register import Stored
from service.desk.tables import journal, messages
from service.desk.writing.letters import Mail, Writer
from service.desk.writing.mailbytes import File

LEASE = timedelta(minutes=10)  # a claim of a daemon that died is free again after this
_RETRY_MINUTES = (1, 5, 15, 30, 60, 120, 240)
_LINK_TRIES = 60
GIVE_UP_AFTER = timedelta(days=3)
_FEWEST_TRIES = 10  # most of a day: what waited behind an outage has its own time, and a clock that jumps ends nobody's
REPEAT_AFTER = timedelta(hours=1)
_FURTHEST_TRY = timedelta(hours=26)  # nothing is put off for longer: what lies further ahead was set by a wrong clock


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claimed letter, ready for the mail server.

    again: it may have been sent before, by a run that ended before it noted the outcome.
    """

    id: int
    case_id: int | None
    kind: str
    sender: str
    recipient: str
    raw: bytes
    again: bool = False


class State(enum.StrEnum):
    """Where a letter stands: from the outbox to the mail server."""

    QUEUED = "queued"
    HELD = "held"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"
    WITHHELD = "withheld"


WAITING = (State.QUEUED, State.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Laid:
    """What became of a letter: the mail as it waits to leave, or why it is held back or nobody can be written to."""

    mail: Mail | None
    held: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a letter is written under.

    cause: the person outside who brings it about; empty where nobody does. held: why it must wait in any case.
    withheld: why it never leaves.
    above, below: lines that the letter carries besides its own. tried: who could not be reached with it before.
    doubt: why it may have left before, unknown to this register: a person decides whether it leaves.
    """

    cause: str = ""
    held: str = ""
    above: str = ""
    below: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    source: str = ""
    withheld: str = ""
    doubt: str = ""


ORDINARY = Circumstances()


def put(
    s: Connection,
    writer: Writer,
    letter: SendLetter,
    stored: Stored | None,
    files: Sequence[File],
    own: frozenset[str],
    lines: Journal,
    around: Circumstances = ORDINARY,
) -> Laid:
    """Write the letter and lay it in the outbox, to leave at once, after an hour or, where it is held back, later.

    Where nobody can be written to at all, nothing is written and the journal has the reason.
    """
    case_id, now = stored.id if stored else None, lines.at
    counts, refused, held = gate.Counts(), None, around.held
    if letter.automatic and not around.doubt:
        counts = budget.counts(s, letter, case_id, around.cause, writer.book, lines)
        refused = gate.refusal(letter.to, own, counts, letter.kind)
        held = held or gate.held(letter.kind, counts, writer.book) or ""
    if refused:
        lines.add(case_id, "not-written", f"{letter.kind.value} not written: {refused}")
        return Laid(None, refused=refused)
    later = now
    if held:
        later = budget.next_day(writer.book, now)
        lines.add(case_id, "held-back", f"{letter.kind.value} held back: {held}")
    elif letter.automatic and gate.must_wait(gate.rank(letter.kind, letter.template_name) == 0, counts, writer.book):
        later = now + timedelta(hours=1)
    mail = writer.write(
        letter,
        stored.case if stored else None,
        files,
        letter.nonce or tokens.new_nonce(_mark(writer, stored)),
        now,
        source=around.source,
        above=around.above,
        below=around.below,
    )
    about = _row(mail, letter.template_name, case_id, lines.mailbox, now, later)
    about |= _budgeted(letter, case_id, around, held, writer.book)
    if around.doubt and not around.withheld:
        about |= in_doubt(around.doubt)
    laid = s.execute(_PUT, about)
    assert laid.inserted_primary_key
    kept = Kept(laid.inserted_primary_key[0], str(about["sha256"]))
    filelist.add_sent(s, kept.row, files)
    withheld = f"; withheld ({around.withheld})" if around.withheld else ""
    lines.add(case_id, f"out:{letter.kind.value}", f"{letter.template_name}: {letter.because}{withheld}", kept=kept)
    return Laid(mail, held)


_PUT = insert(messages)


def put_to_itself(s: Connection, writer: Writer, letter: SendLetter, mailbox: str, now: datetime) -> str | None:
    """Lay the mailbox's letter to itself, in the place of the one before: it has one row, and no line in the journal.

    Nobody reads it and nothing comes of it, so that of many only the latest says anything. Returns its Message-ID; None
    while the one before is with the mail server.
    """
    mail = writer.write(letter, None, (), letter.nonce, now)
    about = _row(mail, letter.template_name, None, mailbox, now, now) | _FRESH
    before = s.execute(_BEFORE, {"mailbox": mailbox}).one_or_none()
    if before is None:
        s.execute(_PUT, about)
    elif before.claimed_until and now < before.claimed_until <= now + LEASE:
        return None
    else:
        s.execute(update(messages).where(messages.c.id == before.id).values(about))
    return mail.message_id


_FRESH = {
    "state": State.QUEUED,
    "claimed_until": None,
    "sent_at": None,
    "held_because": None,
    "link_failures": 0,
    "doubts": 0,
}
_BEFORE = (
    select(messages.c.id, messages.c.claimed_until)
    .where(messages.c.mailbox == bindparam("mailbox"), messages.c.kind == Letter.CANARY, messages.c.direction == "out")
    .where(~exists().where(journal.c.message == messages.c.id))
    .order_by(messages.c.id.desc())
    .limit(1)
)


def _mark(writer: Writer, stored: Stored | None) -> str:
    return tokens.mark(writer.secret, stored.case.text, stored.case.submitter.email) if stored else ""


def _budgeted(
    letter: SendLetter, case_id: int | None, around: Circumstances, held: str, book: RuleBook
) -> dict[str, Any]:
    """What budgets count the letter by, and why it is held."""
    counted = letter.automatic and budget.is_counted(letter, case_id)
    state = State.WITHHELD if around.withheld else State.HELD if held else State.QUEUED
    return {
        "state": state,
        "held_because": "; ".join(filter(None, (around.withheld, held))) or None,
        "budget_key": gate.budget_key(letter.to) if counted else None,
        "budget_domain": (gate.budget_domain(letter.to, book) or None) if counted else None,
        "cause": around.cause or None,
        "files_of": letter.files_of or None,
        "tried": "\n".join(around.tried) or None,
        "listing": dataclasses.asdict(letter.listing) if letter.listing else None,
    }


def _row(
    mail: Mail, template: str, case_id: int | None, mailbox: str, now: datetime, later: datetime
) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "mailbox": mailbox,
        "direction": "out",
        "kind": mail.kind.value,
        "at": now,
        "sender": mail.sender,
        "recipient": mail.to,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "digest": None,
        "sha256": hashlib.sha256(mail.raw).hexdigest(),
        "size": len(mail.raw),
        "automatic": mail.automatic,
        "attempts": 0,
        "next_try_at": later,
        "last_error": "",
        "rank": gate.rank(mail.kind, template),
        "source": mail.source,
        "raw": mail.raw,
    }


def claim_due(
    s: Connection, mailbox: str, now: datetime, limit: int = 100, *, watched_since: datetime | None = None
) -> list[Waiting]:
    """Letters whose time has come, by rank, taken for this daemon: another one's claim is respected until it ends.

    watched_since: the mailbox is only watched since then, and nothing leaves but the summaries of that time.
    """
    # A claim or a try that lies further ahead than any can was written by a clock that went wrong.
    free = or_(
        messages.c.claimed_until.is_(None), messages.c.claimed_until < now, messages.c.claimed_until > now + LEASE
    )
    ripe = or_(messages.c.next_try_at <= now, messages.c.next_try_at > now + _FURTHEST_TRY)
    due = and_(messages.c.state.in_(WAITING), messages.c.mailbox == mailbox, ripe, free)
    if watched_since:
        due = and_(due, messages.c.kind == Letter.DIGEST, messages.c.at >= watched_since)
    # SQLite has one writer; PostgreSQL passes over the letters that another daemon is claiming at this very moment.
    longest_due = (
        select(messages.c.id, messages.c.claimed_until)
        .where(due)
        .order_by(messages.c.rank, messages.c.next_try_at)
        .limit(limit)
    )
    left_behind = {row.id: row.claimed_until for row in s.execute(longest_due.with_for_update(skip_locked=True))}
    if not left_behind:
        return []
    claimed = s.execute(
        update(messages)
        .where(messages.c.id.in_(left_behind))
        .values(claimed_until=now + LEASE)
        .returning(
            messages.c.id,
            messages.c.case_id,
            messages.c.kind,
            messages.c.sender,
            messages.c.recipient,
            messages.c.rank,
            messages.c.raw,
        )
    ).all()
    return [
        Waiting(r.id, r.case_id, r.kind, r.sender, r.recipient, r.raw, left_behind[r.id] is not None)
        for r in sorted(claimed, key=_by_rank)
    ]


def free_claims(s: Connection, mailbox: str) -> None:
    """Let go of what an earlier run had claimed: only for who knows that none is at work any more.

    The claims stay visible as old ones, so that the letters are known for what may have been sent before.
    """
    s.execute(
        update(messages)
        .where(messages.c.mailbox == mailbox, messages.c.state.in_(WAITING), messages.c.claimed_until.is_not(None))
        .values(claimed_until=_LONG_AGO)
    )


def renew(s: Connection, letter_ids: Iterable[int], now: datetime) -> None:
    """Hold on to letters that a slow server has not answered for yet."""
    s.execute(update(messages).where(messages.c.id.in_(list(letter_ids))).values(claimed_until=now + LEASE))


_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _by_rank(row: Row[Any]) -> tuple[int, int]:
    return row.rank, row.id


def held_of(s: Connection, cause: str, since: datetime) -> int:
    """How many letters to staff that this person outside has brought about are held since then."""
    found = select(func.count()).where(
        messages.c.cause == cause,
        messages.c.budget_key.is_(None),
        messages.c.state == State.HELD,
        messages.c.at > since,
    )
    return s.scalar(found) or 0


def mark_sent(s: Connection, letter_id: int, now: datetime) -> None:
    """The mail server has taken the letter."""
    s.execute(_SENT, {"b_id": letter_id, "b_at": now})


_SENT = (
    update(messages)
    .where(messages.c.id == bindparam("b_id"))
    .values(state=State.SENT, sent_at=bindparam("b_at"), claimed_until=None, last_error="")
)


def mark_deferred(s: Connection, letter_id: int, now: datetime, error: str) -> bool:
    """The server wants this letter later: tried ever more seldom. False: it has waited too long and is given up."""
    row = s.execute(select(messages.c.attempts, messages.c.at).where(messages.c.id == letter_id)).one()
    tries = row.attempts + 1
    if now - row.at > GIVE_UP_AFTER and tries >= _FEWEST_TRIES:
        mark_refused(s, letter_id, error)
        return False
    _later(s, letter_id, now, _ladder(tries), error, attempts=tries)
    return True


def mark_untried(s: Connection, letter_id: int, now: datetime, error: str, *, in_hand: bool) -> None:
    """The link, the account or the sender failed, and nothing was said of this letter: soon again, as long as it takes.

    `in_hand`: the link died while it was this letter's turn. One that seems to kill the link each time waits longer.
    """
    failures = s.scalars(select(messages.c.link_failures).where(messages.c.id == letter_id)).one() + in_hand
    wait = timedelta(minutes=1) if failures <= _LINK_TRIES else _ladder(failures)
    _later(s, letter_id, now, wait, error, link_failures=failures)


def mark_uncertain(s: Connection, letter_id: int, now: datetime, error: str) -> bool:
    """The letter may have arrived. True: it is sent once more in an hour; False: it was, and now a person decides."""
    doubts = s.scalars(select(messages.c.doubts).where(messages.c.id == letter_id)).one() + 1
    is_first = bool(doubts == 1)
    when = now + REPEAT_AFTER if is_first else None
    values = {
        "state": State.UNCERTAIN,
        "doubts": doubts,
        "next_try_at": when,
        "claimed_until": None,
        "last_error": error,
    }
    s.execute(update(messages).where(messages.c.id == letter_id).values(**values))
    return is_first


PUT_BACK = "the register was put back from a copy of "
"""How the reason begins that stands at a letter which may have left before."""


def in_doubt(because: str) -> dict[str, Any]:
    """A letter that may have left before: it waits for a person, as one does whose repeat was uncertain too."""
    return {
        "state": State.UNCERTAIN,
        "next_try_at": None,
        "claimed_until": None,
        "held_because": None,
        "last_error": because,
    }


def _ladder(tries: int) -> timedelta:
    return timedelta(minutes=_RETRY_MINUTES[min(tries, len(_RETRY_MINUTES)) - 1])


def _later(s: Connection, letter_id: int, now: datetime, wait: timedelta, error: str, **counted: int) -> None:
    values = {"next_try_at": now + wait, "claimed_until": None, "last_error": error, **counted}
    s.execute(update(messages).where(messages.c.id == letter_id).values(**values))


def withdraw(s: Connection, case_id: int, now: datetime) -> None:
    """The case's letters that have not left never do; one that the mail server is just being handed has left."""
    free = or_(messages.c.claimed_until.is_(None), messages.c.claimed_until < now)
    s.execute(
        update(messages)
        .where(messages.c.case_id == case_id, messages.c.direction == "out", free)
        .where(messages.c.state.in_((*WAITING, State.HELD)))
        .values(state=State.WITHDRAWN, next_try_at=None, claimed_until=None)
    )


def mark_refused(s: Connection, letter_id: int, error: str) -> None:
    """The mail server refuses the letter for good. One that is withheld stays so."""
    s.execute(
        update(messages)
        .where(messages.c.id == letter_id, messages.c.state != State.WITHHELD)
        .values(state=State.REFUSED, claimed_until=None, last_error=error)
    )
