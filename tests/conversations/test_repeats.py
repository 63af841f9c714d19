"""S33: the same feedback to the mailbox, through the form and by way of a colleague is one case with one receipt."""

from __future__ import annotations

import pytest

from service.core.alike.likeness import says_the_same
from tests.conversations.town import ANNA, BO, Town

pytestmark = pytest.mark.databases("sqlite", "postgresql")

WORDS = (
    "Det är ett stort hål i asfalten vid Storgatan 14, precis efter övergångsstället. Min dotter höll på att cykla "
    "omkull i morse. Laga det i dag!"
)
NILS = "Nils Fors <nils.fors@ekvik.example>"
FORM = f"""Vad gäller det?
Gator och vägar
Din synpunkt
{WORDS}
Vill du ha svar?
Ja, via e-post
Namn
Anna Ek
E-post
anna.ek@example.org
"""
FORWARD = f"""Kan ni ta den här?

Från: Anna Ek <anna.ek@example.org>
Skickat: den 7 september 2026 09:10
Till: {NILS}
Ämne: Hål i vägen

{WORDS}
"""


def by_mail(town: Town) -> None:
    town.writes(ANNA, f"Hej!\n\n{WORDS}\n\nMvh\nAnna")


def by_form(town: Town) -> None:
    town.writes("Webben <noreply@ekvik.example>", FORM, subject="Synpunkter och klagomål")


def by_way_of_a_colleague(town: Town) -> None:
    town.writes(NILS, FORWARD, subject="VB: Hål i vägen")


@pytest.mark.parametrize(
    "roads",
    [(by_mail, by_form, by_way_of_a_colleague), (by_form, by_mail, by_way_of_a_colleague)],
    ids=["mail first", "form first"],
)
def test_s33_one_case_one_receipt_and_the_colleague_hears_the_number(town: Town, roads: tuple) -> None:  # type: ignore[type-arg]
    for road in roads:
        road(town)
        town.passes(minutes=10)
    case = town.case()
    assert [x.to for x in town.letters("receipt")] == ["anna.ek@example.org"]
    assert len(town.letters("assignment")) == 1
    told = town.letter("echo", "nils.fors@ekvik.example")
    assert case.number in told.subject
    assert "finns redan som ett ärende" in told.text
    assert len(town.letters("information", BO)) == 2
    assert "Kan ni ta den här?" in town.letters("information", BO)[-1].text


def test_s33_a_colleague_first_and_the_citizen_then(town: Town) -> None:
    by_way_of_a_colleague(town)
    by_mail(town)
    assert len(town.cases()) == 1
    assert len(town.letters("receipt", "anna.ek@example.org")) == 1


def test_after_an_hour_or_from_somebody_else_it_is_a_case_of_its_own(town: Town) -> None:
    by_mail(town)
    town.writes("Per <per@example.org>", WORDS)
    town.passes(minutes=61)
    by_form(town)
    assert len(town.cases()) == 3


def test_the_same_person_may_have_two_matters(town: Town) -> None:
    by_mail(town)
    town.writes(
        ANNA, "Det är ett stort hål i asfalten vid Parkgatan också, och lampan där är trasig.", subject="Hål till"
    )
    assert len(town.cases()) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (WORDS, f"Hej!\n\n{WORDS}\n\nMvh\nAnna Ek", True),
        (WORDS, WORDS.upper().replace(" ", "\n"), True),
        (WORDS, WORDS.replace("Storgatan 14", "Parkgatan 2").replace("dotter", "son").replace("morse", "går"), False),
        (WORDS, WORDS + " Dessutom är lampan trasig, träden skymmer skylten och grinden till lekparken går inte att "
         "stänga, så att barnen springer ut på gatan. Kan någon komma hit och titta på allt det där i veckan?", False),
        ("Hål på Storgatan", "Hål på Storgatan!", True),
        ("Hål på Storgatan", "Hål på Parkgatan", False),
        ("Det är ett stort hål i asfalten på Storgatan.", "Det är ett stort hål i asfalten på Parkgatan.", False),
        ("", "", False),
    ],
)  # fmt: skip
def test_two_texts_are_one(one: str, other: str, same: bool) -> None:
    assert says_the_same(one, other) is same
    assert says_the_same(other, one) is same
