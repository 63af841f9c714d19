"""A mail server in memory, in place of `delivery.deliver`: takes letters, refuses, hangs up, forgets to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from service.doors.delivery import Deferred, Envelope, Outcome, Refused, Sent, Uncertain, Untried
from service.doors.smtp import DeliveryError
from tests.simulation.storms.mailserver import message_id
from tests.simulation.storms.weather import Weather

MOST_IN_HAND = 40


@dataclass(frozen=True)
class Taken:
    """A letter that the server has taken responsibility for. doubted: nobody may have heard its yes."""

    at: datetime
    recipient: str
    raw: bytes
    doubted: bool = False


@dataclass
class PostOffice:
    """What has left, in order, whatever becomes of the service."""

    weather: Weather
    now: Callable[[], datetime]
    taken: list[Taken] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def deliver(
        self, _server: object, envelopes: Sequence[Envelope], on_outcome: Callable[[Envelope, Outcome], None], **_: Any
    ) -> None:
        """As `delivery.deliver`: an outcome for each, and DeliveryError where the server could not be used."""
        waiting = list(envelopes)
        is_away = self.weather.strikes("smtp: no connection", 3)
        while waiting and not is_away:
            envelope = waiting.pop(0)
            outcome = self._one(envelope)
            on_outcome(envelope, outcome)
            is_away = isinstance(outcome, Untried)
        for envelope in waiting:
            on_outcome(envelope, Untried("the link was cut"))
        if is_away:
            raise DeliveryError("the link was cut", temporary=True)

    def _one(self, envelope: Envelope) -> Outcome:
        self.weather.step("smtp mail")
        strikes = self.weather.strikes
        if strikes("smtp: 4xx"):
            return Deferred(450, "4.2.0 try later")
        if strikes("smtp: 5xx"):
            self.refused[envelope.recipient] = "5.7.1"
            return Refused(554, "5.7.1 not wanted")
        if strikes("smtp: link cut before the dot"):
            return Untried("the link was cut", in_hand=True)
        if strikes("smtp: link cut after the dot, not taken"):
            self.refused[envelope.recipient] = "in doubt"  # twice, and a person is told
            return Uncertain("the link was cut")
        self.weather.step("smtp dot")
        self.taken.append(Taken(self.now(), envelope.recipient, envelope.raw))
        self.weather.step("after smtp dot")
        if strikes("smtp: link cut after the dot, taken"):
            self.taken[-1] = replace(self.taken[-1], doubted=True)
            return Uncertain("the link was cut")
        return Sent("2.0.0 queued")

    def doubt_all_but(self, known: set[str]) -> None:
        """The service died: of what the register does not know as sent, nobody can tell that it left."""
        for place, taken in enumerate(self.taken[-MOST_IN_HAND:], max(0, len(self.taken) - MOST_IN_HAND)):
            if message_id(taken.raw) not in known:
                self.taken[place] = replace(taken, doubted=True)
