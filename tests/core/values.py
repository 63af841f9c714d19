"""Mails, cases and rules for the tests of the core: the ordinary one, and what differs in the test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from service.core.cases import Case, Contact, Status, Submitter
from service.core.message import Address, Kind, Message
from service.core.rules.people import People
from service.core.rules.rulebook import Municipality, RuleBook

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 9, 7, 7, 12, tzinfo=UTC)
NUMBER = "EKV-26-00001-C"
ANNA = "anna.ek@example.org"
BO = "bo.ek@ekvik.example"
MARIA = "maria.lund@ekvik.example"
EVA = "eva.berg@ekvik.example"
REGISTRAR = "registrator@ekvik.example"
MAILBOX = "synpunkten@ekvik.example"
SECRET = b"a key for the tests alone"


def at(local: str) -> datetime:
    """The instant of a local time, `2026-05-18 08:00`."""
    return datetime.fromisoformat(local).replace(tzinfo=STOCKHOLM)


def a_book(book: RuleBook, people: People | None = None, **changes: Any) -> RuleBook:
    """The rules with other settings, given as municipality.yaml writes them."""
    fresh = Municipality.model_validate({"name": "Ekvik", "case_number": {"prefix": "EKV"}} | changes)
    own = book.municipality.model_copy(update={key: getattr(fresh, key) for key in changes})
    return RuleBook(municipality=own, people=people or book.people, routing=book.routing, forms=book.forms)


def a_case(**changes: Any) -> Case:
    """Anna's case, which Bo has."""
    values: dict[str, Any] = {
        "mailbox": "ekvik",
        "number": NUMBER,
        "title": "Hål i vägen",
        "text": "Det är ett hål på Storgatan.",
        "submitter": Submitter("Anna Ek", ANNA, contact=Contact.EMAIL),
        "received_at": NOW,
        "status": Status.ASSIGNED,
        "unit": "gata-park",
        "officer": BO,
    }
    return Case(**values | changes)


def a_mail(sender: str | None = ANNA, text: str = "Hej!", **changes: Any) -> Message:
    """A mail that somebody wrote to the mailbox."""
    values: dict[str, Any] = {
        "message_id": "<1@example.org>",
        "date": NOW,
        "sender": Address("", sender) if sender else None,
        "reply_to": None,
        "to": (Address("", MAILBOX),),
        "cc": (),
        "subject": "Hål i vägen",
        "kind": Kind.NEW,
        "auto_submitted": False,
        "case_numbers": (),
        "in_reply_to": None,
        "references": (),
        "bounce": None,
        "absence": None,
        "text": text,
        "new_text": text,
        "cut_text": "",
        "attachments": (),
        "warnings": (),
        "digest": "d" * 64,
    }
    return Message(**values | changes)
