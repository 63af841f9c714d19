"""JSON Schemas of the files for editors: what each key may hold, and in a sentence what it is for."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from service.core.calendar.durations import Duration
from service.core.rules.fieldtypes import OfficeHours
from service.reference.keys import EVERY, MODELS, owners
from service.reference.meanings import MEANINGS


def schemas() -> dict[str, dict[str, Any]]:
    """One for each file, under its name; the mapping file of `case import` has one too."""
    return {file: _explained(model.model_json_schema(by_alias=True)) for file, model in EVERY.items()}


def texts() -> dict[str, str]:
    """The schemas as files beside the municipalities' rules; each yaml file names its own in its first line."""
    found = schemas()
    names = {f"{file.removesuffix('.yaml')}.schema.json": file for file in MODELS}
    return {name: json.dumps(found[file], ensure_ascii=False, indent=1) + "\n" for name, file in names.items()}


def _explained(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, with the meaning of each key, and its default as it would be written."""
    models = owners()
    for name, part in {schema["title"]: schema, **schema.get("$defs", {})}.items():
        for field, meaning in MEANINGS.get(name, {}).items():
            given = models[name].model_fields[field]
            shown = part["properties"][given.alias or field]
            shown["description"] = meaning
            shown.pop("default", None)
            if (default := _as_written(given.default)) is not None:
                shown["default"] = default
    return schema


def _as_written(default: object) -> object:
    """A default as the file would have it; None where it is nothing to write."""
    match default:
        case bool() | int():
            return default
        case dt.time():
            return f"{default:%H:%M}"
        case str() | Duration() | OfficeHours():
            return str(default) or None
        case tuple() if default and all(isinstance(each, str) for each in default):
            return [str(each) for each in default]
    return None
