"""What is said on an open connection to a mail server: commands, the content of letters, and the server's answers.

The library makes the connection, encrypts it and logs in. What is said after that is ours: so it is known what has been
written, and commands may leave together before the first of them is answered (PIPELINING, RFC 2920).
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from service.doors.answers import CLOSING

_LONGEST_LINE, _MOST_LINES = 8192, 500  # bytes, and lines that nobody has read


class LostError(OSError):
    """The connection is gone, or what comes over it is no answer."""


class Answer(NamedTuple):
    """What a server answers to one command (RFC 5321, 4.2); code -1: its lines begin with none, or not all with one."""

    code: int
    text: str


class Dialogue(asyncio.Protocol):
    """Takes over a connection that is ready for letters.

    extensions: what the server knows, named in small letters. letters: how many have been tried over it.
    """

    def __init__(self, transport: asyncio.Transport, extensions: Mapping[str, str]) -> None:
        self.extensions = extensions
        self.letters = 0
        self._transport = transport
        self._begun = b""  # of a line
        self._lines: list[bytes] = []  # of an answer
        self._answers: deque[Answer] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._lost = ""
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Whether something can be said still, and its answer be told from others."""
        return not (self._lost or self._transport.is_closing() or self._is_ahead)

    @property
    def _is_ahead(self) -> bool:
        """The server has said what nothing asked for: its next answers would be taken for those to other commands."""
        return bool(self._answers or self._lines or self._begun)

    def write(self, *pieces: bytes) -> None:
        """Send them in one piece; raises LostError, and has then sent nothing, where the connection is of no use.

        All that was said before must have been answered, and its answers been asked for.
        """
        if not self.is_open:
            raise LostError(self._lost or ("the server answers unasked" if self._is_ahead else "Connection lost"))
        self._transport.write(b"".join(pieces))

    async def answer(self, seconds: float) -> Answer:
        """The answer to the oldest command that has none yet; raises LostError where none comes."""
        if not self._answers:
            if self._lost:
                raise LostError(self._lost)
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(seconds):
                    await self._waiter
            except TimeoutError:
                raise LostError("Timed out waiting for server response") from None
            finally:
                self._waiter = None
            if not self._answers:
                raise LostError(self._lost)
        return self._answers.popleft()

    def hang_up(self) -> None:
        """Say no more; what has been written is sent still."""
        self._transport.close()

    async def end(self, seconds: float) -> None:
        """Hang up, wait so long for the other side to do so too, and come back when nothing is left."""
        self._transport.close()
        await asyncio.wait((self._ended,), timeout=seconds)
        if not self._ended.done():
            self._transport.abort()
            await asyncio.wait((self._ended,), timeout=seconds)

    def data_received(self, data: bytes) -> None:
        """Called by the loop, as those below."""
        *lines, self._begun = (self._begun + data).split(b"\n")
        for line in lines:
            self._take(line)
        if len(self._begun) > _LONGEST_LINE or len(self._lines) + len(self._answers) > _MOST_LINES:
            self._lose("Response too long")
            self._transport.abort()

    def _take(self, line: bytes) -> None:
        has_code = line[:3].isdigit()
        self._lines.append(line)
        if has_code and line[3:4] == b"-":
            return
        is_one_code = has_code and all(each[:3] == line[:3] for each in self._lines)
        text = "\n".join(_text(each) for each in self._lines)
        answer = Answer(int(line[:3]) if is_one_code else -1, text)
        self._answers.append(answer)
        self._lines = []
        if answer.code == CLOSING:  # nothing that is said after it would be answered (RFC 5321, 3.8)
            self._lose("the server closes the connection")
        self._wake()

    def eof_received(self) -> None:
        """The server says no more."""
        self._lose("Unexpected EOF received")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the loop's signature
        """Nothing is left of the connection."""
        self._lose("Connection lost")
        if not self._ended.done():
            self._ended.set_result(None)

    def _lose(self, why: str) -> None:
        self._lost = self._lost or why
        self._wake()

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)


def _text(line: bytes) -> str:
    """What people may read. A control character could not be stored: PostgreSQL takes no NUL."""
    text = (line[4:] if line[:3].isdigit() else line).decode("utf-8", "replace")
    return _CONTROL.sub(" ", text).strip()


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
