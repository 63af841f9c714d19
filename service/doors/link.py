"""The connection to an IMAP server: made, held, broken off from another thread, thrown away when something fails."""

from __future__ import annotations

import logging
import math
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

from imapclient.exceptions import IMAPClientError

from service.doors import imap, imaplogin
from service.doors.faults import ServerError
from service.doors.making import Making
from service.doors.tokenfaults import TokenError
from service.doors.vitals import Sort

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imapclient import IMAPClient

    from service.doors.account import Server, Token


class InboxError(ServerError):
    """The mailbox could not be reached or did not do what was asked; the connection is closed."""

    usual = Sort.UNREACHED


class Link:
    """One connection to one account, to be used by one thread. What fails on it raises InboxError and ends it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._client: IMAPClient | None = None
        self._making: Making | None = None
        self._is_given_up = False
        self._token: Token | None = None  # that opened the connection
        self._uidvalidity: int | None = None  # of the folder that is listed in this connection

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def connect(self) -> None:
        """Connect and log in, unless that is done."""
        if self._client is None:
            # At DEBUG the library logs addresses and parts of mails.
            logging.getLogger("imapclient").setLevel(logging.WARNING)
            with self._guard("log in"), self._in_the_making() as making:
                self._token = self.server.tokens.token() if self.server.tokens else None
                self._client, self._token = imaplogin.connected(self.server, self._token, making)

    def close(self) -> None:
        """Log out and close; a link that is already dead is no error."""
        if self._client is not None:
            with suppress(Exception):
                self._client.logout()
        self._drop()

    def hang_up(self) -> None:
        """Break the connection, from another thread: whoever waits for the server gets InboxError at once."""
        client, making = self._client, self._making
        if making:
            making.cut()
        elif client is not None:
            with suppress(IMAPClientError, OSError, AttributeError):
                client.socket().shutdown(socket.SHUT_RDWR)

    def give_up_connecting(self) -> None:
        """Make no connection any more, from another thread: one in the making ends at once, one that stands remains."""
        self._is_given_up = True
        if making := self._making:
            making.cut()

    @property
    def is_connecting(self) -> bool:
        """Whether whoever works with it waits for a connection, and so has nothing in hand."""
        return self._making is not None

    @property
    def _fresh_until(self) -> float:
        """Until when work is begun on this connection (monotonic): a server may end one whose token has ended."""
        return self._token.fresh_until if self._token else math.inf

    def _drop(self) -> None:
        client, self._client, self._uidvalidity, self._token = self._client, None, None, None
        if client is not None:
            with suppress(IMAPClientError, OSError):
                client.shutdown()

    @contextmanager
    def _in_the_making(self) -> Iterator[Making]:
        with Making(imaplogin.LOGIN_SECONDS) as making:
            self._making = making
            try:
                if self._is_given_up:
                    making.cut()
                making.check()
                yield making
            finally:
                self._making = None

    @contextmanager
    def _session(self, doing: str) -> Iterator[IMAPClient]:
        self.connect()
        with self._guard(doing):
            yield self._client

    @contextmanager
    def _guard(self, doing: str) -> Iterator[None]:
        """Turn whatever goes wrong at the server into InboxError, and throw the connection away.

        Within stand commands and what is made of their answers, nothing else: what the libraries stumble over in an
        answer (a list nested too deep, a field that is missing) is the server's fault, of whatever kind it is.
        """
        try:
            yield
        except InboxError:
            raise
        except Exception as error:
            token = self._token
            self._drop()  # without a log-out: a dead link would not answer it
            what = f"{self.server.place}: could not {doing}: {imap.reason(error)}"
            raise InboxError(
                what,
                temporary=imaplogin.is_temporary(error),
                advice=imaplogin.advice(self.server, error, token),
                sort=imaplogin.sort_of(error, token),
                wait_seconds=error.wait_seconds if isinstance(error, TokenError) else imap.told_wait(error),
            ) from error
