"""What the real servers of the tests have in common: an own directory, free loopback ports, a process that is ended."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

START_SECONDS = 30
STOP_SECONDS = 10
PORTS = (12_000, 32_000)  # below those that the system takes for outgoing connections
_given_ports: set[int] = set()
_MEMORY, _ROOM = Path("/dev/shm"), 2 * 1024**3


class ServerError(Exception):
    """A server did not start; the text ends with what its log says."""


def free_port() -> int:
    """A loopback TCP port that nobody listens on, given out once, and that no outgoing connection gets by chance."""
    while True:
        port = random.randrange(*PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _given_ports:
                _given_ports.add(port)
                return port


def find(program: str, *folders: str) -> str | None:
    """The program's path, also from the folders that only root has in its PATH."""
    return shutil.which(program, path=os.pathsep.join([*folders, os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))


def is_root() -> bool:
    return os.geteuid() == 0


def memory() -> Path | None:
    """A folder that lies in memory, where the machine has one with room (a container's is often small).

    A new PostgreSQL database is some four hundred files, and Postfix waits for the disk with each mail: what the system
    does for that costs more than what most tests are about.
    """
    has_room = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    return _MEMORY if has_room else None


class OwnServer:
    """A server process with its own configuration in a temporary directory, used as a context manager.

    As root it runs as `user`, because most servers refuse to serve as root; otherwise as whoever runs the tests.
    `start` returns at once and `ready` waits, so that several servers can start side by side.
    The process dies with its parent, also when the tests are killed.
    folder: where its directory shall be, such as `memory()`; by itself where the system has such things.
    """

    name = ""
    user = "nobody"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path | None = None) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix=f"{self.name}-", dir=folder))
        self.log = self.directory / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """The command that runs the server in the foreground."""
        raise NotImplementedError

    def is_up(self) -> bool:
        raise NotImplementedError

    def prepare(self) -> None:
        """Write the configuration; the directory is handed over to `user` afterwards."""

    def __enter__(self) -> Self:
        try:
            self.start()
            self.ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self.prepare()
        self.log.touch()
        self.hand_over()
        self.start_process()

    def start_process(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.as_user(), "setpriv", "--pdeathsig", "TERM", *self.command()],
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def ready(self) -> None:
        assert self._process is not None
        ends = time.monotonic() + START_SECONDS
        while not self.is_up():
            if self._process.poll() is not None or time.monotonic() > ends:
                raise ServerError(f"{self.name} did not start:\n{self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)

    @property
    def pid(self) -> int:
        """The process that the server's other processes descend from."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        self.end_process()
        shutil.rmtree(self.directory, ignore_errors=True)

    def end_process(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, self.stop_signal)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
            self._process = None

    def as_user(self) -> list[str]:
        """The start of a command line that makes root into `user`."""
        if not is_root():
            return []
        account = pwd.getpwnam(self.user)
        return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]

    def hand_over(self) -> None:
        if is_root():
            account = pwd.getpwnam(self.user)
            for path in [self.directory, *self.directory.rglob("*")]:
                os.chown(path, account.pw_uid, account.pw_gid)

    def run(self, *command: str) -> None:
        """Run a helper program as `user`; ServerError when it fails."""
        done = subprocess.run([*self.as_user(), *command], cwd=self.directory, capture_output=True, check=False)
        if done.returncode:
            raise ServerError(f"{command[0]}: {(done.stdout + done.stderr).decode(errors='replace')[-2000:]}")


def answers(port: int, greeting: bytes) -> bool:
    """Whether a server on this loopback port greets as it should."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
            return link.recv(200).startswith(greeting)
    except OSError:
        return False


_ELLIPTIC = ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")


def certificate(directory: Path, *kind: str) -> tuple[Path, Path]:
    """A new self-signed certificate for localhost and 127.0.0.1, and its key; `kind` as openssl's `-newkey` has it."""
    cert, key = directory / "cert.pem", directory / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", *(kind or _ELLIPTIC), "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return cert, key
