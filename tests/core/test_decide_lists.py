"""An answer to a list: which lines are done, which are asked about, and what the question shows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.core.cases import Case, Status
from service.core.decide import Incoming, on_mail
from service.core.decide.lists import read_numbers
from service.core.effects import Assign, Effect, Elsewhere, LetIn, Listing, NoCase, Note, SendLetter
from service.core.people.origin import Arrival
from service.core.people.proof import Proof, Strength
from service.core.rules.rulebook import RuleBook
from service.core.verdict import Context, Role, Verdict
from tests.core.values import BO, NOW, NUMBER, REGISTRAR, a_case, a_mail

OTHER, THIRD = "EKV-26-00002-E", "EKV-26-00003-G"


def unsorted(number: str, **changes: Any) -> Case:
    return a_case(**{"number": number, "officer": "", "status": Status.TRIAGE, "unit": ""} | changes)


def effects_of(
    book: RuleBook,
    text: str,
    strength: Strength = Strength.CERTAIN,
    waiting: tuple[str, ...] = (),
    listing: bool = True,
    **second: Any,
) -> list[Effect]:
    """What the registrar's answer to a list of two cases, which names a third besides, brings about."""
    cases = {NUMBER: unsorted(NUMBER), OTHER: unsorted(OTHER, **second), THIRD: unsorted(THIRD)}
    shown = Listing((NUMBER, OTHER), (THIRD,), waiting) if listing else None
    ctx = Context(listing=shown, listed=cases)
    verdict = Verdict(Role.ANSWERS_LIST, "a list", proof=Proof(strength))
    return on_mail(Incoming(a_mail(REGISTRAR, text), verdict, ctx, book, Arrival(NOW, ""), NOW, date(2026, 9, 7)))


def letters(effects: list[Effect]) -> list[str]:
    return [effect.template_name for effect in effects if isinstance(effect, SendLetter)]


def moved(effects: list[Effect]) -> list[tuple[str, str]]:
    elsewhere = [effect for effect in effects if isinstance(effect, Elsewhere)]
    return [(e.number, a.officer) for e in elsewhere for a in e.effects if isinstance(a, Assign)]


@pytest.mark.parametrize(
    ("text", "strength", "waiting", "done", "told"),
    [
        pytest.param("1 Bo Ek", Strength.CERTAIN, (), [(NUMBER, BO)], ["list-done"], id="a line"),
        pytest.param("1 Bo Ek", Strength.TOKEN, (), [], ["ask-list"], id="of somebody who is not certain"),
        pytest.param("ja", Strength.TOKEN, (f"{NUMBER} Bo Ek",), [(NUMBER, BO)], ["list-done"], id="a yes to lines"),
        pytest.param("nej", Strength.TOKEN, (f"{NUMBER} Bo Ek",), [], ["ask-list"], id="a no to them"),
        pytest.param("ja", Strength.CERTAIN, (), [], ["ask-list"], id="a yes to nothing"),
        pytest.param("1 Bo Ek\n1 Sara Ask", Strength.CERTAIN, (), [], ["ask-list"], id="lines that disagree"),
        pytest.param("1 Bo Ek\n1 Bo Ek", Strength.CERTAIN, (), [(NUMBER, BO)], ["list-done"], id="the same line twice"),
        pytest.param("9 Bo Ek", Strength.CERTAIN, (), [], ["ask-list"], id="no number of the list"),
        pytest.param("1 Qwerty", Strength.CERTAIN, (), [], ["ask-list"], id="nobody of that name"),
        pytest.param("Tack!", Strength.CERTAIN, (), [], [], id="thanks"),
        pytest.param("SLÄPP IN 4", Strength.CERTAIN, (), [], [], id="something else"),
        pytest.param("", Strength.CERTAIN, (), [], ["ask-list"], id="nothing"),
    ],
)
def test_which_lines_are_done(
    ekvik: RuleBook,
    text: str,
    strength: Strength,
    waiting: tuple[str, ...],
    done: list[tuple[str, str]],
    told: list[str],
) -> None:
    effects = effects_of(ekvik, text, strength, waiting)
    assert isinstance(effects[0], NoCase)
    assert moved(effects) == done
    assert letters(effects) == told
    for there in (effect for effect in effects if isinstance(effect, Elsewhere)):
        assert Note("list", "ordered by a line in answer to a list", REGISTRAR) in there.effects


@pytest.mark.parametrize(
    ("line", "secrecy", "title", "written"),
    [
        pytest.param("2 Qwerty", False, "Hål i vägen", "Qwerty", id="a case"),
        pytest.param("2 Qwerty", True, "", OTHER, id="a secret case: neither title nor words"),
        pytest.param("9 Qwerty", False, "", "9 Qwerty", id="no case"),
    ],
)
def test_what_a_question_about_a_line_shows(
    ekvik: RuleBook, line: str, secrecy: bool, title: str, written: str
) -> None:
    effects = effects_of(ekvik, line, secrecy=secrecy)
    [question] = [effect for effect in effects if isinstance(effect, SendLetter)]
    [shown] = question.facts["unclear"]
    assert shown["title"] == title
    assert written in shown["written"]
    assert ("Qwerty" in shown["written"]) is not secrecy
    assert question.listing == Listing((NUMBER, OTHER), (THIRD,), ())


def test_a_question_remembers_the_lines_that_wait_for_a_yes(ekvik: RuleBook) -> None:
    *_, question = effects_of(ekvik, "1 Bo Ek", Strength.TOKEN)
    assert isinstance(question, SendLetter)
    assert question.listing
    assert question.listing.waiting == (f"{NUMBER} Bo Ek",)
    assert question.facts["waiting"][0].startswith(NUMBER)


@pytest.mark.parametrize(("text", "let_in", "told"), [("SLÄPP IN 4", (4,), []), ("Hej!", (), ["let-in"])])
def test_a_list_of_mails_in_quarantine(ekvik: RuleBook, text: str, let_in: tuple[int, ...], told: list[str]) -> None:
    effects = effects_of(ekvik, text, listing=False)
    assert [effect.numbers for effect in effects if isinstance(effect, LetIn)] == ([let_in] if let_in else [])
    assert letters(effects) == told


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("SLÄPP IN 12", (12,)),
        ("SLÄPP IN 12, 14 och 12", (12, 14)),
        ("SLÄPP IN 9–11", (9, 10, 11)),
        ("SLÄPP IN\n12 14", (12, 14)),
        ("SLÄPP IN 12\n14", (12,)),
        ("SLÄPP IN\nnu", ()),
        ("12", ()),
    ],
)
def test_which_mails_are_to_be_let_in(text: str, numbers: tuple[int, ...]) -> None:
    assert read_numbers(text) == numbers
