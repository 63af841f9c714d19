"""A mailbox in memory that answers as an IMAP server does, and breaks as one does. Stands in for `IMAPClient`."""

from __future__ import annotations

import email.parser
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from tests.simulation.storms.weather import Weather

_CAPABILITIES = ("MOVE", "UIDPLUS")


@dataclass
class Folder:
    """Mails by UID, each with its bytes and the day it came in (aware UTC)."""

    uidvalidity: int = 1
    next_uid: int = 1
    mails: dict[int, tuple[bytes, datetime]] = field(default_factory=dict)

    def put(self, raw: bytes, at: datetime) -> int:
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.mails[uid] = (raw, at)
        return uid


@dataclass
class Mailbox:
    """What lies on the server, whatever becomes of the service."""

    weather: Weather
    folders: dict[str, Folder] = field(default_factory=lambda: {"INBOX": Folder()})

    @property
    def inbox(self) -> Folder:
        return self.folders["INBOX"]

    def renumber(self) -> None:
        """The server was restored: UIDVALIDITY changes, and all mails get new UIDs, the lowest again."""
        old = self.inbox
        fresh = Folder(old.uidvalidity + 1)
        for raw, at in old.mails.values():
            fresh.put(raw, at)
        self.folders["INBOX"] = fresh

    def everywhere(self) -> list[tuple[str, bytes]]:
        return [(name, raw) for name, folder in self.folders.items() for raw, _ in folder.mails.values()]


class Client:
    """One connection."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._box, self._weather = mailbox, mailbox.weather
        self._open = ""
        self._before("imap log in")

    def _before(self, what: str) -> None:
        self._weather.step(what)
        if self._weather.strikes("imap: link cut before an answer"):
            raise IMAPClientAbortError("socket error: EOF")

    def _after(self, what: str) -> None:
        self._weather.step(f"after {what}")
        if self._weather.strikes("imap: done, but the answer was lost"):
            raise IMAPClientAbortError("socket error: EOF")

    @property
    def _folder(self) -> Folder:
        return self._box.folders[self._open]

    def has_capability(self, name: str) -> bool:
        return name in _CAPABILITIES

    def select_folder(self, path: str, readonly: bool = False) -> dict[bytes, int]:
        self._before("imap select")
        if path not in self._box.folders:
            raise IMAPClientError("select failed: no such folder")
        self._open = path
        folder = self._folder
        return {
            b"UIDVALIDITY": folder.uidvalidity,
            b"UIDNEXT": folder.next_uid,
            b"EXISTS": len(folder.mails),
        }

    def search(self, asked: Any) -> list[int]:
        self._before("imap search")
        mails = self._folder.mails
        if asked == "ALL":
            return list(mails)
        if asked[:2] == ["HEADER", "Message-ID"]:
            return [uid for uid, (raw, _) in mails.items() if message_id(raw) == asked[2]]
        if asked[0] == "UID":
            wanted = {int(uid) for uid in asked[1].split(",")}
            return [uid for uid in mails if uid in wanted]
        if asked[0] == "LARGER":
            return [uid for uid, (raw, _) in mails.items() if asked[1] < len(raw) < asked[3]]
        if asked[0] == "OR":
            below = int(asked[4].partition(":")[0])
            return [uid for uid, (_, at) in mails.items() if at.date() >= asked[2] or uid >= below]
        if asked[0] == "SINCE":
            return [uid for uid, (_, at) in mails.items() if at.date() >= asked[1]]
        raise AssertionError(f"a search that the made-up server does not know: {asked}")

    def fetch(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        self._before("imap fetch")
        mails, found = self._folder.mails, {}
        for uid in uids:
            if uid not in mails:
                continue
            raw, at = mails[uid]
            if items[0].startswith("BODY"):
                empty = self._weather.strikes("imap: a mail comes without its content")
                found[uid] = {b"BODY[]": b"" if empty else raw}
            else:
                found[uid] = {b"RFC822.SIZE": len(raw), b"INTERNALDATE": at}
        return found

    def move(self, uids: Iterable[int], path: str) -> None:
        self._before("imap move")
        if self._weather.strikes("imap: a folder is full"):
            raise IMAPClientError("move failed: [OVERQUOTA]")
        for uid in list(uids):
            if uid in self._folder.mails:
                self._box.folders[path].put(*self._folder.mails.pop(uid))
        self._after("imap move")

    def folder_exists(self, path: str) -> bool:
        self._before("imap list")
        return path in self._box.folders

    def create_folder(self, path: str) -> None:
        self._before("imap create")
        self._box.folders.setdefault(path, Folder())

    def subscribe_folder(self, _path: str) -> None:
        self._before("imap subscribe")

    def add_flags(self, uids: Sequence[int], flags: Sequence[bytes], silent: bool = False) -> None:
        self._before("imap store")

    def uid_expunge(self, uids: Sequence[int]) -> None:
        self._before("imap expunge")
        for uid in uids:
            self._folder.mails.pop(uid, None)

    def noop(self) -> None:
        self._before("imap noop")

    def logout(self) -> None:
        """Nothing to do."""

    def shutdown(self) -> None:
        """Nothing to do."""


def message_id(raw: bytes) -> str:
    return str(email.parser.BytesHeaderParser().parsebytes(raw)["Message-ID"] or "")
