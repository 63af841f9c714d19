"""What a template may say: the library's filters, tests and methods that letters have a use for, and no others.

What makes much out of little (`center`, `indent`, `round` to a million digits) is not among them. What needs a look at
its measure first stands here with that look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from types import BuiltinMethodType, MappingProxyType
from typing import Any

from jinja2 import Environment, nodes
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext
from jinja2.tests import TESTS
from jinja2.utils import Namespace

from service.core.faulttexts import Said, say
from service.desk.writing.allowance import Bound, spend

MOST_CHARACTERS = 100_000
"""Of one own file; the longest that is shipped has four thousand."""

_FILTERS = """abs capitalize count d default dictsort first float int join last length list lower map max min reject
rejectattr replace reverse select selectattr sort string title trim truncate unique upper wordcount"""
_TESTS = """boolean defined divisibleby eq equalto even false float ge gt greaterthan in integer iterable le lessthan
lower lt mapping ne none number odd sameas sequence string true undefined upper == != < <= > >="""
_ATTRIBUTES: Mapping[type, frozenset[str]] = {
    kind: frozenset(names.split())
    for kind, names in {
        str: "capitalize casefold count endswith find isalpha isdigit islower isupper join lower lstrip partition"
        " removeprefix removesuffix replace rfind rpartition rsplit rstrip split splitlines startswith strip title"
        " upper",
        list: "append",
        dict: "get items keys values",
        MappingProxyType: "get items keys values",
        date: "day isocalendar isoformat isoweekday month weekday year",
        datetime: "date hour isoformat minute second time",
        time: "hour isoformat minute second",
        timedelta: "days seconds total_seconds",
        Enum: "name value",
        LoopContext: "changed cycle depth depth0 first index index0 last length nextitem previtem revindex revindex0",
    }.items()
}
"""What may be had of values of Python's own sorts, and of Jinja's loops."""
_OUR_OWN = "service."
_METHODS = frozenset(
    name for kind in (str, bytes, int, float, list, dict, set, date, datetime) for name in dir(kind)
) - frozenset().union(*_ATTRIBUTES.values())


def filters() -> dict[str, Any]:
    """The library's filters for templates, and those in their place that look at the measure first."""
    return {name: FILTERS[name] for name in _FILTERS.split()} | {
        "replace": replaced,
        "join": joined,
        "format": formatted,
    }


def tests() -> dict[str, Any]:
    """The library's tests for templates."""
    return {name: TESTS[name] for name in _TESTS.split()}


def may_have(kind: type, attribute: str) -> bool:
    """Whether templates may have that of such a value: what our own facts have, and little of everything else."""
    if attribute.startswith("_"):
        return False
    ours = kind.__module__.startswith(_OUR_OWN)
    owner = next((each for each in kind.__mro__ if attribute in vars(each)), None)
    if owner is None:  # what the value alone has
        return ours or issubclass(kind, Namespace)
    return owner.__module__.startswith(_OUR_OWN) or any(
        attribute in names for sort, names in _ATTRIBUTES.items() if issubclass(kind, sort)
    )


def in_place_of(method: object) -> Any:
    """What templates get in the place of a text's own method, which makes much out of little; None for others."""
    if isinstance(method, BuiltinMethodType) and isinstance(text := method.__self__, str):
        match method.__name__:
            case "replace":
                return lambda *given: replaced(text, *given)
            case "join":
                return lambda values: joined(values, text)
    return None


def replaced(text: object, old: object, new: object, count: int | None = None) -> str:
    """Words in the place of others."""
    whole, was, becomes = str(text), str(old), str(new)
    most = -1 if count is None else count
    spend(len(whole) + whole.count(was) * len(becomes))
    return whole.replace(was, becomes, most)


def joined(values: Any, between: str = "") -> str:
    """Values one behind the other."""
    texts = [str(each) for each in values]
    spend(sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)


def formatted(text: str, *values: Any) -> str:
    """Values filled in."""
    return filled_in(text, values)


def filled_in(text: str, values: object) -> str:
    """Values filled in, in fields of ordinary width."""
    if _WIDE.search(text):
        raise Bound(say("no-powers", operator="format"))
    return text % values


_WIDE = re.compile(
    r"%(?:\([^)]*\))?[-+ #0]*(?:\d*\.)?(?:\d{3}|\*)"
)  # a field that is very wide, or as wide as somebody says


def not_allowed(template: nodes.Template, made: Environment) -> Iterator[tuple[int, Said]]:
    """The lines of a template that say what letters have no use for."""
    for node in template.find_all(nodes.Node):
        match node:
            case nodes.Pow():
                yield node.lineno, say("no-powers", operator="**")
            case nodes.Filter(name=name) if name and name not in made.filters:
                yield node.lineno, say("no-filter", name=name)
            case nodes.Test(name=name) if name not in made.tests:
                yield node.lineno, say("no-filter", name=name)
            case nodes.Call(node=nodes.Getattr(attr=name)) if name in _METHODS:
                yield node.lineno, say("no-method", name=name)
            case nodes.For(recursive=True):
                yield node.lineno, say("no-block", name="for … recursive")
            case nodes.Pair(key=key) if not isinstance(key, nodes.Const):
                yield node.lineno, say("template-fault")
