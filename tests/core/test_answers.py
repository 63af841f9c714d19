"""An answer leaves, is written down, waits or is lost: what the case and its writer learn of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service.core.cases import Case, Clock, Contact, Deadline, Pending, Publication, Status, Submitter
from service.core.decide.answers import (
    answer_lost,
    begins,
    close,
    give_answer,
    reached_again,
    register_answer,
    what_is_missing,
)
from service.core.decide.incoming import Plan
from service.core.effects import Ask, RestartClock, SendLetter, StopClock
from service.core.rules.choices import Road
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from tests.core.values import ANNA, BO, NOW, REGISTRAR, a_book, a_case

TEXT = "Hålet är lagat."
PROMISE = Deadline(Clock.ANSWER, NOW - timedelta(days=7), NOW + timedelta(days=7))
KEPT = Deadline(Clock.ANSWER, NOW - timedelta(days=7), NOW + timedelta(days=7), met_at=NOW)
BY_LETTER = Submitter("Anna Ek", address="Storgatan 1", contact=Contact.LETTER)
BY_PHONE = Submitter("Anna Ek", phone="070-1", contact=Contact.PHONE)
WAITING = Pending((Command(Word.CLOSE),), BO, "d" * 64, ("0123456789ab",), BO)


def answered(book: RuleBook, text: str = TEXT, **case: Any) -> Plan:
    plan = Plan(a_case(**{"deadlines": (PROMISE,)} | case), book, NOW, BO)
    give_answer(plan, text, BO, "d" * 64)
    return plan


def letters(plan: Plan) -> list[tuple[str, str]]:
    return [(effect.template_name, effect.to) for effect in plan.effects if isinstance(effect, SendLetter)]


@pytest.mark.parametrize(
    ("case", "left"),
    [
        pytest.param({}, True, id="the first"),
        pytest.param({"answered_at": NOW, "answer": TEXT, "deadlines": (KEPT,)}, False, id="the same words again"),
        pytest.param({"answered_at": NOW, "answer": TEXT.upper(), "deadlines": (KEPT,)}, False, id="in other letters"),
        pytest.param({"answered_at": NOW, "answer": "Vi ser på det.", "deadlines": (KEPT,)}, True, id="other words"),
        pytest.param({"answered_at": NOW, "answer": TEXT}, True, id="the same words, while an answer is owed"),
    ],
)
def test_the_same_answer_is_not_sent_twice(ekvik: RuleBook, case: dict[str, Any], left: bool) -> None:
    plan = answered(ekvik, **case)
    assert (("answer", ANNA) in letters(plan)) is left
    assert ("redan skickat" in " ".join(plan.left)) is not left


@pytest.mark.parametrize(
    ("case", "told", "done", "is_answered"),
    [
        pytest.param({}, ("answer", ANNA), "skickat till Anna Ek", True, id="by mail"),
        pytest.param({"submitter": BY_PHONE}, ("post-answer", REGISTRAR), "på telefon", True, id="by telephone"),
        pytest.param({"submitter": Submitter()}, None, "antecknat", True, id="nobody to reach"),
        pytest.param({"secrecy": True}, None, "", False, id="secret"),
    ],
)
def test_which_road_an_answer_takes(
    ekvik: RuleBook, case: dict[str, Any], told: tuple[str, str] | None, done: str, is_answered: bool
) -> None:
    plan = answered(ekvik, **case)
    assert [letter for letter in letters(plan) if letter[1] in {ANNA, REGISTRAR}][:1] == ([told] if told else [])
    assert done in " ".join(plan.done)
    assert (plan.case.answered_at, plan.case.answer) == ((NOW, TEXT) if is_answered else (None, ""))
    assert any(isinstance(effect, StopClock) for effect in plan.effects) is is_answered


def test_an_answer_is_a_persons_mail_and_passes_no_gate(ekvik: RuleBook) -> None:
    letter = next(effect for effect in answered(ekvik, "Hej!\nLagat.").effects if isinstance(effect, SendLetter))
    assert not letter.automatic
    assert letter.files_of == "d" * 64
    assert dict(letter.facts) == {"answer": "Hej!\nLagat.", "officer_address": BO, "again": False, "greets": True}


@pytest.mark.parametrize(
    ("case", "closes", "measure"),
    [
        pytest.param({"withdrawn_at": NOW}, True, "Återkallad", id="taken back: nothing more is asked"),
        pytest.param({"withdrawn_at": NOW, "answered_at": NOW}, False, "", id="taken back after an answer"),
        pytest.param({"secrecy": True, "measure": "Åtgärdat"}, True, "Åtgärdat", id="secret"),
        pytest.param({"measure": "Åtgärdat"}, False, "Åtgärdat", id="not answered"),
    ],
)
def test_s40_what_is_asked_before_a_case_is_closed(
    ekvik: RuleBook, case: dict[str, Any], closes: bool, measure: str
) -> None:
    book = a_book(ekvik, close={"mode": "on_command", "require": ["measure"]}, measures=["Åtgärdat"])
    plan = Plan(a_case(**case), book, NOW, BO)
    close(plan)
    assert (plan.case.status is Status.CLOSED, plan.case.measure) == (closes, measure)
    assert bool(plan.left) is not closes


@pytest.mark.parametrize(
    ("case", "said"),
    [
        pytest.param({}, "saknas ett svar och åtgärd. Svara med #SVAR och #ÅTGÄRD.", id="an answer"),
        pytest.param({"answered_at": NOW}, "saknas åtgärd. Svara med #ÅTGÄRD.", id="answered"),
        pytest.param({"submitter": Submitter()}, "saknas åtgärd. Svara med #ÅTGÄRD.", id="nobody waits"),
        pytest.param({"to_post_since": NOW, "measure": "Lagat"}, "saknas att brevet är postat.", id="a letter to post"),
        pytest.param({"answered_at": NOW, "measure": "Lagat"}, "", id="nothing"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(ekvik: RuleBook, case: dict[str, Any], said: str) -> None:
    book = a_book(ekvik, close={"mode": "on_command", "require": ["measure"]})
    found = what_is_missing(a_case(**case), book)
    assert said in found
    assert bool(said) is bool(found)


def test_spa_20_an_answer_by_letter_is_none_before_it_is_posted(ekvik: RuleBook) -> None:
    plan = answered(ekvik, submitter=BY_LETTER, pending=WAITING)
    case = plan.case
    assert (case.answer, case.answered_at, case.to_post_since, case.letter_by) == (TEXT, None, NOW, BO)
    assert case.status is Status.WAITING
    assert case.pending is None
    assert "#BREV POSTAT" in " ".join(plan.left)
    assert not any(isinstance(effect, StopClock) for effect in plan.effects)
    close(plan)
    assert (plan.case.status, plan.case.close_wanted) == (Status.WAITING, True)


def test_an_answer_ends_what_was_told_of_a_delay(ekvik: RuleBook) -> None:
    plan = answered(ekvik, delayed_to=(NOW + timedelta(days=20)).date(), pending=WAITING)
    assert (plan.case.delayed_to, plan.case.status) == (None, Status.ANSWERED)
    assert any(isinstance(effect, Ask) and effect.pending is None for effect in plan.effects)


@pytest.mark.parametrize(("after", "is_late"), [(timedelta(0), False), (timedelta(seconds=1), True)])
@pytest.mark.parametrize("reason", ["", "Väntade på asfalt"])
def test_hjo_26_a_late_answer_wants_its_reason(ekvik: RuleBook, after: timedelta, is_late: bool, reason: str) -> None:
    plan = Plan(a_case(deadlines=(PROMISE,), late_reason=reason), ekvik, NOW)
    register_answer(plan, TEXT, BO, PROMISE.due_at + after, "answered")
    assert ("#FÖRSENAD" in " ".join(plan.left)) is (is_late and not reason)


@pytest.mark.parametrize(
    ("status", "officer", "becomes"),
    [
        (Status.CLOSED, BO, Status.ASSIGNED),
        (Status.CLOSED, "", Status.TRIAGE),
        (Status.ANSWERED, BO, Status.ANSWERED),
    ],
)
def test_s21_an_answer_that_was_lost_opens_a_closed_case(
    ekvik: RuleBook, status: Status, officer: str, becomes: Status
) -> None:
    closed_at = NOW if status is Status.CLOSED else None
    case = a_case(status=status, officer=officer, answered_at=NOW, closed_at=closed_at, deadlines=(KEPT,))
    plan = Plan(case, ekvik, NOW)
    answer_lost(plan, "it came back")
    assert (plan.case.status, plan.case.closed_at) == (becomes, None)
    assert [effect.kind for effect in plan.effects if isinstance(effect, RestartClock)] == [Clock.ANSWER]
    reached_again(plan, "it has left again")
    assert (plan.case.status, plan.case.answered_at, plan.case.last_mail_at) == (Status.ANSWERED, NOW, NOW)
    assert plan.case.running is None


def _closable(**changes: Any) -> Case:
    facts = {"status": Status.ANSWERED, "answered_at": NOW, "type": "klagomål", "category": "2", "measure": "Åtgärdat"}
    return a_case(**facts | {"publication": Publication.NO, "process": "synpunkt"} | changes)


@pytest.mark.parametrize(
    ("case", "notify", "told"),
    [
        pytest.param(_closable(), True, [("closing", ANNA)], id="by mail"),
        pytest.param(_closable(), False, [], id="where the routine tells nobody"),
        pytest.param(_closable(secrecy=True), True, [], id="a secret case"),
        pytest.param(_closable(roads=(Road.APPEAL,)), True, [], id="an appeal"),
        pytest.param(_closable(submitter=Submitter()), True, [], id="nobody to tell"),
    ],
)
def test_c08_who_hears_that_a_case_is_closed(
    ekvik: RuleBook, case: Case, notify: bool, told: list[tuple[str, str]]
) -> None:
    settings = {"mode": "on_command", "notify": notify, "require": []}
    plan = Plan(case, a_book(ekvik, close=settings), NOW, BO)
    close(plan)
    assert plan.case.status is Status.CLOSED
    assert letters(plan) == told


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hej Anna!\nHålet är lagat.", "Hålet är lagat."),
        ("Hej Anna, hålet är lagat och vi lägger ny asfalt på fredag.", "Hej Anna, hålet är lagat"),
        ("Hej Anna, hålet är lagat och vi lägger ny asfalt på fredag.\nVi hörs.", "Hej Anna, hålet är lagat"),
        ("Hej!", "Hej!"),
        ("---\nHålet är lagat.", "”Hålet är lagat."),
        ("👍", "”👍”"),
    ],
)
def test_how_an_answer_begins(text: str, shown: str) -> None:
    assert shown in begins(text)
