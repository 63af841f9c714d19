"""Staff commands: lines at the top of a mail that start with `#` (contract section 7).

Tolerant of case, colon, spaces and missing å ä ö; strict about everything else: a mail with an unknown, ambiguous or
incomplete command is not obeyed at all, and its writer is asked.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass

from service.core.rules.rulebook import RuleBook


class Word(enum.StrEnum):
    """The commands that are understood, by the word that a staff member writes."""

    ANSWER = "SVAR"
    INTERNAL = "INTERNT"
    CLOSE = "AVSLUTA"
    KEEP_OPEN = "HÅLL ÖPPET"
    HAND_OVER = "ÖVERLÄMNA"
    WRONG_OFFICER = "FEL HANDLÄGGARE"
    MEASURE = "ÅTGÄRD"
    PUBLISH = "PUBLICERA"
    TYPE = "TYP"
    CATEGORY = "KATEGORI"
    TITLE = "RUBRIK"
    DELAYED = "FÖRSENAD"
    HELP = "HJÄLP"


_TAKES_TEXT = {Word.ANSWER, Word.INTERNAL}
_NEEDS_VALUE = {Word.HAND_OVER, Word.MEASURE, Word.PUBLISH, Word.TYPE, Word.CATEGORY, Word.TITLE, Word.DELAYED}
_FOLD = str.maketrans("åäöÅÄÖéÉ", "aaoaaoee")
_BLANK = " \t\r\f\v\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # the invisible ones come with what is pasted


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its value: the rest of the line, and for texts the lines below it."""

    word: Word
    value: str = ""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a staff mail asks for: commands in order, the text outside of any, and what could not be understood."""

    commands: tuple[Command, ...]
    text: str
    faults: tuple[str, ...]

    def value(self, word: Word) -> str | None:
        """The value of the command, None where it was not given."""
        return next((c.value for c in self.commands if c.word is word), None)


def read_orders(text: str) -> Orders:
    """The commands in what a staff member wrote (`Message.new_text`). Faults are sentences in Swedish."""
    commands: list[Command] = []
    faults: list[str] = []
    misplaced: list[str] = []
    free: list[str] = []
    into: list[str] = free
    texts: list[tuple[int, list[str]]] = []
    # Some phones write å as two characters.
    for line in unicodedata.normalize("NFC", text).splitlines():
        stripped = line.strip(_BLANK)
        if not stripped.startswith("#"):
            into.append(line)
            continue
        command, fault = _read_line(stripped)
        # A hashtag in the middle of prose is prose: a command stands in the top lines, or in a block of commands.
        if not commands and not faults and any(x.strip() for x in free):
            into.append(line)
            # The prose must not go out with a command in it, as if it were the answer.
            misplaced += (
                [f"Kommandot #{command.word.value} står under annan text. Skriv det överst."] if command else []
            )
        elif fault:
            faults.append(fault)
            into = free
        elif command:
            commands.append(command)
            into = free
            if command.word in _TAKES_TEXT:
                into = [command.value] if command.value else []
                texts.append((len(commands) - 1, into))
    for index, lines in texts:
        commands[index] = Command(commands[index].word, "\n".join(lines).strip())
    faults += [*misplaced, *_check(commands)]
    return Orders(tuple(commands), "\n".join(free).strip(), tuple(faults))


def _read_line(line: str) -> tuple[Command | None, str]:
    rest = line.lstrip("# \t\u00a0")
    if not rest:
        return None, ""
    for word in sorted(Word, key=lambda w: -len(w.value)):
        pattern = r"\s*".join(map(re.escape, _fold(word.value).split()))
        found = re.match(rf"{pattern}(?![a-z0-9])\s*[:.]?\s*", _fold(rest))
        if found:
            return Command(word, rest[found.end() :].strip(_BLANK)), ""
    return None, f"Raden ”{line[:60]}” är inget kommando som tjänsten känner till."


def _fold(text: str) -> str:
    """Lower case without å ä ö, one character for one so that positions stay."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text.translate(_FOLD))


def _check(commands: list[Command]) -> list[str]:
    faults = []
    for word in Word:
        given = [c for c in commands if c.word is word]
        if len(given) > 1 and len({c.value for c in given}) > 1:
            faults.append(f"Kommandot #{word.value} står flera gånger med olika innehåll.")
        if any(not c.value for c in given) and word in _NEEDS_VALUE:
            faults.append(f"Kommandot #{word.value} saknar uppgift efter sig.")
        if any(not c.value for c in given) and word in _TAKES_TEXT:
            faults.append(f"Det står ingen text under #{word.value}.")
    words = {c.word for c in commands}
    if {Word.CLOSE, Word.KEEP_OPEN} <= words:
        faults.append("Mejlet ber både om #AVSLUTA och #HÅLL ÖPPET.")
    if {Word.HAND_OVER, Word.ANSWER} <= words:
        faults.append("Mejlet ber både om #SVAR och #ÖVERLÄMNA.")
    return faults


def read_choice(value: str, choices: tuple[str, ...]) -> str | None:
    """The entry of a numbered list that is meant: by number (1 is the first), by its words, or by their beginning."""
    wanted = _fold(value).strip(" .:")
    if wanted.isdecimal() and len(wanted) <= _MOST_DIGITS:
        return choices[int(wanted) - 1] if 1 <= int(wanted) <= len(choices) else None
    exact = [c for c in choices if _fold(c) == wanted]
    if exact:
        return exact[0]
    beginning = [c for c in choices if len(wanted) >= _SHORTEST_BEGINNING and _fold(c).startswith(wanted)]
    return beginning[0] if len(beginning) == 1 else None


def read_yes_no(value: str) -> bool | None:
    """JA or NEJ, None for anything else."""
    return {"ja": True, "nej": False}.get(_fold(value).strip(" .!:"))


def begins_with_yes(text: str) -> bool:
    """Whether the first line is the one word JA and nothing else."""
    return bool(lines := _lines(text)) and _fold(lines[0]).strip(" .!#*\"'”“") == "ja"


def says_yes(text: str, writer: str = "") -> bool:
    """Whether the whole of what was written is the one word JA; only a signature may stand below it.

    writer: what the writer signs with, name and title. Without a greeting above it, any other word is no signature:
    "Ja" and below it "Nej" or "Vänta" must send nothing.
    """
    own = set(_fold(writer).split())
    name_may_follow = False
    for line in _lines(text)[1:]:
        words = [word.strip(",.|/") for word in _fold(line).split()]
        if _GREETING.fullmatch(line):
            name_may_follow = True
        elif name_may_follow and _NAME.fullmatch(line):
            name_may_follow = False
        elif not (own.issuperset(filter(None, words)) or any(sign.fullmatch(line) for sign in _SIGNS)):
            return False
    return begins_with_yes(text)


def is_sign_off(text: str) -> bool:
    """Whether the text is only a closing greeting with what a signature has: nothing that anybody would note down."""
    lines = _lines(text)
    return (
        0 < len(lines) <= _SIGNATURE_LINES
        and bool(_GREETING.fullmatch(lines[0]))
        and not any(_SENTENCE.search(line) for line in lines[1:])
    )


def _lines(text: str) -> list[str]:
    stripped = (line.strip(_BLANK) for line in unicodedata.normalize("NFC", text).splitlines())
    return [line for line in stripped if line]


_SHORTEST_BEGINNING = 3
_MOST_DIGITS = 4
_SIGNATURE_LINES = 8
_WORD = r"[A-ZÅÄÖ][\w-]*"
_NAME = re.compile(rf"{_WORD}(?: {_WORD}){{0,2}}")
_SLASH = re.compile(rf"/ ?{_NAME.pattern}")
_WORDS_OF_GREETING = r"mvh|(?:med )?(?:vänliga? |bästa )?hälsning(?:ar)?|vänligen|hälsar"
_GREETING = re.compile(rf"(?i:{_WORDS_OF_GREETING})[ ,!./]*(?:{_NAME.pattern})?")
_DEVICE = re.compile(r"(?i:skickat från|sent from|hämta outlook|get outlook) .{1,60}")
_SENTENCE = re.compile(r"[.?!:;]$|^#|.{61}")
_REACHED = re.compile(
    r"(?i:(tfn|tel|telefon|mobil|e-post)?[.:]?\s*([\d\s()+/–-]{6,20}|[^\s@]+@[^\s@]+)|(https?://|www\.)\S+)"
)
_SIGNS = (_SLASH, _DEVICE, _REACHED)


def lists(book: RuleBook) -> dict[str, tuple[str, ...]]:
    """The municipality's lists that commands choose from, for letters that explain the commands."""
    return {
        "types": tuple(book.municipality.types),
        "categories": tuple(book.municipality.categories),
        "measures": tuple(book.municipality.measures),
    }
