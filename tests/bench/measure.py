"""What a piece of work costs: CPU time and memory of its processes, and CPU time of the servers beside it."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of `mails` mails together: seconds by the clock, seconds of CPU, and peak memory in MiB.

    CPU and memory are those of the process and of all that it has started, such as the one in which mails are read.
    `letters` is how many mails went out.
    """

    mails: int
    letters: int
    wall_seconds: float
    cpu_seconds: float
    peak_mib: float

    @property
    def cpu_ms(self) -> float:
        """CPU time for each mail, in milliseconds."""
        return 1000 * self.cpu_seconds / self.mails

    @property
    def rate(self) -> float:
        """Mails in a second by the clock."""
        return self.mails / self.wall_seconds


class Meter:
    """Runs from its making until `cost`."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), cpu_seconds([os.getpid()])

    def cost(self, mails: int, letters: int = 0) -> Cost:
        """What has been used since the meter was made, for so many mails."""
        wall, cpu = time.perf_counter() - self._wall, cpu_seconds([os.getpid()]) - self._cpu
        return Cost(mails, letters, wall, cpu, sum(map(_peak_mib, _trees([os.getpid()]))))


def _peak_mib(pid: int) -> float:
    # Not from getrusage: there a new process begins with the peak of the one that started it.
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def in_own_process(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Do the work in a fresh process, so that its memory and CPU time are its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *args, **kwargs).result()


def cpu_seconds(roots: Iterable[int]) -> float:
    """CPU time that these processes and all below them have used, those that have ended included."""
    return sum(sum(map(int, fields[11:15])) for fields in _trees(roots).values()) / _TICKS


def _trees(roots: Iterable[int]) -> dict[int, list[str]]:
    """These processes and all below them: what proc(5) `stat` says of each from its state on."""
    running: dict[int, list[str]] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            running[int(folder.name)] = fields
            children[int(fields[1])].append(int(folder.name))
    found = list(roots)
    for pid in found:
        found += children[pid]  # the loop goes on over what is added here
    return {pid: running[pid] for pid in found}
