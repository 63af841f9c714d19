"""What the clock alone brings about in a case: reminders, escalations, watched promises, answers that waited."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from service.core.alike.matters import RAISED
from service.core.cases import Case, Clock, Deadline, How, Leaving, Move, Related, Status, Submitter
from service.core.decide import on_time
from service.core.decide.time import on_served_again
from service.core.effects import ChangeStatus, Elsewhere, LetGoLater, MissClock, Note, SendLetter, SetFields, TakeStep
from service.core.people.absence import Absent, Away
from service.core.rules.choices import Road, Role
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from tests.core.test_deeds_done import NAMES
from tests.core.test_deeds_settled import OTHER
from tests.core.values import BO, EVA, MARIA, NOW, REGISTRAR, a_book, a_case, at

PROMISE = Deadline(Clock.ANSWER, at("2026-09-07 09:12"), at("2026-09-21 23:59:59"))
RECEIPT = Deadline(Clock.RECEIPT, at("2026-09-07 09:12"), at("2026-09-09 23:59:59"))
KEPT = replace(PROMISE, met_at=NOW)
SINGLE = {"digest": {"officers": False, "managers": False, "registrars": False}}  # no morning mail: single reminders
ANSWERED: dict[str, Any] = {"status": Status.ANSWERED, "answered_at": NOW, "last_mail_at": NOW, "deadlines": (KEPT,)}
NO_LADDER = SINGLE | {"escalation": [], "reminders": ["1 working day before"]}
ASIDE = SINGLE | {"escalation": [{"after": "10 working days", "to": ["registrar"]}], "reminders": []}
MORNING = {"digest": {"officers": True, "managers": True, "registrars": True}}
QUIET = {"close": {"mode": "quiet", "quiet": "21 days", "require": ["measure"], "notify": True}}
APPEAL: dict[str, Any] = {"roads": (Road.APPEAL,), "officer": "", "status": Status.TRIAGE, "deadlines": ()}
LEAVING = Leaving((Command(Word.ANSWER, "Hålet är lagat."),), BO, "d" * 64, at("2026-09-07 10:00"))
WAITS = {"leaving": LEAVING}


def letters(effects: Any) -> str:
    flat = [each for e in effects for each in (e.effects if isinstance(e, Elsewhere) else (e,))]
    named = NAMES | {EVA: "Eva"}
    return ", ".join(f"{e.template_name} {named.get(e.to, e.to)}" for e in flat if isinstance(e, SendLetter))


def case(**changes: Any) -> Case:
    return a_case(**{"deadlines": (PROMISE,)} | changes)


def is_away(who: str, until: date | None = None) -> dict[str, Away]:
    return {"away": Away.of_all([Absent(who, NOW, until)])}


@pytest.mark.parametrize(
    ("day", "changes", "rules", "away", "told"),
    [
        ("2026-09-18 07:29", {}, SINGLE, {}, ""),
        ("2026-09-18 07:30", {}, SINGLE, {}, "reminder Bo"),
        ("2026-09-18 07:30", {}, MORNING, {}, ""),
        ("2026-09-18 07:30", {"officer": "gun.borta@ekvik.example"}, SINGLE, {}, "reminder Rut"),
        ("2026-09-18 07:30", {}, NO_LADDER, {}, "reminder Bo"),
        ("2026-09-18 07:30", {}, NO_LADDER, is_away(BO), "escalation Maria"),
        ("2026-09-18 07:30", {}, NO_LADDER, is_away(BO, date(2026, 9, 21)), ""),
        ("2026-09-22 07:30", {}, SINGLE, {}, "reminder Bo, escalation Maria"),
        ("2026-09-24 07:30", {}, SINGLE, {}, "escalation Eva, escalation Rut"),
        ("2026-09-18 07:30", {"steps": frozenset({RAISED})}, SINGLE, {}, "reminder Bo, escalation Maria"),
        ("2026-09-18 07:30", {"steps": frozenset({RAISED})}, SINGLE, is_away(MARIA, date(2026, 9, 21)),
            "reminder Bo, escalation Eva"),
        ("2026-09-22 07:30", {"steps": frozenset({RAISED})}, ASIDE, {}, "escalation Rut, escalation Maria"),
        ("2026-09-22 07:30", {}, ASIDE, {}, "escalation Rut"),
        ("2026-09-18 07:30", {}, SINGLE, is_away(BO), "escalation Maria"),
        ("2026-09-18 07:30", {}, SINGLE, is_away(BO, date(2026, 9, 22)), "escalation Maria"),
        ("2026-09-18 07:30", {}, SINGLE, is_away(BO, date(2026, 9, 21)), ""),
        ("2026-09-22 07:30", {}, SINGLE, is_away(MARIA), "reminder Bo, escalation Eva"),
        ("2026-09-10 08:00", {"deadlines": (PROMISE, RECEIPT)}, SINGLE, {}, "no-receipt Rut"),
        ("2026-09-08 08:00", APPEAL, {}, {}, "road Rut"),
        ("2026-09-15 08:00", APPEAL, {}, {}, "road Rut, road Eva"),
        ("2026-09-28 09:12", ANSWERED, QUIET, {}, ""),
        ("2026-09-29 09:13", ANSWERED, QUIET, {}, "closing Anna, closed-incomplete Rut"),
        ("2026-09-29 09:13", ANSWERED | {"measure": "Lagat"}, QUIET, {}, "closing Anna"),
        ("2026-09-29 09:13", ANSWERED | {"keep_open": True}, QUIET, {}, ""),
        ("2026-09-07 09:59", WAITS, {}, {}, ""),
        ("2026-09-07 10:00", WAITS, {}, {}, "answer Anna"),
    ],
)  # fmt: skip
def test_who_hears_of_a_case_as_time_passes(
    ekvik: RuleBook, day: str, changes: dict[str, Any], rules: dict[str, Any], away: dict[str, Away], told: str
) -> None:
    assert letters(on_time(case(**changes), a_book(ekvik, **rules), at(day), **away)) == told


@pytest.mark.parametrize(
    ("day", "late", "left", "waited", "next_day", "roles"),
    [
        ("2026-09-18 08:00", 0, 1, 9, date(2026, 9, 22), (Role.OFFICER, Role.MANAGER)),
        ("2026-09-21 08:00", 0, 0, 10, date(2026, 9, 22), (Role.OFFICER, Role.MANAGER)),
        ("2026-09-22 08:00", 1, 0, 11, date(2026, 9, 24), (Role.HEAD, Role.REGISTRAR)),
        ("2026-09-23 08:00", 2, 0, 12, date(2026, 9, 24), (Role.HEAD, Role.REGISTRAR)),
    ],
)
def test_hjo_01_a_reminder_says_how_late_it_is_and_who_hears_next(
    ekvik: RuleBook, day: str, late: int, left: int, waited: int, next_day: date, roles: tuple[Role, ...]
) -> None:
    [reminder, *_] = [e for e in on_time(case(), a_book(ekvik, **SINGLE), at(day)) if isinstance(e, SendLetter)]
    assert reminder.to == BO
    assert reminder.files_of == "case"
    assert reminder.facts == {
        "due_day": date(2026, 9, 21),
        "late_days": late,
        "left_days": left,
        "waited_days": waited,
        "next_day": next_day,
        "next_roles": roles,
        "is_follow_up": False,
    }


def test_a_step_that_the_rules_did_not_have_in_its_time_is_not_the_next_one(ekvik: RuleBook) -> None:
    reminded = frozenset(
        {"answer:20260907T091200/remind/1 working day before"}
    )  # and escalate/1, before it, never came
    found = on_time(case(steps=reminded), a_book(ekvik, **SINGLE), at("2026-09-22 08:00"))
    [reminder, *_] = [e for e in found if isinstance(e, SendLetter)]
    assert reminder.facts["next_day"] == date(2026, 9, 24)


def test_a_reminder_of_a_second_answer_says_so_and_of_a_secret_case_has_no_files(ekvik: RuleBook) -> None:
    second = replace(PROMISE, kind=Clock.SECOND_ANSWER)
    found = on_time(case(deadlines=(KEPT, second), secrecy=True), a_book(ekvik, **SINGLE), at("2026-09-18 08:00"))
    [reminder] = [e for e in found if isinstance(e, SendLetter)]
    assert (reminder.facts["is_follow_up"], reminder.files_of) == (True, "")


def test_whoever_hears_instead_of_somebody_away_hears_why(ekvik: RuleBook) -> None:
    found = on_time(case(), a_book(ekvik, **SINGLE), at("2026-09-18 08:00"), **is_away(BO))
    [letter] = [e for e in found if isinstance(e, SendLetter)]
    assert letter.facts["absent"] == Absent(BO, NOW)
    short = on_time(case(), a_book(ekvik, **SINGLE), at("2026-09-18 08:00"), **is_away(BO, date(2026, 9, 21)))
    assert [e.text for e in short if isinstance(e, Note)], "that a reminder was left out stands in the journal"


def test_that_a_reminder_is_in_the_morning_mail_stands_in_the_journal(ekvik: RuleBook) -> None:
    effects = on_time(case(), a_book(ekvik, **MORNING), at("2026-09-18 08:00"))
    assert [(e.kind, e.text) for e in effects if isinstance(e, Note)] == [
        ("reminder", "escalation (officer): told in the morning mail")
    ]


def test_a_promise_is_missed_once_it_is_past_and_a_step_is_taken_once(ekvik: RuleBook) -> None:
    late = at("2026-09-22 08:00")
    effects = on_time(case(), ekvik, late)
    assert [e.kind for e in effects if isinstance(e, MissClock)] == [Clock.ANSWER]
    taken = {key for e in effects if isinstance(e, TakeStep) for key in (e.key, *e.superseded)}
    missed = replace(PROMISE, missed_at=late)
    assert on_time(case(deadlines=(missed,), steps=frozenset(taken)), ekvik, late) == []
    assert not any(isinstance(e, MissClock) for e in on_time(case(), ekvik, at("2026-09-21 23:59")))


def test_a_watched_receipt_is_told_with_its_day_and_an_appeal_with_who_passes_it_on(ekvik: RuleBook) -> None:
    receipt = on_time(case(deadlines=(PROMISE, RECEIPT)), ekvik, at("2026-09-10 08:00"))
    assert [e.facts for e in receipt if isinstance(e, SendLetter)] == [{"receipt_day": date(2026, 9, 9)}]
    appeal = on_time(case(**APPEAL), ekvik, at("2026-09-15 08:00"))
    told = [(e.facts["distributes"], e.facts["again"]) for e in appeal if isinstance(e, SendLetter)]
    assert told == [(True, True), (False, True)]


def test_kop_29_what_is_missing_is_told_when_a_quiet_case_closes(ekvik: RuleBook) -> None:
    effects = on_time(case(**ANSWERED), a_book(ekvik, **QUIET), at("2026-09-29 09:13"))
    [_, alert] = [e for e in effects if isinstance(e, SendLetter)]
    assert alert.facts == {"missing": ("åtgärd",)}
    assert [e.move for e in effects if isinstance(e, ChangeStatus)] == [Move.CLOSE]
    [closed] = [e.changes for e in effects if isinstance(e, SetFields)]
    assert closed == {"closed_at": at("2026-09-29 09:13"), "close_wanted": False}


def test_an_answer_that_waited_reaches_the_joined_matter_too(ekvik: RuleBook) -> None:
    mine = case(leaving=LEAVING, related=(Related(OTHER, How.SAME),))
    theirs = a_case(number=OTHER, deadlines=(PROMISE,), related=(Related(mine.number, How.SAME),))
    found = on_time(mine, ekvik, LEAVING.at, joined={OTHER: theirs})
    assert letters(found) == "answer Anna, answer Anna"


@pytest.mark.parametrize(
    ("early", "waits", "told"),
    [(timedelta(), True, "answer-overdue Bo"), (timedelta(seconds=1), True, ""), (timedelta(), False, "")],
)
def test_an_answer_whose_time_came_while_the_mailbox_was_watched_is_asked_about(
    ekvik: RuleBook, early: timedelta, waits: bool, told: str
) -> None:
    found = on_served_again(case(leaving=LEAVING if waits else None), ekvik, LEAVING.at - early)
    assert letters(found) == told


@pytest.mark.parametrize(
    ("changes", "orders", "officer", "told", "why"),
    [
        pytest.param({"secrecy": True}, (), BO, "echo Bo, echo Rut", "sekretess går aldrig med mejl", id="secret now"),
        pytest.param(
            {"submitter": Submitter("Anna")}, (), BO, "echo Bo, echo Rut", "kan inte nås", id="no address now"
        ),
        pytest.param(
            {}, (Command(Word.WRONG_OFFICER),), BO, "echo Bo, echo Rut", "nuvarande läge (besvarat)", id="no such move"
        ),
        pytest.param({"secrecy": True}, (), REGISTRAR, "echo Rut", "sekretess", id="the registrar's own"),
    ],
)
def test_who_hears_that_an_answer_that_waited_did_not_leave(
    ekvik: RuleBook, changes: dict[str, Any], orders: tuple[Command, ...], officer: str, told: str, why: str
) -> None:
    leaving = replace(LEAVING, orders=(*LEAVING.orders, *orders), officer=officer)
    found = on_time(case(leaving=leaving, **changes), ekvik, LEAVING.at)
    assert letters(found) == told
    for letter in (e for e in found if isinstance(e, SendLetter)):
        assert why in " ".join(letter.facts["left"])
    assert [e.leaving for e in found if isinstance(e, LetGoLater)] == [None]
