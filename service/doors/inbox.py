"""The IMAP door: what lies in the inbox folder comes in, what is committed is filed away.

Mail is fetched without being marked: people read the same mailbox, and a flag says nothing about what the service has
done. What is done the register knows, by mailbox, UIDVALIDITY and UID.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from service.doors import imap
from service.doors.link import InboxError, Link

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from imapclient import IMAPClient

    from service.desk.rounds.beginnings import Border
    from service.desk.rounds.refiling import Sought
    from service.doors.account import Server

# A server may drop an idling client after 30 minutes (RFC 2177), a firewall well before that.
IDLE_RENEWAL_SECONDS = 9 * 60

_NOT_FOR_KEEPING = frozenset(
    {b"\\Noselect", b"\\NonExistent", b"\\Drafts", b"\\Sent", b"\\Junk", b"\\All", b"\\Flagged"}
)
_ABOVE_ANY_UID = 1 << 40

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as it lay in the mailbox: bytes untouched, `internal_date` aware UTC, `size` in bytes."""

    mailbox: str
    folder: str
    uidvalidity: int
    uid: int
    internal_date: datetime | None
    size: int
    raw: bytes = field(repr=False)


class Inbox(Link):
    """The inbox folder of one account: one connection, to be used by one thread.

    Every method connects when there is no connection, and raises InboxError when something fails. `mailbox` is the
    short name that the configuration gives it.
    """

    read_only = False

    def __init__(self, server: Server, mailbox: str, folder: str = "INBOX") -> None:
        super().__init__(server)
        self.mailbox = mailbox
        self.folder = folder
        self._next_uid = 0
        self._highest_uid = 0
        self._stumbles: Counter[int] = Counter()
        self.without_content: list[Fetched] = []
        """What the server has handed out without its content since `new_mail` was last called."""

    def select(self) -> int:
        """Open the inbox folder, whose UIDVALIDITY and UIDNEXT are known then; returns how many mails it holds.

        Where the token that opened the connection ends soon, this is a new connection.
        """
        if self._client is not None and time.monotonic() >= self._fresh_until:
            self.close()
        with self._session("open the inbox folder") as client:
            answer = client.select_folder(imap.path_of(client, self.folder), readonly=self.read_only)
            self._uidvalidity = int(answer[b"UIDVALIDITY"])
            exists = int(answer[b"EXISTS"])
            self._next_uid = int(answer.get(b"UIDNEXT", 0)) or imap.last_uid(client, exists) + 1
            return exists

    def uids(self, since: datetime | None = None, below: int = 0, exists: int | None = None) -> list[int]:
        """The UIDs of all mails in the inbox folder, whatever their flags, lowest first.

        With `since` (aware) those below `below` are left out that came in on an earlier day, as the server sees days.
        exists: what `select` has just said; else the folder is opened for this.
        """
        exists = self.select() if exists is None else exists
        with self._session("list the inbox folder") as client:
            found = imap.search(client, exists, since, below)
            if since is None:
                self._highest_uid = found[-1] if found else 0
            return found

    def uids_from(self, first: int) -> list[int]:
        """The UIDs of the mails in the inbox folder from that one on, lowest first."""
        with self._session("list the inbox folder") as client:
            found = imap.search_from(client, first)
            self._highest_uid = max([self._highest_uid, *found])
            return found

    def new_mail(
        self,
        already: Callable[[int, Sequence[int]], set[int]],
        border: Border | None = None,
        exists: int | None = None,
    ) -> Iterator[list[Fetched]]:
        """Fetch what the register has not done, oldest UID first, in batches that hold memory flat.

        `already(uidvalidity, uids)` gives those of the folder's UIDs that are done; they are not fetched again, nor is
        what lies beyond the border. A mail that disappears meanwhile or comes without content is left out and met again
        at the next call. exists: what `select` has just said; else the folder is opened for this.
        """
        self.without_content = []
        present = self.uids(border.since, border.below, exists) if border else self.uids(exists=exists)
        done = already(self.uidvalidity, present)
        yield from self.fetch([uid for uid in present if uid not in done], border)

    def older(self, border: Border) -> int:
        """How many mails in the inbox folder lie beyond the border, by their INTERNALDATE."""
        everything, near = len(self.uids()), self.uids(border.since, border.below)
        return max(0, everything - len(self.within(border, near)))

    def within(self, border: Border, uids: Sequence[int]) -> list[int]:
        """Those of the mails that are still there and do not lie beyond the border, by their INTERNALDATE."""
        with self._session("look at the dates of mails") as client:
            listed = [mail for part in imap.parts(uids) for mail in imap.sizes(client, part)]
        return sorted(mail.uid for mail in listed if not border.leaves(mail.uid, mail.internal_date))

    @property
    def next_uid(self) -> int:
        """What the server will call the next mail (UIDNEXT), or may, where it does not tell; as of the last listing."""
        return self._next_uid

    @property
    def uidvalidity(self) -> int:
        """The UIDVALIDITY under which this connection listed the folder; InboxError before `uids` or `new_mail`."""
        if self._uidvalidity is None:
            raise InboxError("the inbox folder has not been listed in this connection", temporary=True)
        return self._uidvalidity

    def fetch(self, uids: Sequence[int], border: Border | None = None) -> Iterator[list[Fetched]]:
        """Fetch these mails of the listed folder, unmarked: at most 50 mails and 8 MB a batch, or one larger mail.

        A mail that the server can't read may break the connection each time. Therefore those asked for when it broke
        come last and one by one in the following calls: such a mail holds no other up for long.
        """
        trusted = [uid for uid in uids if not self._stumbles[uid]]
        doubtful = sorted((uid for uid in uids if self._stumbles[uid]), key=self._stumbles.__getitem__)
        for part in [*imap.parts(trusted), *([uid] for uid in doubtful)]:
            with self._asking_for(part) as client:
                listed = [m for m in imap.sizes(client, part) if not (border and border.leaves(m.uid, m.internal_date))]
            # No name here holds a batch: it is gone when the caller lets go of it.
            yield from filter(None, map(self._batch, imap.batches(listed)))

    def file_away(self, moves: Mapping[str, Sequence[int]]) -> dict[int, str]:
        """Move mails (UIDs of the listed folder) to folders, which are created and subscribed when missing.

        Returns those that the server would not move, with its reason; each folder fares by itself. Only for UIDs listed
        in this connection: after a break it raises InboxError until the folder is listed anew, because UIDs hold under
        one UIDVALIDITY only.
        """
        refused: dict[int, str] = {}
        for folder, uids in moves.items():
            with self._session("file mails away") as client:
                assert self.uidvalidity  # raises where the folder has not been listed in this connection
                refused |= imap.file(client, folder, uids)
        return refused

    def gather(self, sought: Sought, folders: Iterable[str]) -> bool:
        """Move a mail that was filed before to its folder, from whichever of the folders it lies in.

        Returns whether it lies there now. The inbox folder is open again afterwards, and must be listed anew.
        """
        with self._session("move a mail that was filed before") as client:
            self._uidvalidity = None
            is_there, is_stuck = False, False
            for folder in dict.fromkeys((sought.folder, *folders)):
                path = imap.path_of(client, folder)
                if not client.folder_exists(path):
                    continue
                client.select_folder(path)
                uids = imap.alike(client, sought)
                left = imap.file(client, sought.folder, uids) if folder != sought.folder else {}
                is_there, is_stuck = is_there or bool(uids), is_stuck or bool(left)
        self.select()
        return is_there and not is_stuck

    def remove(self, sought: Sought, folders: Iterable[str]) -> bool:
        """Delete a mail for good, from whichever of the folders it lies in. False where the server refuses.

        The inbox folder is open again afterwards, and must be listed anew.
        """
        with self._session("delete a mail that is disposed of") as client:
            self._uidvalidity, is_gone = None, True
            for folder in dict.fromkeys((self.folder, *folders)):
                path = imap.path_of(client, folder)
                if client.folder_exists(path):
                    client.select_folder(path)
                    is_gone &= imap.delete(client, sought)
        self.select()
        return is_gone

    def find(self, message_id: str, folders: Iterable[str]) -> Fetched | None:
        """The mail with this Message-ID, from the first of the folders in which one lies.

        The inbox folder is open again afterwards, and must be listed anew.
        """
        found = None
        with self._session("look for a mail") as client:
            self._uidvalidity = None
            for folder in folders:
                path = imap.path_of(client, folder)
                if found is None and client.folder_exists(path):
                    opened = client.select_folder(path, readonly=True)
                    uids = client.search(["HEADER", "Message-ID", message_id])
                    for mail, raw in imap.contents(client, imap.sizes(client, uids[:1]) if uids else []):
                        place = (folder, int(opened[b"UIDVALIDITY"]), mail.uid)
                        found = Fetched(self.mailbox, *place, mail.internal_date, len(raw), raw)
        self.select()
        return found

    def heads(self, folders: Iterable[str], since: datetime, above: int | None = None) -> list[imap.Headed]:
        """The headers of the mails in these folders that came in since then (aware); nothing is marked or changed.

        above: of all mails with a higher UID, whenever they came in. A missing folder is empty. The inbox folder
        must be listed anew afterwards.
        """
        found: list[imap.Headed] = []
        with self._session("look through the folders") as client:
            self._uidvalidity = None
            for folder in dict.fromkeys(folders):
                path = imap.path_of(client, folder)
                if not client.folder_exists(path):
                    continue
                answer = client.select_folder(path, readonly=True)
                if above is not None:
                    uids = [uid for uid in client.search(["UID", f"{above + 1}:*"]) if uid > above]
                else:
                    uids = imap.search(client, int(answer[b"EXISTS"]), since, _ABOVE_ANY_UID)
                headed = imap.heads(client, folder, int(answer[b"UIDVALIDITY"]), uids)
                found += [m for m in headed if above is not None or m.internal_date is None or m.internal_date >= since]
        return found

    def sent_folder(self) -> str:
        """The folder where the mailbox's sent mails lie, if the server says which (RFC 6154); else empty."""
        with self._session("list the folders") as client:
            return next((name for flags, _, name in client.list_folders() if b"\\Sent" in flags), "")

    def other_folders(self, own: Iterable[str]) -> list[str]:
        """The folders in which people keep mails: not the service's own, nor those for drafts, sent or junk mail."""
        with self._session("list the folders") as client:
            known = {imap.path_of(client, folder) for folder in (*own, self.folder)}
            listed = client.list_folders()
            return [name for flags, _, name in listed if name not in known and not _NOT_FOR_KEEPING & {*flags}]

    def read(self, mail: imap.Headed) -> bytes | None:
        """A mail's bytes from its folder, unmarked; None where it is gone, empty where the server gives no content.

        The inbox folder must be listed anew.
        """
        with self._session("fetch a mail") as client:
            self._uidvalidity = None
            client.select_folder(imap.path_of(client, mail.folder), readonly=True)
            return next((raw for _, raw in imap.contents(client, [mail])), None)

    def wait(self, timeout_seconds: float, stop: threading.Event) -> bool:
        """Wait for new mail with IDLE, or just wait where the server lacks it; True when there is something new.

        Returns early when `stop` is set. A link that dies meanwhile raises InboxError.
        """
        if time.monotonic() >= self._fresh_until and self._uidvalidity is not None:
            self.select()
        ends = min(time.monotonic() + timeout_seconds, self._fresh_until)
        with self._session("wait for mail") as client:
            idles = client.has_capability("IDLE") and self._uidvalidity is not None
            # What came in after the listing was announced during other commands; IDLE tells only of what comes now.
            if idles and self._has_news(client):
                return True
            while idles and not stop.is_set() and (left := ends - time.monotonic()) > 0:
                if imap.idle(client, min(left, IDLE_RENEWAL_SECONDS), stop):
                    return True
        stop.wait(max(0.0, ends - time.monotonic()))
        return False

    def folders(self) -> list[str]:
        """The names of all folders, as the server writes them."""
        with self._session("list the folders") as client:
            return [name for _, _, name in client.list_folders()]

    def missing(self, folders: Iterable[str]) -> list[str]:
        """Those of the folders, as the configuration writes them, that the server lacks."""
        with self._session("look for the folders") as client:
            return [folder for folder in folders if not client.folder_exists(imap.path_of(client, folder))]

    def states(self, folders: Iterable[str]) -> dict[str, tuple[int, int, int]]:
        """UIDVALIDITY, UIDNEXT and how many mails, of those of the folders that are there."""
        found = {}
        with self._session("look at the folders") as client:
            for folder in dict.fromkeys(folders):
                path = imap.path_of(client, folder)
                if client.folder_exists(path):
                    answer = client.folder_status(path, ["UIDVALIDITY", "UIDNEXT", "MESSAGES"])
                    found[folder] = int(answer[b"UIDVALIDITY"]), int(answer[b"UIDNEXT"]), int(answer[b"MESSAGES"])
        return found

    def append(self, folder: str, raw: bytes, when: datetime | None = None) -> None:
        """Put a mail into a folder (created when missing), unread, with `when` (aware) as its INTERNALDATE."""
        with self._session("append a mail") as client:
            path = imap.path_of(client, folder)
            imap.ensure(client, path)
            client.append(path, raw, msg_time=when)

    def _has_news(self, client: IMAPClient) -> bool:
        client.noop()  # or the server may search in what it has shown so far
        return bool(imap.search_from(client, self._highest_uid + 1))

    def _batch(self, batch: Sequence[imap.Listed]) -> list[Fetched]:
        with self._asking_for([listed.uid for listed in batch]) as client:
            mails = [
                Fetched(self.mailbox, self.folder, self.uidvalidity, mail.uid, mail.internal_date, len(raw), raw)
                for mail, raw in imap.contents(client, batch)
            ]
        for mail in mails:
            del self._stumbles[mail.uid]
            if not mail.raw:
                log.warning("mail without content left in the inbox", mailbox=self.mailbox, uid=mail.uid)
                self.without_content.append(mail)
        return [mail for mail in mails if mail.raw]

    @contextmanager
    def _asking_for(self, uids: Sequence[int]) -> Iterator[IMAPClient]:
        try:
            with self._session("fetch mails") as client:
                yield client
        except InboxError:
            self._stumbles.update(uids)
            raise
