"""Who is reached in a case when people and units come and go in the rules folder."""

from __future__ import annotations

from typing import Any

import pytest

from service.core.cases import Case, Clock, Deadline
from service.core.decide import on_time
from service.core.decide.people import above, may_command, registrar_of, responsible, secrecy_reader
from service.core.effects import Letter, SendLetter
from service.core.rules.choices import Role
from service.core.rules.people import Department, People, Person, Unit
from service.core.rules.rulebook import RuleBook
from tests.core.values import BO, EVA, MARIA, NOW, REGISTRAR, a_book, a_case, at

GONE = "gun.borta@ekvik.example"
ALL = (Role.OFFICER, Role.MANAGER, Role.HEAD, Role.REGISTRAR)


def town(book: RuleBook, manager: str = MARIA, head: str = EVA, registrar: str = REGISTRAR) -> RuleBook:
    """One unit in one department."""
    people = People(
        departments=(Department(id="teknik", name="Teknik", head=head, registrar=registrar),),
        units=(Unit(id="gata-park", name="Gata", department="teknik", manager=manager, officers=(BO,)),),
        people=tuple(Person(email=e, name=e.partition("@")[0]) for e in sorted({BO, MARIA, EVA, REGISTRAR})),
        registrars=(REGISTRAR,),
    )
    return a_book(book, people)


@pytest.mark.parametrize(
    ("people", "officer", "reached"),
    [
        pytest.param({}, BO, (BO, MARIA, EVA, REGISTRAR), id="four people"),
        pytest.param({}, MARIA, (MARIA, EVA, EVA, REGISTRAR), id="the manager is the officer"),
        pytest.param({}, EVA, (EVA, MARIA, REGISTRAR, REGISTRAR), id="the head is the officer"),
        pytest.param({"head": MARIA}, BO, (BO, MARIA, MARIA, REGISTRAR), id="the manager is the head"),
        pytest.param(
            {"head": MARIA}, MARIA, (MARIA, REGISTRAR, REGISTRAR, REGISTRAR), id="one is officer, manager and head"
        ),
        pytest.param({}, "", (REGISTRAR, MARIA, EVA, ""), id="the registrar has it"),
        pytest.param({"head": REGISTRAR, "manager": REGISTRAR}, "", (REGISTRAR, "", "", ""), id="one has every role"),
        pytest.param({}, BO.upper(), (BO.upper(), MARIA, EVA, REGISTRAR), id="other letters"),
        pytest.param({"manager": BO.upper()}, BO, (BO, EVA, EVA, REGISTRAR), id="the same person in other letters"),
    ],
)
def test_hjo_01_who_is_late_is_passed_over_upwards(
    ekvik: RuleBook, people: dict[str, str], officer: str, reached: tuple[str, ...]
) -> None:
    book = town(ekvik, **people)
    assert tuple(above(a_case(officer=officer), role, book) for role in ALL) == reached


@pytest.mark.parametrize(
    ("case", "owes"),
    [
        pytest.param(a_case(), BO, id="its officer"),
        pytest.param(a_case(officer=""), REGISTRAR, id="nobody: the registrar"),
        pytest.param(a_case(officer=GONE), REGISTRAR, id="somebody who has left: the registrar"),
        pytest.param(a_case(unit="nedlagd", officer=BO), BO, id="a unit that is gone"),
        pytest.param(a_case(unit="nedlagd", officer=""), REGISTRAR, id="a unit that is gone, nobody"),
        pytest.param(a_case(secrecy=True, officer=""), "sekr.teknik@ekvik.example", id="secret: the secretary"),
        pytest.param(a_case(secrecy=True, officer="", unit="nedlagd"), REGISTRAR, id="secret, a unit that is gone"),
    ],
)
def test_somebody_always_owes_the_answer(ekvik: RuleBook, case: Case, owes: str) -> None:
    assert responsible(case, ekvik) == owes


def test_a_unit_that_is_gone_has_the_first_registrar_and_no_chief(ekvik: RuleBook) -> None:
    case = a_case(unit="nedlagd")
    assert registrar_of(case, ekvik) == REGISTRAR
    assert secrecy_reader(case, ekvik) == REGISTRAR
    assert [above(case, role, ekvik) for role in ALL] == [BO, REGISTRAR, REGISTRAR, REGISTRAR]
    assert may_command(BO, case, ekvik)
    assert may_command(MARIA, case, ekvik), "his substitute by the directory"
    assert not may_command(MARIA, a_case(unit="nedlagd", secrecy=True), ekvik)
    assert not may_command(EVA, case, ekvik)


@pytest.mark.parametrize("changes", [{"unit": "nedlagd"}, {"officer": GONE}, {"unit": "", "officer": ""}], ids=str)
def test_the_ladder_reaches_somebody_known_whoever_has_left(ekvik: RuleBook, changes: dict[str, Any]) -> None:
    promise = Deadline(Clock.ANSWER, at("2026-09-07 09:12"), at("2026-09-21 23:59:59"))
    case = a_case(deadlines=(promise,), received_at=NOW, **changes)
    for day in ("2026-09-15 08:00", "2026-09-16 08:00", "2026-09-22 08:00", "2026-10-06 08:00"):
        letters = [e for e in on_time(case, ekvik, at(day)) if isinstance(e, SendLetter)]
        assert letters, day
        assert all(e.kind in {Letter.REMINDER, Letter.ESCALATION} for e in letters)
        assert all(ekvik.person(e.to) for e in letters), letters


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        (BO, True),
        (BO.upper(), True),
        (MARIA, True),
        (EVA, True),
        (REGISTRAR, True),
        ("sekr.teknik@ekvik.example", True),
        ("jonas.vik@ekvik.example", False),
        ("registrator.bygg@ekvik.example", False),
        ("", False),
    ],
)
def test_spa_31_who_has_a_say(ekvik: RuleBook, sender: str, expected: bool) -> None:
    assert may_command(sender, a_case(), ekvik) is expected
