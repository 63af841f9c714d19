"""What a staff mail asks for, read whole: its commands in order, the text outside of them, and what is not clear.

A mail with an unknown, ambiguous or incomplete command is not obeyed at all, and its writer is asked. What can only be
meant in one way, but was not written as it should be, is done after a yes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from service.core.speech.commands import (
    MAY_REPEAT,
    TAKES_TEXT,
    WRITTEN,
    Command,
    Takes,
    Word,
    find_unmarked,
    find_within,
    plain,
    read_command,
    says_nothing,
    strip,
    takes,
)
from service.core.speech.consent import is_sign_off

_BULLET = re.compile(r"""(?:(?:[-–—•*·▪◦‣●○■□–]|\d{1,2}[.)]|[a-h]\))\s*)?["'”“„»«’‘*_`]*(?=#)""")
"""What phones and programs put before a line of a list, and marks of quotation: no part of a command."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a staff mail asks for. Faults and doubts are sentences in Swedish.

    faults: what could not be understood; nothing is done. doubts: what was understood, but is done only after a yes.
    """

    commands: tuple[Command, ...] = ()
    text: str = ""
    faults: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def value(self, word: Word) -> str | None:
        """The value of the command, None where it was not given."""
        return next((c.value for c in self.commands if c.word is word), None)

    @property
    def words(self) -> frozenset[Word]:
        """The commands that were given."""
        return frozenset(c.word for c in self.commands)


_MOST_COMMANDS = 50
_REASONS = frozenset({Word.REFUSE, Word.BLOCK, Word.DELAYED})
_TO_THE_SUBMITTER = frozenset({Word.ANSWER, Word.BY_LETTER})


def read_orders(text: str, *, sent: bool = False) -> Orders:
    """The commands in what a staff member wrote (`Message.new_text`).

    sent: the submitter has read it already, so that commands may stand below the text too (KOP-27).
    """
    reader = _Reader(sent=sent)
    for line in plain(text).splitlines():
        reader.take(line)
    return reader.orders()


def begins_with_command(text: str) -> bool:
    """Whether the first line that says anything is a command, or was meant to be one."""
    first = next((stripped for line in plain(text).splitlines() if (stripped := strip(line))), "")
    return _unmarked(first).startswith("#")


def is_command(subject: str) -> bool:
    """Whether a subject is nothing but a command: who asks for a list from a telephone writes it there.

    Also one whose text stands in the mail itself ("#SVAR"): it is meant as an order, and is asked about.
    """
    read = read_orders(subject)
    return bool(read.commands) and not read.text


def _unmarked(line: str) -> str:
    found = _BULLET.match(line)
    return line[found.end() :] if found else line


@dataclass(slots=True)
class _Reader:
    """Reads line by line: a line is a command, or belongs to the text of the one above, or is free text."""

    commands: list[tuple[Word, list[str]]] = field(default_factory=list)
    free: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    into: list[str] | None = None  # the text of the command above; None: free text
    below: list[str] | None = None  # the value of the command above, which is still to come
    blank: int = 0  # so many lines of the free text, from the top, say nothing
    sent: bool = False  # nothing of the text can go out with a command in it: it has gone

    def take(self, line: str) -> None:
        """One more line."""
        if self._is_full():
            return
        stripped = _unmarked(strip(line))
        if stripped.startswith("#"):
            self._marked(line, stripped)
        else:
            self._prose(line)

    @property
    def answering(self) -> bool:
        """Whether the text of the command above is an answer to the submitter."""
        return self.into is not None and self.commands[-1][0] in _TO_THE_SUBMITTER

    def _is_full(self) -> bool:
        return len(self.commands) > _MOST_COMMANDS

    def _marked(self, line: str, stripped: str) -> None:
        if not strip(stripped.lstrip("#")):  # a lone mark is nothing
            return
        read = read_command(stripped)
        # A hashtag in the middle of prose is prose: a command stands in the top lines, or in a block of commands.
        is_below = not self.commands and not self.faults and self._has_prose()
        if is_below and not (self.sent and isinstance(read, Command)):
            self.free.append(line)
            # The prose must not go out with a command in it, as if it were the answer.
            if isinstance(read, Command):
                self.misplaced.append(f"Kommandot #{read.word.value} står under annan text. Skriv det överst.")
        elif isinstance(read, Command):
            self._begin(_first_of_line(stripped) or read)
            self._follow(stripped)
        elif self.into is not None and not read.meant:
            self.into.append(line)
            self.doubts.append(f"Raden ”{stripped[:60]}” börjar med # men är inget kommando. Den följer med i texten.")
        else:
            self.faults.append(read.fault)
            self.into = None

    def _has_prose(self) -> bool:
        while self.blank < len(self.free) and not strip(self.free[self.blank]):
            self.blank += 1
        return self.blank < len(self.free)

    def _begin(self, command: Command) -> None:
        value = [command.value] if command.value else []
        if takes(command.word) is Takes.NOTHING and not says_nothing(command.value):
            self.free.append(command.value)  # nobody's words are lost: they become a note
            value = []
        self.commands.append((command.word, value))
        goes_on = command.word in TAKES_TEXT
        self.into = value if goes_on else None
        self.below = value if takes(command.word) is Takes.VALUE and not value else None

    def _follow(self, line: str) -> None:
        """The commands that stand further on in a line of commands: what they say is nobody's reason and no title."""
        at = _next_in_line(line)
        if at is not None and not self._is_full():
            self._within(line[at:])

    def _within(self, rest: str) -> None:
        """A command in the middle of a line is read as it was meant, and asked about."""
        rest = strip(rest).lstrip("\"'”“„»«’‘*_`")
        read = read_command(rest)
        if not isinstance(read, Command):
            self.faults.append(read.fault)
            return
        self.doubts.append(f"#{read.word.value} står mitt på en rad. Vi läser det som ett kommando och inte som text.")
        self._begin(_first_of_line(rest) or read)
        self._follow(rest)

    def _prose(self, line: str) -> None:
        """Text, with what was meant for a command in it."""
        at = find_within(line) if self.commands else None
        if at is not None:
            if strip(line[:at]):
                (self.free if self.into is None else self.into).append(line[:at].rstrip())
            self._within(line[at:])
            return
        meant = find_unmarked(strip(line), in_answer=self.answering) if self._may_be_unmarked() else None
        if meant is not None:
            self.doubts.append(f"”{strip(line)[:60]}” saknar #. Vi läser raden som ett kommando och inte som text.")
            self._begin(meant)
        elif self.below is not None:
            self._value_below(line)
        else:
            (self.free if self.into is None else self.into).append(line)

    def _value_below(self, line: str) -> None:
        """A command's value may stand below it: one line, of a reason all lines before the next empty one."""
        assert self.below is not None
        if is_sign_off(line):
            self.free.append(line)
            self.below = None
            return
        if strip(line):
            self.below.append(strip(line))
        if self.below and (self.commands[-1][0] not in _REASONS or not strip(line)):
            self.below = None

    def _may_be_unmarked(self) -> bool:
        """Whether a command word without its # would do harm as text: in an answer, or as the first word of a mail."""
        return self.answering or not (self.commands or self.faults or self._has_prose())

    def orders(self) -> Orders:
        """What was read, checked as a whole."""
        commands = [Command(word, _joined(lines)) for word, lines in self.commands]
        text = _joined(self.free)
        faults = [*self.faults, *self.misplaced, *_incomplete(commands)]
        if self._is_full():
            faults.append("Mejlet har fler kommandon än vi kan läsa. Skriv bara dem som gäller ärendet.")
        if not commands and not faults and (find_within(text) is not None or _holds_unmarked(self.free)):
            faults.append("Det står ett kommando mitt i texten. Skriv kommandon på egna rader, överst i mejlet.")
        return Orders(tuple(commands), text, tuple(dict.fromkeys(faults)), tuple(dict.fromkeys(self.doubts)))


def _holds_unmarked(lines: list[str]) -> bool:
    found = (find_unmarked(strip(line), in_answer=True) for line in lines)
    return any(command and command.word not in {Word.WRONG_OFFICER, Word.HAND_OVER} for command in found)


def _next_in_line(line: str) -> int | None:
    """Where the second command of a line stands, if it has one."""
    start = len(line) - len(line.lstrip("# \t"))
    at = find_within(line[start:])
    return None if at is None else start + at


def _first_of_line(line: str) -> Command | None:
    """The first command of a line that holds several, with what stands before the next one."""
    at = _next_in_line(line)
    read = read_command(line[:at].rstrip(" \t,;")) if at is not None else None
    return read if isinstance(read, Command) else None


def _joined(lines: list[str]) -> str:
    return strip("\n".join(lines))


def _incomplete(commands: list[Command]) -> list[str]:
    faults = []
    for word in WRITTEN:
        given = [c for c in commands if c.word is word]
        if len({c.value for c in given}) > 1 and word not in MAY_REPEAT:
            faults.append(f"Kommandot #{word.value} står flera gånger med olika innehåll.")
        if any(not c.value for c in given) and takes(word) is Takes.VALUE:
            faults.append(f"Kommandot #{word.value} saknar uppgift efter sig.")
        if any(not c.value for c in given) and takes(word) is Takes.TEXT:
            faults.append(f"Det står ingen text under #{word.value}.")
    words = {c.word for c in commands}
    if {Word.CLOSE, Word.KEEP_OPEN} <= words:
        faults.append("Mejlet ber både om #AVSLUTA och #HÅLL ÖPPET.")
    if Word.REFUSE in words and words & {Word.ANSWER, Word.CLOSE, Word.HAND_OVER, Word.KEEP_OPEN}:
        faults.append("Mejlet ber både om #AVVISA och något som hör till ett ärende som ska besvaras.")
    if {Word.HAND_OVER, Word.ANSWER} <= words:
        faults.append("Mejlet ber både om #SVAR och #ÖVERLÄMNA.")
    if {Word.HAND_OVER, Word.WRONG_OFFICER} <= words:
        faults.append("Mejlet ber både om #ÖVERLÄMNA och #FEL HANDLÄGGARE.")
    return faults
