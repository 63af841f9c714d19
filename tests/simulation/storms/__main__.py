"""`python -m tests.simulation.storms --seed 7`: one storm; without a seed many, for some seconds."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

import structlog

from tests.simulation.storms import laws
from tests.simulation.storms.planted import PLANTED
from tests.simulation.storms.storm import Storm
from tests.simulation.storms.weather import MIXES
from tests.simulation.storms.world import counted


def main() -> int:
    """Status 1 where a law is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--mix", choices=MIXES, default="quiet")
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument(
        "--planted", choices=[each.__name__ for each in PLANTED], help="a fault put in: it must be found"
    )
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began, days, happened, seed, bad = time.process_time(), 0, Counter(), asked.seed or int(time.time()) & 0xFFFFFF, 0
    while True:
        plant = next((each() for each in PLANTED if each.__name__ == asked.planted), nullcontext())
        with tempfile.TemporaryDirectory() as folder, plant:
            storm = Storm(seed, Path(folder), MIXES[asked.mix], asked.days)
            storm.happens()
            faults = list(laws.broken(storm))
            storm.town.database.close()
        days += asked.days
        happened += counted(storm.town)
        if faults:
            bad += 1
            print(f"seed {seed}: python -m tests.simulation.storms --mix {asked.mix} --days {asked.days} --seed {seed}")
            print("\n".join(f"  {fault}" for fault in faults))
        seed += 1
        if asked.seed or (asked.planted and bad) or time.process_time() - began > asked.seconds:
            break
    minutes = (time.process_time() - began) / 60
    print(f"{days} days, {days / minutes:.0f} a CPU minute; {happened['crash'] / minutes:.0f} crashes a minute")
    print(", ".join(f"{count} {what}" for what, count in happened.most_common()))
    return 1 if bad else 0


sys.exit(main())
