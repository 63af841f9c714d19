"""Out-of-office replies: the day of return and the substitute.

Swedish, English, Norwegian, Danish, Finnish and German.
"""

from __future__ import annotations

import contextlib
import enum
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from service.core.mail import Absence
from service.core.reading.automatic.evidence import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LIMIT = 4_000
# How far from a word such as "åter" its date may stand, and from "kontakta" its address (characters).
_NEAR = 60
_NEAR_CONTACT = 200
# A reply may be left on for some weeks after the return; a date further back is next year's.
_STALE = timedelta(days=60)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january januar jan tammikuu tammikuuta tammikuun",
            "februari february februar feb helmikuu helmikuuta helmikuun",
            "mars march märz marts maaliskuu maaliskuuta maaliskuun mar",
            "april apr huhtikuu huhtikuuta huhtikuun",
            "maj may mai toukokuu toukokuuta toukokuun",
            "juni june jun kesäkuu kesäkuuta kesäkuun",
            "juli july jul heinäkuu heinäkuuta heinäkuun",
            "augusti august aug elokuu elokuuta elokuun",
            "september sept sep syyskuu syyskuuta syyskuun",
            "oktober october okt oct lokakuu lokakuuta lokakuun",
            "november nov marraskuu marraskuuta marraskuun",
            "december dezember desember dec dez des joulukuu joulukuuta joulukuun",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "måndag måndagen monday montag mandag mandagen maanantai maanantaina",
            "tisdag tisdagen tuesday dienstag tirsdag tirsdagen tiistai tiistaina",
            "onsdag onsdagen wednesday mittwoch onsdag onsdagen keskiviikko keskiviikkona",
            "torsdag torsdagen thursday donnerstag torsdag torsdagen torstai torstaina",
            "fredag fredagen friday freitag fredag fredagen perjantai perjantaina",
            "lördag lördagen saturday samstag lørdag lørdagen lauantai lauantaina",
            "söndag söndagen sunday sonntag søndag søndagen sunnuntai sunnuntaina",
        )
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_DAY = r"(?P<{0}>[0-3]?\d)"

_DATE = re.compile(
    r"(?<![\d/.-])(?:"
    r"(?P<iso_year>20\d\d)-(?P<iso_month>[01]\d)-(?P<iso_day>[0-3]\d)"
    rf"|{_DAY.format('day')}(?:st|nd|rd|th|:?e|:?a|\.)?(?:\s?[-–—]\s?(?P<last>[0-3]?\d)(?:st|nd|rd|th|:?e|:?a|\.)?)?\s{{0,3}}"
    rf"(?:of\s)?(?P<month>{_MONTH})\b\.?,?(?:\s(?P<year>20\d\d))?"
    rf"|(?P<us_month>{_MONTH})\.?\s{_DAY.format('us_day')}(?:st|nd|rd|th)?"
    r"(?:\s?[-–—]\s?(?P<us_last>[0-3]?\d)(?:st|nd|rd|th)?)?(?!\d)(?:,?\s(?P<us_year>20\d\d))?"
    rf"|{_DAY.format('dash_day')}-(?P<dash_month>[01]\d)-(?P<dash_year>20\d\d)(?!\d)"
    rf"|{_DAY.format('num_day')}[/.](?P<num_month>[01]?\d)(?:[/.-]?\s?(?P<num_year>20\d\d|\d\d))?(?![\d:])"
    r"|(?:vecka|v\.|week|kw|uge|uke|viikko|viikon|v)\s?(?P<week>[0-5]?\d)(?:\s?[-–—]\s?(?P<last_week>[0-5]?\d))?(?![\d:])"
    rf"|(?P<weekday>{_WEEKDAY})\b(?!\s(?:den\s)?\d)"
    r"|(?P<tomorrow>i\s?morgon|imorgon|tomorrow|huomenna|morgen|i\smorgen)\b"
    r")",
    re.IGNORECASE,
)
# The date after (or just before) one of these is the day of return.
_RETURN = re.compile(
    r"\b(?:åter|tillbaka|tillbaks|börjar (?:jobba|arbeta) igen|back|return(?:ing)?|zurück|wieder|tilbage|tilbake|"
    r"palaan|takaisin|paikalla taas)\b",
    re.IGNORECASE,
)
# The date after one of these is the last day away.
_THROUGH = re.compile(
    r"\b(?:t\.?\s?o\.?\s?m\b\.?|till? och med|til og med|til og med|through|until and including|up to and including|"
    r"bis einschlie(?:ß|ss)lich|bis zum einschlie(?:ß|ss)lich)",
    re.IGNORECASE,
)
# The date after one of these ends the absence.
_UNTIL = re.compile(r"\b(?:förrän|till|tills|fram till|until|til|till den|bis|bis zum|frem til|to)\b", re.IGNORECASE)
# Finnish says it after the date.
_AFTERWARDS = re.compile(r"\.?\s{0,3}(?:saakka|asti)\b", re.IGNORECASE)
_DASH = re.compile(r"\s?[-–—]\s?")
# What may stand between the parts of one date: "måndag vecka 22", "Monday, June 1st", "v. 49 (måndag)".
_WITHIN = re.compile(r"[\s,(]{0,4}(?:(?:den|the|i|in|on|på|am|af|of)\s)?", re.IGNORECASE)
_STOP = re.compile(r"[!?\n]|\.\s+[A-ZÅÄÖÆØÜ]")

_CONTACT = re.compile(
    r"kontakta|kontakt|kontakte|vänd (?:dig|er)|vänligen|ersätt|vikarie|vikarier|mejla|maila|mailas|hänvisa|skicka|"
    r"contact|reach|e-?mail|refer|colleague|kollega|kollegin|kollege|wenden|vertret|vertritt|henvend|vikar|stedfortræder|"
    r"yhteyttä|yhteys|sijai",
    re.IGNORECASE,
)


class _Exact(enum.IntEnum):
    """How exactly words name a day."""

    WEEKDAY = 1
    WEEK = 2
    DATE = 3


@dataclass(frozen=True, slots=True)
class _Day:
    """A date in the text: where it stands, which day, how exactly named, and whether it is the last of a range."""

    start: int
    end: int
    day: date
    exact: _Exact
    ends_range: bool = False


def read_absence(text: str, sent: date, sender_address: str | None = None) -> Absence:
    """Read the day when the writer is back, and the address of the substitute; None each where the text does not say.

    "Åter 7 januari" names that day, "t.o.m. 6 januari" and a range such as "1-6 januari" the day before it; "till den
    7 januari" is taken for the day itself. The year is the one that puts the date nearest after `sent`. The substitute
    is an address that stands by a word such as "kontakta", never the writer's own; it is only a proposal.
    """
    written = _HOURS.sub(lambda sentence: sentence[0] if _RETURN.search(sentence[0]) else "", _new(text[:_LIMIT]))
    return Absence(_return(written, sent), _substitute(written, sender_address))


# "Vi har öppet måndag till fredag" names days and tells of no absence.
_HOURS = re.compile(
    r"[^.!?\n]{0,200}\b(?:öppet|öppettid\w*|telefontid\w*|bemanna\w*|open from|open monday|opening hours)\b"
    r"[^.!?\n]{0,200}",
    re.IGNORECASE,
)


def _new(text: str) -> str:
    """Cut the quoted mail away."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        start = line.strip(" *").casefold()
        if start.startswith((">", "från:", "from:", "von:", "fra:", "lähettäjä:", "-----")):
            return "\n".join(lines[:number])
    return "\n".join(lines)


def _return(text: str, sent: date) -> date | None:
    days = list(_days(text, sent))
    if not days:
        return None
    for cue in _RETURN.finditer(text):
        found = _after(text, cue.end(), days) or _before(text, cue.start(), days)
        if found:
            return found.day
    for cue in _THROUGH.finditer(text):
        found = _after(text, cue.end(), days)
        if found:
            return _day_after(found)
    for found in days:
        if found.ends_range or _AFTERWARDS.match(text, found.end):
            return _day_after(found)
    for cue in _UNTIL.finditer(text):
        ending = _after(text, cue.end(), days)
        if ending:
            return ending.day
    return None


def _day_after(found: _Day) -> date:
    """Return the first day after the last one that is named: after a week the next one's Monday."""
    days = 7 - found.day.weekday() if found.exact == _Exact.WEEK else 1
    return found.day + timedelta(days=days)


def _after(text: str, at: int, days: list[_Day]) -> _Day | None:
    near = [day for day in days if at <= day.start <= at + _NEAR and not _STOP.search(text[at : day.start])]
    return near[0] if near else None


def _before(text: str, at: int, days: list[_Day]) -> _Day | None:
    # A month takes the dot of an abbreviation, which may end the sentence.
    near = [day for day in days if at - _NEAR // 2 <= day.end <= at and not _STOP.search(text[day.end - 1 : at])]
    return near[-1] if near else None


def _days(text: str, sent: date) -> Iterator[_Day]:
    """Yield the days that the text names; the words of one date are one, and the most exact of them count."""
    previous: _Day | None = None
    for found in _DATE.finditer(text):
        day = _day(found, sent)
        if day is None:
            continue
        between = text[previous.end : day.start] if previous else ""
        if previous and _DASH.fullmatch(between):
            day = replace(day, ends_range=True)
        elif previous and previous.exact != day.exact and _WITHIN.fullmatch(between):
            previous = _together(previous, day)
            continue
        if previous:
            yield previous
        previous = day
    if previous:
        yield previous


def _together(one: _Day, other: _Day) -> _Day:
    """Return the day that two parts of a date name: a weekday in a week, else the more exact of them."""
    vague, exact = sorted((one, other), key=lambda day: day.exact)
    day = exact.day
    if exact.exact == _Exact.WEEK and not exact.ends_range:
        day += timedelta(days=vague.day.weekday())
    return _Day(one.start, other.end, day, _Exact.DATE, exact.ends_range)


def _day(found: re.Match[str], sent: date) -> _Day | None:
    """Return the day that a date in the text means."""
    part = {name: value.lower() for name, value in found.groupdict().items() if value}
    exact, ranged = _Exact.DATE, False
    try:
        if "tomorrow" in part:
            day = sent + timedelta(days=1)
        elif "weekday" in part:
            day = sent + timedelta(days=(_WEEKDAYS[part["weekday"]] - sent.weekday() - 1) % 7 + 1)
            exact = _Exact.WEEKDAY
        elif "week" in part:
            day, ranged = _week(part, sent)
            exact = _Exact.WEEK
        elif "iso_year" in part:
            day = date(int(part["iso_year"]), int(part["iso_month"]), int(part["iso_day"]))
        elif "dash_year" in part:
            day = date(int(part["dash_year"]), int(part["dash_month"]), int(part["dash_day"]))
        else:
            day, ranged = _calendar_day(part, sent)
    except ValueError:
        return None
    return _Day(found.start(), found.end(), day, exact, ranged)


def _calendar_day(part: dict[str, str], sent: date) -> tuple[date, bool]:
    last = part.get("last") or part.get("us_last")
    day = int(last or part.get("day") or part.get("us_day") or part["num_day"])
    month = _MONTHS.get(part.get("month") or part.get("us_month") or "") or int(part["num_month"])
    year = part.get("year") or part.get("us_year") or part.get("num_year")
    if year:
        return date(int(year) % 100 + 2000, month, day), bool(last)
    return _next(sent, lambda year: date(year, month, day)), bool(last)


def _week(part: dict[str, str], sent: date) -> tuple[date, bool]:
    """Return the Monday of a week, or of a range of weeks the Sunday that ends it."""
    last = part.get("last_week")
    week = int(last or part["week"])
    return _next(sent, lambda year: date.fromisocalendar(year, week, 7 if last else 1)), bool(last)


def _next(sent: date, in_year: Callable[[int], date]) -> date:
    """Return the first such day that is not long past; ValueError if no year has it (31 February, week 54)."""
    for year in range(sent.year - 1, sent.year + 9):  # 29 February and week 53 don't come every year
        with contextlib.suppress(ValueError):
            day = in_year(year)
            if day >= sent - _STALE:
                return day
    raise ValueError("no such day")


def _substitute(text: str, sender_address: str | None) -> str | None:
    own = (sender_address or "").casefold()
    for found in ADDRESS.finditer(text):
        address = found[0].strip(".'")
        before, after = max(0, found.start() - _NEAR_CONTACT), found.end() + _NEAR
        around = text[before : found.start()] + " " + text[found.end() : after]
        if address.casefold() != own and _CONTACT.search(around):
            return address
    return None
