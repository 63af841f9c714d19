"""A connection to the mailbox: reaching it, logging in, and what it means when that fails.

What goes over it is `inbox`'s.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from service.doors import imap, tokenrights
from service.doors.account import Security
from service.doors.making import Making
from service.doors.tls import GREETING_SECONDS, Mismatch, Speech, context, lack_advice, login_advice, mismatch
from service.doors.tokenfaults import TokenError
from service.doors.vitals import Sort

if TYPE_CHECKING:
    from service.doors.account import Server, Token

TIMEOUT = SocketTimeout(connect=15, read=60)
LOGIN_SECONDS = 60.0
"""For all that comes before the first command of ours: the server may be silent or drip, others wait for neither."""
# Pieces of a megabyte are asked for where a mail is large; but what a server says of a mail's size may be far too low.
_LONGEST_LITERAL_BYTES = 256 * 1024 * 1024
# RFC 5530: the log-in failed for a reason that passes by itself.
PASSING_REASONS = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")


class _Wire(imaplib.IMAP4):
    """Hands its socket over before anything is said: until the library is ready nobody else could reach it."""

    def __init__(self, server: Server, tls: ssl.SSLContext | None, seconds: float, making: Making) -> None:
        self._tls, self._making = tls, making
        super().__init__(server.host, server.port, seconds)

    def _create_socket(self, timeout: float) -> socket.socket:
        line = socket.create_connection((self.host, self.port), timeout)
        self._making.hold(line)
        return self._tls.wrap_socket(line, server_hostname=self.host) if self._tls else line

    def read(self, size: int) -> bytes:
        """What the server has announced (a literal); room is made for all of it before its first byte is there."""
        if size > _LONGEST_LITERAL_BYTES:
            raise self.abort(f"an answer of {size} bytes is announced")
        return super().read(size)


class _Client(IMAPClient):  # type: ignore[misc]
    def __init__(self, server: Server, tls: ssl.SSLContext | None, timeout: SocketTimeout, making: Making) -> None:
        self._wire = partial(_Wire, server, tls, timeout.connect, making)
        given = {"ssl": tls is not None, "ssl_context": tls, "timeout": timeout, "use_uid": True}
        super().__init__(server.host, server.port, **given)
        self._namespace: Any = None

    def _create_IMAP4(self) -> _Wire:  # noqa: N802 - the library's name
        return self._wire()

    def namespace(self) -> Any:
        """Asked for once: every folder's name needs it, and it is the account's, whatever is opened meanwhile."""
        if self._namespace is None:
            self._namespace = super().namespace()
        return self._namespace


def connected(server: Server, token: Token | None, making: Making) -> tuple[IMAPClient, Token | None]:
    """Connect and log in; a server that says nothing is asked whether it waits for TLS before it is waited for.

    Raises TimeoutError where it was given up meanwhile.
    """
    for timeout in (replace(TIMEOUT, connect=GREETING_SECONDS), TIMEOUT):
        making.check()
        try:
            return _open(server, token, timeout, making)
        except (IMAPClientError, OSError) as error:
            making.check()
            if found := mismatch(server, Speech.IMAP, error):
                raise found from error
            if not isinstance(error, TimeoutError) or timeout == TIMEOUT:
                raise
    raise AssertionError("the last attempt returns or raises")


def takes_tokens(server: Server) -> bool:
    """Whether the server offers XOAUTH2. Nobody logs in; one that is not reached, or makes no sense, offers nothing."""
    brief = replace(TIMEOUT, connect=GREETING_SECONDS, read=GREETING_SECONDS)
    try:
        with Making(2 * GREETING_SECONDS) as making:
            client = _reached(server, brief, making)
            try:
                return bool(client.has_capability("AUTH=XOAUTH2"))
            finally:
                _shut(client)
    except Exception:  # noqa: BLE001 - whatever the library stumbles over in an answer that makes no sense
        return False


def _open(
    server: Server, token: Token | None, timeout: SocketTimeout, making: Making
) -> tuple[IMAPClient, Token | None]:
    client = _reached(server, timeout, making)
    try:
        opened = client, _log_in(client, server, token)
        making.check()
    except BaseException:
        _shut(client)
        raise
    return opened


def _reached(server: Server, timeout: SocketTimeout, making: Making) -> IMAPClient:
    tls = None if server.security is Security.NONE else context(server)
    client = _Client(server, tls if server.security is Security.TLS else None, timeout, making)
    try:
        client.normalise_times = False
        if server.security is Security.STARTTLS:
            client.starttls(tls)
    except BaseException:
        _shut(client)
        raise
    return client


def _shut(client: IMAPClient) -> None:
    with suppress(IMAPClientError, OSError):
        client.shutdown()


def _log_in(client: IMAPClient, server: Server, token: Token | None) -> Token | None:
    """Log in; returns the token that did it: one that is refused is exchanged once, where it was not new."""
    if server.username is None:
        raise LoginError("an IMAP account needs a username")
    if token and server.tokens:
        if not client.has_capability("AUTH=XOAUTH2"):
            raise CapabilityError("the server does not support XOAUTH2")
        try:
            client.oauth2_login(server.username, token.text)
        except LoginError as refused:
            other = None if is_temporary(refused) else server.tokens.instead_of(token)
            if other is None:
                raise
            client.oauth2_login(server.username, other.text)
            return other
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(server.username, server.password)  # LOGIN can't carry å, ä, ö
    else:
        client.login(server.username, server.password)
    return token


def is_temporary(error: Exception) -> bool:
    """Whether the same may work later, without anybody mending anything."""
    if isinstance(error, TokenError):
        return error.temporary
    if isinstance(error, LoginError):
        is_passing = any(reason in str(error).upper() for reason in PASSING_REASONS) or imap.told_wait(error) > 0
        return imap.is_broken_link(error) or is_passing
    if tokenrights.NOT_CONNECTED.search(str(error)):
        return False
    return not isinstance(error, (ssl.SSLCertVerificationError, CapabilityError, Mismatch))


def sort_of(error: Exception, token: Token | None) -> Sort:
    """What kind of thing has failed, by who can mend it."""
    if isinstance(error, TokenError):
        return Sort.UNREACHED if error.temporary else Sort.TOKEN
    if isinstance(error, (ssl.SSLError, Mismatch)):
        return Sort.CERTIFICATE
    if isinstance(error, LoginError) and not is_temporary(error):
        return Sort.TOKEN if token else Sort.LOGIN
    is_unreached = isinstance(error, OSError) or imap.is_broken_link(error) or isinstance(error, LoginError)
    return Sort.UNREACHED if is_unreached else Sort.REFUSED


def advice(server: Server, error: Exception, token: Token | None) -> str:
    """What a person can do; empty where that is not known."""
    if isinstance(error, (Mismatch, TokenError)):
        return error.advice
    if is_temporary(error):
        return ""
    if token and server.username and isinstance(error, IMAPClientError) and not isinstance(error, CapabilityError):
        return tokenrights.advice(token, server.username, Speech.IMAP, str(error))
    if isinstance(error, CapabilityError):
        return lack_advice(server, Speech.IMAP, str(error))
    return login_advice(server, str(error)) if isinstance(error, LoginError) else ""
