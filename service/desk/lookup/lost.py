"""A case number that the register lacks, since it was put back from a copy: somebody has it in a letter.

The case is there under another number, where its mail was found in the mailbox. It is known by the mark that our
letters bear of its text, or is the only one from those days that the writer has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from service.core.classify import tokens_of
from service.core.message import Message
from service.core.people.tokens import mark, read_token
from service.core.verdict import Match
from service.desk import register
from service.desk.lookup import submitters
from service.desk.post.outcomes import PUT_BACK
from service.desk.tables import cases, journal, messages, restorations

if TYPE_CHECKING:
    from service.desk.turn import Turn


def found_again(work: Turn, message: Message, match: Match) -> Match:
    """What the number points to that no case has; the match as it is, where the register was never put back."""
    line = _first_line(work)
    if line is None or register.load(work.s, match.number):  # a case that is disposed of is not lost
        return match
    since = _BEGUN.where(journal.c.id > line, cases.c.mailbox == work.desk.mailbox)
    begun = {row.number: mark(work.desk.secret, row.text, row.submitter_email) for row in work.s.execute(since)}
    marks = {t.mark for t in tokens_of(message) if t.number == match.number and t.mark}
    found = [number for number, own in begun.items() if own in marks]
    if not found and message.sender:
        own = submitters.open_numbers_of(work.s, work.desk.mailbox, message.sender.address)
        found = [number for number in own if number in begun]
    if len(found) == 1:
        return Match(found[0], f"{match.number}, a number of the lost register")
    return Match(doubt=f"{match.number} was given by a register that is lost", numbers=(match.number,))


def is_of_lost_days(work: Turn, ids: Sequence[str]) -> bool:
    """Whether the mail answers a letter whose words this register does not know: it was written in days that are lost.

    What was written anew for it may tell another minute or number, and is nothing to compare a quotation with.
    """
    ours = next((i for i in ids if read_token(i)), "")
    if not ours or _first_line(work) is None:
        return False
    known = select(messages.c.last_error).where(messages.c.message_id == ours, messages.c.direction == "out")
    reasons = work.s.scalars(known).all()
    return all(reason.startswith(PUT_BACK) for reason in reasons)


def _first_line(work: Turn) -> int | None:
    """The line of the journal with which what is not in the copy begins; None: the register was never put back."""
    mine = restorations.c.mailbox == work.desk.mailbox
    line: int | None = work.s.scalar(select(func.min(restorations.c.line)).where(mine))
    return line


_BEGUN = (
    select(cases.c.number, cases.c.text, cases.c.submitter_email)
    .join(journal, journal.c.case_id == cases.c.id)
    .where(journal.c.kind == "opened")
)
