"""Who stands in for whom, who gets new cases at once, and how long an absence counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from service.core.decide.people import registrar_for
from service.core.people.absence import (
    EVERYBODY_IS_IN,
    Absent,
    Away,
    Cause,
    StandIn,
    Tie,
    deputy,
    new_officer,
    stand_in,
    told,
)
from service.core.rules.people import People
from service.core.rules.rulebook import RuleBook
from tests.core.values import BO, EVA, MARIA, NOW, REGISTRAR, a_book

SARA = "sara.ask@ekvik.example"
OTHER = "kusin@example.org"
TODAY = date(2026, 9, 7)


def people(*substitutes: tuple[str, str], registrars: tuple[str, ...] = (REGISTRAR,)) -> People:
    """Bo and Sara are officers under Maria, she under Eva; each with a substitute or none."""
    named = dict(substitutes)
    everybody = (BO, MARIA, EVA, SARA, REGISTRAR)
    return People.model_validate(
        {
            "departments": [{"id": "teknik", "name": "Teknik", "head": EVA}],
            "units": [{"id": "gata", "name": "Gata", "department": "teknik", "manager": MARIA, "officers": [BO, SARA]}],
            "people": [{"email": a, "name": a.partition("@")[0], "substitute": named.get(a)} for a in everybody],
            "registrars": list(registrars),
        }
    )


def away(*who: str, **facts: str) -> Away:
    return Away.of_all(Absent(one, NOW, **facts) for one in who)


@pytest.mark.parametrize(
    ("substitutes", "gone", "found"),
    [
        pytest.param([(BO, SARA)], [BO], StandIn(SARA, Tie.SUBSTITUTE), id="the substitute"),
        pytest.param([(BO, SARA), (SARA, EVA)], [BO, SARA], StandIn(EVA, Tie.SUBSTITUTE), id="the substitute's"),
        pytest.param([(BO, SARA), (SARA, BO)], [BO, SARA], StandIn(MARIA, Tie.NEAR), id="a ring: the manager"),
        pytest.param([(BO, BO)], [BO], StandIn(MARIA, Tie.NEAR), id="nobody for oneself"),
        pytest.param([], [BO], StandIn(MARIA, Tie.NEAR), id="none named: the manager"),
        pytest.param([], [BO, MARIA], StandIn(SARA, Tie.NEAR), id="then another officer"),
        pytest.param([], [BO, MARIA, SARA], StandIn(EVA, Tie.NEAR), id="then the head"),
        pytest.param([], [BO, MARIA, SARA, EVA], None, id="nobody is left"),
        pytest.param([(BO, OTHER)], [BO], StandIn(MARIA, Tie.NEAR), id="nobody outside the directory"),
    ],
)
def test_who_stands_in(
    ekvik: RuleBook, substitutes: list[tuple[str, str]], gone: list[str], found: StandIn | None
) -> None:
    book = a_book(ekvik, people(*substitutes))
    assert stand_in(BO, "", book, away(*gone)) == found


@pytest.mark.parametrize(
    ("substitutes", "named", "found"),
    [
        pytest.param([], SARA, StandIn(SARA, Tie.NAMED), id="named in the reply"),
        pytest.param([], OTHER, StandIn(MARIA, Tie.NEAR), id="an outsider is none"),
        pytest.param([(BO, EVA)], SARA, StandIn(EVA, Tie.SUBSTITUTE), id="the directory first"),
    ],
)
def test_whom_the_reply_names(ekvik: RuleBook, substitutes: list[tuple[str, str]], named: str, found: StandIn) -> None:
    book = a_book(ekvik, people(*substitutes))
    assert stand_in(BO, "", book, away(BO, substitute=named)) == found


@pytest.mark.parametrize(
    ("setting", "substitutes", "absent", "gets"),
    [
        pytest.param("auto", [(BO, SARA)], away(BO), SARA, id="the substitute of the same unit"),
        pytest.param("auto", [(BO, EVA)], away(BO), EVA, id="who heads it"),
        pytest.param("auto", [(BO, REGISTRAR)], away(BO), "", id="of another unit: somebody is asked"),
        pytest.param("auto", [], away(BO), "", id="a mere suggestion: somebody is asked"),
        pytest.param("auto", [], away(BO, substitute=SARA), SARA, id="named by the person"),
        pytest.param("auto", [(BO, SARA)], away(BO, SARA), "", id="away as well"),
        pytest.param("auto", [(BO, SARA)], Away.of_all([Absent(BO, NOW, proven=False)]), "", id="nothing proves it"),
        pytest.param("auto", [(BO, SARA)], EVERYBODY_IS_IN, "", id="not away"),
        pytest.param("ask", [(BO, SARA)], away(BO), "", id="the setting ask"),
    ],
)
def test_who_gets_new_cases_at_once(
    ekvik: RuleBook, setting: str, substitutes: list[tuple[str, str]], absent: Away, gets: str
) -> None:
    assert new_officer(BO, a_book(ekvik, people(*substitutes), absence=setting), absent) == gets


@pytest.mark.parametrize(
    ("gone", "asked"),
    [((BO,), REGISTRAR), ((BO, REGISTRAR), SARA), ((BO, REGISTRAR, SARA), MARIA), ((BO, REGISTRAR, SARA, MARIA), EVA)],
)
def test_who_decides(ekvik: RuleBook, gone: tuple[str, ...], asked: str) -> None:
    """A registrar who is not away, else whoever is above; nobody about oneself."""
    book = a_book(ekvik, people(registrars=(REGISTRAR, SARA)))
    assert registrar_for(BO, book, away(*gone)) == asked


@pytest.mark.parametrize(
    ("absent", "ends", "words"),
    [
        (
            Absent(BO, NOW, date(2026, 9, 12)),
            date(2026, 9, 12),
            "Bo Ek är borta till och med fredag 11 september 2026.",
        ),
        (Absent(BO, NOW), TODAY + timedelta(days=30), "Bo Ek är borta, och vi vet inte hur länge."),
        (Absent(BO, NOW, cause=Cause.BOUNCE), None, "Mejl till Bo Ek kommer inte fram just nu."),
    ],
)
def test_how_long_an_absence_counts(ekvik: RuleBook, absent: Absent, ends: date | None, words: str) -> None:
    assert absent.ends(ekvik) == ends
    assert told(absent, "Bo Ek") == words
    assert not absent.is_over(TODAY, ekvik)
    assert absent.is_over(ends or date.max, ekvik) == (ends is not None)


@pytest.mark.parametrize(
    ("until", "due_day", "past"),
    [
        (date(2026, 9, 21), date(2026, 9, 21), False),
        (date(2026, 9, 22), date(2026, 9, 21), True),
        (date(2026, 9, 22), None, False),
        (None, date(2026, 9, 21), True),
    ],
    ids=["back on the day", "the day after", "no day", "nobody knows"],
)
def test_back_in_time_or_not(until: date | None, due_day: date | None, past: bool) -> None:
    assert Absent(BO, NOW, until).lasts_past(due_day) is past


@pytest.mark.parametrize(
    ("registrars", "substitutes", "gone", "secret", "reads"),
    [
        pytest.param((REGISTRAR,), [], (REGISTRAR,), False, "", id="nobody else"),
        pytest.param((REGISTRAR,), [(REGISTRAR, SARA)], (REGISTRAR,), False, SARA, id="the substitute"),
        pytest.param((REGISTRAR,), [(REGISTRAR, SARA)], (REGISTRAR,), True, "", id="a secret case is no substitute's"),
        pytest.param((REGISTRAR, EVA), [], (REGISTRAR,), True, EVA, id="another registrar"),
        pytest.param((REGISTRAR, EVA), [], (REGISTRAR, EVA), False, "", id="who is away, too"),
        pytest.param((REGISTRAR, EVA), [], (), False, "", id="nobody is away"),
    ],
)
def test_who_reads_an_absent_registrars_mail(
    ekvik: RuleBook,
    registrars: tuple[str, ...],
    substitutes: list[tuple[str, str]],
    gone: tuple[str, ...],
    secret: bool,
    reads: str,
) -> None:
    book = a_book(ekvik, people(*substitutes, registrars=registrars))
    assert deputy(REGISTRAR, book, away(*gone), secret=secret) == reads
    assert deputy(BO, book, away(BO), secret=secret) == ""
