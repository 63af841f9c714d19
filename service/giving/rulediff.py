"""Words added to routing.yaml as an administrator would add them, and shown as a difference with the reasons beside."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from service.core.rules.rulebook import RuleBook
from service.giving.lessons import Proposal, Report, name_of
from service.yamlfile import Document

_SHOWN = 3  # numbers of cases beside a word


def difference(document: Document, text: str, book: RuleBook, report: Report) -> str:
    """What would be written into routing.yaml, as a difference that `patch` takes; empty where nothing would."""
    lines = text.splitlines(keepends=True)
    for proposal in sorted(report.proposals, key=lambda p: (p.place.rule, not p.place.new), reverse=True):
        words = [word for word, _ in proposal.words]
        if proposal.place.new:
            at = _line_of(document, proposal.place.rule, lines)
            lines[at:at] = _new_rule(proposal, book, words)
        else:
            place = document.fault(("rules", proposal.place.rule, "when", "words"), "")
            _add_words(lines, place.line - 1, place.column - 1, words)
    return "".join(difflib.unified_diff(text.splitlines(keepends=True), lines, "routing.yaml", "routing.yaml", n=1))


def _add_words(lines: list[str], line: int, column: int, words: Sequence[str]) -> None:
    """Write the words into the list that begins at that place, in the form that it has."""
    written = lines[line][column:]
    new = [_quoted(word) for word in words]
    if written.startswith("["):
        line, column = _closing(lines, line, column)
        lines[line] = f"{lines[line][:column]}, {', '.join(new)}{lines[line][column:]}"
    elif lines[line].lstrip().startswith("- ") and written.startswith(("- ", lines[line].lstrip()[2:])):
        indent = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
        while line < len(lines) and lines[line].startswith(f"{indent}- "):
            line += 1
        lines[line:line] = [f"{indent}- {word}\n" for word in new]
    else:  # one word, without a list
        single = re.match(r"(\"[^\"]*\"|'[^']*'|[^,}\]#\n]+)", written)
        old = single[0] if single else ""
        lines[line] = f"{lines[line][:column]}[{', '.join([old.strip(), *new])}]{written[len(old) :]}"


def _closing(lines: Sequence[str], line: int, column: int) -> tuple[int, int]:
    """Where the list ends that begins with the bracket there."""
    quote = ""
    for number in range(line, len(lines)):
        for place, sign in enumerate(lines[number]):
            if number == line and place <= column:
                continue
            if quote:
                quote = "" if sign == quote else quote
            elif sign in "\"'":
                quote = sign
            elif sign == "]":
                return number, place
    raise ValueError("the list has no end")


def _line_of(document: Document, rule: int, lines: Sequence[str]) -> int:
    """The line (from 0) on which a rule begins; behind the last rule where there is none."""
    plain = document.plain if isinstance(document.plain, dict) else {}
    rules = plain.get("rules") or []
    if rule < len(rules):
        return document.fault(("rules", rule), "").line - 1
    last = document.fault(("rules", len(rules) - 1), "").line if rules else 0
    after = (document.fault((key,), "", key=True).line - 1 for key in plain if key != "rules")
    end = min((line for line in after if line >= last), default=len(lines))
    while end > last and not lines[end - 1].strip():
        end -= 1
    return end


def _new_rule(proposal: Proposal, book: RuleBook, words: Sequence[str]) -> list[str]:
    return [
        f"  - name: {_quoted(name_of(book, proposal.unit))}\n",
        f"    when: {{words: [{', '.join(map(_quoted, words))}]}}\n",
        f"    then: {{unit: {proposal.unit}}}\n",
    ]


def _quoted(word: str) -> str:
    return (
        word
        if re.fullmatch(r"[^\W\d_][\w-]*( [\w-]+)*", word) and word not in {"ja", "nej", "no", "on"}
        else f'"{word}"'
    )


def reasons(report: Report, book: RuleBook) -> list[str]:
    """What speaks for each word and against it, and what else the cases say of the rules."""
    lines = [f"learned from {report.cases} cases, of which the rules of today send {report.routed_right} right"]
    for proposal in report.proposals:
        place = _named(proposal, book)
        lines += ["", f"{place}, to {proposal.unit}"]
        for word, lesson in proposal.words:
            elsewhere = "".join(f", {count} to {unit}" for unit, count in lesson.elsewhere)
            held = f"; of the latest {lesson.held[1]}, {lesson.held[0]} right" if lesson.held[1] else ""
            some = ", ".join(lesson.here[:_SHOWN])
            more = " …" if len(lesson.here) > _SHOWN else ""
            lines.append(
                f"  {word}: {lesson.cases} cases, {len(lesson.here)} to {lesson.unit}{elsewhere}{held} ({some}{more})"
            )
        lines.append(f"  tried on these cases: {len(proposal.right)} more would go right, {len(proposal.wrong)} wrong")
        lines += [f"  wrong: {', '.join(proposal.wrong)}"] if proposal.wrong else []
    if report.mixed:
        lines.append("")
    for pair in report.mixed:
        words = f"; words of {pair.unit}: {', '.join(pair.words)}" if pair.words else ""
        lines.append(f"{len(pair.numbers)} cases of {pair.unit} are sent to {pair.routed} first{words}")
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
