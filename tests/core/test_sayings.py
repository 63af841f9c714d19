"""What citizens say besides their matter: that they take it back, or ask what has become of it."""

from __future__ import annotations

import pytest

from service.core.speech.sayings import asks_what_happens, speaks_of_own_case, withdraws


@pytest.mark.parametrize(
    "text",
    [
        "Glöm det jag skrev, det löste sig. Ta bort mejlet.",
        "Jag drar tillbaka min synpunkt.",
        "Jag vill ta tillbaka mitt klagomål",
        "Jag återkallar min synpunkt",
        "Härmed återkallar jag min synpunkt.",
        "Strunta i mitt förra mejl",
        "Ni kan avsluta ärendet, det har löst sig.",
        "Bortse från mitt mejl",
        "Ärendet är inte längre aktuellt.",
        "Min synpunkt är inte aktuell längre",
        "Ta bort mitt mejl, tack.",
        "Kan ni ta bort mitt ärende? Det ordnade sig.",
        "Det löste sig. Ni kan glömma det här.",
        "Mitt ärende kan stängas.",
        "Snälla, dra tillbaka min synpunkt.",
        "Jag vill att ni drar tillbaka mitt förslag.",
        "Drar tillbaka min synpunkt, lampan lyser nu.",
        "Glöm det jag skrev, det löste sig. Men tack ändå!",
        "Jag vill inte gå vidare med mitt klagomål.",
        "Hej! Ni kan stänga mitt ärende, lampan lyser igen.\n\nMvh Anna",
    ],
)
def test_s40_feedback_is_taken_back_in_ordinary_words(text: str) -> None:
    assert withdraws(text)


@pytest.mark.parametrize(
    "text",
    [
        "Glöm inte det jag skrev!",
        "Jag tänker inte dra tillbaka min synpunkt.",
        "Glöm det jag skrev om lampan, det är hela gatan som är mörk.",
        "Glöm det jag skrev, jag menade Parkgatan.",
        "Dra tillbaka förslaget om att stänga skolan!",
        "Ta tillbaka ert förslag!",
        "Kommunen drar tillbaka förslaget varje gång.",
        "Bortse från mitt förra mejl, rätt gata är Parkgatan.",
        "Strunta i mitt förra mejl, jag skickade fel bild.",
        "Jag tar tillbaka det jag sa om att ni är lata, men laga hålet!",
        "Om ni inte svarar tar jag tillbaka allt gott jag sagt.",
        "Kan jag dra tillbaka min synpunkt?",
        "Radera mina gamla synpunkter enligt GDPR.",
        "Ta bort skylten.",
        "Ta bort synpunkten om mig på er hemsida",
        "Vill ni avsluta ärendet får ni laga hålet först.",
        "Strunta i frågan om parkeringen, men laga hålet.",
        "Ni stängde ärendet utan att laga hålet.",
        "Ta bort träden på Storgatan",
        "Ta bort mejl från hemsidan",
        "Ni får inte avsluta ärendet.",
        "Avsluta inte ärendet!",
        "Grannen sa ”dra tillbaka din synpunkt” till mig.",
        "Hålet är fortfarande kvar.",
        "",
    ],
)
def test_s40_a_negation_a_condition_a_correction_or_a_quotation_takes_nothing_back(text: str) -> None:
    assert not withdraws(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Vad händer med mitt ärende?", True),
        ("Hur går det med min synpunkt?", True),
        ("Hej, vad har hänt med ärendet? Anna", True),
        ("När får jag svar?", True),
        ("När kan jag räkna med svar på min fråga?", True),
        ("När kommer ni att svara?", True),
        ("Har ni tittat på mitt ärende?", True),
        ("Har ni fått mitt mejl?", True),
        ("Hur långt har ni kommit?", True),
        ("Vem har hand om mitt ärende?", True),
        ("Vad är status på mitt ärende", True),
        ("Något nytt i ärendet?", True),
        ("Hur går det?", True),
        ("Jag undrar hur det går med mitt ärende.", True),
        ("Jag har inte fått något svar.", True),
        ("Händer det något i mitt ärende?", True),
        ("När tänker ni svara?", True),
        ("vad händer?", True),
        ("Vad händer på torget i helgen?", False),
        ("Hur går det till att söka bygglov?", False),
        ("När öppnar badet?", False),
        ("När lagar ni hålet?", False),
        ("Hålet är större nu.", False),
        ("Min son frågade ”vad händer med mitt ärende”.", False),
    ],
)
def test_somebody_asks_what_becomes_of_the_case(text: str, asks: bool) -> None:
    assert asks_what_happens(text) is asks


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Vad händer med mitt ärende?", True),
        ("Jag drar tillbaka min synpunkt.", True),
        ("När får jag svar på min ansökan om bygglov?", False),
        ("Hur går det?", False),
        ("Vad händer med mitt ärende? " + "Gatan är mörk och hal. " * 20, False),
    ],
)
def test_a_mail_without_a_number_is_about_an_earlier_case_only_where_it_says_so(text: str, own: bool) -> None:
    assert speaks_of_own_case(text) is own
