"""A mail system inside the process: SMTP (aiosmtpd) that delivers into IMAP mailboxes (pymap), all in memory.

Every address has a mailbox, and nothing leaves the machine. Needs no root and starts at once.
"""

from __future__ import annotations

import asyncio
import email.policy
import itertools
import logging
import threading
from argparse import Namespace
from concurrent.futures import Future
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Identity, Login
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from service.core.people import addresses
from service.doors.account import Security, Server
from service.doors.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from pysasl.creds.server import ServerCredentials

HOST = "127.0.0.1"
PASSWORD = "demo"  # noqa: S105 -- opens mailboxes that exist in this process only
START_SECONDS = 10
SIZE_LIMIT = 35_000_000
LOCAL_ZONE = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mail that reached a mailbox: when (aware), the envelope, and the bytes as they lie there."""

    at: datetime
    sender: str
    recipient: str
    raw: bytes = field(repr=False)


class EmbeddedMail:
    """The mail system, used as a context manager; `clock` gives the (aware) time of every arrival.

    `domain` names the mail server, `mx.<domain>`, in the Received stamps.
    """

    def __init__(self, clock: Callable[[], datetime], domain: str = "ekvik.example") -> None:
        self.hostname = f"mx.{domain}"
        self.delivered: list[Delivered] = []
        self.imap_port = 0
        self.smtp_port = 0
        self._clock = clock
        self._faults: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._mailboxes = _Mailboxes()
        self._connections: set[_Smtp] = set()
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's: it warns of itself at each log-in
        started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(started,), name="embedded mail", daemon=True)
        self._thread.start()
        started.result(START_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def imap(self, address: str) -> Server:
        """The account that reads this address's mailbox."""
        return Server(HOST, self.imap_port, Security.NONE, username=_key(address), password=PASSWORD)

    def smtp(self, address: str) -> Server:
        """The account that sends from this address."""
        return Server(HOST, self.smtp_port, Security.NONE, username=_key(address), password=PASSWORD)

    def deliver(self, raw: bytes, to: str, at: datetime | None = None, sender: str = "") -> None:
        """Let a mail from outside arrive in the mailbox of `to`, with this server's Received stamp of `at` or now."""
        self._call(self.receive(raw, to, sender, at))

    def mailbox(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """Every mail in the folder, oldest first; empty when there is no such folder."""
        with Inbox(self.imap(address), "demo", folder) as inbox:
            if folder not in inbox.folders():
                return []
            return [mail.raw for batch in inbox.new_mail(lambda _, __: set()) for mail in batch]

    def refuse(self, address: str) -> None:
        """From now on mail to this address is refused for good (550)."""
        self._faults[_key(address)] = "550 5.1.1 No such user here"

    def defer(self, address: str) -> None:
        """From now on mail to this address is put off (451)."""
        self._faults[_key(address)] = "451 4.2.0 Mailbox busy, try again later"

    def accept(self, address: str) -> None:
        """From now on mail to this address arrives again."""
        self._faults.pop(_key(address), None)

    def fault(self, address: str) -> str | None:
        """The SMTP answer to a recipient that is refused or deferred."""
        return self._faults.get(_key(address))

    async def receive(self, raw: bytes, to: str, sender: str, at: datetime | None = None) -> None:
        """Stamp a mail and put it into the mailbox of `to`; runs in the servers' own thread."""
        when = at or self._clock()
        stamp = (
            f"Return-Path: <{sender}>\r\n"
            f"{self._judgement(raw)}"
            f"Received: from client.example by {self.hostname} with ESMTP id {next(self._numbers):06}\r\n"
            f"\tfor <{to}>; {format_datetime(when.astimezone(LOCAL_ZONE))}\r\n"
        )
        stamped = stamp.encode() + raw
        await self._mailboxes.put(to, stamped, when)
        self.delivered.append(Delivered(when, sender, to, stamped))

    def _judgement(self, raw: bytes) -> str:
        """What this server says of the sender (RFC 8601): in the demo everybody is who they say they are."""
        _, address = parseaddr(str(BytesHeaderParser(policy=email.policy.default).parsebytes(raw)["From"]))
        domain = address.rpartition("@")[2]
        return f"Authentication-Results: {self.hostname};\r\n\tdmarc=pass header.from={domain}\r\n" if domain else ""

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(START_SECONDS)

    def _run(self, started: Future[None]) -> None:
        try:
            asyncio.run(self._serve(started))
        except Exception as error:  # noqa: BLE001 -- handed over to the thread that waits for the start
            if not started.done():
                started.set_exception(error)

    async def _serve(self, started: Future[None]) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with (
            await asyncio.start_server(self._mailboxes.serve, HOST, 0) as imap,
            await self._loop.create_server(lambda: _Smtp(self, self._connections), HOST, 0) as smtp,
        ):
            self.imap_port = imap.sockets[0].getsockname()[1]
            self.smtp_port = smtp.sockets[0].getsockname()[1]
            started.set_result(None)
            await self._stop.wait()
            # From Python 3.12 on a server that is closed waits for the connections that are open.
            for connection in list(self._connections):
                connection.hang_up()
            self._mailboxes.hang_up()


class _Mailboxes:
    """The IMAP side: a mailbox for every address that is asked for."""

    def __init__(self) -> None:
        config = _Config(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=HOST,
            port=0,
            tls_enabled=False,
            demo_data=False,
            demo_user="",
            demo_password="",
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            reject_dnsbl=False,
        )
        self._login = _AnyAddress(config)
        self._server = IMAPServer(self._login, config)
        self._writers: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk IMAP with a client until it leaves.

        The library's own way (`ProxyProtocolReader.get_callback`) starts a task that nobody holds on to: with Python
        3.13 it is collected as garbage while it waits for the client, and the connection with it.
        """
        self._writers.add(writer)
        try:
            await self._server(reader, writer, SocketInfoLocal(writer))
        finally:
            self._writers.discard(writer)

    def hang_up(self) -> None:
        """Drop every connection."""
        for writer in self._writers:
            writer.transport.abort()

    async def put(self, address: str, raw: bytes, when: datetime) -> None:
        async with self._login.identity(address).new_session() as session:
            await session.append_messages("INBOX", [AppendMessage(raw, when, frozenset())])


class _Config(Config):
    @property
    def greeting(self) -> bytes:
        return b"Demo mailboxes"  # the library's own greeting asks the name service


class _AnyAddress(Login):
    """Knows every address, with one password for all."""

    async def authenticate(self, credentials: ServerCredentials) -> Identity:
        self.identity(credentials.authcid)
        return await super().authenticate(credentials)

    def identity(self, address: str) -> Identity:
        name = _key(address)
        self.users_dict.setdefault(name, UserMetadata(self.config, name, password=PASSWORD))
        return Identity(name, self, None, frozenset())


class _Smtp(SMTP):
    """One SMTP connection to the embedded server."""

    def __init__(self, mail: EmbeddedMail, open_connections: set[_Smtp]) -> None:
        self._open_connections = open_connections
        super().__init__(
            _Handler(mail),
            hostname=mail.hostname,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=_check_password,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._open_connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._open_connections.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()


class _Handler:
    """What the SMTP server does with recipients and mails; aiosmtpd finds these methods by their names."""

    def __init__(self, mail: EmbeddedMail) -> None:
        self._mail = mail

    async def handle_RCPT(  # noqa: N802 -- the library's name
        self, _server: SMTP, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if (fault := self._mail.fault(address)) is not None:
            return fault
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802
        for recipient in envelope.rcpt_tos:
            await self._mail.receive(envelope.original_content, recipient, envelope.mail_from or "")
        return "250 2.0.0 OK"


def _check_password(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
    success = isinstance(login, LoginPassword) and login.password == PASSWORD.encode()
    return AuthResult(success=success, handled=False)


def _key(address: str) -> str:
    return addresses.key(address)
