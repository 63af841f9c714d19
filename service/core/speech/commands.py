"""The words of staff commands and their values (contract section 7): the vocabulary, without any case.

Tolerant of case, colon, spaces and missing å ä ö; strict about everything else. `orders` reads a whole mail.
"""

from __future__ import annotations

import difflib
import enum
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final


class Word(enum.StrEnum):
    """The commands of contract section 7, by the word that a staff member writes."""

    ANSWER = "SVAR"
    INTERNAL = "INTERNT"
    CLOSE = "AVSLUTA"
    KEEP_OPEN = "HÅLL ÖPPET"
    HAND_OVER = "ÖVERLÄMNA"
    WRONG_OFFICER = "FEL HANDLÄGGARE"
    MEASURE = "ÅTGÄRD"
    PUBLISH = "PUBLICERA"
    SECRECY = "SEKRETESS"
    DELAYED = "FÖRSENAD"
    ORAL = "MUNTLIGT"
    BY_LETTER = "BREV"
    TYPE = "TYP"
    CATEGORY = "KATEGORI"
    PROCESS = "PROCESS"
    KEYWORD = "NYCKELORD"
    TITLE = "RUBRIK"
    TEXT = "TEXT"
    DIVIDE = "DELA"
    SAME = "SAMMA"
    REGISTRY_NUMBER = "DNR"
    CAME_IN = "INKOM"
    CHANNEL = "KANAL"
    FROM = "FRÅN"
    ADDRESS = "ADRESS"
    FOR_INFORMATION = "FÖR KÄNNEDOM"
    REFUSE = "AVVISA"
    BLOCK = "SPÄRRA"
    STATUS = "STATUS"
    LIST = "LISTA"
    STATISTICS = "STATISTIK"
    UNDO = "ÅNGRA"
    HELP = "HJÄLP"
    ANSWERED = "SVARAT DIREKT"  # nobody writes it: the mail went to the submitter past the service
    REFER = "HÄNVISA"  # nobody writes it: a registrar chooses it by its number


class Takes(enum.Enum):
    """What a command has behind it: nothing, the rest of its line, or the lines below it too."""

    NOTHING = enum.auto()
    MAYBE = enum.auto()
    VALUE = enum.auto()
    MAYBE_TEXT = enum.auto()
    TEXT = enum.auto()


_TAKES: Final = {
    **dict.fromkeys((Word.CLOSE, Word.KEEP_OPEN, Word.HELP, Word.UNDO, Word.STATUS), Takes.NOTHING),
    **dict.fromkeys((Word.WRONG_OFFICER, Word.SECRECY, Word.LIST, Word.STATISTICS), Takes.MAYBE),
    **dict.fromkeys((Word.ANSWER, Word.INTERNAL, Word.ORAL, Word.TEXT, Word.DIVIDE), Takes.TEXT),
    Word.BY_LETTER: Takes.MAYBE_TEXT,
}
WRITTEN: Final = tuple(word for word in Word if word not in {Word.ANSWERED, Word.REFER})


def takes(word: Word) -> Takes:
    """What stands behind the command."""
    return _TAKES.get(word, Takes.VALUE)


TAKES_TEXT: Final = frozenset(word for word in Word if takes(word) in {Takes.TEXT, Takes.MAYBE_TEXT})
MAY_REPEAT: Final = frozenset({Word.DIVIDE, Word.FOR_INFORMATION, Word.KEYWORD})
"""What may stand several times in a mail, each time with something else behind it."""
CHOOSES: Final = frozenset({Word.HAND_OVER, Word.MEASURE, Word.TYPE, Word.CATEGORY, Word.PROCESS})
"""What names a colleague, or an entry of a list."""
POSTED: Final = "POSTAT"
"""What the value of `#BREV` begins with, once settled, where it says that a letter has been posted."""
STAYS_INSIDE: Final = frozenset({Word.INTERNAL, Word.HELP, Word.STATUS, Word.LIST, Word.STATISTICS})
"""What changes nothing but the case's own notes: no citizen hears of it, no case moves or closes."""

_MEANT: Final = {
    "skicka": Word.ANSWER, "besvara": Word.ANSWER, "svarar": Word.ANSWER, "stang": Word.CLOSE, "klar": Word.CLOSE,
    "klart": Word.CLOSE, "fardig": Word.CLOSE, "notering": Word.INTERNAL, "anteckning": Word.INTERNAL,
    "vidarebefordra": Word.HAND_OVER, "lamna over": Word.HAND_OVER, "overfor": Word.HAND_OVER, "help": Word.HELP,
    "fel person": Word.WRONG_OFFICER, "fel mottagare": Word.WRONG_OFFICER, "drojer": Word.DELAYED,
}  # fmt: skip
"""What people write for a command that they do not remember."""

BLANK: Final = " \t\r\f\v\u00a0\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff"
"""Characters that show nothing, as the inside of a class in a regular expression: they come with what is pasted."""

_FOLD = tuple(zip("åäöéü", "aaoeu", strict=True))
_MARKS = r"""["'”“„»«’‘*_`]"""
_CLOSE_ENOUGH = 0.78
_SHORTEST_BEGINNING = 3
_MOST_DIGITS = 4
_SHOWN = 60
_LOOKED_AT = 200  # characters: no command is longer


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its value: the rest of the line, and for texts the lines below it."""

    word: Word
    value: str = ""


def fold(text: str) -> str:
    """Lower case without å ä ö, one character for one so that positions stay."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    for letter, folded in _FOLD:  # five searches take a quarter of the time of one look at each character
        lower = lower.replace(letter, folded)
    return lower


def strip(text: str) -> str:
    """The text without what shows nothing at its ends."""
    return text.strip(_ENDS)


_ENDS = "".join(re.findall(f"[{BLANK}\n]", "".join(map(chr, range(0x10000)))))


def plain(text: str) -> str:
    """The text as it looks: å in one character, ＃ as #, no invisible characters but the blank.

    What joins the letters of other scripts or the parts of a picture, or keeps them apart, can be seen, and stays.
    """
    text = unicodedata.normalize("NFC", text).replace("＃", "#").replace("﹟", "#")
    text = _KEYCAP.sub("#", text) if "\u20e3" in text else text
    text = _FULL_WIDTH.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return _UNSEEN.sub("", text.replace("\u00a0", " ").replace("\u202f", " "))


_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_KEYCAP = re.compile("#\ufe0f?\u20e3")


_INVISIBLE = f"[{BLANK.replace(' ', '').replace(chr(9), '')}]"
_PICTURES = "\u2190-\u2bff\U0001f000-\U0001faff"
# The class first: asked of each letter, what joins would take most of the time.
_UNSEEN = re.compile(f"{_INVISIBLE}(?<![\u0370-\u1dff{_PICTURES}\ufe0f][\u200c\u200d])(?<![{_PICTURES}]\ufe0f)")


def _pattern(word: str) -> str:
    return r"[\s_-]*".join(map(re.escape, fold(word).split()))


def _known() -> list[tuple[Word, str]]:
    return [(word, _pattern(word)) for word in sorted(WRITTEN, key=lambda w: -len(w))]


@cache  # made when the first mail is read: a look at the register needs the words alone
def _forms() -> list[tuple[Word, re.Pattern[str]]]:
    return [
        (word, re.compile(rf"{pattern}(?![a-z0-9]){_MARKS}*(?:\s*#(?=\s|$))?\s*[:.=]?\s*{_MARKS}*"))
        for word, pattern in _known()
    ]


@cache
def _within() -> re.Pattern[str]:
    return re.compile(rf"(?<!\S){_MARKS}*#\s*(?:{'|'.join(pattern for _, pattern in _known())})(?![a-z0-9])")


@dataclass(frozen=True, slots=True)
class NoCommand:
    """A line with a # that is no command. fault: what is wrong, in Swedish; meant: somebody surely meant a command."""

    fault: str
    meant: bool


def read_command(line: str) -> Command | NoCommand:
    """The command of a line that begins with #."""
    rest = line.lstrip("# \t\u00a0")
    begins = fold(rest[:_LOOKED_AT])
    for word, form in _forms():
        found = form.match(begins)
        if found:
            value = strip(rest[found.end() :])
            return Command(word, value.rstrip("\"'”“»«’*_` ") if re.search(_MARKS, found[0]) else value)
    nearest = nearest_word(rest[:_LOOKED_AT])
    hint = f" Menade du #{nearest.value}?" if nearest else ""
    fault = f"Raden ”{line[:_SHOWN]}” är inget kommando som tjänsten känner till.{hint}"
    return NoCommand(fault, meant=nearest is not None)


def nearest_word(text: str) -> Word | None:
    """The command that somebody most likely meant with the first word or two; None where nothing is near."""
    words = re.findall(r"[a-z]+", fold(text))[:2]
    tries = ["".join(words), *words[:1]]
    for given in (" ".join(words), *words[:1]):
        if given in _MEANT:
            return _MEANT[given]
    named = {fold(word.value).replace(" ", ""): word for word in WRITTEN}
    found = [near for given in tries for near in difflib.get_close_matches(given, named, cutoff=_CLOSE_ENOUGH)]
    found += [name for name in named if any(_is_swapped(given, name) for given in tries)]
    return named[found[0]] if found else None


def _is_swapped(given: str, name: str) -> bool:
    """Whether two letters beside each other have changed places, which in a short word is half of it: `svra`, `tpy`."""
    swapped = (given[:at] + given[at + 1] + given[at] + given[at + 2 :] for at in range(len(given) - 1))
    return len(given) == len(name) and name in swapped


def find_within(line: str) -> int | None:
    """Where a known command stands within a line of prose, if one does."""
    found = _within().search(fold(line))
    return found.start() if found else None


def find_unmarked(line: str, *, in_answer: bool) -> Command | None:
    """The command that a line was meant for whose # is missing, or None.

    in_answer: the line stands in an answer to the submitter, where "Svar:" or "Åtgärd:" may be a heading.
    """
    begins = fold(line[:_LOOKED_AT])
    if not (_UNMARKED.match(begins) or _in_capitals().match(line) or (not in_answer and _ANSWER_FIRST.match(begins))):
        return None
    note = _NOTE_FIRST.match(begins)
    read = read_command(f"{Word.INTERNAL}: {line[note.end() :]}" if note else line)
    return read if isinstance(read, Command) else None


_UNMARKED = re.compile(r"(?:internt|avsluta|hall oppet)\s*[:.!]*$|intern(?:t|(?: (?:anteckning|notering)))?\s*:")
_NOTE_FIRST = re.compile(r"intern(?: (?:anteckning|notering))\s*:")
_ANSWER_FIRST = re.compile(r"svar\s*(?::|$)")
_ORDINARY: Final = {
    Word.HELP, Word.ANSWER, Word.TEXT, Word.FROM, Word.ADDRESS, Word.CHANNEL, Word.STATUS, Word.LIST, Word.STATISTICS,
    Word.BY_LETTER, Word.SAME, Word.PROCESS, Word.DIVIDE, Word.KEYWORD,
}  # fmt: skip
"""Words that may begin a line of any text, also in capitals."""
_CAPITALS = "|".join(word.value.replace(" ", r"[\s_-]*") for word in WRITTEN if word not in _ORDINARY)


@cache
def _in_capitals() -> re.Pattern[str]:
    return re.compile(rf"(?:{_CAPITALS})(?:\s*:|\s|$)")


# --- values ----------------------------------------------------------------------------------------------------------


def says_nothing(value: str) -> bool:
    """Whether the words behind a command that takes none say no more than the command itself: "#AVSLUTA ärendet"."""
    return _NO_MORE.issuperset(re.findall(r"\w+", fold(value)))


_NO_MORE: Final = frozenset(["ja", "arendet", "det", "nu", "direkt", "tack", "snalla", "garna"])


def is_left_open(value: str) -> bool:
    """Whether the value is the question mark of our own example, or nothing."""
    return not re.search(r"\w", value)


def read_choice(value: str, choices: tuple[str, ...]) -> str | None:
    """The entry of a numbered list that is meant: by number (1 is the first), by its words, or by their beginning."""
    wanted = fold(value).strip(" .:\"'”“»«")
    if wanted.isdecimal() and len(wanted) <= _MOST_DIGITS:
        return choices[int(wanted) - 1] if 1 <= int(wanted) <= len(choices) else None
    exact = [c for c in choices if fold(c) == wanted]
    if exact:
        return exact[0]
    beginning = [c for c in choices if len(wanted) >= _SHORTEST_BEGINNING and fold(c).startswith(wanted)]
    return beginning[0] if len(beginning) == 1 else None


def read_yes_no(value: str) -> bool | None:
    """JA or NEJ, None for anything else."""
    return {"ja": True, "nej": False}.get(fold(value).strip(" .!:\"'”“»«"))


_PLACEHOLDERS: Final = (
    "skriv ditt svar har",
    "skriv din anteckning har",
    "skriv texten har",
    "skriv vad som har gjorts har",
    "har skriver du svaret till synpunktslamnaren",
    "har skriver du vad som har gjorts",
)


def holds_placeholder(text: str) -> bool:
    """Whether the words of our own examples, which are there to be replaced, still stand in the text."""
    words = " ".join(re.findall(r"\w+", fold(plain(text))))
    return any(f" {placeholder} " in f" {words} " for placeholder in _PLACEHOLDERS)
