"""Lives of cases in any order of what people, machines and clocks do: every law holds after every step."""

from __future__ import annotations

from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.core.lives.machine import Lives


def test_every_law_holds_after_each_step_of_any_life() -> None:
    # A life that breaks a law is made short by `make lives`: here that could take minutes.
    run_state_machine_as_test(
        Lives, settings=settings(max_examples=50, stateful_step_count=30, phases=[Phase.generate])
    )
