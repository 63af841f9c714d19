"""Work that is done again and again, each piece in a thread of its own. Waiting follows the monotonic clock.

So a clock that is put forward or back holds nothing up: the wall clock only says what is due.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger()

STOP_CHECK_SECONDS = 0.25
_SECONDS_AFTER_A_FAULT = 60.0
# Longer than any one step takes that cannot look at the stop sign meanwhile: one large mail fetched over a slow line, a
# database file written anew.
_HANGS_AFTER_SECONDS = 600.0


class StopSign(threading.Event):
    """Tells threads to stop, and knows when each has looked at it last: who still looks would obey, and so is alive."""

    def __init__(self) -> None:
        super().__init__()
        self._looked: dict[int | None, float] = {}
        self._set_at = math.inf

    def set(self) -> None:
        """Tell them."""
        self._set_at = min(self._set_at, time.monotonic())
        super().set()

    @property
    def since(self) -> float:
        """For how many seconds it has been set."""
        return max(time.monotonic() - self._set_at, 0.0)

    def is_set(self) -> bool:
        """Whether the one who asks shall stop."""
        self._looked[threading.get_ident()] = time.monotonic()
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Rest until it is set, or for `timeout` seconds. Who rests does not hang."""
        me = threading.get_ident()
        self._looked[me] = time.monotonic() + (math.inf if timeout is None else timeout)
        is_set = super().wait(timeout)
        self._looked[me] = time.monotonic()
        return is_set

    def silence_of(self, thread: threading.Thread) -> float:
        """For how many seconds the thread has not looked; 0 when it never has."""
        now = time.monotonic()
        return now - self._looked.get(thread.ident, now)


@dataclass(frozen=True, slots=True)
class Pause:
    """How long to wait before the work is done again, unless somebody rings; when `deaf`, in any case."""

    seconds: float
    deaf: bool = False


class Round(threading.Thread):
    """Does `work` until `stop` is set; a fault in it is logged and ends nothing.

    first: how long to wait before it is done for the first time. last: what is done at the end.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], Pause],
        stop: StopSign,
        first: Pause | None = None,
        last: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._work, self._stop_event, self._first, self._last = work, stop, first, last
        self._bell = threading.Event()

    def ring(self) -> None:
        """Do the work now, or once more when it is being done."""
        self._bell.set()

    @property
    def hangs(self) -> bool:
        """Whether it has not looked for ten minutes whether it shall stop, or has ended without being told to."""
        if self.is_alive():
            return self._stop_event.silence_of(self) > _HANGS_AFTER_SECONDS
        return self.ident is not None and not self._stop_event.is_set()

    def run(self) -> None:
        """The thread's life."""
        if self._first:
            self._wait(self._first)
        while not self._stop_event.is_set():
            self._bell.clear()
            try:
                pause = self._work()
            except Exception as error:
                log.exception("round-failed", round=self.name, exc_info=error)
                pause = Pause(_SECONDS_AFTER_A_FAULT, deaf=True)
            self._wait(pause)
        self._last()

    def _wait(self, pause: Pause) -> None:
        if pause.deaf:
            self._stop_event.wait(pause.seconds)
            return
        ends = time.monotonic() + pause.seconds
        while not self._stop_event.is_set() and (left := ends - time.monotonic()) > 0:
            if self._bell.wait(min(left, STOP_CHECK_SECONDS)):
                return
