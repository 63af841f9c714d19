"""An invented municipality, a case, and every letter with the facts that it can get."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, date, datetime
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path
from typing import Any

from service.core.cases import Case, Clock, Contact, Deadline, Status, Submitter
from service.core.effects import Letter, SendLetter
from service.core.rules.rulebook import Municipality, People, Refer, RuleBook
from service.desk.letters import File, Mail, Stationery, Writer
from service.rulesfolder import load

ROOT = Path(__file__).parents[2]
SHIPPED = Stationery(ROOT / "templates")
RULES = {file.parent.name: file.parent for file in sorted((ROOT / "rules").glob("*/municipality.yaml"))}
SECRET = b"a key for the tests alone"
NUMBER = "EKV-26-00123-K"
MARK = f"[{NUMBER}]"
NONCE = "0123456789ab"
ARRIVED = datetime(2026, 11, 22, 9, 12, tzinfo=UTC)  # a Sunday, 10.12 in Sweden
DUE = datetime(2026, 11, 27, 22, 59, 59, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MAILBOX = "synpunkten@ekvik.example"
OFFICER = "bo.ek@ekvik.example"
REGISTRAR = "registrator@ekvik.example"

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
    "receipt": {"tells": ["answer_date", "contact_person"]},
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

CASE = Case(
    mailbox="ekvik",
    number=NUMBER,
    title="Vinglig gunga vid Kastanjelunden",
    text="Gungan vid Kastanjelunden vinglar betänkligt.\n\nHälsar Bengt",
    submitter=Submitter("Bengt Alm", "bengt.alm@example.org", "0700-000 00", "Norra vägen 3, Ekvik", Contact.EMAIL),
    received_at=ARRIVED,
    status=Status.ASSIGNED,
    type="klagomål",
    category="Fysisk miljö",
    unit="gata",
    officer=OFFICER,
    deadlines=(Deadline(Clock.ANSWER, ARRIVED, DUE),),
    thread=("<first@example.org>",),
)
BARE = Case(
    mailbox="ekvik",
    number=NUMBER,
    title="",
    text="",
    submitter=Submitter(email="bengt.alm@example.org", contact=Contact.EMAIL),
    received_at=ARRIVED,
    secrecy=True,
)

ANSWER = {"answer": "Hej Bengt,\n\ngungan är lagad i dag.", "officer_address": OFFICER}
TIMES = {
    "due_day": date(2026, 11, 27),
    "late_days": 0,
    "left_days": 3,
    "waited_days": 2,
    "next_day": date(2026, 11, 30),
    "next_roles": ("officer", "manager"),
    "is_follow_up": False,
}
LATE = TIMES | {"due_day": date(2026, 11, 20), "late_days": 2, "left_days": 0}
SOMEBODY_WROTE = {"new_text": "När blir det klart?", "sender": "bengt.alm@example.org"}
CHOICES = {
    "types": FULL.municipality.types,
    "categories": FULL.municipality.categories,
    "measures": FULL.municipality.measures,
}

# Every template: the letter's kind, the facts that its sender adds, and the poorest facts that it can get.
LETTERS: dict[str, tuple[Letter, dict[str, Any], dict[str, Any]]] = {
    "receipt": (Letter.RECEIPT, {}, {}),
    "receipt-neutral": (Letter.RECEIPT, {}, {}),
    "receipt-stranger": (Letter.RECEIPT, {"arrived": NOW}, {"arrived": NOW}),
    "answer": (Letter.ANSWER, ANSWER | {"again": False, "greets": False}, ANSWER | {"again": True, "greets": False}),
    "referral": (Letter.REFERRAL, *[{"refer": Refer(to="Trafikverket", how="0771-921 921")}] * 2),
    "handover": (Letter.HANDOVER, {"first": False}, {"first": True}),
    "delay": (
        Letter.DELAY,
        {"promised": date(2026, 12, 14), "reason": "Vi väntar på delar."},
        {"promised": date(2026, 12, 14), "reason": ""},
    ),
    "closing": (Letter.CLOSING, {}, {}),
    "assignment": (Letter.ASSIGNMENT, {}, {}),
    "assignment-secret": (Letter.ASSIGNMENT, {}, {}),
    "triage": (Letter.ASSIGNMENT, {"reason": "ingen regel stämmer", "by": OFFICER}, {"reason": ""}),
    "unreadable": (
        Letter.ASSIGNMENT,
        {"reason": "reading it took longer than 20 s", "folder": "Karantän"},
        {"reason": "", "folder": "Karantän"},
    ),
    "unreadable-in-case": (
        Letter.INFORMATION,
        {"reason": "needs too much memory", "folder": "Karantän", "sender": "bengt.alm@example.org"},
        {"reason": "", "folder": "Sekretess", "sender": ""},
    ),
    "readable": (Letter.INFORMATION, SOMEBODY_WROTE, {"new_text": "", "sender": ""}),
    "for-information": (Letter.INFORMATION, {}, {}),
    "duty": (Letter.ALERT, {}, {}),
    "follow-up": (Letter.INFORMATION, SOMEBODY_WROTE, {"new_text": "", "sender": ""}),
    "follow-up-secret": (Letter.INFORMATION, SOMEBODY_WROTE, {"new_text": "", "sender": ""}),
    "stranger": (Letter.INFORMATION, SOMEBODY_WROTE, {"new_text": "", "sender": ""}),
    "staff-note": (Letter.INFORMATION, SOMEBODY_WROTE, {"new_text": "", "sender": ""}),
    "reminder": (Letter.REMINDER, TIMES, LATE | {"next_day": None, "next_roles": ()}),
    "escalation": (Letter.ESCALATION, LATE, LATE | {"next_day": None, "next_roles": (), "waited_days": 0}),
    "ask-answer": (Letter.QUESTION, ANSWER, ANSWER),
    "ask-release": (Letter.QUESTION, ANSWER, ANSWER),
    "post-answer": (Letter.ALERT, ANSWER, ANSWER),
    "answered": (Letter.INFORMATION, ANSWER, ANSWER),
    "echo": (Letter.ECHO, {"done": ("Åtgärd: Åtgärdat.", "Ärendet är avslutat.")}, {"done": ()}),
    "question": (
        Letter.QUESTION,
        CHOICES | {"faults": ("Raden ”#SVARA” är inget kommando.",), "text": "#SVARA\nDet är lagat."},
        {"faults": (), "text": "", "types": (), "categories": (), "measures": ()},
    ),
    "no-case": (Letter.QUESTION, {}, {}),
    "unproven": (Letter.ALERT, {"sender": OFFICER}, {"sender": "nobody@ekvik.example"}),
    "unproven-sender": (Letter.QUESTION, {}, {}),
    "bounce": (
        Letter.ALERT,
        {"letter": "receipt", "failed": "bengt.alm@example.org", "status": "5.1.1"},
        {"letter": "other", "failed": "", "status": ""},
    ),
    "absent": (
        Letter.ALERT,
        {"until": date(2026, 12, 14), "substitute": REGISTRAR, "who": OFFICER},
        {"until": None, "substitute": "", "who": "nobody@ekvik.example"},
    ),
    "no-receipt": (Letter.ALERT, {}, {}),
    "closed-incomplete": (Letter.ALERT, {"missing": ("typ", "kategori", "åtgärd")}, {"missing": ("publicering",)}),
    "rules-fault": (Letter.ALERT, {"faults": ("routing.yaml:14:9: ingen enhet heter ”gatta”",)}, {"faults": ()}),
    "trouble": (Letter.ALERT, {"reason": "ValueError", "folder": "Karantän"}, {"reason": "", "folder": "Karantän"}),
}
WITHOUT_CASE = {"no-case", "rules-fault", "trouble"}
TO_CITIZENS = {"receipt", "receipt-neutral", "answer", "referral", "handover", "delay", "closing"}
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
