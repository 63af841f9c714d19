"""The SMTP door, only importer of aiosmtplib: ready mails go out over a few reused connections.

Synchronous to its caller, asynchronous inside. Each mail gets its own outcome the moment it is known.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiosmtplib
from aiosmtplib.email import parse_address

from service.doors.account import Security

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.doors.account import Server

CONNECT_SECONDS = 20.0
COMMAND_SECONDS = 60.0
# A server may filter the mail before it answers the final dot: RFC 5321, 4.5.3.2.6 asks for ten minutes.
FINAL_DOT_SECONDS = 600.0
MAILS_A_CONNECTION = 100
# 530 log in first, 534 and 535 credentials, 538 encryption: the account's fault, whichever mail meets it (RFC 4954).
ACCOUNT_CODES = frozenset({530, 534, 535, 538})
FIRST_PERMANENT_CODE = 500


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
    """Not now: try again later with the same bytes. `code` is None when no answer came.

    `uncertain`: the link died after the whole mail was handed over, so it may have arrived; a repeat has the same
    Message-ID.
    """

    code: int | None
    text: str
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: the server (5xx) or this module says that the mail can't be delivered as it is. `text` is for people."""

    code: int
    text: str


Outcome = Sent | Deferred | Refused


class DeliveryError(Exception):
    """The server could not be used at all; no mail is lost, those not delivered are Deferred.

    `temporary` tells that the same may work later. Otherwise (refused log-in, untrusted certificate) a person has to
    mend something.
    """

    def __init__(self, what: str, *, temporary: bool) -> None:
        super().__init__(what)
        self.what = what
        self.temporary = temporary


def deliver(
    server: Server,
    envelopes: Sequence[Envelope],
    on_outcome: Callable[[Envelope, Outcome], None],
    connections: int = 2,
) -> None:
    """Deliver each mail, and call `on_outcome` exactly once for each, in this thread, as soon as it is known.

    One recipient's fault holds no other mail up. When the server can't be reached or refuses the account, what is left
    is Deferred, and then DeliveryError is raised, once.
    """
    if envelopes:
        asyncio.run(_deliver(server, deque(envelopes), on_outcome, min(connections, len(envelopes))))


def check(server: Server) -> str:
    """Connect, log in and say what the server is able to; DeliveryError when that fails."""
    return asyncio.run(_check(server))


async def _deliver(
    server: Server, waiting: deque[Envelope], report: Callable[[Envelope, Outcome], None], connections: int
) -> None:
    lines = [_deliver_on_one_line(server, waiting, report) for _ in range(connections)]
    faults = [fault for fault in await asyncio.gather(*lines) if fault is not None]
    # A server may allow fewer connections than asked for: as long as one works, nothing is left.
    if not waiting:
        return
    while waiting:
        report(waiting.popleft(), Deferred(None, faults[0].what))
    raise faults[0]


async def _deliver_on_one_line(
    server: Server, waiting: deque[Envelope], report: Callable[[Envelope, Outcome], None]
) -> DeliveryError | None:
    """Take mails from `waiting`, one connection after the other, until none is left or no connection is to be had."""
    while waiting:
        try:
            client = await _connect(server)
        except DeliveryError as error:
            return error
        try:
            for _ in range(MAILS_A_CONNECTION):
                if not waiting or not client.is_connected:
                    break
                envelope = waiting.popleft()
                outcome = await _send(client, envelope)
                if isinstance(outcome, Deferred | Refused) and outcome.code in ACCOUNT_CODES:
                    waiting.appendleft(envelope)
                    return DeliveryError(f"{server.place}: {outcome.code} {outcome.text}", temporary=False)
                report(envelope, outcome)
        finally:
            await _close(client)
    return None


async def _send(client: aiosmtplib.SMTP, envelope: Envelope) -> Outcome:
    handed_over = False
    try:
        sender = _on_the_wire(envelope.sender) if envelope.sender else ""
        recipient = _on_the_wire(envelope.recipient)
        if (fault := _unfit(client, sender + recipient, len(envelope.raw))) is not None:
            return fault
        options, encoding = _mail_options(client, sender + recipient, envelope.raw)
        await client.mail(sender, options=options, encoding=encoding)
        await client.rcpt(recipient, encoding=encoding)
        handed_over = True
        answer = await client.data(envelope.raw, timeout=FINAL_DOT_SECONDS)
        return Sent(answer.message)
    except ValueError:
        return Refused(553, "Adressen har tecken som inte får finnas i en e-postadress.")
    except aiosmtplib.SMTPResponseException as error:
        await _reset(client)
        return _judge(error.code, error.message)
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        return Deferred(None, str(error), uncertain=handed_over)


def _judge(code: int, text: str) -> Outcome:
    # Below 400 is an answer that makes no sense here (or the library's -1): the server's trouble, not the mail's.
    return Refused(code, text) if code >= FIRST_PERMANENT_CODE else Deferred(code, text)


def _on_the_wire(address: str) -> str:
    """The address with its domain in ASCII; ValueError for anything else than one bare address."""
    local, at, domain = address.rpartition("@")
    if not domain.isascii():
        address = local + at + domain.encode("idna").decode("ascii")
    # The library would cut a list down to its first address and drop comments, in silence.
    if not local or parse_address(address) != address:
        raise ValueError("not one bare address")
    return address


def _unfit(client: aiosmtplib.SMTP, addresses: str, size: int) -> Refused | None:
    """What this server is known to refuse before it is asked: too large a mail, or an address that it can't be told."""
    limit = _size_limit(client)
    if limit and size > limit:
        ours, most = (f"{n / 1_000_000:.1f}".replace(".", ",") for n in (size, limit))
        return Refused(552, f"Mejlet är {ours} MB. E-postservern tar emot högst {most} MB.")
    if not addresses.isascii() and not client.supports_extension("smtputf8"):
        return Refused(553, "Adressen har å, ä, ö eller andra tecken som e-postservern inte kan skicka till.")
    return None


def _size_limit(client: aiosmtplib.SMTP) -> int:
    """The announced SIZE limit in bytes (RFC 1870); 0 when there is none."""
    announced = client.esmtp_extensions.get("size", "").strip()
    return int(announced) if announced.isdecimal() else 0


def _mail_options(client: aiosmtplib.SMTP, addresses: str, raw: bytes) -> tuple[list[str], str]:
    options = [f"SIZE={len(raw)}"] if client.supports_extension("size") else []
    if not raw.isascii() and client.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    if addresses.isascii():
        return options, "ascii"
    return [*options, "SMTPUTF8"], "utf-8"


async def _connect(server: Server) -> aiosmtplib.SMTP:
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        oauth_token_generator=functools.partial(asyncio.to_thread, server.token) if server.token else None,
        local_hostname=await asyncio.to_thread(_own_name),
        timeout=CONNECT_SECONDS,
        use_tls=server.security is Security.TLS,
        start_tls=server.security is Security.STARTTLS,
    )
    try:
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        raise DeliveryError(f"{server.place}: {_reason(error)}", temporary=_is_temporary(error)) from error
    client.timeout = COMMAND_SECONDS
    return client


@functools.cache
def _own_name() -> str:
    return socket.getfqdn()  # asks the name service, which may be slow


async def _reset(client: aiosmtplib.SMTP) -> None:
    """Forget the failed transaction, or the next MAIL on this connection is out of order."""
    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        client.close()


async def _close(client: aiosmtplib.SMTP) -> None:
    if client.is_connected:
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=CONNECT_SECONDS)
    client.close()


async def _check(server: Server) -> str:
    client = await _connect(server)
    try:
        await client.noop()
        limit = _size_limit(client)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise DeliveryError(f"{server.place}: {_reason(error)}", temporary=_is_temporary(error)) from error
    finally:
        await _close(client)
    size = f"mails up to {limit // 1_000_000} MB" if limit else "no announced size limit"
    login = f"logged in as {server.username}" if server.username else "no log-in"
    return f"{server.place}: {login}, security {server.security}, {size}"


def _is_temporary(error: Exception) -> bool:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code < FIRST_PERMANENT_CODE
    if isinstance(error.__cause__ or error, ssl.SSLCertVerificationError):
        return False
    return isinstance(error, OSError)  # what is left: the server lacks STARTTLS or the way to log in


def _reason(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__
