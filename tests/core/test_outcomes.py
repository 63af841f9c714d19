"""What becomes of a case when a letter was taken, refused or lost on its way, and what a refusal says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from service.core.calendar.deadlines import receipt_steps
from service.core.cases import Case, Clock, Deadline, Status
from service.core.decide.incoming import Plan, SentLetter
from service.core.decide.outcomes import (
    is_about_address,
    is_about_files,
    is_dead_address,
    on_lost,
    on_refused,
    on_sent,
    on_uncertain,
    on_withheld,
)
from service.core.decide.unwritten import on_unwritten
from service.core.effects import (
    Effect,
    LeaveFilesOut,
    Letter,
    Note,
    PassOn,
    RestartClock,
    SendLetter,
    SetFields,
    StartClock,
    StopAddress,
    StopClock,
    TakeStep,
)
from service.core.rules.rulebook import RuleBook
from tests.core.values import ANNA, BO, NOW, NUMBER, REGISTRAR, a_case, at

PROMISE = Deadline(Clock.RECEIPT, at("2026-09-07 09:12"), at("2026-09-09 23:59:59"))
KEPT = replace(PROMISE, met_at=NOW)
GRANNE = "granne@example.org"


@pytest.mark.parametrize(
    ("reply", "address_is_dead", "files", "address"),
    [
        ("550 5.1.1 User unknown", True, False, True),
        ("550 5.1.10 Recipient not found", True, False, True),
        ("550 5.1.8 Sender's address is bad", False, False, True),
        ("5.2.2 mailbox full", False, False, True),
        ("552 5.2.2 mailbox full", False, False, True),
        ("552 5.1.1 no such user", True, False, True),
        ("552 too much", False, True, False),
        ("552-5.3.4 too much", False, True, False),
        ("5.2.3 too long for this mailbox", False, True, False),
        ("5.3.4 too big for this system", False, True, False),
        ("5.6.1 media not supported", False, True, False),
        ("554 5.7.1 executable files are not taken", False, True, False),
        ("554 message size exceeds limit", False, True, False),
        ("554 virus found", False, True, False),
        ("554 5.7.1 no", False, False, False),
        ("554 no", False, False, True),
        ("451 4.4.2 timed out", False, False, True),
        ("451 4.7.1 greylisted", False, False, False),
        ("450 4.2.0 try later", False, False, True),
        ("", False, False, True),
    ],
)
def test_what_a_refusal_is_about(reply: str, address_is_dead: bool, files: bool, address: bool) -> None:
    assert (is_dead_address(reply), is_about_files(reply), is_about_address(reply)) == (address_is_dead, files, address)


@pytest.mark.parametrize(
    ("case", "kind", "to", "kept"),
    [
        pytest.param({"deadlines": (PROMISE,)}, "receipt", ANNA, True, id="the receipt has left"),
        pytest.param({"deadlines": (PROMISE,)}, "receipt", GRANNE, False, id="a stranger's"),
        pytest.param({"deadlines": (PROMISE,)}, "answer", ANNA, False, id="another letter"),
        pytest.param({"deadlines": (KEPT,)}, "receipt", ANNA, False, id="kept already"),
        pytest.param({}, "receipt", ANNA, False, id="nothing was promised"),
        pytest.param({"deadlines": (PROMISE,), "receipt_sent_at": NOW}, "receipt", ANNA, False, id="a second one"),
    ],
)
def test_the_promise_of_a_receipt_is_kept_by_the_receipt(case: dict[str, Any], kind: str, to: str, kept: bool) -> None:
    effects = on_sent(a_case(**case), kind, to, NOW)
    assert [type(effect) for effect in effects] == ([StopClock, SetFields] if kept else [])


@pytest.mark.parametrize(
    ("to", "is_repeated", "told"), [(ANNA, False, [REGISTRAR]), (ANNA, True, []), (REGISTRAR, False, [])]
)
def test_what_is_not_sent_again_the_registrar_finds_out(
    ekvik: RuleBook, to: str, is_repeated: bool, told: list[str]
) -> None:
    effects = on_uncertain(a_case(), "receipt", to, ekvik, NOW, is_repeated=is_repeated)
    letters = [effect for effect in effects if isinstance(effect, SendLetter)]
    assert [(letter.template_name, letter.to, dict(letter.facts)) for letter in letters] == [
        ("uncertain", who, {"letter": "receipt", "failed": to}) for who in told
    ]
    [note] = [effect for effect in effects if isinstance(effect, Note)]
    assert ("once more in an hour" in note.text) is is_repeated


ANSWERED = {"status": Status.ANSWERED, "answered_at": NOW}
OWED = Deadline(Clock.ANSWER, NOW, NOW + timedelta(days=14))


@pytest.mark.parametrize(
    ("case", "kind", "is_watched", "effect"),
    [
        pytest.param({"deadlines": (PROMISE,)}, "receipt", True, StopClock, id="a receipt: nobody is alerted"),
        pytest.param({"deadlines": (KEPT,)}, "receipt", True, None, id="a receipt that had left"),
        pytest.param({}, "receipt", True, None, id="no receipt was promised"),
        pytest.param({"deadlines": (PROMISE,)} | ANSWERED, "answer", True, None, id="an answer in a watched case"),
        pytest.param(
            {"deadlines": (replace(OWED, met_at=NOW),)} | ANSWERED,
            "answer",
            False,
            RestartClock,
            id="in one from before",
        ),
        pytest.param({"deadlines": (OWED,)} | ANSWERED, "answer", False, None, id="owed already"),
        pytest.param({"deadlines": (OWED,)}, "answer", False, None, id="never answered"),
        pytest.param({"deadlines": (replace(OWED, met_at=NOW),)} | ANSWERED, "handover", False, None, id="no answer"),
    ],
)
def test_what_becomes_of_a_letter_that_is_withheld(
    ekvik: RuleBook, case: dict[str, Any], kind: str, is_watched: bool, effect: type[Effect] | None
) -> None:
    effects = on_withheld(a_case(**case), kind, ekvik, NOW, is_watched=is_watched)
    assert [type(each) for each in effects] == ([effect] if effect else [])


def lost(
    book: RuleBook, case: Case, kind: Letter, to: str = ANNA, reply: str = "", now: datetime = NOW, **letter: Any
) -> list[Effect]:
    plan = Plan(case, book, now)
    on_lost(plan, SentLetter(kind, to, NUMBER, "<1@ekvik.example>", **letter), reply)
    return plan.effects


def told(effects: list[Effect]) -> list[tuple[str, str]]:
    return [(effect.template_name, effect.to) for effect in effects if isinstance(effect, SendLetter)]


@pytest.mark.parametrize(
    ("kind", "letter", "reply", "wanted"),
    [
        pytest.param(
            Letter.ANSWER,
            {"has_files": True, "writer": BO},
            "552 too big",
            ["LeaveFilesOut", ("answer-without-files", BO)],
            id="its files",
        ),
        pytest.param(Letter.ANSWER, {"has_files": True}, "552 too big", ["LeaveFilesOut"], id="nobody to tell of it"),
        pytest.param(
            Letter.ASSIGNMENT, {"has_files": True, "writer": BO}, "552 too big", ["LeaveFilesOut"], id="a work letter's"
        ),
        pytest.param(Letter.ASSIGNMENT, {"has_files": True}, "5.1.1 unknown", ["PassOn"], id="no matter of the files"),
        pytest.param(Letter.HANDOVER, {}, "552 too big", [("bounce", REGISTRAR)], id="too big, and without files"),
        pytest.param(Letter.HANDOVER, {}, "5.1.1 unknown", ["StopAddress", ("bounce", REGISTRAR)], id="a dead address"),
        pytest.param(Letter.HANDOVER, {}, "5.2.2 full", [("bounce", REGISTRAR)], id="a full mailbox"),
        pytest.param(
            Letter.HANDOVER, {"to": BO}, "5.1.1 unknown", [("bounce", REGISTRAR)], id="staff are not given up"
        ),
        pytest.param(
            Letter.ANSWER, {"writer": BO}, "5.2.2 full", [("answer-lost", BO), ("bounce", REGISTRAR)], id="an answer"
        ),
        pytest.param(Letter.ANSWER, {"writer": REGISTRAR}, "5.2.2 full", [("bounce", REGISTRAR)], id="told once"),
        pytest.param(Letter.ANSWER, {}, "5.2.2 full", [("bounce", REGISTRAR)], id="an answer of nobody's"),
    ],
)
def test_s21_who_hears_of_a_lost_letter(
    ekvik: RuleBook, kind: Letter, letter: dict[str, Any], reply: str, wanted: list[Any]
) -> None:
    effects = lost(ekvik, a_case(), kind, letter.pop("to", ANNA), reply, **letter)
    kinds = {LeaveFilesOut: "LeaveFilesOut", PassOn: "PassOn", StopAddress: "StopAddress"}
    assert [kinds[type(effect)] for effect in effects if type(effect) in kinds] + told(effects) == wanted


def test_s21_whoever_hears_of_it_hears_which_letter_and_why(ekvik: RuleBook) -> None:
    *_, letter = lost(ekvik, a_case(), Letter.HANDOVER, ANNA, "5.2.2 full")
    assert isinstance(letter, SendLetter)
    assert dict(letter.facts) == {"letter": "handover", "failed": ANNA, "status": "5.2.2 full"}


@pytest.mark.parametrize(
    ("to", "sent", "later", "is_taken", "runs_again", "taken"),
    [
        pytest.param(ANNA, NOW, timedelta(days=-1), False, True, 0, id="it is owed again"),
        pytest.param(ANNA, NOW, timedelta(seconds=-1), False, True, 0, id="before the registrar would hear"),
        pytest.param(ANNA, NOW, timedelta(0), False, True, 1, id="told once, this very morning"),
        pytest.param(ANNA, NOW, timedelta(0), True, True, 0, id="told before"),
        pytest.param(ANNA, None, timedelta(0), True, False, 0, id="it was never sent"),
        pytest.param(GRANNE, NOW, timedelta(0), False, False, 0, id="a stranger's"),
    ],
)
def test_s21_a_receipt_that_was_lost_is_owed_again(
    ekvik: RuleBook,
    to: str,
    sent: datetime | None,
    later: timedelta,
    is_taken: bool,
    runs_again: bool,
    taken: int,
) -> None:
    """later: than the instant at which the registrar would hear that the receipt has not gone out."""
    [watch] = receipt_steps(a_case(deadlines=(PROMISE,)), ekvik)
    steps = frozenset({watch.key} if is_taken else ())
    case = a_case(deadlines=(KEPT if sent else PROMISE,), receipt_sent_at=sent, steps=steps)
    effects = lost(ekvik, case, Letter.RECEIPT, to, "5.2.2 full", watch.at + later)
    again = {"receipt_sent_at": None}
    assert any(isinstance(e, RestartClock) and e.kind is Clock.RECEIPT for e in effects) is runs_again
    assert any(isinstance(e, SetFields) and e.changes == again for e in effects) is runs_again
    assert sum(isinstance(e, TakeStep) for e in effects) == taken
    assert told(effects) == [("bounce", REGISTRAR)]


def test_another_lost_letter_says_nothing_of_the_receipt(ekvik: RuleBook) -> None:
    [watch] = receipt_steps(a_case(deadlines=(PROMISE,)), ekvik)
    effects = lost(ekvik, a_case(deadlines=(PROMISE,)), Letter.HANDOVER, ANNA, "5.2.2 full", watch.at)
    assert not any(isinstance(effect, TakeStep) for effect in effects)


def test_s21_an_answer_that_was_lost_is_owed_again(ekvik: RuleBook) -> None:
    promise = Deadline(Clock.ANSWER, NOW, NOW + timedelta(days=14), met_at=NOW)
    case = a_case(status=Status.ANSWERED, answered_at=NOW, answer="Lagat.", deadlines=(promise,))
    effects = lost(ekvik, case, Letter.ANSWER, reply="5.2.2 full")
    assert any(isinstance(e, RestartClock) and e.kind is Clock.ANSWER for e in effects)
    assert not any(isinstance(e, RestartClock) for e in lost(ekvik, case, Letter.HANDOVER, reply="5.2.2 full"))


@pytest.mark.parametrize(
    ("kind", "to", "is_told"),
    [
        (Letter.REFERRAL, ANNA, True),
        (Letter.REFUSAL, ANNA, True),
        (Letter.DELAY, ANNA, True),
        (Letter.RECEIPT, ANNA, False),  # the ladder tells
        (Letter.CLOSING, ANNA, False),
        (Letter.REFERRAL, GRANNE, False),
    ],
)
def test_the_registrar_hears_of_what_nobody_can_be_written(
    ekvik: RuleBook, kind: Letter, to: str, is_told: bool
) -> None:
    alert = on_unwritten(a_case(), SendLetter(kind, to, "whatever"), ekvik)
    facts = {"letter": kind, "failed": to, "status": ""}
    assert alert == (
        SendLetter(Letter.ALERT, REGISTRAR, "a mail of ours was not written", "bounce", facts) if is_told else None
    )


def test_s21_an_answer_that_was_lost_is_owed_where_nothing_had_been_promised(ekvik: RuleBook) -> None:
    """The case belonged to others and was closed as it came in; somebody answered it all the same."""
    case = a_case(status=Status.CLOSED, closed_at=NOW, answered_at=NOW, answer="Lagat.", deadlines=())
    effects = lost(ekvik, case, Letter.ANSWER, reply="5.2.2 full")
    [begun] = [e for e in effects if isinstance(e, StartClock)]
    assert (begun.kind, begun.started_at) == (Clock.SECOND_ANSWER, NOW)


@pytest.mark.parametrize(("kind", "passed_on"), [(Letter.DIGEST, True), (Letter.RECEIPT, False)])
def test_a_refused_letter_about_no_case_is_passed_on_where_it_is_work(
    ekvik: RuleBook, kind: Letter, passed_on: bool
) -> None:
    letter = SentLetter(kind, BO, "", "<1@ekvik.example>")
    assert on_refused(None, letter, "550 no", ekvik, NOW) == (
        [PassOn("<1@ekvik.example>", "550 no")] if passed_on else []
    )
