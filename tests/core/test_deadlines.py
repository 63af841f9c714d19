"""Promises and the ladder: the instants of every step, what is present, and when to look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.calendar.deadlines import (
    StepKind,
    answer_duration,
    due_at,
    ladders,
    missed,
    next_check,
    office_opens,
    present_steps,
    quiet_ends,
)
from service.core.calendar.durations import Duration
from service.core.cases import Case, Clock, Deadline, Status
from service.core.decide import on_time
from service.core.effects import MissClock, SendLetter, TakeStep
from service.core.evolve import evolve
from service.core.rules.choices import Role
from service.core.rules.rulebook import RuleBook
from tests.core.values import NOW, STOCKHOLM, a_book, a_case, at


@pytest.fixture(scope="module")
def ekvik(ekvik: RuleBook) -> RuleBook:
    """Ekvik with a ladder that counts now working days, now days, and reminds often."""
    return a_book(
        ekvik,
        reminders=["3 working days before", "1 working day before"],
        escalation=[
            {"after": "5 working days", "to": ["officer"]},
            {"after": "10 working days", "to": ["officer", "manager"]},
            {"after": "14 days", "to": ["head", "registrar"], "repeat": "7 days"},
        ],
    )


def promised(book: RuleBook, arrived: datetime, kind: Clock = Clock.ANSWER, **changes: Any) -> Case:
    """A case with the one promise that the rules give it."""
    duration = book.municipality.deadlines.receipt if kind is Clock.RECEIPT else book.municipality.deadlines.answer
    return a_case(deadlines=(Deadline(kind, arrived, due_at(arrived, duration, book)),), received_at=arrived, **changes)


def local(instant: datetime) -> str:
    return f"{instant.astimezone(STOCKHOLM):%y-%m-%d %H:%M}"


def ladder(book: RuleBook, case: Case, until: str) -> list[tuple[str, str]]:
    """Local time and short name of each step until then."""
    steps = [step for steps in ladders(case, book, at(until)) for step in steps if step.at <= at(until)]
    return [(local(step.at), step.key.partition("/")[2]) for step in steps]


@pytest.mark.parametrize(
    ("arrived", "until", "expected"),
    [
        pytest.param(
            "2026-09-07 09:12",
            "2026-09-30 12:00",
            [
                ("26-09-15 07:30", "escalate/1"),
                ("26-09-18 07:30", "remind/1 working day before"),
                ("26-09-22 07:30", "escalate/2"),
                ("26-09-22 07:30", "escalate/3"),
                ("26-09-29 07:30", "escalate/3#1"),
            ],
            id="an ordinary month",
        ),
        pytest.param(
            "2026-12-22 10:00",
            "2027-01-14 12:00",
            [
                ("27-01-05 07:30", "escalate/1"),
                ("27-01-07 07:30", "escalate/3"),
                ("27-01-11 07:30", "remind/1 working day before"),
                ("27-01-13 07:30", "escalate/2"),
                ("27-01-14 07:30", "escalate/3#1"),
            ],
            id="over Christmas and Epiphany",
        ),
        pytest.param(
            "2026-05-12 23:59",
            "2026-06-03 12:00",
            [
                ("26-05-22 07:30", "escalate/1"),
                ("26-05-27 07:30", "remind/1 working day before"),
                ("26-05-27 07:30", "escalate/3"),
                ("26-05-29 07:30", "escalate/2"),
                ("26-06-03 07:30", "escalate/3#1"),
            ],
            id="over Ascension Day and the local closing day",
        ),
        pytest.param(
            "2026-06-15 00:00",
            "2026-07-01 12:00",
            [
                ("26-06-24 07:30", "escalate/1"),
                ("26-06-29 07:30", "remind/1 working day before"),
                ("26-06-30 07:30", "escalate/3"),
                ("26-07-01 07:30", "escalate/2"),
            ],
            id="over Midsummer's Eve",
        ),
        pytest.param(
            "2026-10-16 15:00",
            "2026-11-11 12:00",
            [
                ("26-10-26 07:30", "escalate/1"),
                ("26-10-29 07:30", "remind/1 working day before"),
                ("26-11-02 07:30", "escalate/2"),
                ("26-11-02 07:30", "escalate/3"),
                ("26-11-09 07:30", "escalate/3#1"),
            ],
            id="over the end of summer time",
        ),
    ],
)
def test_the_ladder_of_ekvik(ekvik: RuleBook, arrived: str, until: str, expected: list[tuple[str, str]]) -> None:
    """SPA-32, HJO-37."""
    assert ladder(ekvik, promised(ekvik, at(arrived)), until) == expected


@pytest.mark.parametrize(
    ("reminders", "rung", "expected"),
    [
        pytest.param(["3 working days before"], "5 working days", ["15 escalate/1"], id="the next day"),
        pytest.param(["2 working days before"], "5 working days", ["15 escalate/1"], id="two working days later"),
        pytest.param(
            ["1 working day before"], "5 working days", ["15 escalate/1", "18 remind/1 working day before"], id="three"
        ),
        pytest.param(["6 working days before"], "4 working days", ["11 remind/6 working days before"], id="the rung"),
        pytest.param(
            ["4 working days before"], "5 working days", ["15 remind/4 working days before"], id="one morning"
        ),
        pytest.param(
            ["3 working days before", "1 working day before"],
            "12 working days",
            ["16 remind/3 working days before", "18 remind/1 working day before", "24 escalate/1"],
            id="two of the list are both meant, and after the day another thing is told",
        ),
    ],
)
def test_nobody_is_reminded_twice_within_two_working_days(
    ekvik: RuleBook, reminders: list[str], rung: str, expected: list[str]
) -> None:
    """HJO-37: of a reminder and a step that tells only the officer the later is left out."""
    book = a_book(ekvik, reminders=reminders, escalation=[{"after": rung, "to": ["officer"]}])
    steps = ladder(book, promised(book, at("2026-09-07 09:12")), "2026-09-30 12:00")
    assert [f"{day[6:8]} {key}" for day, key in steps] == expected


TWO_WEEKS = {"receipt": "2 days", "answer": "14 days", "second_answer": "14 days"}


@pytest.mark.parametrize(
    ("promises", "arrived", "due"),
    [
        pytest.param({}, "2026-09-07 00:00", "2026-09-21 23:59:59", id="ten working days"),
        pytest.param({}, "2026-12-22 10:00", "2027-01-12 23:59:59", id="ten working days over Christmas"),
        pytest.param({}, "2026-05-12 10:00", "2026-05-28 23:59:59", id="ten working days over Ascension"),
        pytest.param({}, "2026-06-15 10:00", "2026-06-30 23:59:59", id="ten working days over midsummer"),
        pytest.param({}, "2026-09-05 10:00", "2026-09-18 23:59:59", id="from a Saturday"),
        pytest.param(TWO_WEEKS, "2026-06-05 10:00", "2026-06-19 23:59:59", id="fourteen days to Midsummer's Eve"),
        pytest.param(
            TWO_WEEKS | {"roll": "next_working_day"}, "2026-06-05 10:00", "2026-06-22 23:59:59", id="the same, rolled"
        ),
        pytest.param(
            TWO_WEEKS | {"roll": "next_working_day"}, "2026-06-04 10:00", "2026-06-18 23:59:59", id="nothing to roll"
        ),
        pytest.param(
            {"answer": "24 hours"}, "2026-10-24 12:00", "2026-10-25 11:00:00", id="24 hours over clock change"
        ),
        pytest.param({"answer": "24 hours"}, "2026-12-24 22:10", "2026-12-25 22:10:00", id="24 hours over a holiday"),
    ],
)
def test_c01_when_an_answer_is_due(ekvik: RuleBook, promises: dict[str, str], arrived: str, due: str) -> None:
    book = a_book(ekvik, deadlines=promises)
    assert due_at(at(arrived), book.municipality.deadlines.answer, book) == at(due)


@pytest.mark.parametrize(
    ("channel", "process", "expected"),
    [
        ("e-post", "synpunkt", "10 working days"),
        ("sociala medier", "synpunkt", "24 hours"),
        ("sociala medier", "felanmälan", "24 hours"),
        ("e-post", "felanmälan", "5 working days"),
        ("okänd", "okänd", "10 working days"),
    ],
)
def test_kop_14_a_channel_has_its_own_promise(ekvik: RuleBook, channel: str, process: str, expected: str) -> None:
    promises = {"per_channel": {"sociala medier": "24 hours"}, "per_process": {"felanmälan": "5 working days"}}
    assert answer_duration(channel, process, a_book(ekvik, deadlines=promises)) == Duration.parse(expected)


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        ("2026-09-07 07:29:59", "2026-09-07 07:30"),
        ("2026-09-07 07:30", "2026-09-07 07:30"),
        ("2026-09-07 12:00", "2026-09-07 12:00"),
        ("2026-09-07 16:29:59", "2026-09-07 16:29:59"),
        ("2026-09-07 16:30", "2026-09-08 07:30"),
        ("2026-09-07 00:00", "2026-09-07 07:30"),
        ("2026-09-11 17:00", "2026-09-14 07:30"),
        ("2026-09-12 10:00", "2026-09-14 07:30"),
        ("2026-12-23 20:00", "2026-12-28 07:30"),
        ("2026-05-13 16:30", "2026-05-18 07:30"),
        ("2026-03-28 12:00", "2026-03-30 07:30"),
        ("2026-10-25 02:30", "2026-10-26 07:30"),
    ],
)
def test_office_hours(ekvik: RuleBook, after: str, opens: str) -> None:
    """Local time on both sides of the clock changes."""
    assert office_opens(at(after), ekvik) == at(opens)


@pytest.mark.parametrize(
    ("now", "taken", "expected"),
    [
        pytest.param("2026-09-14 12:00", [], None, id="nothing has come"),
        pytest.param("2026-09-15 07:29", [], None, id="before the office opens"),
        pytest.param("2026-09-15 07:30", [], (StepKind.ESCALATE, 0), id="the first rung"),
        pytest.param("2026-09-18 08:00", ["escalate/1"], (StepKind.REMIND, 0), id="a reminder"),
        pytest.param("2026-09-15 18:00", [], None, id="after the office has closed"),
        pytest.param("2026-09-20 12:00", [], None, id="on a Sunday"),
        pytest.param("2026-09-22 12:00", ["escalate/1"], (StepKind.ESCALATE, 2), id="two rungs at once"),
        pytest.param("2026-09-22 12:00", ["escalate/2", "escalate/3"], None, id="both were taken"),
        pytest.param("2026-09-29 08:00", ["escalate/3"], (StepKind.ESCALATE, 0), id="repeated after a week"),
        pytest.param("2026-09-29 08:00", ["escalate/3#1"], None, id="repeated already"),
        pytest.param("2026-11-16 08:00", [], (StepKind.ESCALATE, 10), id="after two months asleep"),
    ],
)
def test_the_present_step(ekvik: RuleBook, now: str, taken: list[str], expected: tuple[StepKind, int] | None) -> None:
    """One step a promise, the latest; those before it are named and done with."""
    case = promised(ekvik, at("2026-09-07 09:12"))
    series = next(s.key for steps in ladders(case, ekvik, at(now)) for s in steps).partition("/")[0]
    case = replace(case, steps=frozenset(f"{series}/{key}" for key in taken))
    present = present_steps(case, ekvik, at(now))
    if expected is None:
        assert present == []
        return
    (step,) = present
    assert (step.kind, len(step.superseded)) == expected
    assert step.key not in step.superseded
    assert len(set(step.superseded)) == len(step.superseded)


def test_rungs_of_one_morning_add_up_their_roles(ekvik: RuleBook) -> None:
    (step,) = present_steps(promised(ekvik, at("2026-09-07 09:12")), ekvik, at("2026-09-22 08:00"))
    assert step.roles == (Role.OFFICER, Role.MANAGER, Role.HEAD, Role.REGISTRAR)


def test_whoever_has_the_case_is_reminded_on_the_morning_when_only_others_are_told(ekvik: RuleBook) -> None:
    """Ascension lies in between: fourteen days end on the day before the tenth working day."""
    ladder = [{"after": "14 days", "to": ["head", "registrar"]}]
    book = a_book(ekvik, reminders=["1 working day before"], escalation=ladder)
    (step,) = present_steps(promised(book, at("2026-05-04 09:12")), book, at("2026-05-19 08:00"))
    assert (step.kind, step.roles) == (StepKind.ESCALATE, (Role.OFFICER, Role.HEAD, Role.REGISTRAR))


@pytest.mark.parametrize("status", [Status.CLOSED, Status.REFUSED])
def test_a_closed_case_has_no_ladder(ekvik: RuleBook, status: Status) -> None:
    case = promised(ekvik, at("2026-09-07 09:12"), status=status)
    assert ladders(case, ekvik, at("2026-12-01 08:00")) == []
    assert missed(case, at("2026-12-01 08:00")) == []
    assert next_check(case, ekvik, at("2026-12-01 08:00")) is None


def test_a_promise_is_missed_the_second_after(ekvik: RuleBook) -> None:
    case = promised(ekvik, at("2026-09-07 09:12"))
    assert missed(case, at("2026-09-21 23:59:59")) == []
    assert missed(case, at("2026-09-22 00:00:00")) == list(case.deadlines)


@pytest.mark.parametrize("empty", [{"reminders": []}, {"escalation": []}, {"reminders": [], "escalation": []}])
def test_a_ladder_without_rungs(ekvik: RuleBook, empty: dict[str, Any]) -> None:
    """The promise is noted as missed all the same, and then nothing is left to look at."""
    book = a_book(ekvik, **empty)
    case = promised(book, at("2026-09-07 09:12"))
    day = at("2026-10-07 08:00")
    effects = on_time(case, book, day)
    assert isinstance(effects[0], MissClock)
    after = reduce(evolve, effects, case)
    assert on_time(after, book, day) == []
    assert (next_check(after, book, day) is None) is (book.municipality.escalation == ())


def test_the_same_reminder_twice_in_the_rules_is_one_step(ekvik: RuleBook) -> None:
    """The register refuses a step that is named twice."""
    book = a_book(ekvik, reminders=["3 working days before", "3 working days before"])
    case = promised(book, at("2026-09-07 09:12"))
    effects = on_time(case, book, at("2026-09-22 08:00"))
    (step,) = (e for e in effects if isinstance(e, TakeStep))
    assert len({step.key, *step.superseded}) == 1 + len(step.superseded)


def test_kli_22_the_watch_over_a_receipt(ekvik: RuleBook) -> None:
    case = promised(ekvik, at("2026-09-07 09:12"), Clock.RECEIPT)
    assert ladder(ekvik, case, "2026-12-01 08:00") == [("26-09-09 07:30", "watch")]
    kept = replace(case, deadlines=(replace(case.deadlines[0], met_at=NOW),))
    assert ladder(ekvik, kept, "2026-12-01 08:00") == []


@pytest.mark.parametrize(
    ("receipt", "arrived", "watch"),
    [
        pytest.param("2 working days", "2026-09-07 09:12", "26-09-09 07:30", id="the morning of the last day"),
        pytest.param("2 working days", "2026-09-05 10:00", "26-09-08 07:30", id="from a Saturday"),
        pytest.param("2 working days", "2026-12-23 10:00", "26-12-29 07:30", id="over Christmas"),
        pytest.param("2 days", "2026-09-10 10:00", "26-09-11 07:30", id="the day before a Saturday"),
        pytest.param("2 days", "2026-04-03 10:00", "26-04-07 07:30", id="as soon as there are office hours"),
        pytest.param("24 hours", "2026-09-07 15:00", "26-09-08 07:30", id="by the clock"),
        pytest.param("24 hours", "2026-09-11 15:00", "26-09-11 16:00", id="by the clock over a weekend, before it"),
        pytest.param("24 hours", "2026-09-07 07:00", "26-09-07 08:00", id="until the office opens tomorrow"),
        pytest.param("15 minutes", "2026-09-07 10:00", "26-09-07 11:00", id="no sooner than it can have been missed"),
    ],
)
def test_kli_22_the_watch_comes_before_the_time_is_out(ekvik: RuleBook, receipt: str, arrived: str, watch: str) -> None:
    book = a_book(ekvik, deadlines={"receipt": receipt})
    assert ladder(book, promised(book, at(arrived), Clock.RECEIPT), "2027-01-08 08:00") == [(watch, "watch")]


@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        pytest.param({}, "2026-09-28 23:59:59", id="three weeks after the answer"),
        pytest.param({"last_mail_at": at("2026-09-10 12:00")}, "2026-10-01 23:59:59", id="after the last mail"),
        pytest.param({"keep_open": True}, None, id="kept open"),
        pytest.param({"status": Status.ASSIGNED}, None, id="not answered"),
        pytest.param({"status": Status.CLOSED}, None, id="closed already"),
        pytest.param({"deadlines": (Deadline(Clock.ANSWER, NOW, NOW),)}, None, id="a promise runs (a bounced answer)"),
        pytest.param({"answered_at": None}, None, id="nobody knows since when"),
    ],
)
def test_kop_29_when_a_quiet_case_closes(ekvik: RuleBook, changes: dict[str, Any], ends: str | None) -> None:
    book = a_book(ekvik, close={"mode": "quiet", "quiet": "21 days"})
    case = a_case(**{"status": Status.ANSWERED, "answered_at": NOW} | changes)
    assert quiet_ends(case, book) == (at(ends) if ends else None)
    assert quiet_ends(case, ekvik) is None


# --- a walk through time ---------------------------------------------------------------------------------------------

SETTINGS: list[dict[str, Any]] = [
    {},
    {"reminders": []},
    {"escalation": []},
    {
        "deadlines": {"answer": "14 days", "receipt": "1 day", "roll": "next_working_day"},
        "reminders": ["2 days before"],
    },
    {"deadlines": {"answer": "24 hours", "receipt": "15 minutes"}, "reminders": ["1 working day before"]},
    {"office_hours": "00:00-23:59", "escalation": [{"after": "24 hours", "to": ["officer"], "repeat": "36 hours"}]},
    {"escalation": [{"after": "1 working day", "to": ["manager"], "repeat": "2 working days"}]},
    {"close": {"mode": "quiet", "quiet": "21 days"}},
]


@settings(max_examples=60)
@given(
    chosen=st.sampled_from(SETTINGS),
    arrived=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(STOCKHOLM)),  # noqa: DTZ001 - the strategy wants naive bounds
    sleeps=st.lists(st.integers(1, 60 * 24 * 12), min_size=1, max_size=12),
    exact=st.booleans(),
)
def test_every_step_comes_once_in_office_hours_and_none_is_forgotten(
    ekvik: RuleBook, chosen: dict[str, Any], arrived: datetime, sleeps: list[int], exact: bool
) -> None:
    """Whoever looks at the times that `next_check` names, or later, misses nothing and has nothing twice."""
    book = a_book(ekvik, **chosen)
    case = promised(book, arrived)
    receipt = Deadline(Clock.RECEIPT, arrived, due_at(arrived, book.municipality.deadlines.receipt, book))
    case = replace(case, deadlines=(*case.deadlines, receipt))
    now, taken = arrived, set[str]()
    for minutes in sleeps:
        check = next_check(case, book, now)
        wanted = now + timedelta(minutes=minutes)
        if check is not None and check > now:
            before = max(now, min(wanted, check - timedelta(seconds=1)))
            assert on_time(case, book, before) == [], "something was due before the time to look"
        now = check if exact and check is not None and check > now else wanted
        effects = on_time(case, book, now)
        if exact and check is not None:
            assert effects, "a look for nothing"
        for effect in effects:
            if isinstance(effect, TakeStep):
                fresh = [effect.key, *effect.superseded]
                assert len(set(fresh)) == len(fresh)
                assert not taken.intersection(fresh), "a step was taken twice"
                taken.update(fresh)
        if any(isinstance(e, SendLetter) for e in effects):
            assert office_opens(now, book) == now, "a letter left outside of office hours"
        case = reduce(evolve, effects, case)
        assert on_time(case, book, now) == [], "the same instant asked for more"
        later = next_check(case, book, now)
        assert later is None or later > now, "the next look lies in the past"
        if office_opens(now, book) == now:
            due = {s.key for steps in ladders(case, book, now) for s in steps if s.at <= now}
            assert due <= taken, "a step was forgotten"
