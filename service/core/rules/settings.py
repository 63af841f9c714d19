"""Settings that are understood and checked but that nothing follows yet: whoever sets one is told so.

A key leaves the table when the code that follows it arrives; `tests/core/test_settings.py` sees to both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

Location = tuple[int | str, ...]

WITHOUT_EFFECT: Mapping[str, frozenset[str]] = {
    "municipality.yaml": frozenset(),
    "people.yaml": frozenset(),
    "routing.yaml": frozenset(),
    "forms.yaml": frozenset(),
    "synpunkten.yaml": frozenset(),
}
"""For each file the keys, from its top, with a dot between. What stands below one of them has no effect either."""


def without_effect(file: str, model: BaseModel) -> dict[str, Location]:
    """The keys that a file sets and that have no effect yet, each with the way to where it first stands."""
    found: dict[str, Location] = {}
    for at in _set(model, (), "", WITHOUT_EFFECT[file]):
        found.setdefault(".".join(part for part in at if isinstance(part, str)), at)
    return found


def _set(value: object, at: Location, path: str, keys: frozenset[str]) -> Iterator[Location]:
    if isinstance(value, tuple):
        for place, each in enumerate(value):
            yield from _set(each, (*at, place), path, keys)
    if not isinstance(value, BaseModel):
        return
    for name in (name for name in type(value).model_fields if name in value.model_fields_set):
        key = type(value).model_fields[name].alias or name
        inner = f"{path}.{key}" if path else key
        if inner in keys:
            yield (*at, key)
        else:
            yield from _set(getattr(value, name), (*at, key), inner, keys)
