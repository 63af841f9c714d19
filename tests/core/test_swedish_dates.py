"""The days that people name, as a value table: today is Monday 1 June 2026, midsummer's eve the Friday of week 25."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.calendar.swedish_dates import find_day, read_day
from service.core.calendar.workdays import Calendar

TODAY = date(2026, 6, 1)
CALENDAR = Calendar(frozenset(), ZoneInfo("Europe/Stockholm"))
TENTH = "2026-06-10"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *[
            (text, TENTH)
            for text in (
                "10 juni", "10 JUNI", "10juni", "10 jun.", "10. juni", "10:e juni", "10e juni", "den 10 juni",
                "den 10:e juni", "den 10 juni 2026", "10 juni 26", "den tionde juni", "tionde juni 2026", "juni 10",
                "10/6", "10 / 6", "10/6 2026", "10/6-26", "10/6/2026", "10.6", "10.6.2026", "10-06-2026",
                "2026-06-10", "2026-6-10", "2026/06/10", "20260610", "260610", "26-06-10", "onsdag 10 juni",
                "onsdagen den 10 juni", "ons 10/6", "senast 10 juni", "till den 10 juni", "nytt datum: 10 juni",
                "den 10:e", "den 10", "onsdag v 24", "v 24 på onsdag", "onsdag nästa vecka", "nästa onsdag",
                "8-10 juni", "10\u00a0juni", "10 juni -26", "onsdag 10 juni kl 12", "10 juni klockan 16.30",
            )
        ],
        ("fredag", "2026-06-05"),
        ("på fredag", "2026-06-05"),
        ("måndag", "2026-06-08"),
        ("nästa fredag", "2026-06-12"),
        ("v 24", "2026-06-12"),
        ("v.24", "2026-06-12"),
        ("vecka 24", "2026-06-12"),
        ("v 23-24", "2026-06-12"),
        ("nästa vecka", "2026-06-12"),
        ("v 25", "2026-06-18"),
        ("v 40", "2026-10-02"),
        ("idag", "2026-06-01"),
        ("i morgon", "2026-06-02"),
        ("imorgon", "2026-06-02"),
        ("i övermorgon", "2026-06-03"),
        ("om två veckor", "2026-06-15"),
        ("om 2 v", "2026-06-15"),
        ("inom 14 dagar", "2026-06-15"),
        ("om fem arbetsdagar", "2026-06-08"),
        ("om en månad", "2026-07-01"),
        ("på måndag om två veckor", "2026-06-15"),
        ("1 maj", "2026-05-01"),
        ("1 oktober", "2026-10-01"),
        ("29 februari", "2028-02-29"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reason", ["", " väntar på asfalt", ", väntar på asfalt", ": väntar på asfalt"])
def test_a_day_and_what_follows_it(text: str, day: str, reason: str) -> None:
    reading = read_day(text + reason, TODAY, CALENDAR)
    assert (str(reading.day), reading.wrong) == (day, "")
    assert reading.rest == reason.strip(" ,:")


@pytest.mark.parametrize(
    "text",
    [
        "31 juni", "30/2", "2026-13-01", "2026-02-30", "20261301", "v 54", "vecka 60", "fredag 10 juni",
        "fredag 31 juni", "i juni", "juni", "i slutet av juni", "mitten av nästa vecka", "om ett par veckor",
        "om några dagar", "nästa månad", "måndagen efter midsommar", "32:e juni",
        "10 juni eller 17 juni", "10 juni, kanske 12 juni",
    ],
)  # fmt: skip
def test_what_begins_like_a_day_and_is_none(text: str) -> None:
    """A date on another weekday is none either: whoever wrote it knows which of the two was meant."""
    reading = read_day(f"{text} väntar på asfalt", TODAY, CALENDAR)
    assert reading.day is None
    assert reading.wrong


@pytest.mark.parametrize(
    "text",
    [
        "Jag var sjuk och ingen tog över", "på grund av sjukdom", "den som hade ärendet slutade", "3 av 4 delar saknas",
        "2 personer är sjuka", "10 arbetsdagar räckte inte", "marsvin i parken", "majoriteten är på semester", "",
        "till följd av regnet", "i väntan på delar",
    ],
)  # fmt: skip
def test_a_reason_names_no_day(text: str) -> None:
    reading = read_day(text, TODAY, CALENDAR)
    assert (reading.day, reading.wrong, reading.rest) == (None, "", text)


@pytest.mark.parametrize(
    ("today", "text", "day"),
    [
        (date(2026, 12, 20), "10 januari", "2027-01-10"),
        (date(2026, 12, 20), "v 2", "2027-01-15"),
        (date(2026, 6, 20), "10 juni", "2026-06-10"),
        (date(2026, 6, 5), "fredag", "2026-06-12"),
        (date(2026, 1, 31), "om en månad", "2026-02-28"),
    ],
)
def test_the_year_that_is_meant(today: date, text: str, day: str) -> None:
    """What has passed by a week is a slip of the pen, not next year's."""
    assert str(read_day(text, today, CALENDAR).day) == day


def test_a_day_further_into_the_text() -> None:
    assert str(find_day("Väntar på asfalt, svaret kommer 10 juni.", TODAY, CALENDAR)) == TENTH
    assert find_day("Jag var sjuk i 3 dagar, pris 10.50 kr", TODAY, CALENDAR) is None


@given(st.text(alphabet=st.sampled_from("0123456789 -/.:vjunidenfredagomveckor\u00a0åİ"), max_size=60))
def test_any_text_is_read(text: str) -> None:
    read_day(text, TODAY, CALENDAR)
    find_day(text, TODAY, CALENDAR)
