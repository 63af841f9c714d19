"""PostgreSQL: an own cluster on a loopback port, a new database for whoever asks."""

from __future__ import annotations

import itertools
import signal
import socket
from pathlib import Path

from tests.servers.own import OwnServer, find, free_port

INSTALL = "apt-get install postgresql"


def program(name: str) -> str | None:
    """A server program of the newest PostgreSQL here; Debian keeps them out of the PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    return find(name, *map(str, folders))


class Postgres(OwnServer):
    """Trusts every local connection. `durable` keeps fsync on, as in production; tests are faster without."""

    name = "postgres"
    user = "postgres"
    stop_signal = signal.SIGINT  # PostgreSQL's fast shutdown: clients are cut off

    def __init__(self, *, durable: bool = False) -> None:
        super().__init__()
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

    def new_database(self) -> str:
        """Create an empty database and return its SQLAlchemy URL."""
        name = f"prov{next(self._numbers)}"
        self.run(program("createdb") or "createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name)
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"
