"""The cage in which mails are read: a process of its own, with limits, so that no mail can hold up the next.

One reader process is kept warm and shared by all mailboxes. It is replaced when it dies, when it takes too long or when
it asks for too much memory; what it was reading then is `Unreadable`, and a person looks at the original.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from msgspec import MsgspecError

from service.core.mail import Message, Unreadable
from service.doors.wire import FILES, MESSAGE, READ, REPLY, REQUEST, TOO_MUCH_MEMORY, Answer

_T = TypeVar("_T")

_MB = 1 << 20
_BYTES_PER_SECOND = 2 * _MB  # what a large mail gets on top of the time for any mail
_MEMORY_PER_BYTE = 4
_START_SECONDS = 60
_LONGEST_ANSWER = 64 * _MB  # all texts of a mail at their longest; files may be as long again as reading may use memory
_LONGEST_REASON = 100


class CageBroken(Exception):
    """No reader process can be started. No mail is to blame: it waits until one can."""


class _Died(Exception):
    """The reader process has ended without an answer."""


@dataclass(frozen=True, slots=True)
class _Limits:
    seconds: float
    memory: int


class Cage:
    """Reads mails in a process of its own, one at a time; may be used from several threads.

    Args:
        seconds: what any mail may take by the clock on the wall; large ones get a second more for each 2 MB.
        memory_mb: what reading may use beside the empty process; large mails get four times their size more.
        read, contents: the functions that read, as `module:name`.
    """

    def __init__(
        self,
        seconds: float = 20,
        memory_mb: int = 512,
        *,
        read: str = "service.core.message:read_strictly",
        contents: str = "service.core.message:contents",
    ) -> None:
        self._seconds = seconds
        self._memory = memory_mb * _MB
        self._functions = [f"{MESSAGE.letter.decode()}={read}", f"{FILES.letter.decode()}={contents}"]
        self._lock = threading.Lock()
        self._reader: _Reader | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, raw: bytes) -> Message:
        """Read a mail.

        Raises:
            Unreadable: the mail cannot be read within the limits.
            CageBroken: nothing can be read now.
        """
        return self._ask(MESSAGE, raw)

    def contents(self, raw: bytes) -> tuple[bytes, ...]:
        """The bytes of the attachments, in the order of `Message.attachments`. Raises as `read` does."""
        return self._ask(FILES, raw)

    def close(self) -> None:
        """End the reader process, once the mail in it has been read. A later mail would start a new one."""
        with self._lock:
            self._end()

    def _ask(self, answer: Answer[_T], raw: bytes) -> _T:
        limits = _Limits(self._seconds + len(raw) / _BYTES_PER_SECOND, self._memory + _MEMORY_PER_BYTE * len(raw))
        with self._lock:
            try:
                return self._ask_once(answer, raw, limits)
            except _Died:  # perhaps somebody else ended it: the mail is to blame only when it happens again
                pass
            try:
                return self._ask_once(answer, raw, limits)
            except _Died:
                raise Unreadable("the process that read it died, twice") from None

    def _ask_once(self, answer: Answer[_T], raw: bytes, limits: _Limits) -> _T:
        if self._reader is None:
            self._reader = _Reader.start(self._functions)
        answered = False
        try:
            read = self._reader.ask(answer, raw, limits)
            answered = True
        except TimeoutError:
            raise Unreadable(f"reading it took longer than {limits.seconds:.0f} s") from None
        except OSError:
            raise _Died from None
        finally:
            if not answered:
                self._end()
        return read

    def _end(self) -> None:
        if self._reader:
            self._reader.end()
        self._reader = None


@dataclass(frozen=True, slots=True)
class _Reader:
    """A running reader process and the line to it."""

    process: subprocess.Popen[bytes]
    line: socket.socket

    @classmethod
    def start(cls, functions: list[str]) -> _Reader:
        """Start a process and wait until it is ready. Raises CageBroken."""
        near, far = socket.socketpair()
        try:
            with far:
                # Started afresh, not forked: nothing of the service's memory, files or secrets is in it. In a session
                # of its own, so that Ctrl-C reaches the service alone, which lets it finish the mail in hand.
                process = subprocess.Popen(  # noqa: S603 - this very interpreter and our own module
                    [sys.executable, "-P", "-s", "-m", "service.doors.caged", *functions],
                    stdin=far.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env={"PYTHONPATH": os.pathsep.join(str(Path(place).absolute()) for place in sys.path)},
                    start_new_session=True,
                )
        except OSError as error:
            near.close()
            raise CageBroken(f"no process to read mails in could be started: {error.strerror}") from error
        reader = cls(process, near)
        try:
            reader._receive(time.monotonic() + _START_SECONDS, 0)
        except (OSError, Unreadable) as error:
            reader.end()
            raise CageBroken("the process to read mails in does not start") from error
        return reader

    def ask(self, answer: Answer[_T], raw: bytes, limits: _Limits) -> _T:
        """Hand over a mail and wait for what is read of it.

        Raises:
            Unreadable: the process says that it cannot be read.
            TimeoutError: it took too long; the process may still be at it.
            OSError: the process has died.
        """
        deadline = time.monotonic() + limits.seconds
        self.line.settimeout(limits.seconds)
        self.line.sendall(REQUEST.pack(answer.letter, len(raw), limits.memory, limits.seconds))
        self.line.sendall(raw)
        sign, written = self._receive(deadline, _LONGEST_ANSWER + _MEMORY_PER_BYTE * len(raw))
        if sign != READ:
            reason = written[:_LONGEST_REASON].decode("ascii", "replace")
            raise Unreadable(reason if reason == TOO_MUCH_MEMORY or reason.isidentifier() else "no reason was given")
        try:
            return answer.read(written)
        except (MsgspecError, RecursionError):  # its text may hold what the mail says
            raise Unreadable("what was read of it is no mail") from None

    def _receive(self, deadline: float, longest: int) -> tuple[bytes, bytearray]:
        sign, size = REPLY.unpack(self._receive_exactly(REPLY.size, deadline))
        if size > longest:
            raise Unreadable("what was read of it is too much")
        return sign, self._receive_exactly(size, deadline)

    def _receive_exactly(self, size: int, deadline: float) -> bytearray:
        received = bytearray(size)
        rest = memoryview(received)
        while rest:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.line.settimeout(left)
            count = self.line.recv_into(rest)
            if not count:
                raise ConnectionResetError("the reader process has closed the line")
            rest = rest[count:]
        return received

    def end(self) -> None:
        """End the process, whatever it does, and wait for its end."""
        self.line.close()
        self.process.kill()
        self.process.wait()
