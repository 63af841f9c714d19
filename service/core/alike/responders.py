"""A colleague's program that answers our letters and does not say so: each question or echo of ours gets its answer.

It would go on for as long as we do. What it writes is told from a person's by that alone: it comes again and again, and
gives no order and no yes or no.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.core.alike.likeness import likeness
from service.core.mail import Kind, Message
from service.core.speech.consent import Consent, read_consent
from service.core.speech.orders import begins_with_command

_SAME = 2  # times that a person may have written the very same before: sent once more, and once again for certain
_MOST = 10  # mails of one person in a case and day
_A_DAY = timedelta(days=1)
_TO_SAY = 3  # words: "2" or "Maria Lund" chooses among what our question names, and may do so often


@dataclass(frozen=True, slots=True)
class Earlier:
    """A mail that the same colleague has written in the case before."""

    at: datetime
    likeness: str | None


def may_be_one(message: Message) -> bool:
    """Whether the words are of the sort that a program repeats: no order, no yes or no, no choice."""
    said = message.new_text
    decided = begins_with_command(said) or read_consent(said) in {Consent.YES, Consent.NO}
    return not decided and len(said.split()) >= _TO_SAY


def as_a_machines(message: Message, earlier: Sequence[Earlier], now: datetime) -> Message:
    """The mail as a machine's, where its writer has answered us the same or so often before; else as it is."""
    alike = likeness(message)
    same = sum(alike is not None and alike == one.likeness for one in earlier)
    today = sum(one.at > now - _A_DAY for one in earlier)
    if same < _SAME and today < _MOST:
        return message
    because = "the same words again" if same >= _SAME else f"the mail after {today} others of one day"
    return replace(
        message,
        kind=Kind.AUTO_REPLY,
        auto_submitted=True,
        by_subject=True,
        because=f"a program seems to answer our questions: {because}",
    )
