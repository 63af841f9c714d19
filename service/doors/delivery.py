"""The SMTP door: ready mails go out over a few reused connections.

Synchronous to its caller, asynchronous inside. Each mail gets its own outcome the moment it is known.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiosmtplib import SMTPException
from aiosmtplib.email import parse_address

from service.core.people import addresses
from service.doors import smtp
from service.doors.answers import (
    CLOSING,
    FIRST_PERMANENT_CODE,
    FIRST_REFUSAL,
    LOGIN_CODES,
    Step,
    advice,
    is_about_us,
    told_wait,
)
from service.doors.dialogue import Answer, Dialogue
from service.doors.lines import Lines
from service.doors.smtp import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.doors.account import Server

# A server may filter the mail before it answers the final dot: RFC 5321, 4.5.3.2.6 asks for ten minutes.
FINAL_DOT_SECONDS = 600.0
# Told to stop, a letter in hand may still be finished in this time: a service manager kills after some more seconds.
STOP_SECONDS = 5.0
STOP_CHECK_SECONDS = 0.2
_NO_CODE = 600  # RFC 5321, 4.2.1: replies begin with 2 to 5
# So many answers about the sender, and none of its letters taken: the rest of them are not tried.
ENOUGH_DOUBTS = 3


@dataclass(frozen=True, slots=True)
class Envelope:
    """A finished mail to one recipient. `raw` is sent as it is; an empty `sender` is the null reverse-path."""

    id: int
    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took the responsibility for the mail; `text` is its answer, often with a queue id."""

    text: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now, says the server of this mail: try again later with the same bytes."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Untried:
    """Nothing was said of this mail: the link, the account or the sender failed. `in_hand`: while it was being sent."""

    text: str
    in_hand: bool = False


@dataclass(frozen=True, slots=True)
class Uncertain:
    """No answer came after the whole mail was handed over, so it may have arrived."""

    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: the server (5xx) or this module says that the mail can't be delivered as it is. `text` is for people."""

    code: int
    text: str


Outcome = Sent | Deferred | Untried | Uncertain | Refused


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
        lines: connections to the server that are kept for the next delivery; else they are made for this one.
    """
    if not envelopes:
        return
    over = lines or Lines(server)
    run = _Run(over, deque(envelopes), on_outcome, stop or threading.Event(), is_enough, tick, may_leave)
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


@dataclass(frozen=True, slots=True)
class _AboutUs:
    """An answer that seems to blame the account or the sender."""

    step: Step
    code: int
    text: str


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
    doubts: list[tuple[Envelope, _AboutUs]] = field(default_factory=list)
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
            if envelope.sender in self.accepted:
                self.report(envelope, Deferred(answer.code, answer.text))
                continue
            self.report(envelope, Untried(f"{answer.code} {answer.text}"))
            faults.append(self._fault(answer))
        return faults

    def _fault(self, answer: _AboutUs) -> DeliveryError:
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
            outcome = await _send(line, envelope, self.may_leave)
            if isinstance(outcome, _AboutUs) and outcome.code in LOGIN_CODES:
                self.waiting.appendleft(envelope)
                what = f"{self.over.server.place}: {outcome.code} {outcome.text}"
                return DeliveryError(what, temporary=False, sort=smtp.login_sort(self.over.server))
            if isinstance(outcome, _AboutUs):
                self.doubts.append((envelope, outcome))
                if told_wait(outcome.code, outcome.text) and self.connections > 1:
                    self.connections -= 1  # the server has too many: the others go on with what waits
                    return self._fault(outcome)
                continue
            if isinstance(outcome, Sent | Deferred | Refused):
                self.accepted.add(envelope.sender)
            self.report(envelope, outcome)
        return None

    def _has_more(self) -> bool:
        return bool(self.waiting) and not self.stop.is_set() and not self.is_enough()

    def _known_fault(self, sender: str) -> _AboutUs | None:
        if sender in self.accepted:
            return None
        met = [answer for envelope, answer in self.doubts if envelope.sender == sender]
        return met[-1] if len(met) >= ENOUGH_DOUBTS else None


async def _send(line: Dialogue, envelope: Envelope, may_leave: Callable[[Envelope], bool]) -> Outcome | _AboutUs:
    try:
        commands = _commands(line, envelope)
    except ValueError:
        return Refused(553, "Adressen har tecken som inte får finnas i en e-postadress.")
    if isinstance(commands, Refused):
        return commands
    has_left = False
    try:
        if refused := await _refusal(line, commands):
            await smtp.reset(line)
            return _judge(*refused)
        if not may_leave(envelope):
            line.hang_up()  # in the middle of DATA: without its final dot the server takes nothing (RFC 5321, 4.1.1.4)
            return Untried("somebody else has it in hand")
        line.write(*_content(envelope.raw))
        has_left = True
        answer = await line.answer(FINAL_DOT_SECONDS)
    except asyncio.CancelledError:
        line.hang_up()
        return Uncertain("told to stop before the server answered") if has_left else Untried("told to stop")
    except OSError as error:
        line.hang_up()
        return Uncertain(str(error)) if has_left else Untried(str(error), in_hand=True)
    if answer.code == _TAKEN:
        return Sent(answer.text)
    if not FIRST_REFUSAL <= answer.code < _NO_CODE:
        line.hang_up()  # whatever it meant: not that the mail was refused, and the next answer may be another's
        return Uncertain(f"{answer.code} {answer.text}")
    await smtp.reset(line)
    return _judge(Step.DATA, answer)


async def _refusal(line: Dialogue, commands: dict[Step, bytes]) -> tuple[Step, Answer] | None:
    """Say all that comes before the content; the first command that the server refuses, and its answer.

    They leave together where the server knows that (PIPELINING, RFC 2920), and are answered one by one all the same.
    """
    together, refused = "pipelining" in line.extensions, None
    if together:
        line.write(*commands.values())
    for step, command in commands.items():
        if not together:
            line.write(command)
        try:
            answer = await line.answer(FINAL_DOT_SECONDS if step is Step.DATA else smtp.COMMAND_SECONDS)
        except OSError:
            if refused:  # which the others were bound to follow
                line.hang_up()  # they may come still, and would be taken for answers to what is said next
                break
            raise
        if refused is None and answer.code not in _GOES_ON[step]:
            refused = step, answer
        elif refused and answer.code in _GOES_ON[Step.DATA]:
            line.hang_up()  # it waits for a content, which must not come (RFC 2920, 3.1)
        if refused and not together:
            break
    return refused


_TAKEN = 250
_GOES_ON = {Step.MAIL: (250,), Step.RCPT: (250, 251), Step.DATA: (354,)}
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")


def _content(raw: bytes) -> tuple[bytes, ...]:
    """A mail as it is written after DATA: lines end with CRLF, dots at their beginning are doubled, one ends it."""
    rest = raw.replace(b"\r\n", b"")
    if b"\n" in rest or b"\r" in rest:
        raw = _LINE_ENDS.sub(b"\r\n", raw)
    first = b"." if raw.startswith(b".") else b""
    return first, raw.replace(b"\r\n.", b"\r\n.."), b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n"


def _judge(step: Step, answer: Answer) -> Outcome | _AboutUs:
    code, text = answer
    if code == CLOSING:
        return Untried(f"{code} {text}", in_hand=True)
    if is_about_us(step, code, text):
        return _AboutUs(step, code, text)
    # What is no code, or makes no sense here, is the server's trouble, not the mail's.
    return Refused(code, text) if FIRST_PERMANENT_CODE <= code < _NO_CODE else Deferred(code, text)


def _commands(line: Dialogue, envelope: Envelope) -> dict[Step, bytes] | Refused:
    """All that is said before the content, or what this server is known to refuse before it is asked.

    Raises:
        ValueError: an address is not one bare address.
    """
    sender, recipient = _on_the_wire(envelope.sender) if envelope.sender else "", _on_the_wire(envelope.recipient)
    is_plain, limit, size = (sender + recipient).isascii(), smtp.size_limit(line), len(envelope.raw)
    if limit and size > limit:
        ours, most = (f"{n / 1_000_000:.1f}".replace(".", ",") for n in (size, limit))
        return Refused(552, f"Mejlet är {ours} MB. E-postservern tar emot högst {most} MB.")
    if not is_plain and "smtputf8" not in line.extensions:
        return Refused(553, "Adressen har å, ä, ö eller andra tecken som e-postservern inte kan skicka till.")
    options = f" SIZE={size}" if "size" in line.extensions else ""
    if "8bitmime" in line.extensions and not envelope.raw.isascii():
        options += " BODY=8BITMIME"
    if not is_plain:
        options += " SMTPUTF8"
    return {
        Step.MAIL: f"MAIL FROM:<{sender}>{options}\r\n".encode(),
        Step.RCPT: f"RCPT TO:<{recipient}>\r\n".encode(),
        Step.DATA: b"DATA\r\n",
    }


_ORDINARY = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}", re.ASCII)


def _on_the_wire(address: str) -> str:
    """The address with its domain in ASCII; ValueError for anything else than one bare address."""
    address = addresses.written(address)
    if _ORDINARY.fullmatch(address):
        return address
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        raise ValueError("no domain that the name service knows")
    # The library would cut a list down to its first address and drop comments, in silence.
    if not local or _CONTROL.search(address) or parse_address(address) != address:
        raise ValueError("not one bare address")
    return address


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


async def _check(server: Server, sender: str) -> str:
    line = await smtp.connect(server)
    try:
        await smtp.ask(line, f"MAIL FROM:<{_on_the_wire(sender)}>".encode() if sender else b"NOOP")
        limit = smtp.size_limit(line)
    except (SMTPException, OSError) as error:
        raise smtp.fault(server, None, error) from error
    finally:
        await smtp.close(line)
    size = f"mails up to {limit // 1_000_000} MB" if limit else "no announced size limit"
    login = f"logged in as {server.username}" if server.username else "no log-in"
    return f"{server.place}: {login}, security {server.security}, {size}"
