"""Which reports leave by themselves (KOP-18, SPA-28, STR-22): to whom, and over whose cases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.core.decide.reporting import Series, series
from service.core.rules.choices import Period, ReportContent
from service.core.rules.rulebook import RuleBook
from tests.core.values import EVA, MARIA, REGISTRAR, a_book

NILS = "nils.fors@ekvik.example"
BOARD = "namnden@ekvik.example"
TECHNICAL = {"gata-park", "va", "avfall", "fastighet"}
LIBRARY = {"bibliotek", "fritid"}
BUILDING = {"bygglov", "miljo"}


def of(book: RuleBook, *lines: dict[str, Any]) -> list[Series]:
    return series(a_book(book, reports=[{"period": "month", **line} for line in lines]))


@pytest.mark.parametrize(
    ("to", "scope", "whose", "units", "about"),
    [
        (BOARD, "all", BOARD, None, "hela kommunen"),
        (BOARD, "departments", BOARD, TECHNICAL, "Tekniska förvaltningen"),
        (BOARD, "departments", BOARD, BUILDING, "Bygg- och miljöförvaltningen"),
        (BOARD, "units", BOARD, {"gata-park"}, "Gata och park"),
        ("manager", "units", MARIA, {"gata-park"}, "Gata och park"),
        ("manager", "units", NILS, {"va", "avfall"}, "dina enheter"),
        ("manager", "departments", NILS, TECHNICAL, "Tekniska förvaltningen"),
        ("manager", "all", MARIA, None, "hela kommunen"),
        ("officer", "units", "bo.ek@ekvik.example", {"gata-park"}, "Gata och park"),
        ("head", "units", EVA, TECHNICAL, "dina enheter"),
        ("head", "departments", EVA, TECHNICAL, "Tekniska förvaltningen"),
        ("registrar", "departments", "registrator.bygg@ekvik.example", BUILDING, "Bygg- och miljöförvaltningen"),
        (
            "registrar",
            "departments",
            REGISTRAR,
            TECHNICAL | LIBRARY | {"forskola", "grundskola", "kost", "ekonomi"},
            "dina förvaltningar",
        ),
    ],
)
def test_who_gets_a_report_over_what(
    ekvik: RuleBook, to: str, scope: str, whose: str, units: set[str] | None, about: str
) -> None:
    found = [(one.units, one.about) for one in of(ekvik, {"to": [to], "scope": scope}) if one.to == whose]
    assert (units, about) in found
    assert to == BOARD or len(found) == 1, "by duty one gets one"


def test_a_department_that_has_no_registrar_has_the_municipalitys(ekvik: RuleBook) -> None:
    bare = [each.model_copy(update={"registrar": None}) for each in ekvik.people.departments]
    people = ekvik.people.model_copy(update={"departments": tuple(bare)})
    book = a_book(ekvik, people=people, reports=[{"period": "year", "to": ["registrar"], "scope": "departments"}])
    [one] = series(book)
    assert (one.to, one.about, one.period) == (REGISTRAR, "dina förvaltningar", Period.YEAR)


@pytest.mark.parametrize(
    ("lines", "many"),
    [
        pytest.param([{"to": [BOARD]}, {"to": [BOARD]}], 1, id="the same line"),
        pytest.param([{"to": [BOARD, BOARD.upper()]}], 1, id="the same address"),
        pytest.param([{"to": ["head", "manager"]}, {"to": [EVA]}], 20, id="by duty and by address"),
        pytest.param([{"to": [BOARD]}, {"to": [BOARD], "period": "year"}], 2, id="another period"),
        pytest.param([{"to": [BOARD]}, {"to": [BOARD], "content": "digest"}], 2, id="another content"),
        pytest.param([{"to": [MARIA], "scope": "all"}, {"to": ["manager"], "scope": "all"}], 14, id="as a manager too"),
    ],
)
def test_the_same_report_reaches_nobody_twice(ekvik: RuleBook, lines: list[dict[str, Any]], many: int) -> None:
    found = of(ekvik, *lines)
    assert len(found) == many
    assert len({(one.to.lower(), one.period, one.content, one.units) for one in found}) == many


def test_a_series_is_known_again_when_a_person_gets_another_unit(ekvik: RuleBook) -> None:
    [key] = [one.key for one in of(ekvik, {"to": ["manager"], "scope": "units"}) if one.to == NILS]
    assert key == f"month/units/statistics/own manager/{NILS}"
    [all_of_it] = of(ekvik, {"to": [BOARD]})
    assert all_of_it.key == f"month/all/statistics/all/{BOARD}"


@pytest.mark.parametrize(
    ("period", "latest", "begun", "due"),
    [
        ("month", None, date(2026, 1, 1), [date(2026, 8, 1)]),
        ("month", None, date(2026, 8, 31), [date(2026, 8, 1)]),
        ("month", None, date(2026, 9, 1), []),
        ("month", date(2026, 8, 1), date(2026, 1, 1), []),
        ("month", date(2026, 6, 1), date(2026, 1, 1), [date(2026, 7, 1), date(2026, 8, 1)]),
        ("month", date(2026, 6, 1), date(2026, 8, 5), [date(2026, 8, 1)]),
        ("tertial", None, date(2026, 1, 1), [date(2026, 5, 1)]),
        ("half_year", None, date(2026, 1, 1), [date(2026, 1, 1)]),
        ("year", None, date(2025, 1, 1), [date(2025, 1, 1)]),
    ],
)
def test_which_periods_are_told_of(
    ekvik: RuleBook, period: str, latest: date | None, begun: date, due: list[date]
) -> None:
    [one] = of(ekvik, {"to": [BOARD], "period": period})
    assert one.content is ReportContent.STATISTICS
    assert [span.first for span in one.due(latest, begun, date(2026, 9, 7))] == due
