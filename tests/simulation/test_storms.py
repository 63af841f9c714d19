"""Storms: the service dies at drawn steps while servers break, and nothing is lost, doubled or forgotten.

Some short ones here; `make simulate SECONDS=600` goes through as many fresh ones as there is time for, and prints the
command that repeats one in which a law was broken. `make simulate-self-test` puts in every planted fault.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.simulation.storms.running import FAILED_ONCE, Run, one

_SHORT = 15  # days; `make simulate` begins with the longer ones, too


@pytest.mark.parametrize("run", [Run(9, "stormy", 15), Run(11, "quiet", 90), Run(206, "busy", 10)])
def test_nothing_is_lost_doubled_or_forgotten_in_a_storm(run: Run) -> None:
    assert one(run).breaches == ()


def test_storms_that_failed_once_do_not_fail_again() -> None:
    assert [run.command for run in FAILED_ONCE if run.days <= _SHORT and one(run).breaches] == []


def test_the_same_seed_is_the_same_storm_in_every_process() -> None:
    told = {_told(hash_seed) for hash_seed in ("1", "2")}
    assert len(told) == 1


def _told(hash_seed: str) -> str:
    """Everything that left in a storm, as another process has it. Sets have another order there."""
    asked = "from tests.simulation.storms.running import *; begin(); print(one(Run(9, 'stormy', 8)).letters)"
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("planted", ["noted_as_sent_before_it_is", "transaction_torn", "receipt_twice"])
def test_a_fault_that_is_put_in_is_found(planted: str) -> None:
    """Those that are found soonest, in one storm of a few; `make simulate-self-test` has all."""
    assert any(one(Run(seed, "stormy", 12, planted)).breaches for seed in range(1, 6))
