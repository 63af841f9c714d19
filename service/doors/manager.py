"""The service manager that started us (systemd), where there is one: it is told how we are, one datagram at a time.

The protocol is sd_notify(3): lines `NAME=value` to the socket that `$NOTIFY_SOCKET` names; a watchdog, in microseconds
in `$WATCHDOG_USEC`, kills whoever is silent for so long. Without those variables nothing is told to anybody.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()

_A_SECOND = 1_000_000
_EXTENSION_SECONDS, _BETWEEN_EXTENSIONS = 60, 20.0
_LONGEST_PREPARATION = 6 * 3600.0  # what takes longer hangs


@dataclass
class Manager:
    """Tells the service manager how we are. A manager that cannot be reached holds nothing up.

    address: of its socket; empty where nobody asked. watchdog_seconds: how long it bears silence; 0 for ever.
    """

    address: str = ""
    watchdog_seconds: float = 0.0
    _next_sign: float = field(default=0.0, init=False)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Manager:
        """The manager that the process's environment names; its watchdog only where it is meant for this process."""
        microseconds = environment.get("WATCHDOG_USEC", "")
        is_ours = environment.get("WATCHDOG_PID", "") in {"", str(os.getpid())}
        seconds = int(microseconds) / _A_SECOND if microseconds.isdigit() and is_ours else 0.0
        return cls(environment.get("NOTIFY_SOCKET", ""), seconds)

    def ready(self, status: str) -> None:
        """The work goes on, for the first time or after `reloading`."""
        self._tell("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """Configuration and rules are being read again."""
        instant = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._tell("RELOADING=1", f"MONOTONIC_USEC={instant}")

    def stopping(self) -> None:
        """The work is being brought to its end."""
        self._tell("STOPPING=1", "STATUS=finishing what is in hand")

    def still_at_work(self, hanging: Callable[[], list[str]]) -> None:
        """Keep the watchdog quiet, as long as nothing hangs; `hanging` names what does. To be called often.

        Half of its patience lies between two signs, as sd_watchdog_enabled(3) advises. Where nobody listens who would
        end what hangs, the process ends itself: a container with that variable is started anew.
        """
        if not self.watchdog_seconds or time.monotonic() < self._next_sign:
            return
        self._next_sign = time.monotonic() + self.watchdog_seconds / 2
        names = hanging()
        if not names:
            self._tell("WATCHDOG=1")
            return
        log.error("hanging", rounds=names)
        self._tell(f"STATUS=hanging: {', '.join(names)}")
        if not self.address:
            faulthandler.dump_traceback()
            os._exit(1)

    @contextlib.contextmanager
    def preparing(self, status: str) -> Iterator[None]:
        """What may take long before the work begins: the manager is asked to bear with it, again and again."""
        if not self.address:
            yield
            return
        done = threading.Event()
        asking = threading.Thread(target=self._ask_for_time, args=(status, done), name="preparing", daemon=True)
        asking.start()
        try:
            yield
        finally:
            done.set()
            asking.join()

    def _ask_for_time(self, status: str, done: threading.Event) -> None:
        ends = time.monotonic() + _LONGEST_PREPARATION
        while time.monotonic() < ends:
            self._tell(f"STATUS={status}", f"EXTEND_TIMEOUT_USEC={_EXTENSION_SECONDS * _A_SECOND}")
            if done.wait(_BETWEEN_EXTENSIONS):
                return

    def _tell(self, *lines: str) -> None:
        if not self.address:
            return
        place = "\0" + self.address[1:] if self.address.startswith("@") else self.address  # @: an abstract socket
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.settimeout(1)
            line.sendto("\n".join(lines).encode(), place)
