"""A year in each municipality: many mails of all kinds, officers as officers are, and at the end everything adds up.

A short year here; `python -m tests.simulation NAME --mails 1000` lets a long one happen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from service.core.calendar.periods import Period
from service.core.cases import Case, Clock
from service.core.figures.report import Group, Report, Wanted
from service.desk.lookup import catalogue, counting
from service.giving.archive import package, reading
from tests.giving.test_archive import ORDER
from tests.simulation import truths
from tests.simulation.begin import begun
from tests.simulation.year import Year

MAILS = 18
SEED = 7


@pytest.fixture(scope="module", params=["koping", "klippan", "spanga-tensta", "hjo", "stromstad"])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """A year that has passed."""
    town = begun(request.param, tmp_path_factory.mktemp(request.param))
    passed = Year(town, MAILS, SEED)
    passed.happens()
    yield passed
    town.database.close()


def test_every_case_is_in_a_lawful_state_and_each_promise_kept_or_escalated(year: Year) -> None:
    assert list(truths.broken(year)) == []


def test_the_account_of_the_mails_adds_up(year: Year) -> None:
    found = truths.account(year)
    assert found.came == sum(year.came.values())
    assert found.adds_up, found
    assert found.cases + found.binder > MAILS // 2


def test_the_report_of_the_year_equals_a_recount_from_the_cases(year: Year) -> None:
    asked = Wanted(Period(date(2026, 1, 1), date(2026, 12, 31), "2026"))
    with year.town.database.reading() as s:
        report = counting.reported(s, "ekvik", asked, year.town.book, year.town.now)
    zone = year.town.book.calendar.zone
    came = [case for case in year.town.cases() if case.received_at.astimezone(zone).year == 2026]
    cases = [case for case in came if not case.is_appeal]  # an appeal is no feedback (S07)
    assert report.whole.total == len(cases)
    assert sum(_first_answer(case) == "kept" for case in cases) == len(report.whole.that(counting.Went.IN_TIME))
    for key, fact in (("types", "type"), ("channels", "channel")):
        shown = {group.name: group.total for group in _table(report, key)}
        counted = Counter(getattr(case, fact) for case in cases if key == "channels" or not case.secrecy)
        assert {name: count for name, count in shown.items() if name in counted} == {
            name: count for name, count in counted.items() if name in shown
        }


def _table(report: Report, key: str) -> tuple[Group, ...]:
    return next(table.groups for table in report.tables if table.key == key)


def _first_answer(case: Case) -> str:
    promise = next((d for d in case.deadlines if d.kind is Clock.ANSWER), None)
    if promise is None:
        return "none"
    return "kept" if promise.met_at and promise.met_at <= promise.due_at else "late"


def test_the_year_can_be_archived_and_read_back(year: Year, tmp_path: Path) -> None:
    out = tmp_path / "leverans"
    with year.town.database.reading() as s:
        package.make(s, ORDER, out)
        shown = [catalogue.shown(s, case["number"]) for case in reading.cases(out)]
    assert list(reading.faults(out)) == []
    assert list(reading.cases(out)) == shown
    assert reading.described(out) == [case["number"] for case in reading.cases(out)]
