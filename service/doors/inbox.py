"""The IMAP door, only importer of imapclient: what lies in the inbox folder comes in, what is committed is filed away.

Mail is fetched without being marked: people read the same mailbox, and a flag says nothing about what the service has
done. What is done the register knows, by mailbox, UIDVALIDITY and UID.
"""

from __future__ import annotations

import io
import logging
import socket
import ssl
import time
from collections import Counter, deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import structlog
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from service.doors.account import Security
from service.doors.tls import GREETING_SECONDS, Mismatch, Speech, context, login_advice, mismatch

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from service.desk.beginnings import Border
    from service.doors.account import Server

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
TIMEOUT = SocketTimeout(connect=15, read=60)
# A server may drop an idling client after 30 minutes (RFC 2177), a firewall well before that.
IDLE_RENEWAL_SECONDS = 9 * 60
# How soon `wait` notices that the daemon is to stop.
STOP_CHECK_SECONDS = 0.5
# RFC 5530: the log-in failed for a reason that passes by itself.
PASSING_REASONS = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")

_HIGHEST_UID = (1 << 32) - 1

log = structlog.get_logger(__name__)


class InboxError(Exception):
    """The mailbox could not be reached or did not do what was asked; the connection is closed.

    `temporary` tells that the same may work later. Otherwise (a refused log-in, an untrusted certificate) a person has
    to mend something, and trying again at once only locks the account.
    """

    def __init__(self, what: str, *, temporary: bool, advice: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.temporary = temporary
        self.advice = advice  # what a person can do, where that is known


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


@dataclass(frozen=True, slots=True)
class _Listed:
    """A mail before it is fetched; `size` is what the server says and some servers only estimate it."""

    uid: int
    size: int
    internal_date: datetime | None


class Inbox:
    """The inbox folder of one account: one connection, to be used by one thread.

    Every method connects when there is no connection, and raises InboxError when something fails. `mailbox` is the
    short name that the configuration gives it.
    """

    def __init__(self, server: Server, mailbox: str, folder: str = "INBOX") -> None:
        self.server = server
        self.mailbox = mailbox
        self.folder = folder
        self._client: IMAPClient | None = None
        self._uidvalidity: int | None = None
        self._next_uid = 0
        self._highest_uid = 0
        self._stumbles: Counter[int] = Counter()

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def connect(self) -> None:
        """Connect and log in, unless that is done."""
        if self._client is None:
            # At DEBUG the library logs addresses and parts of mails.
            logging.getLogger("imapclient").setLevel(logging.WARNING)
            with self._guard("log in"):
                self._client = _connected(self.server)

    def close(self) -> None:
        """Log out and close; a link that is already dead is no error."""
        if self._client is not None:
            with suppress(IMAPClientError, OSError):
                self._client.logout()
        self._drop()

    def select(self) -> int:
        """Open the inbox folder, whose UIDVALIDITY and UIDNEXT are known then; returns how many mails it holds."""
        with self._session("open the inbox folder") as client:
            answer = client.select_folder(_path(client, self.folder))
            self._uidvalidity = int(answer[b"UIDVALIDITY"])
            self._next_uid = int(answer.get(b"UIDNEXT", 0))
            return int(answer[b"EXISTS"])

    def uids(self, since: datetime | None = None, below: int = 0) -> list[int]:
        """The UIDs of all mails in the inbox folder, whatever their flags, lowest first.

        With `since` (aware) those below `below` are left out that came in on an earlier day, as the server sees days.
        """
        exists = self.select()
        with self._session("list the inbox folder") as client:
            found = _search(client, exists, since, below)
            if since is None:
                self._highest_uid = found[-1] if found else 0
            return found

    def new_mail(
        self, already: Callable[[int, Sequence[int]], set[int]], border: Border | None = None
    ) -> Iterator[list[Fetched]]:
        """Fetch what the register has not done, oldest UID first, in batches that hold memory flat.

        `already(uidvalidity, uids)` gives those of the folder's UIDs that are done; they are not fetched again, nor is
        what lies beyond the border. A mail that disappears meanwhile or comes without content is left out and met again
        at the next call.
        """
        present = self.uids(border.since, border.below) if border else self.uids()
        done = already(self.uidvalidity, present)
        yield from self.fetch([uid for uid in present if uid not in done], border)

    def older(self, border: Border) -> int:
        """How many mails in the inbox folder lie beyond the border, by their INTERNALDATE."""
        everything, near = len(self.uids()), self.uids(border.since, border.below)
        with self._session("look at the dates of mails") as client:
            within = sum(
                not border.leaves(mail.uid, mail.internal_date)
                for part in _parts(near)
                for mail in _sizes(client, part)
            )
        return max(0, everything - within)

    @property
    def next_uid(self) -> int:
        """What the server will call the next mail (UIDNEXT), as of the last listing; 0 where it does not tell."""
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
        for part in [*_parts(trusted), *([uid] for uid in doubtful)]:
            with self._asking_for(part) as client:
                listed = [m for m in _sizes(client, part) if not (border and border.leaves(m.uid, m.internal_date))]
            # No name here holds a batch: it is gone when the caller lets go of it.
            yield from filter(None, map(self._batch, _batches(listed)))

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
                refused |= _file(client, folder, uids)
        return refused

    def hang_up(self) -> None:
        """Break the connection, from another thread: whoever waits for the server gets InboxError at once."""
        client = self._client
        if client is not None:
            with suppress(IMAPClientError, OSError, AttributeError):
                client.socket().shutdown(socket.SHUT_RDWR)

    def wait(self, timeout_seconds: float, stop: threading.Event) -> bool:
        """Wait for new mail with IDLE, or just wait where the server lacks it; True when there is something new.

        Returns early when `stop` is set. A link that dies meanwhile raises InboxError.
        """
        ends = time.monotonic() + timeout_seconds
        with self._session("wait for mail") as client:
            idles = client.has_capability("IDLE") and self._uidvalidity is not None
            # What came in after the listing was announced during other commands; IDLE tells only of what comes now.
            if idles and self._has_news(client):
                return True
            while idles and not stop.is_set() and (left := ends - time.monotonic()) > 0:
                if _idle(client, min(left, IDLE_RENEWAL_SECONDS), stop):
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
            return [folder for folder in folders if not client.folder_exists(_path(client, folder))]

    def append(self, folder: str, raw: bytes, when: datetime | None = None) -> None:
        """Put a mail into a folder (created when missing), unread, with `when` (aware) as its INTERNALDATE."""
        with self._session("append a mail") as client:
            path = _path(client, folder)
            _ensure(client, path)
            client.append(path, raw, msg_time=when)

    def _has_news(self, client: IMAPClient) -> bool:
        client.noop()  # or the server may search in what it has shown so far
        # "n:*" always includes the last mail, also when its UID is lower (RFC 3501, 6.4.8).
        return any(uid > self._highest_uid for uid in client.search(["UID", f"{self._highest_uid + 1}:*"]))

    def _batch(self, batch: Sequence[_Listed]) -> list[Fetched]:
        with self._asking_for([listed.uid for listed in batch]) as client:
            mails = [
                Fetched(self.mailbox, self.folder, self.uidvalidity, mail.uid, mail.internal_date, len(raw), raw)
                for mail, raw in _contents(client, batch)
            ]
        for mail in mails:
            del self._stumbles[mail.uid]
            if not mail.raw:
                log.warning("mail without content left in the inbox", mailbox=self.mailbox, uid=mail.uid)
        return [mail for mail in mails if mail.raw]

    @contextmanager
    def _asking_for(self, uids: Sequence[int]) -> Iterator[IMAPClient]:
        try:
            with self._session("fetch mails") as client:
                yield client
        except InboxError:
            self._stumbles.update(uids)
            raise

    def _drop(self) -> None:
        client, self._client, self._uidvalidity = self._client, None, None
        if client is not None:
            with suppress(IMAPClientError, OSError):
                client.shutdown()

    @contextmanager
    def _session(self, doing: str) -> Iterator[IMAPClient]:
        self.connect()
        with self._guard(doing):
            yield self._client

    @contextmanager
    def _guard(self, doing: str) -> Iterator[None]:
        """Turn whatever goes wrong at the server into InboxError, and throw the connection away."""
        try:
            yield
        except (IMAPClientError, OSError, ValueError) as error:
            self._drop()  # without a log-out: a dead link would not answer it
            what = f"{self.server.place}: could not {doing}: {_reason(error)}"
            temporary = _is_temporary(error)
            raise InboxError(what, temporary=temporary, advice=_advice(self.server, error, temporary)) from error


def _connected(server: Server) -> IMAPClient:
    """Connect and log in; a server that says nothing is asked whether it waits for TLS before it is waited for."""
    for timeout in (replace(TIMEOUT, connect=GREETING_SECONDS), TIMEOUT):
        try:
            return _open(server, timeout)
        except (IMAPClientError, OSError) as error:
            if found := mismatch(server, Speech.IMAP, error):
                raise found from error
            if not isinstance(error, TimeoutError) or timeout == TIMEOUT:
                raise
    raise AssertionError("the last attempt returns or raises")


def _open(server: Server, timeout: SocketTimeout) -> IMAPClient:
    tls = None if server.security is Security.NONE else context(server)
    direct = server.security is Security.TLS
    client = IMAPClient(
        server.host, server.port, ssl=direct, ssl_context=tls if direct else None, timeout=timeout, use_uid=True
    )
    try:
        client.normalise_times = False
        if server.security is Security.STARTTLS:
            client.starttls(tls)
        _log_in(client, server)
    except BaseException:
        with suppress(IMAPClientError, OSError):
            client.shutdown()
        raise
    return client


def _log_in(client: IMAPClient, server: Server) -> None:
    if server.username is None:
        raise LoginError("an IMAP account needs a username")
    if server.token is not None:
        client.oauth2_login(server.username, server.token())
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(server.username, server.password)  # LOGIN can't carry å, ä, ö
    else:
        client.login(server.username, server.password)


def _path(client: IMAPClient, folder: str) -> str:
    """The server's name of a folder that the configuration writes with `/`, below the personal namespace's prefix."""
    prefix, separator = "", "/"
    if client.has_capability("NAMESPACE") and (personal := client.namespace().personal):
        prefix, separator = personal[0][0], personal[0][1] or "/"
    path = folder.replace("/", separator)
    if path.casefold() == "inbox" or path.startswith(prefix):
        return path
    return prefix + path


def _ensure(client: IMAPClient, path: str) -> None:
    if not client.folder_exists(path):
        client.create_folder(path)
        client.subscribe_folder(path)  # or people's mail programs don't show it


def _file(client: IMAPClient, folder: str, uids: Sequence[int]) -> dict[int, str]:
    """Move mails to one folder; those that the server refuses, with its reason. A single mail holds no other up."""
    try:
        path = _path(client, folder)
        _ensure(client, path)
    except IMAPClientError as error:
        if not _is_refusal(error):
            raise
        return dict.fromkeys(uids, _reason(error))
    refused: dict[int, str] = {}
    refusals, parts = 0, deque(list(part) for part in _parts(uids))
    while parts:
        part = parts.popleft()
        try:
            _move_those_there(client, part, path)
        except IMAPClientError as error:
            if not _is_refusal(error):
                raise
            refusals += 1
            if len(part) == 1 or refusals > MOST_REFUSALS:
                refused |= dict.fromkeys(part, _reason(error))
            else:
                middle = len(part) // 2
                parts.extendleft([part[middle:], part[:middle]])
    return refused


def _move_those_there(client: IMAPClient, uids: Sequence[int], path: str) -> None:
    """Move mails while people delete and move some of them, which is no fault."""
    for _ in range(TRIES_WHILE_PEOPLE_MOVE):
        try:
            return _move(client, uids, path)
        except IMAPClientError as error:
            if not _is_of_other_hands(error):
                raise
            uids = _present(client, uids)
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


def _search(client: IMAPClient, exists: int, since: datetime | None, below: int) -> list[int]:
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


def _fetch(client: IMAPClient, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
    """FETCH while people delete and move mails: those that are gone are left out."""
    for _ in range(TRIES_WHILE_PEOPLE_MOVE):
        try:
            return dict(client.fetch(uids, items))
        except IMAPClientError as error:
            if not _is_of_other_hands(error):
                raise
            uids = _present(client, uids)
            if not uids:
                return {}
    return {}


def _present(client: IMAPClient, uids: Sequence[int]) -> list[int]:
    """Those of the mails that are still in the folder."""
    client.noop()  # lets the server tell what has gone
    return sorted(client.search(["UID", ",".join(map(str, uids))]))


def _sizes(client: IMAPClient, uids: Sequence[int]) -> list[_Listed]:
    answers = _fetch(client, uids, ["RFC822.SIZE", "INTERNALDATE"])
    return [
        _Listed(uid, int(answer[b"RFC822.SIZE"]), _utc(answer.get(b"INTERNALDATE")))
        for uid, answer in answers.items()
        if b"RFC822.SIZE" in answer
    ]


def _utc(when: datetime | None) -> datetime | None:
    return when.astimezone(UTC) if when is not None else None


def _parts(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), UIDS_A_COMMAND):
        yield uids[start : start + UIDS_A_COMMAND]


def _batches(listed: Iterable[_Listed]) -> Iterator[list[_Listed]]:
    batch: list[_Listed] = []
    size = 0
    for mail in listed:
        if batch and (len(batch) == BATCH_MAILS or size + mail.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(mail)
        size += mail.size
    if batch:
        yield batch


def _contents(client: IMAPClient, batch: Sequence[_Listed]) -> Iterator[tuple[_Listed, bytes]]:
    """The bytes of each mail in the batch that still exists; empty where the server gives none."""
    if len(batch) == 1 and batch[0].size > SLICE_BYTES:
        raw = _sliced(client, batch[0].uid)
        if raw is not None:
            yield batch[0], raw
        return
    answers = _fetch(client, [mail.uid for mail in batch], ["BODY.PEEK[]"])
    for mail in batch:
        if mail.uid in answers:
            yield mail, answers[mail.uid].get(b"BODY[]") or b""


def _sliced(client: IMAPClient, uid: int) -> bytes | None:
    """A large mail piece by piece, in memory once only; None when it disappears on the way."""
    whole = io.BytesIO()
    while True:
        offset = whole.tell()
        answer = _fetch(client, [uid], [f"BODY.PEEK[]<{offset}.{SLICE_BYTES}>"]).get(uid)
        if answer is None:
            return None
        piece = answer.get(f"BODY[]<{offset}>".encode()) or b""
        whole.write(piece)
        if len(piece) < SLICE_BYTES:
            return whole.getvalue()


def _idle(client: IMAPClient, seconds: float, stop: threading.Event) -> bool:
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
    return not isinstance(error, (IMAPClientAbortError, ProtocolError, LoginError))


def _is_of_other_hands(error: IMAPClientError) -> bool:
    return _is_refusal(error) and "[EXPUNGEISSUED]" in str(error).upper()


def _is_temporary(error: Exception) -> bool:
    if isinstance(error, LoginError):
        return _is_broken_link(error) or any(reason in str(error).upper() for reason in PASSING_REASONS)
    return not isinstance(error, (ssl.SSLCertVerificationError, CapabilityError, Mismatch))


def _advice(server: Server, error: Exception, temporary: bool) -> str:
    if isinstance(error, Mismatch):
        return error.advice
    return login_advice(server) if isinstance(error, LoginError) and not temporary else ""


def _is_broken_link(error: Exception) -> bool:
    # The library reports a link that broke during log-in as a failed log-in.
    cause = error.__context__ if isinstance(error, LoginError) else error
    return isinstance(cause, IMAPClientAbortError)


def _reason(error: Exception) -> str:
    """What went wrong, without the parts of mails that the library puts into some of its texts."""
    if _is_broken_link(error):
        return "the connection was lost"
    if isinstance(error, (ProtocolError, ValueError)) and not isinstance(error, ssl.SSLError):
        return "an answer that can't be understood"
    return str(error)[:200] or type(error).__name__
