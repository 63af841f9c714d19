"""What a line of an answer to a list orders, and what a short answer to the letter about one case does (HJO-48)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.core.cases import Guess, Status
from service.core.decide.incoming import Plan
from service.core.decide.sorting import Line, left_over, meaning, sorted_by
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from tests.core.test_deeds_settled import SARA
from tests.core.values import BO, NOW, NUMBER, REGISTRAR, a_case

GUESSES = (Guess(unit="va", officer=SARA), Guess(refer_to="Trafikverket"))
UNSORTED: dict[str, Any] = {"officer": "", "status": Status.TRIAGE, "unit": "", "guesses": GUESSES}
TO_SARA, AWAY = (Word.HAND_OVER, SARA), (Word.REFER, "Trafikverket")


@pytest.mark.parametrize(
    ("text", "case", "names", "meant"),
    [
        ("1", {}, True, TO_SARA),
        ("2.", {}, False, AWAY),
        ("3", {}, True, None),
        ("0", {}, True, None),
        ("Sara Ask", {}, True, TO_SARA),
        ("Sara Ask", {}, False, None),
        ("Trafikverket", {}, True, AWAY),
        ("Zorro", {}, True, None),
        ("1", {"secrecy": True}, True, None),
        ("1", {"status": Status.ASSIGNED, "officer": BO}, True, None),
        ("1\nSara Ask", {}, True, None),
        ("Sara Ask tror jag är den som vet mest om det här", {}, True, None),
    ],
)
def test_what_a_short_answer_says_of_who_has_it(
    ekvik: RuleBook, text: str, case: dict[str, Any], names: bool, meant: tuple[Word, str] | None
) -> None:
    found = sorted_by(text, a_case(**UNSORTED | case), "Rut Alm", ekvik, names=names)
    assert found == (Command(*meant) if meant else None)


@pytest.mark.parametrize(
    ("wish", "actor", "case", "orders", "fault"),
    [
        ("1", REGISTRAR, {}, [TO_SARA], ""),
        ("JA", REGISTRAR, {}, [TO_SARA], ""),
        ("JA", REGISTRAR, {"guesses": ()}, [], "inget förslag att säga ja till"),
        ("7", REGISTRAR, {}, [], "inget förslag med nummer 7"),
        ("Trafikverket", REGISTRAR, {}, [AWAY], ""),
        ("vatten och avlopp", REGISTRAR, {}, [TO_SARA], ""),
        ("Zorro", REGISTRAR, {}, [(Word.HAND_OVER, "Zorro")], "finns inte bland kommunens handläggare"),
        ("1", "jonas.vik@ekvik.example", {}, [], "Du är inte handläggare, chef eller registrator"),
        ("1", REGISTRAR, {"officer": BO, "status": Status.ASSIGNED}, [], "fördelat. Det finns hos Bo Ek."),
        ("1", REGISTRAR, {"status": Status.CLOSED, "closed_at": NOW}, [], "väntar inte längre på att bli fördelat."),
        ("#TYP 1", REGISTRAR, {}, [(Word.TYPE, "beröm")], ""),
        ("#SVAR Lagat.", REGISTRAR, {}, [], "skrivs i ett eget mejl"),
        ("hej #TYP 1", REGISTRAR, {}, [], "kommando mitt i texten"),
        ("#HJÄLP mig", REGISTRAR, {}, [], "både text och kommandon"),
        ("#", REGISTRAR, {}, [], "Raden säger inte vad som ska göras."),
        ("#TYP zebra", REGISTRAR, {}, [(Word.TYPE, "zebra")], "finns inte i listan"),
    ],
)
def test_what_a_line_orders(
    ekvik: RuleBook, wish: str, actor: str, case: dict[str, Any], orders: list[tuple[Word, str]], fault: str
) -> None:
    unsorted = a_case(**UNSORTED | case)
    found = meaning(Line(NUMBER, wish, wish), unsorted, Plan(unsorted, ekvik, NOW, actor), date(2026, 9, 7))
    assert [(c.word, c.value) for c in found.commands] == orders
    assert (fault in found.fault) if fault else not found.fault


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["Hej!", "Mvh", "Rut Alm"], ""),
        (["Okej, tack för hjälpen"], ""),
        (["..."], ""),
        (["Den tredje är min."], "Den tredje är min."),
    ],
)
def test_what_else_an_answer_to_a_list_says(lines: list[str], said: str) -> None:
    assert left_over(lines, "Rut Alm") == said
