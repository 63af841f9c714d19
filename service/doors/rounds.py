"""Work that is done again and again, each piece in a thread of its own. Waiting follows the monotonic clock.

So a clock that is put forward or back holds nothing up: the wall clock only says what is due.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger()

STOP_CHECK_SECONDS = 0.25
_SECONDS_AFTER_A_FAULT = 60.0


@dataclass(frozen=True, slots=True)
class Pause:
    """How long to wait before the work is done again, unless somebody rings; when `deaf`, in any case."""

    seconds: float
    deaf: bool = False


class Round(threading.Thread):
    """Does `work` until `stop` is set; a fault in it is logged and ends nothing.

    first: how long to wait before it is done for the first time.
    """

    def __init__(self, name: str, work: Callable[[], Pause], stop: threading.Event, first: Pause | None = None) -> None:
        super().__init__(name=name, daemon=True)
        self._work, self._stop_event, self._first = work, stop, first
        self._bell = threading.Event()

    def ring(self) -> None:
        """Do the work now, or once more when it is being done."""
        self._bell.set()

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

    def _wait(self, pause: Pause) -> None:
        if pause.deaf:
            self._stop_event.wait(pause.seconds)
            return
        ends = time.monotonic() + pause.seconds
        while not self._stop_event.is_set() and (left := ends - time.monotonic()) > 0:
            if self._bell.wait(min(left, STOP_CHECK_SECONDS)):
                return
