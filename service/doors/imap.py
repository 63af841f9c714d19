"""The single IMAP commands, each as all servers understand it: in parts, within limits, with other hands at work too.

What stands here sends commands over a connection that somebody else keeps (`inbox`).
"""

from __future__ import annotations

import hashlib
import io
import re
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from service.doors.tls import unreached

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator, Sequence

    from imapclient import IMAPClient

    from service.desk.rounds.refiling import Sought

BATCH_MAILS = 50
BATCH_BYTES = 8 * 1024 * 1024
SLICE_BYTES = 1024 * 1024
# Dovecot takes command lines up to 64 kB, so a list of UIDs goes out in parts.
UIDS_A_COMMAND = 500
# The answer to SEARCH is one line, and the library takes lines up to a million bytes.
MAILS_A_SEARCH = 20_000
# How often a folder may refuse mails before the rest of them waits for the next time.
MOST_REFUSALS = 20
# How often a list is made anew because people delete or move mails meanwhile (RFC 5530, EXPUNGEISSUED).
TRIES_WHILE_PEOPLE_MOVE = 3
# How soon `wait` notices that the daemon is to stop.
STOP_CHECK_SECONDS = 0.5

_BACKOFF = re.compile(r"backoff time:?\s*(\d{1,9})\s*milli", re.IGNORECASE)
_THROTTLED = re.compile(r"\bis throttled\b|\[throttled\]|too many (?:simultaneous )?connections", re.IGNORECASE)
_LONGEST_WAIT_SECONDS, _WAIT_WHERE_UNTOLD_SECONDS = 3600.0, 60.0
_HIGHEST_UID = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail before it is fetched; `size` is what the server says and some servers only estimate it."""

    uid: int
    size: int
    internal_date: datetime | None


def path_of(client: IMAPClient, folder: str) -> str:
    """The server's name of a folder that the configuration writes with `/`, below the personal namespace's prefix."""
    prefix, separator = "", "/"
    if client.has_capability("NAMESPACE") and (personal := client.namespace().personal):
        prefix, separator = personal[0][0], personal[0][1] or "/"
    path = folder.replace("/", separator)
    if path.casefold() == "inbox" or path.startswith(prefix):
        return path
    return prefix + path


def ensure(client: IMAPClient, path: str) -> None:
    """Make the folder where it is missing, and subscribe to it."""
    if not client.folder_exists(path):
        client.create_folder(path)
        client.subscribe_folder(path)  # or people's mail programs don't show it


def file(client: IMAPClient, folder: str, uids: Sequence[int]) -> dict[int, str]:
    """Move mails to one folder; those that the server refuses, with its reason. A single mail holds no other up."""
    try:
        path = path_of(client, folder)
        ensure(client, path)
    except IMAPClientError as error:
        if not _is_refusal(error):
            raise
        return dict.fromkeys(uids, reason(error))
    refused: dict[int, str] = {}
    refusals, waiting = 0, deque(list(part) for part in parts(uids))
    while waiting:
        part = waiting.popleft()
        try:
            _move_those_there(client, part, path)
        except IMAPClientError as error:
            if not _is_refusal(error):
                raise
            refusals += 1
            if len(part) == 1 or refusals > MOST_REFUSALS:
                refused |= dict.fromkeys(part, reason(error))
            else:
                middle = len(part) // 2
                waiting.extendleft([part[middle:], part[:middle]])
    return refused


def _move_those_there(client: IMAPClient, uids: Sequence[int], path: str) -> None:
    """Move mails while people delete and move some of them, which is no fault."""
    for _ in range(TRIES_WHILE_PEOPLE_MOVE):
        try:
            return _move(client, uids, path)
        except IMAPClientError as error:
            if not is_of_other_hands(error):
                raise
            uids = present(client, uids)
            if not uids:
                return None
    return None  # those that are still there are met in the next round


def _move(client: IMAPClient, uids: Sequence[int], path: str) -> None:
    """Move mails even where the server has no MOVE; nothing but these mails is ever expunged.

    Without UIDPLUS only a bare EXPUNGE exists, which would also remove what people have marked as deleted. There the
    copied mails stay behind, marked as deleted, and are not copied again.
    """
    if client.has_capability("MOVE"):
        client.move(uids, path)
        return
    flags = client.get_flags(uids)
    uids = [uid for uid in uids if uid in flags and b"\\Deleted" not in flags[uid]]
    if uids:
        client.copy(uids, path)
        client.add_flags(uids, [b"\\Deleted"], silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge(uids)


def search(client: IMAPClient, exists: int, since: datetime | None, below: int) -> list[int]:
    """The UIDs in the selected folder, in answers of bounded length; see `Inbox.uids` for `since` and `below`."""
    dates: list[Any] = []
    if since:  # the server's days are those of its own zone
        day = (since - timedelta(days=1)).date()
        dates = ["OR", "SINCE", day, "UID", f"{below}:*"] if below <= _HIGHEST_UID else ["SINCE", day]
    found: set[int] = set()
    for first in range(1, exists + 1, MAILS_A_SEARCH):
        last = first + MAILS_A_SEARCH - 1
        window = [] if exists <= MAILS_A_SEARCH else [f"{first}:{last if last < exists else '*'}"]
        found.update(client.search([*window, *dates] or "ALL"))
    return sorted(found)


def search_from(client: IMAPClient, first: int) -> list[int]:
    """The UIDs in the selected folder from that one on, lowest first."""
    # "n:*" always includes the last mail, also when its UID is lower (RFC 3501, 6.4.8).
    return sorted(uid for uid in client.search(["UID", f"{first}:*"]) if uid >= first)


def last_uid(client: IMAPClient, exists: int) -> int:
    """The highest UID in the selected folder, which holds so many mails; 0 where it is empty."""
    return max(client.search(["UID", "*"]), default=0) if exists else 0


def alike(client: IMAPClient, sought: Sought) -> list[int]:
    """The UIDs in the selected folder that are the mail: by its Message-ID, else by size and content.

    None where the server refuses to search.
    """
    try:
        return _alike(client, sought)
    except IMAPClientError as error:
        if not _is_refusal(error):
            raise
        return []


def _alike(client: IMAPClient, sought: Sought) -> list[int]:
    if sought.message_id.isascii() and sought.message_id.isprintable() and sought.message_id:
        return sorted(client.search(["HEADER", "Message-ID", sought.message_id]))
    same_size = client.search(["LARGER", sought.size - 1, "SMALLER", sought.size + 1])
    listed = [Listed(uid, sought.size, None) for uid in sorted(same_size)]
    found = (mail for batch in batches(listed) for mail in contents(client, batch))
    return [mail.uid for mail, raw in found if hashlib.sha256(raw).hexdigest() == sought.sha256]


def delete(client: IMAPClient, sought: Sought) -> bool:
    """Delete for good what is the mail, byte for byte, in the selected folder; nothing else is ever expunged.

    Without UIDPLUS the mail stays behind, marked as deleted, until somebody's mail program clears the folder. False
    where the server refuses.
    """
    try:
        _delete(client, sought)
    except IMAPClientError as error:
        if not _is_refusal(error):
            raise
        return False
    return True


def _delete(client: IMAPClient, sought: Sought) -> None:
    listed = [Listed(uid, sought.size, None) for uid in alike(client, sought)]
    found = (each for batch in batches(listed) for each in contents(client, batch))
    uids = [mail.uid for mail, raw in found if hashlib.sha256(raw).hexdigest() == sought.sha256]
    if uids:
        client.add_flags(uids, [b"\\Deleted"], silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge(uids)


def fetch(client: IMAPClient, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
    """FETCH while people delete and move mails: those that are gone are left out."""
    for _ in range(TRIES_WHILE_PEOPLE_MOVE):
        try:
            return dict(client.fetch(uids, items))
        except IMAPClientError as error:
            if not is_of_other_hands(error):
                raise
            uids = present(client, uids)
            if not uids:
                return {}
    return {}


def present(client: IMAPClient, uids: Sequence[int]) -> list[int]:
    """Those of the mails that are still in the folder."""
    client.noop()  # lets the server tell what has gone
    return sorted(client.search(["UID", ",".join(map(str, uids))]))


def sizes(client: IMAPClient, uids: Sequence[int]) -> list[Listed]:
    """Size and arrival of each of the mails that is still there."""
    answers = fetch(client, uids, ["RFC822.SIZE", "INTERNALDATE"])
    return [
        Listed(uid, int(answer[b"RFC822.SIZE"]), _utc(answer.get(b"INTERNALDATE")))
        for uid, answer in answers.items()
        if b"RFC822.SIZE" in answer
    ]


@dataclass(frozen=True, slots=True)
class Headed(Listed):
    """A mail by its header alone: the fields that tell who writes, and what it answers."""

    folder: str = ""
    uidvalidity: int = 0
    head: bytes = b""


def heads(client: IMAPClient, folder: str, uidvalidity: int, uids: Sequence[int]) -> Iterator[Headed]:
    """The header of each of the mails that is still there, unmarked."""
    for part in parts(uids):
        for uid, answer in fetch(client, part, ["RFC822.SIZE", "INTERNALDATE", _HEAD]).items():
            head = next((value for key, value in answer.items() if key.startswith(b"BODY[HEADER")), b"") or b""
            size, at = int(answer.get(b"RFC822.SIZE", 0)), _utc(answer.get(b"INTERNALDATE"))
            yield Headed(uid, size, at, folder, uidvalidity, head)


_HEAD = "BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES)]"


def _utc(when: datetime | None) -> datetime | None:
    return when.astimezone(UTC) if when is not None else None


def parts(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The UIDs in lists that a command line holds."""
    for start in range(0, len(uids), UIDS_A_COMMAND):
        yield uids[start : start + UIDS_A_COMMAND]


def batches(listed: Iterable[Listed]) -> Iterator[list[Listed]]:
    """What is fetched at once: at most 50 mails and 8 MB, or one larger mail."""
    batch: list[Listed] = []
    size = 0
    for mail in listed:
        if batch and (len(batch) == BATCH_MAILS or size + mail.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(mail)
        size += mail.size
    if batch:
        yield batch


def contents(client: IMAPClient, batch: Sequence[Listed]) -> Iterator[tuple[Listed, bytes]]:
    """The bytes of each mail in the batch that still exists; empty where the server gives none."""
    if len(batch) == 1 and batch[0].size > SLICE_BYTES:
        raw = _sliced(client, batch[0].uid)
        if raw is not None:
            yield batch[0], raw
        return
    answers = fetch(client, [mail.uid for mail in batch], ["BODY.PEEK[]"])
    for mail in batch:
        if mail.uid in answers:
            yield mail, answers[mail.uid].get(b"BODY[]") or b""


def _sliced(client: IMAPClient, uid: int) -> bytes | None:
    """A large mail piece by piece, in memory once only; None when it disappears on the way."""
    whole = io.BytesIO()
    while True:
        offset = whole.tell()
        answer = fetch(client, [uid], [f"BODY.PEEK[]<{offset}.{SLICE_BYTES}>"]).get(uid)
        if answer is None:
            return None
        piece = answer.get(f"BODY[]<{offset}>".encode()) or b""
        whole.write(piece)
        if len(piece) < SLICE_BYTES:
            return whole.getvalue()


def idle(client: IMAPClient, seconds: float, stop: threading.Event) -> bool:
    """One IDLE of at most `seconds`; whether mail came. Ending it makes a dead link show itself."""
    ends = time.monotonic() + seconds
    answers: list[Any] = []
    client.idle()
    while not answers and not stop.is_set() and (left := ends - time.monotonic()) > 0:
        began, patience = time.monotonic(), min(left, STOP_CHECK_SECONDS)
        answers = client.idle_check(patience)
        if not answers and time.monotonic() - began < patience / 2:
            break  # this is how the library answers when the link is dead: at once and with nothing
    _, late = client.idle_done()
    return any(len(answer) > 1 and answer[1] == b"EXISTS" for answer in [*answers, *late])


def _is_refusal(error: IMAPClientError) -> bool:
    """Whether the server said NO (or BAD) to one command, on a connection that goes on."""
    return not (isinstance(error, (IMAPClientAbortError, ProtocolError, LoginError)) or told_wait(error))


def is_of_other_hands(error: IMAPClientError) -> bool:
    return _is_refusal(error) and "[EXPUNGEISSUED]" in str(error).upper()


def is_broken_link(error: Exception) -> bool:
    """Whether the connection is gone."""
    # The library reports a link that broke during log-in as a failed log-in.
    cause = error.__context__ if isinstance(error, LoginError) else error
    return isinstance(cause, IMAPClientAbortError)


def told_wait(error: Exception) -> float:
    """How many seconds a server that is asked too much wants to be left alone; 0 where it says nothing of the kind.

    Exchange says so in an answer of any kind: "Request is throttled. Suggested Backoff Time: 299923 milliseconds".
    """
    if not isinstance(error, IMAPClientError):
        return 0.0
    found = _BACKOFF.search(str(error))
    if found:
        return min(max(int(found[1]) / 1000, 1.0), _LONGEST_WAIT_SECONDS)
    return _WAIT_WHERE_UNTOLD_SECONDS if _THROTTLED.search(str(error)) else 0.0


def reason(error: Exception) -> str:
    """What went wrong, without the parts of mails that the library puts into some of its texts."""
    if told := unreached(error):
        return told
    if is_broken_link(error) and not told_wait(error):
        return "the connection was lost"
    if isinstance(error, ProtocolError) or not isinstance(error, (IMAPClientError, OSError)):
        return "an answer that can't be understood"
    return str(error)[:200] or type(error).__name__
