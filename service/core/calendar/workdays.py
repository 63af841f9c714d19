"""Swedish working days, and when a time limit runs out.

A working day is Monday to Friday, except the public holidays (lagen 1989:253), the three eves that lagen 1930:173 puts
beside them (midsommarafton, julafton, nyårsafton) and the days on which the municipality keeps closed. Days between
free days (klämdagar) and shortened days are working days.
"""

from bisect import bisect_left, bisect_right
from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from holidays.countries.sweden import Sweden

from service.core.calendar.durations import Duration, Unit

_DAY: Final = timedelta(days=1)
_LAST_SECOND: Final = time(23, 59, 59)
_SATURDAY: Final = 5
CLOSED: Final = "kommunens stängda dag"
WEEKEND: Final = ("lördag", "söndag")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of one municipality, in its time zone. Holidays are known for 1953–2100.

    extra_non_working: local closing days on top of holidays and eves (setting `calendar.extra_non_working`).
    """

    extra_non_working: frozenset[date]
    zone: ZoneInfo

    def is_working_day(self, day: date) -> bool:
        """Whether the municipality works on the day."""
        return day.weekday() < _SATURDAY and day not in _free_days(day.year) and day not in self.extra_non_working

    def why_free(self, day: date) -> str:
        """Why the municipality does not work on the day, in Swedish: a holiday's name first; empty where it works."""
        if self.is_working_day(day):
            return ""
        if day in _free_days(day.year):
            return _free_days(day.year)[day]
        return WEEKEND[day.weekday() - _SATURDAY] if day.weekday() >= _SATURDAY else CLOSED

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after the day, or before it where n is negative; the day itself is day 0.

        n = 0 gives the day itself, working day or not.
        """
        if not n:
            return day
        year = day.year
        days = self._working_days(year)
        place = bisect_right(days, day) + n - 1 if n > 0 else bisect_left(days, day) + n
        while place >= len(days):
            place, year = place - len(days), year + 1
            days = self._working_days(year)
        while place < 0:
            year -= 1
            days = self._working_days(year)
            place += len(days)
        return days[place]

    def _working_days(self, year: int) -> tuple[date, ...]:
        return _working_days(year, self.extra_non_working)

    def working_days_between(self, a: date, b: date) -> int:
        """How many working days b lies after a, negative where it lies before; a itself is day 0.

        Undoes `add_working_days`: working_days_between(a, add_working_days(a, n)) == n.
        """
        step, sign = (_DAY, 1) if b >= a else (-_DAY, -1)
        days = range(1, abs((b - a).days) + 1)
        return sign * sum(self.is_working_day(a + step * distance) for distance in days)

    def local_date(self, instant: datetime) -> date:
        """The date in the municipality at the instant. Raises ValueError for an instant without a time zone."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return instant.astimezone(self.zone).date()

    def day_ends(self, day: date) -> datetime:
        """The last second of the local day, 23:59:59, in UTC. Late is what comes after it."""
        return self.at(day, _LAST_SECOND)

    def day_begins(self, day: date) -> datetime:
        """The first instant of the local day, in UTC."""
        return self.at(day, time())

    def at(self, day: date, clock: time) -> datetime:
        """The instant, in UTC, of a local time of day.

        A time that summer time skips counts as the hour after, one that comes twice as the first of the two.
        """
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)


def due(arrival: datetime, duration: Duration, calendar: Calendar, roll: bool) -> datetime:
    """The instant, in UTC, until which something that is due the duration after arrival is in time (KOP-10, SPA-24).

    The local day of arrival is day 0, working day or not; working days and days run to the end of the local day.
    Hours and minutes are clock time, untouched by summer time and by free days (KOP-14).
    roll: a limit in calendar days that ends on a non-working day ends on the next working day instead.
    Raises ValueError for an arrival without a time zone.
    """
    arrived = calendar.local_date(arrival)
    match duration.unit:
        case Unit.MINUTES:
            return arrival.astimezone(UTC) + timedelta(minutes=duration.amount)
        case Unit.HOURS:
            return arrival.astimezone(UTC) + timedelta(hours=duration.amount)
        case Unit.DAYS:
            last = arrived + timedelta(days=duration.amount)
            if roll and not calendar.is_working_day(last):
                last = calendar.add_working_days(last, 1)
            return calendar.day_ends(last)
        case Unit.WORKING_DAYS:
            return calendar.day_ends(calendar.add_working_days(arrived, duration.amount))


@lru_cache(maxsize=256)
def _free_days(year: int) -> Mapping[date, str]:
    """Public holidays and ("de_facto") the three eves. The other categories hold days on which people work."""
    found = Sweden(categories=("public", "de_facto"), language="sv", years=year, expand=False)
    return MappingProxyType(dict(found.items()))


@lru_cache(maxsize=64)  # years: each case asks for the same one or two, a dozen times
def _working_days(year: int, closed: frozenset[date]) -> tuple[date, ...]:
    """The working days of a year in order. closed: days on which the municipality does not work besides."""
    days = (date(year, 1, 1) + _DAY * number for number in range(365 + isleap(year)))
    free = closed | _free_days(year).keys()
    return tuple(day for day in days if day.weekday() < _SATURDAY and day not in free)
