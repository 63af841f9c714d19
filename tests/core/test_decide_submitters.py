"""Thanks that start nothing, and everything that sounds like it and is more (S27)."""

from __future__ import annotations

import pytest

from service.core.decide.submitters import is_thanks_only

NAMES = "Anna Ek Bo Ek Ekviks kommun"


@pytest.mark.parametrize(
    "text",
    [
        "Tack!",
        "Tack så mycket för snabbt svar! 😊\n\nSkickat från min iPhone",
        "Tusen tack för hjälpen, ni är toppen!",
        "Hej Bo!\n\nTack för svaret.\n\nMvh\nAnna Ek",
        "Stort tack för återkopplingen. Ha en trevlig helg!".replace(" en", ""),
        "Tackar!",
        "Kiitos paljon",
        "Thank you very much for the quick reply",
        "TACK FÖR BESKEDET",
        "Tack, perfekt!",
    ],
)
def test_thanks(text: str) -> None:
    assert is_thanks_only(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "Tack för svaret, när lagas det",
        "Tack, men det är fortfarande trasigt",
        "Tack för svaret! Kan ni laga lampan också.",
        "Tack. Hålet är tillbaka.",
        "Tack för svaret. Nu har det blivit ett nytt hål bredvid.",
        "Tack för inget!",
        "Tack för ingenting",
        "Tack, då överklagar jag.",
        "Tack för svar. Laga det då!",
        "Tack, jag väntar på besked om cykelbanan.",
        "Tack för svaret. Grannen säger att det läcker.",
        "Tack?",
        "Tack på förhand för ett riktigt svar den här gången",
        "Det blev bra",
        "Ok",
        "",
        "Nej tack",
        "Tack för snabbt svar 0700000000",
    ],
)
def test_more_than_thanks_reaches_a_person(text: str) -> None:
    assert not is_thanks_only(text, NAMES)


def test_a_name_is_known_only_when_it_is_somebodys_in_the_case() -> None:
    assert is_thanks_only("Tack Bo!", NAMES)
    assert not is_thanks_only("Tack Storgatan", NAMES)
