"""YAML files that people write: read with the place of every value, and faults that say where, what and what instead.

Reads with YAML 1.2 (`10:30` and `no` are text), refuses duplicate keys, and validates with a pydantic model. No text of
a fault holds a value that a model does not itself quote, so a password in a configuration file is never shown.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

Location = tuple[int | str, ...]
"""The way to a value: keys of mappings and places in lists, from the top of the file."""

_M = TypeVar("_M", bound=BaseModel)
_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file, at a line and column counted from 1. A warning does not make the file unusable."""

    file: str
    line: int
    column: int
    message: str
    suggestion: str = ""
    warning: bool = False

    def __str__(self) -> str:
        """One line: `file:line:column: what is wrong; what to do`."""
        kind = "warning: " if self.warning else ""
        return f"{self.file}:{self.line}:{self.column}: {kind}{self.message}" + (
            self.suggestion and f"; {self.suggestion}"
        )


class YamlFault(Exception):  # the faults are the files', not the program's
    """A file, or several, cannot be used as they are."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep every fault, in the order of the files and lines."""
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def nearest(word: str, right: Iterable[str]) -> str:
    """A suggestion with the nearest right word, or all of them where there are few; empty where nothing is near."""
    right = list(right)
    by_folded = {each.casefold(): each for each in right}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{by_folded[close[0]]}"?'
    return f"known are: {', '.join(right)}" if 0 < len(right) <= _FEW else ""


_FEW = 12


@dataclass(frozen=True)
class Document:
    """A file that was read: plain mappings, lists and scalars, and where each of them stands."""

    file: str
    plain: Any
    _keys: Mapping[Location, tuple[int, int]] = field(repr=False)
    _values: Mapping[Location, tuple[int, int]] = field(repr=False)

    def fault(
        self, at: Location, message: str, suggestion: str = "", *, key: bool = False, warning: bool = False
    ) -> Fault:
        """A fault at a value (or its key); where the value isn't in the file, at what it should have been in."""
        places = self._keys if key and at in self._keys else self._values
        while at and at not in places:
            at = at[:-1]
        line, column = places.get(at, (1, 1))
        return Fault(self.file, line, column, message, suggestion, warning)

    def validated(self, model: type[_M]) -> _M:
        """The file as the model's value; `YamlFault` with everything that is wrong in it."""
        try:
            return model.model_validate({} if self.plain is None else self.plain)
        except ValidationError as error:
            faults = {_place(fault): fault for fault in self._faults(model, error)}
            raise YamlFault(sorted(faults.values(), key=_place)) from None

    def _faults(self, model: type[BaseModel], error: ValidationError) -> Iterable[Fault]:
        for detail in error.errors(include_url=False):
            at = self._known(detail["loc"])
            kind = detail["type"]
            if kind == "extra_forbidden":
                name = str(detail["loc"][-1])
                yield self.fault(at, f'unknown key "{name}"', nearest(name, _keys_at(model, at[:-1])), key=True)
            elif kind == "too_short" and detail["input"]:
                continue  # there are entries; what is wrong in them has its own faults
            elif kind == "missing":
                yield self.fault(at, f'the key "{detail["loc"][-1]}" is missing', key=len(at) < len(detail["loc"]))
            else:
                yield self.fault(at, *_explained(detail))

    def _known(self, location: Location) -> Location:
        """The location without what pydantic adds to it (names of types in a union)."""
        known: Location = ()
        for part in location:
            if (*known, part) in self._values:
                known = (*known, part)
        return known


def _place(fault: Fault) -> tuple[int, int]:
    return fault.line, fault.column


_EXPLAINED = {
    "string_type": "should be text",
    "string_too_short": "is empty",
    "bool_type": "should be true or false",
    "int_type": "should be a whole number",
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "dict_type": "should be a mapping of keys and values",
    "mapping_type": "should be a mapping of keys and values",
    "model_type": "should be a mapping of keys and values",
    "too_short": "should hold at least one entry",
    "is_instance_of": "should be text",
}


def _explained(detail: ErrorDetails) -> tuple[str, str]:
    """What is wrong and what to do about it."""
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind in {"enum", "literal_error"}:
        right = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return f'"{value}" is not a choice here', nearest(str(value), right)
    if kind == "value_error":
        return str(context.get("error", detail["msg"])), ""
    if kind == "string_pattern_mismatch":
        return f'"{value}" does not have the right form', f"it should match {context.get('pattern', '')}"
    if kind == "string_type" and isinstance(value, int | float):
        return "should be text, but YAML reads it as a number", "put it in quotes"
    return _EXPLAINED.get(kind) or detail["msg"].removeprefix("Input "), ""


def _keys_at(model: type[BaseModel], location: Location) -> list[str]:
    """The keys that the model knows at a location."""
    at: type[BaseModel] | None = model
    for part in location:
        if at is not None and isinstance(part, str):
            fields = {info.alias or name: info for name, info in at.model_fields.items()}
            at = _model_in(fields[part].annotation) if part in fields else None
    return [info.alias or name for name, info in at.model_fields.items()] if at else []


def _model_in(annotation: Any) -> type[BaseModel] | None:  # a type expression has no type of its own
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


# --- reading --------------------------------------------------------------------------------------------------------


def read(path: Path, name: str | None = None) -> Document:
    """Read a file; `YamlFault` where it is missing, no UTF-8 or no YAML. `name` is how faults call it."""
    name = name or str(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise YamlFault([Fault(name, 1, 1, "the file is missing")]) from None
    except OSError as error:
        raise YamlFault([Fault(name, 1, 1, f"the file cannot be read: {error.strerror}")]) from None
    return parse(raw, name)


def parse(raw: bytes, name: str) -> Document:
    """The document in the bytes of a file."""
    text = _decoded(raw, name)
    try:
        tree = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        raise YamlFault([_syntax_fault(error, name)]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise YamlFault([Fault(name, 1, 1, f"not YAML: {type(error).__name__}")]) from None
    return _Reading(name).document(tree)


def _decoded(raw: bytes, name: str) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _line_and_column(raw[: error.start].decode("utf-8", "replace"))
        message, suggestion = f"the byte 0x{raw[error.start]:02x} is not UTF-8", "save the file with the encoding UTF-8"
        raise YamlFault([Fault(name, line, column, message, suggestion)]) from None
    if control := _CONTROL.search(text):
        line, column = _line_and_column(text[: control.start()])
        raise YamlFault([Fault(name, line, column, f"the control character U+{ord(control[0]):04X} is not allowed")])
    return text


def _line_and_column(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _syntax_fault(error: MarkedYAMLError, name: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = str(error.problem or error.context or "not YAML").partition("\n")[0]
    if isinstance(error, DuplicateKeyError):
        key = re.search(r'duplicate key "(.*?)"', problem)
        return Fault(name, line, column, f'the key "{key[1] if key else ""}" comes twice in one mapping')
    if "'\\t'" in problem:
        return Fault(name, line, column, "a tab cannot indent a line", "use spaces")
    return Fault(name, line, column, f"not YAML: {problem}", _hint(problem))


def _hint(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return "a text that holds a colon and a space needs quotes"
    if "'*'" in problem or "alias" in problem:
        return 'a text that starts with * needs quotes: "*belysning"'
    return ""


class _Reading:
    """One walk over a file's tree."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._keys: dict[Location, tuple[int, int]] = {}
        self._values: dict[Location, tuple[int, int]] = {(): (1, 1)}
        self._seen: set[int] = set()
        self._faults: list[Fault] = []

    def document(self, tree: object) -> Document:
        plain = self._plain(tree, ())
        if self._faults:
            raise YamlFault(self._faults)
        return Document(self._name, plain, self._keys, self._values)

    def _plain(self, node: object, at: Location) -> object:
        if isinstance(node, CommentedMap | CommentedSeq):
            if id(node) in self._seen:
                self._refuse(at, "a mapping or list cannot be used in two places", "write it out")
                return None
            self._seen.add(id(node))
            return self._mapping(node, at) if isinstance(node, CommentedMap) else self._list(node, at)
        if isinstance(node, TaggedScalar):
            self._refuse(at, "a tag is not understood here", "put a text that starts with ! in quotes")
            return None
        return str(node) if isinstance(node, str) else node

    def _mapping(self, node: CommentedMap, at: Location) -> dict[str, object]:
        plain = {}
        for key, value in node.items():
            here = (*at, key)
            self._keys[here], self._values[here] = _at(node.lc.key(key)), _at(node.lc.value(key))
            if isinstance(key, str):
                plain[str(key)] = self._plain(value, here)
            else:
                self._refuse(here, "a key should be text", "put it in quotes", key=True)
        return plain

    def _list(self, node: CommentedSeq, at: Location) -> list[object]:
        for index in range(len(node)):
            self._values[(*at, index)] = _at(node.lc.item(index))
        return [self._plain(value, (*at, index)) for index, value in enumerate(node)]

    def _refuse(self, at: Location, message: str, suggestion: str, *, key: bool = False) -> None:
        document = Document(self._name, None, self._keys, self._values)
        self._faults.append(document.fault(at, message, suggestion, key=key))


def _at(place: tuple[int, int]) -> tuple[int, int]:
    """From the reader's counting from 0 to the editor's from 1."""
    return place[0] + 1, place[1] + 1
