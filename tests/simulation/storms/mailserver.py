"""A mailbox in memory that answers as an IMAP server does, and breaks as one does. Stands in for `IMAPClient`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from tests.simulation.storms.weather import Weather


@dataclass
class Folder:
    """Mails by UID, each with its bytes and the day it came in (aware UTC)."""

    uidvalidity: int = 1
    next_uid: int = 1
    mails: dict[int, tuple[bytes, datetime]] = field(default_factory=dict)

    def put(self, raw: bytes, at: datetime) -> None:
        """A mail comes in."""
        self.mails[self.next_uid] = (raw, at)
        self.next_uid += 1


@dataclass
class Mailbox:
    """What lies on the server, whatever becomes of the service. in_hand: what a person has taken out for a while.

    meanwhile: what others do while somebody waits for an answer.
    """

    weather: Weather
    meanwhile: Callable[[], None] = lambda: None
    folders: dict[str, Folder] = field(default_factory=lambda: {"INBOX": Folder()})
    in_hand: list[tuple[bytes, datetime]] = field(default_factory=list)

    @property
    def inbox(self) -> Folder:
        """Where new mail lies."""
        return self.folders["INBOX"]

    def renumber(self) -> None:
        """The server was restored: UIDVALIDITY changes, and all mails get new UIDs, the lowest again."""
        old = self.inbox
        fresh = Folder(old.uidvalidity + 1)
        for raw, at in old.mails.values():
            fresh.put(raw, at)
        self.folders["INBOX"] = fresh

    def take_out(self, folder: Folder) -> None:
        """A person takes a mail into a folder of her own."""
        if folder.mails:
            self.in_hand.append(folder.mails.pop(self.weather.dice.choice(list(folder.mails))))

    def give_back(self) -> None:
        """What she took lies among the new mails again."""
        while self.in_hand:
            self.inbox.put(*self.in_hand.pop())

    def everywhere(self) -> list[tuple[str, bytes]]:
        """Every mail, with its folder."""
        lie = [(name, raw) for name, folder in self.folders.items() for raw, _ in folder.mails.values()]
        return lie + [("a hand", raw) for raw, _ in self.in_hand]


class Client:
    """One connection."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._box, self._weather = mailbox, mailbox.weather
        self._open = ""
        self._before("log in")

    def _before(self, what: str) -> None:
        self._weather.step(f"imap {what}")
        self._box.meanwhile()
        if self._weather.strikes("imap: link cut before an answer"):
            raise IMAPClientAbortError("socket error: EOF")

    def _after(self, what: str) -> None:
        self._weather.step(f"after imap {what}")
        if self._weather.strikes("imap: done, but the answer was lost"):
            raise IMAPClientAbortError("socket error: EOF")

    @property
    def _folder(self) -> Folder:
        return self._box.folders[self._open]

    def has_capability(self, name: str) -> bool:
        """A server as most are."""
        return name in {"MOVE", "UIDPLUS"}

    def list_folders(self) -> list[tuple[tuple[bytes, ...], bytes, str]]:
        """All, and none is special."""
        self._before("list")
        return [((), b"/", name) for name in self._box.folders]

    def folder_exists(self, path: str) -> bool:
        """Whether there is such a folder."""
        self._before("list")
        return path in self._box.folders

    def create_folder(self, path: str) -> None:
        """Make a folder."""
        self._before("create")
        self._box.folders.setdefault(path, Folder())
        self._after("create")

    def subscribe_folder(self, _path: str) -> None:
        """Nobody sees the difference."""
        self._before("subscribe")

    def select_folder(self, path: str, readonly: bool = False) -> dict[bytes, int]:
        """Open a folder."""
        self._before("select")
        if path not in self._box.folders:
            raise IMAPClientError("select failed: no such folder")
        self._open, folder = path, self._box.folders[path]
        return {b"UIDVALIDITY": folder.uidvalidity, b"UIDNEXT": folder.next_uid, b"EXISTS": len(folder.mails)}

    def search(self, asked: Any) -> list[int]:
        """The searches that the service makes, and no others."""
        self._before("search")
        match asked:
            case "ALL":
                return list(self._folder.mails)
            case ["HEADER", "Message-ID", sought]:
                return self._that(lambda _uid, raw, _at: message_id(raw) == sought)
            case ["UID", uids]:
                first, _, last = uids.partition(":")
                if last == "*":
                    return self._that(lambda uid, _raw, _at: uid >= int(first))
                return self._that(lambda uid, _raw, _at: str(uid) in uids.split(","))
            case ["LARGER", low, "SMALLER", high]:
                return self._that(lambda _uid, raw, _at: low < len(raw) < high)
            case ["OR", "SINCE", day, "UID", uids]:
                return self._that(lambda uid, _raw, at: at.date() >= day or uid >= int(uids.partition(":")[0]))
            case ["SINCE", day]:
                return self._that(lambda _uid, _raw, at: at.date() >= day)
        raise AssertionError(f"a search that the made-up server does not know: {asked}")

    def _that(self, fits: Any) -> list[int]:
        return [uid for uid, (raw, at) in self._folder.mails.items() if fits(uid, raw, at)]

    def fetch(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        """Of those that are there. A mail may come without its content; the header alone is the whole mail here."""
        self._before("fetch")
        found: dict[int, dict[bytes, Any]] = {}
        for uid in uids:
            if uid in self._folder.mails:
                raw, at = self._folder.mails[uid]
                found[uid] = {b"RFC822.SIZE": len(raw), b"INTERNALDATE": at}
                if "BODY.PEEK[]" in items:
                    empty = self._weather.strikes("imap: a mail comes without its content")
                    found[uid] = {b"BODY[]": b"" if empty else raw}
                elif len(items) > len(found[uid]):
                    found[uid][b"BODY[HEADER]"] = raw.partition(b"\r\n\r\n")[0]
        return found

    def move(self, uids: Iterable[int], path: str) -> None:
        """Whoever cuts the link afterwards leaves it done."""
        self._before("move")
        if self._weather.strikes("imap: a folder is full"):
            raise IMAPClientError("move failed: [OVERQUOTA]")
        for uid in list(uids):
            if uid in self._folder.mails:
                self._box.folders[path].put(*self._folder.mails.pop(uid))
        self._after("move")

    def add_flags(self, uids: Sequence[int], flags: Sequence[bytes], silent: bool = False) -> None:
        """No flag tells the service anything."""
        self._before("store")

    def uid_expunge(self, uids: Sequence[int]) -> None:
        """Delete for good."""
        self._before("expunge")
        for uid in uids:
            self._folder.mails.pop(uid, None)
        self._after("expunge")

    def noop(self) -> None:
        """Nothing."""
        self._before("noop")

    def logout(self) -> None:
        """Nothing to do."""

    def shutdown(self) -> None:
        """Nothing to do."""


def message_id(raw: bytes) -> str:
    """Of a mail as this town's programs write it."""
    found = _MESSAGE_ID.search(raw)
    return found[1].decode() if found else ""


_MESSAGE_ID = re.compile(rb"^Message-ID:\s+(\S+)", re.MULTILINE | re.IGNORECASE)
