"""Storms from the command line: one by its seed, many for some time, or the proof that planted faults are found.

`python -m tests.simulation.storms --seed 7 --mix stormy` repeats one; without a seed fresh ones follow each other.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

from tests.simulation.storms.planted import PLANTED
from tests.simulation.storms.running import Outcome, Run, begin, found, one, outcomes
from tests.simulation.storms.weather import FRESH, MIXES

_ALL = "all"


def main() -> int:
    """Status 1 where a law is broken, or a planted fault is not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="the one storm to repeat; else many fresh ones")
    parser.add_argument("--mix", choices=[*MIXES, _ALL], default=_ALL, help=f"{_ALL}: {', '.join(FRESH)} in turn")
    parser.add_argument("--days", type=int, help="of each storm; else as the mix has it")
    parser.add_argument("--seconds", type=float, default=90, help="by the clock on the wall")
    parser.add_argument("--hours", type=float, help="instead of --seconds")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--grave", action="store_true", help="status 1 for what is lost or doubled alone")
    parser.add_argument("--planted", choices=PLANTED, help="put in a fault")
    parser.add_argument("--self-test", action="store_true", help="put in each fault in turn: all must be found")
    asked = parser.parse_args()
    begin()
    if asked.self_test or asked.planted:
        return _plant([asked.planted] if asked.planted else list(PLANTED), asked.processes)
    if asked.seed is not None:
        mix = "stormy" if asked.mix == _ALL else asked.mix
        return _tell([one(Run(asked.seed, mix, asked.days or MIXES[mix].days))], grave=asked.grave)
    mixes = FRESH if asked.mix == _ALL else (asked.mix,)
    seconds = asked.hours * 3600 if asked.hours else asked.seconds
    return _tell(outcomes(mixes, asked.days, seconds, asked.processes), grave=asked.grave)


def _tell(storms: Iterable[Outcome], *, grave: bool) -> int:
    """Ctrl-C ends it sooner, and what there was is told."""
    whole: dict[str, Outcome] = {}
    bad = worst = 0
    began = time.monotonic()
    with suppress(KeyboardInterrupt):
        for outcome in storms:
            if outcome.breaches:
                bad += 1
                worst += outcome.is_grave
                print(f"a law is broken: {outcome.run.command}", *outcome.breaches, sep="\n  ", flush=True)
            whole[outcome.run.mix] = whole[outcome.run.mix] + outcome if outcome.run.mix in whole else outcome
    for mix, outcome in whole.items():
        print(f"{mix}: {outcome.summary()}")
    print(f"{time.monotonic() - began:.0f} s; laws were broken in {bad} storms")
    return 1 if (worst if grave else bad) else 0


def _plant(names: list[str], processes: int) -> int:
    unseen = 0
    for name, seeds, seconds, breach in found(names, processes):
        unseen += not breach
        print(f"{name:48} {seconds:5.1f} s {seeds:4} seeds  {breach or 'NOT FOUND'}", flush=True)
    return 1 if unseen else 0


sys.exit(main())
