"""What an officer sends with one click on a link in a letter: a new mail, filled in, that answers nothing."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from service.core.cases import Status
from service.core.rules.choices import StaffProof
from service.core.rules.rulebook import RuleBook
from service.desk.database import Database
from tests.conversations.conftest import MONDAY
from tests.conversations.town import ANNA, BO, Letter, Town


def links(letter: Letter) -> dict[str, tuple[str, str]]:
    """The links of a letter that open a mail: subject and body by their words."""
    found = re.findall(r'<a href="(mailto:[^"]+)">([^<]+)</a>', letter.html)
    read = {html.unescape(words): parse_qs(html.unescape(address).partition("?")[2]) for address, words in found}
    return {words: (fields["subject"][0], fields["body"][0]) for words, fields in read.items() if "body" in fields}


def clicks(town: Town, letter: Letter, words: str, put_in: dict[str, str], **more: bool) -> None:
    """The officer clicks, fills in what is to be filled in, and sends."""
    subject, body = links(letter)[words]
    for old, new in put_in.items():
        assert old in body
        body = body.replace(old, new)
    town.writes(letter.to, body, subject=subject, **more)


@pytest.fixture
def token_town(database: Database, ekvik: RuleBook) -> Town:
    changed = ekvik.municipality.model_copy(update={"staff_proof": StaffProof.TOKEN})
    return Town(database, ekvik.model_copy(update={"municipality": changed}), MONDAY)


@pytest.fixture
def assignment(town: Town) -> Letter:
    town.writes(ANNA, "Det är ett hål i vägen på Storgatan.")
    return town.letter("assignment", BO)


def test_answer_and_close_with_one_click(town: Town, assignment: Letter) -> None:
    clicks(
        town,
        assignment,
        "Svara och avsluta",
        {"[skriv ditt svar här]": "Hej Anna,\n\nhålet är lagat i dag.", "#ÅTGÄRD ?": "#ÅTGÄRD 1", "CERA ?": "CERA NEJ"},
    )
    assert "hålet är lagat i dag." in town.letter("answer").text
    assert town.case().status is Status.CLOSED


@pytest.mark.parametrize("words", ["Svara och avsluta", "Lämna över", "Ge ett nytt datum", "Intern anteckning"])
def test_what_a_link_opens_does_nothing_as_it_stands(town: Town, assignment: Letter, words: str) -> None:
    before = town.case()
    clicks(town, assignment, words, {})
    assert replace(town.case(), pending=None) == before  # numbered choices may wait for an answer
    assert town.letters("answer") == []
    assert town.letters("question", BO)


def test_hand_over_with_one_click(town: Town, assignment: Letter) -> None:
    clicks(town, assignment, "Lämna över", {"?": "Maria Lund"})
    assert town.case().officer == "maria.lund@ekvik.example"


def test_the_note_of_a_click_is_a_note(town: Town, assignment: Letter) -> None:
    clicks(town, assignment, "Intern anteckning", {"[skriv din anteckning här]": "Ringt entreprenören."})
    assert ("note", "Ringt entreprenören.") in town.journal()
    assert town.letters("answer") == []


def test_a_new_date_with_one_click(town: Town, assignment: Letter) -> None:
    clicks(town, assignment, "Ge ett nytt datum", {"?": "10 december Vi väntar på asfalt."})
    assert "Vi väntar på asfalt." in town.letter("delay").text


def test_a_click_that_the_server_does_not_vouch_for_does_nothing(town: Town, assignment: Letter) -> None:
    clicks(town, assignment, "Svara och avsluta", {"[skriv ditt svar här]": "Lagat."}, authenticated=False)
    assert town.letters("answer") == []
    assert town.case().status is Status.ASSIGNED


def test_no_link_is_offered_where_only_answers_to_our_letters_are_believed(token_town: Town) -> None:
    token_town.writes(ANNA, "Det är ett hål i vägen på Storgatan.")
    letter = token_town.letter("assignment", BO)
    assert links(letter) == {}
    assert "Klicka" not in letter.text
    assert "Lämna över: #ÖVERLÄMNA" in letter.text


def test_the_text_part_says_what_each_link_would_fill_in(assignment: Letter) -> None:
    assert "mailto:" not in assignment.text
    assert "- Lämna över: #ÖVERLÄMNA och ett namn, en enhet eller en e-postadress." in assignment.text
