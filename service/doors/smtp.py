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

from service.doors.account import Security
from service.doors.answers import FIRST_PERMANENT_CODE, LOGIN_CODES
from service.doors.tls import GREETING_SECONDS, Speech, context, login_advice, mismatch, unreached
from service.doors.vitals import Sort

if TYPE_CHECKING:
    from service.doors.account import Server

CONNECT_SECONDS = 20.0
COMMAND_SECONDS = 60.0


class DeliveryError(Exception):
    """The server could not be used at all, or not by this account or sender; no mail is lost, those left are Untried.

    `temporary` tells that the same may work later. Otherwise (refused log-in, untrusted certificate) a person has to
    mend something.
    """

    def __init__(self, what: str, *, temporary: bool, advice: str = "", sort: Sort = Sort.REFUSED) -> None:
        super().__init__(what)
        self.what = what
        self.temporary = temporary
        self.advice = advice  # what a person can do, where that is known
        self.sort = sort


async def connect(server: Server) -> aiosmtplib.SMTP:
    """Connect and log in; a server that says nothing is asked whether it waits for TLS before it is waited for."""
    for seconds in (min(GREETING_SECONDS, CONNECT_SECONDS), CONNECT_SECONDS):
        try:
            return await _connect_once(server, seconds)
        except (aiosmtplib.SMTPException, OSError) as error:
            if found := await asyncio.to_thread(mismatch, server, Speech.SMTP, error.__cause__ or error):
                what = f"{server.place}: {found}"
                raise DeliveryError(what, temporary=False, advice=found.advice, sort=Sort.CERTIFICATE) from error
            if not isinstance(error, TimeoutError) or seconds == CONNECT_SECONDS:
                is_login = isinstance(error, aiosmtplib.SMTPResponseException) and error.code in LOGIN_CODES
                advice = login_advice(server) if is_login else ""
                what = f"{server.place}: {reason_of(error)}"
                sort = sort_of(server, error)
                raise DeliveryError(what, temporary=is_temporary(error), advice=advice, sort=sort) from error
    raise AssertionError("the last attempt returns or raises")


async def _connect_once(server: Server, seconds: float) -> aiosmtplib.SMTP:
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        oauth_token_generator=functools.partial(asyncio.to_thread, server.token) if server.token else None,
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
    client.timeout = COMMAND_SECONDS
    return client


@functools.cache
def _own_name() -> str:
    return socket.getfqdn()  # asks the name service, which may be slow


async def reset(client: aiosmtplib.SMTP) -> None:
    """Forget the failed transaction, or the next MAIL on this connection is out of order."""
    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        client.close()


async def close(client: aiosmtplib.SMTP, *, politely: bool = True) -> None:
    if client.is_connected and politely:
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=CONNECT_SECONDS)
    client.close()


def is_temporary(error: Exception) -> bool:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code < FIRST_PERMANENT_CODE
    if isinstance(error.__cause__ or error, ssl.SSLCertVerificationError):
        return False
    return isinstance(error, OSError)  # what is left: the server lacks STARTTLS or the way to log in


def sort_of(server: Server, error: Exception) -> Sort:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return login_sort(server) if error.code in LOGIN_CODES else Sort.REFUSED
    if isinstance(error.__cause__ or error, ssl.SSLError):
        return Sort.CERTIFICATE
    return Sort.UNREACHED if isinstance(error, OSError) else Sort.REFUSED


def login_sort(server: Server) -> Sort:
    return Sort.LOGIN if server.token is None else Sort.TOKEN


def reason_of(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return unreached(error.__cause__ or error) or str(error) or type(error).__name__


def size_limit(client: aiosmtplib.SMTP) -> int:
    """The announced SIZE limit in bytes (RFC 1870); 0 when there is none."""
    announced = client.esmtp_extensions.get("size", "").strip()
    return int(announced) if announced.isdecimal() else 0
