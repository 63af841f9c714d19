"""What an answer would show of somebody else: personal numbers, addresses, telephone numbers, other cases.

It is only asked about, since an officer may well mean it. What the submitter has written, what belongs to the
municipality or to another authority, and what the submitter asks for is nobody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from service.core.cases import Case
from service.core.identity.numbers import find_numbers
from service.core.people.addresses import domain_of
from service.core.people.personal import find_personal_numbers
from service.core.speech.commands import fold
from service.core.speech.phrasing import any_of

if TYPE_CHECKING:
    from service.core.rules.rulebook import RuleBook

MAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
PHONE: Final = re.compile(r"(?<![\w+/-])(?:\+46|0046|0)[ ()-]{0,3}\d(?:[ ()/–-]{0,3}\d){5,11}(?!\w)")
_FUNCTIONS: Final = re.compile(
    r"(?:info|kontakt|registrator\w*|kundtjanst|kundservice|kansli\w*|diariet|medborgar\w*|kommun\w*|service|support|"
    r"reception\w*|expedition\w*|felanmalan|vaxel\w*|bokning\w*|synpunkt\w*|press|redaktion\w*)@"
)
_SERVICE_NUMBERS: Final = re.compile(r"0(?:20|200|77\d|10|99\d|900|939|944)")
_ASKED_FOR: Final = any_of(
    r"""
    \b(?:vilket|vad ar) (?:tele\w*)?nummer
    \b(?:telefon)?nummer(?:et)? till\b
    \bkontaktuppgift
    \b(?:mejl|mail|epost|e-post)?adress(?:en)? till\b
    \bvem (?:ska|kan|bor|far) (?:jag|man|vi) (?:ringa|kontakta|mejla|maila|prata|tala|vanda|skriva)
    \bvem (?:ringer|kontaktar|mejlar|vander) (?:jag|man|vi)\b
    \bvart (?:ska|kan|ringer|vander|skickar|mejlar) (?:jag|man|vi)\b
    \bhur (?:nar|far|kommer|kontaktar) (?:jag|man|vi)\b
    """
)
_SIGNED: Final = re.compile(
    r"(?im)^[ \t]*(?:m\.?v\.?h\.?|(?:med )?(?:vänliga?|varma?|bästa) hälsning(?:ar)?|hälsning(?:ar)?|vänligen|/ ?\w+)"
    r"[^\n]{0,40}$"
)
_AROUND = 30  # characters on each side of what is found
_OWN_SERIES = 2  # digits after the area code that a municipality's numbers have in common


def shown_of_others(text: str, case: Case, book: RuleBook, writer: str = "") -> list[str]:
    """What in the answer may be somebody else's, one sentence each, in Swedish, with the place; empty where nothing.

    writer: the officer's name; the telephone numbers below it are the officer's own.
    """
    found = (*_numbers(text, case), *_contacts(text, case, book, writer), *_cases(text, case, book))
    return list(dict.fromkeys(found))


def _numbers(text: str, case: Case) -> Iterator[str]:
    own = {_last_ten(case.text[s.start : s.end]) for s in find_personal_numbers(case.text)}
    for span in find_personal_numbers(text):
        if _last_ten(text[span.start : span.end]) not in own:
            yield (
                "I svaret står ett personnummer som inte finns i synpunktslämnarens mejl: "
                f"{_place(text, span.start, span.end)}"
            )


def _last_ten(number: str) -> str:
    return re.sub(r"\D", "", number)[-10:]


def _contacts(text: str, case: Case, book: RuleBook, writer: str) -> Iterator[str]:
    if _ASKED_FOR.search(fold(case.text)):
        return
    known = _known(case, book)
    for found in MAIL.finditer(text):
        if not _is_known_mail(found[0], known, case, book):
            yield f"I svaret står en e-postadress som vi inte känner till: {_place(text, *found.span())}"
    ends = _signature(text, writer)
    personal = {s.start for s in find_personal_numbers(text)}
    for found in PHONE.finditer(text, 0, ends):
        if found.start() not in personal and not _is_known_phone(found[0], known, book):
            yield f"I svaret står ett telefonnummer som vi inte känner till: {_place(text, *found.span())}"


def _signature(text: str, writer: str) -> int:
    """Where the answer's signature begins: with a closing greeting, or the last line that the writer's name begins."""
    greeting = _SIGNED.search(text)
    own = re.compile(rf"(?im)^[ \t/]*{re.escape(writer)}\b") if writer else None
    named = list(own.finditer(text)) if own else []
    return min([len(text), *([greeting.start()] if greeting else []), *([named[-1].start()] if named else [])])


def _known(case: Case, book: RuleBook) -> str:
    """All that may be told: what the submitter has written, and how the municipality and authorities are reached."""
    contact = book.municipality.contact
    referred = (rule.then.refer.how for rule in book.routing.rules if rule.then.refer)
    roads = (contact.phone, contact.duty_phone, contact.email, contact.web, contact.postal, contact.visit)
    own = (case.text, case.submitter.phone, case.submitter.email, case.submitter.reply_to)
    people = (f"{p.phone or ''} {p.email}" for p in book.people.people)
    return "\n".join(filter(None, (*roads, *referred, *own, *people)))


def _is_known_mail(address: str, known: str, case: Case, book: RuleBook) -> bool:
    told = case.submitter.has(address) or address.lower() in known.lower()
    return told or is_municipal_mail(address, book)


def is_municipal_mail(address: str, book: RuleBook) -> bool:
    """Whether the address is the municipality's, or by its name a function's: `info@`, `registrator@`."""
    own = book.is_staff(address) or any(domain_of(address) == domain_of(r) for r in book.registrars)
    return own or bool(_FUNCTIONS.match(fold(address)))


def _is_known_phone(number: str, known: str, book: RuleBook) -> bool:
    numbers = {_national(found[0]) for found in PHONE.finditer(known)}
    return _national(number) in numbers or is_municipal_phone(number, book)


def is_municipal_phone(number: str, book: RuleBook) -> bool:
    """Whether the number is the municipality's, of the same series as its own, or one for everybody: 0771, 010, 020."""
    digits, contact = _national(number), book.municipality.contact
    own = {_national(n) for n in (contact.phone, contact.duty_phone, *(p.phone for p in book.people.people)) if n}
    series = {n[: _area(n) + _OWN_SERIES] for n in own if not n.startswith("07")}
    in_series = any(digits.startswith(beginning) for beginning in series)
    return digits in own or in_series or bool(_SERVICE_NUMBERS.match(digits))


def _national(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return re.sub(r"^(?:0046|46)0?", "0", digits)


def _area(digits: str) -> int:
    """How long the area code is: 08 is the only one of two, some are of three; four is the cautious guess."""
    return 2 if digits.startswith("08") else 3 if digits[:3] in _OF_THREE else 4


_OF_THREE: Final = tuple(
    f"0{code}" for code in (11, 13, 16, 18, 19, 21, 23, 26, 31, 33, 35, 36, 40, 42, 44, 46, 54, 60, 63, 90)
)


def _cases(text: str, case: Case, book: RuleBook) -> Iterator[str]:
    prefix = book.municipality.case_number.prefix
    for number in find_numbers(text, prefix):
        if number != case.number:
            yield f"I svaret står numret på ett annat ärende: {number}."


def _place(text: str, start: int, end: int) -> str:
    """The words around what is found, on one line."""
    before, after = max(0, start - _AROUND), min(len(text), end + _AROUND)
    words = " ".join(text[before:after].replace("”", "").split())
    return f"”{'…' if before else ''}{words}{'…' if after < len(text) else ''}”."
