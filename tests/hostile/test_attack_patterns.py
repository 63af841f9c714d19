"""No pattern in the package costs more than the length of what it is laid on, whoever wrote that.

The patterns are found in the source (every call of `re` with a pattern that its module can work out), taken apart, and
each repetition in them is fed with what it takes, over and over: alone, after what stands before it in the pattern, and
with that between. Of a text three times as long, a linear pattern asks three times as much, a quadratic one nine times.
"""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from service.core.reading.automatic import absences
from service.core.reading.mime import looks
from service.core.speech import consent
from tests.demands import HOUSE

SIGNS = "aA1 \n\t.-<>@:;,()[]{}\"'/\\=_#*|&%+?!§å\u00a0~$^`"
LENGTH = 1_500
SUSPECT = 0.003  # seconds of computing: what a linear pattern never takes for so short a text
FEW = 20
GROWTH = 5.0  # times as much for a text three times as long; linear is 3, quadratic 9
LONG = 100  # repetitions: fewer than that, and the pattern has an end of its own
SHORT = {consent._TAIL.pattern, absences._HOURS.pattern, looks._RULE.pattern}
"""Patterns that are laid on a few thousand characters at most where they are used, or go back a few hundred at most."""
USES = {"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}


@dataclass(frozen=True)
class Pattern:
    """One pattern of the package and the ways it is used. where: file and line."""

    where: str
    text: str
    flags: int
    uses: frozenset[str]


def modules() -> Iterator[tuple[Path, str]]:
    for file in sorted((HOUSE / "service").rglob("*.py")):
        name = ".".join(file.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__")
        if "migrations" not in file.parts and not name.endswith("__main__"):
            yield file, name


@cache
def uses() -> dict[tuple[str, str], set[str]]:
    """How each name is used that something is called on, by module and name."""
    found: dict[tuple[str, str], set[str]] = {}
    for file, name in modules():
        for used, way in re.findall(r"\b(\w+)(?:\[[^\]]*\])?\.(\w+)\b", file.read_text("utf-8")):
            if way in USES:
                found.setdefault((name, used), set()).add(way)
    return found


def patterns() -> tuple[list[Pattern], list[str]]:
    """Every pattern, and the places where one is made of what only the running program knows."""
    found, unknown = [], []
    for file, name in modules():
        source = file.read_text("utf-8")
        if "re." not in source:
            continue
        tree = ast.parse(source)
        named = {
            id(inner): target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
            for inner in ast.walk(node.value)
        }
        scope = dict(vars(importlib.import_module(name)))
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args):
                continue
            way = ast.unparse(node.func).removeprefix("re.")
            if way not in USES | {"compile"}:
                continue
            where = f"{file.relative_to(HOUSE)}:{node.lineno}"
            options = [*node.args[1:2]] if way == "compile" else []
            options += [keyword.value for keyword in node.keywords if keyword.arg == "flags"]
            try:
                text, flags = value(node.args[0], scope), sum(int(value(option, scope)) for option in options)
            except NameError:  # made in a function or of the lines of a table, which `made` finds
                unknown.append(where)
                continue
            used = uses().get((name, named.get(id(node), "")), {"finditer"}) if way == "compile" else {way}
            found.append(Pattern(where, spelt(text), flags, frozenset(used)))
        known = {pattern.text for pattern in found}
        for key, what in scope.items():
            used = uses().get((name, key), {"match"})
            found += [
                Pattern(f"{name}.{key}", spelt(each.pattern), each.flags & ~re.UNICODE, frozenset(used))
                for each in made(what)
                if spelt(each.pattern) not in known
            ]
    return found, unknown


def spelt(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("latin-1")


def made(what: object) -> Iterator[re.Pattern[Any]]:
    """The patterns in a table of a module."""
    if isinstance(what, re.Pattern):
        yield what
    elif isinstance(what, tuple | list | frozenset | Mapping):
        for each in what.values() if isinstance(what, Mapping) else what:
            yield from made(each)


def value(expression: ast.expr, scope: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(expression), "a pattern", "eval"), scope)


# --- what a pattern takes ---------------------------------------------------------------------------------------------

Items = list[tuple[Any, Any]]
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


def is_in(members: Items, sign: str) -> bool:
    is_turned = any(op is sre.NEGATE for op, _ in members)
    return is_turned != any(_is_one(op, what, sign) for op, what in members)


def _is_one(op: Any, what: Any, sign: str) -> bool:
    if op is sre.LITERAL:
        return bool(ord(sign) == what)
    if op is sre.RANGE:
        return bool(what[0] <= ord(sign) <= what[1])
    if op is sre.CATEGORY:
        kind = str(what).rpartition("_")[2]
        held = {"DIGIT": sign.isdigit(), "SPACE": sign.isspace(), "WORD": sign.isalnum() or sign == "_"}[kind]
        return held != ("_NOT_" in str(what))
    return False


def taken(items: Iterable[tuple[Any, Any]]) -> str:
    """The shortest text that these items take, or nearly."""
    return "".join(_taken(op, what) for op, what in items)


def _taken(op: Any, what: Any) -> str:
    if op is sre.LITERAL:
        return chr(what)
    if op is sre.IN:
        own = [chr(w[0] if o is sre.RANGE else w) for o, w in what if o in (sre.RANGE, sre.LITERAL)]
        return next(iter([*(sign for sign in SIGNS if is_in(what, sign)), *own]), "a")
    if op is sre.SUBPATTERN:
        return taken(what[3])
    if op is sre.BRANCH:
        return taken(what[1][0])
    if op in REPEATS:
        return taken(what[2]) * int(what[0])
    if op is sre.ATOMIC_GROUP:
        return taken(what)
    return "a" if op in (sre.ANY, sre.NOT_LITERAL) else ""


def fed(items: Items) -> list[str]:
    """What a repetition of these items can be fed with."""
    if len(items) == 1:
        op, what = items[0]
        if op is sre.IN:
            return [sign for sign in SIGNS if is_in(what, sign)] or [taken(items)]
        if op in (sre.ANY, sre.NOT_LITERAL):
            return [sign for sign in "a ." if op is sre.ANY or ord(sign) != what]
        if op is sre.SUBPATTERN:
            return fed(list(what[3]))
        if op is sre.BRANCH:
            return [piece for branch in what[1] for piece in fed(list(branch))]
    whole = [taken(items)]
    for at, (op, what) in enumerate(items):
        if op in REPEATS and what[0] == 0:
            whole.append(taken(items[:at]) + taken(what[2]) + taken(items[at + 1 :]))
    return [piece for piece in whole if piece]


def repeated(items: Items, before: str = "") -> Iterator[tuple[str, list[str]]]:
    """Each repetition without an end: what the pattern takes before it, and what it can be fed with."""
    for at, (op, what) in enumerate(items):
        above = before + taken(items[:at])
        if op in REPEATS:
            if what[1] > LONG:
                yield above, fed(list(what[2]))
            yield from repeated(list(what[2]), above)
        elif op is sre.SUBPATTERN:
            yield from repeated(list(what[3]), above)
        elif op is sre.BRANCH:
            for branch in what[1]:
                yield from repeated(list(branch), above)
        elif op is sre.ATOMIC_GROUP:
            yield from repeated(list(what), above)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from repeated(list(what[1]), above)


# --- what it costs ----------------------------------------------------------------------------------------------------


def cost(made: re.Pattern[str], way: str, text: str) -> float:
    """Seconds of computing for one use."""
    began = time.process_time()
    if way in {"search", "match", "fullmatch"}:
        getattr(made, way)(text)
    else:
        for _ in made.finditer(text):
            pass
    return time.process_time() - began


def takes_more(made: re.Pattern[str], way: str, text: str, seconds: float) -> bool:
    """Whether it does each time: what the machine does besides strikes one use, not three."""
    return all(cost(made, way, text) > seconds for _ in range(3))


def grows(made: re.Pattern[str], way: str, text: str, end: str) -> bool:
    """Whether the cost grows faster than the text."""
    few, some = text[:FEW] + end, text[: LENGTH // 9] + end
    if takes_more(made, way, few, SUSPECT) or takes_more(made, way, some, SUSPECT * 10):
        return True  # doubled by each sign more, or nearly
    if cost(made, way, text[:LENGTH] + end) < SUSPECT:
        return False
    short, long = (min(cost(made, way, text[:size] + end) for _ in range(3)) for size in (LENGTH // 3, LENGTH))
    return long > SUSPECT and long > short * GROWTH


def faults_of(pattern: Pattern) -> Iterator[str]:
    """What makes the pattern slow, as a line each; one for each repetition and use is enough."""
    made = re.compile(pattern.text, pattern.flags)
    for before, pieces in repeated(list(parser.parse(pattern.text, pattern.flags))):
        for piece in pieces:
            texts = {before + piece * (LENGTH // len(piece)), (before + piece) * (LENGTH // len(before + piece))}
            slow = [way for way in pattern.uses for text in texts if grows(made, way, text, "§\0")]
            if slow:
                yield f"{pattern.where}: {slow[0]} of {pattern.text[:70]!r}: {piece!r} after {before[-20:]!r}"
                break


def test_no_pattern_costs_more_than_the_length_of_its_text() -> None:
    found, unknown = patterns()
    assert (len(found) > 600, len(unknown) < 40) == (True, True)
    slow = [fault for pattern in found if pattern.text not in SHORT for fault in faults_of(pattern)]
    assert slow == []


def test_a_pattern_that_grows_is_found() -> None:
    slow = [r"\s*(?:re\s*)?\s*:", r"(?:a+)+b", r"\s+$", r"[^\s<>@]+@x", r"(\w+\s?)*!"]
    assert [text for text in slow if not any(faults_of(Pattern("x", text, 0, frozenset({"search"}))))] == []
    quick = [r"\s*+(?:re\s*+)?:", r"a+b?", r"(?<!\s)\s++$", r"(?<![^\s<>@])[^\s<>@]++@x", r"\bare\b"]
    assert [text for text in quick if any(faults_of(Pattern("x", text, 0, frozenset({"match"}))))] == []
