"""JSON Schemas of the files for editors: what each key may hold, and in a sentence what it is for."""

from __future__ import annotations

import json
from typing import Any

from service.core.takeover.mapping import Takeover
from service.reference.keys import MODELS, owners
from service.reference.meanings import MEANINGS


def schemas() -> dict[str, dict[str, Any]]:
    """One for each file, under its name; the mapping file of `case import` has one too."""
    found = {file: _explained(model.model_json_schema(by_alias=True)) for file, model in MODELS.items()}
    return found | {"case-import.yaml": Takeover.model_json_schema(by_alias=True)}


def texts() -> dict[str, str]:
    """The schemas as files beside the municipalities' rules; each yaml file names its own in its first line."""
    found = schemas()
    names = {f"{file.removesuffix('.yaml')}.schema.json": file for file in MODELS}
    return {name: json.dumps(found[file], ensure_ascii=False, indent=1) + "\n" for name, file in names.items()}


def _explained(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, with the meaning of each key."""
    models = owners()
    for name, part in {schema["title"]: schema, **schema.get("$defs", {})}.items():
        for field, meaning in MEANINGS.get(name, {}).items():
            key = models[name].model_fields[field].alias or field
            part["properties"][key]["description"] = meaning
        for shown in part.get("properties", {}).values():
            if any(isinstance(each, dict) for each in _each(shown.get("default"))):
                del shown["default"]  # what the code makes of a value is no value to write
    return schema


def _each(default: object) -> list[object]:
    return default if isinstance(default, list) else [default]
