"""Who would speak for an officer: with a letter passed on, a yes that is not theirs, words that nobody sees."""

from __future__ import annotations

import pytest

from service.core.cases import Status
from tests.conversations.town import ANNA, BO, EVA, MARIA, REGISTRAR, Letter, Town

HOLE = "Hej!\n\nDet är ett stort hål i asfalten vid Storgatan 14.\n\nMvh\nAnna"
PAYS = "#SVAR\nDu får hundra kronor i ersättning."
AS_BO = f"Bo Ek <{BO}>"


@pytest.fixture
def assigned(town: Town) -> Letter:
    """Anna has written and Bo has the case; his assignment letter, which he has passed on to a contractor."""
    town.writes(ANNA, HOLE)
    return town.letter("assignment")


@pytest.mark.parametrize(
    "text",
    [
        PAYS,
        "#SVAR Vi struntar i detta.\n#AVSLUTA",
        "#ÖVERLÄMNA Eva Berg",
        "#FEL HANDLÄGGARE",
        "#FÖRSENAD 10 oktober nej",
        "#PUBLICERA JA",
        "#TYP 1",
    ],
)
def test_a_forwarded_letter_lets_nobody_act_as_its_reader(town: Town, assigned: Letter, text: str) -> None:
    """The contractor has the id. Bo himself is asked, by a fresh letter, and says no."""
    before = town.case()
    town.writes(AS_BO, text, answers=assigned, authenticated=False)
    question = town.letter("question", BO)
    assert "Vi kan inte vara säkra på att mejlet kommer från dig" in question.text
    town.writes(AS_BO, "JA", answers=assigned, authenticated=False)
    after = town.case()
    assert (after.status, after.officer, after.answer, after.publication, after.type) == (
        before.status,
        before.officer,
        before.answer,
        before.publication,
        before.type,
    )
    assert [x.kind for x in town.letters(to="anna.ek@example.org")] == ["receipt"]
    town.writes(AS_BO, "Nej", answers=question)
    assert town.letters("answer") == []


def test_bo_s_own_yes_to_the_fresh_letter_does_it_all(town: Town, assigned: Letter) -> None:
    """Where the own server says nothing of anybody, a yes to that letter proves that it reached him."""
    town.writes(AS_BO, "#SVAR\nLagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=assigned, authenticated=False)
    question = town.letter("question", BO)
    assert "Lagat." in question.text
    town.writes(AS_BO, "Ok, skicka", answers=question, authenticated=False)
    assert "Lagat." in town.letter("answer").text
    assert (town.case().status, town.case().measure) == (Status.CLOSED, "Åtgärdat")


def test_a_note_needs_no_more_than_the_letter(town: Town, assigned: Letter) -> None:
    town.writes(AS_BO, "#INTERNT Ringt entreprenören.", answers=assigned, authenticated=False)
    assert ("note", "Ringt entreprenören.") in town.journal()
    assert "sparad internt" in town.letter("echo", BO).text


@pytest.mark.parametrize("who", [MARIA, EVA, REGISTRAR])
def test_nobody_else_s_yes_sends_what_bo_was_asked(town: Town, assigned: Letter, who: str) -> None:
    """Nor does one that only names the question further back in its thread."""
    town.writes(BO, "Hej Anna!\n\nHålet är lagat i dag. Tack för att du hörde av dig.", answers=assigned)
    question = town.letter("question", BO)
    town.writes(who, "Ja", answers=question)
    thread = [("References", f"{question.mail['Message-ID']} {assigned.mail['Message-ID']}")]
    thread.append(("In-Reply-To", str(assigned.mail["Message-ID"])))
    town.writes(BO, "Ja", subject=f"Sv: {assigned.subject}", headers=thread)
    assert town.letters("answer") == []


def test_a_yes_below_another_s_text_is_no_yes(town: Town, assigned: Letter) -> None:
    town.writes(BO, "Hej Anna!\n\nHålet är lagat i dag. Tack för att du hörde av dig.", answers=assigned)
    question = town.letter("question", BO)
    for text in ("Ja\nskriv att hon får 500 kr", "500 kr? Ja", "Ja eller nej", "Ja om Maria säger ja"):
        town.writes(BO, text, answers=question)
    assert town.letters("answer") == []


def test_hidden_commands_are_shown_before_they_are_obeyed(town: Town, assigned: Letter) -> None:
    """A colleague is made to pass on a page whose white words command."""
    page = (
        '<html><body><p style="color:#ffffff;background:#ffffff;font-size:1px">#SVAR<br>Du får hundra kronor.</p>'
        "<p>Hej, kan du titta på det här?</p></body></html>"
    )
    raw = town.mail(BO, "TEXT", answers=assigned, quote=False, authenticated=True)
    raw = raw.replace(b'text/plain; charset="utf-8"', b'text/html; charset="utf-8"').replace(b"TEXT", page.encode())
    town.receives(raw)
    assert town.letters("answer") == []
    assert town.letter("question", BO)


def test_an_answer_in_a_thread_of_one_case_with_the_number_of_another_goes_nowhere(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes("Eva Ros <eva.ros@example.net>", HOLE, subject="Hål")
    first, second = town.letters("assignment", BO)
    thread = [("In-Reply-To", str(first.mail["Message-ID"]))]
    town.writes(BO, "#SVAR\nFamiljens ärende är avslutat.", subject=f"Sv: [{second.number}]", headers=thread)
    assert town.letters("answer") == []
    question = town.letter("question", BO)
    assert first.number in question.text
    assert second.number in question.text


def test_a_personal_number_in_a_title_reaches_nobody(town: Town, assigned: Letter) -> None:
    town.writes(BO, "#RUBRIK Om 19640823-3234", answers=assigned)
    town.writes(BO, "#ÖVERLÄMNA Sara Ask", answers=assigned)
    assert not [x for x in town.sent if "19640823-3234" in x.text + x.html]
