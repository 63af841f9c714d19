"""Filing what is done: a mail that cannot be moved is tried again by itself, ever more seldom, and holds up nothing."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import structlog

from service.doors.inbox import Inbox

log = structlog.get_logger()

_FIRST_PAUSE_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 3600.0
_MOST_FAILURES = 10


class FilingError(Exception):
    """Mails could not be moved to a folder; they are handled all the same, and lie among the new ones."""


@dataclass
class _Stuck:
    """A mail that the server would not move: not tried before `until` (monotonic seconds)."""

    pause: float
    until: float


@dataclass
class Filing:
    """Moves what is done out of an inbox folder. `tell` hears of each folder that cannot be filled, and why."""

    inbox: Inbox
    tell: Callable[[str, str], None]
    failures: list[FilingError] = field(default_factory=list)
    _stuck: dict[int, _Stuck] = field(default_factory=dict)
    _uidvalidity: int = 0

    def put_away(self, places: Mapping[int, str]) -> None:
        """Move mails (by UID of the listed folder) to their folders; those with no folder, or that very one, stay.

        Raises:
            InboxError: the connection is lost; what was not moved is met again in the next round.
        """
        if self.inbox.uidvalidity != self._uidvalidity:
            self._uidvalidity, self._stuck = self.inbox.uidvalidity, {}
        moves = defaultdict(list)
        now = time.monotonic()
        for uid, folder in places.items():
            if folder not in ("", self.inbox.folder) and not (uid in self._stuck and now < self._stuck[uid].until):
                moves[folder].append(uid)
        if not moves:
            return
        refused = self.inbox.file_away(moves)
        for folder, uids in moves.items():
            self._note(folder, uids, {uid: refused[uid] for uid in uids if uid in refused})

    def forget_all_but(self, uids: Iterable[int]) -> None:
        """Mails that have gone from the inbox folder are no trouble any more."""
        there = set(uids)
        self._stuck = {uid: stuck for uid, stuck in self._stuck.items() if uid in there}

    def _note(self, folder: str, uids: list[int], refused: Mapping[int, str]) -> None:
        now = time.monotonic()
        for uid in uids:
            if uid not in refused:
                self._stuck.pop(uid, None)
                continue
            before = self._stuck.get(uid)
            pause = min(before.pause * 2, _LONGEST_PAUSE_SECONDS) if before else _FIRST_PAUSE_SECONDS
            self._stuck[uid] = _Stuck(pause, now + pause)
        if refused:
            reason = next(iter(refused.values()))
            log.warning("filing-failed", mailbox=self.inbox.mailbox, folder=folder, mails=len(refused), error=reason)
            self.failures.append(FilingError(f"{len(refused)} mails could not be moved to {folder}: {reason}"))
            del self.failures[:-_MOST_FAILURES]
            self.tell(folder, reason)
