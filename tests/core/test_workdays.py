"""Working days and due dates: known cases, and a recount of every day of 2000–2100 without the holidays library."""

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.calendar.durations import Duration
from service.core.calendar.workdays import Calendar, due

STOCKHOLM = ZoneInfo("Europe/Stockholm")
CALENDAR = Calendar(frozenset(), STOCKHOLM)
DAY = timedelta(days=1)

WEEKDAYS_OFF = {
    2026: ["01-01", "01-06", "04-03", "04-06", "05-01", "05-14", "06-19", "12-24", "12-25", "12-31"],
    2027: ["01-01", "01-06", "03-26", "03-29", "05-06", "06-25", "12-24", "12-31"],
    2028: ["01-06", "04-14", "04-17", "05-01", "05-25", "06-06", "06-23", "12-25", "12-26"],
}


def days_of(first_year: int, last_year: int) -> list[date]:
    first, last = date(first_year, 1, 1), date(last_year, 12, 31)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(("year", "working_days"), [(2026, 251), (2027, 253), (2028, 251)])
def test_weekdays_off(year: int, working_days: int) -> None:
    days = days_of(year, year)
    off = [f"{day:%m-%d}" for day in days if day.weekday() < 5 and not CALENDAR.is_working_day(day)]
    assert off == WEEKDAYS_OFF[year]
    assert sum(map(CALENDAR.is_working_day, days)) == working_days


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2027, 1, 5), True, id="trettondagsafton"),
        pytest.param(date(2026, 4, 2), True, id="skärtorsdagen"),
        pytest.param(date(2026, 4, 30), True, id="Valborgsmässoafton"),
        pytest.param(date(2026, 5, 13), True, id="day before Kristi himmelsfärd"),
        pytest.param(date(2026, 5, 15), True, id="klämdag"),
        pytest.param(date(2026, 10, 30), True, id="Friday before Alla helgons dag"),
        pytest.param(date(2026, 12, 23), True, id="day before julafton"),
        pytest.param(date(2026, 12, 30), True, id="day before nyårsafton"),
        pytest.param(date(2026, 6, 19), False, id="midsommarafton"),
        pytest.param(date(2026, 12, 24), False, id="julafton"),
        pytest.param(date(2026, 12, 31), False, id="nyårsafton"),
        pytest.param(date(2026, 6, 8), True, id="no substitute for the National Day on a Saturday"),
        pytest.param(date(2004, 5, 31), False, id="Annandag pingst until 2004"),
        pytest.param(date(2005, 5, 16), True, id="Annandag pingst from 2005"),
        pytest.param(date(2003, 6, 6), True, id="National Day before 2005"),
        pytest.param(date(2005, 6, 6), False, id="National Day from 2005"),
    ],
)
def test_days_that_are_easily_mistaken(day: date, expected: bool) -> None:
    assert CALENDAR.is_working_day(day) is expected


def test_local_closing_day_is_no_working_day() -> None:
    closed = Calendar(frozenset({date(2026, 5, 15)}), STOCKHOLM)
    assert not closed.is_working_day(date(2026, 5, 15))
    assert closed.add_working_days(date(2026, 5, 13), 1) == date(2026, 5, 18)


# Arrival, then due after 2, 5 and 10 working days, 14 days, 14 days rolled, 21 days.
DUE = [
    ("2026-04-01", "2026-04-07", "2026-04-10", "2026-04-17", "2026-04-15", "2026-04-15", "2026-04-22"),
    ("2026-04-02", "2026-04-08", "2026-04-13", "2026-04-20", "2026-04-16", "2026-04-16", "2026-04-23"),
    ("2026-05-12", "2026-05-15", "2026-05-20", "2026-05-27", "2026-05-26", "2026-05-26", "2026-06-02"),
    ("2026-05-13", "2026-05-18", "2026-05-21", "2026-05-28", "2026-05-27", "2026-05-27", "2026-06-03"),
    ("2026-06-17", "2026-06-22", "2026-06-25", "2026-07-02", "2026-07-01", "2026-07-01", "2026-07-08"),
    ("2026-06-19", "2026-06-23", "2026-06-26", "2026-07-03", "2026-07-03", "2026-07-03", "2026-07-10"),
    ("2026-06-20", "2026-06-23", "2026-06-26", "2026-07-03", "2026-07-04", "2026-07-06", "2026-07-11"),
    ("2026-11-22", "2026-11-24", "2026-11-27", "2026-12-04", "2026-12-06", "2026-12-07", "2026-12-13"),
    ("2026-12-21", "2026-12-23", "2026-12-30", "2027-01-11", "2027-01-04", "2027-01-04", "2027-01-11"),
    ("2026-12-22", "2026-12-28", "2027-01-04", "2027-01-12", "2027-01-05", "2027-01-05", "2027-01-12"),
    ("2026-12-23", "2026-12-29", "2027-01-05", "2027-01-13", "2027-01-06", "2027-01-07", "2027-01-13"),
    ("2026-12-24", "2026-12-29", "2027-01-05", "2027-01-13", "2027-01-07", "2027-01-07", "2027-01-14"),
    ("2026-12-30", "2027-01-05", "2027-01-11", "2027-01-18", "2027-01-13", "2027-01-13", "2027-01-20"),
    ("2027-01-05", "2027-01-08", "2027-01-13", "2027-01-20", "2027-01-19", "2027-01-19", "2027-01-26"),
]
LIMITS = [("2 working days", False), ("5 working days", False), ("10 working days", False), ("14 days", False),
          ("14 days", True), ("21 days", False)]  # fmt: skip


@pytest.mark.parametrize("row", DUE, ids=[row[0] for row in DUE])
@pytest.mark.parametrize("hour", [time(0, 0), time(12, 30), time(23, 59, 59)], ids=["first", "noon", "last"])
def test_due_dates_kop_10_spa_24(row: tuple[str, ...], hour: time) -> None:
    arrival, *expected = row
    arrived = CALENDAR.at(date.fromisoformat(arrival), hour)
    found = [due(arrived, Duration.parse(text), CALENDAR, roll) for text, roll in LIMITS]
    assert [CALENDAR.local_date(instant).isoformat() for instant in found] == expected
    assert {instant.astimezone(STOCKHOLM).time() for instant in found} == {time(23, 59, 59)}


def test_rolling_passes_over_local_closing_days() -> None:
    calendar = Calendar(frozenset({date(2026, 12, 7)}), STOCKHOLM)
    arrived = calendar.at(date(2026, 11, 22), time(12))
    assert due(arrived, Duration.parse("14 days"), calendar, roll=True) == calendar.day_ends(date(2026, 12, 8))


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        pytest.param("2026-11-26T22:59:59+00:00", date(2026, 11, 26), id="winter, before midnight"),
        pytest.param("2026-11-26T23:00:00+00:00", date(2026, 11, 27), id="winter, midnight"),
        pytest.param("2026-06-25T21:59:59+00:00", date(2026, 6, 25), id="summer, before midnight"),
        pytest.param("2026-06-25T22:00:00+00:00", date(2026, 6, 26), id="summer, midnight"),
        pytest.param("2026-11-26T20:00:00-05:00", date(2026, 11, 27), id="another zone"),
    ],
)
def test_local_date(instant: str, expected: date) -> None:
    assert CALENDAR.local_date(datetime.fromisoformat(instant)) == expected


@pytest.mark.parametrize(
    ("arrival", "limit", "expected"),
    [
        pytest.param(
            "2026-11-20T14:00:00+00:00", "24 hours", "2026-11-21T14:00:00+00:00", id="KOP-14 Friday to Saturday"
        ),
        pytest.param("2026-03-28T12:00:00+01:00", "24 hours", "2026-03-29T13:00:00+02:00", id="into summer time"),
        pytest.param("2026-10-24T12:00:00+02:00", "24 hours", "2026-10-25T11:00:00+01:00", id="into winter time"),
        pytest.param(
            "2026-12-24T23:50:00+01:00", "15 minutes", "2026-12-25T00:05:00+01:00", id="minutes over midnight"
        ),
    ],
)
def test_hours_and_minutes_are_clock_time(arrival: str, limit: str, expected: str) -> None:
    found = due(datetime.fromisoformat(arrival), Duration.parse(limit), CALENDAR, roll=True)
    assert found == datetime.fromisoformat(expected)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("limit", ["5 working days", "14 days", "24 hours", "15 minutes"])
def test_arrival_needs_a_time_zone(limit: str) -> None:
    naive = datetime(2026, 11, 20, 14)  # noqa: DTZ001 - the fault under test
    with pytest.raises(ValueError, match="time zone"):
        due(naive, Duration.parse(limit), CALENDAR, roll=False)


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        pytest.param(date(2026, 3, 29), time(2, 30), "2026-03-29T01:30:00+00:00", id="skipped: the hour after"),
        pytest.param(date(2026, 10, 25), time(2, 30), "2026-10-25T00:30:00+00:00", id="twice: the first"),
        pytest.param(date(2026, 11, 27), time(7, 30), "2026-11-27T06:30:00+00:00", id="winter"),
        pytest.param(date(2026, 6, 26), time(7, 30), "2026-06-26T05:30:00+00:00", id="summer"),
    ],
)
def test_at(day: date, clock: time, expected: str) -> None:
    assert CALENDAR.at(day, clock).isoformat() == expected


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 12, 24), 0, date(2026, 12, 24)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 30), -1, date(2026, 11, 27)),
        (date(2026, 11, 29), -1, date(2026, 11, 27)),
        (date(2027, 1, 4), -3, date(2026, 12, 28)),
        (date(2024, 12, 30), 1, date(2025, 1, 2)),
        (date(9999, 1, 4), 1, date(9999, 1, 5)),
    ],
)
def test_add_working_days(day: date, n: int, expected: date) -> None:
    assert CALENDAR.add_working_days(day, n) == expected


@given(st.dates(date(2001, 1, 1), date(2099, 1, 1)), st.integers(-60, 60))
def test_working_days_between_undoes_adding(day: date, n: int) -> None:
    assert CALENDAR.working_days_between(day, CALENDAR.add_working_days(day, n)) == n


# --- The recount: the law in other words, sharing nothing with the code under test -----------------------------------


def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian algorithm (Meeus, Jones, Butcher)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    skipped, century_rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - skipped - moon + 15) % 30
    leaps, rest_rest = divmod(rest, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leaps - epact - rest_rest) % 7
    correction = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def free_weekdays(year: int) -> set[date]:
    """Public holidays that can fall on a weekday, and the eves."""
    fixed = {(1, 1), (1, 6), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31)}
    fixed |= {(6, 6)} if year >= 2005 else set()
    from_easter = {-2, 1, 39} | (set() if year >= 2005 else {50})
    midsummer_eve = next(date(year, 6, day) for day in range(19, 26) if date(year, 6, day).isoweekday() == 5)
    return (
        {date(year, month, day) for month, day in fixed}
        | {easter(year) + timedelta(days=days) for days in from_easter}
        | {midsummer_eve}
    )


def works(day: date) -> bool:
    return day.isoweekday() not in (6, 7) and day not in FREE


def last_second(day: date) -> datetime:
    """23:59:59 in Sweden: summer time from the last Sunday of March until the last Sunday of October."""
    starts, ends = (
        next(date(day.year, m, d) for d in range(31, 24, -1) if date(day.year, m, d).isoweekday() == 7) for m in (3, 10)
    )
    return datetime(day.year, day.month, day.day, 21 if starts <= day < ends else 22, 59, 59, tzinfo=UTC)


FREE = {day for year in range(2000, 2101) for day in free_weekdays(year)}
DAYS = days_of(2000, 2100)
WORKING = [day for day in DAYS if works(day)]


def test_every_day_of_a_century_is_judged_as_by_the_law() -> None:
    assert [day for day in DAYS if CALENDAR.is_working_day(day) != works(day)] == []


@pytest.mark.parametrize("n", [1, 5, 10])
def test_every_due_date_in_working_days_of_a_century(n: int) -> None:
    limit = Duration.parse(f"{n} working days")
    wrong = [
        day
        for day in DAYS[:-30]
        if due(last_second(day), limit, CALENDAR, roll=False)
        != last_second(WORKING[bisect_right(WORKING, day) + n - 1])
    ]
    assert wrong == []


@pytest.mark.parametrize("roll", [False, True], ids=["as it falls", "rolled"])
def test_every_due_date_in_days_of_a_century(roll: bool) -> None:
    limit = Duration.parse("14 days")
    wrong = []
    for day in DAYS[:-30]:
        last = day + 14 * DAY
        expected = WORKING[bisect_left(WORKING, last)] if roll else last
        if due(last_second(day), limit, CALENDAR, roll) != last_second(expected):
            wrong.append(day)
    assert wrong == []


@pytest.mark.parametrize("n", [1, 5, 10])
def test_every_day_of_a_century_backwards(n: int) -> None:
    wrong = [day for day in DAYS[30:] if CALENDAR.add_working_days(day, -n) != WORKING[bisect_left(WORKING, day) - n]]
    assert wrong == []
