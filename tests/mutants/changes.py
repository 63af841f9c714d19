"""The changes: each turns, drops or swaps one thing in a function."""

from __future__ import annotations

import ast
import copy
import difflib
import functools
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType

SERVICE = Path(__file__).parents[2] / "service"
_TURNED = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
Function = ast.FunctionDef | ast.Lambda
Loaded = dict[tuple[str, str, int], list[FunctionType]]


@dataclass(frozen=True)
class Mutant:
    """One change in a function, the outermost one around it."""

    path: Path
    what: str
    lines: range
    before: Function
    after: Function

    def __str__(self) -> str:
        """Where it is, what it does, and the changed lines."""
        texts = [ast.unparse(tree).splitlines() for tree in (self.before, self.after)]
        changed = list(difflib.unified_diff(*texts, n=1, lineterm=""))[3:]
        return "\n    ".join([f"{self.path.relative_to(SERVICE.parent)}:{self.lines[0]}: {self.what}", *changed])

    def apply(self, loaded: Loaded) -> None:
        """Make the change in the function as it is loaded, wherever it has been imported to."""
        body = self.after if isinstance(self.after, ast.stmt) else ast.copy_location(ast.Expr(self.after), self.after)
        tree = ast.fix_missing_locations(ast.Module(body=[body], type_ignores=[]))
        name, line = _known_as(self.before)
        for code in compile(tree, str(self.path), "exec").co_consts:
            if isinstance(code, CodeType) and (code.co_name, code.co_firstlineno) == (name, line):
                for function in loaded[str(self.path), name, line]:
                    function.__code__ = code


def _known_as(function: Function) -> tuple[str, int]:
    decorators = function.decorator_list if isinstance(function, ast.FunctionDef) else []
    name = function.name if isinstance(function, ast.FunctionDef) else "<lambda>"
    return name, min(node.lineno for node in (function, *decorators))


def functions_loaded() -> Loaded:
    """The functions that are in memory, by file, name and first line."""
    loaded: Loaded = {}
    for each in gc.get_objects():
        if isinstance(each, FunctionType):
            code = each.__code__
            loaded.setdefault((code.co_filename, code.co_name, code.co_firstlineno), []).append(each)
    return loaded


def mutants(path: Path, loaded: Loaded) -> list[Mutant]:
    """Every change that can be made in the functions of a module; what runs while it is loaded stays as it is."""
    found = []
    for function in _outermost(ast.parse(path.read_text(encoding="utf-8"))):
        if (str(path), *_known_as(function)) not in loaded:
            continue
        left_out = {id(n) for part in _of_no_weight(function) for n in ast.walk(part)}
        for index, node in enumerate(ast.walk(function)):
            for number, (what, _) in enumerate(() if id(node) in left_out else _changes(node)):
                after = copy.deepcopy(function)
                target = next(n for i, n in enumerate(ast.walk(after)) if i == index)
                _put(after, target, list(_changes(target))[number][1]())
                found.append(Mutant(path, what, range(node.lineno, node.end_lineno + 1), function, after))
    return found


def _outermost(tree: ast.AST) -> Iterator[Function]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield node
        else:
            yield from _outermost(node)


def _of_no_weight(function: Function) -> Iterator[ast.AST]:
    """What no test can notice: lines to the log, what runs while it is loaded, and a last return of nothing."""
    yield from (node for node in ast.walk(function) if _is_log(node))
    yield function.args
    if isinstance(function, ast.FunctionDef):
        yield from function.decorator_list
        if ast.unparse(function.body[-1]) in {"return", "return None"}:
            yield function.body[-1]


def _is_log(node: ast.AST) -> bool:
    """Whether it only writes a line to the log, which no test reads."""
    return isinstance(node, ast.Expr) and ast.unparse(node).startswith("log.")


def _put(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    ast.copy_location(new, old)
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if isinstance(value, list):
                value[:] = [new if each is old else each for each in value]
            elif value is old:
                setattr(parent, name, new)


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[], ast.AST]]]:  # noqa: C901 - a table
    """What can be changed at a node: in words, and what makes the node that takes its place."""
    anew = functools.partial(_copied, node)
    match node:
        case ast.If() | ast.While() | ast.IfExp():
            yield "condition turned", lambda: anew(test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Compare(ops=[op]):
            yield "comparison turned", lambda: anew(ops=[_TURNED[type(op)]()])
        case ast.BoolOp():
            for what, kept in (("last", node.values[:-1]), ("first", node.values[1:])):
                yield f"{what} part dropped", functools.partial(_together, node, kept)
        case ast.UnaryOp(op=ast.Not()):
            yield "not dropped", lambda: node.operand
        case ast.Expr(value=ast.Call() | ast.YieldFrom()) | ast.AugAssign():
            yield "dropped", ast.Pass
        case ast.Return(value=ast.expr()) if ast.unparse(node) != "return None":
            yield "returns None", lambda: ast.Return(ast.Constant(None))
        case ast.Return() | ast.Continue() | ast.Break():
            yield "goes on", ast.Pass
        case ast.Constant(value=bool()):
            yield "swapped", lambda: ast.Constant(not node.value)
        case ast.Constant(value=int()):
            yield "one more", lambda: ast.Constant(node.value + 1)
        case ast.Call(keywords=[_, *_]):
            for index, keyword in enumerate(node.keywords):
                kept = node.keywords[:index] + node.keywords[index + 1 :]
                yield f"{keyword.arg} dropped", functools.partial(anew, keywords=kept)


def _together(node: ast.BoolOp, values: list[ast.expr]) -> ast.AST:
    return _copied(node, values=values) if values[1:] else values[0]


def _copied(node: ast.AST, **changes: object) -> ast.AST:
    made = copy.copy(node)
    for name, value in changes.items():
        setattr(made, name, value)
    return made
