"""Answers that would show another's data are asked about first; what the citizen has read is not sent again."""

from __future__ import annotations

import pytest

from service.core.cases import Status
from tests.conversations.test_citizen_and_officer import HOLE
from tests.conversations.town import ANNA, BO, Letter, Town
from tests.core.test_traces import packed


@pytest.fixture
def assigned(town: Town) -> Letter:
    """Anna has written and Bo has the case; his assignment letter. Nothing is news."""
    town.writes(ANNA, HOLE)
    town.news()
    return town.letter("assignment")


@pytest.mark.parametrize("form", ["#SVAR\n{}", "{}"], ids=["command", "plain reply"])
def test_an_answer_with_another_persons_number_is_asked_about(town: Town, assigned: Letter, form: str) -> None:
    """Nothing leaves; the question shows the place; a yes sends it all the same."""
    text = "Hej Anna! Vi har talat med din granne, 19811218-9876, och lagar hålet i morgon."
    town.writes(BO, form.format(text), answers=assigned)
    assert town.letters("answer") == []
    question = town.letter("question", BO)
    asked = " ".join(question.text.split())
    assert "personnummer som inte finns i Anna Eks mejl" in asked
    assert "talat med din granne, 19811218-9876, och lagar" in asked
    town.writes(BO, "JA", answers=question)
    assert "19811218-9876" in town.letter("answer").text


def test_another_cases_number_and_a_foreign_address_are_asked_about(town: Town, assigned: Letter) -> None:
    town.writes(BO, "#SVAR\nSom i EKV-26-00124-X, från per@example.net. Vi lagar i morgon.", answers=assigned)
    assert town.letters("answer") == []
    question = " ".join(town.letter("question", BO).text.split())
    assert "ett annat ärende: EKV-26-00124-X" in question
    assert "e-postadress som vi inte känner till" in question


@pytest.mark.parametrize(
    "order",
    [
        "#SVAR\nHej Anna! Vi lagar i morgon.\n\n[Internt] Hon ringer jämt.",
        "#SVAR\nVi lagar i morgon.\n\n---- Vidarebefordrat meddelande ----\nFrån: Maria Lund\n\nHon ringer jämt.",
        "#FÖRSENAD 30 september Vi väntar på asfalt. OBS internt: hon ringer jämt.",
        "Hej Anna! Vi lagar i morgon.\n\n(Maria: hon ringer jämt, eller hur?)",
        "#TEXT Hål i vägen. Internt: hon ringer jämt.\n#PUBLICERA JA",
    ],
)
def test_what_is_not_for_the_citizen_is_asked_about(town: Town, assigned: Letter, order: str) -> None:
    town.writes(BO, order, answers=assigned)
    assert [to for _, to in town.news()] == [BO]
    assert "hon ringer jämt" in town.letter("question", BO).text.lower()


@pytest.mark.parametrize(
    ("to", "cc"),
    [(ANNA, ""), ("", ANNA)],
    ids=["to the citizen, mailbox in copy", "reply-all with the citizen in copy"],
)
@pytest.mark.parametrize("text", ["Hej Anna, nu är det lagat.", "#SVAR\nHej Anna, nu är det lagat."])
def test_s31_what_the_citizen_has_is_registered_and_not_sent_again(
    town: Town, assigned: Letter, to: str, cc: str, text: str
) -> None:
    town.writes(BO, text, answers=assigned, to=to, cc=cc or town.address)
    case = town.case()
    assert (case.status, case.answer) == (Status.ANSWERED, "Hej Anna, nu är det lagat.")
    assert case.running is None
    assert town.news() == [("echo", BO)]
    assert "skickas inte en gång till" in town.letter("echo").text


@pytest.mark.databases("sqlite", "postgresql")
def test_s31_without_a_number_it_joins_the_only_open_case_of_whom_it_went_to(town: Town, assigned: Letter) -> None:
    town.writes(BO, "Hej Anna, nu är det lagat.", subject="Hålet", to=ANNA, cc=town.address)
    assert town.case().status is Status.ANSWERED
    assert town.letters("answer") == []


def test_s31_unproven_it_answers_nothing(town: Town, assigned: Letter) -> None:
    town.writes(BO, "Hej Anna, nu är det lagat.", subject="Hålet", to=ANNA, cc=town.address, authenticated=False)
    assert town.case().is_open


COMMENTED = packed(word__document='<w:ins w:id="1" w:author="Bo">', word__comments='<w:comment w:id="0">')


@pytest.mark.parametrize("form", ["#SVAR\n{}", "{}"], ids=["command", "plain reply"])
def test_a_file_with_tracked_changes_and_comments_is_asked_about(town: Town, assigned: Letter, form: str) -> None:
    """Nothing leaves before a yes; then the file goes along as it is."""
    text = form.format("Hej Anna! Se vår plan i den bifogade filen.")
    town.writes(BO, text, answers=assigned, files=[("svar.docx", COMMENTED)])
    assert town.letters("answer") == []
    question = town.letter("question", BO)
    asked = " ".join(question.text.split())
    assert "Filen ”svar.docx” har spårade ändringar och kommentarer. JA skickar ändå." in asked
    town.writes(BO, "JA", answers=question)
    assert town.letter("answer").files == ["svar.docx"]


def test_a_clean_file_and_a_note_are_not_asked_about(town: Town, assigned: Letter) -> None:
    town.writes(BO, "#INTERNT\nSe filen.", answers=assigned, files=[("plan.docx", COMMENTED)])
    town.writes(BO, "#SVAR\nSe filen.", answers=assigned, files=[("svar.docx", packed(word__document="<w:p/>"))])
    assert town.letters("question", BO) == []
    assert town.letter("answer").files == ["svar.docx"]


@pytest.mark.parametrize(
    "text",
    [
        "Se mina svar nedan.",
        "Hej Anna!\nTack för dina frågor. Jag har svarat i ditt mejl med röd text.\n\nHör av dig om du undrar något.",
        "Hej! Vi har tittat på det, se svar under respektive fråga!\n\nMed vänlig hälsning\nBo Ek\nGatukontoret",
    ],
)
def test_an_answer_that_only_says_where_the_answers_stand_is_asked_about(
    town: Town, assigned: Letter, text: str
) -> None:
    """The quotation that they were written into does not go along."""
    town.writes(BO, f"#SVAR\n{text}", answers=assigned)
    assert town.letters("answer") == []
    assert "men inget svar under det" in " ".join(town.letter("question", BO).text.split())
    town.writes(BO, "#SVAR\nHej Anna! Hålet är lagat.", answers=assigned)
    assert "Hålet är lagat." in town.letter("answer").text


@pytest.mark.parametrize("text", ["Se mina svar nedan.\n\n1. Ja.\n2. På fredag.", "Se bifogad karta. Hålet är lagat."])
def test_answers_that_follow_where_they_are_said_to_stand_leave(town: Town, assigned: Letter, text: str) -> None:
    town.writes(BO, f"#SVAR\n{text}", answers=assigned)
    assert len(town.letters("answer")) == 1


def test_what_is_missing_to_close_is_told_once_where_a_second_answer_wants_to_close_too(
    town: Town, assigned: Letter
) -> None:
    town.writes(BO, "#SVAR\nHålet är lagat.\n#AVSLUTA", answers=assigned)
    town.writes(BO, "#SVAR\nHålet är lagat, igen.\n#AVSLUTA", answers=assigned)
    assert town.letters("echo", BO)[-1].text.count("Ärendet är inte avslutat än") == 1
