"""An answer that somebody else was given, as a proposal: without names, numbers and addresses of that person.

It is shown to an officer and never sent by itself. Sent back with its gaps left it is asked about.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from service.core.identity.numbers import find_numbers
from service.core.people.naming import BY_PART
from service.core.people.personal import MASK, mask_personal_numbers
from service.core.publicity.disclosure import MAIL, PHONE, is_municipal_mail, is_municipal_phone

if TYPE_CHECKING:
    from service.core.rules.rulebook import RuleBook

NAME, ADDRESS, PHONE_NUMBER, NUMBER = "[namn]", "[e-postadress]", "[telefonnummer]", "[ärendenummer]"
HOME: Final = "[adress]"
PLATE: Final = "[registreringsnummer]"
GAPS: Final = (NAME, ADDRESS, PHONE_NUMBER, NUMBER, HOME, PLATE, MASK)
# What has the form of a number hides it also where a digit is mistyped.
_PERSONAL: Final = re.compile(r"(?<![\w-])(?:19|20)?\d{6}[-+]\d{4}(?![\w-])")
_CASE: Final = re.compile(r"\b[A-ZÅÄÖ]{2,6}-\d{2}-\d{5,6}-[A-Z]\b")
_HOME: Final = re.compile(
    r"(?:\b[A-ZÅÄÖ][\w-]{1,40}(?: [\w-]{1,40})? \d{1,4} ?[A-Za-z]?,? {1,2})?\b\d{3} ?\d{2} [A-ZÅÄÖ][\w-]{1,40}"
)
PLATE_NUMBER: Final = re.compile(  # of a Swedish vehicle; three letters before a year are a month
    r"\b(?!NOV|DEC|JAN|FEB|MAR|APR|JUN|JUL|AUG|SEP|OKT)[A-HJ-PR-UW-Z]{3}[ \u00a0-]?\d\d[\dA-HJ-PR-UW-Z]\b"
)
_GREETED = re.compile(
    r"(?i)^(\s*(?:hej|hejsan|hallå|god (?:morgon|dag|kväll|middag)|bästa|kära))[ ]+([^\n,.!?]{1,60})(?=[,.!?\n]|$)"
)
_LONGEST = 6_000  # characters; a longer answer is a matter of its own
_SHORTEST_NAME = 2


def as_draft(answer: str, name: str, book: RuleBook) -> str:
    """The answer with gaps for what belongs to whoever got it; empty where it is too long to be one for others.

    name: of whoever got it.
    """
    if len(answer) > _LONGEST:
        return ""
    text = _PERSONAL.sub(MASK, mask_personal_numbers(answer))
    for number in find_numbers(text):
        text = text.replace(number, NUMBER)
    text = _CASE.sub(NUMBER, text)
    own = f"{book.municipality.contact.postal} {book.municipality.contact.visit}"
    text = _HOME.sub(lambda m: m[0] if m[0] in own else HOME, text)
    text = MAIL.sub(lambda m: m[0] if is_municipal_mail(m[0], book) else ADDRESS, text)
    text = PHONE.sub(lambda m: m[0] if is_municipal_phone(m[0], book) else PHONE_NUMBER, text)
    for part in (p for p in re.findall(r"[^\W\d_][\w’'-]+", name) if len(p) >= _SHORTEST_NAME):
        text = re.sub(rf"(?i)\b{re.escape(part)}(?:s\b|\b)", NAME, text)
    text = PLATE_NUMBER.sub(PLATE, text)
    text = BY_PART.sub(lambda m: m[0] if _is_colleague(m[2], book) else f"{m[1]} {NAME}", text)
    text = re.sub(rf"{re.escape(NAME)}(?:\s+{re.escape(NAME)})+", NAME, text)
    return _GREETED.sub(lambda m: m[0] if "alla" in m[2].lower() else f"{m[1]} {NAME}", text)


def _is_colleague(name: str, book: RuleBook) -> bool:
    return any(name in person.name.split() or name == person.name for person in book.people.people)


def left_open(text: str) -> str:
    """Why an answer needs a question, in Swedish: it has gaps of a proposal; empty where it has none.

    The same words once more need none: ten people who write about one hole get the same answer.
    """
    gap = next((gap for gap in GAPS if gap in text), "")
    return f"I svaret står {gap}, som vi har satt dit i stället för en annan persons uppgift." if gap else ""
