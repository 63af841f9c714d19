"""Who is at work on a register: one process at a time on SQLite, any number on PostgreSQL.

Both know of each run whether it still lives, so that what a dead one had in hand can be told from what is being done.
"""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import secrets
import struct
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from service.desk.database import Database

_RUN_BITS = 62  # fits PostgreSQL's bigint, which its advisory locks take
# So long the sign of a run must have been missing before it counts as dead: longer than one that lives needs to show
# itself anew. It does every few seconds, but a link that has died without a word is noticed within a minute.
_GONE_SECONDS = 90.0
# A database that was away for longer than a claim holds: so long whoever has letters in hand has the first word.
_NOTING_SECONDS = 60.0


class Occupied(Exception):
    """Another process is at work on the same SQLite register."""


class Replaced(Exception):
    """Another file has been put in the place of the SQLite register that this process is at work on."""


class Occupancy:
    """A run's place at the register, held until it is left; the system lets go of it when the process dies.

    Where the database was restarted the place is taken again with the next question, be it about this very run: who
    works asks now and then, or others would take it for dead. `clock` is monotonic, in seconds.

    Raises:
        Occupied: on entering, where another process has the place.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self.run = secrets.randbits(_RUN_BITS)
        self._database, self._clock = database, clock
        self._missing: dict[int, float] = {}  # since when the sign of a run has been missing
        self._late: dict[str, dict[int, float]] = {}  # by mailbox, since when a run's claims are known to have run out
        self._taken_again = -math.inf
        self._file: int | None = None
        self._register: int | None = None
        self._log: tuple[int, int] | None = None
        self._session: Connection | None = None
        self._one_question = threading.Lock()  # all threads of the run ask over the session that holds the place

    def __enter__(self) -> Self:
        if self._database.file:
            self._file = _lock(self._database.file.resolve())
            try:
                self._register = _lock_itself(self._database.file.resolve())
            except Occupied:
                os.close(self._file)
                raise
        elif not self._database.is_sqlite:
            self._take_place()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if self._register is not None:
            # SQLite's own locks end as soon as the process closes any descriptor of the file: its connections go first
            self._database.close()
            os.close(self._register)
        if self._file is not None:
            os.close(self._file)
        if self._session is not None:
            # let go of by word first: the server lets go of what a session held some time after it has ended
            with contextlib.suppress(SQLAlchemyError):
                self._session.execute(select(func.pg_advisory_unlock_shared(self.run)))
            self._give_up(self._session)
        self._file = self._register = self._session = None

    def is_in_place(self) -> bool:
        """Whether the SQLite register is still the file under its name; what is written into another one is lost."""
        if self._database.file is None or self._register is None:
            return True
        here = os.fstat(self._register)
        if _identity(self._database.file) != (here.st_dev, here.st_ino):
            return False
        self._log = _identity(_beside(self._database.file, "-wal"))
        return True

    def give_way(self) -> None:
        """End where another file is in the register's place.

        The earlier one's log would be replayed into it. It gets another name: the earlier file may be kept somewhere,
        and lacks what stands there.

        Raises:
            Replaced: it is so.
        """
        if self.is_in_place():
            return
        assert self._database.file
        self._database.close()
        log, kept = _beside(self._database.file, "-wal"), _beside(self._database.file, ".earlier-wal")
        if self._log and _identity(log) == self._log:
            log.replace(kept)
            _beside(self._database.file, "-shm").unlink(missing_ok=True)
        raise Replaced(
            f"{self._database.file}: another file has been put in its place (or it was removed) while this was at work"
            " on it; start anew to work on that one, and stop the service first the next time. What the earlier one had"
            f" not taken in yet may lie in {kept.name}"
        )

    def is_alive(self, run: int) -> bool:
        """Whether that run's sign is there. One that has just lost its session may live all the same: see `has_died`.

        Raises:
            SQLAlchemyError: the database is away.
        """
        if self._database.is_sqlite:
            return run == self.run
        with self._one_question:
            if self._session is not None:
                try:
                    return self._asked(self._session, run)
                except SQLAlchemyError:
                    self._give_up(self._session)
            session = self._take_place()
            self._taken_again = self._clock()
            return self._asked(session, run)

    def has_died(self, run: int) -> bool:
        """Whether that run has ended for sure: its sign has been missing for longer than one that lives goes without.

        Our own session has held meanwhile: where it broke, the others' may have broken with it.

        Raises:
            SQLAlchemyError: the database is away.
        """
        if self.is_alive(run):
            self._missing.pop(run, None)
            return False
        if self._database.is_sqlite:
            return True
        now = self._clock()
        return now - self._missing.setdefault(run, now) >= _GONE_SECONDS

    def may_note(self, mailbox: str, late: Iterable[int]) -> list[int]:
        """Those of the runs whose claims have run out that may be about to note what became of the letters.

        They live, as far as can be seen so soon after a break of the sessions, and have not had time since.
        """
        now = self._clock()
        before = self._late.get(mailbox, {})
        self._late[mailbox] = {run: before.get(run, now) for run in late}
        fresh = [run for run, since in self._late[mailbox].items() if now - since < _NOTING_SECONDS]
        return [run for run in fresh if self.is_alive(run) or now - self._taken_again < _NOTING_SECONDS]

    def _asked(self, session: Connection, run: int) -> bool:
        if run != self.run:
            return _holds(session, run)
        session.execute(_STILL_THERE)
        return True

    def _take_place(self) -> Connection:
        self._session = None
        self._missing.clear()
        session = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        # shared with ourselves: the server may not have noticed yet that our session from before is broken
        session.execute(select(func.pg_advisory_lock_shared(self.run)))
        self._session = session
        return session

    def _give_up(self, session: Connection) -> None:
        with contextlib.suppress(SQLAlchemyError):
            session.invalidate()  # a session that is broken must not go back to the pool with its lock
            session.close()


_STILL_THERE = select(1)  # asked for each letter: put together once


def _holds(session: Connection, run: int) -> bool:
    """Whether somebody has the place with that number; it is tried for the length of this statement."""
    return not session.scalar(select(func.pg_try_advisory_xact_lock(run)))


def _lock(database: Path) -> int:
    path = database.with_name(f"{database.name}.lock")
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        process = os.read(file, 20).decode("ascii", "replace").strip() or "unknown"
        os.close(file)
        raise Occupied(
            f"{database}: another synpunkten (process {process}) is at work on it; stop that one first"
        ) from None
    os.truncate(file, 0)
    os.write(file, f"{os.getpid()}\n".encode())
    return file


def _lock_itself(database: Path) -> int:
    """A lock on the register's file itself, whatever name leads to it.

    It belongs to the descriptor, not to the process, and to one byte far beyond SQLite's: neither minds the other.
    """
    file = os.open(database, os.O_RDWR | os.O_CLOEXEC)
    wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, _BYTE_OF_THE_LOCK, 1, 0)
    try:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, wanted)
    except AttributeError:
        pass  # Linux alone has them: elsewhere there is the other one
    except (BlockingIOError, PermissionError):
        os.close(file)
        raise Occupied(
            f"{database}: another synpunkten is at work on it, maybe by another name of the file; stop that one first"
        ) from None
    except OSError:
        pass  # a file system without such locks: there is the other one
    return file


_BYTE_OF_THE_LOCK = 1 << 62


def _beside(database: Path, suffix: str) -> Path:
    return database.with_name(database.name + suffix)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
