"""A mail server in memory, in place of `delivery.deliver`: takes letters, refuses, hangs up, forgets to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from service.doors.sender import LETTERS_AT_A_TIME
from service.doors.smtp import DeliveryError
from service.doors.transfer import Deferred, Envelope, Outcome, Refused, Sent, Uncertain, Untried
from tests.simulation.storms.mailserver import message_id
from tests.simulation.storms.weather import Weather

MOST_IN_HAND = 2 * LETTERS_AT_A_TIME
"""A process that dies had claimed so many letters, and the outcomes of as many might wait for the database: only the
latest so many may lawfully leave twice.
"""


@dataclass(frozen=True)
class Taken:
    """A letter that the server has taken responsibility for. name: its Message-ID. doubted: nobody may have heard its
    yes.
    """

    at: datetime
    recipient: str
    raw: bytes
    name: str
    doubted: bool = False


@dataclass
class PostOffice:
    """What has left, in order, whatever becomes of the service.

    `passes` lets so many minutes pass, `meanwhile` is what others do while somebody waits for an answer.
    """

    weather: Weather
    now: Callable[[], datetime]
    passes: Callable[[int], None]
    meanwhile: Callable[[], None] = lambda: None
    taken: list[Taken] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def deliver(
        self,
        _server: object,
        envelopes: Sequence[Envelope],
        on_outcome: Callable[[Envelope, Outcome], None],
        *,
        is_enough: Callable[[], bool],
        tick: Callable[[], None],
        may_leave: Callable[[Envelope], bool],
        **_: object,
    ) -> None:
        """As `delivery.deliver`: an outcome for each, and DeliveryError where the server could not be used."""
        waiting = list(envelopes)
        why = self._away()
        while waiting and not why and not is_enough():
            if self.weather.strikes("smtp: slow"):
                self.passes(self.weather.dice.randrange(1, 30))
                tick()
            outcome = self._one(envelope := waiting.pop(0), may_leave)
            on_outcome(envelope, outcome)
            why = outcome.text if isinstance(outcome, Untried) else ""
        for envelope in waiting:
            on_outcome(envelope, Untried(why or "not tried"))
        if why:
            raise DeliveryError(why, temporary=True)

    def _away(self) -> str:
        if self.weather.strikes("smtp: no connection", 3):
            return "the link was cut"
        if self.weather.strikes("smtp: the account may not send"):
            return "550 5.7.60 not allowed to send as this sender"
        return ""

    def _one(self, envelope: Envelope, may_leave: Callable[[Envelope], bool]) -> Outcome:
        self.weather.step("smtp mail")
        self.meanwhile()
        strikes = self.weather.strikes
        if strikes("smtp: 4xx"):
            return Deferred(450, "4.2.0 try later")
        if strikes("smtp: 5xx"):
            self.refused[envelope.recipient] = "5.7.1"
            return Refused(554, "5.7.1 not wanted")
        if strikes("smtp: too many on this connection"):
            return Untried("421 4.7.0 too many messages on this connection")
        if strikes("smtp: link cut before the dot"):
            return Untried("the link was cut", in_hand=True)
        if strikes("smtp: link cut after the dot, not taken"):
            self.refused[envelope.recipient] = "in doubt"  # twice, and a person is told
            return Uncertain("the link was cut")
        self.weather.step("smtp dot")
        if not may_leave(envelope):
            return Untried("somebody else has it in hand")
        self.taken.append(Taken(self.now(), envelope.recipient, envelope.raw, message_id(envelope.raw)))
        self.weather.step("after smtp dot")
        if strikes("smtp: link cut after the dot, taken"):
            self.taken[-1] = replace(self.taken[-1], doubted=True)
            return Uncertain("the link was cut")
        return Sent("2.0.0 queued")

    def gives_back(self, letter: str) -> None:
        """It came back from where it was to go: it may leave again."""
        self.taken = [replace(each, doubted=True) if each.name == letter else each for each in self.taken]

    def doubt_all_but(self, known: set[str]) -> None:
        """The service died: of what the register does not know as sent, nobody can tell that it left."""
        for place, taken in enumerate(self.taken[-MOST_IN_HAND:], max(0, len(self.taken) - MOST_IN_HAND)):
            if taken.name not in known:
                self.taken[place] = replace(taken, doubted=True)
