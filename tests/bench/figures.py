"""What a run of the benchmark has found, and the figures of earlier versions that are kept beside it."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.measure import Cost

BARE, LEAN, EMPTY = "bare loop", "lean loop", "SQLite, empty register"
KEPT = Path(__file__).resolve().parents[2] / "docs" / "speed.jsonl"
"""A line for each version that was measured, oldest first: written by `--keep`, never by hand."""
_OWN_LOAD = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """One measured part of a round; `servers_cpu` are the CPU seconds that the servers spent on it."""

    label: str
    cost: Cost
    servers_cpu: float = 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """Medians over the rounds. CPU in milliseconds a mail, ratios to the bare loop of the same round.

    servers_ms: what the mail and database servers spent besides. rate: by the clock, in mails a second.
    """

    label: str
    cpu_ms: float
    servers_ms: float
    rate: float
    peak_mib: float
    cpu_ratio: float
    rate_ratio: float


@dataclass(frozen=True, slots=True)
class Run:
    """One whole run. `facts` are what was measured besides: a name, and what is to be said of it."""

    about: dict[str, Any]
    figures: tuple[Figure, ...]
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def is_calm(self) -> bool:
        """Whether the machine did little else: others' work may strike a large program harder than a small loop."""
        return float(self.about["load"]) <= int(self.about["cores"]) + _OWN_LOAD


def median(label: str, rounds: Sequence[tuple[Line, Line]]) -> Figure:
    """Of so many rounds, each the line and the bare loop's."""

    def middle(value: Callable[[Line, Line], float]) -> float:
        return round(statistics.median(value(line, bare) for line, bare in rounds), 3)

    return Figure(
        label,
        middle(lambda line, _: line.cost.cpu_ms),
        middle(lambda line, _: 1000 * line.servers_cpu / line.cost.mails),
        middle(lambda line, _: line.cost.rate),
        middle(lambda line, _: line.cost.peak_mib),
        middle(lambda line, bare: line.cost.cpu_ms / bare.cost.cpu_ms),
        middle(lambda line, bare: line.cost.rate / bare.cost.rate),
    )


def about(mails: int, rounds: int, databases: dict[str, str]) -> dict[str, Any]:
    """The machine, the versions, and how busy others kept it: only CPU figures of one run compare then."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "version": version("synpunkten"),
        "commit": _commit(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "databases": {"SQLite": sqlite3.sqlite_version} | databases,
        "mails": mails,
        "rounds": rounds,
        "load": round(os.getloadavg()[1], 1),
    }


def keep(run: Run) -> None:
    """Add the run to what is kept; ValueError where the machine was busy, for nothing could be compared with it."""
    if not run.is_calm:
        raise ValueError(f"not kept: the load average is {run.about['load']} on {run.about['cores']} cores")
    with KEPT.open("a", encoding="utf-8") as file:
        kept = run.about | {"figures": [asdict(figure) for figure in run.figures], "facts": run.facts}
        file.write(json.dumps(kept, ensure_ascii=False) + "\n")


def kept() -> list[Run]:
    """The runs of earlier versions, oldest first."""
    lines = KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else []
    return [_run(json.loads(line)) for line in lines]


def _run(line: dict[str, Any]) -> Run:
    figures = tuple(Figure(**figure) for figure in line.pop("figures"))
    return Run(facts=line.pop("facts"), figures=figures, about=line)


def _commit() -> str:
    asked = ["git", "-C", str(KEPT.parent), "describe", "--always", "--dirty"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "processor")
