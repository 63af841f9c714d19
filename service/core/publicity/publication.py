"""What the public would read of a case: without names, addresses and numbers, and only as somebody has approved it.

The wording that is approved is kept with the digest that the approval was given for: whatever changes in it afterwards,
by anybody and on any road, is not approved (HJO-29). The originals stay untouched (HJO-18).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from service.core.alike.drafts import ADDRESS, HOME, NAME, PHONE_NUMBER, PLATE, PLATE_NUMBER
from service.core.cases import Case, Publication, Status
from service.core.people import accounts
from service.core.people.naming import BY_PART, FULL, tells_no_names
from service.core.people.personal import MASK, mask_personal_numbers
from service.core.publicity.disclosure import MAIL, is_municipal_mail, is_municipal_phone

if TYPE_CHECKING:
    from service.core.rules.rulebook import RuleBook

PROPERTY: Final = "[fastighet]"

LEADS_TO_A_PERSON: Final = frozenset({"ett personnummer", "en e-postadress", "ett telefonnummer"})
"""What of it may be the writer's own: by it somebody could be reached."""

Hide = Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class Wording:
    """Title, text and answer as they would stand on the web."""

    title: str
    text: str
    answer: str

    @property
    def digest(self) -> str:
        """What an approval is given for: SHA-256 of exactly these words."""
        return hashlib.sha256(json.dumps([self.title, self.text, self.answer]).encode()).hexdigest()


def proposed(case: Case, book: RuleBook, *, unseen: bool = False) -> Wording:
    """The case's words for the public, the staff's own where they have written some (`#TEXT`), with gaps.

    unseen: nobody has looked at them; then there are gaps for what may be the names of others too.
    """
    text = _body(case.public_text or case.text)
    words = (case.title, text, _body(case.answer))
    return Wording(*(hidden(each, case, book, unseen=unseen)[0] for each in words))


def approved(case: Case) -> Wording | None:
    """The wording that may be published now; None where none is approved, or the case may not be shown at all."""
    wording = Wording(case.public_title, case.public_text, case.public_answer)
    shown = case.publication is Publication.YES and not (case.secrecy or case.internal or case.is_appeal)
    ended = case.answered_at is not None or case.status is Status.CLOSED
    told = shown and ended and case.status is not Status.REFUSED
    return wording if told and case.approved == wording.digest else None


def identifying(case: Case, book: RuleBook, *, unseen: bool = False) -> tuple[str, ...]:
    """What in title, text and answer tells who wrote or is written about, in Swedish; empty: nothing was found.

    In all three the municipality's own addresses and numbers may stand. unseen: nobody has looked at the words; then
    what may be somebody's name counts, and so does a wish of the writer's not to stand on the web.
    """
    words = (case.title, _body(case.public_text or case.text), _body(case.answer))
    found = [name for each in words for name in hidden(each, case, book, unseen=unseen)[1]]
    found += [_SOMEBODY] if unseen and any(map(tells_no_names, words)) else []
    wish = ["en önskan om att det inte publiceras"] if unseen and _NOT_PUBLIC.search(case.text) else []
    return tuple(dict.fromkeys(found + wish))


_NOT_PUBLIC: Final = re.compile(
    r"(?i)\b(?:inte|ej|aldrig)\b[^.!?\n]{0,40}\bpublicer|\bpublicera\w*\b[^.!?\n]{0,20}\b(?:inte|ej|aldrig)\b|"
    r"\b(?:inte|ej|aldrig)\b[^.!?\n]{0,40}\b(?:på|ut på) (?:nätet|webben|internet|hemsidan|er hemsida)\b"
)


def approval(wording: Wording) -> dict[str, str]:
    """The facts of a case that keep an approval."""
    return {
        "public_title": wording.title,
        "public_text": wording.text,
        "public_answer": wording.answer,
        "approved": wording.digest,
    }


# --- what is hidden --------------------------------------------------------------------------------------------------


def hidden(text: str, case: Case, book: RuleBook, *, unseen: bool = False) -> tuple[str, tuple[str, ...]]:
    """The text with gaps, and what somebody has to look at because of it, in Swedish.

    A first name and a colleague's name are hidden without a word: with them gone, nothing tells who it was.
    """
    found = []
    if (without := accounts.mask_account_numbers(text)) != text:
        found, text = ["ett kontonummer"], without
    for name, pattern, hide in (*_masks(case, book), *(_OF_OTHERS if unseen else ())):
        before, text = text, pattern.sub(hide, text)
        if name and text != before:
            found.append(name)
    without = mask_personal_numbers(text)
    if without != text:
        found.insert(0, "ett personnummer")
    return re.sub(rf"{re.escape(NAME)}(?:\s+{re.escape(NAME)})+", NAME, without), tuple(found)


def _masks(case: Case, book: RuleBook) -> Iterator[tuple[str, re.Pattern[str], Hide]]:
    """In this order: a number is known as a person's before it is taken for a telephone's."""
    yield "ett personnummer", _PERSONAL, lambda _m: MASK
    yield "en e-postadress", MAIL, lambda m: m[0] if is_municipal_mail(m[0], book) else ADDRESS
    yield "ett telefonnummer", _PHONE, lambda m: m[0] if is_municipal_phone(m[0], book) else PHONE_NUMBER
    yield "en adress", _POSTAL, lambda m: m[0] if m[0] in _own_places(book) else HOME
    yield "ett registreringsnummer", PLATE_NUMBER, lambda _m: PLATE
    yield "en fastighetsbeteckning", _PROPERTY, lambda _m: PROPERTY
    if home := _home_of(case):
        yield "synpunktslämnarens adress", home, lambda _m: HOME
    if staff := [person.name for person in book.people.people if " " in person.name]:
        yield "", _any_word(staff), lambda _m: "[medarbetare]"
    first, last = _names_of(case)
    if last:
        yield "synpunktslämnarens namn", _any_word(last), lambda _m: NAME
    if first:
        yield "", _any_word(first), lambda _m: NAME


_SOMEBODY: Final = "kanske någons namn"
_OF_OTHERS: Final[tuple[tuple[str, re.Pattern[str], Hide], ...]] = (
    (_SOMEBODY, BY_PART, lambda m: f"{m[1]} {NAME}"),
    (_SOMEBODY, FULL, lambda _m: NAME),
)

# What has the form of a personal number hides it also where a digit is mistyped.
_PERSONAL: Final = re.compile(
    r"(?<![\w-])(?:(?:19|20)?\d{6}(?: ?[-+/\u2010-\u2014] ?\d{4}| \d\d \d\d)|(?:19|20)\d\d-\d\d-\d\d[- ]\d{4})(?![\w-])"
)
# Dots and strokes stand between the digits of a mobile telephone alone: elsewhere they are of hours and days.
_PHONE: Final = re.compile(
    r"(?<![\w.-])(?:\+|0)\d(?:[\s\-\u2010-\u2014/()]{0,3}\d){5,12}(?!\w)"
    r"|(?<![\w.-])(?:0|46[\s.-]?)7[02369](?:[\s\-\u2010-\u2014/()._]{0,3}\d){7}(?!\w)"
)
_PROPERTY: Final = re.compile(
    r"\b(?!(?:Kl|Klockan|Efter|Före|Innan|Mellan|Från|Till|Cirka|Ca|Vid|Runt|Omkring|Strax|Redan|Kapitel)\b)"
    r"[A-ZÅÄÖ][a-zåäö]{2,30}(?:[ -][A-ZÅÄÖ][a-zåäö]{2,30})? \d{1,3}:\d{1,4}\b"
)
_POSTAL: Final = re.compile(
    r"(?:\b[A-ZÅÄÖ][\w-]{1,40}(?: [\w-]{1,40})? \d{1,4} ?[A-Za-z]?,?\s{1,2})?\b\d{3} ?\d{2} "
    r"(?!SEK\b|KR\b|Kr\b|Kronor\b)[A-ZÅÄÖ][A-ZÅÄÖa-zåäö-]{1,40}"
)
_SHORTEST_NAME: Final = 2


def _own_places(book: RuleBook) -> str:
    contact = book.municipality.contact
    return f"{contact.postal} {contact.visit}"


def _home_of(case: Case) -> re.Pattern[str] | None:
    """The submitter's street with its number, in any spelling, and also without the letter of the entrance."""
    street = re.match(r"\s*+([^\s,\d][^\n,\d]{2,59}?)\s*(\d{1,4})\s?([A-Za-z]?)\b", case.submitter.address)
    if not street:
        return None
    name, number, letter = street.groups()
    of_it, entrance = re.escape(name).replace(r"\ ", r"\s+"), rf"\s?{letter}" if letter else "[a-z]"
    return re.compile(rf"\b{of_it}\s*(?:nr\.?\s*)?{number}(?:{entrance}\b|(?!\d))", re.IGNORECASE)


def _names_of(case: Case) -> tuple[list[str], list[str]]:
    """The submitter's first names and surname; of a single name, which tells nobody, no surname.

    Where no name is given the address may be made of it: anna.ek@.
    """
    who = case.submitter.name or _NAMES_IN_ADDRESS.sub(" ", case.submitter.email)
    names = [n for n in re.findall(r"[^\W\d_][\w’'-]+", who) if len(n) >= _SHORTEST_NAME]
    return names[:-1] or names, names[-1:] if len(names) > 1 else []


_NAMES_IN_ADDRESS: Final = re.compile(r"^[^._@]+@.*|[._\d]|@.*")  # a single word there is none


def _any_word(words: list[str]) -> re.Pattern[str]:
    spelled = "|".join(re.escape(word).replace(r"\-", r"[-\s]") for word in words)
    return re.compile(rf"(?<!\w)(?:{spelled})s?(?!\w)", re.IGNORECASE)


# --- what frames a mail ----------------------------------------------------------------------------------------------


def _body(text: str) -> str:
    """The text without its greeting and what it is signed with: the names of both are nobody's business (HJO-18)."""
    lines = text.strip().splitlines()
    while lines and (not lines[0].strip() or _GREETING.fullmatch(lines[0])):
        lines.pop(0)
    ends = [at for at, line in enumerate(lines) if _SIGN_OFF.fullmatch(line)]
    if ends and len(lines) - ends[-1] <= _SIGNATURE:
        lines = lines[: ends[-1]]
    return "\n".join(line.rstrip() for line in lines).strip()


_SIGNATURE: Final = 8  # lines
_GREETING: Final = re.compile(
    r"\W*(?i:hej(?:san)?|hallå|tjena|bästa|kära|god\s(?:morgon|förmiddag|dag|eftermiddag|kväll)|hello|hi|dear|hei|moi)"
    r"\b[^.!?,\n]{0,40}[\s,.!]*"
)
_PERSON: Final = r"[A-ZÅÄÖ][\w-]*(?: [A-ZÅÄÖ][\w-]*){0,2}"
_SIGN_OFF: Final = re.compile(  # alone on its line, or with a name: "Vänligen laga hålet" is no greeting
    r"\s*+(?:--|(?i:m\.?v\.?h\.?|(?:med\s)?(?:vänliga?|bästa|varma?)\shälsning(?:ar)?|hälsning(?:ar)?|vänligen|hälsar"
    rf"|(?:kind|best)\sregards)[ ,!./]*+(?:{_PERSON})?|[/–-] ?{_PERSON})\s*"
)
