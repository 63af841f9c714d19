"""YAML that is in order, read quickly: libyaml parses it, in a twentieth of the time that a reader in Python takes.

What is out of the ordinary (an error, an anchor, a tag, a key that is no text, a scalar that is neither text nor
truth nor a plain number nor a date) is left to the careful reader of `yamlfile`, which also says what is wrong. Where
both read a file, they read the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

Location = tuple[int | str, ...]
Place = tuple[int, int]  # line and column, from 1

# YAML 1.1, which libyaml speaks, ends lines at other signs, and is not as strict with tabs.
_NOT_ALIKE = re.compile("[\t\x85\u2028\u2029]|^%", re.MULTILINE)
_DEEPEST = 50
_WORDS = {word: truth for truth in (True, False) for word in (str(truth), str(truth).lower(), str(truth).upper())}
_NOTHING = {"~", "null", "Null", "NULL"}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What the careful reader takes for something else than text, by YAML 1.2; a test compares the two.
_NO_TEXT = [
    re.compile(each)
    for each in (
        r"(?:true|True|TRUE|false|False|FALSE)$",
        r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9_]+|[0-9][0-9_]*(?=[eE]))(?:[eE][-+]?[0-9]+)?$",
        r"[-+]?\.(?:inf|Inf|INF)$|\.(?:nan|NaN|NAN)$",
        r"(?:[-+]?0b[0-1_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+)$",
        r"(?:<<|=|!|&|\*|~|null|Null|NULL)?$",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]",  # an instant, or nearly one
    )
]
_MAY_BE_NO_TEXT = frozenset("tTfF-+0123456789.<~nN=!&*")


class _Odd(Exception):
    """Something for the careful reader."""


@dataclass(slots=True)
class Quick:
    """A file's plain values, and where its keys and values stand."""

    plain: object = None
    keys: dict[Location, Place] = field(default_factory=dict)
    values: dict[Location, Place] = field(default_factory=lambda: {(): (1, 1)})


def read(text: str) -> Quick | None:
    """The values in a text; None where the careful reader must look."""
    if _NOT_ALIKE.search(text):
        return None
    events = yaml.parse(text, yaml.CSafeLoader)
    found = Quick()
    try:
        for expected in (yaml.StreamStartEvent, yaml.DocumentStartEvent):
            _expect(next(events), expected)
        found.plain = _Walk(events, found).value(next(events), ())
        for expected in (yaml.DocumentEndEvent, yaml.StreamEndEvent):
            _expect(next(events), expected)
    except (yaml.YAMLError, _Odd, StopIteration):
        return None
    return found


def _expect(event: yaml.Event, expected: type[yaml.Event]) -> None:
    if not isinstance(event, expected):
        raise _Odd


@dataclass(frozen=True, slots=True)
class _Walk:
    events: Iterator[yaml.Event]
    found: Quick

    def value(self, event: Any, at: Location) -> object:
        """The value that begins with an event."""
        if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag or len(at) > _DEEPEST:
            raise _Odd
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        return self.mapping(at) if isinstance(event, yaml.MappingStartEvent) else self.items(at)

    def mapping(self, at: Location) -> dict[str, object]:
        plain: dict[str, object] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.value(event, at)
            if not isinstance(key, str) or key in plain:
                raise _Odd
            here, value = (*at, key), next(self.events)
            self.found.keys[here], self.found.values[here] = _place(event), _place(value)
            plain[key] = self.value(value, here)
        return plain

    def items(self, at: Location) -> list[object]:
        plain: list[object] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            here = (*at, len(plain))
            self.found.values[here] = _place(event)
            plain.append(self.value(event, here))
        return plain


def _place(event: yaml.Event) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _scalar(event: Any) -> object:
    """The value of a scalar after YAML 1.2's core schema, and the dates of YAML 1.1."""
    text: str = event.value
    if event.style or (text and text[0] not in _MAY_BE_NO_TEXT):
        return text
    if text in _NOTHING:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DAY.fullmatch(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise _Odd from None
    if not text or any(expression.match(text) for expression in _NO_TEXT):
        raise _Odd  # where nothing stands, the two readers see it in two places
    return text
