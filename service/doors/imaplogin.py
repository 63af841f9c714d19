"""A connection to the mailbox: reaching it, logging in, and what it means when that fails.

What goes over it is `inbox`'s.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from service.doors import imap, tokenrights
from service.doors.account import Security
from service.doors.tls import GREETING_SECONDS, Mismatch, Speech, context, lack_advice, login_advice, mismatch
from service.doors.tokenfaults import TokenError
from service.doors.vitals import Sort

if TYPE_CHECKING:
    from service.doors.account import Server, Token

TIMEOUT = SocketTimeout(connect=15, read=60)
# RFC 5530: the log-in failed for a reason that passes by itself.
PASSING_REASONS = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")


def connected(server: Server, token: Token | None) -> tuple[IMAPClient, Token | None]:
    """Connect and log in; a server that says nothing is asked whether it waits for TLS before it is waited for."""
    for timeout in (replace(TIMEOUT, connect=GREETING_SECONDS), TIMEOUT):
        try:
            return _open(server, token, timeout)
        except (IMAPClientError, OSError) as error:
            if found := mismatch(server, Speech.IMAP, error):
                raise found from error
            if not isinstance(error, TimeoutError) or timeout == TIMEOUT:
                raise
    raise AssertionError("the last attempt returns or raises")


def takes_tokens(server: Server) -> bool:
    """Whether the server offers XOAUTH2. Nobody logs in; a server that cannot be reached offers nothing."""
    try:
        client = _reached(server, replace(TIMEOUT, connect=GREETING_SECONDS, read=GREETING_SECONDS))
    except (IMAPClientError, OSError):
        return False
    try:
        return bool(client.has_capability("AUTH=XOAUTH2"))
    except (IMAPClientError, OSError):
        return False
    finally:
        with suppress(IMAPClientError, OSError):
            client.shutdown()


def _open(server: Server, token: Token | None, timeout: SocketTimeout) -> tuple[IMAPClient, Token | None]:
    client = _reached(server, timeout)
    try:
        return client, _log_in(client, server, token)
    except BaseException:
        with suppress(IMAPClientError, OSError):
            client.shutdown()
        raise


def _reached(server: Server, timeout: SocketTimeout) -> IMAPClient:
    tls = None if server.security is Security.NONE else context(server)
    direct = server.security is Security.TLS
    client = IMAPClient(
        server.host, server.port, ssl=direct, ssl_context=tls if direct else None, timeout=timeout, use_uid=True
    )
    try:
        client.normalise_times = False
        if server.security is Security.STARTTLS:
            client.starttls(tls)
    except BaseException:
        with suppress(IMAPClientError, OSError):
            client.shutdown()
        raise
    return client


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
