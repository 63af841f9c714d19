"""What is wrong with a text that is no YAML, said so that somebody who has never read about YAML can mend it.

The library says what its parser waited for; we say which mark is missing and where it was opened.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import ScalarToken

from service.core.faulttexts import say

Found = tuple[int, int, str, str]
"""Line and column (from 1), what is wrong, what to do."""


def explained(error: Exception, text: str) -> Found:
    """Where and what is wrong in a text that the library refused with this error."""
    if not isinstance(error, MarkedYAMLError):
        return _no_such_date(text) if isinstance(error, ValueError) else (1, 1, say("unreadable-yaml"), "")
    line, column = _place(error.problem_mark or error.context_mark)
    problem = str(error.problem or error.context or "").partition("\n")[0]
    if isinstance(error, DuplicateKeyError):
        key = re.search(r'duplicate key "(.*?)"', problem)
        return line, column, say("key-twice", key=key[1] if key else ""), ""
    if found := _open_quote(error, text):
        return found
    context, (from_line, from_column) = str(error.context or ""), _place(error.context_mark)
    if "another document" in problem:
        return line, column, say("two-documents"), say("only-one")
    if "flow" in context or "node content" in problem:
        return _bracket(problem, context, (from_line, from_column), (line, column), text)
    if "<block end>" in problem or "<document start>" in problem:
        same = error.context_mark and column == from_column and line != from_line
        return _astray(line, column, text, is_where_others_begin=bool(same))
    if "expected ':'" in problem:
        return from_line, from_column, say("colon-missing"), ""
    if "mapping values" in problem:
        return _second_colon(line, column, text)
    if mark := re.search(r"found character '(.+?)' that cannot start", problem):
        if mark[1] == "\\t":
            return line, column, say("tab"), say("use-spaces")
        return line, column, say("mark-begins", mark=mark[1]), say("mark-needs-quotes", mark=mark[1])
    if "undefined alias" in problem:
        return line, column, say("mark-begins", mark="*"), say("star-needs-quotes")
    return line, column, *_others(problem, context)


def _others(problem: str, context: str) -> tuple[str, str]:
    if "escape" in problem or "escape" in context:
        return say("backslash"), say("single-quotes")
    if "anchor" in context or "alias" in context:
        mark = "*" if "alias" in context else "&"
        return say("mark-begins", mark=mark), say("mark-needs-quotes", mark=mark)
    if "block scalar" in context:
        return say("fold-mark"), say("put-in-quotes")
    if "sequence entries" in problem:
        return say("dash-in-line"), say("own-line")
    if "mapping keys" in problem:
        return say("mark-begins", mark="?"), say("mark-needs-quotes", mark="?")
    return say("line-not-yaml"), ""  # what the parser calls its own parts stays inside


def _place(mark: object) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)  # type: ignore[attr-defined]


# --- quotation marks ------------------------------------------------------------------------------------------------

_LOOKS_LIKE_YAML = re.compile(r"\n *(?:- |[\w åäöÅÄÖ?./-]{1,60}:(?: |\n))")


def _open_quote(error: MarkedYAMLError, text: str) -> Found | None:
    """The first text in quotation marks that runs over lines which it cannot be meant to hold, or has no end."""
    before = _place(error.problem_mark or error.context_mark)
    for start, end, written in _quoted(text):
        if start >= before:
            break
        if start[0] != end[0] and _LOOKS_LIKE_YAML.search(written):
            return *start, say("quote-open", line=start[0]), say("close-it")
        if start[0] == end[0] == before[0] and end == before:
            return *before, say("quote-inside"), say("other-quotes")
    if "quoted scalar" in str(error.context) and "end of stream" in str(error.problem):
        start = _place(error.context_mark)
        return *start, say("quote-open", line=start[0]), say("close-it")
    return None


def _quoted(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int], str]]:
    """Every text in quotation marks: where it begins and ends, and as it is written."""
    reader = YAML(typ="rt", pure=True)
    try:
        for token in reader.scan(text):
            if isinstance(token, ScalarToken) and token.style in {"'", '"'}:
                start, end = token.start_mark, token.end_mark
                yield _place(start), _place(end), text[start.index : end.index]
    except (YAMLError, ValueError, RecursionError):
        return


# --- brackets, indents, colons --------------------------------------------------------------------------------------


def _bracket(problem: str, context: str, opened: tuple[int, int], at: tuple[int, int], text: str) -> Found:
    """A list or mapping in brackets that does not end, ends with another mark, or lacks a comma."""
    found = re.search(r"(?:but got|but found) '(.+?)'$", problem)
    mark = found[1] if found else ""
    opening = "[" if "sequence" in context else "{"
    if mark in {"]", "}"} and "flow" not in context:
        return *at, say("bracket-lost", mark=mark), say("take-away-or-open")
    if mark == ",":
        return *at, say("entry-missing"), ""
    if at[0] > opened[0] or mark == "<stream end>":
        last = _last_open(text, at) if "node" in context else (*opened, opening)
        return last[0], last[1], say("bracket-open", mark=last[2], line=last[0]), ""
    closing = "]" if opening == "[" else "}"
    return *at, say("comma-missing", mark=closing, line=opened[0]), ""


def _last_open(text: str, at: tuple[int, int]) -> tuple[int, int, str]:
    """The last bracket that is opened before a place and not closed: good enough to point at."""
    lines = text.split("\n")[: at[0]]
    for number in range(len(lines), 0, -1):
        line = lines[number - 1].partition(" #")[0]
        for opening, closing in ("[]", "{}"):
            if line.count(opening) > line.count(closing):
                return number, line.rindex(opening) + 1, opening
    return *at, "["


_KEY = re.compile(r"[^\s:#-][^:#]{0,60}:(?: |$)")


def _astray(line: int, column: int, text: str, *, is_where_others_begin: bool) -> Found:
    """Something stands where neither a key nor an item of the list around it can begin."""
    written = text.split("\n")[line - 1]
    rest = written[column - 1 :]
    if written[: column - 1].strip():  # the value before it has ended
        if rest[:1] in {"]", "}"}:
            return line, column, say("bracket-lost", mark=rest[0]), say("take-away-or-open")
        return line, column, say("goes-on"), say("goes-on-quotes")
    if re.match(r"-[^\s-]", rest):
        return line, column, say("dash-alone"), say("space-after-dash")
    if is_where_others_begin:
        message = say("key-among-items") if _KEY.match(rest) else say("key-or-item")
        return line, column, message, say("align")
    return line, column, _indented(line, text), say("align")


def _indented(line: int, text: str) -> str:
    lines = text.split("\n")
    own = _indent(lines[line - 1])
    before = next((_begins(each) for each in reversed(lines[: line - 1]) if _holds_something(each)), 0)
    kind = "indented-less" if own < before else "indented-more" if own > before else "indented-otherwise"
    return say(kind, line=line)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _begins(line: str) -> int:
    """Where the line's key begins: behind the dash of an item, where the item's other keys begin too."""
    return len(line) - len(re.sub(r"^ *(?:- +)*", "", line))


def _holds_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _second_colon(line: int, column: int, text: str) -> Found:
    """A colon where no key can end: a second one in the line, or the line does not go on from the one before it."""
    lines = text.split("\n")
    start = lines[line - 1][: column - 1]
    if ": " in start or line == 1:
        return line, column, say("second-colon"), say("colon-needs-quotes")
    number = next((n for n in range(line - 1, 0, -1) if _holds_something(lines[n - 1])), line)
    before = lines[number - 1]
    if re.search(r":(?: |$)", before) and _indent(lines[line - 1]) > _indent(before):
        return line, _indent(lines[line - 1]) + 1, say("indented-more", line=line), say("align")
    return number, _indent(before) + 1, say("key-or-item"), say("space-after")


def _no_such_date(text: str) -> Found:
    for number, line in enumerate(text.split("\n"), 1):
        for found in re.finditer(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", line):
            try:
                dt.date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                return number, found.start() + 1, say("no-such-date", text=found[0]), ""
    return 1, 1, say("unreadable-yaml"), ""
