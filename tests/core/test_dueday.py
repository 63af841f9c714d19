"""How a due day was counted, explained: the setting, each day that did not count, and where it was moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from service.core.calendar.deadlines import due_at
from service.core.calendar.dueday import explained, in_swedish
from service.core.calendar.durations import Duration
from service.core.cases import Clock, Deadline
from service.core.rules.rulebook import RuleBook
from tests.core.values import a_book, a_case, at

TWO_WEEKS = {"answer": "14 days", "roll": "next_working_day"}
SOCIAL = {"per_channel": {"sociala medier": "24 hours"}, "per_process": {"felanmälan": "5 working days"}}


@pytest.mark.parametrize(
    ("deadlines", "case", "arrived", "setting", "skipped", "rolled"),
    [
        pytest.param(
            {}, {}, "2026-09-07 09:12", "deadlines.answer: 10 working days",
            ["12 lördag", "13 söndag", "19 lördag", "20 söndag"], [], id="an ordinary fortnight",
        ),
        pytest.param(
            {}, {}, "2026-05-12 09:12", "deadlines.answer: 10 working days",
            ["14 Kristi himmelsfärdsdag", "15 kommunens stängda dag", "16 lördag", "17 söndag", "23 lördag",
             "24 Pingstdagen"], [], id="a holiday, the day after it, and a holiday on a Sunday",
        ),
        pytest.param(
            TWO_WEEKS, {}, "2026-06-05 10:00", "deadlines.answer: 14 days", [],
            ["19 Midsommarafton", "20 Midsommardagen", "21 söndag"], id="moved past a holiday and a weekend",
        ),
        pytest.param(TWO_WEEKS, {}, "2026-06-04 10:00", "deadlines.answer: 14 days", [], [], id="nothing to move"),
        pytest.param(
            SOCIAL, {"channel": "sociala medier"}, "2026-09-12 10:00", "deadlines.per_channel.sociala medier: 24 hours",
            [], [], id="clock time knows no free days",
        ),
        pytest.param(
            SOCIAL, {"process": "felanmälan"}, "2026-09-07 10:00", "deadlines.per_process.felanmälan: 5 working days",
            ["12 lördag", "13 söndag"], [], id="a process of its own",
        ),
    ],
)  # fmt: skip
def test_c01_c20_what_moved_the_day(
    ekvik: RuleBook,
    deadlines: dict[str, Any],
    case: dict[str, Any],
    arrived: str,
    setting: str,
    skipped: list[str],
    rolled: list[str],
) -> None:
    book = a_book(ekvik, deadlines=deadlines) if deadlines else ekvik
    duration = Duration.parse(setting.rpartition(": ")[2])
    promise = Deadline(Clock.ANSWER, at(arrived), due_at(at(arrived), duration, book))
    (found,) = explained(a_case(deadlines=(promise,), **case), book)
    assert f"{found.setting}: {found.duration}" == setting
    assert [f"{free.day.day} {free.why}" for free in found.skipped] == skipped
    assert [f"{free.day.day} {free.why}" for free in found.rolled] == rolled
    assert found.holds


@pytest.mark.parametrize(
    ("deadlines", "kind", "arrived", "line"),
    [
        (
            {}, Clock.ANSWER, "2026-05-12 09:12",
            ("10 arbetsdagar från den dag då synpunkten kom in. Lördagar, söndagar, Kristi himmelsfärdsdag 14 maj,"
             " kommunens stängda dag 15 maj och Pingstdagen 24 maj räknas inte"),
        ),
        ({"answer": "2 working days"}, Clock.ANSWER, "2026-09-07 09:12",
         "2 arbetsdagar från den dag då synpunkten kom in"),
        (
            TWO_WEEKS, Clock.ANSWER, "2026-06-05 10:00",
            ("14 dagar från den dag då synpunkten kom in. Sista dagen var Midsommarafton 19 juni och flyttades till"
             " nästa arbetsdag"),
        ),
        ({"answer": "24 hours"}, Clock.ANSWER, "2026-06-05 10:00", "24 timmar från det att synpunkten kom in"),
        (
            {"second_answer": "3 days"}, Clock.SECOND_ANSWER, "2026-09-07 09:12",
            "3 dagar från den dag då synpunktslämnaren skrev igen",
        ),
    ],
)  # fmt: skip
def test_the_line_for_whoever_has_the_case(
    ekvik: RuleBook, deadlines: dict[str, str], kind: Clock, arrived: str, line: str
) -> None:
    book = a_book(ekvik, deadlines=deadlines) if deadlines else ekvik
    own = book.municipality.deadlines
    duration = own.second_answer if kind is Clock.SECOND_ANSWER else own.answer
    promise = Deadline(kind, at(arrived), due_at(at(arrived), duration, book))
    assert [in_swedish(found) for found in explained(a_case(deadlines=(promise,)), book)] == [line]


def test_another_day_than_the_rules_now_give_is_not_explained(ekvik: RuleBook) -> None:
    promise = Deadline(Clock.ANSWER, at("2026-09-07 09:12"), at("2026-09-25 23:59:59"))
    (found,) = explained(a_case(deadlines=(promise,)), ekvik)
    assert (found.holds, in_swedish(found)) == (False, "")
    assert found.due_at == at("2026-09-21 23:59:59")
    moved = replace(promise, due_at=promise.due_at - timedelta(days=4))
    assert explained(a_case(deadlines=(moved,)), ekvik)[0].holds
