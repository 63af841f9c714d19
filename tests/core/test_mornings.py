"""Which cases a morning mail shows, to whom, in what order and in what words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from service.core.cases import Clock, Deadline, Status
from service.core.decide.mornings import Urgency, entry, headline, mornings, owes, time_left
from service.core.people.absence import EVERYBODY_IS_IN, Absent, Away
from service.core.rules.rulebook import RuleBook
from tests.core.test_deeds_done import NAMES
from tests.core.test_deeds_settled import SECRETARY
from tests.core.values import BO, MARIA, NOW, REGISTRAR, a_book, a_case, at

DUE = at("2026-09-21 23:59:59")
PROMISE = Deadline(Clock.ANSWER, NOW, DUE)
KEPT = replace(PROMISE, met_at=NOW)
ALL = {"digest": {"officers": True, "managers": True, "registrars": True, "at": "07:30"}}
LATE: dict[str, Any] = {"deadlines": (replace(PROMISE, due_at=NOW),)}
NOBODYS: dict[str, Any] = {"officer": "", "status": Status.TRIAGE}


@pytest.mark.parametrize(
    ("status", "deadline", "owed"),
    [
        (Status.ASSIGNED, PROMISE, True),
        (Status.TRIAGE, KEPT, True),
        (Status.WAITING, KEPT, True),
        (Status.ANSWERED, PROMISE, True),  # the answer did not arrive
        (Status.ANSWERED, KEPT, False),
        (Status.CLOSED, PROMISE, False),
        (Status.REFUSED, PROMISE, False),
    ],
)
def test_in_which_cases_somebody_owes_something(status: Status, deadline: Deadline, owed: bool) -> None:
    assert owes(a_case(status=status, deadlines=(deadline,))) is owed


@pytest.mark.parametrize(
    ("day", "urgency", "said"),
    [
        ("2026-09-07 08:00", Urgency.LATER, "svara senast 21 september, om tio arbetsdagar"),
        ("2026-09-17 08:00", Urgency.LATER, "svara senast 21 september, om två arbetsdagar"),
        ("2026-09-18 08:00", Urgency.NEXT_DAY, "svara senast 21 september, om en arbetsdag"),
        ("2026-09-21 08:00", Urgency.TODAY, "svara i dag, 21 september"),
        ("2026-09-22 08:00", Urgency.LATE, "sista dag var 21 september, för en arbetsdag sedan"),
        ("2026-09-25 08:00", Urgency.LATE, "sista dag var 21 september, för fyra arbetsdagar sedan"),
    ],
)
def test_how_urgent_a_case_is_on_a_day(ekvik: RuleBook, day: str, urgency: Urgency, said: str) -> None:
    shown = entry(a_case(deadlines=(PROMISE,)), ekvik, at(day), EVERYBODY_IS_IN)
    assert (shown.urgency, time_left(shown), shown.title) == (urgency, said, "Hål i vägen")


def test_a_case_without_a_day_and_a_secret_one(ekvik: RuleBook) -> None:
    shown = entry(a_case(secrecy=True), ekvik, NOW, Away.of_all([Absent(BO, NOW, date(2026, 9, 12))]))
    assert (shown.urgency, time_left(shown), shown.title) == (Urgency.LATER, "ingen sista dag", "")
    assert (shown.is_away, shown.away_until) == (True, date(2026, 9, 11))


@pytest.mark.parametrize(
    ("case", "away", "shown"),
    [
        pytest.param({}, (), "Bo own", id="its officer"),
        pytest.param(LATE, (), "Bo own, Maria units", id="late: the manager, too"),
        pytest.param({"officer": MARIA} | LATE, (), "Maria own", id="hers, once"),
        pytest.param(NOBODYS, (), "Rut unrouted", id="nobody's"),
        pytest.param(NOBODYS | {"secrecy": True}, (), "secretary own", id="a secret one"),
        pytest.param({}, (BO,), "", id="who is away"),
        pytest.param(NOBODYS, (REGISTRAR,), "Rut unrouted", id="the registrar's pile, who is away"),
        pytest.param(NOBODYS | {"secrecy": True}, (SECRETARY,), "secretary own", id="a secret one's reader, away"),
        pytest.param({"received_at": at("2026-09-08 07:30")}, (), "", id="it has just come"),
        pytest.param({"received_at": at("2026-09-08 07:29")}, (), "Bo own", id="it came before the hour"),
        pytest.param({"status": Status.CLOSED}, (), "", id="closed"),
    ],
)
def test_who_is_shown_a_case_in_the_morning(
    ekvik: RuleBook, case: dict[str, Any], away: tuple[str, ...], shown: str
) -> None:
    gone = Away.of_all([Absent(who, NOW) for who in away])
    cases = [a_case(**{"deadlines": (PROMISE,)} | case)]
    found = mornings(cases, a_book(ekvik, **ALL), at("2026-09-08 07:30"), gone)
    piles = [f"{NAMES[m.to]} {pile}" for m in found for pile in ("own", "units", "unrouted") if getattr(m, pile)]
    assert ", ".join(piles) == shown


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((7,), "Du har ett ärende"),
        ((-1,), "Du har ett ärende, det är försenat"),
        ((-1, -2), "Du har två ärenden, alla är försenade"),
        ((0, 7), "Du har två ärenden, ett ska besvaras i dag"),
        ((1, 7, 7), "Du har tre ärenden, ett ska besvaras i morgon"),
        ((-1, 0, 1, 7), "Du har fyra ärenden, ett är försenat, ett ska besvaras i dag"),
    ],
)
def test_a_morning_in_one_line_names_two_sorts_of_haste_at_most(
    ekvik: RuleBook, days: tuple[int, ...], said: str
) -> None:
    now = at("2026-09-08 07:30")
    due = [replace(PROMISE, due_at=at("2026-09-08 23:59:59") + timedelta(days=day)) for day in days]
    cases = [a_case(number=f"EKV-26-0000{n}-X", deadlines=(each,)) for n, each in enumerate(due)]
    [morning] = [m for m in mornings(cases, a_book(ekvik, **ALL), now, EVERYBODY_IS_IN) if m.to == BO]
    assert headline(morning) == said
    assert [e.due_day for e in morning.own] == sorted(e.due_day for e in morning.own if e.due_day)
