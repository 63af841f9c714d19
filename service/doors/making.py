"""A connection in the making: another thread may give it up, and all of it together has its time.

A timeout counts each read anew, so whoever sends a byte now and then would be waited for without end.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Making:
    """Greeting, encryption and log-in, from `with` on; `seconds` are for all of them together.

    Nothing is in hand meanwhile: giving it up loses nothing.
    """

    def __init__(self, seconds: float) -> None:
        self._lock = threading.Lock()
        self._line: socket.socket | None = None  # another descriptor of it: what wraps the socket takes the first one
        self._is_cut = False
        self._clock = threading.Timer(seconds, self.cut)
        self._clock.daemon = True

    def __enter__(self) -> Self:
        self._clock.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._clock.cancel()
        with self._lock:
            self._let_go()

    def hold(self, line: socket.socket) -> None:
        """This is the connection now, as soon as it stands and before anything is said."""
        with self._lock:
            self._let_go()
            self._line = line.dup()
            if self._is_cut:
                self._break()

    def cut(self) -> None:
        """Give it up, from any thread: whoever waits for the server wakes at once."""
        with self._lock:
            self._is_cut = True
            self._break()

    def check(self) -> None:
        """Raises TimeoutError where it has been given up, by somebody or by its time."""
        if self._is_cut:
            raise TimeoutError("the connection was given up")

    def _break(self) -> None:
        if self._line:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def _let_go(self) -> None:
        if self._line:
            self._line.close()
            self._line = None
