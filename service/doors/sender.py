"""The one sender of a mailbox's letters: takes what is due from the outbox, hands it over, notes what became of it.

An outcome has happened, so it is never lost to a database that is locked or away: it is kept (`unnoted`) and noted as
soon as that is possible, and until then nothing more is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from service.desk import handling
from service.desk.database import fault_words
from service.desk.post import claims
from service.desk.register import StaleCase
from service.doors import delivery
from service.doors.answers import FIRST_REFUSAL, told_wait, without_addresses
from service.doors.lines import Lines
from service.doors.smtp import DeliveryError
from service.doors.transfer import Deferred, Envelope, Outcome, Refused, Sent, Uncertain, Untried
from service.doors.unnoted import Unnoted
from service.doors.vitals import Vitals

if TYPE_CHECKING:
    import threading

    from service.desk.desk import Desk
    from service.desk.post.claims import Waiting
    from service.doors.account import Server

log = structlog.get_logger()

LETTERS_AT_A_TIME = 20  # few: what a run that dies had claimed is all that may be sent twice
CONNECTIONS = 2
_CAREFUL_SECONDS = 3600.0
_TAKEN = 250  # the one code by which a server takes a mail (RFC 5321, 4.3.2)
_SHOWN_SECONDS = 5.0
_RENEWAL_SECONDS = claims.LEASE.total_seconds() / 3


@dataclass
class Sender:
    """Sends one mailbox's letters; to be used by one thread at a time.

    `desk` gives the desk as it is now (the rules may be exchanged), `clock` the instant (aware). `run` says who we are
    on the register; `is_alive` shows it there, and `has_died` tells of another one: the claims of dead ones are free.
    `may_note` says which of those whose claims have run out still get time to note what became of their letters.
    """

    desk: Callable[[], Desk]
    smtp: Server
    clock: Callable[[], datetime]
    stop: threading.Event
    vitals: Vitals = field(default_factory=Vitals)
    run: Callable[[], int] = lambda: 1
    is_alive: Callable[[int], bool] = lambda _: True
    has_died: Callable[[int], bool] = lambda _: False
    may_note: Callable[[str, Iterable[int]], Iterable[int]] = lambda _, __: ()
    kept_seconds: float = 0.0
    """How long a connection to the mail server may rest before it is left; 0: a delivery leaves none behind."""
    unnoted: Unnoted = field(default_factory=Unnoted)
    _careful_until: float = 0.0  # monotonic: a server that had too many connections gets one
    _doubtful: dict[int, str] = field(default_factory=dict)
    """Letters at which the server blamed account or sender, and whom: it may mind their words, so others go first."""
    _proven: set[int] = field(default_factory=set)
    """Those of them whose sender was not to blame: it has taken others since."""

    def __post_init__(self) -> None:
        self._lines = Lines(self.smtp)

    def close(self) -> None:
        """Leave the mail server; the next delivery connects anew."""
        self._lines.close()

    def deliver(self) -> int:
        """Hand every letter whose time has come to the mail server. Returns how many it took.

        Raises:
            DeliveryError: the mail server could not be used; the letters wait in the outbox.
            SQLAlchemyError: the database is locked or away; what is known of letters is kept for the next time.
        """
        try:
            sent = self._deliver()
        except BaseException:
            self.close()  # whatever it was: the next time begins afresh
            raise
        self._lines.rest(self.kept_seconds)
        return sent

    def _deliver(self) -> int:
        sent, fault = 0, None
        self.note_kept()
        while not self.stop.is_set():
            run, dead = self.run(), self._dead()
            noting = self._noting()
            waiting = handling.claim_letters(self.desk(), self.clock(), LETTERS_AT_A_TIME, run, dead, noting)
            if not waiting:
                break
            taken, fault_of_these = self._hand_over(waiting)
            sent, fault = sent + taken, fault_of_these or fault
            self.note_kept()
            if fault_of_these and not taken:
                break
        if fault:
            raise fault
        return sent

    def _dead(self) -> list[int]:
        """The runs that have died with letters in their hands; others hear that we have not."""
        self.is_alive(self.run())
        with self.desk().database.reading() as s:
            holding = claims.claimants(s, self.desk().mailbox)
        return [run for run in holding if run != self.run() and self.has_died(run)]

    def _noting(self) -> Iterable[int]:
        """Other runs that may be about to note what they know, though their claims have run out meanwhile."""
        if self.desk().database.is_sqlite:
            return ()  # nobody else works on it
        with self.desk().database.reading() as s:
            late = claims.late(s, self.desk().mailbox, self.clock())
        return self.may_note(self.desk().mailbox, late - {self.run()})

    def note_left_behind(self) -> None:
        """At the start, before a mail changes a case: what an earlier run wrote down, as far as the database allows."""
        if self.unnoted.has_left_behind(self.desk().mailbox):
            try:
                self.note_kept()
            except (SQLAlchemyError, StaleCase) as error:
                log.warning("outcomes-wait", mailbox=self.desk().mailbox, error=fault_words(error))

    def note_kept(self) -> None:
        """Note the outcomes that the database could not take before; raises SQLAlchemyError where it still cannot."""
        desk = self.desk()
        if self.unnoted.has_left_behind(desk.mailbox):
            with desk.database.reading() as s:
                self.unnoted.recall(desk.mailbox, partial(claims.left_in_hand, s))
        while kept := self.unnoted.first(desk.mailbox):
            self._note(*kept)
            self.unnoted.is_noted(desk.mailbox)

    def _hand_over(self, waiting: list[Waiting]) -> tuple[int, DeliveryError | None]:
        """How many the server took, and what is wrong with the server, the account or the sender."""
        letters = {letter.id: letter for letter in waiting}
        claims = _Claims(self, set(letters))
        sent = 0

        def settle(envelope: Envelope, outcome: Outcome) -> None:
            nonlocal sent
            sent += isinstance(outcome, Sent)
            claims.ids.discard(envelope.id)
            if isinstance(outcome, Untried) and outcome.is_doubtful:
                self._doubtful[envelope.id] = envelope.sender
            if isinstance(outcome, Sent):
                self._doubtful.pop(envelope.id, None)
                self._proven.discard(envelope.id)
                self._proven |= {letter for letter, sender in self._doubtful.items() if sender == envelope.sender}
            if isinstance(outcome, Deferred | Untried) and told_wait(FIRST_REFUSAL, outcome.text):
                self._careful_until = time.monotonic() + _CAREFUL_SECONDS
            self._settle(letters[envelope.id], outcome)

        connections = 1 if time.monotonic() < self._careful_until else CONNECTIONS
        in_turn = sorted(waiting, key=lambda letter: letter.id in self._doubtful)
        envelopes = [Envelope(w.id, w.sender, w.recipient, w.raw) for w in in_turn]
        try:
            delivery.deliver(
                self.smtp,
                envelopes,
                settle,
                connections=connections,
                stop=self.stop,
                is_enough=self._keeps_some,
                tick=claims.renew,
                may_leave=claims.still_holds,
                is_proven=lambda envelope: envelope.id in self._proven,
                lines=self._lines,
            )
        except DeliveryError as error:
            return sent, error
        return sent, None

    def _settle(self, letter: Waiting, outcome: Outcome) -> None:
        """Note it, or keep it: the first fault of the database is enough to keep all that follow."""
        if self._keeps_some():
            self._keep(letter, outcome)
            return
        try:
            self._note(letter, outcome)
        except (SQLAlchemyError, StaleCase) as error:
            self._keep(letter, outcome)
            log.warning("outcome-kept", mailbox=self.desk().mailbox, letter=letter.id, error=fault_words(error))

    def _keeps_some(self) -> bool:
        return self.unnoted.first(self.desk().mailbox) is not None

    def _keep(self, letter: Waiting, outcome: Outcome) -> None:
        self.unnoted.keep(self.desk().mailbox, letter, outcome)

    def _note(self, letter: Waiting, outcome: Outcome) -> None:
        desk, now = self.desk(), self.clock()
        match outcome:
            case Sent():
                handling.handle_sent(desk, letter, now)
            case Deferred():
                handling.handle_deferred(desk, letter, f"{outcome.code} {outcome.text}", now)
            case Untried():
                handling.handle_untried(desk, letter, outcome.text, now, in_hand=outcome.in_hand)
            case Uncertain():
                handling.handle_uncertain(desk, letter, outcome.text, now)
            case Refused():
                reply = f"{outcome.code} {outcome.text}"
                handling.handle_refused(desk, letter, reply, now, by_content=outcome.by_content)
        self._tell(letter, outcome)

    def _tell(self, letter: Waiting, outcome: Outcome) -> None:
        """One line for each letter, with what the server answered, but to whom."""
        mailbox, state = self.desk().mailbox, type(outcome).__name__.lower()
        self.vitals.letter(mailbox, letter.kind, state)
        about = {"mailbox": mailbox, "letter": letter.id, "kind": letter.kind, "state": state}
        answer = without_addresses(outcome.text, letter.recipient, letter.sender)
        if isinstance(outcome, Sent):
            log.info("letter", **about, code=_TAKEN, answer=answer)
            return
        code = outcome.code if isinstance(outcome, Deferred | Refused) else None
        log.warning("letter", **about, code=code, answer=answer)


@dataclass
class _Claims:
    """The letters in hand: a slow server must not let another daemon think that nobody has them."""

    sender: Sender
    ids: set[int]
    renewed: float = field(default_factory=time.monotonic)
    shown: float = field(default_factory=time.monotonic)

    def still_holds(self, envelope: Envelope) -> bool:
        """Whether the letter is still ours; not for sure where the database is away.

        This process may have stood still for longer than a claim holds. Where little of that is left, it is renewed;
        and whoever takes us for dead sees that we are not before the letter leaves.
        """
        desk, run, now = self.sender.desk(), self.sender.run(), self.sender.clock()
        try:
            self.sender.is_alive(run)
            with desk.database.glance() as s:
                left = claims.remaining(s, envelope.id, run, now)
            if left is not None and not claims.LEASE / 2 < left <= claims.LEASE:
                with desk.database.transaction() as s:
                    claims.renew(s, [envelope.id], run, now)
                    left = claims.remaining(s, envelope.id, run, now)
        except SQLAlchemyError as error:
            log.warning("claim-not-known", mailbox=desk.mailbox, letter=envelope.id, error=fault_words(error))
            return False
        return left is not None

    def renew(self) -> None:
        """Every few minutes, as long as the database can be reached; every few seconds others hear that we live."""
        now = time.monotonic()
        if not self.ids or now - self.shown < _SHOWN_SECONDS:
            return
        self.shown = now
        try:
            self.sender.is_alive(self.sender.run())
            if now - self.renewed < _RENEWAL_SECONDS:
                return
            self.renewed = now
            with self.sender.desk().database.transaction() as s:
                claims.renew(s, self.ids, self.sender.run(), self.sender.clock())
        except SQLAlchemyError as error:
            log.warning("claims-not-renewed", mailbox=self.sender.desk().mailbox, error=fault_words(error))
