"""The outbox: letters wait here from the case's transaction until the mail server has taken them.

The only writer of outgoing mail. A letter is stored with its final bytes and Message-ID, so that a repeated attempt is
recognisable; tries, next try, claim and last error stand beside it: who has it in hand is written by `claims`, what
became of it at the mail server by `outcomes`.

Of a mailbox that is only watched each letter is written all the same and is `withheld` from its first moment: nothing
takes it from there, neither time nor a person nor another mode.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update

from service.core import gate
from service.core.effects import Letter, SendLetter
from service.core.people import tokens
from service.core.rules.rulebook import RuleBook
from service.desk import filelist
from service.desk.journal import Journal, Kept
from service.desk.post import budget, claims
from service.desk.post.outcomes import in_doubt
from service.desk.post.states import State
from service.desk.register import Stored
from service.desk.tables import journal, messages
from service.desk.writing.letters import Mail, Writer
from service.desk.writing.mailbytes import File


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
    elif before.claimed_until and claims.holds(s, before.claimed_until, now):
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


def held_of(s: Connection, cause: str, since: datetime) -> int:
    """How many letters to staff that this person outside has brought about are held since then."""
    found = select(func.count()).where(
        messages.c.cause == cause,
        messages.c.budget_key.is_(None),
        messages.c.state == State.HELD,
        messages.c.at > since,
    )
    return s.scalars(found).one()
