"""`python -m tests.core.lives`: other lives each time, until the seconds are over or a law is broken."""

from __future__ import annotations

import argparse
import random
import time

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.core.lives.machine import Lives

_AT_ONCE, _STEPS = 100, 50


def main() -> int:
    """Exit status 1 where a law was broken: the life is shown as short as it could be made, with its seed."""
    parser = argparse.ArgumentParser(prog="python -m tests.core.lives", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, help="only the lives of this seed, such as one that was shown")
    chosen = parser.parse_args()
    ends, lives, begun = time.monotonic() + chosen.seconds, 0, time.process_time()
    how = settings(
        max_examples=_AT_ONCE,
        stateful_step_count=_STEPS,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
    )
    while not lives or (chosen.seed is None and time.monotonic() < ends):
        number = random.randrange(10**9) if chosen.seed is None else chosen.seed
        try:
            run_state_machine_as_test(seed(number)(Lives), settings=how)
        except Exception:
            print(f"a law is broken; once more by: python -m tests.core.lives --seed {number}", flush=True)
            raise
        lives += _AT_ONCE
    spent = max(time.process_time() - begun, 0.001)
    print(f"{lives} lives, {Lives.steps} steps, {Lives.steps / spent * 60:,.0f} a CPU minute; every law holds")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
