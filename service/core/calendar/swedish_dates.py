"""The days that people name in Swedish: "10 juni", "10/6", "2026-06-10", "fredag", "v 24", "om två veckor".

Strict: what begins like a day and is none ("31 juni", "i slutet av juni") is told apart from what names no day at all,
so that whoever wrote it can be asked. The most exact words count: "fredag 12 juni" is the twelfth, "fredag v 24" the
Friday of that week. A day without a year is the next one; one that has just passed is not taken for next year's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from service.core.calendar.workdays import Calendar

_FRIDAY: Final = 4
_NEXT_YEAR_WITHIN: Final = timedelta(days=183)  # "10 januari" in December is next year's, "10 juni" in July a mistake
_LONGEST_WAIT: Final = 400  # days, weeks or months: more than a year ahead is no promise but a slip of the pen

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "januari jan", "februari feb febr", "mars mar", "april apr", "maj", "juni jun",
            "juli jul", "augusti aug", "september sept sep", "oktober okt", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (
            "måndag måndagen mån", "tisdag tisdagen tis", "onsdag onsdagen ons", "torsdag torsdagen tors tor",
            "fredag fredagen fre", "lördag lördagen lör", "söndag söndagen sön",
        )
    )
    for name in names.split()
}  # fmt: skip
_TH: Final = """
första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte trettonde fjortonde femtonde sextonde
sjuttonde artonde nittonde tjugonde tjugoförsta tjugoandra tjugotredje tjugofjärde tjugofemte tjugosjätte tjugosjunde
tjugoåttonde tjugonionde trettionde trettioförsta
"""
_ORDINALS: Final = {name: number for number, name in enumerate(_TH.split(), start=1)}
_COUNTED: Final = "en två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton"
_NUMBERS: Final = {name: number for number, name in enumerate(_COUNTED.split(), start=1)} | {"ett": 1}


def _any_of(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_MONTH = rf"(?P<month>{_any_of(_MONTHS)})\b\.?"
_YEAR = r"(?P<year>20\d\d|\d\d(?!\d))"
_AND_YEAR = rf"(?:,?\s?(?:år )?{_YEAR}\b|\s[-–'’](?P<after>2\d)(?!\d|[:./]\d|\s?(?:{_any_of(_MONTHS)})))?"
_WEEKDAY = rf"(?:{_any_of(_WEEKDAYS)})\b\.?"
_LEAD = re.compile(
    r"(?:(?:(?:svar(?:et)?|besked|ny(?:tt)?|dag(?:en)?|datum(?:et)?|senast|till|tills|fram till|blir|kommer|är|den|på|"
    r"nu på|nu|i)\b|[:=(–—-])[\s:]*)*"
)
_GAP = r"[\s,]{0,9}(?:den|på|i)?\s{0,9}"  # bounded, since blanks fit into both
_EXACT = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>20\d\d)\s?[-/.]\s?(?P<m>\d\d?)\s?[-/.]\s?(?P<d>\d\d?)(?!\d)",
        r"(?P<year>20\d\d)(?P<m>\d\d)(?P<d>\d\d)(?![\d-])",
        r"(?P<year>\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?![\d-])",
        r"(?P<year>2\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?![\d-])",
        rf"(?P<d>\d\d?)\s?[/.]\s?(?P<m>\d\d?)(?:\s?[-/.]\s?{_YEAR}|,?\s(?P<after>20\d\d))?(?![\d/])",
        r"(?P<d>\d\d?)-(?P<m>\d\d?)-(?P<year>20\d\d)(?!\d)",
        rf"(?:\d\d?\s?[-–]\s?)?(?P<d>\d\d?)(?:\s?:?(?:de|e|a|st)\b|\.)?\s?{_MONTH}{_AND_YEAR}",
        rf"(?P<ordinal>{_any_of(_ORDINALS)})\s{_MONTH}(?:,?\s?(?:år )?{_YEAR}\b)?",
        rf"{_MONTH}\s(?:den )?(?P<d>\d\d?)(?:\s?:?(?:de|e|a)\b)?(?:,?\s(?P<after>20\d\d))?(?![\d:.]\d)",
    )
)
_IN_WEEK = (
    r"(?:v|v\.|vecka|veckan)\s?(?P<week>\d\d?)(?:\s?[-–]\s?(?P<last>\d\d?))?(?!\d|[.:/]\d)(?:,?\s(?P<year>20\d\d))?"
)
_NEXT_WEEK = r"(?P<coming>nästa|kommande|denna|den här|i) ?veckan?\b"
_WEEKS = tuple(re.compile(form) for form in (_IN_WEEK, _NEXT_WEEK))
_NAMED = re.compile(rf"(?P<which>nästa|kommande|nu|denna)?\s*(?P<weekday>{_WEEKDAY})")
_DAY_ALONE = re.compile(r"(?P<d>\d\d?)\s?:?(?:de|e|a)\b|(?<=den )(?P<bare>\d\d?)(?![\w/])(?![.:]\d)")
_COUNT = rf"(?P<count>\d{{1,3}}|{_any_of(_NUMBERS)})"
_AHEAD = re.compile(rf"(?:inom|om)\s(?:högst |senast )?{_COUNT}\s(?P<unit>arbetsdag|vardag|dag|dygn|veck|v\b|månad)\w*")
_SOON = re.compile(r"(?P<soon>i ?dag|i ?morgon|i ?morron|i ?övermorgon|övermorgon)\b")
_SOON_DAYS: Final = {"idag": 0, "imorgon": 1, "imorron": 1, "iövermorgon": 2, "övermorgon": 2}
_LIKE_A_DAY = re.compile(
    rf"(?:\d{{1,2}}\s?[/.]\s?\d|\d{{4}}-\d|\d{{6}}|\d\d?\s?:?(?:de|e|a)\b|\d\d?\s*(?:{_any_of(_MONTHS)})\b|{_WEEKDAY}"
    rf"|(?:v|v\.|vecka)\s?\d|(?:om|inom)\s(?:ett par|några|någon|\d|{_any_of(_NUMBERS)})[\w\s–-]{{0,12}}"
    r"(?:dag|dygn|veck|månad)"
    rf"|(?:nästa|kommande|denna) (?:veck|månad|kvartal|år)"
    rf"|(?:slutet|mitten|början|månadsskiftet)\b|(?:{_any_of(_MONTHS)})\b)"
)
_NEAR = re.compile(r"\s+(?:efter|före|innan)\b")
_AFTER = re.compile(r"(?:,?\s{1,3}(?:kl|klockan)\b\.?\s?\d\d?(?:[.:]\d\d)?(?!\d))?[\s,.:;)–—-]*")
_OR = re.compile(r"[\s,(]*(?:eller|alternativt|alt|möjligen|kanske|eventuellt|ev)\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text begins with. day: the day that it names; wrong: words like a day's that name none; rest: the rest."""

    day: date | None
    wrong: str
    rest: str


def read_day(text: str, today: date, calendar: Calendar) -> Reading:
    """The day that the text begins with, if any. A week stands for its last working day.

    The day may have passed, or be no working day: that is for the caller to judge.
    """
    text = unicodedata.normalize("NFC", text).replace("\u00a0", " ").strip()
    low = text.lower()
    if len(low) != len(text):  # some letters have a longer lower case: positions must stay
        low = text
    start = _LEAD.match(low)
    at = start.end() if start else 0
    # The words before a day are only left out where one follows: "den" and "på" begin other sentences, too.
    for begin in dict.fromkeys((at, 0)):
        found = _day_at(low, begin, today, calendar)
        if found:
            day, end = found
            if _OR.match(low, end):
                return Reading(None, _few_words(text), text)
            after = _AFTER.match(text, end)
            return Reading(day, "", text[after.end() if after else end :])
    like = _LIKE_A_DAY.match(low, at) or _LIKE_A_DAY.match(low)
    return Reading(None, _few_words(text) if like else "", text)


_BEEN = re.compile(r"(?:(?:den|i)\s+)?(?P<been>i\s?dag|i\s?går|(?:i\s?)?förr?går)\b")
_LAST_WEEKDAY = re.compile(r"(?i)^i\s+((?:mån|tis|ons|tors|fre|lör|sön)dag)s\b")  # "i onsdags"
_LOOKING_BACK: Final = (7, 31, 365)  # days: a weekday, a day of the month and a date without year are the last such one


def read_past_day(text: str, today: date, calendar: Calendar) -> Reading:
    """The day that the text begins with, of those that have been: "19 november", "i går", "måndag" is the last one.

    A day that is still to come is `wrong`.
    """
    text = unicodedata.normalize("NFC", text).replace("\u00a0", " ").strip()
    text = _LAST_WEEKDAY.sub(r"\1", text)
    been = _BEEN.match(text.lower())
    if been:
        back = {"d": 0, "g": 1}.get(been["been"].replace(" ", "")[1], 2)
        after = _AFTER.match(text, been.end())
        return Reading(today - timedelta(days=back), "", text[after.end() if after else been.end() :])
    if _SOON.match(text.lower()) or _AHEAD.match(text.lower()):
        return Reading(None, _few_words(text), text)
    readings = [read_day(text, today - timedelta(days=back), calendar) for back in _LOOKING_BACK]
    past = next((read for read in readings if read.day and read.day <= today), None)
    if past:
        return past
    return Reading(None, _few_words(text), text) if any(read.day or read.wrong for read in readings) else readings[0]


def find_day(text: str, today: date, calendar: Calendar) -> date | None:
    """The first day that is named anywhere in the text by date or by week."""
    low = unicodedata.normalize("NFC", text).replace("\u00a0", " ").lower()
    for word in re.finditer(r"(?<![\w/.-])(?=[\wåäö])", low):
        for read in (_exact, _week):
            found = read(low, word.start(), today, calendar)
            if found:
                return found[0]
    return None


_Found = tuple[date, int] | None


def _day_at(low: str, at: int, today: date, calendar: Calendar) -> _Found:
    named = _NAMED.match(low, at)
    if named:
        found = _beside(low, named, today, calendar)
        if found:
            return found
        if _LIKE_A_DAY.match(low, _gap(low, named.end())) or _NEAR.match(low, named.end()):
            return None  # "fredag 31 juni", "måndagen efter midsommar": the more exact words are not understood
        return _weekday(named, today), named.end()
    readers: tuple[Callable[[str, int, date, Calendar], _Found], ...] = (_exact, _week, _alone, _ahead, _soon)
    return next((found for read in readers if (found := read(low, at, today, calendar))), None)


def _gap(low: str, at: int) -> int:
    gap = re.compile(_GAP).match(low, at)
    return gap.end() if gap else at


def _beside(low: str, named: re.Match[str], today: date, calendar: Calendar) -> _Found:
    """A weekday with a date or a week beside it; a date on another weekday is none."""
    at, weekday = _gap(low, named.end()), _WEEKDAYS[named["weekday"].rstrip(".")]
    exact = _exact(low, at, today, calendar) or _alone(low, at, today, calendar)
    if exact:
        return exact if exact[0].weekday() == weekday else None
    week = _week(low, at, today, calendar)
    if week:
        return week[0] + timedelta(days=weekday - week[0].weekday()), week[1]
    ahead = _ahead(low, at, today, calendar)
    if ahead and "veck" in low[at : ahead[1]]:
        return ahead[0] + timedelta(days=weekday - ahead[0].weekday()), ahead[1]
    return None


def _weekday(named: re.Match[str], today: date) -> date:
    weekday = _WEEKDAYS[named["weekday"].rstrip(".")]
    if named["which"] == "nästa":
        return today + timedelta(days=7 - today.weekday() + weekday)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _exact(low: str, at: int, today: date, _calendar: Calendar) -> _Found:
    for form in _EXACT:
        found = form.match(low, at)
        if not found:
            continue
        part = {name: value for name, value in found.groupdict().items() if value}
        day = int(part["d"]) if "d" in part else _ORDINALS[part["ordinal"]]
        month = int(part["m"]) if "m" in part else _MONTHS[part["month"]]
        year = part.get("year") or part.get("after")
        try:
            if year:
                return date(int(year) % 100 + 2000, month, day), found.end()
            return _in_some_year(today, lambda year: date(year, month, day)), found.end()  # noqa: B023 - called at once
        except ValueError:
            return None
    return None


def _week(low: str, at: int, today: date, calendar: Calendar) -> _Found:
    for form in _WEEKS:
        found = form.match(low, at)
        if not found:
            continue
        part = found.groupdict()
        try:
            if part.get("coming"):
                ahead = 7 if part["coming"] in {"nästa", "kommande"} else 0
                friday = today + timedelta(days=_FRIDAY - today.weekday() + ahead)
            else:
                week = int(part["last"] or part["week"])
                if part["year"]:
                    friday = date.fromisocalendar(int(part["year"]), week, _FRIDAY + 1)
                else:
                    friday = _in_some_year(today, lambda year: date.fromisocalendar(year, week, _FRIDAY + 1))  # noqa: B023
        except ValueError:
            return None
        return _with_weekday(low, _last_working_day(friday, calendar), found.end())
    return None


def _with_weekday(low: str, day: date, end: int) -> tuple[date, int]:
    """ "vecka 24 på fredag": the weekday may follow the week."""
    named = re.compile(rf"{_GAP}(?P<weekday>{_WEEKDAY})").match(low, end)
    if not named:
        return day, end
    return day + timedelta(days=_WEEKDAYS[named["weekday"].rstrip(".")] - day.weekday()), named.end()


def _last_working_day(friday: date, calendar: Calendar) -> date:
    days = [friday - timedelta(days=back) for back in range(_FRIDAY + 1)]
    return next((day for day in days if calendar.is_working_day(day)), friday)


def _alone(low: str, at: int, today: date, _calendar: Calendar) -> _Found:
    """ "den 10:e": the next such day of a month."""
    found = _DAY_ALONE.match(low, at)
    if not found:
        return None
    wanted = int(found["d"] or found["bare"])
    for ahead in range(62):
        day = today + timedelta(days=ahead)
        if day.day == wanted:
            return day, found.end()
    return None


def _ahead(low: str, at: int, today: date, calendar: Calendar) -> _Found:
    found = _AHEAD.match(low, at)
    if not found:
        return None
    count = int(found["count"]) if found["count"].isdecimal() else _NUMBERS[found["count"]]
    if count > _LONGEST_WAIT:
        return None
    match found["unit"]:
        case "arbetsdag" | "vardag":
            return calendar.add_working_days(today, count), found.end()
        case "dag" | "dygn":
            return today + timedelta(days=count), found.end()
        case "månad":
            return _months_ahead(today, count), found.end()
        case _:
            return today + timedelta(weeks=count), found.end()


def _months_ahead(today: date, count: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + count, 12)
    for day in range(today.day, 27, -1):  # 31 January and a month is the last of February
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(today.day, 28))


def _soon(low: str, at: int, today: date, _calendar: Calendar) -> _Found:
    found = _SOON.match(low, at)
    return (today + timedelta(days=_SOON_DAYS[found["soon"].replace(" ", "")]), found.end()) if found else None


def _in_some_year(today: date, in_year: Callable[[int], date]) -> date:
    """The day this year, or next year where it has passed and next year's is near. ValueError where no year has it."""
    for year in range(today.year, today.year + 9):  # 29 February and week 53 don't come every year
        try:
            day = in_year(year)
        except ValueError:
            continue
        if day >= today or year > today.year:
            return day
        following = _following(in_year, today.year + 1)
        return following if following and following - today <= _NEXT_YEAR_WITHIN else day
    raise ValueError("no such day")


def _following(in_year: Callable[[int], date], year: int) -> date | None:
    try:
        return in_year(year)
    except ValueError:
        return None


def _few_words(text: str) -> str:
    return " ".join(text.split()[:4])
