"""Lines that name date and author of what follows: "Den 12 nov. 2026 kl 09:12 skrev Bo Ek:" """

from __future__ import annotations

import re
from collections.abc import Sequence

from service.core.reading.history.lines import ADDRESS, CLOCK, YEAR, bare, is_rule

_ATTRIBUTION_LINES = 4
_COLONS = (":", "：")
_VERBS = (
    r"(?:\b(?:skrev|skrivit|wrote|writes|schrieb|schreibt|geschrieben|kirjoitti|a écrit|écrit|escribió|ha scritto"
    r"|scrisse|escreveu|schreef|geschreven|napisał(?:\(a\)|a)?|написала?|пишет|написав|napsal|írta|yazdı|a scris)(?!\w)"
    r"|写道|作成|작성)"
)
_VERB = re.compile(_VERBS, re.IGNORECASE)
_VERB_COLON = re.compile(rf"{_VERBS}[:：]\s{{0,20}}\S", re.IGNORECASE)
_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d|\d\d?-[^\W\d_]{{3}}-\d{{2,4}}|\d{{4}}[./]\d\d?[./]\d\d?|\d\d?[./-]\d\d?[./-]\d{{2,4}}|\d{{4}}年\d\d?月\d\d?日"
    rf"|\d\d?(?:st|nd|rd|th|er)?\.?,? (?:de |of )?{_MONTH},?(?: de)?(?: \d{{4}})?"
    rf"|{_MONTH} \d\d?(?:st|nd|rd|th)?\.?,?(?: \d{{4}})?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[\W_]{0,3}[^\W\d_]{1,12}[.,]{0,2}\s")
_WEEKDAY = re.compile(
    r"(?:må|ti|on|to|fr|lö|sö|mon|tue|wed|thu|fri|sat|sun|mån|tis|ons|tor|tors|fre|lör|sön|man|tir|lør|søn|mo|di|mi|do"
    r"|sa|so|ma|ke|pe|la|su)\.?,?|\w{3,9}(?:dag|day|tag)|mittwoch|\w{3,8}tai|\w{3,9}viikko(?:na)?",
    re.IGNORECASE,
)
# words that make a sentence of what looks like a name: "Den 3 april kl 10.12 skrev jag till er:"
_PROSE = frozenset(
    """
    jag vi ni du han hon man mig oss dig er till att som om inte och
    i we you he she they me us to that ich wir ihr uns mir dass und
    jeg meg deg oss dere du til at og minä sinä me te että ja
    """.split()  # noqa: SIM905 - a list literal would take a line a word
)
_PRONOUNS = frozenset({"I", "de", "den", "det", "en", "sie", "er", "es", "hän", "he"})
_BRACKET = re.compile(r"[<\[]")
_CLOCK_FIRST = re.compile(
    r"(?:kl\.?|klockan|at|um|klo|à)? ?[012]?\d[:.][0-5]\d(?:[:.][0-5]\d)?(?: ?[ap]\.?m\.?)?,? ", re.IGNORECASE
)
_BY = re.compile(
    r"[ ,]*+(?:(?:av|by|von|från|fra|af)[ ,]*+)?", re.IGNORECASE
)  # Tuta: "12 nov. 2026, 09:12 av bo@example.org:"
_QUOTING = re.compile(r"(?:citerar|quoting|zitat von|citat från|siterer|citerer|lainaus) ", re.IGNORECASE)
_NAME_WORDS = 12
_BRACKETED = re.compile(r"[<\[(][^<>\[\]()]{0,200}[>\])]?")


def attribution(lines: Sequence[str], start: int) -> tuple[int, bool] | None:
    """Return where the "On that day X wrote:" that begins at line `start` ends, and whether it is certain.

    Programs wrap it over at most four lines.
    """
    if not any(colon in line for line in lines[start : start + _ATTRIBUTION_LINES] for colon in _COLONS):
        return None
    first = bare(lines[start])
    if not first or first[0] in ">|" or not ("@" in first or _may_begin(first)):
        return None
    joined = ""
    for end in range(start, min(start + _ATTRIBUTION_LINES, len(lines))):
        line = bare(lines[end])
        if not line or (line.startswith(">") and not _closes(joined, line)):
            return None
        joined = f"{joined} {line}".strip(" *_")
        if joined.endswith(_COLONS):
            if end > start and not _begins(first):
                return None
            alone = _is_alone(lines, start)
            certain = _dated(joined[:-1], alone)
            if certain is None:
                certain = _named(joined[:-1], alone)
            return None if certain is None else (end + 1, certain)
        if ":" in line.rpartition(">")[2] and _VERB_COLON.search(line) and _runs_on(joined):
            return end + 1, True
    return None


def _begins(first: str) -> bool:
    """Whether a first line that goes on below holds what programs write first, and is not the sender's last line."""
    return bool(CLOCK.search(first) or YEAR.search(first) or _VERB.search(first) or "@" in first)


def _closes(joined: str, line: str) -> bool:
    """Whether the line's > is that of an address which began on the line above."""
    return joined.count("<") > joined.count(">") and line.endswith(":") and len(line) < 40  # noqa: PLR2004 - "> wrote:"


def says_who_wrote(line: str) -> bool:
    """Whether the line is short and ends with a verb and a colon ("Bo Ek skrev:"), by hand or by a program."""
    text = bare(line)
    verb = _VERB.search(text) if text.endswith(_COLONS) and len(text) <= 80 else None  # noqa: PLR2004 - signs
    return verb is not None and not text[verb.end() :].strip(" :：")


def _may_begin(line: str) -> bool:
    """A cheap test before the line is joined with the ones below: a date's digit near the start, or a verb."""
    return bool(_DIGIT.search(line[:40]) or _VERB.search(line))


def _is_alone(lines: Sequence[str], start: int) -> bool:
    return start == 0 or not lines[start - 1].strip() or is_rule(lines[start - 1])


def _date_at_start(text: str) -> re.Match[str] | None:
    """Return the date that the text begins with, after at most three words such as "On Mon,"."""
    position = 0
    for _ in range(4):
        match = _DATE.match(text, position)
        if match:
            return match
        word = _WORD.match(text, position)
        if not word:
            return None
        position = word.end()
    return None


def _dated(text: str, alone: bool) -> bool | None:
    """Judge `text` (without its colon) as date, author and verb in any order: True when certain, None when not it."""
    early = _CLOCK_FIRST.match(text)
    text = text[early.end() :] if early else text
    date = _date_at_start(text)
    if date is None:
        return None
    rest = text[date.end() :]
    clock = None if early else CLOCK.search(rest[:60])
    author = rest[clock.end() :] if clock else rest
    address = ADDRESS.search(author)
    verb = _VERB.search(author)
    year = YEAR.search(text[: date.end() + 12])
    if verb is None:
        # a language that is not known here: the signs of a machine must all be there
        is_bare = address is not None and _BY.fullmatch(author.replace(address[0], "", 1))
        certain = address and (clock or early) and year and ("<" in author or is_bare) and _is_name(author)
        return True if certain else None
    before, after = author[: verb.start()], author[verb.end() :]
    if not _is_name(before) or not _is_name(after) or not (before.strip(" ,") or after.strip(" ,")):
        return None
    if not (address or clock or early or year):
        return None
    if address and _BRACKET.search(author):
        return True
    if early:  # nobody begins a sentence with the time of day and then names the day
        return bool(alone and (address or year))
    return bool(alone and clock and year and _is_written_by_machine(text, date, rest[clock.end() :]))


def _is_written_by_machine(text: str, date: re.Match[str], after_clock: str) -> bool:
    """Whether the date has a form that people hardly write: with weekday, in digits, abbreviated, or with AM or PM."""
    weekday = any(_WEEKDAY.fullmatch(word) for word in text[: date.start()].split())
    in_digits = not any(sign.isalpha() for sign in date[0])
    abbreviated = "." in date[0].lstrip("0123456789.")
    return weekday or in_digits or abbreviated or bool(re.match(r"\s?[ap]\.?m\b", after_clock, re.IGNORECASE))


def _named(text: str, alone: bool) -> bool | None:
    """Judge `text` as author, verb and perhaps a date: "Bo Ek <bo.ek@example.org> wrote"."""
    quoting = _QUOTING.match(text)  # Horde: "Citerar Bo Ek <bo.ek@example.org>:"
    if quoting and _is_name(text[quoting.end() :]) and ADDRESS.search(text):
        return alone
    verb = _VERB.search(text)
    if verb is None:
        return None
    name, after = text[: verb.start()], text[verb.end() :]
    if not _is_name(name) or len(after) > 80:  # noqa: PLR2004 - a date at most
        return None
    address = ADDRESS.search(name)
    dated = CLOCK.search(after) is not None and any(c.isdigit() for c in after[:30])
    if address and _BRACKET.search(name) and (dated or not after.strip(" ,")):
        return alone
    return False if dated and name.strip() else None


def _runs_on(text: str) -> bool:
    """Whether date, author, address, verb and colon are followed by the quoted words on the same line (Yahoo)."""
    verb = _VERB.search(text)
    if verb is None or text[verb.end() : verb.end() + 1] not in {":", "："} or not text[verb.end() + 1 :].strip():
        return False
    before = text[: verb.end()]
    return bool("<" in before and ADDRESS.search(before) and CLOCK.search(before) and _dated(before, alone=False))


def _is_name(text: str) -> bool:
    """Whether the text can be a name with an address and not a piece of a sentence."""
    words = _BRACKETED.sub(" ", text).replace(">", " ").split()
    if len(words) > _NAME_WORDS or any(word.strip(",") in _PROSE for word in words):
        return False
    return not (len(words) == 1 and words[0] in _PRONOUNS)
