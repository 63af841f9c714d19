"""What a piece of work costs: CPU time and memory of its own process, and CPU time of the servers beside it."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of `mails` mails together: seconds by the clock, seconds of CPU, and the process's peak memory in MiB.

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


class Meter:
    """Runs from its making until `cost`."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def cost(self, mails: int, letters: int = 0) -> Cost:
        """What has been used since the meter was made, for so many mails."""
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        return Cost(mails, letters, wall, cpu, _peak_mib())


def _peak_mib() -> float:
    # Not from getrusage: there a new process begins with the peak of the one that started it.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def in_own_process(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Do the work in a fresh process, so that its memory and CPU time are its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *args, **kwargs).result()


def cpu_of_trees(roots: Iterable[int]) -> float:
    """CPU seconds that these processes and all below them have used, those that have ended included."""
    children: dict[int, list[int]] = defaultdict(list)
    used: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        pid = int(folder.name)
        children[int(fields[1])].append(pid)
        used[pid] = sum(map(int, fields[11:15])) / _TICKS
    waiting, total = list(roots), 0.0
    while waiting:
        pid = waiting.pop()
        total += used.get(pid, 0.0)
        waiting += children[pid]
    return total
