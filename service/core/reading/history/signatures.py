"""Greetings and signatures below the sender's words, in the languages that reach a Swedish municipality.

A signature is taken away only when it is certain to be one; a line that may be a sentence of the sender's stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.core.reading.history.footers import (
    banner_end,
    is_footer,
    is_notice,
    is_privacy_line,
    notices_start,
    speaks_for_itself,
)
from service.core.reading.history.lines import LINE_LIMIT

DELIMITERS = frozenset({"-- ", "--\xa0"})
"""The line above a signature (RFC 3676, section 4.3); some programs write a no-break space."""

_SIGNATURE_LINES = 12  # longer than this is no signature
_TAIL_LINES = 25
_GREETING_LIMIT = 60  # signs
_NAME_WORDS = 3
_GREETING_LINES = 500  # nobody greets for longer
_SENTENCE = 4  # words that end with a full stop; "Ekviks kommun." has fewer
_LETTER = re.compile(r"[^\W_]")

Lines = list[str]


@dataclass(frozen=True, slots=True)
class Stripped:
    """The lines kept, and the cut ones in the order in which they stood."""

    kept: Lines
    cut: Lines


def strip(lines: Lines, *, first: bool) -> Stripped:
    """Take away footers, notices and signatures below the sender's words, and a banner above the `first` ones."""
    banner = banner_end(lines) if first else 0
    above, lines = lines[:banner], lines[banner:]
    below: Lines = []
    for find in (_footer, _notices, _footer, _delimited, _contact_block):
        start, end = find(lines)
        below = lines[start:end] + below
        lines = lines[:start] + lines[end:]
    return Stripped(lines, above + below)


def is_signature(lines: Sequence[str]) -> bool:
    """Whether lines that the mail's structure marks as the signature hold nothing but one."""
    own = [line for line in lines if line.strip() and not (is_footer(line) or is_notice(line) or is_privacy_line(line))]
    return len(own) <= _SIGNATURE_LINES and not any(_speaks(line) or _is_field(line) or _is_place(line) for line in own)


def has_substance(lines: Sequence[str]) -> bool:
    """Whether the lines hold more than a closing greeting with a name, footers and rules."""
    signed = False
    if len(lines) > _GREETING_LINES:
        return True
    for line in lines:
        if not _LETTER.search(line[:LINE_LIMIT]) or is_footer(line):
            continue
        if is_closing(line):
            signed = True
        elif not signed or _speaks(line) or len(line.split()) > _NAME_WORDS:
            return True
    return False


def last_words(lines: Sequence[str]) -> Lines:
    """The last two lines, at most, that the sender wrote above a closing greeting and what the program adds."""
    written = [line.strip()[:LINE_LIMIT] for line in lines[-4 * _TAIL_LINES :] if _LETTER.search(line[:LINE_LIMIT])]
    written = [line for line in written if not is_footer(line)]
    near = range(max(0, len(written) - _SIGNATURE_LINES), len(written))
    closing = next((n for n in near if is_closing(written[n])), len(written))
    return written[max(0, closing - 2) : closing]


# --- greetings --------------------------------------------------------------------------------------------------------

_CLOSING = re.compile(
    # Swedish
    r"(?:med |de )?(?:(?:v[äa]nliga?(?:ste)?|b[äa]sta|varma?|hj[äa]rtliga|soliga|glada) )?h[äa]lsning(?:ar|arna)?\b"
    r"|v[äa]nligen\b|m\.? ?v\.? ?h\b\.?|vh\b|bh\b"
    # Norwegian and Danish
    r"|(?:med )?(?:(?:venlig|vennlig|beste|de bedste|bedste|mange|kærlig) )?hilsen(?:er)?\b|kh\b"
    # English
    r"|(?:(?:best|kind|kindest|warm|many) )?(?:regards|wishes)\b|(?:yours )?sincerely\b|yours (?:truly|faithfully)\b"
    r"|cheers\b|br\b"
    # German
    r"|(?:mit )?(?:(?:freundliche|beste|herzliche|viele|liebe|sch[öo]ne)[nr]? )?gr(?:ü|ue)(?:ß|ss)(?:en?|le)?\b"
    r"|mfg\b|lg\b|vg\b"
    # Finnish
    r"|(?:ystävällisin |parhain |lämpimin )?terveisin\b",
    re.IGNORECASE,
)


def is_closing(line: str) -> bool:
    """Whether the line is a closing greeting, with a name on the same line or not."""
    bare = line.strip()
    match = _CLOSING.match(bare) if len(bare) < _GREETING_LIMIT else None
    return match is not None and not _speaks(bare[match.end() :])


def is_signed(text: str) -> bool:
    """Whether the writer tells both names: below a greeting, alone at the end or in words."""
    written = [line.strip()[:LINE_LIMIT] for line in text.splitlines() if line.strip()]
    alone = len(written) > 1 and _is_persons_name(written[-1])
    return alone or bool(_SIGNED.search("\n".join(written[-_SIGNATURE_LINES:])) or _SAYS_NAME.search(text))


# --- signatures -------------------------------------------------------------------------------------------------------

_RULE = re.compile(r"\s*(?:-{2,}|_{3,}|[—–─]{2,}|={3,}|\*{3,})\s*")
_BULLET = re.compile(r"\s*(?:[-•*·–]|\d{1,2}[.)])\s")
_POSTSCRIPT = re.compile(r"\s*p\.? ?s\b", re.IGNORECASE)
_CONTACT = re.compile(
    r"(?<!\d)\+?\(?\d[\d\s()/.-]{5,18}\d|[\w.+-]{1,64}@[\w-]{1,64}\.\w|(?:https?://|www\.)\S|\b\d{3} ?\d{2} [A-ZÅÄÖ]"
    r"|\b(?:tel|tfn|mobil|telefon|phone|direkt|växel)\b[.:]?\s?\+?\d",
    re.IGNORECASE,
)
_REACH = re.compile(r"tel|tfn|mob|phone|direkt|växel|fax|mail|post|web|www|http|skype|besök|adress", re.IGNORECASE)
# words of a sentence, which hardly any name, title or address holds
_SENTENCE_WORDS = frozenset(
    """
    jag mig min mitt vi oss vår du dig din ditt ni er han hon det den detta är var har hade kan kunde ska skulle vill
    ville inte inget ingen men om när att tack ja nej ring nås hör svara svar återkom obs snälla gärna också bara fick
    får måste blir blev finns gör varför vad hur nu idag
    i'm you we they it is was are has have had can could should would not no yes but when that please thanks thank
    ich du wir ihr es ist war sind hat haben kann nicht ja nein aber wenn dass danke bitte
    jeg deg meg dere ikke kan skal vil men hvis når takk tak nei nej er var ja
    minä sinä me te on oli ei ole kyllä mutta kun että kiitos
    """.split()  # noqa: SIM905 - a list literal would take a line a word
)


def _speaks(line: str) -> bool:
    """Whether the line may be a sentence of the sender's own."""
    bare = line.strip()
    if len(bare) > LINE_LIMIT:
        return True
    words = bare.split()
    if _POSTSCRIPT.match(bare) or bare.endswith(("?", "!")) or (bare.endswith(".") and len(words) >= _SENTENCE):
        return True
    return any(word.strip(".,:;!?()\"'").casefold() in _SENTENCE_WORDS for word in words)


def is_said(line: str) -> bool:
    """Whether the line may be something that a person says, and is neither a name nor what programs add."""
    return (_speaks(line) or len(line.split()) >= _SENTENCE) and not (is_footer(line) or is_privacy_line(line))


def _is_field(line: str) -> bool:
    """Whether the line is a label with a value other than a way to reach somebody."""
    label, colon, value = line[:LINE_LIMIT].partition(":")
    return bool(colon and value.strip()) and not (value.startswith("//") or _REACH.search(label))


def _footer(lines: Lines) -> tuple[int, int]:
    """The line that a program added, among the last ones."""
    seen = 0
    for index in range(len(lines) - 1, -1, -1):
        if is_footer(lines[index]):
            return index, index + 1
        seen += bool(lines[index].strip())
        if seen > _SIGNATURE_LINES:
            break
    return len(lines), len(lines)


def _notices(lines: Lines) -> tuple[int, int]:
    signed = any(is_closing(line) for line in lines[-4 * _TAIL_LINES :])
    return notices_start(lines, signed=signed), len(lines)


def _delimited(lines: Lines) -> tuple[int, int]:
    """The signature below "-- ", or below another rule when it is plainly one."""
    below: Lines = []
    for index in range(len(lines) - 1, max(-1, len(lines) - _TAIL_LINES), -1):
        line = lines[index]
        if len(line) > LINE_LIMIT or not _RULE.fullmatch(line):
            below += [line] if line.strip() else []
            continue
        if len(below) > _SIGNATURE_LINES:
            break
        above = lines[max(0, index - 4) : index]
        if _is_delimiter(above, line, below) or _is_below_name(above, line, below):
            end = next((i for i in range(index + 1, len(lines)) if _POSTSCRIPT.match(lines[i])), len(lines))
            return index, end
    return len(lines), len(lines)


def _is_delimiter(above: Lines, rule: str, below: Lines) -> bool:
    """Whether the rule is the one that the standard sets above a signature."""
    if not below:
        return rule.strip() == "--"
    introduced = _introduces(above) and not any(_is_persons_name(line) for line in below)
    return (
        rule in DELIMITERS and not introduced and not any(speaks_for_itself(line) or _is_place(line) for line in below)
    )


def _introduces(above: Lines) -> bool:
    """Whether the last line ends with a colon, so that what follows is what it speaks of."""
    last = [line for line in above if line.strip()][-1:]
    return bool(last) and last[0].rstrip().endswith(":")


def _is_below_name(above: Lines, rule: str, below: Lines) -> bool:
    """Whether the lines below a rule are a signature for sure and not a list, a form's fields or more of the text."""
    if not below or not is_signature(below) or any(_BULLET.match(line) for line in below):
        return False
    if sum(_is_persons_name(line) for line in below) > 1:  # more people sign
        return False
    if _introduces(above):
        return False
    last = [line for line in above if line.strip()][-2:]
    if any(is_closing(line) for line in (*last, *below)):
        return True
    named = any(_is_persons_name(line) for line in below)  # without a name an address is a place
    signs = (_CONTACT, _ORGANISATION, _TITLE, *((_ADDRESS,) if named else ()))
    return rule.strip() == "--" and any(sign.search(line) for line in below for sign in signs)


def _is_business(block: Lines) -> bool:
    """Whether the lines are somebody's at work; where a citizen lives, or a thing stands, is information."""
    tells = [line for line in block[1:] if _NUMBER.search(line) or _ADDRESS.search(line)]
    reaches = [line for line in tells if _CONTACT.search(line) and not _ADDRESS.search(line)]
    at_work = any(_ORGANISATION.search(line) or _TITLE.search(line) for line in block)
    return len(tells) == len(reaches) or (at_work and not any(_is_place(line) for line in tells))


_ORGANISATION = re.compile(
    r"kommun|förvaltning|bolag|\b(?:ab|hb|brf|gmbh|ltd|inc|llc|as|a/s|oy)\b|förening|samfällighet|region|myndighet|nämnd"
    r"|avdelning|enhet|kontor|skola|stiftelse|universitet|institut|grupp|församling|polis|service|verksamhet|kansli"
    r"|sektion|bygg|company|group|university|department|council|www\.|https?://",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"chef|ingenjör|konsult|handläggare|sekreterare|assistent|ordförande|direktör|rektor|lärare|pedagog|skötar|strateg"
    r"|samordnare|koordinator|kommunikatör|ansvarig|ledare|\bvd\b|ekonom|utvecklare|administratör|planerare|inspektör"
    r"|manager|director|engineer|advisor|developer|officer|founder|\bc[eto]o\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\w(?:vägen|gatan|stigen|gränd|torget|allén|backen|platsen|gården|plan|väg|gata|stig) \d|\bbox \d|\bc/o\b"
    r"|(?<!\d)\d{3} ?\d\d [A-ZÅÄÖ]|postadress|besöks?(?:adress)?\b|\b(?:street|road|avenue|straße|strasse)\b",
    re.IGNORECASE,
)
_PERSONS_NAME = re.compile(r"[A-ZÅÄÖÉ][\w'-]+(?: [A-ZÅÄÖÉ]\.?| (?:af|von|de) )?(?: [A-ZÅÄÖÉ][\w'-]+){1,2}")
_SIGNED = re.compile(
    rf"\b(?i:{_CLOSING.pattern})[\s,.!:]*(?:från\s+|/\s?)?(?:{_PERSONS_NAME.pattern})(?=[\s,.]*(?:\n|$)|,)"
)
_SAYS_NAME = re.compile(rf"\b(?i:jag heter|mitt namn är|my name is)\s+(?:{_PERSONS_NAME.pattern})")
_NUMBER = re.compile(r"\d")
_PLACED = re.compile(
    r"\b(?:vid|på|i|mot|utanför|bakom|mellan|nära|framför|under|över|korsningen|hörnet)\b", re.IGNORECASE
)


def _is_persons_name(line: str) -> bool:
    """Whether the line is nothing but somebody's name, as far as its form tells."""
    text = line.strip()
    return bool(_PERSONS_NAME.fullmatch(text)) and not (_ORGANISATION.search(text) or _TITLE.search(text))


def _is_place(line: str) -> bool:
    """Whether the line tells where or which: a number that reaches nobody, with the word of a place."""
    text = line.strip()
    if not _NUMBER.search(text) or _CONTACT.search(text) or _ADDRESS.search(text) or ":" in text:
        return False
    return bool(_PLACED.search(text))


def _contact_block(lines: Lines) -> tuple[int, int]:
    """The title, organisation and numbers below a closing greeting and a name; greeting and name stay."""
    written = [
        i for i, line in enumerate(lines[-4 * _TAIL_LINES :], max(0, len(lines) - 4 * _TAIL_LINES)) if line.strip()
    ]
    written = written[-_SIGNATURE_LINES - 2 :]
    closing = next((n for n in range(len(written) - 1, -1, -1) if is_closing(lines[written[n]])), None)
    if closing is None:
        return len(lines), len(lines)
    block = [lines[i] for i in written[closing + 1 :]]
    details = block[1:]
    certain = (
        len(details) > 1  # a lone telephone number under a name is information
        and any(_CONTACT.search(line) for line in details)
        and not any(_speaks(line) or _is_field(line) or _BULLET.match(line) for line in block)
        and not any(_is_persons_name(line) for line in details)
        and _is_business(block)
    )
    return (written[closing + 2] if certain else len(lines)), len(lines)
