"""One mail ahead: while a mail is decided here, the next one is read in the cage, on another core.

Nothing else is done ahead: mails are decided, committed and moved in their order, and what reading a mail raises is
raised when it is that mail's turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from service.core.mail import Message

LARGEST = 1_000_000
"""In bytes: a larger mail is read when its turn comes, so that never two of them are in memory as texts."""


@dataclass
class Ahead:
    """Reads the mails of one mailbox; `line_up` is for the thread that handles them, `read` for any.

    read_now: reads a mail; may raise `Unreadable` and `CageBroken`, and so does `read`.
    """

    read_now: Callable[[bytes], Message]
    _line: deque[bytes] = field(default_factory=deque)
    _begun: tuple[bytes, Future[Message] | None] | None = None
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "ahead"))

    def line_up(self, mails: Iterable[bytes]) -> None:
        """These very objects will be read next, in this order; whatever was in line before is not."""
        self._line = deque(mails)
        self._begin()

    def read(self, raw: bytes) -> Message:
        """Read a mail, which may be done already; another than the one whose turn it is, at once."""
        if self._begun is None or self._begun[0] is not raw:
            return self.read_now(raw)
        reading = self._begun[1]
        try:
            return reading.result() if reading else self.read_now(raw)
        finally:
            self._begin()

    def _begin(self) -> None:
        """The next in line; the cage has nothing of ours in hand now."""
        self._begun = None
        if self._line:
            raw = self._line.popleft()
            self._begun = raw, self._thread.submit(self.read_now, raw) if len(raw) <= LARGEST else None
