"""What a person wrote in a mail that answers a letter of ours: all that the letter does not say.

We have our letters word for word. So nobody needs to guess where the history begins and who wrote in it: what stands
in the mail and not in the letter, nor in the forms that programs add, was written by the person, be it above the
quotation, between its lines, at the end of one, or below it. Time and memory grow with the length of the texts and no
faster.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from service.core.mail import Message
from service.core.reading.history import signatures, sources
from service.core.reading.history.alignment import Words, copied, own_runs
from service.core.reading.history.comparable import EMOJI, WORD, Token, folded, tokens
from service.core.reading.history.footers import banner_end, is_footer
from service.core.reading.history.history_forms import Head, head
from service.core.reading.history.lines import is_rule
from service.core.reading.history.quotes import (
    ANSWERS_FOUND,
    DOUBTS,
    HIDDEN,
    INTERLEAVED,
    OTHER_HISTORY,
    OWN_LETTER,
    PARTS_DIFFER,
    TOO_LONG,
)
from service.core.reading.history.quotes_text import scan
from service.core.reading.history.separators import is_separator

_OF_HISTORY = (DOUBTS | {INTERLEAVED}) - {HIDDEN, PARTS_DIFFER}
_LIMIT = 200_000  # signs of a mail that are compared
_MOST_LINES = 5_000
_RUN = 4  # copied words in a row that show a quotation below what introduces one
_LONG_RUN = 8  # the same where nothing introduces it

_SIGNATURE_LINES = 14
_QUOTED = re.compile(r"^(?:\s{0,3}[>|])+ ?")
_LIST_NUMBER = re.compile(r"\s*\(?\d{1,2}[.)]\s")
_ADJACENT = re.compile(r"[^\s\w>|]{1,20}$")


def compared(message: Message, letters: Iterable[Sequence[str]]) -> Message:
    """Return the message with what its writer wrote, told by what our letters say.

    letters: the texts that the mail may quote, the likeliest first; each in the versions (the text part, the HTML's
    words) of which a program quotes one.

    The reading of the mail alone stands where the comparison finds nothing else. Empty `new_text`: there is nothing
    but our own letter. What is in doubt is kept, with a warning that `DOUBTS` holds.
    """
    letters = [letter for letter in letters if any(map(str.strip, letter))]
    if not letters or not message.text.strip():
        return message
    if len(message.text) > _LIMIT or message.text.count("\n") > _MOST_LINES:
        return _warned(message, TOO_LONG)
    return _Reply(message, letters).result()


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of the writer's in the quotation: the line they stand in, themselves, and whether they fill it."""

    line: int
    text: str
    is_whole: bool


class _Reply:
    """A mail beside the letters that it may quote."""

    def __init__(self, message: Message, letters: Iterable[Sequence[str]]) -> None:
        self.message = message
        self.lines = unicodedata.normalize("NFC", message.text).replace("\r", "").split("\n")
        self.bare = [line if is_separator(line) else _QUOTED.sub("", line, count=1) for line in self.lines]
        self.source = sources.of_letters(self.words, letters)

    def result(self) -> Message:
        start = self._start()
        if start is None:
            return self._without_history()
        found = _Found(self, start)
        above = _above(self.lines[:start])
        others = [OTHER_HISTORY] if found.other or _holds_history(self.lines[:start]) else []
        if self._reads_alike(above, found):
            return _warned(self.message, *others)
        whole = "\n\n".join(part for part in (above, *found.inside, found.below) if part.strip())
        warnings = [w for w in self.message.warnings if w not in _OF_HISTORY]
        warnings += [*others, *found.warnings(bool(above))]
        cut = _left_out(self.lines, whole)
        return replace(self.message, new_text=whole, cut_text=cut, warnings=tuple(dict.fromkeys(warnings)))

    def _reads_alike(self, above: str, found: _Found) -> bool:
        """Whether the reading of the mail alone found the same words; it knows more of signatures, from the HTML."""
        theirs = folded(self.message.new_text)
        if found.pieces:
            return theirs == folded("\n".join((above, *found.inside, found.below)))
        mine = folded(above)
        return bool(theirs) and mine[: len(theirs)] == theirs

    # --- where the quotation begins -------------------------------------------------------------------------------

    @cached_property
    def words(self) -> Words:
        return self.words_from(0)[0]

    def words_from(self, start: int) -> tuple[Words, list[Token]]:
        """The words from that line on, and each with its place in its line."""
        words, found = Words(), list[Token]()
        for number in range(start, len(self.bare)):
            for token in tokens(self.bare[number]):
                found.append(token)
                words.words.append(token.word)
                words.lines.append(number)
        return words, found

    @cached_property
    def copies(self) -> list[int]:
        """For each word the place in our letters that it was copied from, -1 for the writer's own."""
        return copied(self.words, self.source)

    @cached_property
    def copied_lines(self) -> dict[int, int]:
        """The longest copied run that each line has a part in."""
        longest: dict[int, int] = {}
        for first, end in _copied_runs(self.copies):
            for index in range(first, end):
                line = self.words.lines[index]
                longest[line] = max(longest.get(line, 0), end - first)
        return longest

    @cached_property
    def heads(self) -> list[tuple[int, Head]]:
        """What introduces history, in order: the line, and how far it goes."""
        found: list[tuple[int, Head]] = []
        at = 0
        while at < len(self.bare):
            one = head(self.bare, at) if self.bare[at].strip() else None
            if one is not None and found and not any(line.strip() for line in self.bare[found[-1][1].end : at]):
                first, before = found.pop()  # our own marker below the program's header
                found.append((first, Head(one.end, before.certain or one.certain)))
            elif one is not None:
                found.append((at, one))
            at = one.end if one is not None else at + 1
        return found

    def _start(self) -> int | None:
        """The line where a quotation of ours begins: below what introduces one, at a quoted line, or with its start."""
        if max(self.copied_lines.values(), default=0) < _RUN:
            return None
        starts = [at for at, _ in self.heads] + [len(self.lines)]
        introduced = [
            (not one.certain, at)
            for (at, one), end in zip(self.heads, starts[1:], strict=True)
            if any(self.copied_lines.get(n, 0) >= _RUN for n in range(one.end, end))
        ]
        if introduced:
            return min(introduced)[1]
        marked = (n for n, line in enumerate(self.lines) if line is not self.bare[n])
        quoted = next((n for n in marked if self.copied_lines.get(n, 0) >= _RUN), None)
        found = self._beginning() if quoted is None else quoted
        return None if found is None else self._with_author_above(found)

    def _with_author_above(self, start: int) -> int:
        """The line where a sentence begins that names our address above the quotation, in a language not known here."""
        ours = [address.key for address in self.message.to]
        for n in range(start - 1, max(-1, start - 5), -1):
            line = self.bare[n].strip().lower()
            if line.endswith((":", "：")) and any(key in line for key in ours):
                return n
            if line and line.strip("> "):
                break
        return start

    def _beginning(self) -> int | None:
        """The line with which a letter of ours begins, where nothing introduces it."""
        start = self.source.words[:_LONG_RUN]
        words = self.words
        for n in range(len(words.words)):
            if words.begins_line(n) and words.words[n : n + _LONG_RUN] == start:
                return words.lines[n]
        return None

    def _without_history(self) -> Message:
        """No quotation is to be seen; lines of ours without anything else are nobody's words."""
        ours = {n for n, run in self.copied_lines.items() if run >= _LONG_RUN}
        kept = [line for n, line in enumerate(self.lines) if n not in ours]
        if not ours and self.message.cut_text and self.heads:
            return _warned(self.message, OTHER_HISTORY)
        if not ours or any(line.lstrip().startswith("#") for line in kept):
            return self.message
        if signatures.has_substance(kept):
            return self.message if not self._holds_whole_lines(ours) else _warned(self.message, OWN_LETTER)
        cut = self.message.text.strip("\n")
        return replace(self.message, new_text="", cut_text=cut, warnings=(*self.message.warnings, OWN_LETTER))

    def _holds_whole_lines(self, ours: set[int]) -> bool:
        """Whether at least two lines are ours from beginning to end: no quotation within a sentence."""
        own = {self.words.lines[n] for n, at in enumerate(self.copies) if at < 0}
        return len(ours - own) > 1


def _copied_runs(found: Sequence[int]) -> list[tuple[int, int]]:
    return own_runs([-1 if at >= 0 else 0 for at in found])


def _warned(message: Message, *warnings: str) -> Message:
    return replace(message, warnings=tuple(dict.fromkeys((*message.warnings, *warnings)))) if warnings else message


def _above(lines: list[str]) -> str:
    """What the writer wrote above the quotation, without signature and the rule that programs draw."""
    while lines and (not lines[-1].strip() or is_rule(lines[-1])):
        lines = lines[:-1]
    if signatures.has_substance(lines):
        return scan("\n".join(lines)).kept
    signs = (line.strip() for line in lines if not WORD.search(line) or EMOJI.search(line))
    return "\n".join(line for line in signs if line and not is_rule(line))  # "?", "👍"


def _holds_history(lines: list[str]) -> bool:
    """Whether other history stands above ours, which the reading of the text alone leaves out."""
    return any(head(lines, n) is not None for n, line in enumerate(lines) if line.strip())


def _left_out(lines: Sequence[str], kept: str) -> str:
    """The lines of the mail that are not kept, as they stand: they stay in reach beside the case."""
    rest = {line.strip() for line in kept.split("\n")}
    return "\n".join(line for line in lines if line.strip() not in rest or not line.strip()).strip("\n")


class _Found:
    """The writer's words in a quotation that begins at a line."""

    def __init__(self, reply: _Reply, start: int) -> None:
        self.reply, self.start = reply, start
        self.other = False
        self._read()

    def _read(self) -> None:
        reply = self.reply
        words, written = reply.words_from(self.start)
        found = copied(words, reply.source)
        _mend_mangled(words, found, reply.source)
        forms = self._forms({words.lines[n] for n, at in enumerate(found) if at >= 0})
        ours = [words.lines[n] for n, at in enumerate(found) if at >= 0 and words.lines[n] not in forms]
        self.last = max(ours, default=self.start)
        self.ours = set(ours)
        self.pieces = [
            piece
            for start, end in own_runs(found)
            for piece in self._pieces(words, written, start, end)
            if piece.line not in forms
        ]

    def _forms(self, copies: set[int]) -> set[int]:
        """The lines that programs write: what introduces history, rules, footers, banners; and others' history."""
        reply, forms = self.reply, set[int]()
        heads = [(at, one) for at, one in reply.heads if at >= self.start and not self._is_ours(at, one.end, copies)]
        for (at, one), (end, _) in pairwise([*heads, (len(reply.lines), None)]):
            assert one
            forms.update(range(at, one.end))
            if one.certain and at > self.start and not copies & set(range(one.end, end)):
                forms.update(range(one.end, end))
                self.other = True
        forms.update(self._author_lines())
        for n in range(self.start, len(reply.bare)):
            line = reply.bare[n]
            if n not in copies and line.strip() and (is_rule(line) or is_footer(line) or banner_end([line])):
                forms.add(n)
        return forms

    def _author_lines(self) -> set[int]:
        """The first line, where it names our address and ends with a colon."""
        line = self.reply.bare[self.start].strip().lower()
        named = any(address.key in line for address in self.reply.message.to)
        return {self.start} if named and line.endswith((":", "：")) else set()

    def _is_ours(self, start: int, end: int, copies: set[int]) -> bool:
        """Whether the lines that look like somebody's introduction are quoted from our letter."""
        return all(n in copies for n in range(start, end) if self.reply.bare[n].strip())

    def _pieces(self, words: Words, written: list[Token], start: int, end: int) -> Iterator[_Piece]:
        """The run of words as it stands in the mail, line by line."""
        at = start
        while at < end:
            line = words.lines[at]
            stop = next((n for n in range(at, end) if words.lines[n] != line), end)
            text = self.reply.bare[line]
            opens, closes = words.begins_line(at), words.begins_line(stop)
            before = 0 if opens else written[at].start - len(_lead(text[written[at - 1].end : written[at].start]))
            after = len(text) if closes else written[stop].start
            is_number = opens and not closes and _LIST_NUMBER.fullmatch(text[:after] + " ")
            if not is_number:
                yield _Piece(line, text[before:after].strip(), opens and closes)
            at = stop

    @property
    def inside(self) -> list[str]:
        """The pieces down to the last line of ours, lines that stand together as one."""
        return _joined([piece for piece in self.pieces if piece.line <= self.last])

    @property
    def below(self) -> str:
        """What stands below, without a signature."""
        pieces = [piece for piece in self.pieces if piece.line > self.last]
        if not pieces:
            return ""
        lines = self.reply.lines[pieces[0].line :]
        wanted = {piece.line for piece in pieces}
        written = [line for n, line in enumerate(lines, pieces[0].line) if n in wanted or not line.strip()]
        if not signatures.has_substance(written):
            return ""
        return "\n".join(signatures.strip(written, first=False).kept).strip("\n")

    def warnings(self, has_above: bool) -> list[str]:
        """What is to be said of the pieces. Answers in whole lines between marked ones are well understood."""
        inside = [piece for piece in self.pieces if piece.line <= self.last]
        if not inside and not (self.below and has_above):
            return []
        lines, bare = self.reply.lines, self.reply.bare
        marks = all(lines[n] is not bare[n] for n in self.ours)
        clear = marks and all(piece.is_whole and lines[piece.line] is bare[piece.line] for piece in self.pieces)
        return [INTERLEAVED if clear else ANSWERS_FOUND]


def _lead(between: str) -> str:
    """The signs right before a word that belong to it: the # of a command, a quotation mark, a bracket."""
    found = _ADJACENT.search(between)
    return found[0] if found else ""


def _joined(pieces: Sequence[_Piece]) -> list[str]:
    out: list[list[str]] = []
    last = -2
    for piece in pieces:
        if piece.line - last <= 1 and out:
            out[-1].append(piece.text)
        else:
            out.append([piece.text])
        last = piece.line
    return ["\n".join(lines) for lines in out]


def _mend_mangled(words: Words, found: list[int], source: Words) -> None:
    """Take words for copied that only lost their å, ä, ö or were broken over two lines on the way."""
    for start, end in own_runs(found):
        if start == 0 or end == len(found):
            continue
        first, last = found[start - 1] + 1, found[end]
        if not 0 < last - first <= _SIGNATURE_LINES or end - start > 2 * (last - first) + 2:
            continue
        ours, theirs = "".join(source.words[first:last]), "".join(words.words[start:end])
        if ours == theirs or _ascii(ours) == _ascii(theirs) != "":
            for index in range(start, end):
                found[index] = first


def _ascii(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii())
