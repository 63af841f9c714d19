"""Stationery: the templates that letters are written on, the shipped ones and a municipality's own.

A wording never costs a case: where an own template cannot be filled in, the shipped one is used, the letter leaves, and
`gave_way` says which file and line to mend. `wording` fills in every own template before it is taken over.

All templates are read when the stationery is made: a file that somebody is editing changes no letter half-way.
"""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError, meta

from service.core.faulttexts import Said, say
from service.core.speech import languages
from service.desk.writing import markup
from service.desk.writing.sandbox import Sandbox, Source, environment, filled, said_of
from service.desk.writing.typesetting import Mark


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


class Stationery:
    """The templates in force for one municipality: the shipped ones, and its own where it has any.

    own: a folder of overrides; it need not exist. A file whose name begins with _ is a part of others.
    """

    def __init__(self, shipped: Path, own: Path | None = None, mark: Mark | None = None) -> None:
        """Read every template. mark: the picture at the top of letters on paper."""
        sources, self._unreadable = _read(own) if own else ({}, ())
        self.mark = mark
        self._set(_read(shipped)[0], sources)

    def _set(self, shipped: dict[str, Source], own: dict[str, Source]) -> None:
        self._shipped_sources, self._own_sources = shipped, own
        self._shipped = environment(shipped, measured=False)
        self._mixed = environment(shipped | own)
        self._foreign = _in_other_languages(shipped | own)
        self.gave_way: dict[tuple[str, int], WordingFault] = {}

    def without(self, template: str) -> Stationery:
        """The same stationery without one of the own files (named as in the folder, `receipt.txt`)."""
        rest = Stationery.__new__(Stationery)
        rest._unreadable, rest.mark = self._unreadable, self.mark
        rest._set(self._shipped_sources, {n: s for n, s in self._own_sources.items() if n != template})
        return rest

    @property
    def layout(self) -> str:
        """How a letter on paper is set, for `typesetting`."""
        return self._shipped_sources["letter.typ"].text

    def version(self, name: str, language: str) -> str:
        """The template of a letter in that language, `fi/receipt`, where there is one; else the Swedish one."""
        return f"{language}/{name}" if f"{language}/{name}" in self._foreign else name

    def versions(self, name: str) -> list[str]:
        """The templates of a letter: the Swedish one, and those in other languages."""
        return [name, *(each for each in self._foreign if each.rpartition("/")[2] == name)]

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
        return {name.removesuffix(".txt"): _reached(name, parts) for name in parts if _is_letter(name)}

    def _parts(self, text: str) -> frozenset[str]:
        """The templates that a text names; of one that works a name out all of the own."""
        named = _named_in(text)
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
        if not self._own_sources:
            return
        used = frozenset().union(*(self._used[each] for name in self.shipped_names() for each in self.versions(name)))
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
                name = name if f"{name}.txt" in self._shipped_sources else name.rpartition("/")[2]
        return filled(self._shipped if f"{name}.txt" in self._shipped_sources else self._mixed, name, facts)

    def can_be_filled_as_shipped(self, name: str, facts: Mapping[str, Any]) -> bool:
        """Whether the shipped template can be filled with these facts: if not, the fault is the facts'."""
        try:
            filled(self._shipped, name, facts)
        except Exception:  # noqa: BLE001 - whatever it is
            return False
        return True

    def attempt(self, name: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        """As `fill`, with the own templates alone.

        Raises:
            WordingError: an own template fails; it says which, and in what line.
        """
        try:
            subject, body = filled(self._mixed, name, facts, _MOST_QUOTES * _quotable(facts))
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
        return self._fault(own, line, said_of(error))

    def _head(self, name: str) -> str:
        """The own file that answers for a letter as a whole."""
        own = self.own_used_by(name)
        return f"{name}.txt" if f"{name}.txt" in own else min(own)

    def _fault(self, own: str, line: int, message: Said) -> WordingFault:
        return WordingFault(own, self._own_sources[own].file, line, message)


_MOST_QUOTES = 4


def _quotable(facts: Mapping[str, Any]) -> int:
    """How many characters people wrote that a letter may quote: a long mail makes a long letter, and that is right."""
    case = facts.get("case")
    texts = (*facts.values(), case.text if case else "")
    return sum(len(text) for text in texts if isinstance(text, str))


def _left_out(name: str, subject: str, body: str, facts: Mapping[str, Any]) -> Said | None:
    """What a letter may not be without; the answer is what the letter `answer` is for."""
    if not subject:
        return say("no-subject")
    if not body.strip():
        return say("no-body")
    if name.rpartition("/")[2] == "answer" and _bare(str(facts["answer"])) not in _bare(markup.unmarked(body)):
        return say("no-answer")
    return None


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", text)


def _read(folder: Path) -> tuple[dict[str, Source], tuple[WordingFault, ...]]:
    """Every file of a folder that an editor did not leave beside it; and those that cannot be read."""
    sources: dict[str, Source] = {}
    faults: list[WordingFault] = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        if any(part.startswith((".", "~", "#")) for part in name.split("/")) or name.endswith("~") or path.is_dir():
            continue
        try:
            sources[name] = Source(path.read_text("utf-8-sig"), str(path))
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            wrong = say("not-utf-8", byte=f"0x{error.object[error.start]:02x}")
            faults.append(WordingFault(name, str(path), line, wrong, say("save-as-utf-8")))
        except OSError as error:
            faults.append(WordingFault(name, str(path), 1, say("file-unreadable", why=error.strerror)))
    return sources, tuple(faults)


def _letters(sources: Mapping[str, Source]) -> list[str]:
    """The letters in Swedish."""
    return sorted(
        name.removesuffix(".txt") for name in sources if name.endswith(".txt") and "/" not in name and _is_letter(name)
    )


def _in_other_languages(sources: Mapping[str, Source]) -> tuple[str, ...]:
    """The letters in other languages: each lies in a folder that is called as the language, `fi/receipt.txt`."""
    split = ((name.removesuffix(".txt"), *name.partition("/")[::2]) for name in sources if name.endswith(".txt"))
    known = languages.NAMES.keys() - {languages.SWEDISH}
    return tuple(sorted(name for name, code, rest in split if code in known and "/" not in rest and _is_letter(rest)))


@lru_cache(maxsize=512)
def _named_in(text: str) -> frozenset[str | None]:
    """The templates that a text names, None for one that it works out; asked of all shipped ones at each reload."""
    try:
        return frozenset(meta.find_referenced_templates(_reader().parse(text)))
    except TemplateSyntaxError:
        return frozenset()


@cache
def _reader() -> Sandbox:
    return environment({})


def _is_letter(name: str) -> bool:
    """Whether a file is a whole letter, and no part of others; `fi/receipt.txt` is the receipt in Finnish."""
    return not name.rpartition("/")[2].startswith("_")


def _reached(name: str, parts: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """A template and all that it is made of."""
    reached, left = set(), [name]
    while left:
        at = left.pop()
        if at not in reached:
            reached.add(at)
            left += parts.get(at, frozenset())
    return frozenset(reached)


def _syntax_fault(error: TemplateSyntaxError, name: str, source: Source) -> WordingFault:
    """A fault of the template's marks. What is never closed is told where it opens, not where the file ends."""
    said, line = said_of(error), error.lineno
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
