"""What may mean several people or entries is asked about with numbers, and the number is the whole answer."""

from __future__ import annotations

import pytest

from service.core.cases import Publication, Status
from tests.conversations.test_orders import untouched, writes
from tests.conversations.town import BO, MARIA, REGISTRAR, Letter, Town


def numbered(question: Letter) -> list[str]:
    """The addresses or entries that the question offers, in order."""
    lines = question.text.replace("\n   ", " ").splitlines()
    return [line.partition(". ")[2] for line in lines if line.partition(". ")[0].isdigit()]


@pytest.mark.parametrize("answer", ["2", "2.", "nr 2", "Nummer 2, tack!", "2\n\nMvh\nBo Ek"])
def test_a_name_that_several_bear_is_chosen_by_number(town: Town, assigned: Letter, answer: str) -> None:
    question = writes(town, "#ÖVERLÄMNA Eva\n#INTERNT\nringt", assigned)
    assert question.subject.startswith("Vem ska ha ärendet?")
    offered = numbered(question)
    assert len(offered) > 1
    assert untouched(town)
    echo = writes(town, answer, question)
    assert town.case().officer in offered[1]
    assert "överlämnat" in echo.text
    assert ("note", "ringt") in town.journal()


def test_s18_somebody_unknown_gets_numbered_colleagues(town: Town, assigned: Letter) -> None:
    question = writes(town, "#ÖVERLÄMNA Okänd Person", assigned)
    offered = numbered(question)
    assert not any(BO in one for one in offered), "whoever has the case is nobody to give it to"
    writes(town, "1", question)
    assert town.case().officer in offered[0]


@pytest.mark.parametrize("answer", ["99", "0", "ja", "2 eller 3", "kanske", "2\nVänta förresten"])
def test_what_chooses_nothing_is_asked_again(town: Town, assigned: Letter, answer: str) -> None:
    question = writes(town, "#ÖVERLÄMNA Eva", assigned)
    again = writes(town, answer, question)
    assert "Vi förstod inte vilket nummer" in again.text
    assert numbered(again) == numbered(question)
    assert untouched(town)
    writes(town, "1", again)
    assert town.case().officer in numbered(question)[0]


def test_a_name_chooses_too_and_a_no_chooses_nothing(town: Town, assigned: Letter) -> None:
    question = writes(town, "#ÖVERLÄMNA Eva", assigned)
    assert "Inget skickades och inget ändrades" in writes(town, "Nej", question).text
    assert untouched(town)
    writes(town, "Eva Berg", question)
    assert town.case().officer == "eva.berg@ekvik.example"


def test_a_number_from_nobody_proven_or_to_another_letter_chooses_nothing(town: Town, assigned: Letter) -> None:
    question = writes(town, "#ÖVERLÄMNA Eva", assigned)
    town.writes(BO, "1", subject=question.subject, authenticated=False)
    town.writes("ond@example.net", "1", answers=question)
    town.writes(MARIA, "1", answers=question, authenticated=True)
    writes(town, "1", assigned)
    assert untouched(town)


@pytest.mark.parametrize(
    ("written", "named", "type_"),
    [("klagomåll", "klagomål", "klagomål"), ("frågga", "fråga", "fråga")],
)
def test_a_misspelt_entry_is_done_after_a_yes(
    town: Town, assigned: Letter, written: str, named: str, type_: str
) -> None:
    writes(town, "#TYP beröm", assigned)
    question = writes(town, f"#TYP {written}", assigned)
    assert f"Menade du ”{named}”?" in " ".join(question.text.split())
    assert town.case().type == "beröm"
    writes(town, "Ja", question)
    assert town.case().type == type_


def test_an_entry_that_is_none_is_chosen_by_number_with_all_else_that_was_ordered(town: Town, assigned: Letter) -> None:
    """Together or not at all: the answer leaves with the measure, after the number."""
    question = writes(town, "#SVAR\nHej Anna!\nHålet är lagat.\n#ÅTGÄRD asdf\n#PUBLICERA NEJ\n#AVSLUTA", assigned)
    assert question.subject.startswith("Vilket menar du?")
    assert "Hålet är lagat." in question.text
    assert untouched(town)
    measures = numbered(question)
    writes(town, "2", question)
    assert (town.case().status, town.case().measure) == (Status.CLOSED, measures[1])
    assert len(town.letters("answer")) == 1


def test_several_things_that_are_wrong_are_named_together(town: Town, assigned: Letter) -> None:
    question = writes(town, "#ÖVERLÄMNA Eva\n#ÅTGÄRD asdf", assigned)
    assert "kan vara flera" in question.text
    assert "”asdf” finns inte i listan" in question.text
    assert untouched(town)


def test_whoever_has_the_case_hears_that_a_colleague_turns_to_them(town: Town, assigned: Letter) -> None:
    """ "Bo, tar du detta?" by the manager, where Bo has it already."""
    town.news()
    town.writes(MARIA, "Bo, tar du detta?", answers=assigned, authenticated=True)
    assert town.news() == [("information", BO)]
    assert "tar du detta?" in town.letters("information", BO)[-1].text


# --- who decides on publishing ----------------------------------------------------------------------------------------


def test_hjo_33_whoever_is_not_sure_asks_the_registrar_and_the_case_closes_with_the_decision(
    town: Town, assigned: Letter
) -> None:
    echo = writes(town, "#SVAR\nHej Anna!\nHålet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA FRÅGA\n#AVSLUTA", assigned)
    assert "Registratorn har fått frågan" in echo.text
    assert "avslutas när registratorn har svarat" in " ".join(echo.text.split())
    assert "saknas" not in echo.text
    case = town.case()
    assert (case.status, case.publication) == (Status.ANSWERED, Publication.UNDECIDED)
    question = town.letters("question", REGISTRAR)[-1]
    assert "Hålet är lagat." in question.text
    writes(town, "#PUBLICERA NEJ", question, REGISTRAR)
    assert (town.case().status, town.case().publication) == (Status.CLOSED, Publication.NO)


def test_hjo_33_the_registrar_has_nobody_to_ask(town: Town, assigned: Letter) -> None:
    assert "Det är du som bestämmer" in writes(town, "#PUBLICERA fråga", assigned, REGISTRAR).text
