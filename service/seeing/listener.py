"""The one port that answers: `/metrics` and `/healthz`, to GET and HEAD, and nothing else.

Small on purpose. Each connection is answered once and closed; who is slow is cut off, and who has been slow for the
longest time makes room where many are there. What is answered comes from memory, so that no number of questions costs
the register anything.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

import structlog

log = structlog.get_logger()

LONGEST_HEAD = 8192  # bytes
SECONDS_TO_ASK, SECONDS_TO_TAKE = 5.0, 10.0
MOST_AT_A_TIME = 20
_START_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered."""

    status: HTTPStatus
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = b""
    allow: str = ""


Page = Callable[[str], Answer]
"""A page's maker: from the asker's `Accept` header to the answer."""


class CannotListen(Exception):
    """The address cannot be listened on; the text says why."""


class Listener:
    """Listens from `start` to `stop`, in a thread of its own. `pages` by their path."""

    def __init__(self, host: str, port: int, pages: dict[str, Page]) -> None:
        self.host, self.port, self._pages = host, port, pages
        self._open: dict[asyncio.StreamWriter, None] = {}  # the oldest first
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="listen", daemon=True)
        self._server: asyncio.Server | None = None

    def start(self) -> None:
        """Listen.

        Raises:
            CannotListen: another program has the port, or this machine has no such address.
        """
        self._thread.start()
        started: Future[asyncio.Server] = asyncio.run_coroutine_threadsafe(self._serve(), self._loop)
        try:
            self._server = started.result(_START_SECONDS)
        except (OSError, TimeoutError) as error:
            self.stop()
            what = f"metrics: cannot listen on {self.host} port {self.port}: {_why(error)}"
            raise CannotListen(f"{what}; correct `listen`") from error
        log.info("listening", host=self.host, port=self.port)

    def stop(self) -> None:
        """Listen no longer; whoever is being answered is cut off."""
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(SECONDS_TO_ASK)

    def _end(self) -> None:
        if self._server:
            self._server.close()
        self._loop.stop()

    def _run(self) -> None:
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        with suppress(Exception):
            self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self) -> asyncio.Server:
        return await asyncio.start_server(self._answer, self.host, self.port, limit=LONGEST_HEAD)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[writer] = None
        if len(self._open) > MOST_AT_A_TIME:
            oldest = next(iter(self._open))
            del self._open[oldest]
            oldest.transport.abort()
        try:
            async with asyncio.timeout(SECONDS_TO_ASK):
                head = await reader.readuntil(b"\r\n\r\n")
            writer.write(self._answered(head))
            async with asyncio.timeout(SECONDS_TO_TAKE):
                await writer.drain()
        except asyncio.LimitOverrunError:
            writer.write(_bytes(Answer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE), with_body=True))
        except (OSError, EOFError, TimeoutError):
            writer.transport.abort()
        finally:
            self._open.pop(writer, None)
            writer.close()

    def _answered(self, head: bytes) -> bytes:
        first, *fields = head.decode("latin-1").split("\r\n")
        method, _, rest = first.partition(" ")
        path, _, version = rest.rpartition(" ")
        if not version.startswith("HTTP/1."):
            return _bytes(Answer(HTTPStatus.BAD_REQUEST), with_body=True)
        page = self._pages.get(path.partition("?")[0])
        if page is None:
            answer = Answer(HTTPStatus.NOT_FOUND, body=b"/metrics or /healthz\n")
        elif method not in {"GET", "HEAD"}:
            answer = Answer(HTTPStatus.METHOD_NOT_ALLOWED, allow="GET, HEAD")
        else:
            answer = self._made(page, _accept(fields))
        return _bytes(answer, with_body=method != "HEAD")

    def _made(self, page: Page, accept: str) -> Answer:
        try:
            return page(accept)
        except Exception as error:
            log.exception("page-failed", exc_info=error)
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR)


def _why(error: OSError | TimeoutError) -> str:
    match error:
        case OSError(errno=errno.EADDRINUSE):
            return "another program has the port"
        case OSError(errno=errno.EADDRNOTAVAIL) | socket.gaierror():
            return "this machine has no such address"
        case OSError(errno=errno.EACCES):
            return "this port is for root alone; take one above 1023"
    return error.strerror or type(error).__name__


def _accept(fields: list[str]) -> str:
    return next((f.partition(":")[2].strip() for f in fields if f.casefold().startswith("accept:")), "")


def _bytes(answer: Answer, *, with_body: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {answer.status.value} {answer.status.phrase}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body)}",
        *([f"Allow: {answer.allow}"] if answer.allow else []),
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + (answer.body if with_body else b"")
