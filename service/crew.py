"""The rounds of one mailbox at work, in threads of their own; none waits for another, they ring each other.

One polls, one waits for news (IDLE), one sends letters, one looks at the deadlines. A broken connection is a warning, a
back-off and another try.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from service.desk.database import fault_words
from service.desk.register import StaleCase
from service.doors.answers import without_addresses
from service.doors.inbox import Inbox
from service.doors.link import InboxError
from service.doors.rounds import STOP_CHECK_SECONDS, Pause, Round, StopSign
from service.doors.smtp import DeliveryError
from service.doors.vitals import Work
from service.stations import Station, inbox_of

log = structlog.get_logger()

# All in seconds.
_LONGEST_PAUSE = 300.0
_PAUSE_AFTER_BAD_LOGIN = 900.0  # some servers lock an account that fails often
_FIRST_PAUSE_OF_DELIVERY = 15.0
_PAUSE_WHILE_DATABASE_AWAY = 2.0
_BETWEEN_LOOKS_AT_THE_CLOCK = 60.0
_BETWEEN_DELIVERIES = 10.0
_CONNECTION_KEPT = 15.0  # shorter than any server keeps one; looked at with each delivery
_FIRST_LOOK_AT_THE_CLOCK = 15.0  # what waits in the mailbox and the outbox comes first, or its lateness is alerted
# What waits may have left already, where the register is an earlier one: so long the mailbox is asked first.
_LONGEST_WAIT_FOR_MAILBOX, _BETWEEN_LOOKS_FOR_IT = 20.0, 0.25
_IDLE = 25 * 60.0
# A service manager kills after some time: what hangs is cut off before.
_GRACE, _GRACE_AFTER_HANGING_UP = 6.5, 1.5
_NOTING = 6.0  # after the order to stop: so long it is tried to note what became of letters
# Before it counts as hanging: a mail server that drips must not have the whole process ended.
_LONGEST_ANSWER = 540.0


@dataclass
class Crew:
    """A mailbox's rounds at work, until `stop` is set."""

    station: Station
    poll_seconds: float
    clock: Callable[[], datetime]
    stop: StopSign
    rounds: list[Round] = field(default_factory=list)
    _pause: float = 0.0
    _delivery_pause: float = 0.0
    _time_has_waited: bool = False
    _has_polled: bool = False
    _begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        settings = self.station.settings
        self._watcher = inbox_of(settings)
        self._polling = Round(f"poll {settings.name}", self._poll, self.stop)
        sender = self.station.room.sender
        sender.kept_seconds = _CONNECTION_KEPT
        self._sending = Round(f"send {settings.name}", self._send, self.stop, last=self._end_sending)
        self.station.room.letters_wait = self._sending.ring
        self._timing = Round(
            f"time {settings.name}", self._look_at_the_clock, self.stop, Pause(_FIRST_LOOK_AT_THE_CLOCK)
        )
        self._watching = Round(f"watch {settings.name}", self._watch, self.stop)
        self.rounds = [self._polling, self._sending, self._timing, self._watching]

    def start(self) -> None:
        """Let the rounds begin."""
        for each in self.rounds:
            each.start()

    def ring(self) -> None:
        """Poll now; the rules are read again before."""
        self._polling.ring()

    def hang_up(self) -> None:
        """Break the connections to the mailbox, for whoever waits for an answer there."""
        self.station.room.inbox.hang_up()
        self._watcher.hang_up()

    def give_up_connecting(self) -> None:
        """Who waits for a connection to the mailbox has nothing in hand, and waits no longer."""
        self.station.room.inbox.give_up_connecting()
        self._watcher.give_up_connecting()

    def cut_off_the_silent(self) -> None:
        """Break a connection over which one answer has been coming for nine minutes."""
        for each, inbox in self._listening():
            if each.is_alive() and self.stop.silence_of(each) > _LONGEST_ANSWER:
                inbox.hang_up()

    def at_work(self) -> list[Round]:
        """The rounds that have something in hand."""
        waiting = [each for each, inbox in self._listening() if inbox.is_connecting]
        return [each for each in self.rounds if each.is_alive() and each not in waiting]

    def _listening(self) -> tuple[tuple[Round, Inbox], ...]:
        return (self._polling, self.station.room.inbox), (self._watching, self._watcher)

    def _poll(self) -> Pause:
        room, mailbox = self.station.room, self.station.settings.name
        try:
            with room.vitals.attempt(mailbox, Work.POLL):
                self.station.follow_rules(self.clock())
                handled = room.poll()
        except InboxError as error:
            room.inbox.close()
            if self.stop.is_set():
                return Pause(0)
            self._pause = max(min(self._pause * 2 or self.poll_seconds, _LONGEST_PAUSE), error.wait_seconds)
            if not error.temporary:
                self._pause = error.wait_seconds or _PAUSE_AFTER_BAD_LOGIN
            elif error.wait_seconds:
                self._watcher.hang_up()  # one connection less, and it comes back as late as the poll
            what = without_addresses(error.what)
            log.warning("mailbox-failed", mailbox=mailbox, error=what, sort=error.sort, next_try_s=round(self._pause))
            return Pause(self._pause, deaf=True)
        except SQLAlchemyError as error:
            log.warning("database-failed", mailbox=mailbox, error=fault_words(error))
            return Pause(max(self.poll_seconds, _PAUSE_WHILE_DATABASE_AWAY), deaf=True)
        finally:
            self._has_polled = True
        self._pause = 0.0
        if handled:
            self._sending.ring()
        return Pause(self.poll_seconds)

    def _send(self) -> Pause:
        mailbox, has_polled = self.station.settings.name, self._has_polled
        has_asked = has_polled or self.station.room.memory.has_asked
        if not has_asked and time.monotonic() < self._begun + _LONGEST_WAIT_FOR_MAILBOX:
            return Pause(_BETWEEN_LOOKS_FOR_IT)
        try:
            with self.station.room.vitals.attempt(mailbox, Work.DELIVERY) as attempt:
                attempt.shows_nothing = not self.station.room.deliver()
        except DeliveryError as error:
            longest = _BETWEEN_LOOKS_AT_THE_CLOCK if error.temporary else _LONGEST_PAUSE
            self._delivery_pause = min(self._delivery_pause * 2 or _FIRST_PAUSE_OF_DELIVERY, longest)
            what = without_addresses(error.what)
            log.warning("delivery-failed", mailbox=mailbox, error=what, sort=error.sort, temporary=error.temporary)
            return Pause(max(self._delivery_pause, error.wait_seconds), deaf=True)
        except SQLAlchemyError as error:
            log.warning("database-failed", mailbox=mailbox, error=fault_words(error))
            return Pause(_PAUSE_WHILE_DATABASE_AWAY, deaf=True)
        finally:
            if has_polled and not self._time_has_waited:
                self._time_has_waited = True
                self._timing.ring()
        self._delivery_pause = 0.0
        return Pause(_BETWEEN_DELIVERIES)

    def _end_sending(self) -> None:
        """Leave the mail server; what is known of letters goes into the database, if it can be written in time."""
        sender, mailbox = self.station.room.sender, self.station.settings.name
        sender.close()
        while True:
            try:
                sender.note_kept()
                break
            except (SQLAlchemyError, StaleCase) as error:
                if self.stop.since > _NOTING:
                    told = {"error": fault_words(error), **sender.unnoted.told()}
                    log.error("outcomes-not-noted", mailbox=mailbox, **told)  # noqa: TRY400 - a fault in words
                    break
            time.sleep(STOP_CHECK_SECONDS)

    def _look_at_the_clock(self) -> Pause:
        room, mailbox = self.station.room, self.station.settings.name
        try:
            with room.vitals.attempt(mailbox, Work.CLOCK):
                looked_at = room.check_deadlines()
            if looked_at:
                self._sending.ring()
        except SQLAlchemyError as error:
            log.warning("database-failed", mailbox=mailbox, error=fault_words(error))
        return Pause(_BETWEEN_LOOKS_AT_THE_CLOCK, deaf=True)

    def _watch(self) -> Pause:
        """Wait for new mail on a connection of its own (IDLE) and poll at once; polling goes on in any case."""
        try:
            with self._watcher as inbox:
                inbox.uids()
                while not self.stop.is_set():
                    if inbox.wait(_IDLE, self.stop):
                        self._polling.ring()
                        inbox.uids()
        except InboxError as error:
            return Pause(max(self._pause, self.poll_seconds, error.wait_seconds), deaf=True)
        return Pause(0)


def hanging(crews: Sequence[Crew]) -> list[str]:
    """The names of the rounds that do not go round any more, though no server holds them."""
    for crew in crews:
        crew.cut_off_the_silent()
    return [each.name for crew in crews for each in crew.rounds if each.hangs]


def end(crews: Sequence[Crew]) -> list[str]:
    """Let the rounds of crews that have been told to stop come to their end; the names of those that do not.

    Takes eight seconds at most. Connections are broken after the greater part of them, those in the making at once.
    """
    for crew in crews:
        crew.give_up_connecting()
    if not _not_ended(crews, _GRACE):
        return []
    for crew in crews:
        crew.hang_up()
    return _not_ended(crews, _GRACE_AFTER_HANGING_UP)


def _not_ended(crews: Sequence[Crew], seconds: float) -> list[str]:
    ends = time.monotonic() + seconds
    while (left := [each for crew in crews for each in crew.at_work()]) and (rest := ends - time.monotonic()) > 0:
        left[0].join(min(rest, STOP_CHECK_SECONDS))
    return [each.name for each in left]
