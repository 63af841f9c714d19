"""Where feedback that no rule decides about may belong, and why, with Ekvik's rules."""

from __future__ import annotations

import pytest

from service.core.rules.guesses import guesses, label
from service.core.rules.routing import Facts, route
from service.core.rules.rulebook import RuleBook


def guessed(book: RuleBook, text: str, subject: str = "") -> list[tuple[str, str]]:
    facts = Facts(subject=subject, text=text)
    return [(label(guess, book), guess.why) for guess in guesses(book, facts, route(book, facts))]


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("Asfaltkanten är trasig.", "Gata och park (Bo Ek)", "ordet ”Asfaltkanten” liknar ”asfalt”"),
        ("Den nya skolbussen är sen.", "Grundskola (Johan Hed)", "ordet ”skolbussen” liknar ”skola”"),
        ("Trottoarren är full av is.", "Gata och park (Bo Ek)", "ordet ”Trottoarren” liknar ”trottoar”"),
        ("Riksvägsbron är hal.", "Trafikverket", "ordet ”Riksvägsbron” liknar ”riksväg”"),
        ("Överklagar bygglovet.", "Bygglov (Tove Rask)", "regeln ”Bygglov” föreslår det"),
    ],
)
def test_the_first_guess_and_why(ekvik: RuleBook, text: str, place: str, why: str) -> None:
    assert guessed(ekvik, text)[0] == (place, why)


def test_what_the_rules_propose_comes_first_and_nobody_twice(ekvik: RuleBook) -> None:
    found = guessed(ekvik, "Det är hål i asfalten vid simhallen.")
    assert found == [
        ("Gata och park (Bo Ek)", "regeln ”Gator och vägar” föreslår det"),
        ("Fritid och idrott (Mats Gren)", "ordet ”simhallen” finns i texten"),
    ]


def test_at_most_three_and_none_where_nothing_is_near(ekvik: RuleBook) -> None:
    text = "Gatan, biblioteket, simhallen, fakturan, bygglovet, sopor och hissen i lokalen."
    assert len(guessed(ekvik, text)) == 3
    assert guessed(ekvik, "Jag har en fundering om kommunens vapen.") == []


@pytest.mark.parametrize("text", ["HVB-hemmet och placeringen", "hemtjänsten kommer för sent", "Solgårdens matlåda"])
def test_what_is_secret_is_nobodys_guess(ekvik: RuleBook, text: str) -> None:
    secret = {unit.name for unit in ekvik.people.units if unit.secrecy} | {"Individ och familj"}
    assert not [place for place, _ in guessed(ekvik, text) if place.partition(" (")[0] in secret]


def test_nobody_is_guessed_who_is_complained_of(ekvik: RuleBook) -> None:
    assert guessed(ekvik, "Bo Ek lagar aldrig asfaltkanten.")[0][0] == "Gata och park (Maria Lund)"
