"""A connection to the mail server: reaching it, logging in, and leaving it in good order.

What goes over it is `delivery`'s.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

import aiosmtplib

from service.doors import answers, tokenrights
from service.doors.account import Security
from service.doors.answers import FIRST_PERMANENT_CODE, LOGIN_CODES, told_wait
from service.doors.dialogue import Dialogue
from service.doors.faults import ServerError
from service.doors.tls import GREETING_SECONDS, Speech, context, lack_advice, login_advice, mismatch, unreached
from service.doors.tokenfaults import TokenError
from service.doors.vitals import Sort

if TYPE_CHECKING:
    from service.doors.account import Server, Token

CONNECT_SECONDS = 20.0
COMMAND_SECONDS = 60.0
_NOOP_SECONDS = 5.0
_CLOSING_SECONDS, _HANGING_UP_SECONDS = 2.0, 0.5  # an encrypted connection is closed by both


class DeliveryError(ServerError):
    """Not to be used at all, or not by this account or sender; no mail is lost, those left are Untried."""


async def connect(server: Server) -> Dialogue:
    """Connect and log in, with another token where an old one is refused."""
    token = await _token(server)
    try:
        return await _connect(server, token)
    except DeliveryError as refused:
        cause = refused.__cause__
        if not (token and isinstance(cause, aiosmtplib.SMTPResponseException) and cause.code in LOGIN_CODES):
            raise
        other = await _token(server, token)
        if other is None:
            raise
        return await _connect(server, other)


async def _token(server: Server, refused: Token | None = None) -> Token | None:
    """The token to log in with, or another one in place of a refused one; None where there is none to be used."""
    if server.tokens is None:
        return None
    try:
        if refused:
            return await asyncio.to_thread(server.tokens.instead_of, refused)
        return await asyncio.to_thread(server.tokens.token)
    except TokenError as error:
        raise DeliveryError(
            f"{server.place}: {error.what}",
            temporary=error.temporary,
            advice=error.advice,
            sort=Sort.UNREACHED if error.temporary else Sort.TOKEN,
            wait_seconds=error.wait_seconds,
        ) from error


async def _connect(server: Server, token: Token | None) -> Dialogue:
    """A server that says nothing is asked whether it waits for TLS before it is waited for."""
    for seconds in (min(GREETING_SECONDS, CONNECT_SECONDS), CONNECT_SECONDS):
        try:
            return await _connect_once(server, token, seconds)
        except (aiosmtplib.SMTPException, OSError) as error:
            if found := await asyncio.to_thread(mismatch, server, Speech.SMTP, error.__cause__ or error):
                what = f"{server.place}: {found}"
                raise DeliveryError(what, temporary=False, advice=found.advice, sort=Sort.CERTIFICATE) from error
            if not isinstance(error, TimeoutError) or seconds == CONNECT_SECONDS:
                raise fault(server, token, error) from error
    raise AssertionError("the last attempt returns or raises")


def fault(server: Server, token: Token | None, error: Exception) -> DeliveryError:
    """What the server's answer, or its silence, means for whoever wants to send."""
    told, wait_seconds = reason_of(error), 0.0
    advice = answers.advice(getattr(error, "code", 0), told)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        wait_seconds = told_wait(error.code, error.message)
        if _is_of_the_login(error):
            name = server.username or ""
            advice = tokenrights.advice(token, name, Speech.SMTP, told) if token else login_advice(server, told)
    elif isinstance(error, aiosmtplib.SMTPException):
        advice = lack_advice(server, Speech.SMTP, told)
    return DeliveryError(
        f"{server.place}: {told}",
        temporary=is_temporary(error),
        advice=advice,
        sort=sort_of(server, error),
        wait_seconds=wait_seconds,
    )


async def _connect_once(server: Server, token: Token | None, seconds: float) -> Dialogue:
    async def given() -> str:
        return token.text if token else ""

    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        oauth_token_generator=given if token else None,
        local_hostname=await asyncio.to_thread(_own_name),
        timeout=seconds,
        tls_context=None if server.security is Security.NONE else await asyncio.to_thread(context, server),
        use_tls=server.security is Security.TLS,
        start_tls=server.security is Security.STARTTLS,
    )
    try:
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
    except BaseException:  # also where the delivery is told to stop in the middle of it
        client.close()
        raise
    transport = client.protocol.transport if client.protocol else None
    if not isinstance(transport, asyncio.Transport):
        raise aiosmtplib.SMTPServerDisconnected("Connection lost")
    return Dialogue(transport, client.esmtp_extensions)


@functools.cache
def _own_name() -> str:
    return socket.getfqdn()  # asks the name service, which may be slow


async def ask(line: Dialogue, command: bytes, seconds: float = 0.0) -> None:
    """Say one command that is answered with 250; raises SMTPResponseException where it is not, and LostError."""
    line.write(command, b"\r\n")
    answer = await line.answer(seconds or COMMAND_SECONDS)
    if answer.code != _DONE:
        raise aiosmtplib.SMTPResponseException(answer.code, answer.text)


_DONE = 250


async def visit(server: Server, command: bytes) -> int:
    """Connect, log in, say one command and leave; the announced size limit in bytes, or 0. Raises DeliveryError."""
    line = await connect(server)
    try:
        await ask(line, command)
        return size_limit(line)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise fault(server, None, error) from error
    finally:
        await close(line)


async def reset(line: Dialogue) -> None:
    """Forget the failed transaction, or the next MAIL on this connection is out of order."""
    try:
        await ask(line, b"RSET")
    except (aiosmtplib.SMTPException, OSError):
        line.hang_up()


async def is_there(line: Dialogue) -> bool:
    """Whether the server is still there, and has said nothing else meanwhile, such as good-bye."""
    try:
        await ask(line, b"NOOP", _NOOP_SECONDS)
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


async def close(line: Dialogue, *, politely: bool = True, seconds: float = 0.0) -> None:
    """Leave the server; politely is with a good-bye, for whose answer so many seconds are waited."""
    if politely:
        with suppress(aiosmtplib.SMTPException, OSError):
            await ask(line, b"QUIT", seconds or CONNECT_SECONDS)
    await line.end(_CLOSING_SECONDS if politely else _HANGING_UP_SECONDS)


def is_temporary(error: Exception) -> bool:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code < FIRST_PERMANENT_CODE or told_wait(error.code, error.message) > 0
    if isinstance(error.__cause__ or error, ssl.SSLCertVerificationError):
        return False
    return isinstance(error, OSError)  # what is left: the server lacks STARTTLS or the way to log in


def sort_of(server: Server, error: Exception) -> Sort:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return login_sort(server) if _is_of_the_login(error) else Sort.REFUSED
    if isinstance(error.__cause__ or error, ssl.SSLError):
        return Sort.CERTIFICATE
    return Sort.UNREACHED if isinstance(error, OSError) else Sort.REFUSED


def _is_of_the_login(error: aiosmtplib.SMTPResponseException) -> bool:
    """Exchange Online refuses passwords with a code that says nothing of it (550 5.7.30)."""
    return error.code in LOGIN_CODES or (
        isinstance(error, aiosmtplib.SMTPAuthenticationError) and error.code >= FIRST_PERMANENT_CODE
    )


def login_sort(server: Server) -> Sort:
    return Sort.LOGIN if server.tokens is None else Sort.TOKEN


def reason_of(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return unreached(error.__cause__ or error) or str(error) or type(error).__name__


def size_limit(line: Dialogue) -> int:
    """The announced SIZE limit in bytes (RFC 1870); 0 when there is none."""
    announced = line.extensions.get("size", "").strip()
    return int(announced) if announced.isdecimal() else 0


def lacks_log_in(error: DeliveryError) -> bool:
    """Whether the server knows no log-in at all, as a relay that knows the machines that send."""
    told = str(error.__cause__) if isinstance(error.__cause__, aiosmtplib.SMTPException) else ""
    return "AUTH extension is not" in told or "does not support XOAUTH2" in told
