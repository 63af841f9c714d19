"""PostgreSQL: an own cluster on a loopback port, a new database for whoever asks."""

from __future__ import annotations

import itertools
import signal
import socket
from pathlib import Path

import psycopg

from tests.servers.own import OwnServer, find, free_port, memory

INSTALL = "apt-get install postgresql"


def program(name: str) -> str | None:
    """A server program of the newest PostgreSQL here; Debian keeps them out of the PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    return find(name, *map(str, folders))


class Postgres(OwnServer):
    """Trusts every local connection. `durable` keeps all on the disk, as in production; tests are faster without."""

    name = "postgres"
    user = "postgres"
    stop_signal = signal.SIGQUIT  # PostgreSQL's immediate shutdown: all of it is thrown away, nothing is written first

    def __init__(self, *, durable: bool = False) -> None:
        self._memory = None if durable else memory()
        super().__init__(self._memory)
        self.durable = durable
        self.port = free_port()
        self._numbers = itertools.count(1)

    def prepare(self) -> None:
        self.hand_over()
        self.run(
            *(program("initdb") or "initdb", "-D", str(self.directory / "data"), "--username=postgres", "--no-sync"),
            *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"),
        )

    def command(self) -> list[str]:
        options = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.directory}
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        settings = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        return [program("postgres") or "postgres", "-D", str(self.directory / "data"), *settings]

    def is_up(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return b"ready to accept connections" in self.log.read_bytes()

    def restart(self) -> None:
        """End it at once, as a crash of the machine does, and start it on what it has kept."""
        self.end_process()
        self.log.write_bytes(b"")
        self.start_process()
        self.ready()

    def new_database(self, like: str = "", name: str = "") -> str:
        """Create a database, empty or a copy of another that nobody has open, and return its SQLAlchemy URL."""
        name = name or f"prov{next(self._numbers)}"
        how = f" TEMPLATE {_name(like)}" if like else ""
        # from memory to memory the files themselves are copied in half the time; on a disk the log is ten times quicker
        self._tell(f"CREATE DATABASE {name}{how}{' STRATEGY FILE_COPY' if self._memory else ''}")
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def drop(self, url: str) -> None:
        """Throw a database away, before the system has written it to the disk."""
        self._tell(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def _tell(self, statement: str) -> None:
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=postgres", autocommit=True) as link:
            link.execute(statement.encode())


def _name(url: str) -> str:
    return url.rpartition("/")[2]
