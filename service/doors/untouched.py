"""An inbox that is looked at and never touched: opened with EXAMINE, so that the server itself refuses every change.

People work in the same mailbox with another system. Not even the mark `\\Recent` goes, which a SELECT takes away (RFC
3501, 6.3.2). What is done the register knows, as for every mailbox; here the mails stay, however many they become.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.doors import imap
from service.doors.inbox import Fetched, Inbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from service.desk.rounds.beginnings import Border
    from service.desk.rounds.refiling import Sought


_EVERY = 1 << 40  # above any UID


class UntouchedInbox(Inbox):
    """The one place where moving, deleting and adding mails ends for a mailbox that is only watched."""

    read_only = True
    _done_up_to = (0, 0)

    def new_mail(
        self,
        already: Callable[[int, Sequence[int]], set[int]],
        border: Border | None = None,
        exists: int | None = None,
    ) -> Iterator[list[Fetched]]:
        """As for every inbox, but the mails below which all is done are not listed again: UIDs only grow."""
        exists = self.select() if exists is None else exists
        next_uid = self.next_uid  # of before the listing: what comes in meanwhile is listed next time
        uidvalidity, done_up_to = self._done_up_to
        first = done_up_to + 1 if uidvalidity == self.uidvalidity else 1
        present = self._listed(border, first, exists)
        done = already(self.uidvalidity, present)
        waiting = [uid for uid in present if uid not in done]
        waiting = self.within(border, waiting) if border else waiting
        if not waiting:
            self._done_up_to = (self.uidvalidity, max(first, next_uid) - 1)
        yield from self.fetch(waiting, border)

    def _listed(self, border: Border | None, first: int, exists: int) -> list[int]:
        if first > 1:
            return self.uids_from(first)
        return self.uids(border.since, border.below, exists) if border else self.uids(exists=exists)

    def history(self, since: datetime, until: datetime) -> list[imap.Listed]:
        """The mails that came in within the time (aware; the first instant included), in order of their arrival."""
        with self._asking_for(uids := self.uids(since, _EVERY)) as client:
            listed = [mail for part in imap.parts(uids) for mail in imap.sizes(client, part)]
        dated = [(mail.internal_date, mail.uid, mail) for mail in listed if mail.internal_date]
        return [mail for at, _, mail in sorted(dated, key=lambda one: one[:2]) if since <= at < until]

    def fetch_listed(self, listed: Sequence[imap.Listed]) -> Iterator[Fetched]:
        """These mails of the listed folder one after the other, some of them in memory at a time."""
        for batch in imap.batches(listed):
            found = {mail.uid: mail for mail in self._batch(batch)}
            yield from (found.pop(mail.uid) for mail in batch if mail.uid in found)

    def file_away(self, _moves: Mapping[str, Sequence[int]]) -> dict[int, str]:
        """Nothing is moved, and nothing was refused."""
        return {}

    def gather(self, _sought: Sought, _folders: Iterable[str]) -> bool:
        """Each mail lies where people have put it. Raises PermissionError: it is a fault of whoever asks."""
        raise _untouched("moved")

    def remove(self, _sought: Sought, _folders: Iterable[str]) -> bool:
        """What lies here is still the business of the system beside. Raises PermissionError, likewise."""
        raise _untouched("deleted")

    def append(self, _folder: str, _raw: bytes, _when: datetime | None = None) -> None:
        """There is nothing to be put in. Raises PermissionError, likewise."""
        raise _untouched("put in")


def _untouched(done: str) -> PermissionError:
    return PermissionError(f"a mail was to be {done} in a mailbox that is only watched")
