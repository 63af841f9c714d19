"""The process in which mails are read (see `cage`): a mail comes in, what was read of it goes out.

Started with its standard input as the one line to the service. Whatever happens in here, no other mail is at stake: the
process has no secrets, writes no files, uses no more memory and time than each mail is allowed, and ends with its
parent.
"""

from __future__ import annotations

import resource
import signal
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from service.doors.wire import ANSWERS, READ, READY, REPLY, REQUEST, TOO_MUCH_MEMORY, UNREADABLE

_GRACE_SECONDS = 2  # the service ends a slow reader itself: this clock is for a reader whose service is gone


def serve(line: socket.socket, functions: dict[bytes, Callable[[bytes], Any]]) -> None:
    """Answer requests until the line is closed."""
    _settle_down()
    baseline = _address_space()
    with line, line.makefile("rb") as requests:
        line.sendall(REPLY.pack(READY, 0))
        while head := requests.read(REQUEST.size):
            letter, size, memory, seconds = REQUEST.unpack(head)
            signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_SECONDS)
            resource.setrlimit(resource.RLIMIT_AS, (baseline + memory, resource.RLIM_INFINITY))
            sign, reply = _read(letter, functions[letter], requests, size)
            signal.setitimer(signal.ITIMER_REAL, 0)
            line.sendall(REPLY.pack(sign, len(reply)))
            line.sendall(reply)
            if sign == UNREADABLE:
                return  # whatever state this process is in: the next mail gets a fresh one


def _read(letter: bytes, function: Callable[[bytes], Any], requests: BinaryIO, size: int) -> tuple[bytes, bytes]:
    try:
        return READ, ANSWERS[letter].write(function(requests.read(size)))
    except MemoryError:
        return UNREADABLE, TOO_MUCH_MEMORY.encode()
    except Exception as error:  # noqa: BLE001 - only its sort is told: its text may hold what the mail says
        return UNREADABLE, type(error).__name__.encode()


def _settle_down() -> None:
    """Leave signals to the service, and give up what reading has no use for: files, processes, memory dumps."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC):
        resource.setrlimit(limit, (0, 0))


def _address_space() -> int:
    """The size of this process in bytes, before any mail."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _named(path: str) -> Callable[[bytes], Any]:
    module, _, name = path.partition(":")
    found: Callable[[bytes], Any] = getattr(import_module(module), name)
    return found


if __name__ == "__main__":
    serve(socket.socket(fileno=sys.stdin.fileno()), {path[0].encode(): _named(path[2:]) for path in sys.argv[1:]})
