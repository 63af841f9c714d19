"""Dates, times, numbers and lists in Swedish words."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from service.core.speech import swedish

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("value", "long", "short"),
    [
        (date(2026, 11, 27), "fredag 27 november 2026", "27 november"),
        (date(2027, 1, 4), "måndag 4 januari 2027", "4 januari"),
        (date(2026, 2, 28), "lördag 28 februari 2026", "28 februari"),
        (date(2026, 3, 1), "söndag 1 mars 2026", "1 mars"),
        (date(2026, 4, 7), "tisdag 7 april 2026", "7 april"),
        (date(2026, 5, 6), "onsdag 6 maj 2026", "6 maj"),
        (date(2026, 6, 18), "torsdag 18 juni 2026", "18 juni"),
        (date(2026, 7, 1), "onsdag 1 juli 2026", "1 juli"),
        (date(2026, 8, 31), "måndag 31 augusti 2026", "31 augusti"),
        (date(2026, 9, 13), "söndag 13 september 2026", "13 september"),
        (date(2026, 10, 2), "fredag 2 oktober 2026", "2 oktober"),
        (date(2026, 12, 24), "torsdag 24 december 2026", "24 december"),
    ],
)
def test_days(value: date, long: str, short: str) -> None:
    assert swedish.day(value) == long
    assert swedish.short_day(value) == short


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        pytest.param(datetime(2026, 11, 27, 8, 12, tzinfo=UTC), "kl. 09.12", id="winter time"),
        pytest.param(datetime(2026, 6, 25, 22, 0, tzinfo=UTC), "kl. 00.00", id="summer time, midnight"),
        pytest.param(datetime(2026, 6, 25, 15, 5, tzinfo=STOCKHOLM), "kl. 15.05", id="local"),
    ],
)
def test_clock(instant: datetime, expected: str) -> None:
    assert swedish.clock(instant, STOCKHOLM) == expected


def test_clock_refuses_an_instant_without_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        swedish.clock(datetime(2026, 6, 25, 15, 5), STOCKHOLM)  # noqa: DTZ001 - the fault under test


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, "noll arbetsdagar"),
        (1, "en arbetsdag"),
        (2, "två arbetsdagar"),
        (12, "tolv arbetsdagar"),
        (13, "13 arbetsdagar"),
        (-1, "-1 arbetsdagar"),
    ],
)
def test_count(amount: int, expected: str) -> None:
    assert swedish.count(amount, "arbetsdag", "arbetsdagar") == expected


@pytest.mark.parametrize(
    ("items", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a och b"), (["a", "b", "c"], "a, b och c")]
)
def test_join(items: list[str], expected: str) -> None:
    assert swedish.join(items) == expected
