"""Mail that bears the marks of machines, and mail that only looks like it."""

from __future__ import annotations

import pytest

from tests.conversations.town import ANNA, BO, Town

pytestmark = pytest.mark.databases("sqlite", "postgresql")

HOLE = "Det är ett stort hål i asfalten på Storgatan."
OPEN_GATE = "Vi kan inte acceptera förklaringen. Grinden stod öppen igen i går kväll."


@pytest.mark.parametrize(
    "headers",
    [
        [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"), ("Precedence", "bulk")],
        [("List-Unsubscribe", "<mailto:nej@crm.example>"), ("Precedence", "bulk")],
        [("List-Id", "Styrelsen <styrelsen.brf.example>"), ("List-Post", "<mailto:styrelsen@brf.example>")],
    ],
    ids=["ticket system", "customer register", "association's list"],
)
def test_an_answer_through_a_ticket_system_or_a_list_reaches_the_officer(
    town: Town, headers: list[tuple[str, str]]
) -> None:
    """A company's people answer through systems that mark all their mail: it is shown like any other answer."""
    town.writes(ANNA, HOLE)
    town.writes(ANNA, OPEN_GATE, answers=town.letter("receipt"), headers=headers)
    assert any(OPEN_GATE in letter.text for letter in town.letters(to=BO))
    assert len(town.cases()) == 1


def test_a_ticket_systems_own_acknowledgement_is_answered_by_nobody(town: Town) -> None:
    """Two systems that acknowledge each other's acknowledgements would never end."""
    town.writes(ANNA, HOLE)
    receipt = town.letter("receipt")
    before = len(town.letters(to="anna.ek@example.org"))
    marks = [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
    town.writes(ANNA, "Ditt ärende har registrerats med nummer 48213.", answers=receipt, headers=marks)
    assert len(town.letters(to="anna.ek@example.org")) == before
    assert len(town.cases()) == 1


def test_a_strangers_ticket_system_is_not_answered(town: Town) -> None:
    """Its people's words are shown to the officer; an acknowledgement would be acknowledged in turn."""
    town.writes(ANNA, HOLE)
    firm = "support@bolag.example"
    town.writes(firm, OPEN_GATE, answers=town.letter("receipt"), headers=[("Precedence", "bulk")])
    assert any(OPEN_GATE in letter.text for letter in town.letters(to=BO))
    assert town.letters(to=firm) == []


def test_a_complaint_about_automatic_answers_is_a_case_with_a_receipt(town: Town) -> None:
    """What its subject begins with, and what is pasted into it, makes no machine of a person."""
    text = "Detta är ett automatiskt svar, står det i ert mejl. " + HOLE + " När lagar ni det?"
    town.writes(ANNA, text, subject="Autosvar: är det allt?", headers=[("X-Mailer", "iPhone Mail (22B83)")])
    assert "hål" in town.case().text
    assert town.letter("receipt")


def invitation(town: Town, text: str) -> bytes:
    """Bo's mail in the case as his mail program makes it when he chooses "Svara med möte"."""
    head, _, body = town.mail(BO, "PLACE", answers=town.letter("assignment"), quote=False).partition(b"\r\n\r\n")
    kept = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-", b"mime")))
    parts = (
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
        "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n",
    )
    mixed = "".join(f"--b\r\n{part}" for part in parts) + "--b--\r\n"
    kind = b"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    assert b"PLACE" in body
    return kept + kind + mixed.encode()


def test_what_a_colleague_writes_in_an_invitation_is_seen_and_not_done(town: Town) -> None:
    """It is filed with the machines' mails, and whoever wrote a command in it would wait for ever."""
    town.writes(ANNA, HOLE)
    town.receives(invitation(town, "#SVAR\r\nHej Anna, vi ses vid hålet i morgon."))
    assert "vi ses vid hålet" in town.letter("information", BO).text
    assert town.letters("answer") == []
