"""A colleague's program that answers our letters and does not say so: each question or echo of ours gets its answer.

It would go on for as long as we do. What it writes is told from a person's by that alone: it comes again and again.
Orders, a yes or no and a choice a person may write often, but not ten times a day in one case.
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


def as_a_machines(
    message: Message, earlier: Sequence[Earlier], now: datetime, *, sorts: bool = False, chooses: bool = False
) -> Message:
    """The mail as a machine's, where its writer has answered us the same or so often before; else as it is.

    sorts: it has lines that order something in cases of a list. chooses: it answers a question for a name in any words.
    """
    alike = likeness(message)
    same = [one for one in earlier if alike is not None and alike == one.likeness]
    is_decided = sorts or _is_decided(message)
    counted = same if is_decided else earlier
    today = sum(one.at > now - _A_DAY for one in counted)
    again = len(same) >= _SAME and not (is_decided or chooses) and len(message.new_text.split()) >= _TO_SAY
    if not again and today < _MOST:
        return message
    because = "the same words again" if again else f"the mail after {today} others of one day"
    return replace(
        message,
        kind=Kind.AUTO_REPLY,
        auto_submitted=True,
        by_subject=True,
        because=f"a program seems to answer our questions: {because}",
    )


def _is_decided(message: Message) -> bool:
    """Whether it gives an order, or says yes or no: of these, ten different ones of a day are a busy person's."""
    said = message.new_text
    return begins_with_command(said) or read_consent(said) in {Consent.YES, Consent.NO}
