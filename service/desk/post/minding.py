"""A mail server that refuses what letters hold: it minds one letter, or all of them (a filter, a lost signature).

What it took before proves nothing: it may just have begun. What it takes after it has refused a letter proves that it
minds that one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, func, select

from service.desk.post import outcomes
from service.desk.post.states import WAITING, State
from service.desk.tables import messages

_SEVERAL = 3  # cases: of one each may be refused for what its own citizen wrote
_LAST_TRY_OF_A_QUIET_HOUR = 5
_JUST_BEFORE, _LATELY = timedelta(minutes=5), timedelta(hours=5)  # as long as a letter waits for its next try
_IN_THE_OUTBOX = timedelta(days=1)  # what waited for longer proves the same a little later


def is_its_own(s: Connection, letter_id: int) -> bool:
    """Whether the letter whose content has just been refused is minded by itself, as far as the register can tell.

    Where nothing else leaves for an hour, what left just before it was written must do, if few others are refused. So
    must, at once, what left in the last hours, for whoever gets it in another's place.
    """
    columns = (messages.c[name] for name in ("mailbox", "at", "recipient", "tried", "attempts", "next_try_at"))
    letter = s.execute(select(*columns).where(messages.c.id == letter_id)).one()
    tried = (letter.tried or "").split()
    if letter.recipient in tried:
        return True
    if letter.attempts and _has_taken(s, letter.mailbox, outcomes.last_try(letter.next_try_at, letter.attempts)):
        return True
    if refused_since(s, letter.mailbox):
        return False
    if tried:
        return _has_taken(s, letter.mailbox, letter.at - _LATELY)
    is_patient = letter.attempts >= _LAST_TRY_OF_A_QUIET_HOUR - 1
    return is_patient and _has_taken(s, letter.mailbox, letter.at - _JUST_BEFORE)


def refused_since(s: Connection, mailbox: str) -> datetime | None:
    """Since when (aware) it has taken none of the mailbox's letters, while those of several cases are refused."""
    refused = s.execute(_REFUSED, {"mailbox": mailbox}).all()
    if len({row.case_id for row in refused}) < _SEVERAL:
        return None
    first = min(row.at for row in refused)
    if taken := s.scalar(_LATEST_TAKEN, _about(mailbox, first)):
        refused = [row for row in refused if outcomes.last_try(row.next_try_at, row.attempts) > taken]
    return max(first, taken or first) if len({row.case_id for row in refused}) >= _SEVERAL else None


def _has_taken(s: Connection, mailbox: str, since: datetime) -> bool:
    question = exists().where(*_TAKEN, messages.c.sent_at > bindparam("since"))
    return bool(s.scalar(select(question), _about(mailbox, since)))


def _about(mailbox: str, since: datetime) -> dict[str, Any]:
    return {"mailbox": mailbox, "since": since, "written": since - _IN_THE_OUTBOX}


_TAKEN = (
    messages.c.mailbox == bindparam("mailbox"),
    messages.c.automatic.in_((False, True)),  # by the index of the hour
    messages.c.at >= bindparam("written"),
    messages.c.state == State.SENT,
)
_LATEST_TAKEN = select(func.max(messages.c.sent_at)).where(*_TAKEN)
_REFUSED: Select[Any] = select(messages.c.case_id, messages.c.at, messages.c.attempts, messages.c.next_try_at).where(
    messages.c.mailbox == bindparam("mailbox"),
    messages.c.state.in_(WAITING),
    messages.c.attempts > 0,
    messages.c.last_error.startswith("5"),
    messages.c.case_id.is_not(None),
    messages.c.next_try_at.is_not(None),
)
