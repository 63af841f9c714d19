"""The rounds of one mailbox: fetch and handle, look at the deadlines, deliver. Doors and desk meet here.

Each round may be cut off anywhere: the database commits before the mailbox or the mail server is touched again, and
what was not finished is met in the next round.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError

from service.desk import documents, handling, outbox, register, trouble
from service.desk.desk import Desk
from service.desk.handling import Delivered
from service.desk.outbox import Waiting
from service.desk.register import StaleCase
from service.doors import delivery
from service.doors.account import Server
from service.doors.cage import CageBroken
from service.doors.delivery import Deferred, Envelope, Outcome, Sent
from service.doors.inbox import Fetched, Inbox

log = structlog.get_logger()

_LETTERS_AT_A_TIME = 100


@dataclass
class Mailroom:
    """One mailbox at work. `clock` gives the instant (aware); `stop` ends a round after the message in hand."""

    desk: Desk
    inbox: Inbox
    smtp: Server
    clock: Callable[[], datetime]
    stop: threading.Event = field(default_factory=threading.Event)

    def once(self) -> None:
        """One complete pass: poll, process, deadlines, deliver."""
        self.poll()
        self.check_deadlines()
        self.deliver()

    def poll(self) -> int:
        """Fetch and handle everything in the inbox folder, whatever its flags. Returns how many mails were handled.

        Raises:
            InboxError: the mail server failed; what was handled stays handled.
        """
        handled = 0
        filed: dict[int, str] = {}

        def already(uidvalidity: int, uids: Sequence[int]) -> set[int]:
            with self.desk.database.reading() as s:
                filed.update(documents.filed_uids(s, self.desk.mailbox, self.inbox.folder, uidvalidity, uids))
            return set(filed)

        for batch in self.inbox.new_mail(already):
            if filed:  # done before, but a break came between the commit and the move
                self._file_away(filed)
                filed.clear()
            places: dict[int, str] = {}
            while batch and not self.stop.is_set():
                mail = batch.pop(0)
                folder = self._handle(mail)
                if folder:
                    places[mail.uid] = folder
                    handled += 1
            self._file_away(places)
            if self.stop.is_set():
                return handled
        self._file_away(filed)
        return handled

    def _file_away(self, places: dict[int, str]) -> None:
        moves = defaultdict(list)
        for uid, folder in places.items():
            moves[folder].append(uid)
        if moves:
            self.inbox.file_away(moves)

    def _handle(self, fetched: Fetched) -> str | None:
        """Handle one mail; None where it stays in the inbox folder and is tried again."""
        place = (fetched.folder, fetched.uidvalidity, fetched.uid)
        mail = Delivered(fetched.raw, fetched.internal_date, place)
        now = self.clock()
        try:
            folder = handling.handle_mail(self.desk, mail, now)
        except (StaleCase, IntegrityError):
            log.info("mail-again", mailbox=self.desk.mailbox, uid=fetched.uid, reason="another daemon was there first")
            return None
        except CageBroken as error:
            log.warning("reading-failed", mailbox=self.desk.mailbox, uid=fetched.uid, error=str(error))
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, the other mails go on
            # A bad mail never stops the next: it is counted, and set aside when it fails again and again.
            # Only the error's sort is logged: its text may hold what the mail says.
            log.warning("mail-failed", mailbox=self.desk.mailbox, uid=fetched.uid, error=type(error).__name__)
            return self._hold(mail, f"{type(error).__name__} while handling", now)
        log.info("mail-handled", mailbox=self.desk.mailbox, uid=fetched.uid, folder=folder)
        return folder

    def _hold(self, mail: Delivered, reason: str, now: datetime) -> str | None:
        try:
            return trouble.hold(self.desk, mail, reason, now)
        except Exception as error:  # noqa: BLE001 - it stays in the inbox folder, and the other mails go on
            log.warning("mail-stuck", mailbox=self.desk.mailbox, uid=mail.place[2], error=type(error).__name__)
            return None

    def check_deadlines(self) -> int:
        """What time brings about in every case whose hour has come. Returns how many cases were looked at."""
        looked_at: set[str] = set()
        while not self.stop.is_set():
            now = self.clock()
            with self.desk.database.reading() as s:
                waiting = register.numbers_to_check(s, self.desk.mailbox, now)
            numbers = [number for number in waiting if number not in looked_at]
            if not numbers:
                break
            for number in numbers:
                looked_at.add(number)
                if not self.stop.is_set():
                    self._look_at(number, now)
        return len(looked_at)

    def _look_at(self, number: str, now: datetime) -> None:
        try:
            handling.handle_time(self.desk, number, now)
        except Exception as error:  # noqa: BLE001 - one sick case must not stop the time of all others
            log.warning("case-failed", mailbox=self.desk.mailbox, case=number, error=type(error).__name__)

    def deliver(self) -> int:
        """Hand every letter whose time has come to the mail server. Returns how many it took.

        Raises:
            DeliveryError: the mail server could not be used; the letters wait in the outbox.
        """
        sent = 0
        while not self.stop.is_set():
            now = self.clock()
            with self.desk.database.transaction() as s:
                waiting = outbox.claim_due(s, self.desk.mailbox, now, _LETTERS_AT_A_TIME)
            if not waiting:
                break
            letters = {letter.id: letter for letter in waiting}
            outcomes: list[Outcome] = []

            def settle(
                envelope: Envelope,
                outcome: Outcome,
                letters: dict[int, Waiting] = letters,
                outcomes: list[Outcome] = outcomes,
            ) -> None:
                outcomes.append(outcome)
                self._settle(letters[envelope.id], outcome)

            envelopes = [Envelope(w.id, w.sender, w.recipient, w.raw) for w in waiting]
            delivery.deliver(self.smtp, envelopes, settle)
            sent += sum(isinstance(outcome, Sent) for outcome in outcomes)
        return sent

    def _settle(self, letter: Waiting, outcome: Outcome) -> None:
        now = self.clock()
        if isinstance(outcome, Sent):
            handling.handle_sent(self.desk, letter, now)
        elif isinstance(outcome, Deferred):
            handling.handle_deferred(self.desk, letter, outcome.text, now, link_failed=outcome.code is None)
        else:
            handling.handle_refused(self.desk, letter, f"{outcome.code} {outcome.text}", now)
        log.info(
            "letter", mailbox=self.desk.mailbox, letter=letter.id, kind=letter.kind, outcome=type(outcome).__name__
        )
