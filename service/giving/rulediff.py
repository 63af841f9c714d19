"""Words added to routing.yaml as an administrator would add them, and shown as a difference with the reasons beside."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from service.core.rules.rulebook import RuleBook
from service.core.speech.english import counted, verb
from service.giving.lessons import Proposal, Report, name_of

_SHOWN = 3  # numbers of cases beside a word


def difference(text: str, book: RuleBook, report: Report) -> str:
    """What would be written into routing.yaml, as a difference that `patch` takes; empty where nothing would.

    text: the file as it is, with its own line ends.
    """
    changed = text
    # From the last rule to the first: the places of those before stay what they are.
    for proposal in sorted(report.proposals, key=lambda p: (p.place.rule, not p.place.new), reverse=True):
        words = [word for word, _ in proposal.words]
        rules = _under(YAML(typ="safe", pure=True).compose(changed), "rules")
        if proposal.place.new:
            changed = _with_rule(changed, rules, proposal, name_of(book, proposal.unit), words)
        else:
            changed = _with_words(changed, _under(rules.value[proposal.place.rule], "when", "words"), words)
    shown = difflib.unified_diff(_lines(text), _lines(changed), "routing.yaml", "routing.yaml", n=1)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in shown)


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _under(node: Any, *keys: str) -> Any:  # nodes of each sort have their own attributes
    """The value that the keys lead to; None where there is none."""
    for key in keys:
        pairs = node.value if isinstance(node, MappingNode) else ()
        node = next((value for name, value in pairs if name.value == key), None)
    return node


def _with_words(text: str, at: Any, words: Sequence[str]) -> str:
    """The text with the words in the list there, in the form that it has."""
    new = [_quoted(word) for word in words]
    if isinstance(at, ScalarNode):  # one word, without a list
        start, end = at.start_mark.index, at.end_mark.index
        is_quoted = at.style in {"'", '"'}
        old = text[start:end] if is_quoted else _quoted(at.value.strip())
        after = _newline(text) if at.style in {"|", ">"} else ""  # such a text reaches to the next line
        return f"{text[:start]}[{', '.join([old, *new])}]{after}{text[end:]}"
    if at.flow_style:
        end = at.value[-1].end_mark.index
        return f"{text[:end]}, {', '.join(new)}{text[end:]}"
    indent = " " * _dash(text, at, 0)[1]
    return _with_lines(text, _line_after(text, at), [f"{indent}- {word}" for word in new])


def _with_rule(text: str, rules: Any, proposal: Proposal, name: str, words: Sequence[str]) -> str:
    """The text with a new rule at its place, in the form that the others have."""
    known = rules.value if isinstance(rules, SequenceNode) else []
    names = {_under(rule, "name").value for rule in known if _under(rule, "name")}
    parts = [
        f"name: {_quoted(_free(name, names))}",
        f"when: {{words: [{', '.join(map(_quoted, words))}]}}",
        f"then: {{unit: {_quoted(proposal.unit)}}}",
    ]
    place = proposal.place.rule
    if rules is None:
        return _with_lines(text, len(text), ["rules:", *_item("  ", parts)])
    if rules.flow_style or not known:
        flow = f"{{{', '.join(parts)}}}"
        if not known:
            return f"{text[: rules.start_mark.index]}[{flow}]{text[rules.end_mark.index :]}"
        if place < len(known):
            at = known[place].start_mark.index
            return f"{text[:at]}{flow}, {text[at:]}"
        at = known[-1].end_mark.index
        return f"{text[:at]}, {flow}{text[at:]}"
    dash, column = _dash(text, rules, min(place, len(known) - 1))
    at = dash - column if place < len(known) else _line_after(text, rules)
    return _with_lines(text, at, _item(" " * column, parts))


def _item(indent: str, parts: Sequence[str]) -> list[str]:
    return [f"{indent}{'  ' if number else '- '}{part}" for number, part in enumerate(parts)]


def _free(name: str, taken: set[str]) -> str:
    """The name, or where a rule has it already the name with a number."""
    names: Iterator[str] = (f"{name} {number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in names if each not in taken)


def _dash(text: str, items: Any, place: int) -> tuple[int, int]:
    """Where the dash of an item stands: its place in the text, and its column (both from 0)."""
    at = text.rindex("-", 0, items.value[place].start_mark.index)
    return at, at - (text.rfind("\n", 0, at) + 1)


def _line_after(text: str, node: Any) -> int:
    """Where the line begins that follows the last line of the value, without the comments behind it."""
    while not isinstance(node, ScalarNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end = node.end_mark.index
    if end and text[end - 1] == "\n":
        return int(end)
    found = text.find("\n", end)
    return found + 1 if found >= 0 else len(text)


def _with_lines(text: str, at: int, lines: Sequence[str]) -> str:
    """The text with the lines at that place, the beginning of a line or the end of the text."""
    end = _newline(text)
    before = text[:at] if not at or text[at - 1] == "\n" else text[:at] + end
    return before + "".join(line + end for line in lines) + text[at:]


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _quoted(word: str) -> str:
    """The word as YAML has it: in quotes where it would else be something other than this text."""
    is_plain = re.fullmatch(r"[^\W\d_][\w-]*( [\w-]+)*", word)
    if is_plain and YAML(typ="safe", pure=True).load(word) == word:
        return word
    return json.dumps(word, ensure_ascii=False)


def reasons(report: Report, book: RuleBook) -> list[str]:
    """What speaks for each word and against it, and what else the cases say of the rules."""
    lines = [
        f"learned from {counted(report.cases, 'cases')}, of which the rules of today send {report.routed_right} right"
    ]
    for proposal in report.proposals:
        place = _named(proposal, book)
        lines += ["", f"{place}, to {proposal.unit}"]
        for word, lesson in proposal.words:
            elsewhere = "".join(f", {count} to {unit}" for unit, count in lesson.elsewhere)
            held = f"; of the latest {lesson.held[1]}, {lesson.held[0]} right" if lesson.held[1] else ""
            some = ", ".join(lesson.here[:_SHOWN])
            more = " …" if len(lesson.here) > _SHOWN else ""
            went = f"{counted(lesson.cases, 'cases')}, {len(lesson.here)} to {lesson.unit}{elsewhere}{held}"
            lines.append(f"  {word}: {went} ({some}{more})")
        lines.append(f"  tried on these cases: {len(proposal.right)} more would go right, {len(proposal.wrong)} wrong")
        lines += [f"  wrong: {', '.join(proposal.wrong)}"] if proposal.wrong else []
    if report.mixed:
        lines.append("")
    for pair in report.mixed:
        words = f"; words of {pair.unit}: {', '.join(pair.words)}" if pair.words else ""
        count = len(pair.numbers)
        lines.append(
            f"{counted(count, 'cases')} of {pair.unit} {verb(count, 'is', 'are')} sent to {pair.routed} first{words}"
        )
    if report.silent:
        lines += ["", f"rules that decided none of these cases: {', '.join(report.silent)}"]
    return lines


def _named(proposal: Proposal, book: RuleBook) -> str:
    rules = book.routing.rules
    place = proposal.place.rule
    if not proposal.place.new:
        return f'rule "{rules[place].name}"'
    return f'a new rule before "{rules[place].name}"' if place < len(rules) else "a new rule, the last"


def as_json(report: Report, book: RuleBook, difference: str) -> dict[str, object]:
    """All of it for a program."""
    return {
        "cases": report.cases,
        "right_today": report.routed_right,
        "proposals": [
            {
                "unit": proposal.unit,
                "rule": None if proposal.place.new else book.routing.rules[proposal.place.rule].name,
                "words": [
                    {"word": word, "cases": list(lesson.here), "elsewhere": dict(lesson.elsewhere)}
                    for word, lesson in proposal.words
                ],
                "right": list(proposal.right),
                "wrong": list(proposal.wrong),
            }
            for proposal in report.proposals
        ],
        "silent_rules": list(report.silent),
        "mixed_up": [
            {"sent_to": pair.routed, "unit": pair.unit, "cases": list(pair.numbers), "words": list(pair.words)}
            for pair in report.mixed
        ],
        "diff": difference or None,
    }
