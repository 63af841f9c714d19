"""Own words told from quoted history in plain text, line by line.

A mail's text may carry marks that the reader of its HTML set in place of elements (`Marks`); they count as
evidence like the forms that mail programs write in text.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from service.core.reading.history import pointers, signatures
from service.core.reading.history.attributions import says_who_wrote
from service.core.reading.history.history_forms import Head, head
from service.core.reading.history.lines import is_rule
from service.core.reading.history.separators import is_forward, is_reply_marker, is_separator

FORWARDED = "forwarded text kept: it is what the sender passes on"
ANSWERS_INSIDE = "quoted text kept: the sender seems to answer inside it or to point at it"
BELOW_ONLY = "quoted text kept: the sender wrote nothing above it"
INTERLEAVED = "answers stand between or below quoted lines, which are left out"
UNSURE_QUOTE = "lines that begin with > kept: nothing shows that they are quoted"
UNSURE_SIGNATURE = "signature kept: it may hold the sender's own words"
NOTHING_LEFT = "nothing but quoted text or a signature found: the whole text kept"

TOO_LONG = "only the beginning of a very long text was searched for quoted history"

_MOST_STEPS = 1200  # lines outside quotations; no person writes more, and the time stays bounded


_MOST_AROUND = 40  # lines around a quotation, of which one of the sender's own will do


class Mark(enum.StrEnum):
    """What the structure of the HTML says of the place where the mark stands."""

    QUOTE = "q"  # a quotation
    MAYBE_QUOTE = "w"  # an indented block, quoted if introduced as such
    INTRODUCTION = "a"  # a line that introduces a quotation
    HISTORY_BELOW = "s"  # everything below is history
    SIGNATURE = "g"
    DELIMITER = "d"  # the line "-- " above a signature


@dataclass(slots=True)
class Marks:
    """The marks of one mail: each a line of its own in the text, standing for the text of an element."""

    texts: list[str] = field(default_factory=list)

    def add(self, mark: Mark, text: str) -> str:
        """Remember the element's text and return the line that stands for it."""
        self.texts.append(text)
        return f"\ue000{mark.value}{len(self.texts) - 1}\ue001"

    def kind(self, line: str) -> Mark | None:
        match = _MARK.fullmatch(line.strip()[:20])
        return Mark(match[1]) if match else None

    def text(self, line: str) -> str:
        """The text that the mark stands for."""
        match = _MARK.fullmatch(line.strip()[:20])
        return self.texts[int(match[2])] if match else line

    def written_out(self, lines: Sequence[str]) -> list[str]:
        """The lines with every mark replaced by the text that it stands for."""
        return [part for line in lines for part in (self.text(line).split("\n") if "\ue000" in line else [line])]


_MARK = re.compile("\ue000([qwasgd])(\\d{1,6})\ue001")
_MARK_SIGNS = re.compile("[\ue000\ue001]")


def without_marks(text: str) -> str:
    """Take the signs that marks are written with out of a sender's text."""
    return _MARK_SIGNS.sub("", text)


class _Is(enum.Enum):
    OWN = enum.auto()
    HISTORY = enum.auto()
    AS_IT_IS = enum.auto()  # kept whole, signatures and all


@dataclass(slots=True)
class _Stretch:
    """Consecutive lines of one kind."""

    kind: _Is
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Scanned:
    """The result of a scan; `cut` is empty when nothing was recognised as anybody else's words."""

    kept: str
    cut: str
    warnings: tuple[str, ...]


def scan(text: str, marks: Marks | None = None) -> Scanned:
    """Tell the sender's words from history and signatures. Never leaves nothing: then the whole text is kept."""
    marks = marks or Marks()
    scanner = _Scanner(_lines(text), marks)
    scanner.run()
    kept: list[str] = []
    cut: list[str] = []
    for index, stretch in enumerate(scanner.stretches):
        if stretch.kind is _Is.HISTORY:
            cut += ["", *marks.written_out(stretch.lines)]
        elif stretch.kind is _Is.AS_IT_IS or scanner.kept_header:
            kept += ["", *marks.written_out(stretch.lines)]
        else:
            own, marked = scanner.without_marked_signatures(stretch.lines)
            stripped = signatures.strip(own, first=index == 0)
            end = len(stripped.kept)
            if index + 1 < len(scanner.stretches):
                end = _before_rule(stripped.kept)
            kept += ["", *stripped.kept[:end]]
            cut += ["", *stripped.cut, *marked, *stripped.kept[end:]]
    if any(line in signatures.DELIMITERS for line in kept):
        scanner.warnings.append(UNSURE_SIGNATURE)
    if not signatures.has_substance(kept) and any(line.strip() for line in cut):
        return Scanned(_tidy(marks.written_out(scanner.lines)), "", (NOTHING_LEFT,))
    return Scanned(_tidy(kept), _tidy(marks.written_out(cut)), tuple(dict.fromkeys(scanner.warnings)))


def _before_rule(lines: list[str]) -> int:
    """The end of the lines without the rule that Outlook draws between the answer and the history."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or is_rule(lines[end - 1])):
        end -= 1
    return end


def _lines(text: str) -> list[str]:
    """The lines of a text with at most one blank line in a row, none at the ends."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line and not line.isspace():
            lines.append(line)
        elif lines and lines[-1]:
            lines.append("")
    return lines[:-1] if lines and not lines[-1] else lines


def _tidy(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in _lines("\n".join(lines)))


class _Scanner:
    """One pass over the lines, which sorts them into stretches."""

    def __init__(self, lines: list[str], marks: Marks) -> None:
        self.lines = lines
        self.marks = marks
        self.stretches: list[_Stretch] = []
        self.warnings: list[str] = []
        self.quoting = False  # a quotation has been recognised, so lines with > are quoted from here on
        self.kept_header = False  # the text begins with a quotation that is kept
        self.marked_below = False  # the structure says that history goes on to the end

    def run(self) -> None:
        index = steps = 0
        while index < len(self.lines) and steps < _MOST_STEPS:
            index = self._step(index)
            steps += 1
        if index < len(self.lines):
            self.warnings.append(TOO_LONG)
            self._take(_Is.AS_IT_IS, index, len(self.lines))
        kinds = [s.kind for s in self.stretches if s.kind is not _Is.OWN or any(x.strip() for x in s.lines)]
        if _Is.HISTORY in kinds and _Is.OWN in kinds[kinds.index(_Is.HISTORY) :]:
            self.warnings.append(INTERLEAVED)

    def without_marked_signatures(self, lines: list[str]) -> tuple[list[str], list[str]]:
        """The lines without what the structure marks as signature, unless that holds the sender's words; and that."""
        kept: list[str] = []
        cut: list[str] = []
        for line in lines:
            kind = self.marks.kind(line) if "\ue000" in line else None
            written = self.marks.written_out([line])
            if kind is Mark.SIGNATURE and signatures.is_signature(written):
                cut += written
                continue
            if kind is Mark.SIGNATURE:
                self.warnings.append(UNSURE_SIGNATURE)
            kept += written
        return kept, cut

    def _step(self, index: int) -> int:
        """Sort the line at `index` and those that belong to it; return the next line's index."""
        line = self.lines[index]
        if not line:
            return self._take(_Is.OWN, index, index + 1)
        if is_forward(line):
            self.warnings.append(FORWARDED)
            return self._take(_Is.AS_IT_IS, index, len(self.lines))
        if self._is_quoted(index) and not is_separator(line):
            return self._answered_inside(index, index) or self._quotation(index)
        found = self._head(index)
        if found is None:
            return self._take(_Is.OWN, index, index + 1)
        below = next((i for i in range(found.end, len(self.lines)) if self.lines[i].strip()), None)
        if below is not None and self._is_quoted(below, introduced=True):
            if end := self._answered_inside(index, below):
                return end
            self.quoting = True
            self._take(_Is.HISTORY, index, below)
            return self._quotation(below)
        if not found.certain or self.kept_header:
            return self._take(_Is.OWN, index, index + 1)
        return self._history_below(index, found.end)

    def _history_below(self, index: int, end: int) -> int:
        """Everything from a certain introduction on is history, if the sender wrote something above it."""
        above = [line for s in self.stretches if s.kind is _Is.OWN for line in s.lines]
        if not signatures.has_substance(self.own_words(above)):
            self.kept_header = True
            self.warnings.append(BELOW_ONLY)
            return self._take(_Is.OWN, index, end)
        if _points_below(above) and not is_reply_marker(self.lines[index]):
            self.warnings.append(ANSWERS_INSIDE)
            return self._take(_Is.AS_IT_IS, index, len(self.lines))
        return self._take(_Is.HISTORY, index, len(self.lines))

    def _answered_inside(self, start: int, quoted: int) -> int:
        """Where the sender points into a quotation and writes nothing around it: it is kept whole. 0 where not."""
        above = [line for s in self.stretches if s.kind is _Is.OWN for line in s.lines]
        if self.quoting or not pointers.points_into_history(self.own_words(above)):
            return 0
        around = (line for n, line in enumerate(self.lines[quoted:], quoted) if line and not self._is_quoted(n))
        if signatures.has_substance(self.own_words(list(islice(around, _MOST_AROUND)))):
            return 0
        self.warnings.append(ANSWERS_INSIDE)
        return self._take(_Is.AS_IT_IS, start, len(self.lines))

    def own_words(self, lines: Sequence[str]) -> list[str]:
        return [line for line in lines if self.marks.kind(line) is not Mark.SIGNATURE]

    def _head(self, index: int) -> Head | None:
        kind = self.marks.kind(self.lines[index])
        if kind is Mark.INTRODUCTION:
            return Head(index + 1, certain=True)
        if kind is Mark.HISTORY_BELOW:
            self.marked_below = True
            below = next((i for i in range(index + 1, len(self.lines)) if self.lines[i].strip()), None)
            found = head(self.lines, below) if below is not None else None
            return Head(found.end if found else index + 1, certain=True)
        return head(self.lines, index)

    # --- lines that are quoted ---

    def _is_quoted(self, index: int, *, introduced: bool = False) -> bool:
        line = self.lines[index]
        if line.lstrip()[:1] == ">":
            return True
        kind = self.marks.kind(line) if "\ue000" in line else None
        return kind is Mark.QUOTE or (kind is Mark.MAYBE_QUOTE and (introduced or self.marked_below))

    def _quotation(self, index: int) -> int:
        """A run of quoted lines, with the ends of lines that a program wrapped."""
        end = index + 1
        while end < len(self.lines) and (self._is_quoted(end) or self._is_wrapped_end(end)):
            end += 1
        if self.quoting or self._is_evident(index, end):
            self.quoting = True
            return self._take(_Is.HISTORY, index, end)
        self.warnings.append(UNSURE_QUOTE)
        return self._take(_Is.OWN, index, end)

    def _is_evident(self, start: int, end: int) -> bool:
        """Whether a run of lines with > is a program's quotation and not arrows that the sender drew."""
        lines = self.lines[start:end]
        if any(self.marks.kind(line) for line in lines):
            return True
        inner = [line.lstrip()[1:] for line in lines]
        if any(line.lstrip()[:1] == ">" for line in inner):
            return True
        if len(inner) > 1 and any(not line.strip() for line in inner):
            return True
        above = next((line for line in reversed(self.lines[max(0, start - 2) : start]) if line), "")
        if says_who_wrote(above):
            return True
        return any(head(inner, i) is not None for i in range(min(3, len(inner))))

    def _is_wrapped_end(self, index: int) -> bool:
        """Whether the line is what a program broke off the long quoted line above and left without its >."""
        before, line = self.lines[index - 1], self.lines[index].strip()
        after = self.lines[index + 1] if index + 1 < len(self.lines) else ""
        if not line or not line[0].islower() or before.lstrip()[:1] != ">" or after.lstrip()[:1] != ">":
            return False
        word = line.split(None, 1)[0]
        return len(before) <= 80 < len(before) + 1 + len(word) + 3 and before.rstrip()[-1:] not in ".?!:;"  # noqa: PLR2004 - the width of a mail

    def _take(self, kind: _Is, start: int, end: int) -> int:
        if not self.stretches or self.stretches[-1].kind is not kind:
            self.stretches.append(_Stretch(kind, []))
        self.stretches[-1].lines += self.lines[start:end]
        return end


def _points_below(above: Sequence[str]) -> bool:
    """Whether the sender introduces what follows ("fick jag detta svar:") or says that answers stand inside it."""
    last = signatures.last_words(above)
    if not last:
        return False
    if last[-1].endswith(":") and not last[-1].startswith("#"):
        return True
    return pointers.points_into_history(above)
