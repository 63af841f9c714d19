"""The types that the values of a rules folder are read as: text, addresses, durations, terms, dates."""

import datetime as dt
import re
import zoneinfo
from collections.abc import Callable
from typing import Annotated, NamedTuple, TypeVar

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


def one_or_more(value: object) -> object:
    """A list may be left out where it has one entry: `words: väg`."""
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
            opens, closes = (dt.time.fromisoformat(part.strip()) for part in text.split("-"))
        except ValueError:
            raise ValueError(say("no-hours", text=text)) from None
        if opens >= closes:
            raise ValueError(say("hours-reversed", text=text))
        return cls(opens, closes)


def _without_controls(text: str) -> str:
    if found := _CONTROL.search(text):
        raise ValueError(say("control-in-text", code=f"U+{ord(found[0]):04X}"))
    return text


def _clock_time(value: object) -> object:
    if isinstance(value, str):
        try:
            return dt.time.fromisoformat(value)
        except ValueError:
            raise ValueError(say("no-clock-time", text=value)) from None
    return value


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
_TEXT_SCHEMA = WithJsonSchema({"type": "string"})
Text = Annotated[
    str, StringConstraints(strict=True, strip_whitespace=True, min_length=1), AfterValidator(_without_controls)
]
Id = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-zåäö0-9][a-zåäö0-9_-]*$")]
OrganisationNumber = Annotated[str, StringConstraints(strict=True, pattern=r"^\d{6}-\d{4}$")]
Address = Annotated[Text, AfterValidator(_address)]
Length = Annotated[
    Duration, _written(Duration.parse), WithJsonSchema({"type": "string", "examples": ["10 working days"]})
]
ReminderText = Annotated[Reminder, _written(Reminder.parse), _TEXT_SCHEMA]
HoursText = Annotated[OfficeHours, _written(OfficeHours.parse), _TEXT_SCHEMA]
ClockTime = Annotated[dt.time, BeforeValidator(_clock_time), _TEXT_SCHEMA]
FolderAddress = Annotated[Text, AfterValidator(_folder_address)]
RegistryNumber = Annotated[Text, AfterValidator(_registry_number)]
Day = Annotated[dt.date, BeforeValidator(_date)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(one_or_more, json_schema_input_type=Text | tuple[Text, ...])]
Addresses = Annotated[
    tuple[Address, ...], BeforeValidator(one_or_more, json_schema_input_type=Address | tuple[Address, ...])
]
SomeAddresses = Annotated[Addresses, Field(min_length=1)]
Flag = StrictBool
_Term = Annotated[Term, _written(Term.parse), _TEXT_SCHEMA]
Terms = Annotated[tuple[_Term, ...], BeforeValidator(one_or_more, json_schema_input_type=_Term | tuple[_Term, ...])]
PatternText = Annotated[Pattern, _written(Pattern.parse), _TEXT_SCHEMA]
_AddressPattern = Annotated[Pattern, _written(lambda text: Pattern.parse(addresses.key(text))), _TEXT_SCHEMA]
AddressPatterns = Annotated[
    tuple[_AddressPattern, ...],
    BeforeValidator(one_or_more, json_schema_input_type=_AddressPattern | tuple[_AddressPattern, ...]),
]
Patterns = Annotated[
    tuple[PatternText, ...], BeforeValidator(one_or_more, json_schema_input_type=PatternText | tuple[PatternText, ...])
]
Count = Annotated[StrictInt, Field(ge=1)]
Zone = Annotated[Text, AfterValidator(_zone)]


class Model(BaseModel):
    """A mapping of the rules folder: frozen, and a key that is not known is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True)
