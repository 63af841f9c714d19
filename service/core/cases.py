"""What a case is, and the one table of its states and moves.

Rules of this module: everything about a case's status lives here; `move` is the only code that computes a new status;
a move that the table lacks raises `IllegalMove` and changes nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from service.core.people.addresses import same
from service.core.rules.choices import Road
from service.core.speech.commands import POSTED, Command, Word


class Status(enum.StrEnum):
    """Where a case stands (contract section 5)."""

    NEW = "new"
    TRIAGE = "triage"
    ASSIGNED = "assigned"
    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"
    REFUSED = "refused"


class Move(enum.StrEnum):
    """What can happen to a case's status."""

    TRIAGE = "triage"
    ASSIGN = "assign"
    WAIT = "wait"
    ANSWER = "answer"
    CLOSE = "close"
    REFUSE = "refuse"
    REOPEN = "reopen"


_OPEN = (Status.NEW, Status.TRIAGE, Status.ASSIGNED, Status.WAITING)

TRANSITIONS: dict[tuple[Status, Move], Status] = {
    **{(status, Move.TRIAGE): Status.TRIAGE for status in _OPEN},
    **{(status, Move.ASSIGN): Status.ASSIGNED for status in _OPEN},
    **{(status, Move.ANSWER): Status.ANSWERED for status in _OPEN},
    **{(status, Move.CLOSE): Status.CLOSED for status in _OPEN},
    **{(status, Move.REFUSE): Status.REFUSED for status in _OPEN},
    (Status.ASSIGNED, Move.WAIT): Status.WAITING,
    (Status.TRIAGE, Move.WAIT): Status.WAITING,
    (Status.WAITING, Move.WAIT): Status.WAITING,
    # A handing over after the answer moves the responsibility, not the case.
    (Status.ANSWERED, Move.ASSIGN): Status.ANSWERED,
    (Status.ANSWERED, Move.ANSWER): Status.ANSWERED,
    (Status.ANSWERED, Move.CLOSE): Status.CLOSED,
    (Status.ANSWERED, Move.REOPEN): Status.ASSIGNED,
    (Status.ANSWERED, Move.TRIAGE): Status.TRIAGE,
    (Status.CLOSED, Move.REOPEN): Status.ASSIGNED,
    (Status.CLOSED, Move.TRIAGE): Status.TRIAGE,
    (Status.REFUSED, Move.TRIAGE): Status.TRIAGE,
}


class IllegalMove(Exception):
    """The table of moves lacks this one; the case stays as it was."""

    def __init__(self, status: Status, attempted: Move) -> None:
        super().__init__(f"a case that is {status.value} cannot {attempted.value}")
        self.status, self.attempted = status, attempted


def move(status: Status, what: Move) -> Status:
    """The status after the move.

    Raises:
        IllegalMove: where the table has no such move.
    """
    try:
        return TRANSITIONS[status, what]
    except KeyError:
        raise IllegalMove(status, what) from None


def diagram() -> str:
    """The table as a Mermaid state diagram, for docs/house.md (a test compares the two)."""
    lines = ["stateDiagram-v2", "    [*] --> new"]
    for status in Status:
        targets: dict[Status, list[str]] = {}
        for (start, what), end in TRANSITIONS.items():
            if start is status and end is not status:
                targets.setdefault(end, []).append(what.value)
        lines += [f"    {status.value} --> {end.value}: {', '.join(moves)}" for end, moves in targets.items()]
    return "\n".join(lines)


class Contact(enum.StrEnum):
    """How the submitter wants to be reached (HJO-23), or that there is no way (KLI-18)."""

    EMAIL = "email"
    LETTER = "letter"
    PHONE = "phone"
    NONE = "none"
    EDITOR = "editor"  # through the colleague who took it in, who publishes the answer (KOP-16)
    IMPOSSIBLE = "impossible"


class Publication(enum.StrEnum):
    """The decision on publishing (HJO-31): undecided is never published."""

    UNDECIDED = "undecided"
    YES = "yes"
    NO = "no"


class Clock(enum.StrEnum):
    """The promises that run on a case."""

    RECEIPT = "receipt"
    ANSWER = "answer"
    SECOND_ANSWER = "second_answer"


@dataclass(frozen=True, slots=True)
class Submitter:
    """The person behind the feedback (synpunktslämnare).

    reply_to: where the person wishes answers to go (Reply-To of the first mail); empty: to `email`.
    unconfirmed: the own mail server says that the mail was not sent by that person.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    contact: Contact = Contact.IMPOSSIBLE
    reply_to: str = ""
    unconfirmed: bool = False

    @property
    def mail_to(self) -> str:
        """The address that mails to the person go to."""
        return self.reply_to or self.email

    def has(self, address: str) -> bool:
        """Whether the address is the person's, by what the register knows."""
        return any(own and same(own, address) for own in (self.email, self.reply_to))


@dataclass(frozen=True, slots=True)
class Deadline:
    """One promise: when it began, when it is due, and how it went (aware UTC instants)."""

    kind: Clock
    started_at: datetime
    due_at: datetime
    met_at: datetime | None = None
    missed_at: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether the promise still waits to be kept."""
        return self.met_at is None


class How(enum.StrEnum):
    """How two cases have to do with each other."""

    SAME = "same"  # the same matter: one answer reaches both submitters
    SPLIT_FROM = "split_from"
    SPLIT_INTO = "split_into"


@dataclass(frozen=True, slots=True)
class Related:
    """Another case, by its number, and what it is to this one."""

    number: str
    how: How


@dataclass(frozen=True, slots=True)
class Pending:
    """Orders that wait for a yes: what to do, who wrote it, in which mail, and which letter asks for the yes."""

    orders: tuple[Command, ...]
    officer: str
    source: str  # digest of the officer's mail, whose files go with an answer
    questions: tuple[str, ...]  # nonces in the Message-IDs of the letters that ask about these very orders
    asked: str  # who is asked: the writer, or the registrar who releases
    at: datetime | None = (
        None  # when the mail with the orders came in (aware UTC): an answer past the service counts then
    )
    choices: tuple[str, ...] = ()  # what the one order without a value may mean: the answer is a number, 1 the first

    @property
    def answer(self) -> str:
        """The words that a yes would send to the submitter, by mail or on paper; empty where it sends none."""
        worded = (c.value for c in self.orders if c.word is Word.ANSWER or _is_letter(c))
        return next(worded, "")


def _is_letter(command: Command) -> bool:
    return command.word is Word.BY_LETTER and not command.value.startswith(POSTED)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Orders with an answer that the clock carries out at an instant (aware UTC), unless they are taken back before.

    release: somebody else than the writer has released the answer.
    """

    orders: tuple[Command, ...]
    officer: str
    source: str  # digest of the officer's mail, whose files go along
    at: datetime
    release: bool = False

    @property
    def answer(self) -> str:
        """The words that will leave."""
        return next((c.value for c in self.orders if c.word is Word.ANSWER), "")


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What the last obeyed mail of a case changed: enough to take it back.

    before, after: the facts that it changed, by their names here. told: the kinds of letters that went to the submitter
    because of it. noted: it left a note. stopped: the promises that it ended.
    """

    by: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    told: tuple[str, ...] = ()
    noted: bool = False
    stopped: tuple[Clock, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """One place where a case may belong: a unit with its officer, or another authority and how it is reached.

    why: what speaks for it, in Swedish, with words of the mail; for staff alone.
    """

    unit: str = ""
    officer: str = ""
    refer_to: str = ""
    refer_how: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as the core sees it: a snapshot. `apply` in the register is the only way to change one."""

    mailbox: str
    title: str
    text: str
    submitter: Submitter
    received_at: datetime
    number: str = ""
    status: Status = Status.NEW
    type: str = ""
    category: str = ""
    process: str = ""
    registry_number: str = ""  # the case's number in the official diary (diarienummer), which a registrar gives it
    channel: str = "e-post"
    received_by: str = ""  # the colleague who took it in, from a call, a letter, social media
    language: str = "sv"
    unit: str = ""
    department: str = ""  # the department that has it, by its id; known without a unit where a mail names a committee
    committee: str = ""  # the committee (nämnd) that the department answered to then: an authority of its own (KOP-04)
    officer: str = ""
    proposal: str = ""  # the officer whom the rules propose and the registrar has yet to confirm
    guesses: tuple[Guess, ...] = ()  # where it may belong, as the registrar is shown it: their numbers never change
    roads: tuple[Road, ...] = ()  # what it may be besides feedback; an appeal is no feedback and has no answer date
    secrecy: bool = False
    anonymous: bool = False
    internal: bool = False
    publication: Publication = Publication.UNDECIDED
    measure: str = ""
    staff_title: str = ""  # what staff call it (`#RUBRIK`): never shown to the submitter, whose own words stay
    public_text: str = ""  # the wording for publication (`#TEXT`); the submitter's own words stay in `text`
    public_title: str = ""  # title and answer as they were approved together with that text
    public_answer: str = ""
    approved: str = ""  # the digest of the three, as somebody has approved them (`core.publication`); empty: nobody has
    late_reason: str = ""
    answer: str = ""
    receipt_sent_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    delayed_to: date | None = None  # the day that the submitter was told instead of the first promise (HJO-26)
    withdrawn_at: datetime | None = None  # the submitter has taken it back: it may be closed without an answer (S40)
    alike: tuple[str, ...] = ()  # numbers of others' cases about the same matter, open when it came in
    draft: str = ""  # the last good answer to such a matter, masked: a proposal to the officer
    draft_from: str = ""
    last_mail_at: datetime | None = None
    keep_open: bool = False
    close_wanted: bool = False
    keywords: tuple[str, ...] = ()
    secrecy_provision: str = ""  # the section of the law, where staff have marked the case (OSL 5:5)
    secret_since: datetime | None = None  # when staff marked it; None: secret from its beginning, or not at all
    blocked: bool = False  # the submitter gets no automatic mail (`#SPÄRRA`)
    hold: str = ""  # why nothing of the case is disposed of (`#SPÄRRA`, `case hold`); empty: the rules decide
    hold_since: datetime | None = None  # when that was said
    disposed_at: datetime | None = None  # when its words and people were disposed of (`core/keeping/disposal`)
    to_post_since: datetime | None = None  # the answer lies as a letter with whoever posts it (`#BREV POSTAT`)
    letter_by: str = ""  # who signs that letter
    pending: Pending | None = None
    leaving: Leaving | None = None
    obeyed: Obeyed | None = None
    thread: tuple[str, ...] = ()  # Message-IDs of the submitter's mails, oldest first: the answer is threaded on them
    deadlines: tuple[Deadline, ...] = ()
    steps: frozenset[str] = frozenset()
    related: tuple[Related, ...] = ()
    external_ref: str = ""  # the number that the system of its form gave it
    form: str = ""  # the name of the web form that it came by
    page: str = ""
    position: str = ""  # latitude and longitude in degrees (WGS 84): `59.51, 15.99`

    def deadline(self, kind: Clock) -> Deadline | None:
        """The latest promise of that kind."""
        return next((d for d in reversed(self.deadlines) if d.kind is kind), None)

    @property
    def known_as(self) -> str:
        """The title among staff: theirs, else the one from the submitter's own words."""
        return self.staff_title or self.title

    @property
    def is_appeal(self) -> bool:
        """Whether it is to be passed on as an appeal: no feedback, until somebody says that it is (KLI-09)."""
        return Road.APPEAL in self.roads

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes the submitter something."""
        return self.status in _OPEN

    @property
    def running(self) -> Deadline | None:
        """The answer promise that runs now: the second one where a follow-up has come."""
        for kind in (Clock.SECOND_ANSWER, Clock.ANSWER):
            deadline = self.deadline(kind)
            if deadline and deadline.running:
                return deadline
        return None

    @property
    def may_be_mailed(self) -> bool:
        """Whether a mail to the submitter is possible and wished."""
        return self.submitter.contact is Contact.EMAIL and bool(self.submitter.mail_to)

    @property
    def may_be_notified(self) -> bool:
        """Whether an automatic mail to the submitter is possible and wished."""
        return self.may_be_mailed and not self.blocked

    @property
    def may_be_acknowledged(self) -> bool:
        """Whether a mail may say that the submitter's own has come: also where the answer is wanted by telephone."""
        wrote = self.channel == "e-post" and bool(self.submitter.mail_to)
        return self.may_be_mailed or (wrote and self.submitter.contact is Contact.PHONE)
