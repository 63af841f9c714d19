"""The types that the values of a rules folder are read as: text, addresses, durations, terms, dates."""

import datetime as dt
import re
import zoneinfo
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
)

from service.core.calendar import patterns
from service.core.calendar.durations import Duration, Reminder
from service.core.faulttexts import say
from service.core.identity.registry import is_number
from service.core.people import addresses
from service.core.rules.words import Pattern, Term

_T = TypeVar("_T")


def _written(read: Callable[[str], _T]) -> BeforeValidator:
    """A value that is written as text and read by `read`; what is already read passes."""

    def convert(value: object) -> object:
        if isinstance(value, str):
            return read(value)
        if isinstance(value, bool | int | float):
            raise ValueError(say("text-in-quotes"))  # noqa: TRY004  # pydantic reports only ValueError
        return value

    return BeforeValidator(convert)


def listed(entry: Any, least: int = 0, *, alone: Any = None) -> BeforeValidator:
    """A list of at least so many entries; where it has one, that may stand alone: `words: väg`.

    alone: what such an entry is, where only some of them may stand alone.
    """
    many: Any = Annotated[tuple[entry, ...], Field(min_length=least)] if least else tuple[entry, ...]
    return BeforeValidator(_in_a_list, json_schema_input_type=(alone or entry) | many)


def _in_a_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _address(text: str) -> str:
    try:
        validate_email(text, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as fault:
        raise ValueError(say("no-address", text=text, why=fault)) from None
    return text


def _zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise ValueError(say("no-zone", name=name))
    return name


def _date(value: object) -> object:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date | str):
        raise ValueError(say("no-date"))  # noqa: TRY004  # pydantic reports only ValueError
    return value


class OfficeHours(NamedTuple):
    """Local wall-clock times between which reminders and escalations may leave, on working days."""

    opens: dt.time
    closes: dt.time

    @classmethod
    def parse(cls, text: str) -> "OfficeHours":
        """Read `07:30-16:30`; `ValueError` when the text is something else or the end is not after the start."""
        try:
            opens, closes = map(_clock_time, re.split("[-–]", text))
        except ValueError:
            raise ValueError(say("no-hours", text=text)) from None
        if opens >= closes:
            raise ValueError(say("hours-reversed", text=text))
        return cls(opens, closes)

    def __str__(self) -> str:
        """As the rules folder writes it."""
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


def _without_controls(text: str) -> str:
    if found := _CONTROL.search(text):
        raise ValueError(say("control-in-text", code=f"U+{ord(found[0]):04X}"))
    return text


def _clock_time(text: str) -> dt.time:
    """A local wall-clock time, to the minute."""
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        raise ValueError(say("no-clock-time", text=text))
    return dt.time(int(found[1]), int(found[2]))


def _registry_number(text: str) -> str:
    if not is_number(text):
        raise ValueError(say("no-registry-number", text=text))
    return text


def _folder_address(text: str) -> str:
    """A web address that others are made of by writing a file's name after it."""
    if not re.fullmatch(r"https?://[^\s/?#<>\"]+(?:/[^\s?#<>\"]*)?", text):
        raise ValueError(say("no-web-address", text=text))
    return text if text.endswith("/") else f"{text}/"


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)", re.ASCII)
_TEXT_SCHEMA = WithJsonSchema({"type": "string"})


def _shown(pattern: str, *examples: str) -> WithJsonSchema:
    """Text as editors check it, with what they say where it is another (`patternErrorMessage`)."""
    said = f"write for example {' or '.join(examples)}"
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [*examples], "patternErrorMessage": said})


Text = Annotated[
    str, StringConstraints(strict=True, strip_whitespace=True, min_length=1), AfterValidator(_without_controls)
]
Id = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-zåäö0-9][a-zåäö0-9_-]*$")]
OrganisationNumber = Annotated[str, StringConstraints(strict=True, pattern=r"^\d{6}-\d{4}$")]
Address = Annotated[Text, AfterValidator(_address), _shown(r"^\s*[^@\s]+@[^@\s]+\s*$", "maria.lund@ekvik.example")]
Length = Annotated[
    Duration,
    _written(Duration.parse),
    _shown(patterns.DURATION, "10 working days", "14 days", "24 hours"),
]
ReminderText = Annotated[Reminder, _written(Reminder.parse), _shown(patterns.REMINDER, "3 working days before")]
HoursText = Annotated[OfficeHours, _written(OfficeHours.parse), _shown(patterns.HOURS, "07:30-16:30")]
ClockTime = Annotated[dt.time, _written(_clock_time), _shown(patterns.CLOCK, "07:30")]
FolderAddress = Annotated[Text, AfterValidator(_folder_address)]
RegistryNumber = Annotated[Text, AfterValidator(_registry_number)]
Day = Annotated[dt.date, BeforeValidator(_date)]
Texts = Annotated[tuple[Text, ...], listed(Text)]
Addresses = Annotated[tuple[Address, ...], listed(Address)]
SomeAddresses = Annotated[tuple[Address, ...], Field(min_length=1), listed(Address, 1)]
Flag = StrictBool
_Term = Annotated[Term, _written(Term.parse), _TEXT_SCHEMA]
Terms = Annotated[tuple[_Term, ...], listed(_Term)]
PatternText = Annotated[Pattern, _written(Pattern.parse), _TEXT_SCHEMA]
_AddressPattern = Annotated[Pattern, _written(lambda text: Pattern.parse(addresses.key(text))), _TEXT_SCHEMA]
AddressPatterns = Annotated[tuple[_AddressPattern, ...], listed(_AddressPattern)]
Patterns = Annotated[tuple[PatternText, ...], listed(PatternText)]
Count = Annotated[StrictInt, Field(ge=1)]
Zone = Annotated[Text, AfterValidator(_zone)]


class Model(BaseModel):
    """A mapping of the rules folder: frozen, and a key that is not known is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True)
