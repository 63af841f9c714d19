"""The table of states and moves, and the picture of it in docs/house.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.core.cases import TRANSITIONS, IllegalMove, Move, Status, diagram, move


@pytest.mark.parametrize(("status", "what"), sorted(TRANSITIONS), ids=str)
def test_a_move_in_the_table_gives_its_status(status: Status, what: Move) -> None:
    assert move(status, what) is TRANSITIONS[status, what]


@pytest.mark.parametrize(
    ("status", "what"),
    [
        (Status.CLOSED, Move.ANSWER),
        (Status.CLOSED, Move.CLOSE),
        (Status.CLOSED, Move.ASSIGN),
        (Status.REFUSED, Move.REOPEN),
        (Status.ANSWERED, Move.REFUSE),
        (Status.ASSIGNED, Move.REOPEN),
    ],
    ids=str,
)
def test_a_move_that_the_table_lacks_is_refused(status: Status, what: Move) -> None:
    with pytest.raises(IllegalMove):
        move(status, what)


def test_every_open_case_can_be_closed_and_every_closed_one_taken_up_again() -> None:
    for status in Status:
        moves = {what for (start, what) in TRANSITIONS if start is status}
        assert moves & {Move.CLOSE, Move.REOPEN, Move.TRIAGE}


def test_the_house_draws_this_very_table() -> None:
    house = Path(__file__).parents[2] / "docs" / "house.md"
    assert diagram() in house.read_text("utf-8")
