"""The program in a process of its own, forked from one that has imported it: its commands take no second to start.

That it starts from nothing, as the console script does, is shown by the tests that say so (`Installation.execute`,
tests/deploy, tests/cli/test_service_manager.py). The suite starts it some hundred times.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from service.cli import main

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        "pytest",
        "service.cli.doctor",
        "service.cli.rehearse",
        "service.cli.run",
        "service.cli.setup",
        "service.safekeeping.restoring",
        "tests.servers.forked",
        "tests.wire.dying",
    ]
)
_PR_SET_PDEATHSIG = 1


class Running:
    """A command at work, to be told and asked as a `subprocess.Popen` is. Its standard error is read as it comes."""

    def __init__(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        reader, writer = CONTEXT.Pipe(duplex=False)
        self._process = CONTEXT.Process(target=_begin, args=(arguments, folder, dict(environment), os.devnull, writer))
        self._process.start()
        writer.close()
        self.stderr = os.fdopen(os.dup(reader.fileno()), encoding="utf-8")
        reader.close()

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended, minus the signal's number where one ended it; None while it works."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same, as `subprocess` calls it."""
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Nothing is sent to one that has ended."""
        if self._process.exitcode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, seconds: float | None = None) -> int:
        """How it ended.

        Raises:
            subprocess.TimeoutExpired: it has not, in this time.
        """
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self._process.name), seconds or 0)
        return self._process.exitcode

    def communicate(self, timeout: float) -> tuple[str, str]:
        """What it has said by its end: nothing of standard output is kept."""
        said = self.stderr.read()
        self.stderr.close()
        self.wait(timeout)
        return "", said


def run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with nobody there to answer.

    Raises:
        subprocess.TimeoutExpired: it has not ended in this time.
    """
    with tempfile.TemporaryDirectory() as told:
        out, err = Path(told) / "stdout", Path(told) / "stderr"
        process = CONTEXT.Process(target=_begin, args=(arguments, folder, dict(environment), str(out), str(err)))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(arguments), seconds, out.read_bytes(), err.read_bytes())
        said = out.read_text("utf-8"), err.read_text("utf-8")
        return subprocess.CompletedProcess(list(arguments), process.exitcode, *said)


def _begin(
    arguments: Sequence[str], folder: Path, environment: dict[str, str], out: str, err: str | Connection
) -> None:
    """The child process: as the console script begins."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # it ends with the tests, also when they are killed
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(_opened(out), 1)
    os.dup2(_opened(err) if isinstance(err, str) else err.fileno(), 2)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["synpunkten", *arguments]
    main()


def _opened(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
