"""The periods that people name in Swedish: "maj", "2026", "i år", "förra månaden", "vecka 24", "kvartal 2"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from service.core.speech.commands import fold

_MONTHS: Final = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
                  "november", "december")  # fmt: skip
_SHORT: Final = 3  # letters of a month that are enough: "sep", "sept", "september"
_OLDEST: Final = 2000
_MONTHS_OF: Final = {"kvartal": 3, "tertial": 4, "halvar": 6}


@dataclass(frozen=True, slots=True)
class Period:
    """From its first day to its last, both included (local dates), and what it is called: "maj 2026"."""

    first: date
    last: date
    name: str


def read_period(words: str, today: date) -> tuple[Period | None, str]:
    """The period that the words begin with, and the rest of them. No words at all: the year so far.

    None: they begin with none. A month without a year is the latest that has begun.
    """
    text = " ".join(words.split())
    low = fold(text).strip(" .:")
    if not low:
        return _year(today.year, today, "i år"), ""
    for form, make in _FORMS:
        found = form.match(low)
        if found and (period := make(found, today)):
            return period, text[found.end() :].strip(" .,:")
    return None, text


def spanning(first: date, last: date) -> Period:
    """The period from the one day to the other, by its short name where it has one: "maj 2026", "halvår 1 2026"."""
    months = _whole_months(first, last)
    if months == len(_MONTHS) and first.month == 1:
        return Period(first, last, str(first.year))
    if months == 1:
        return _month(first.year, first.month)
    for what, length in _MONTHS_OF.items():
        if months == length and (first.month - 1) % length == 0:
            return Period(first, last, f"{what.replace('halvar', 'halvår')} {first.month // length + 1} {first.year}")
    return Period(first, last, f"{first} till {last}")


def ended(months: int, today: date) -> Period:
    """The last period of so many months (1, 4, 6 or 12, counted from January) that has ended before the day."""
    return _months_from((today.year * 12 + today.month - 1) // months * months - months, months)


def following(months: int, first: date) -> Period:
    """The period of so many months after the one that began on the day."""
    return _months_from((first.year * 12 + first.month - 1) // months * months + months, months)


def _months_from(at: int, months: int) -> Period:
    """So many months, the first of them by its number since the year 0."""
    last = at + months - 1
    return spanning(_month(at // 12, at % 12 + 1).first, _month(last // 12, last % 12 + 1).last)


def before(period: Period) -> Period:
    """The period of the same length that ended the day before this one began."""
    months = _whole_months(period.first, period.last)
    last = period.first - timedelta(days=1)
    if not months:
        return spanning(period.first - (period.last - period.first) - timedelta(days=1), last)
    at = period.first.year * 12 + period.first.month - 1 - months
    return spanning(date(at // 12, at % 12 + 1, 1), last)


def a_year_before(period: Period) -> Period:
    """The same days of the year before; the end of February stays its end."""
    first, last = (_a_year_before(day) for day in (period.first, period.last))
    if (period.last + timedelta(days=1)).day == 1:
        last = last.replace(day=monthrange(last.year, last.month)[1])
    return spanning(first, last)


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))


def _whole_months(first: date, last: date) -> int:
    """How many whole months the days make up; 0 where they begin or end within one."""
    if first.day != 1 or (last + timedelta(days=1)).day != 1:
        return 0
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _year(year: int, today: date, name: str = "") -> Period | None:
    if not _OLDEST <= year <= today.year:
        return None
    return Period(date(year, 1, 1), date(year, 12, 31), f"{name} ({year})" if name else str(year))


def _month(year: int, month: int) -> Period:
    last = monthrange(year, month)[1]
    return Period(date(year, month, 1), date(year, month, last), f"{_MONTHS[month - 1]} {year}")


def _ago(today: date, months: int) -> Period:
    at = today.year * 12 + today.month - 1 - months
    return _month(at // 12, at % 12 + 1)


def _week(year: int, week: int) -> Period | None:
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return Period(monday, monday + timedelta(days=6), f"vecka {week} {year}")


def _named_month(found: re.Match[str], today: date) -> Period | None:
    name = found["month"]
    month = next((n for n, full in enumerate(_MONTHS, 1) if len(name) >= _SHORT and full.startswith(name[:_SHORT])), 0)
    if not month or not (_MONTHS[month - 1].startswith(name) or name in {"sept", "febr"}):
        return None
    year = int(found["year"]) if found["year"] else today.year - (month > today.month)
    return _month(year, month) if _OLDEST <= year <= today.year else None


def _named_week(found: re.Match[str], today: date) -> Period | None:
    week, this = int(found["week"]), today.isocalendar()
    year = int(found["year"]) if found["year"] else this.year - (week > this.week)
    return _week(year, week)


def _part(found: re.Match[str], today: date) -> Period | None:
    length = _MONTHS_OF[found["what"]]
    at, year = int(found["at"]), int(found["year"] or today.year)
    if not 0 < at <= 12 // length:
        return None
    first, last = _month(year, (at - 1) * length + 1), _month(year, at * length)
    return Period(first.first, last.last, f"{found['what'].replace('halvar', 'halvår')} {at} {year}")


def _between(found: re.Match[str], _today: date) -> Period | None:
    try:
        first, last = date.fromisoformat(found["first"]), date.fromisoformat(found["last"])
    except ValueError:
        return None
    return Period(first, last, f"{first} till {last}") if first <= last else None


def _same(found: re.Match[str], today: date) -> Period | None:
    month = int(found["m"])
    year = int(found["year"])
    return _month(year, month) if 0 < month <= len(_MONTHS) and _OLDEST <= year <= today.year else None


def _days(today: date, days: int, name: str) -> Period:
    at = today - timedelta(days=days)
    return Period(at, at, name)


_YEAR: Final = r"(?:,? (?:ar )?(?P<year>20\d\d))?\b"
_LAST: Final = r"(?:forra|foregaende|senaste|sista)"
_THIS: Final = r"(?:den har |denna |innevarande |i )?"
_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period | None]], ...]] = tuple(
    (re.compile(form), make)
    for form, make in (
        (r"(?P<first>20\d\d-\d\d-\d\d)\s?(?:-|–|till|t\.?o\.?m\.?)\s?(?P<last>20\d\d-\d\d-\d\d)", _between),
        (r"(?P<year>20\d\d)-(?P<m>\d\d)(?![\d-])", _same),
        (r"(?:ar )?(?P<year>20\d\d)(?![\d-])", lambda found, today: _year(int(found["year"]), today)),
        (r"i fjol\b|forra aret\b|i fjor\b", lambda _found, today: _year(today.year - 1, today, "förra året")),
        (r"i ar\b|aret\b|hela aret\b|hittills i ar\b", lambda _found, today: _year(today.year, today, "i år")),
        (rf"{_LAST} manaden?\b", lambda _found, today: _ago(today, 1)),
        (rf"{_THIS}manad(?:en)?\b", lambda _found, today: _ago(today, 0)),
        (rf"{_LAST} veckan?\b", lambda _found, today: _week(*(today - timedelta(days=7)).isocalendar()[:2])),
        (rf"(?:vecka|v)\.? ?(?P<week>\d\d?)\b{_YEAR}", _named_week),
        (rf"{_THIS}veckan?\b(?! ?\d)", lambda _found, today: _week(*today.isocalendar()[:2])),
        (rf"(?P<what>kvartal|tertial|halvar) ?(?P<at>\d)\b{_YEAR}", _part),
        (r"i dag\b|idag\b", lambda _found, today: _days(today, 0, "i dag")),
        (r"i gar\b|igar\b", lambda _found, today: _days(today, 1, "i går")),
        (rf"(?:i )?(?P<month>[a-z]{{3,9}})\b\.?{_YEAR}", _named_month),
    )
)
