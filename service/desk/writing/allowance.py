"""How much one filling of a template may do: all that a template makes or goes through is paid for, from one sum.

A time limit cannot stop a thread, and a list of dangerous methods always lacks one. So each stretch of a template pays
when it is entered, and each value when it is made, at its full size: loops, recursion and doubled texts all come to the
same end, after a known time and within a known memory. Jinja's compiler writes the payments into a template's code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError

from service.core.faulttexts import Said, say

# What things cost, about as the time that they take and the memory: a character costs 1.
_MARK = 10  # a word or sign in a template's marks
_VALUE = 20  # a value, besides its characters
_CALL = 50
_PART = 500  # another file taken in
_LARGEST_NUMBER = 2**63
_T = TypeVar("_T")


class Bound(SecurityError):
    """A template would do more than a letter needs, or something that is not for letters."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


class _Allowance:
    """What is left of the work that the filling at hand may do."""

    __slots__ = ("left",)

    def __init__(self, work: float) -> None:
        self.left = work


_AT_HAND: ContextVar[_Allowance] = ContextVar("_AT_HAND")


@contextmanager
def allowed(work: float) -> Iterator[None]:
    """One filling, in this thread."""
    before = _AT_HAND.set(_Allowance(work))
    try:
        yield
    finally:
        _AT_HAND.reset(before)


def spend(work: int) -> None:
    """Pay for what will be done.

    Raises:
        Bound: nothing is left.
    """
    allowance = _AT_HAND.get()
    allowance.left -= work
    if allowance.left < 0:
        raise Bound(say("too-much-work"))


def paid(value: _T) -> _T:
    """The value, paid for with all that is in it, as often as it stands there.

    Raises:
        Bound: it is too much, or a number of more than 64 bits.
    """
    spend(_price(value))
    return value


def _price(value: object) -> int:
    """What a value costs; its parts are paid for at once, so that nobody goes through more of them than can be paid."""
    if isinstance(value, str):
        return _VALUE + len(value)
    if isinstance(value, _MEASURED):
        match value:
            case int():
                if not -_LARGEST_NUMBER <= value < _LARGEST_NUMBER:
                    raise Bound(say("too-large-number"))
            case range():
                return _VALUE * (1 + len(value))
            case dict():
                for key, each in value.items():
                    paid((key, each))
            case _:
                for each in value:
                    paid(each)
    return _VALUE


_MEASURED = int, range, dict, list, tuple, set, frozenset


def rounds(values: Any) -> Any:
    """What a loop goes through: paid for before the first round, also where the loop's condition leaves values out."""
    if not isinstance(values, Sized):
        return _one_by_one(values)
    spend(_VALUE * len(values))
    return values


def _one_by_one(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        spend(_VALUE)
        yield value


def called(function: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """What a function makes of values, all paid for. Nothing comes piece by piece: that would be paid for by nobody."""
    spend(_CALL + sum(map(_price, given)))
    if named:
        paid([value for name, value in named.items() if not name.startswith("_")])  # _: the library's own
    made = function(*given, **named)
    return paid(list(made) if isinstance(made, Iterator) else made)


def all_paying(functions: Mapping[str, Any]) -> dict[str, Any]:
    """Filters or tests, which are paid for; those that look at nothing inside a value cost no more than being named."""
    return {name: each if name in _AT_ONCE else _paying(each) for name, each in functions.items()}


_AT_ONCE = frozenset({"d", "default", "defined", "none", "undefined"})


def _paying(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def payed(*given: Any, **named: Any) -> Any:
        return called(function, *given, **named)

    return payed


class Metered(CodeGenerator):
    """Jinja's compiler, which writes into a template's code what each part of it costs."""

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self._through: dict[int, str] = {}  # the function that a part's value goes through
        self._branches: set[int] = set()

    def write_commons(self) -> None:
        """Names that the code of a template begins with."""
        super().write_commons()
        self.writeline("spend, paid, rounds = environment.spend, environment.paid, environment.rounds")

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """A stretch pays for all that is gone through at most once with it: a file, a round of a loop, a macro."""
        stretch = list(nodes)
        if id(nodes) not in self._branches:
            self.writeline(f"spend({sum(map(_cost, stretch)) + (_PART if frame.toplevel else 0)})")
        super().blockvisit(stretch, frame)

    def visit_If(self, node: nodes.If, frame: Frame) -> None:  # noqa: N802 - the library's name
        """A choice, whose branches are paid for with the stretch that it stands in."""
        self._branches |= {id(branch) for branch in (node.body, node.else_, *(each.body for each in node.elif_))}
        super().visit_If(node, frame)

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:
        """Write a part's code, within the function that its value goes through."""
        through = self._through.pop(id(node), "")
        if isinstance(node, nodes.Concat) or (isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Slice)):
            through = through or "paid"
        if through:
            self.write(f"{through}(")
        super().visit(node, *args, **kwargs)
        if through:
            self.write(")")

    def visit_For(self, node: nodes.For, frame: Frame) -> None:  # noqa: N802 - the library's name
        """A loop."""
        self._through[id(node.iter)] = "rounds"
        super().visit_For(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - the library's name
        """Texts joined by `~`, each of which may be made of a list."""
        self._through |= {id(each): "paid" for each in node.nodes}
        super().visit_Concat(node, frame)

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:  # noqa: N802 - the library's name
        """A comparison goes through both sides, unless one is a word or number that stands in the template."""
        first, *others = sides = [node.expr, *(operand.expr for operand in node.ops)]
        looks_in = node.ops[0].op in {"in", "notin"}
        if not (len(others) == 1 and (_is_plain(others[0]) or (_is_plain(first) and not looks_in))):
            self._through |= {id(side): "paid" for side in sides}
        super().visit_Compare(node, frame)


def _is_plain(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) or (
        isinstance(node, nodes.List | nodes.Tuple) and all(map(_is_plain, node.items))
    )


def _cost(node: nodes.Node) -> int:
    """What a part costs without what is gone through more than once, or elsewhere: that pays for itself."""
    own = len(node.data) if isinstance(node, nodes.TemplateData) else _MARK
    apart = () if isinstance(node, nodes.If) else ("body", "else_")
    return own + sum(map(_cost, node.iter_child_nodes(exclude=apart)))
