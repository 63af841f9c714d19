"""Staff commands: lines at the top of a mail that start with `#` (contract section 7).

Tolerant of case, colon, spaces and missing å ä ö; strict about everything else: a mail with an unknown, ambiguous or
incomplete command is not obeyed at all, and its writer is asked.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from service.core.rulebook import RuleBook


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
    free: list[str] = []
    into: list[str] = free
    texts: list[tuple[int, list[str]]] = []
    for line in text.splitlines():
        stripped = line.strip()
        # A hashtag in the middle of prose is prose: a command stands in the top lines, or in a block of commands.
        if not stripped.startswith("#") or (not commands and not faults and any(x.strip() for x in free)):
            into.append(line)
            continue
        command, fault = _read_line(stripped)
        if fault:
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
    faults += _check(commands)
    return Orders(tuple(commands), "\n".join(free).strip(), tuple(faults))


def _read_line(line: str) -> tuple[Command | None, str]:
    rest = line.lstrip("# \t\u00a0")
    if not rest:
        return None, ""
    for word in sorted(Word, key=lambda w: -len(w.value)):
        pattern = r"\s*".join(map(re.escape, _fold(word.value).split()))
        found = re.match(rf"{pattern}(?![a-z0-9])\s*[:.]?\s*", _fold(rest))
        if found:
            return Command(word, rest[found.end() :].strip()), ""
    return None, f"Raden ”{line[:60]}” är inget kommando som tjänsten känner till."


def _fold(text: str) -> str:
    """Lower case without å ä ö, one character for one so that positions stay."""
    return text.translate(_FOLD).lower() if len(text.lower()) == len(text) else text.translate(_FOLD)


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
    if wanted.isdigit():
        return choices[int(wanted) - 1] if 1 <= int(wanted) <= len(choices) else None
    exact = [c for c in choices if _fold(c) == wanted]
    if exact:
        return exact[0]
    beginning = [c for c in choices if len(wanted) >= _SHORTEST_BEGINNING and _fold(c).startswith(wanted)]
    return beginning[0] if len(beginning) == 1 else None


def read_yes_no(value: str) -> bool | None:
    """JA or NEJ, None for anything else."""
    return {"ja": True, "nej": False}.get(_fold(value).strip(" .!:"))


def says_yes(text: str) -> bool:
    """Whether the whole of what was written is the one word JA; only a greeting or a name may stand below it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or _fold(lines[0]).strip(" .!#") != "ja":
        return False
    below = lines[1:]
    return not below or (len(below) <= _SIGNATURE_LINES and bool(_SIGN_OFF.match(below[0])))


def is_sign_off(text: str) -> bool:
    """Whether the text is only a closing greeting with what a signature has: nothing that anybody would note down."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (
        0 < len(lines) <= _SIGNATURE_LINES
        and bool(_GREETING.fullmatch(lines[0]))
        and not any(_SENTENCE.search(line) for line in lines[1:])
    )


_SHORTEST_BEGINNING = 3
_SIGNATURE_LINES = 8
_NAME = r"[A-ZÅÄÖ][\w-]+(?: [A-ZÅÄÖ][\w-]+){0,2}"
_WORDS_OF_GREETING = "mvh|med vänliga? hälsning(?:ar)?|vänliga? hälsning(?:ar)?|vänligen|hälsning(?:ar)?"
_SIGN_OFF = re.compile(rf"(?i:{_WORDS_OF_GREETING}|skickat från|hämta outlook)|(?:/ ?)?{_NAME}$")
_GREETING = re.compile(rf"(?i:{_WORDS_OF_GREETING})[ ,!./]*(?:{_NAME})?")
_SENTENCE = re.compile(r"[.?!:;]$|^#|.{61}")


def lists(book: RuleBook) -> dict[str, tuple[str, ...]]:
    """The municipality's lists that commands choose from, for letters that explain the commands."""
    return {
        "types": tuple(book.municipality.types),
        "categories": tuple(book.municipality.categories),
        "measures": tuple(book.municipality.measures),
    }
