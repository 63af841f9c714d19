"""Stationery: the templates that letters are written on, the shipped ones and a municipality's own.

A wording never costs a case: where an own template cannot be filled in, the shipped one is used, the letter leaves, and
`gave_way` says which file and line to mend. `service.desk.wording` fills in every own template before it is taken over.

All templates are read when the stationery is made: a file that somebody is editing changes no letter half-way.
"""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from service.core import swedish
from service.core.faulttexts import Said, reason_in_swedish, say
from service.core.personal import mask_personal_numbers
from service.desk import markup

LARGEST_LETTER = 1_000_000
"""Characters that an own template may write, besides what it quotes; a letter has some thousand."""
MOST_ROUNDS = 10_000
"""How often the counting loops (`range`) of one letter may go round, all together."""


@dataclass(frozen=True, slots=True)
class WordingFault:
    """What makes a template unusable: its name, where it is (line from 1), what is wrong and what to do."""

    template: str
    file: str
    line: int
    message: Said
    suggestion: str = ""


class WordingError(Exception):
    """A template of the municipality's own cannot be filled in."""

    def __init__(self, fault: WordingFault) -> None:
        super().__init__(f"{fault.file}:{fault.line}: {fault.message}")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class _Source:
    """A template's text, and the file that it stands in."""

    text: str
    file: str


class Stationery:
    """The templates in force for one municipality: the shipped ones, and its own where it has any.

    own: a folder of overrides; it need not exist. A file whose name begins with _ is a part of others.
    """

    def __init__(self, shipped: Path, own: Path | None = None) -> None:
        sources, self._unreadable = _read(own) if own else ({}, ())
        self._set(_read(shipped)[0], sources)

    def _set(self, shipped: dict[str, _Source], own: dict[str, _Source]) -> None:
        self._shipped_sources, self._own_sources = shipped, own
        self._shipped = _environment(shipped)
        self._mixed = _environment(shipped | own)
        self.gave_way: dict[tuple[str, int], WordingFault] = {}

    def without(self, template: str) -> Stationery:
        """The same stationery without one of the own files (named as in the folder, `receipt.txt`)."""
        rest = Stationery.__new__(Stationery)
        rest._unreadable = self._unreadable
        rest._set(self._shipped_sources, {n: s for n, s in self._own_sources.items() if n != template})
        return rest

    def names(self) -> list[str]:
        """The letters there are templates for, without the ending."""
        return _letters(self._shipped_sources | self._own_sources)

    def shipped_names(self) -> list[str]:
        """The letters that the service can send."""
        return _letters(self._shipped_sources)

    @property
    def own(self) -> tuple[str, ...]:
        """The own files in force, by name."""
        return tuple(self._own_sources)

    def own_used_by(self, name: str) -> frozenset[str]:
        """The own files that a letter is written with, its parts too."""
        if not self._own_sources:
            return frozenset()
        return self._used.get(name, frozenset()) & self._own_sources.keys()

    @cached_property
    def _used(self) -> dict[str, frozenset[str]]:
        parts = {name: self._parts(source.text) for name, source in (self._shipped_sources | self._own_sources).items()}
        return {name.removesuffix(".txt"): _reached(name, parts) for name in parts if not name.startswith("_")}

    def _parts(self, text: str) -> frozenset[str]:
        """The templates that a text names; of one that works a name out, or cannot be read, all of the own."""
        try:
            named = set(meta.find_referenced_templates(self._mixed.parse(text)))
        except TemplateSyntaxError:
            return frozenset()
        return frozenset(self._own_sources if None in named else ()) | {name for name in named if name}

    def faults(self) -> list[WordingFault]:
        """What can be said of the own files before anything is filled in."""
        return [*self._unreadable, *self._syntax_faults(), *self._unused()]

    def _syntax_faults(self) -> Iterator[WordingFault]:
        for name, source in self._own_sources.items():
            try:
                self._mixed.parse(source.text)
                self._mixed.compile(source.text, name, source.file)
            except TemplateSyntaxError as error:
                yield _syntax_fault(error, name, source)

    def _unused(self) -> Iterator[WordingFault]:
        """Files that no letter would ever use: a slip in the name."""
        used = frozenset().union(*(self._used[name] for name in self.shipped_names()))
        for name, source in self._own_sources.items():
            if name not in used:
                yield WordingFault(name, source.file, 1, say("not-used"), self._nearest(name))

    def _nearest(self, name: str) -> str:
        close = difflib.get_close_matches(name, self._shipped_sources, n=1)
        return say("did-you-mean", word=close[0]) if close else ""

    def fill(self, name: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        """Subject and body source of a letter. Where an own template fails the shipped one is used, and it is noted.

        Raises:
            jinja2.UndefinedError: the facts lack a name that the shipped template needs.
        """
        if self.own_used_by(name):
            try:
                return self.attempt(name, facts)
            except WordingError as error:
                self.gave_way.setdefault((error.fault.file, error.fault.line), error.fault)
        return _filled(self._shipped if f"{name}.txt" in self._shipped_sources else self._mixed, name, facts)

    def can_be_filled_as_shipped(self, name: str, facts: Mapping[str, Any]) -> bool:
        """Whether the shipped template can be filled with these facts: if not, the fault is the facts'."""
        try:
            _filled(self._shipped, name, facts)
        except Exception:  # noqa: BLE001 - whatever it is
            return False
        return True

    def attempt(self, name: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        """As `fill`, with the own templates alone.

        Raises:
            WordingError: an own template fails; it says which, and in what line.
        """
        try:
            subject, body = _filled(self._mixed, name, facts, LARGEST_LETTER + _MOST_QUOTES * _quotable(facts))
        except Exception as error:
            raise WordingError(self._blamed(error, name)) from error
        if missing := _left_out(name, subject, body, facts):
            raise WordingError(self._fault(self._head(name), 1, missing))
        return subject, body

    def _blamed(self, error: Exception, name: str) -> WordingFault:
        """The innermost own line that an error came through, or else the first own file of the letter."""
        if isinstance(error, TemplateSyntaxError) and (source := self._own_sources.get(error.name or "")):
            return _syntax_fault(error, error.name or "", source)
        files = {source.file: own for own, source in self._own_sources.items()}
        frames = traceback.extract_tb(error.__traceback__)
        places = [(files[frame.filename], frame.lineno or 1) for frame in frames if frame.filename in files]
        own, line = places[-1] if places else (self._head(name), 1)
        return self._fault(own, line, _said(error))

    def _head(self, name: str) -> str:
        """The own file that answers for a letter as a whole."""
        own = self.own_used_by(name)
        return f"{name}.txt" if f"{name}.txt" in own else min(own)

    def _fault(self, own: str, line: int, message: Said) -> WordingFault:
        return WordingFault(own, self._own_sources[own].file, line, message)


def _left_out(name: str, subject: str, body: str, facts: Mapping[str, Any]) -> Said | None:
    """What a letter may not be without; the answer is what the letter `answer` is for."""
    if not subject:
        return say("no-subject")
    if not body.strip():
        return say("no-body")
    if name == "answer" and _bare(str(facts["answer"])) not in _bare(body):
        return say("no-answer")
    return None


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", text)


# --- the environment that templates are filled in --------------------------------------------------------------------


class _Loader(BaseLoader):
    """Templates that have been read already."""

    def __init__(self, sources: Mapping[str, _Source]) -> None:
        self._sources = sources

    def get_source(self, _environment: Any, template: str) -> tuple[str, str, None]:
        """A template's text and file."""
        if template not in self._sources:
            raise TemplateNotFound(template)
        return self._sources[template].text, self._sources[template].file, None

    def list_templates(self) -> list[str]:
        """The names there are."""
        return sorted(self._sources)


class _Sandbox(SandboxedEnvironment):
    """Jinja's sandbox, which works out once for each sort of value whether a template may have an attribute of it."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Whether the attribute is none of Python's own inside: the sort of value and the name decide that."""
        key = type(obj), attr
        if key not in self._safe:
            self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return self._safe[key]

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Products of numbers: those of texts, and powers, could fill the memory."""
        if operator == "**" or not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise _Bound(say("no-powers", operator=operator))
        return super().call_binop(context, operator, left, right)


def _environment(sources: Mapping[str, _Source]) -> _Sandbox:
    environment = _Sandbox(
        loader=_Loader(sources),
        undefined=StrictUndefined,
        finalize=_one_line,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.globals.pop("lipsum")  # words without end
    environment.filters |= {
        "day": swedish.day,
        "short_day": swedish.short_day,
        "literal": _literal,
        "quote": _quote,
        "joined": swedish.join,
        "counted": swedish.count,
        "in_swedish": reason_in_swedish,
        "masked": mask_personal_numbers,
    }
    return environment


def _filled(environment: _Sandbox, name: str, facts: Mapping[str, Any], largest: int | None = None) -> tuple[str, str]:
    pieces, size = [], 0
    for piece in environment.get_template(f"{name}.txt").generate({"range": _Rounds(), **facts}):
        size += len(piece)
        if largest is not None and size > largest:
            raise _Bound(say("too-long-letter", most=LARGEST_LETTER))
        pieces.append(piece)
    first, _, body = "".join(pieces).lstrip().partition("\n")
    # A first line of another sort is the letter's text, whose greeting is no subject.
    _, is_subject, subject = markup.unmarked(first).partition("Ämne:")
    return (" ".join(subject.split()), body) if is_subject else ("", f"{first}\n{body}")


_MOST_QUOTES = 4


def _quotable(facts: Mapping[str, Any]) -> int:
    """How many characters people wrote that a letter may quote: a long mail makes a long letter, and that is right."""
    case = facts.get("case")
    texts = (*facts.values(), case.text if case else "")
    return sum(len(text) for text in texts if isinstance(text, str))


class _Rounds:
    """`range` for templates: all loops of a letter share one number of rounds, so that none goes on for ever."""

    def __init__(self) -> None:
        self._left = MOST_ROUNDS

    def __call__(self, *bounds: int) -> Iterator[int]:
        for number in range(*bounds):
            self._left -= 1
            if self._left < 0:
                raise _Bound(say("too-many-rounds", most=MOST_ROUNDS))
            yield number


def _read(folder: Path) -> tuple[dict[str, _Source], tuple[WordingFault, ...]]:
    """Every file of a folder that an editor did not leave beside it; and those that cannot be read."""
    sources: dict[str, _Source] = {}
    faults: list[WordingFault] = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        if any(part.startswith((".", "~", "#")) for part in name.split("/")) or name.endswith("~") or path.is_dir():
            continue
        try:
            sources[name] = _Source(path.read_text("utf-8-sig"), str(path))
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            wrong = say("not-utf-8", byte=f"0x{error.object[error.start]:02x}")
            faults.append(WordingFault(name, str(path), line, wrong, say("save-as-utf-8")))
        except OSError as error:
            faults.append(WordingFault(name, str(path), 1, say("file-unreadable", why=error.strerror)))
    return sources, tuple(faults)


def _letters(sources: Mapping[str, _Source]) -> list[str]:
    return sorted(name.removesuffix(".txt") for name in sources if name.endswith(".txt") and not name.startswith("_"))


def _reached(name: str, parts: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """A template and all that it is made of."""
    reached, left = set(), [name]
    while left:
        at = left.pop()
        if at not in reached:
            reached.add(at)
            left += parts.get(at, frozenset())
    return frozenset(reached)


class _Bound(SecurityError):
    """A template would do more than a letter needs."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


def _said(error: Exception) -> Said:
    """What is wrong, in one line. Only the library's own words: another error's text may hold what somebody wrote."""
    words = " ".join(str(error.args[0] if error.args else error).split())
    match error:
        case _Bound():
            return error.said
        case TemplateNotFound():
            return say("not-included", name=error.name)
        case UndefinedError() if name := _UNDEFINED.search(words):
            return say("not-there", name=name[1])
        case TemplateSyntaxError():
            return _said_of_syntax(words)
        case UndefinedError() | SecurityError():
            return say("cannot-be-filled", english=words)
    return say("cannot-be-filled", english=type(error).__name__)


def _syntax_fault(error: TemplateSyntaxError, name: str, source: _Source) -> WordingFault:
    """A fault of the template's marks. What is never closed is told where it opens, not where the file ends."""
    said, line = _said(error), error.lineno
    if said.startswith("{% ") and (opened := _last_open(source.text)):
        line = opened
    return WordingFault(name, source.file, line, said)


_BLOCK = re.compile(r"\{%[-+]?\s*(end)?(\w+)")


def _last_open(text: str) -> int:
    """The line of the last block that is opened and not closed; 0 where each is closed."""
    opened: list[tuple[str, int]] = []
    for found in _BLOCK.finditer(text):
        if found[1]:
            opened = opened[:-1] if opened and opened[-1][0] == found[2] else opened
        elif f"end{found[2]}" in text or found[2] in {"if", "for"}:
            opened.append((found[2], text.count("\n", 0, found.start()) + 1))
    return opened[-1][1] if opened else 0


def _said_of_syntax(words: str) -> Said:
    """What is wrong with a template's marks, in the words of whoever writes templates and not of the parser."""
    for pattern, kind in _SYNTAX:
        if found := pattern.search(words):
            return say(kind, **found.groupdict())
    return say("template-fault")


_SYNTAX = (
    (re.compile(r"Unexpected end of template.* that needs to be closed is '(?P<name>\w+)'"), "block-open"),
    (re.compile(r"No filter named '(?P<name>.+?)'"), "no-filter"),
    (re.compile(r"No test named '(?P<name>.+?)'"), "no-filter"),
    (re.compile(r"(?:Encountered unknown tag|jumble this\. Encountered) '(?P<name>\w+)'"), "no-block"),
)

_UNDEFINED = re.compile(r"(?:^|no attribute )'([^']+)'(?: is undefined)?$")


# --- filters ---------------------------------------------------------------------------------------------------------


class _Safe(str):
    """Text that a filter has made safe: it keeps its lines."""

    __slots__ = ()


def _literal(text: str) -> _Safe:
    return _Safe(markup.literal(text))


def _quote(text: str) -> _Safe:
    return _Safe(markup.quote(text))


def _one_line(value: object) -> object:
    """Everything else that a template inserts is one line of it: nobody's words can become markup. None is nothing.

    Personal numbers stay out of every letter, wherever they stood: in a name, a title, the name of a file.
    """
    if isinstance(value, str) and not isinstance(value, _Safe):
        return markup.inline(mask_personal_numbers(value))
    return "" if value is None else value
