"""How content a citizen is, in one word back."""

from __future__ import annotations

import pytest

from service.core.speech.grading import Grade, read_grade


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("4", Grade(4)),
        ("5 tack!", Grade(5)),
        ("5!", Grade(5)),
        ("5 😊", Grade(5)),
        ("Fyra", Grade(4)),
        ("Betyg: 3", Grade(3)),
        ("5a", Grade(5)),
        ("5:a", Grade(5)),
        ("fyran", Grade(4)),
        ("”4”", Grade(4)),
        ("*5*", Grade(5)),
        ("Nr 4", Grade(4)),
        ("#5", Grade(5)),
        ("Jag är nöjd, 4", Grade(4)),
        ("nöjd 5 av 5", Grade(5)),
        ("Betyget blir 3", Grade(3)),
        ("3 ganska bra", Grade(3, "ganska bra")),
        ("1 Ni är värdelösa", Grade(1, "Ni är värdelösa")),
        ("Jag ger 4 av 5.", Grade(4)),
        ("4/5", Grade(4)),
        ("5\n\nMvh\nAnna Ek", Grade(5)),
        ("Hej!\n5", Grade(5)),
        ("5, tack så mycket för hjälpen!", Grade(5)),
        ("2 för det tog så lång tid", Grade(2, "för det tog så lång tid")),
        ("1. Ni svarade inte på min fråga.", Grade(1, "Ni svarade inte på min fråga.")),
        ("2, hålet är fortfarande kvar", Grade(2, "hålet är fortfarande kvar", goes_on=True)),
        ("3 - men när lagas det andra hålet?", Grade(3, "men när lagas det andra hålet?", goes_on=True)),
    ],
)
def test_a_grade_and_what_is_said_of_it(text: str, grade: Grade) -> None:
    assert read_grade(text, "Anna Ek") == grade


@pytest.mark.parametrize(
    "text",
    [
        "4 hål är kvar på Storgatan",
        "5 personer har kört omkull.",
        "2-3 meter från övergångsstället",
        "4.30 i natt väckte ni mig",
        "6",
        "5/10",
        "5 dagar",
        "5 kr",
        "5e maj",
        "070-174 06 05",
        "1. Hålet är kvar.\n2. Lampan är trasig.",
        "0",
        "10",
        "2026 var ett bra år",
        "Tack!",
        "",
        "Hålet är kvar. 1",
    ],
)
def test_a_number_in_an_ordinary_mail_is_no_grade(text: str) -> None:
    assert read_grade(text) is None
