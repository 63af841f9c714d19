"""Thanks that start nothing, and everything that sounds like it and is more (S27)."""

from __future__ import annotations

import pytest

from service.core.speech.courtesy import is_thanks_only

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
        "❤️",
        "👍",
        "👍🏻",
        "😊🙏",
        "Tack, då vet jag!",
        "Stort tack för hjälpen och ha en fin dag!",
        "Stort tack! Ha en fin dag!",
        "Thanks a lot!",
        "Thank you so much for the quick answer!",
        "Many thanks, have a great day",
        "Tack!\n\nMed vänlig hälsning\n\nAnna Ek\nOrdförande\nFöreningen\n123 45 Ekvik\n070-123 45 67\nwww.ek.example",
        "Toppen, tack!",
        "Tack så hemskt mycket",
        "Då vet jag, tack för svar",
        "Vad bra, tack!",
        "Tack för att ni lagade så snabbt!",
        "Härligt, tack ❤",
        "Tusen tack Bo!",
        "Tackar så mycket för svaret. Trevlig helg önskar Anna",
        "Perfekt! Tack för snabb hantering",
        "Jättebra, tack så mycket!",
        "Ok tack",
        "Tack för hjälpen!\n\nAnna Ek\n070-123 45 67\nSkickat från Outlook för iOS",
        "Tack för hjälpen!\nAnna Ek\nanna@ek.example\nwww.ek.example",
        "Tusen tack Bo, ni är bäst!",
        "Kiitos vastauksesta!",
        "Okej, tack för informationen.",
        "Jag förstår. Tack för svaret!",
        "Tack detsamma!",
        "Tack för ett snabbt och bra svar!",
        "Tack tack tack!!!",
        "Super! Tack!",
        "Tack för återkopplingen /Anna",
        "Thank you!\nBest regards\nAnna",
        "Kiitos!",
        "Vad snällt av er, tack",
        "Tack, det var snällt!",
        "Tack för svar, uppskattas!",
        "Hej! Tack för ditt svar. Allt gott! /Anna",
        "Tack, nu fungerar det!",
        "Tack snälla ❤️",
        "Mycket bra jobbat!",
        "Stort tack Bo, du är en klippa!",
        "Tack för att ni fixade det så fort!!!",
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
        "Tack 😡",
        "Tack. 🙄",
        "Tack för svaret :(",
        "Tack för svaret.\n\n070-123 45 67 ring mig",
        "Tack för snabbt svar 0700000000",
        "Tack, men hålet är kvar",
        "Tack för inget",
        "Tack! När lagas det andra?",
        "tack för svaret. lampan lyser inte",
        "Tack, bra jobbat med att förstöra gatan",
        "Thanks, but it is still broken",
        "Tack för svaret, jag är inte nöjd",
        "👎",
        "😡",
        "Tack. Det gäller även Parkgatan",
        "Ni har inte gjort nåt",
        "Tack för svaret!\n\nMvh Anna\n\nPS. Lampan är trasig",
        "Tack. Kan ni ringa mig",
        "Jaha",
        "❤️ men det läcker",
        "Tack för svar. Ring mig",
        "Tack för svaret, jag återkommer",
        "Vad ska man säga",
        "Bra",
        "Tack för den tiden",
        "Thank you for nothing",
        "Tack för att ni inte gör något",
        "Tack för att ni aldrig svarar",
        "Fint svar",
    ],
)
def test_more_than_thanks_reaches_a_person(text: str) -> None:
    assert not is_thanks_only(text, NAMES)


def test_a_name_is_known_only_when_it_is_somebodys_in_the_case() -> None:
    assert is_thanks_only("Tack Bo!", NAMES)
    assert not is_thanks_only("Tack Storgatan", NAMES)
