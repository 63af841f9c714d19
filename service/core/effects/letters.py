"""Letters: which sorts there are, that one leaves, and what becomes of one that is on its way."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Letter(enum.StrEnum):
    """The kinds of outgoing mail; `in_mail` is what the mail itself says (contract section 7)."""

    RECEIPT = "receipt"
    ACKNOWLEDGEMENT = "acknowledgement"  # a submitter's later mail has come
    ASSIGNMENT = "assignment"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    ANSWER = "answer"
    DELAY = "delay"
    HANDOVER = "handover"
    REFERRAL = "referral"
    REFUSAL = "refusal"
    CLOSING = "closing"
    ECHO = "echo"
    QUESTION = "question"
    ALERT = "alert"
    REPORT = "report"
    INFORMATION = "information"
    DIGEST = "digest"
    LETTER = "letter"
    CANARY = "canary"  # from the mailbox to itself

    @property
    def in_mail(self) -> str:
        """The value of `X-Synpunkten-Kind`: to readers an acknowledgement is information, and no second receipt."""
        return Letter.INFORMATION.value if self in {Letter.ACKNOWLEDGEMENT, Letter.CANARY} else self.value

    @property
    def is_to_staff(self) -> bool:
        """Whether such a letter goes to somebody who works with the case; others go to people outside, or ourselves."""
        return self not in _NOT_TO_STAFF


_NOT_TO_STAFF = frozenset(
    {
        Letter.CANARY,
        Letter.RECEIPT,
        Letter.ACKNOWLEDGEMENT,
        Letter.ANSWER,
        Letter.DELAY,
        Letter.HANDOVER,
        Letter.REFERRAL,
        Letter.REFUSAL,
        Letter.CLOSING,
    }
)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a letter lists, so that lines such as `1 2` or `00123 förskola` in an answer to it are understood.

    rows: the numbers of the cases by their running numbers, the first is 1. others: cases that it names besides.
    waiting: lines that a yes to this letter carries out.
    """

    rows: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """All the cases."""
        return (*self.rows, *self.others)


@dataclass(frozen=True, slots=True)
class SendLetter:
    """A mail leaves: which sort, to whom, with what facts for its template.

    `files_of` is the digest of the incoming mail whose attachments go with it. `nonce` fixes the letter's Message-ID
    where the case must remember it. `automatic` letters pass the gate; a person's answer does not. `paper` names the
    template of a letter to print, which goes along as a file. `original`: not its attachments but that mail itself, as
    it came.
    """

    kind: Letter
    to: str
    because: str
    template: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    files_of: str = ""
    nonce: str = ""
    automatic: bool = True
    listing: Listing | None = None
    paper: str = ""
    original: bool = False

    @property
    def template_name(self) -> str:
        """The template's name: that of the kind where no other is named."""
        return self.template or self.kind.value


@dataclass(frozen=True, slots=True)
class PassOn:
    """A letter to staff was lost on its way: it goes to the next person at once, and to its own again each day."""

    message_id: str
    because: str


@dataclass(frozen=True, slots=True)
class SendAgain:
    """The case's latest letter of that kind leaves once more, word for word and with its files, to another address."""

    kind: Letter
    to: str
    because: str


@dataclass(frozen=True, slots=True)
class LeaveFilesOut:
    """A letter was refused for its files: it leaves again without them and says where they are."""

    message_id: str
    because: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Letters of the case that have not left yet never do: the case is secret, and they may say what it is about."""

    because: str
