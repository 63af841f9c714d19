"""What a decision on one mail may look at, and the plan that a decision fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from service.core.alike.matters import NONE_ALIKE, Alike
from service.core.cases import Case, Clock, Move
from service.core.decide import diary
from service.core.decide.unwritten import NOT_WRITTEN, on_unwritten, untold
from service.core.effects import (
    AddMessage,
    Assign,
    ChangeStatus,
    Effect,
    Letter,
    Note,
    SendLetter,
    SetFields,
    StopClock,
)
from service.core.evolve import evolve
from service.core.formlooks import NEVER_SEEN, Looks
from service.core.message import Message
from service.core.people import addresses
from service.core.people.absence import EVERYBODY_IS_IN, Away
from service.core.people.origin import Arrival
from service.core.rules.rulebook import RuleBook
from service.core.verdict import Context, Verdict


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter of ours that the register knows: what a refusal or a delivery report is about.

    writer: whose answer it carries. has_files: whether files go along. has_answer: whether a mail has come that answers
    the letter.
    """

    kind: str
    to: str
    number: str
    message_id: str = ""
    writer: str = ""
    has_files: bool = False
    has_answer: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """Why the mail could not be read, and the folder of the mailbox in which a person finds it."""

    reason: str
    folder: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """Everything that a decision on one mail may look at."""

    message: Message
    verdict: Verdict
    ctx: Context
    book: RuleBook
    arrival: Arrival
    now: datetime
    today: date
    mailbox: str = ""
    bounced: SentLetter | None = None
    unread: Unread | None = None
    joined: Mapping[str, Case] = field(default_factory=dict)  # cases of the same matter, and those that `#SAMMA` names
    alike: Alike = NONE_ALIKE
    mailed_at: datetime | None = None  # when the colleague's note came in: where its mail is found
    looks: Looks = NEVER_SEEN  # how the mails of the form that it is from have looked
    taken_in_by: str = ""  # the colleague who has noted what somebody else said
    registered: bool = False  # a person has said that it is to be a case, whatever the routine keeps without one
    secret: bool = False  # it is secret: a person has said so, or said so of the same words before
    answered: tuple[str, ...] = ()  # the subjects of the letters of ours that a colleague's mail answers
    unwritable: frozenset[str] = frozenset()  # addresses that it is about and that nobody can write to

    @property
    def sender(self) -> str:
        """The sender's address as written; empty where the mail has none."""
        return self.message.sender.address if self.message.sender else ""


@dataclass(slots=True)
class Plan:
    """The effects decided so far, and the case as they make it: a later decision sees what an earlier one did."""

    case: Case
    book: RuleBook
    now: datetime
    actor: str = ""
    effects: list[Effect] = field(default_factory=list)
    done: list[str] = field(default_factory=list)  # what was done, in Swedish, for the echo to whoever ordered it
    left: list[str] = field(default_factory=list)  # what was not done, or is left to do
    away: Away = EVERYBODY_IS_IN
    coming: list[str] = field(default_factory=list)  # what the clock will do
    joined: Mapping[str, Case] = field(default_factory=dict)  # other cases of the same matter, by their numbers
    posted: str = ""  # what lies in the letter to post that the mail in hand answers
    unwritable: frozenset[str] = frozenset()  # addresses that nobody can write to by themselves, as the gate judges

    def anew(self, case: Case | None = None) -> Plan:
        """A plan without effects, of the case as it is now (or as another one) and with all that is known around it."""
        made = Plan(case or self.case, self.book, self.now, self.actor, away=self.away, joined=self.joined)
        made.posted, made.unwritable = self.posted, self.unwritable
        return made

    def add(self, effect: Effect) -> None:
        """One more effect. Raises IllegalMove for a move that the case cannot make; the plan stays as it was."""
        self.case = evolve(self.case, effect)
        self.effects.append(effect)

    def file(self, mail: Incoming, kind: str, *, from_submitter: bool = False) -> None:
        """The mail in hand becomes a document of the case."""
        self.add(
            AddMessage(
                kind,
                mail.arrival.at,
                f"{mail.verdict.because}; came in {mail.arrival.because}",
                mail.message.message_id or "",
                from_submitter,
                self.actor or mail.sender,
            )
        )
        self.effects += diary.of_mail(self.case, kind, mail.message.digest, self.book, mail.arrival.at)

    def move(self, move: Move, because: str) -> None:
        """The case's status moves."""
        self.add(ChangeStatus(move, because, self.actor))

    def assign(self, unit: str, officer: str, because: str) -> None:
        """Somebody becomes responsible: an officer, or with none the registrar.

        Another committee is another authority: that the case goes to one is told in the journal (OSL 8 kap.).
        """
        department, before = self.book.department_of(unit), self.case.committee
        home = (department.id, department.committee or "") if department else ("", "")
        self.add(Assign(unit, officer, because, self.actor, *home))
        if before and self.case.committee != before:
            self.add(Note("committee", f"from {before} to {self.case.committee or 'none'}", self.actor))
        self.move(Move.ASSIGN if officer else Move.TRIAGE, because)

    def set(self, because: str, **changes: Any) -> None:
        """Plain facts of the case change."""
        self.add(SetFields(changes, because, self.actor))

    @property
    def sends_an_answer(self) -> bool:
        """Whether an answer leaves by mail: no order takes it back, and its reader needs no word of the closing."""
        return any(isinstance(e, SendLetter) and e.kind is Letter.ANSWER for e in self.effects)

    def stop_answer_clocks(self, at: datetime, because: str) -> None:
        """Nobody waits for an answer any longer."""
        for clock in (Clock.ANSWER, Clock.SECOND_ANSWER):
            deadline = self.case.deadline(clock)
            if deadline and deadline.running:
                self.add(StopClock(clock, at, because))

    def letter(
        self,
        kind: Letter,
        to: str,
        because: str,
        *,
        template: str = "",
        facts: Mapping[str, Any] | None = None,
        files_of: str = "",
        nonce: str = "",
        automatic: bool = True,
        paper: str = "",
        original: bool = False,
    ) -> bool:
        """A letter leaves, or not, as is told; where there is nobody to send to, nothing does.

        What the submitter must learn and nobody can write, the registrar hears in its place, and whoever ordered it.
        """
        if not to:
            return False
        letter = SendLetter(kind, to, because, template, facts or {}, files_of, nonce, automatic, paper=paper)
        is_written = not automatic or self.may_write(to)
        alert = None if is_written else on_unwritten(self.case, letter, self.book)
        if alert:
            self.add(Note(NOT_WRITTEN, f"{kind.value} not written: nobody can write to the address"))
            self.left.append(untold(kind))
        self.add(alert or replace(letter, original=original))
        return is_written

    def may_write(self, address: str) -> bool:
        """Whether anybody can write to the address by themselves: what waits for another day is written, too."""
        return addresses.key(address) not in self.unwritable
