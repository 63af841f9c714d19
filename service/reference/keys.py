"""The keys of the files that an administrator writes, as the models know them: what each holds, and its default.

A key below another is written with a dot (`deadlines.receipt`), one of each entry of a list with `[]`
(`escalation[].after`), and one below a key that the administrator chooses with `<>` (`roads.<road>.to`).
"""

from __future__ import annotations

import datetime as dt
import enum
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from service.config.settings import Reference, Secret, Settings
from service.core.rules import fieldtypes as own
from service.core.rules.municipality import Measure
from service.core.rules.rulebook import FILES
from service.core.takeover.mapping import Takeover
from service.reference.meanings import MEANINGS
from service.resources import CONFIG_FILE

MODELS: Mapping[str, type[BaseModel]] = {CONFIG_FILE: Settings, **FILES}
"""Each file and the model that it is read as."""
EVERY: Mapping[str, type[BaseModel]] = {**MODELS, "case-import.yaml": Takeover}
"""The mapping file of `case import` too, which has no name of its own."""

_PLACES = " or ".join(f"`{{{place}: …}}`" for place in Reference.model_fields)
_OWN = (
    (own.Address, "mail address"),
    (own.AddressPatterns, "list of addresses, `*` is a wildcard"),
    (own.ClockTime, "time of day"),
    (own.Count, "whole number from 1"),
    (own.Day, "date"),
    (own.FolderAddress, "web address"),
    (own.HoursText, "two times of day"),
    (own.Id, "short id"),
    (own.Length, "duration"),
    (own.OrganisationNumber, "organisation number"),
    (own.Patterns, "list of texts, `*` is a wildcard"),
    (own.RegistryNumber, "registry number"),
    (own.ReminderText, "so long before"),
    (own.Terms, "list of words"),
    (own.Zone, "time zone"),
    (Secret, f"secret: {_PLACES}"),
    (Measure, "words, or `word: sentence`"),
)
"""What these hold is written otherwise than their types would tell."""
_PLAIN = {str: "text", int: "whole number", bool: "`true` or `false`", dt.date: "date", SecretStr: "text"}


@dataclass(frozen=True, slots=True)
class Key:
    """A key: where it stands, what it holds, what holds when it is left out, and what it is for."""

    path: str
    holds: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """The keys of a file; or those of a model that stands in several places of it, under the model's name."""

    title: str
    keys: tuple[Key, ...]


def tables(file: str) -> Iterator[Table]:
    """Every key of a file in the models' order, a group before what is below it; then what stands in several places."""
    shared = _in_several_places(MODELS[file])
    yield Table("", tuple(_keys(MODELS[file], "", shared)))
    for model in shared:
        yield Table(model.__name__, tuple(_keys(model, "", [other for other in shared if other is not model])))


def owners() -> dict[str, type[BaseModel]]:
    """Every model that a file is read as, by its name."""
    every = (model for file in EVERY.values() for model in (file, *_below(file)))
    return {model.__name__: model for model in every}


def _in_several_places(model: type[BaseModel]) -> list[type[BaseModel]]:
    below = list(_below(model))
    return [each for each in dict.fromkeys(below) if below.count(each) > 1 and not _within(each, below)]


def _within(model: type[BaseModel], among: list[type[BaseModel]]) -> bool:
    """Whether all its places are inside of one other that has several itself."""
    return any(other is not model and model in set(_below(other)) and among.count(other) > 1 for other in among)


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for hint in _hints(model).values():
        for inner, _ in _models_in(hint):
            yield inner
            yield from _below(inner)


def _keys(model: type[BaseModel], above: str, shared: list[type[BaseModel]]) -> Iterator[Key]:
    hints = _hints(model)
    for name, field in model.model_fields.items():
        path = f"{above}{field.alias or name}"
        inner = list(_models_in(hints[name]))
        elsewhere = [each.__name__ for each, _ in inner if each in shared]
        holds = f"see {elsewhere[0]}" if elsewhere else _said(hints[name])
        yield Key(path, holds, _default(field), MEANINGS.get(model.__name__, {}).get(name, ""))
        for each, way in inner:
            if each not in shared:
                yield from _keys(each, f"{path}{way}.", shared)


def _hints(model: type[BaseModel]) -> dict[str, Any]:
    return get_type_hints(model, include_extras=True)


def _models_in(hint: Any) -> Iterator[tuple[type[BaseModel], str]]:
    """The models below a key, each with how the way to its keys is written."""
    if _told(hint):
        return
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint, ""
    elif get_origin(hint) is Annotated:
        yield from _models_in(get_args(hint)[0])
    elif get_origin(hint) is tuple:
        yield from ((model, f"[]{way}") for model, way in _models_in(get_args(hint)[0]))
    elif get_origin(hint) is Mapping:
        name = _chooses(get_args(hint)[0])
        yield from ((model, f".<{name}>{way}") for model, way in _models_in(get_args(hint)[1]))
    elif get_origin(hint) in {Union, types.UnionType}:
        for each in get_args(hint):
            yield from _models_in(each)


def _chooses(hint: Any) -> str:
    """What a key that the administrator chooses is called in the way to those below it."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return hint.__name__.lower() if isinstance(hint, type) and issubclass(hint, enum.Enum) else "name"


def _said(hint: Any) -> str:
    """What a key holds, in words."""
    if own_words := _told(hint):
        return own_words
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _said(inner[0])
    if origin is tuple:
        return f"list of {_many(_said(inner[0]))}"
    if origin is Mapping:
        return f"mapping: {_said(inner[0])} to {_said(inner[1])}"
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin in {Union, types.UnionType}:
        return " or ".join(dict.fromkeys(_said(each) for each in inner if each is not type(None)))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return ", ".join(f"`{each.value}`" for each in hint)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return "keys"
    return _PLAIN.get(hint) or str(getattr(hint, "__name__", hint)).lower()


def _told(hint: Any) -> str:
    """The own words for a type, empty for others."""
    return next((said for known, said in _OWN if _is(hint, known)), "")


def _is(hint: Any, known: Any) -> bool:
    """Whether it is that type; a key may have added something of its own to it, such as another name."""
    parts = get_args(known)
    return bool(hint == known or (get_origin(known) is Annotated and get_args(hint)[: len(parts)] == parts))


def _many(said: str) -> str:
    return {"text": "texts", "mail address": "mail addresses", "keys": "entries", "date": "dates"}.get(said, said)


def _default(field: Any) -> str:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "must be written"
    return _written(value)


def _written(value: Any) -> str:
    """A value as the file would have it; empty where there is none, or where each key below has its own."""
    match value:
        case None | BaseModel():
            return ""
        case bool():
            return f"`{str(value).lower()}`"
        case enum.Enum():
            return f"`{value.value}`"
        case dt.time():
            return f"`{value:%H:%M}`"
        case tuple() | list() if not isinstance(value, own.OfficeHours):
            return ", ".join(map(_written, value))
        case Mapping():
            return ", ".join(f"{key}: {_written(each)}" for key, each in value.items())
    text = getattr(value, "text", None) or str(value)
    return f"`{text}`" if text else ""
