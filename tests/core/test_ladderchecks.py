"""The ladder over a year of arrival days: what `rules check` warns of."""

from __future__ import annotations

from typing import Any

import pytest

from service.core.rules.ladderchecks import ladder_problems
from service.core.rules.rulebook import RuleBook
from tests.core.values import a_book

OFFICER = {"after": "5 working days", "to": ["officer"]}
MANAGER = {"after": "10 working days", "to": ["officer", "manager"]}
TWO_WEEKS = {"answer": "14 days"}
ROLLED = TWO_WEEKS | {"roll": "next_working_day"}


def head(after: str) -> dict[str, Any]:
    return {"after": after, "to": ["head", "registrar"], "repeat": "7 days"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"escalation": [OFFICER, MANAGER, head("12 working days")]}, [], id="it climbs"),
        pytest.param({"escalation": []}, [], id="no steps"),
        pytest.param(
            {"escalation": [OFFICER, MANAGER, head("14 days")]},
            [("escalation", 2, "comes before"), ("escalation", 2, "before the answer is due")],
            id="days pass working days at every holiday",
        ),
        pytest.param({"escalation": [MANAGER, head("24 days")]}, [], id="days enough even for Christmas"),
        pytest.param(
            {"escalation": [head("11 working days"), {"after": "15 working days", "to": ["manager"]}]},
            [("escalation", 0, "hears before the manager")],
            id="the head first, in order",
        ),
        pytest.param(
            {"escalation": [{"after": "9 working days", "to": ["manager"]}]},
            [("escalation", 0, "before the answer is due")],
            id="the manager hears of a delay that is none",
        ),
        pytest.param(
            {"deadlines": TWO_WEEKS, "escalation": [{"after": "14 days", "to": ["manager"]}, head("16 days")]},
            [],
            id="calendar days alone",
        ),
        pytest.param(
            {
                "deadlines": TWO_WEEKS | {"roll": "next_working_day"},
                "escalation": [{"after": "14 days", "to": ["head"]}],
            },
            [("escalation", 0, "before the answer is due")],
            id="the promise rolls, the step does not",
        ),
        pytest.param(
            {"reminders": ["3 working days before"], "escalation": [OFFICER]},
            [("reminders", 0, "left out")],
            id="a reminder that is never sent",
        ),
        pytest.param(
            {"reminders": ["6 working days before"], "escalation": [OFFICER]},
            [("escalation", 0, "left out")],
            id="a step that is never taken",
        ),
    ],
)
def test_spa_32_c22_the_ladder_over_a_year(
    ekvik: RuleBook, changes: dict[str, Any], expected: list[tuple[str, int, str]]
) -> None:
    found = [(p.at[0], p.at[1], p.message) for p in ladder_problems(a_book(ekvik, **{"reminders": []} | changes))]
    assert [(key, place) for key, place, _ in found] == [(key, place) for key, place, _ in expected]
    assert all(words in message for (*_, words), (*_, message) in zip(expected, found, strict=True))
