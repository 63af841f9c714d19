"""JSON Schemas of the files for editors: what each key may hold, and in a sentence what it is for."""

from __future__ import annotations

from typing import Any

from service.core.takeover.mapping import Takeover
from service.reference.keys import MODELS, owners
from service.reference.meanings import MEANINGS


def schemas() -> dict[str, dict[str, Any]]:
    """One for each file, under its name; the mapping file of `case import` has one too."""
    found = {file: _explained(model.model_json_schema(by_alias=True)) for file, model in MODELS.items()}
    return found | {"case-import.yaml": Takeover.model_json_schema(by_alias=True)}


def _explained(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, with the meaning of each key."""
    models = owners()
    for name, part in {schema["title"]: schema, **schema.get("$defs", {})}.items():
        for field, meaning in MEANINGS.get(name, {}).items():
            key = models[name].model_fields[field].alias or field
            part["properties"][key]["description"] = meaning
    return schema
