"""Somebody who mails wants to be anonymous: told what is possible, hidden from colleagues, answered all the same."""

from __future__ import annotations

import pytest

from tests.conversations.town import ANNA, BO, MARIA, Letter, Town

pytestmark = pytest.mark.databases("sqlite", "postgresql")

TO_ANNA = "anna.ek@example.org"
HOLE = "Hej!\n\nDet är ett stort hål i asfalten vid Storgatan 14. Jag vill vara anonym.\n\nMvh\nAnna Ek"


@pytest.fixture
def assigned(town: Town) -> Letter:
    town.writes(ANNA, HOLE)
    return town.letter("assignment", BO)


def test_kli_18_kli_19_no_colleague_sees_who_it_is_and_the_answer_arrives(town: Town, assigned: Letter) -> None:
    """The register keeps the sender, which the receipt says; every letter to staff leaves it out."""
    case = town.case()
    assert (case.anonymous, case.submitter.email, case.submitter.name) == (True, TO_ANNA, "Anna Ek")
    receipt = " ".join(town.letter("receipt", TO_ANNA).text.split())
    assert "ser inte vad du heter" in receipt
    assert "du har lämnat en e-postadress" in receipt
    assert "Från: Anonym, vill ha svar med e-post" in assigned.text
    town.writes(ANNA, "Hålet är större nu.\n\nAnna", answers=town.letter("receipt"))
    town.writes(BO, "#STATUS", answers=assigned)
    town.writes(BO, f"#FÖR KÄNNEDOM {MARIA}", answers=assigned)
    town.waits_until("2026-09-23 08:00")
    town.writes(BO, "Hej! Hålet är lagat.", answers=assigned)
    town.writes(BO, "JA", answers=town.letters("question", BO)[-1])
    assert "Hålet är lagat." in town.letter("answer", TO_ANNA).text
    told = [x for x in town.sent if x.to != TO_ANNA]
    assert {x.kind for x in told} >= {"assignment", "information", "reminder", "escalation", "question", "echo"}
    for letter in told:
        for known in ("Anna", TO_ANNA):
            assert known not in letter.subject + letter.text + letter.html, letter.text


def test_a_later_mail_may_ask_for_it(town: Town) -> None:
    town.writes(ANNA, HOLE.replace(" Jag vill vara anonym.", ""))
    assert "Anna Ek" in town.letter("assignment", BO).text
    town.writes(ANNA, "Jag vill vara anonym.", answers=town.letter("receipt"))
    assert "Anna" not in town.letter("information", BO).text


def test_who_wants_no_contact_is_mailed_nothing_and_not_anonymous_by_that(town: Town) -> None:
    town.writes(ANNA, "Det är hål i asfalten. Jag vill inte bli kontaktad.")
    assert not town.case().anonymous
    assert town.letters(to=TO_ANNA) == []
