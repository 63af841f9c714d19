"""An invented municipality, and every letter written with the sample facts."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path
from typing import Any

from service.core.cases import Case
from service.core.effects import Letter, SendLetter
from service.core.rules.people import People
from service.core.rules.rulebook import Municipality, RuleBook
from service.desk.writing.letters import Mail, Writer
from service.desk.writing.mailbytes import File
from service.desk.writing.samplefacts import ARRIVED, BARE, CASE, LATE, NOW, NUMBER, OFFICER, REGISTRAR, TIMES
from service.desk.writing.samples import LETTERS, TO_CITIZENS, WITHOUT_CASE
from service.desk.writing.stationery import Stationery
from service.rulesfolder import load

__all__ = [
    "ABOUT_CASES", "ARRIVED", "BARE", "BOOKS", "CASE", "FULL", "LATE", "LETTERS", "MAILBOX", "MARK", "NONCE", "NOW",
    "NUMBER", "OFFICER", "REGISTRAR", "ROOT", "SECRET", "SHIPPED", "TIMES", "TO_CITIZENS", "WITHOUT_CASE", "a_book",
    "everything_in", "html_of", "parsed", "text_of", "write",
]  # fmt: skip

ROOT = Path(__file__).parents[2]
SHIPPED = Stationery(ROOT / "templates")
RULES = {file.parent.name: file.parent for file in sorted((ROOT / "rules").glob("*/municipality.yaml"))}
SECRET = b"a key for the tests alone"
MARK = f"[{NUMBER}]"
NONCE = "0123456789ab"
MAILBOX = "synpunkten@ekvik.example"

TOWN: dict[str, Any] = {
    "name": "Ekviks kommun",
    "case_number": {"prefix": "EKV"},
    "contact": {
        "phone": "0980-319 200",
        "web": "https://www.ekvik.example",
        "postal": "Ekviks kommun, 123 45 Ekvik",
        "visit": "Storgatan 1, Ekvik",
        "duty_phone": "0980-319 212",
        "privacy": "https://www.ekvik.example/dataskydd",
    },
    "reminders": ["1 working day before"],
    "escalation": [
        {"after": "5 working days", "to": ["officer"]},
        {"after": "14 days", "to": ["head", "registrar"], "repeat": "7 days"},
    ],
    "receipt": {"tells": ["contact_person"]},
    "close": {"require": ["type", "category", "measure", "publication"]},
    "categories": ["Bemötande", "Fysisk miljö"],
    "measures": ["Åtgärdat", "Frågan besvarad"],
}
PEOPLE: dict[str, Any] = {
    "departments": [{"id": "teknik", "name": "Tekniska förvaltningen", "head": "eva.berg@ekvik.example"}],
    "units": [{"id": "gata", "name": "Gata och park", "department": "teknik", "manager": "maria.lund@ekvik.example"}],
    "people": [
        {"email": OFFICER, "name": "Bo Ek", "title": "gatuingenjör", "phone": "0980-319 222"},
        {"email": REGISTRAR, "name": "Rut Alm", "phone": "0980-319 210"},
    ],
    "registrars": [REGISTRAR],
}


def a_book(people: dict[str, Any] = PEOPLE, **changes: Any) -> RuleBook:
    return RuleBook(municipality=Municipality.model_validate(TOWN | changes), people=People.model_validate(people))


FULL = a_book()
LEAST = RuleBook(
    municipality=Municipality.model_validate({"name": "Ekviks kommun", "case_number": {"prefix": "EKV"}}),
    people=People.model_validate({"registrars": [REGISTRAR]}),
)
BOOKS = {"full": FULL, "least": LEAST, **{name: load(folder) for name, folder in RULES.items()}}

ABOUT_CASES = sorted(set(LETTERS) - WITHOUT_CASE)


def write(
    name: str, case: Case = CASE, book: RuleBook = FULL, files: tuple[File, ...] = (), to: str = "", **facts: Any
) -> Mail:
    kind, full, _ = LETTERS[name]
    to = to or (case.submitter.email if name in TO_CITIZENS else OFFICER)
    letter = SendLetter(kind, to, "", template=name, facts=full | facts, automatic=kind is not Letter.ANSWER)
    about = None if name in WITHOUT_CASE else case
    return Writer(MAILBOX, book, SHIPPED, SECRET).write(letter, about, files, NONCE, NOW)


def parsed(mail: Mail) -> EmailMessage:
    message = email.message_from_bytes(mail.raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@lru_cache(maxsize=8)
def _parts(raw: bytes) -> dict[str, str]:
    leaves = [part for part in email.message_from_bytes(raw).walk() if part.get_content_maintype() == "text"]
    assert [leaf.get_content_charset() for leaf in leaves] == ["utf-8", "utf-8"]
    return {leaf.get_content_type(): leaf.get_payload(decode=True).decode().replace("\r\n", "\n") for leaf in leaves}


def text_of(mail: Mail) -> str:
    return _parts(mail.raw)["text/plain"]


def html_of(mail: Mail) -> str:
    return _parts(mail.raw)["text/html"]


def everything_in(mail: Mail) -> str:
    return "\n".join((mail.subject, text_of(mail), html_of(mail)))
