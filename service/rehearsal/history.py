"""The mails of several folders as they came in, one after the other: history lies where people have put it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from service.config import Mailbox
from service.doors.imap import Listed
from service.doors.inbox import Fetched
from service.doors.untouched import UntouchedInbox


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of the mailbox: its mails of the time, and how many older and later ones it has besides."""

    inbox: UntouchedInbox
    listed: Sequence[Listed]
    besides: int


_NEVER = datetime.max.replace(tzinfo=UTC)


class History:
    """The mails of the time, from all the folders. A connection for each folder; to be closed.

    Raises:
        InboxError: the mailbox cannot be reached, or a folder is not there.
    """

    def __init__(self, settings: Mailbox, folders: Sequence[str], since: datetime, until: datetime) -> None:
        self._open = ExitStack()
        with ExitStack() as opening:
            self.folders = [
                _folder(opening.enter_context(UntouchedInbox(settings.imap, settings.name, name)), since, until)
                for name in folders
            ]
            self._open = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def total(self) -> int:
        """How many mails there are."""
        return sum(len(folder.listed) for folder in self.folders)

    @property
    def besides(self) -> int:
        """How many mails lie in the folders that came in before or after."""
        return sum(folder.besides for folder in self.folders)

    def mails(self) -> Iterator[Fetched]:
        """One mail after the other, the oldest first; a few are in memory at a time."""
        flows = (folder.inbox.fetch_listed(folder.listed) for folder in self.folders)
        return heapq.merge(*flows, key=lambda mail: mail.internal_date or _NEVER)


def _folder(inbox: UntouchedInbox, since: datetime, until: datetime) -> Folder:
    exists = inbox.select()
    listed = inbox.history(since, until)
    return Folder(inbox, listed, max(0, exists - len(listed)))
