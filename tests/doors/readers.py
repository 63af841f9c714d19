"""Readers that a mail drives to every bad end; the cage's process imports them by name."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable

from service.core.mail import Message
from service.core.message import read_strictly
from service.doors import wire


def read(raw: bytes) -> Message:
    """Read the mail, unless its subject says how to fail."""
    message = read_strictly(raw)
    how, _, rest = message.subject.partition(" ")
    _ENDS.get(how, lambda _rest: None)(rest)
    return message


def contents(raw: bytes) -> tuple[bytes, ...]:
    """What the mail's process is like, to be asked through the line for files."""
    return tuple(str(sight).encode() for sight in _SIGHTS[raw.decode()]())


def take_over(raw: bytes) -> object:
    """Send the mail itself as the answer, as a reader that has been taken over would, and end."""
    _line().sendall(raw)
    os._exit(0)


def drip(_raw: bytes) -> object:
    """Send an answer in single bytes, without an end."""
    line = _line()
    line.sendall(wire.REPLY.pack(wire.READ, 1_000_000))
    while True:
        line.sendall(b" ")
        time.sleep(0.0005)


def _line() -> socket.socket:
    return socket.socket(fileno=os.dup(sys.stdin.fileno()))


def _once(mark: str) -> None:
    """Die the first time only: the mark is a directory, for this process may write no file."""
    try:
        os.mkdir(mark)  # noqa: PTH102 - as bare as can be
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def _hang(_rest: str) -> None:
    while True:
        time.sleep(1)


def _work_for_ever(mark: str) -> None:
    if mark:
        os.mkdir(mark)  # noqa: PTH102
    while True:
        pass


def _slow(mark: str) -> None:
    os.mkdir(mark)  # noqa: PTH102 - a second time, it fails
    time.sleep(0.3)


def _deep(rest: str) -> None:
    _deep(rest)


def _raise(_rest: str) -> None:
    raise ValueError("what Anna wrote")


_ENDS: dict[str, Callable[[str], object]] = {
    "hang": _hang,
    "work": _work_for_ever,
    "eat": lambda rest: bytearray(int(rest)),
    "exit": lambda _rest: os._exit(3),
    "kill": lambda _rest: os.kill(os.getpid(), signal.SIGKILL),
    "die-once": _once,
    "raise": _raise,
    "slow": _slow,
    "deep": _deep,
    "write": lambda rest: open(rest, "w").write("x" * 100_000),  # noqa: PTH123, SIM115
}
_SIGHTS = {
    "pid": lambda: [os.getpid()],
    "environment": lambda: sorted(os.environ),
    "files": lambda: sorted(os.listdir("/proc/self/fd")),  # noqa: PTH208
    "threads": lambda: [threading.active_count()],
    "modules": lambda: sorted(name for name in sys.modules if name.startswith(("service", "sqlalchemy"))),
}
