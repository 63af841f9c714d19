"""The journal: what a line says to whoever asks to read it, and which line vouches for a mail's bytes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service.core.cases import Case, Clock, Contact, How, Leaving, Move, Related, Submitter
from service.core.effects import (
    AddMessage,
    Assign,
    ChangeStatus,
    Effect,
    ForgetAbsence,
    LetGoLater,
    MissClock,
    MoveClock,
    NoCase,
    Note,
    OpenCase,
    Relate,
    RememberAbsence,
    RememberObeyed,
    SetFields,
    StartClock,
    TakeStep,
    Unrelate,
)
from service.core.people.absence import Absent
from service.core.rules.rulebook import RuleBook
from service.desk import journal, register, tables
from service.desk.database import Database
from service.desk.journal import Journal, Kept
from tests.core.values import BO, MARIA, NOW, a_case

DUE = NOW + timedelta(days=14)
WINTER = NOW.replace(month=12)
QUESTION = a_case(type="fråga", category="Vägar", late_reason="semester")
OTHERS = (Related("EKV-26-00002-A", How.SAME), Related("EKV-26-00003-B", How.SAME))


@pytest.mark.parametrize(
    ("effect", "line"),
    [
        (AddMessage("follow-up", NOW, "x", actor=BO), ("in:follow-up", BO, "x")),
        (NoCase("bulk", "x"), ("no-case:bulk", "", "x")),
        (ChangeStatus(Move.CLOSE, "x", BO), (f"status:{Move.CLOSE.value}", BO, "x")),
        (Assign("gata", MARIA, "x", BO), ("assigned", BO, f"gata / {MARIA}: x")),
        (Assign("", "", "x"), ("assigned", "", "- / registrar: x")),
        (StartClock(Clock.ANSWER, NOW, DUE, "x"), ("clock:start", "", "answer due 2026-09-21 09:12: x")),
        (MoveClock(Clock.ANSWER, NOW, WINTER, "x"), ("clock:moved", "", "answer due 2026-12-07 08:12: x")),
        (MissClock(Clock.RECEIPT, NOW, "x"), ("clock:missed", "", "receipt: x")),
        (TakeStep("a", (), "x"), ("step", "", "x")),
        (TakeStep("c", ("a", "b"), "x"), ("step", "", "x; 2 earlier passed over")),
        (Relate("EKV-26-00002-A", How.SAME, "x"), ("related", "", f"EKV-26-00002-A {How.SAME.value}: x")),
        (Unrelate("EKV-26-00002-A", "x"), ("unrelated", "", "EKV-26-00002-A: x")),
        (LetGoLater(Leaving((), BO, "", DUE), "x"), ("leaving", BO, "x")),
        (LetGoLater(None, "x"), ("leaving", "", "x")),
        (RememberAbsence(Absent(BO, NOW, date(2026, 9, 10)), "x"), ("absence", BO, "back 2026-09-10: x")),
        (RememberAbsence(Absent(BO, NOW), "x"), ("absence", BO, "back unknown: x")),
        (ForgetAbsence(BO, "x"), ("absence:over", BO, "x")),
        (Note("note", "as it was said", BO), ("note", BO, "as it was said")),
        (RememberObeyed(None), None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_line_says_what_happened_who_did_it_and_why(effect: Effect, line: tuple[str, str, str] | None) -> None:
    assert journal.line_of(effect, QUESTION) == line


@pytest.mark.parametrize(
    ("changes", "was", "told"),
    [
        pytest.param({"type": "klagomål"}, QUESTION, "type=fråga -> klagomål", id="a class with what it was (HJO-42)"),
        pytest.param({"type": "klagomål"}, None, "type=klagomål", id="of a case that begins nothing was before"),
        pytest.param({"type": "fråga"}, QUESTION, "type=fråga", id="the same again"),
        pytest.param({"type": "fråga"}, a_case(), "type=fråga", id="nothing before"),
        pytest.param({"late_reason": "sjukdom"}, QUESTION, "late_reason=sjukdom", id="no class"),
        pytest.param(
            {"type": "klagomål", "category": "Parker"},
            QUESTION,
            "type=fråga -> klagomål, category=Vägar -> Parker",
            id="several",
        ),
        pytest.param({"measure": "å" * tables.BRIEF}, None, f"measure={'å' * tables.BRIEF}", id="whole"),
        pytest.param({"measure": "å" * (tables.BRIEF + 1)}, None, "measure=81 characters", id="too long for a line"),
        pytest.param({"answered_at": DUE}, None, "answered_at=2026-09-21 09:12", id="local time"),
        pytest.param({"related": OTHERS}, None, "related=EKV-26-00002-A, EKV-26-00003-B", id="cases by number"),
        pytest.param({"roads": ("press", "hot")}, None, "roads=press, hot", id="words"),
        pytest.param(
            {"submitter": Submitter("Anna Ek", "anna.ek@example.org", contact=Contact.PHONE)},
            None,
            "submitter=contact phone",
            id="nobody is named",
        ),
    ],
)
def test_a_change_is_told_with_its_reason(changes: dict[str, object], was: Case | None, told: str) -> None:
    line = journal.line_of(SetFields(changes, "Bo Ek says so", BO), was)
    assert line == ("changed", BO, f"{told} (Bo Ek says so)")


KEPT = Kept(7, "a" * 64)


@pytest.mark.parametrize(
    ("written", "case_id", "vouches"),
    [
        pytest.param([(1, "opened"), (1, "in:feedback"), (1, "assigned")], 1, (1, "in:feedback"), id="filed in it"),
        pytest.param([(2, "in:information"), (1, "in:feedback")], 1, (1, "in:feedback"), id="in another one, too"),
        pytest.param([(1, "in:feedback"), (1, "in:again")], 1, (1, "in:feedback"), id="the first of two"),
        pytest.param([(None, "no-case:bulk")], None, (None, "no-case:bulk"), id="in none"),
        pytest.param([(None, "held")], 1, (None, "held"), id="its case is none that a line was written in"),
        pytest.param([(1, "changed")], 1, (1, "in"), id="no line says so: there is one more"),
    ],
)
def test_one_line_vouches_for_the_bytes_of_a_mail(
    database: Database,
    ekvik: RuleBook,
    written: list[tuple[int | None, str]],
    case_id: int | None,
    vouches: tuple[int | None, str],
) -> None:
    with database.transaction() as s:
        lines = Journal("ekvik", NOW)
        for _ in range(2):
            register.apply(s, None, [OpenCase(a_case(number=""), "new")], ekvik, lines)
        for case, kind in written:
            lines.add(case, kind, "x")
        lines.vouch(KEPT, case_id)
        lines.write(s)
        told = s.execute(_VOUCHING).all()
    assert [tuple(line) for line in told] == [(*vouches, KEPT.sha256)]


def test_two_mails_of_one_transaction_have_a_line_each(database: Database) -> None:
    other = Kept(8, "b" * 64)
    with database.transaction() as s:
        lines = Journal("ekvik", NOW)
        for kind, kept in (("in:feedback", KEPT), ("in:again", other)):
            lines.add(None, kind, "x")
            lines.vouch(kept, None)
        lines.write(s)
        told = s.execute(select(tables.journal.c.kind, tables.journal.c.message).order_by(tables.journal.c.id)).all()
    assert [tuple(line) for line in told] == [("in:feedback", KEPT.row), ("in:again", other.row)]


_VOUCHING = select(tables.journal.c.case_id, tables.journal.c.kind, tables.journal.c.document).where(
    tables.journal.c.message == KEPT.row
)
