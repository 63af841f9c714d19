"""What became of letters and is not in the database yet, which is full, locked or away: kept in memory and in a file.

The file outlives the process: the service may be stopped just because the disk is full. It lies beside an SQLite
register, else in the service's own state folder, and its room is taken beforehand: what is there can be written over
on a full disk too. A letter is known in it by its row and the digest of its bytes.
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import structlog

from service.desk.database import Database
from service.desk.post.claims import Waiting
from service.doors.transfer import Deferred, Outcome, Refused, Sent, Uncertain, Untried

log = structlog.get_logger()

_ROOM = 64 * 1024  # for the letters that a hundred mailboxes have in hand at once
_LONGEST_ANSWER = 500  # characters: so much of what a server said is kept
_SORTS = {sort.__name__: sort for sort in (Sent, Deferred, Refused, Uncertain)}


class Unnoted:
    """The outcomes of one process: also those of mailboxes that it takes care of no longer, and of the run before.

    file: where they are written down; None: in memory alone.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._kept: defaultdict[str, list[tuple[Waiting, Outcome]]] = defaultdict(list)
        self._left: list[dict[str, Any]] = []
        self._path, self._file = file, None if file is None else _opened(file)
        self._one_writer = threading.Lock()  # there is a sender for each mailbox
        if self._file is not None:
            self._left = _read(self._file)
            self._save()

    @classmethod
    def beside(cls, database: Database) -> Self:
        """Those of the process that works on this register now."""
        folder = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]  # systemd.exec(5)
        if database.file:
            place = database.file.resolve()
            return cls(place.with_name(f"{place.name}.outcomes"))
        return cls(Path(folder) / "outcomes" if folder and not database.is_sqlite else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = None

    def has_left_behind(self, mailbox: str) -> bool:
        """Whether an earlier run wrote down what became of letters of this mailbox."""
        return any(each["mailbox"] == mailbox for each in self._left)

    def recall(self, mailbox: str, look: Callable[[int, str, int], Waiting | None]) -> None:
        """Take over what an earlier run left. look: the letter by row, digest and run, where it is not noted yet."""
        with self._one_writer:
            for each in [each for each in self._left if each["mailbox"] == mailbox]:
                letter = look(each["letter"], each["sha256"], each["run"])
                if letter:
                    self._kept[mailbox].append((letter, _SORTS[each["sort"]](**each["outcome"])))
                self._left.remove(each)
        self._save()

    def first(self, mailbox: str) -> tuple[Waiting, Outcome] | None:
        """The oldest that is to be noted; None: there is none."""
        kept = self._kept[mailbox]
        return kept[0] if kept else None

    def keep(self, mailbox: str, letter: Waiting, outcome: Outcome) -> None:
        """One more."""
        self._kept[mailbox].append((letter, outcome))
        if not isinstance(outcome, Untried):  # nothing has become of it
            self._save()

    def is_noted(self, mailbox: str) -> None:
        """The oldest is in the database."""
        del self._kept[mailbox][0]
        self._save()

    def told(self) -> dict[str, object]:
        """How many there are and where, for the log."""
        count = len(self._left) + sum(map(len, self._kept.values()))
        return {"outcomes": count, "kept_in": "memory alone" if self._file is None else str(self._path)}

    def _save(self) -> None:
        if self._file is None:
            return
        with self._one_writer:
            rows = [*self._left, *(_row(box, *each) for box in list(self._kept) for each in list(self._kept[box]))]
            written = "".join(f"{json.dumps(row)}\n" for row in rows if row["sort"] in _SORTS)
            try:
                _write(self._file, written)
            except OSError as error:
                _tell(self._path, error)


def _row(mailbox: str, letter: Waiting, outcome: Outcome) -> dict[str, Any]:
    about = dataclasses.asdict(outcome) | {"text": outcome.text[:_LONGEST_ANSWER]}
    row = {"mailbox": mailbox, "letter": letter.id, "sha256": letter.sha256, "run": letter.run}
    return row | {"sort": type(outcome).__name__, "outcome": about}


def _opened(path: Path) -> int | None:
    """The file, for this process alone; None where it cannot be had: the service works all the same."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        _tell(path, error)
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        _tell(path, error)
        return None
    return file


def _tell(path: Path | None, error: OSError) -> None:
    log.warning("outcomes-not-written-down", file=str(path), error=error.strerror)


def _write(file: int, text: str) -> None:
    """In the place of what was there; the room that it does not need is kept for the next time."""
    content, done = text.encode().ljust(_ROOM), 0
    while done < len(content):
        done += os.pwrite(file, content[done:], done)
    os.ftruncate(file, done)
    os.fsync(file)


def _read(file: int) -> list[dict[str, Any]]:
    """What stands there; a line that a power cut has broken off says nothing."""
    rows = []
    for line in os.pread(file, os.fstat(file).st_size, 0).decode("utf-8", "replace").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return rows
