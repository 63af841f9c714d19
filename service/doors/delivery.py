"""The SMTP door: ready mails go out over a few reused connections.

Synchronous to its caller, asynchronous inside. Each mail gets its own outcome the moment it is known.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.doors import smtp
from service.doors.answers import FIRST_PERMANENT_CODE, LOGIN_CODES, advice, told_wait
from service.doors.lines import Lines
from service.doors.smtp import DeliveryError
from service.doors.transfer import AboutUs, Deferred, Envelope, Outcome, Refused, Sent, Untried, on_the_wire, send

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.doors.account import Server
    from service.doors.dialogue import Dialogue

# Told to stop, a letter in hand may still be finished in this time: a service manager kills after some more seconds.
STOP_SECONDS = 5.0
STOP_CHECK_SECONDS = 0.2
# So many answers about the sender, and none of its letters taken: the rest of them are not tried.
ENOUGH_DOUBTS = 3


def deliver(
    server: Server,
    envelopes: Sequence[Envelope],
    on_outcome: Callable[[Envelope, Outcome], None],
    connections: int = 2,
    *,
    stop: threading.Event | None = None,
    is_enough: Callable[[], bool] = lambda: False,
    tick: Callable[[], None] = lambda: None,
    may_leave: Callable[[Envelope], bool] = lambda _: True,
    is_proven: Callable[[Envelope], bool] = lambda _: False,
    lines: Lines | None = None,
) -> None:
    """Deliver each mail, and call `on_outcome` exactly once for each, in this thread, as soon as it is known.

    One recipient's fault holds no other mail up. When the server can't be reached or refuses the account or the sender,
    what is left is Untried, and then DeliveryError is raised, once.

    Args:
        stop: once it is set no further mail is begun, and those in hand have `STOP_SECONDS` to be finished.
        is_enough: once it is true no further mail is begun.
        tick: called some times a second meanwhile, in this thread.
        may_leave: asked at the last moment, before a mail's content is written; where it says no, the mail is Untried.
        is_proven: whether the server has taken the sender's other mails since it blamed the sender at this one.
        lines: connections to the server that are kept for the next delivery; else they are made for this one.
    """
    if not envelopes:
        return
    over = lines or Lines(server)
    run = _Run(over, deque(envelopes), on_outcome, stop or threading.Event(), is_enough, tick, may_leave, is_proven)
    try:
        over.run(run.deliver(min(connections, len(envelopes))))
    finally:
        if lines is None:
            over.close()


def check(server: Server, sender: str = "") -> str:
    """Connect, log in, ask whether the account may send as `sender`, and say what the server is able to.

    Raises:
        DeliveryError: something of that fails.
    """
    return asyncio.run(_check(server, sender))


@dataclass
class _Run:
    """The delivery of some mails: what waits, what the server's answers say of us, and when to stop."""

    over: Lines
    waiting: deque[Envelope]
    report: Callable[[Envelope, Outcome], None]
    stop: threading.Event
    is_enough: Callable[[], bool]
    tick: Callable[[], None]
    may_leave: Callable[[Envelope], bool]
    is_proven: Callable[[Envelope], bool]
    doubts: list[tuple[Envelope, AboutUs]] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)  # the mails of those doubts that the server was asked to take
    accepted: set[str] = field(default_factory=set)  # senders that were not what the server minded
    connections: int = 0

    async def deliver(self, connections: int) -> None:
        """Every mail gets its outcome; raises DeliveryError."""
        self.connections = connections
        lines = [asyncio.create_task(self._line()) for _ in range(connections)]
        await self._until_done_or_stopped(lines)
        faults = [fault for fault in await asyncio.gather(*lines) if fault is not None]
        blamed = self._judge_doubts()
        # A server may allow fewer connections than asked for: as long as one works, nothing is left.
        if self.waiting:
            blamed += faults
        while self.waiting:
            self.report(self.waiting.popleft(), Untried(blamed[0].what if blamed else "told to stop"))
        if blamed:
            raise blamed[0]

    async def _until_done_or_stopped(self, lines: list[asyncio.Task[DeliveryError | None]]) -> None:
        while not self.stop.is_set():
            _, going = await asyncio.wait(lines, timeout=STOP_CHECK_SECONDS)
            if not going:
                return
            self.tick()
        _, going = await asyncio.wait(lines, timeout=STOP_SECONDS)
        for line in going:
            line.cancel()

    def _judge_doubts(self) -> list[DeliveryError]:
        """Where the server took the sender's other mails, an answer was about its own mail after all."""
        faults = []
        for envelope, answer in self.doubts:
            if envelope.sender in self.accepted or self.is_proven(envelope):
                self.report(envelope, answer.of_this_mail())
                continue
            self.report(envelope, Untried(f"{answer.code} {answer.text}", is_doubtful=envelope.id in self.asked))
            faults.append(self._fault(answer))
        return faults

    def _fault(self, answer: AboutUs) -> DeliveryError:
        what = f"{self.over.server.place}: {answer.step.value}: {answer.code} {answer.text}"
        wait_seconds = told_wait(answer.code, answer.text)
        is_passing = answer.code < FIRST_PERMANENT_CODE or wait_seconds > 0
        hint = advice(answer.code, answer.text)
        return DeliveryError(what, temporary=is_passing, advice=hint, wait_seconds=wait_seconds)

    async def _line(self) -> DeliveryError | None:
        """Take mails, one connection after the other, until none is left or no connection is to be had."""
        while self._has_more():
            try:
                line = await self.over.take()
            except DeliveryError as error:
                return error
            except asyncio.CancelledError:
                return None
            is_good = False
            try:
                fault = await self._use(line)
                is_good = fault is None and not self.stop.is_set()
            finally:
                await self.over.give_back(line, is_good=is_good)
            if fault:
                return fault
        return None

    async def _use(self, line: Dialogue) -> DeliveryError | None:
        while self._has_more() and self.over.may_carry(line):
            line.letters += 1
            envelope = self.waiting.popleft()
            if known := self._known_fault(envelope.sender):
                self.doubts.append((envelope, known))
                continue
            outcome = await send(line, envelope, self.may_leave)
            if isinstance(outcome, AboutUs) and outcome.code in LOGIN_CODES:
                self.waiting.appendleft(envelope)
                what = f"{self.over.server.place}: {outcome.code} {outcome.text}"
                return DeliveryError(what, temporary=False, sort=smtp.login_sort(self.over.server))
            if isinstance(outcome, AboutUs):
                self.doubts.append((envelope, outcome))
                self.asked.add(envelope.id)
                if told_wait(outcome.code, outcome.text) and self.connections > 1:
                    self.connections -= 1  # the server has too many: the others go on with what waits
                    return self._fault(outcome)
                continue
            if isinstance(outcome, Sent | Deferred) or (isinstance(outcome, Refused) and not outcome.by_content):
                self.accepted.add(envelope.sender)
            self.report(envelope, outcome)
        return None

    def _has_more(self) -> bool:
        return bool(self.waiting) and not self.stop.is_set() and not self.is_enough()

    def _known_fault(self, sender: str) -> AboutUs | None:
        if sender in self.accepted:
            return None
        met = [answer for envelope, answer in self.doubts if envelope.sender == sender]
        return met[-1] if len(met) >= ENOUGH_DOUBTS else None


async def _check(server: Server, sender: str) -> str:
    command = f"MAIL FROM:<{on_the_wire(sender)}>".encode() if sender else b"NOOP"
    limit = await smtp.visit(server, command)
    size = f"mails up to {limit // 1_000_000} MB" if limit else "no announced size limit"
    login = f"logged in as {server.username}" if server.username else "no log-in"
    return f"{server.place}: {login}, security {server.security}, {size}"
