"""The database: opening it, one transaction at a time, and its schema.

SQLite has one writer: a lock keeps this process's threads in line, `BEGIN IMMEDIATE` other processes. PostgreSQL needs
neither. `synchronous=FULL` stays: a mail is moved in the mailbox only after its case is on the disk.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DataError, DBAPIError, DisconnectionError, IntegrityError, OperationalError, ProgrammingError

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_MS = 30_000
_SYNCHRONOUS_FULL = 2
# A link that has died is noticed within a minute, also where no word of it comes (a host that is off, a firewall).
_LINK = {"connect_timeout": 10, "keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 3}
_LINK["tcp_user_timeout"] = 60_000  # ms
# A process that stands still in the middle of a transaction must not keep the others waiting for its locks: the server
# ends it, and it rolls back. No transaction of ours thinks for so long between two statements; the one that has the
# journal's end, which all mailboxes share, thinks even less (`journal`).
_SESSION = {"idle_in_transaction_session_timeout": "120s", "synchronous_commit": "on"}


def fault_words(error: BaseException) -> str:
    """The database's own sort of fault (`database is locked`, `DiskFull 53100`), never a statement or its parameters.

    Of another error, its sort alone: its text may hold what a mail says.
    """
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        return str(cause).partition("\n")[0]  # SQLite's texts name tables and columns, no values
    sqlstate = getattr(cause, "sqlstate", None)
    if sqlstate:
        return f"{type(cause).__name__} {sqlstate}"
    if isinstance(error, OperationalError) and cause:  # no connection: host and port, and what the network said
        return str(cause).strip().partition("\n")[0]
    return type(cause or error).__name__


def is_of_the_database(error: BaseException) -> bool:
    """Whether the database itself is at fault (locked, full, away, damaged), and not what was to be stored."""
    return isinstance(error, DBAPIError) and not isinstance(error, DataError | IntegrityError | ProgrammingError)


def shown(url: str | URL) -> str:
    """The register's address as it may be shown: no password, wherever in it that stands (libpq: also a key file's)."""
    parsed = make_url(url)
    secrets = [name for name in parsed.query if name.casefold().endswith("password")]
    return parsed.difference_update_query(secrets).render_as_string(hide_password=True)


def exists(url: str) -> bool:
    """Whether there is something to open. SQLite would make a missing file, which a mere look should not."""
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:"
    return not is_file or Path(str(parsed.database)).exists()


class Database:
    """An engine with the settings that the register relies on.

    lasting: False for one that is thrown away: it need not outlive a power cut, and so waits for no disk.
    """

    def __init__(self, url: str, *, lasting: bool = True) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.file: Path | None = None
        if self.is_sqlite and self.url.database and self.url.database != ":memory:":
            self.file = Path(self.url.database)
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make_private(self.file)
        self.engine = _sqlite(url, lasting=lasting) if self.is_sqlite else _postgresql(url)
        self._glancing = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._one_writer = threading.RLock() if self.is_sqlite else contextlib.nullcontext()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One unit of work: all of it is stored, or none. No network call belongs inside."""
        with self._one_writer, self.engine.begin() as s:
            self.begin(s, "IMMEDIATE")
            yield s

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A look at the register that changes nothing and waits for nobody."""
        with self.engine.connect() as s:
            self.begin(s, "DEFERRED")
            yield s
            s.rollback()

    @contextlib.contextmanager
    def glance(self) -> Iterator[Connection]:
        """A look by a single statement, which needs no transaction around it."""
        with self._glancing.connect() as s:
            yield s

    def begin(self, s: Connection, mode: str) -> None:
        """Begin SQLite's transaction; PostgreSQL's begins by itself.

        SQLAlchemy's own event for it would cost each statement the look at who listens.
        """
        if self.is_sqlite:
            s.exec_driver_sql(f"BEGIN {mode}")

    def schema(self) -> tuple[str | None, str]:
        """The schema's revision in the database (None: no tables yet) and the one that this version needs."""
        with self.reading() as s:
            is_made = inspect(s).has_table("alembic_version")
            here = s.scalar(text("SELECT version_num FROM alembic_version")) if is_made else None
        steps = (_MIGRATIONS / "versions").glob("[0-9]*_*.py")  # asked without Alembic: a mere look is quick
        return here, max(step.name.partition("_")[0] for step in steps)

    def is_forgetful(self) -> str:
        """The setting by which a power cut may undo what was committed, and moved or sent since; empty where none does.

        SQLite's is ours; PostgreSQL's `fsync` is the server's, and `synchronous_commit` of our sessions is on.
        """
        with self.reading() as s:
            if self.is_sqlite:
                level = s.scalar(text("PRAGMA synchronous"))
                return "" if level >= _SYNCHRONOUS_FULL else f"synchronous={level}"
            settings = {name: str(s.scalar(text(f"SHOW {name}"))) for name in ("fsync", "full_page_writes")}
        return ", ".join(f"{name}={value}" for name, value in settings.items() if value != "on")

    def upgrade(self, revision: str = "head") -> None:
        """Bring the schema to this version's, or to an earlier one of its steps."""
        from alembic import command  # noqa: PLC0415 - a tenth of a second, for which no look at the register waits
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["database"] = self
        with self._one_writer:
            command.upgrade(config, revision)

    def forget_freed(self) -> None:
        """Write the whole database anew, so that its files hold nothing of what was deleted or overwritten.

        It takes as much room again meanwhile, and others wait. Backups and archived logs are out of its reach.
        """
        if not self.is_sqlite:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as s:
                s.exec_driver_sql("VACUUM FULL")
            return
        with self._one_writer, contextlib.closing(self.engine.raw_connection()) as raw:  # outside of any transaction
            assert raw.driver_connection
            for step in _FORGET_FREED:
                raw.driver_connection.execute(step).close()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


_FORGET_FREED = (
    "INSERT INTO case_words(case_words) VALUES ('optimize')",  # the index keeps what was deleted until it is merged
    "VACUUM",
    "PRAGMA wal_checkpoint(TRUNCATE)",
)


def _make_private(file: Path) -> None:
    """Make a missing register readable for its owner alone, whatever the umask: SQLite's other files follow it.

    It holds what people write, and the key that proves who is staff. An existing one is left as somebody wanted it.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _sqlite(url: str, *, lasting: bool) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own transactions begin too late: two readers could both write
        synchronous = f"synchronous={'FULL' if lasting else 'OFF'}"
        for pragma in ("journal_mode=WAL", synchronous, "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
            try:
                connection.execute(f"PRAGMA {pragma}").close()
            except sqlite3.OperationalError as error:
                raise _in_words(error, Path(engine.url.database or "")) from error

    return engine


def _in_words(error: sqlite3.OperationalError, file: Path) -> sqlite3.OperationalError:
    """SQLite says only that it cannot open a register beside which it cannot write."""
    is_unwritable = error.sqlite_errorcode == sqlite3.SQLITE_CANTOPEN and file.exists()
    if is_unwritable and not os.access(file.parent, os.W_OK):
        why = "the disk is read-only, or this user may not write there"
        return sqlite3.OperationalError(f"cannot write in {file.parent}: {why}")
    return error


def _postgresql(url: str) -> Engine:
    asked = make_url(url).query
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={name: value for name, value in _LINK.items() if name not in asked},
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            for name, value in _SESSION.items():
                cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
        connection.commit()

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info[_RESTS_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _is_there(connection: Any, record: Any, _: Any) -> None:
        has_rested = time.monotonic() - record.info.get(_RESTS_SINCE, math.inf) > _REST_SECONDS
        try:
            if has_rested or _has_news(connection):
                engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool makes a new one

    return engine


_RESTS_SINCE = "rests since"
# A connection that has rested for longer is asked whether it is still there: whoever dropped it may have said nothing.
# One that is always in use is not: that would be five questions for a mail and its two letters.
_REST_SECONDS = 1.0


def _has_news(connection: Any) -> bool:
    """Whether the server has said something unasked: mostly that it ends the connection."""
    asked = select.poll()
    asked.register(connection.fileno(), select.POLLIN)
    return bool(asked.poll(0))
