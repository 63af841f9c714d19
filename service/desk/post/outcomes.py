"""What becomes of a letter at the mail server: each outcome and when it is tried again.

Delivery is at least once: only the instant between the server's yes and `mark_taken` can double a letter, and its
Message-ID then is the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from service.desk.post import claims
from service.desk.post.claims import Waiting
from service.desk.post.states import WAITING, State
from service.desk.tables import messages

_RETRY_MINUTES = (1, 5, 15, 30, 60, 120, 240)
_LINK_TRIES = 60
GIVE_UP_AFTER = timedelta(days=3)
_FEWEST_TRIES = 10  # most of a day: what waited behind an outage has its own time, and a clock that jumps ends nobody's
REPEAT_AFTER = timedelta(hours=1)


def mark_sent(s: Connection, letter_id: int, now: datetime) -> None:
    """The letter has left."""
    s.execute(_SENT, {"b_id": letter_id, "b_at": now})


def mark_taken(s: Connection, letter: Waiting, now: datetime) -> bool:
    """The mail server has taken the letter. False: it was withdrawn meanwhile, or the row is another one's."""
    return s.execute(_TAKEN, {"b_id": letter.id, "b_at": now, "b_sha256": letter.sha256}).rowcount == 1


_SENT = (
    update(messages)
    .where(messages.c.id == bindparam("b_id"))
    .values(state=State.SENT, sent_at=bindparam("b_at"), claimed_until=None, last_error="")
)
_TAKEN = _SENT.where(messages.c.sha256 == bindparam("b_sha256"), messages.c.state != State.WITHDRAWN)


def mark_deferred(s: Connection, letter_id: int, now: datetime, error: str) -> bool:
    """The server wants this letter later: tried ever more seldom. False: it has waited too long and is given up."""
    row = s.execute(select(messages.c.attempts, messages.c.at).where(messages.c.id == letter_id)).one()
    tries = row.attempts + 1
    if now - row.at > GIVE_UP_AFTER and tries >= _FEWEST_TRIES:
        mark_refused(s, letter_id, error)
        return False
    _later(s, letter_id, now, _ladder(tries), error, attempts=tries)
    return True


def last_try(next_try_at: datetime, tries: int) -> datetime:
    """When a letter that waits was tried last: `tries` times already, and the next time then (aware)."""
    return next_try_at - _ladder(tries)


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


def withdraw(s: Connection, case_id: int, now: datetime) -> list[str]:
    """The case's letters that have not left never do; one that the mail server is just being handed has left.

    Returns the kinds of those that may have: whose claim has ended, and nobody has noted what became of them.
    """
    free = or_(messages.c.claimed_until.is_(None), messages.c.claimed_until < claims.instant(s, now))
    withdrawn = s.execute(
        update(messages)
        .where(messages.c.case_id == case_id, messages.c.direction == "out", free)
        .where(messages.c.state.in_((*WAITING, State.HELD)))
        .values(state=State.WITHDRAWN, next_try_at=None)  # the claim stays: its outcome may come still
        .returning(messages.c.kind, messages.c.claimed_until)
    )
    return [row.kind for row in withdrawn if row.claimed_until]


def mark_refused(s: Connection, letter_id: int, error: str) -> None:
    """The mail server refuses the letter for good. One that is withheld stays so."""
    s.execute(
        update(messages)
        .where(messages.c.id == letter_id, messages.c.state != State.WITHHELD)
        .values(state=State.REFUSED, claimed_until=None, last_error=error)
    )
