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
from ruamel.yaml.comments import CommentedBase, CommentedMap, CommentedSeq, TaggedScalar

from service import yamlquick
from service.core.faulttexts import Said, in_swedish, joined, say
from service.yamlsyntax import explained

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

    @property
    def swedish(self) -> str:
        """What is wrong and what to do, without the place, for a mail."""
        return in_swedish(self.message) + (self.suggestion and f"; {in_swedish(self.suggestion)}")

    def __str__(self) -> str:
        """One line: `file:line:column: what is wrong; what to do`."""
        return self._placed("warning: " if self.warning else "")

    @property
    def bare(self) -> str:
        """The line without the word warning, for those who say it themselves."""
        return self._placed("")

    def _placed(self, kind: str) -> str:
        return f"{self.file}:{self.line}:{self.column}: {kind}{self.message}" + (
            self.suggestion and f"; {self.suggestion}"
        )


class YamlFault(Exception):  # the faults are the files', not the program's
    """A file, or several, cannot be used as they are."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep every fault, in the order of the files and lines."""
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__("\n".join(map(str, self.faults)))


def nearest(word: str, right: Iterable[str]) -> str:
    """A suggestion with the nearest right word, or all of them where there are few; empty where nothing is near."""
    right = list(right)
    by_folded = {each.casefold(): each for each in right}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    if close:
        return say("did-you-mean", word=by_folded[close[0]])
    return say("known-are", words=joined(right)) if 0 < len(right) <= _FEW else ""


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
                yield self.fault(at, say("unknown-key", name=name), nearest(name, _keys_at(model, at[:-1])), key=True)
            elif kind == "too_short" and detail["input"]:
                continue  # there are entries; what is wrong in them has its own faults
            elif kind == "missing":
                yield self.fault(at, say("missing-key", name=detail["loc"][-1]), key=len(at) < len(detail["loc"]))
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
    "string_type": "not-text",
    "string_too_short": "empty-text",
    "bool_type": "not-bool",
    "int_type": "not-int",
    "int_from_float": "not-int",
    "tuple_type": "not-list",
    "list_type": "not-list",
    "dict_type": "not-mapping",
    "mapping_type": "not-mapping",
    "model_type": "not-mapping",
    "too_short": "empty-list",
    "is_instance_of": "not-text",
}


def _explained(detail: ErrorDetails) -> tuple[str, str]:
    """What is wrong and what to do about it."""
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    english = detail["msg"].removeprefix("Input ")
    if kind in {"enum", "literal_error"}:
        right = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return say("not-a-choice", value=value), nearest(str(value), right)
    if kind == "value_error":
        (said,) = getattr(context.get("error"), "args", None) or (english,)
        return (said if isinstance(said, Said) else say("refused", english=said)), ""
    if kind == "string_pattern_mismatch":
        return say("wrong-form", value=value), say("form-is", pattern=context.get("pattern", ""))
    if kind == "string_type" and isinstance(value, int | float):
        return say("number-not-text"), say("put-in-quotes")
    if kind == "int_parsing":
        return say("not-number", example=993 if detail["loc"][-1] == "port" else 5), ""
    if kind.startswith("date_"):
        return say("no-date"), ""
    return say(_EXPLAINED[kind]) if kind in _EXPLAINED else say("refused", english=english), ""


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


_HANDED_OVER = Path("/dev/fd")


def read(path: Path, name: str | None = None) -> Document:
    """Read a file; `YamlFault` where it is missing, no UTF-8 or no YAML. `name` is how faults call it."""
    name = name or str(path)
    try:
        # A pipe that a shell hands over lies there, and somebody writes; into one in a folder perhaps nobody ever does.
        if path.is_fifo() and path.parent != _HANDED_OVER:
            raise YamlFault([Fault(name, 1, 1, say("file-unreadable", why="it is a pipe, not a file"))])
        raw = path.read_bytes()
    except FileNotFoundError:
        raise YamlFault([Fault(name, 1, 1, say("file-missing"), lies_beside(path))]) from None
    except OSError as error:
        raise YamlFault([Fault(name, 1, 1, say("file-unreadable", why=error.strerror))]) from None
    return parse(raw, name)


def lies_beside(path: Path) -> str:
    """What may be meant by a file that is missing: one whose editor has given its name another ending."""
    stem = f"{path.stem}.".casefold()
    try:
        others = (other.name for other in path.parent.iterdir() if other.name != path.name)
        names = sorted(name for name in others if name.casefold().startswith(stem))
    except OSError:
        return ""
    return say("lies-beside", name=names[0]) if names else ""


def parse(raw: bytes, name: str) -> Document:
    """The document in the bytes of a file."""
    text = _decoded(raw, name)
    if quick := yamlquick.read(text):
        return Document(name, quick.plain, quick.keys, quick.values)
    try:
        tree = YAML(typ="rt", pure=True).load(text)
    except Exception as error:  # noqa: BLE001 - an odd file meets the library with errors of any sort, which end nothing
        line, column, message, suggestion = explained(error, text)
        raise YamlFault([Fault(name, line, column, message, suggestion)]) from None
    return _Reading(name).document(tree)


def _decoded(raw: bytes, name: str) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _line_and_column(raw[: error.start].decode("utf-8", "replace"))
        message = say("not-utf-8", byte=f"0x{raw[error.start]:02x}")
        raise YamlFault([Fault(name, line, column, message, say("save-as-utf-8"))]) from None
    if control := _CONTROL.search(text):
        line, column = _line_and_column(text[: control.start()])
        raise YamlFault([Fault(name, line, column, say("control-character", code=f"U+{ord(control[0]):04X}"))])
    return text


def _line_and_column(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


_PLAIN = (CommentedMap, CommentedSeq)
_HALF = re.compile(r"[\x00\ud800-\udfff]")


class _Reading:
    """One walk over a file's tree."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._keys: dict[Location, tuple[int, int]] = {}
        self._values: dict[Location, tuple[int, int]] = {(): (1, 1)}
        self._seen: set[int] = set()
        self._refused: set[int] = set()
        self._faults: list[Fault] = []

    def document(self, tree: object) -> Document:
        plain = self._plain(tree, ())
        if self._faults:
            raise YamlFault(self._faults)
        return Document(self._name, plain, self._keys, self._values)

    def _plain(self, node: object, at: Location) -> object:
        if isinstance(node, CommentedBase) and (type(node) not in _PLAIN or node.tag.value):
            self._refuse(at, say("tag"), say("tag-needs-quotes"))
            return None
        if isinstance(node, CommentedMap | CommentedSeq):
            if id(node) in self._seen or getattr(node, "merge", None):  # `<<: *other` is another place of the other's
                if id(node) not in self._refused:  # once, however often it is used
                    self._refused.add(id(node))
                    self._refuse(at, say("two-places"), say("write-it-out"))
                return None
            self._seen.add(id(node))
            return self._mapping(node, at) if isinstance(node, CommentedMap) else self._list(node, at)
        if isinstance(node, TaggedScalar):
            self._refuse(at, say("tag"), say("tag-needs-quotes"))
            return None
        if isinstance(node, str) and (half := _HALF.search(node)):  # as an escape: nothing that we write can hold it
            self._refuse(at, say("control-character", code=f"U+{ord(half[0]):04X}"), "")
        return str(node) if isinstance(node, str) else node

    def _mapping(self, node: CommentedMap, at: Location) -> dict[str, object]:
        plain = {}
        for key, value in node.items():
            here = (*at, key)
            self._keys[here], self._values[here] = _at(node.lc.key(key)), _at(node.lc.value(key))
            if isinstance(key, str):
                plain[str(key)] = self._plain(value, here)
            else:
                self._refuse(here, say("key-not-text"), say("put-in-quotes"), key=True)
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


def is_mapping(path: Path) -> bool:
    """Whether the file can be read and holds keys with values, be they faulty ones."""
    try:
        return isinstance(read(path).plain, dict)
    except YamlFault:
        return False
