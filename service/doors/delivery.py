"""The SMTP door: ready mails go out over a few reused connections.

Synchronous to its caller, asynchronous inside. Each mail gets its own outcome the moment it is known.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiosmtplib
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
from service.doors.smtp import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.doors.account import Server

# A server may filter the mail before it answers the final dot: RFC 5321, 4.5.3.2.6 asks for ten minutes.
FINAL_DOT_SECONDS = 600.0
# Told to stop, a letter in hand may still be finished in this time: a service manager kills after some more seconds.
STOP_SECONDS = 5.0
STOP_CHECK_SECONDS = 0.2
MAILS_A_CONNECTION = 100
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
) -> None:
    """Deliver each mail, and call `on_outcome` exactly once for each, in this thread, as soon as it is known.

    One recipient's fault holds no other mail up. When the server can't be reached or refuses the account or the sender,
    what is left is Untried, and then DeliveryError is raised, once.

    Args:
        stop: once it is set no further mail is begun, and those in hand have `STOP_SECONDS` to be finished.
        is_enough: once it is true no further mail is begun.
        tick: called some times a second meanwhile, in this thread.
        may_leave: asked at the last moment, before a mail's content is written; where it says no, the mail is Untried.
    """
    if envelopes:
        run = _Run(server, deque(envelopes), on_outcome, stop or threading.Event(), is_enough, tick, may_leave)
        asyncio.run(run.deliver(min(connections, len(envelopes))))


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

    server: Server
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
        what = f"{self.server.place}: {answer.step.value}: {answer.code} {answer.text}"
        wait_seconds = told_wait(answer.code, answer.text)
        is_passing = answer.code < FIRST_PERMANENT_CODE or wait_seconds > 0
        hint = advice(answer.code, answer.text)
        return DeliveryError(what, temporary=is_passing, advice=hint, wait_seconds=wait_seconds)

    async def _line(self) -> DeliveryError | None:
        """Take mails, one connection after the other, until none is left or no connection is to be had."""
        while self._has_more():
            try:
                client = await smtp.connect(self.server)
            except DeliveryError as error:
                return error
            except asyncio.CancelledError:
                return None
            try:
                if fault := await self._use(client):
                    return fault
            finally:
                await smtp.close(client, politely=not self.stop.is_set())
        return None

    async def _use(self, client: aiosmtplib.SMTP) -> DeliveryError | None:
        for _ in range(MAILS_A_CONNECTION):
            if not self._has_more() or not client.is_connected:
                return None
            envelope = self.waiting.popleft()
            if known := self._known_fault(envelope.sender):
                self.doubts.append((envelope, known))
                continue
            outcome = await _send(client, envelope, self.may_leave)
            if isinstance(outcome, _AboutUs) and outcome.code in LOGIN_CODES:
                self.waiting.appendleft(envelope)
                what = f"{self.server.place}: {outcome.code} {outcome.text}"
                return DeliveryError(what, temporary=False, sort=smtp.login_sort(self.server))
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


async def _send(
    client: aiosmtplib.SMTP, envelope: Envelope, may_leave: Callable[[Envelope], bool]
) -> Outcome | _AboutUs:
    step, leaving = Step.MAIL, _Leaving(client, lambda: may_leave(envelope))
    try:
        sender = _on_the_wire(envelope.sender) if envelope.sender else ""
        recipient = _on_the_wire(envelope.recipient)
        if (fault := _unfit(client, sender + recipient, len(envelope.raw))) is not None:
            return fault
        options, encoding = _mail_options(client, sender + recipient, envelope.raw)
        await client.mail(sender, options=options, encoding=encoding)
        step = Step.RCPT
        await client.rcpt(recipient, encoding=encoding)
        step = Step.DATA
        answer = await client.data(envelope.raw, timeout=FINAL_DOT_SECONDS)
        return Sent(answer.message)
    except ValueError:
        return Refused(553, "Adressen har tecken som inte får finnas i en e-postadress.")
    except aiosmtplib.SMTPResponseException as error:
        if leaving.has_left and not FIRST_REFUSAL <= error.code < _NO_CODE:
            client.close()  # whatever it meant: not that the mail was refused, and the next answer may be another's
            return Uncertain(f"{error.code} {error.message}")
        await smtp.reset(client)
        return _judge(step, error.code, error.message)
    except _MayNotLeaveError:
        client.close()  # in the middle of DATA: without its final dot the server takes nothing (RFC 5321, 4.1.1.4)
        return Untried("somebody else has it in hand")
    except asyncio.CancelledError:
        client.close()
        return Uncertain("told to stop before the server answered") if leaving.has_left else Untried("told to stop")
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        return Uncertain(str(error)) if leaving.has_left else Untried(str(error), in_hand=True)


class _MayNotLeaveError(Exception):
    """The mail is not ours to send any longer."""


class _Leaving:
    """Whether the content of a mail has been written to the connection: the library's errors don't tell.

    Written in one piece, and not where `may_leave` says no.
    """

    def __init__(self, client: aiosmtplib.SMTP, may_leave: Callable[[], bool]) -> None:
        self.has_left = False
        protocol = client.protocol
        if protocol is not None:
            write = type(protocol).write

            def watched(data: bytes) -> None:
                is_content = data.endswith(b"\r\n.\r\n")
                if is_content and not may_leave():
                    raise _MayNotLeaveError
                self.has_left = self.has_left or is_content
                write(protocol, data)

            protocol.write = watched  # type: ignore[method-assign]


def _judge(step: Step, code: int, text: str) -> Outcome | _AboutUs:
    if code == CLOSING:
        return Untried(f"{code} {text}", in_hand=True)
    if is_about_us(step, code, text):
        return _AboutUs(step, code, text)
    # What is no code, or makes no sense here (or the library's -1), is the server's trouble, not the mail's.
    return Refused(code, text) if FIRST_PERMANENT_CODE <= code < _NO_CODE else Deferred(code, text)


def _unfit(client: aiosmtplib.SMTP, named: str, size: int) -> Refused | None:
    """What this server is known to refuse before it is asked: too large a mail, or an address that it can't be told."""
    limit = smtp.size_limit(client)
    if limit and size > limit:
        ours, most = (f"{n / 1_000_000:.1f}".replace(".", ",") for n in (size, limit))
        return Refused(552, f"Mejlet är {ours} MB. E-postservern tar emot högst {most} MB.")
    if not named.isascii() and not client.supports_extension("smtputf8"):
        return Refused(553, "Adressen har å, ä, ö eller andra tecken som e-postservern inte kan skicka till.")
    return None


def _mail_options(client: aiosmtplib.SMTP, named: str, raw: bytes) -> tuple[list[str], str]:
    options = [f"SIZE={len(raw)}"] if client.supports_extension("size") else []
    if not raw.isascii() and client.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    if named.isascii():
        return options, "ascii"
    return [*options, "SMTPUTF8"], "utf-8"


def _on_the_wire(address: str) -> str:
    """The address with its domain in ASCII; ValueError for anything else than one bare address."""
    address = addresses.written(address)
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        raise ValueError("no domain that the name service knows")
    # The library would cut a list down to its first address and drop comments, in silence.
    if not local or parse_address(address) != address:
        raise ValueError("not one bare address")
    return address


async def _check(server: Server, sender: str) -> str:
    client = await smtp.connect(server)
    try:
        await (client.mail(_on_the_wire(sender)) if sender else client.noop())
        limit = smtp.size_limit(client)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise smtp.fault(server, None, error) from error
    finally:
        await smtp.close(client)
    size = f"mails up to {limit // 1_000_000} MB" if limit else "no announced size limit"
    login = f"logged in as {server.username}" if server.username else "no log-in"
    return f"{server.place}: {login}, security {server.security}, {size}"
