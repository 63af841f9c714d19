"""Dates, times, numbers and lists in Swedish words, as mails write them (klarspråk: "fredag 27 november 2026")."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

_WEEKDAYS: Final = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_MONTHS: Final = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
_WORDS: Final = ("noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")


def day(value: date) -> str:
    """The day with weekday and year: "fredag 27 november 2026"."""
    return f"{_WEEKDAYS[value.weekday()]} {short_day(value)} {value.year}"


def short_day(value: date) -> str:
    """The day where the year is plain: "27 november"."""
    return f"{value.day} {_MONTHS[value.month - 1]}"


def clock(instant: datetime, zone: ZoneInfo) -> str:
    """The time of day in the zone: "kl. 09.12". Raises ValueError for an instant without a time zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return f"kl. {instant.astimezone(zone):%H.%M}"


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """The day and the time of day in the zone; the day alone where nobody has said a time, which is its midnight."""
    return f"{day(instant.astimezone(zone).date())} {clock_if_said(instant, zone)}".rstrip()


def clock_if_said(instant: datetime, zone: ZoneInfo) -> str:
    """The time of day in the zone; nothing where nobody has said one, which is the day's midnight."""
    return "" if instant.astimezone(zone).time() == time(0) else clock(instant, zone)


def last_moment(due: datetime, zone: ZoneInfo) -> str:
    """When something is due: the day, and the time of day where that is not the day's end (KOP-14)."""
    local = due.astimezone(zone)
    ends = (local.hour, local.minute) == (23, 59)
    return day(local.date()) if ends else f"{day(local.date())} {clock(due, zone)}"


def count(amount: int, one: str, many: str) -> str:
    """The amount with its noun: "en arbetsdag", "tio arbetsdagar", "21 dagar". Words up to twelve, then digits.

    For nouns of common gender: one is "en".
    """
    word = _WORDS[amount] if 0 <= amount < len(_WORDS) else str(amount)
    return f"{word} {one if amount == 1 else many}"


def cases(amount: int) -> str:
    """So many cases: "ett ärende", "fem ärenden"."""
    return "ett ärende" if amount == 1 else count(amount, "", "ärenden")


def join(items: Sequence[str]) -> str:
    """The items as one phrase: "a, b och c"."""
    *first, last = items or ("",)
    return f"{', '.join(first)} och {last}" if first else last
