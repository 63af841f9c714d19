"""A verdict says who writes and what for; the context is what the register knows around a mail before there is one."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from service.core.cases import Case
from service.core.effects import Listing
from service.core.message import Address
from service.core.people.absence import EVERYBODY_IS_IN, Away
from service.core.people.origin import Word
from service.core.people.proof import UNPROVEN, Proof
from service.core.rules.forms import Submission
from service.core.speech.filenotes import FileNote
from service.core.speech.standing import Standing


class Role(enum.StrEnum):
    """What the mail is to us."""

    OWN = "own"
    ABOUT_US = "about-us"  # an answer to a letter about the service itself
    CANARY = "canary"
    TRIAL = "trial"
    BOUNCE = "bounce"
    FORM = "form"
    FORM_AGAIN = "form-again"
    MACHINE = "machine"
    OFFICER = "officer"
    UNPROVEN_STAFF = "unproven-staff"
    SUBMITTER = "submitter"
    STRANGER = "stranger"
    STAFF_WITHOUT_CASE = "staff-without-case"
    STAFF_IN_DOUBT = "staff-in-doubt"
    UNKNOWN_FORM = "unknown-form"
    NEW = "new"
    FILE_NOTE = "file-note"
    AGAIN = "again"
    ANSWERS_LIST = "answers-list"
    DECIDES = "decides"


TO_ITSELF = frozenset({Role.CANARY, Role.TRIAL})
"""Letters of the mailbox to itself, which try whether mail goes both ways: nothing is kept of them."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The role of the mail, why, the form that was read from it, and what proves its sender.

    said: what the own server says of the sender. reply_to: where the sender wishes answers to go, if elsewhere.
    """

    role: Role
    because: str
    form: Submission | None = None
    proof: Proof = UNPROVEN
    said: Word = Word.NOTHING
    reply_to: Address | None = None
    note: FileNote | None = None  # what a colleague has taken in

    @property
    def unconfirmed(self) -> bool:
        """Whether the own server says that somebody else has sent the mail."""
        return self.said is Word.FAIL


BY_REFERENCE = "the other system's number"
"""How a mail is matched that names the number which an e-service gave the case."""


@dataclass(frozen=True, slots=True)
class Match:
    """The case that a mail points to, and by what; signs that disagree are no match but a doubt, which names them."""

    number: str = ""
    by: str = ""
    doubt: str = ""
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What the register knows around a mail."""

    case: Case | None = None
    match: Match = Match()
    own_addresses: frozenset[str] = frozenset()
    secret: bytes = b""
    exposed: frozenset[str] = frozenset()  # Message-IDs of ours in the mail's thread that outsiders have seen
    staff_letters: frozenset[str] = frozenset()  # those anywhere in the mail that only staff have seen so far
    secret_doubt: bool = False  # one of the cases that a doubt names is secret
    away: Away = EVERYBODY_IS_IN
    standing: Standing | None = None  # the question about several cases that the mail answers
    cases: tuple[Case, ...] = ()  # those that the question named, or the open ones of a sender who is away
    listing: Listing | None = None  # what the letter of ours lists that the mail answers
    listed: Mapping[str, Case] = field(default_factory=dict)  # the cases of that list, and those that the mail names
    words_to_itself: frozenset[str] = frozenset()  # all those of the letters that the mailbox sends to itself
    awaited_words: frozenset[str] = frozenset()  # of the latest mail to itself, where this one has its id
    came_back: bool = False  # it is a letter of ours as it left, by its id and its words
