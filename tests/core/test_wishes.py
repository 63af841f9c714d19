"""What colleagues write to each other, and what only sounds like it."""

from __future__ import annotations

import pytest

from service.core.decide.wishes import read_wish
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from tests.core.values import BO

SARA = "sara.ask@ekvik.example"
GIVE, RETURN = Word.HAND_OVER, Word.WRONG_OFFICER
NOT_MINE = "Det här är inte mitt"


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Skicka till Sara", Command(GIVE, SARA)),
        ("Skicka till Sara Ask", Command(GIVE, SARA)),
        ("Skicka till sara.ask@ekvik.example.", Command(GIVE, SARA)),
        ("Detta är Sara Asks ärende", Command(GIVE, SARA)),
        ("Det här är inte mitt, skicka till Vatten och avlopp", Command(GIVE, SARA)),
        ("Sara, tar du den?", Command(GIVE, SARA)),
        ("Skicka till Sara eller Jonas", None),
        ("Inte mitt, fråga Sara Ask, inte Jonas", Command(GIVE, SARA)),
        ("Fråga Bo", None),  # the writer
        ("Fråga A", None),
        (NOT_MINE, Command(RETURN, NOT_MINE)),
        ("Felet är inte vårt, men vi lagar det i morgon.", None),
        ("Jag tar den", Command(GIVE, BO)),
        ("Jag tar upp det på mötet", None),
        ("Hej Anna! Det här är inte mitt bord.", None),
        ("", None),
        ("Hålet är lagat.", None),
        (
            f"{NOT_MINE} {'x' * (240 - len(NOT_MINE) - 1)}",
            Command(RETURN, f"{NOT_MINE} {'x' * (240 - len(NOT_MINE) - 1)}"),
        ),
        (f"{NOT_MINE} {'x' * (241 - len(NOT_MINE) - 1)}", None),
    ],
)
def test_what_colleagues_mean(ekvik: RuleBook, text: str, wish: Command | None) -> None:
    assert read_wish(text, BO, ekvik) == wish


def test_only_a_person_of_the_directory_takes_a_case(ekvik: RuleBook) -> None:
    assert read_wish("Jag tar den", "ny@ekvik.example", ekvik) is None


def test_a_colleague_may_be_greeted(ekvik: RuleBook) -> None:
    assert read_wish("Hej Sara! Kan du ta det här?", BO, ekvik, between=True) == Command(GIVE, SARA)
    assert read_wish("Hej Sara! Kan du ta det här?", BO, ekvik) is None


@pytest.mark.parametrize(("unassigned", "wish"), [(True, Command(GIVE, SARA)), (False, None)])
def test_a_mere_name_says_who_is_to_have_what_nobody_has(
    ekvik: RuleBook, unassigned: bool, wish: Command | None
) -> None:
    assert read_wish("Sara Ask.", BO, ekvik, unassigned=unassigned) == wish


def test_the_submitters_name_is_no_colleagues(ekvik: RuleBook) -> None:
    assert read_wish("Fråga Sara", BO, ekvik, submitter="Sara Holm") is None
