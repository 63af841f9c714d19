"""One effect on a case: what it becomes, and that nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from service.core.cases import Case, Clock, Deadline, How, IllegalMove, Move, Pending, Publication, Related, Status
from service.core.effects import (
    AddMessage,
    Ask,
    Assign,
    ChangeStatus,
    Effect,
    Letter,
    MissClock,
    MoveClock,
    NoCase,
    Note,
    OpenCase,
    Relate,
    RememberAbsence,
    RestartClock,
    SendLetter,
    SetFields,
    StartClock,
    StopAddress,
    StopClock,
    TakeStep,
    Unrelate,
)
from service.core.evolve import evolve
from service.core.people.absence import Absent
from service.core.speech.commands import Command, Word
from tests.core.values import ANNA, BO, MARIA, NOW, a_case

LATER = NOW + timedelta(days=14)
FIRST = Deadline(Clock.ANSWER, NOW, LATER)
KEPT = replace(FIRST, met_at=NOW)
SECOND = Deadline(Clock.SECOND_ANSWER, LATER, LATER + timedelta(days=14))
SAME, PART = Related("EKV-26-00002-A", How.SAME), Related("EKV-26-00003-B", How.SPLIT_INTO)
PENDING = Pending((Command(Word.ANSWER, "Lagat."),), BO, "d" * 64, ("n" * 12,), BO)


@pytest.mark.parametrize(
    ("before", "effect", "changes"),
    [
        pytest.param(
            {"thread": ("<0@x>",)},
            AddMessage("follow-up", LATER, "", "<1@x>", from_submitter=True),
            {"thread": ("<0@x>", "<1@x>"), "last_mail_at": LATER},
            id="the submitter's mail is threaded on",
        ),
        pytest.param({}, AddMessage("officer", LATER, "", "<1@x>"), {"last_mail_at": LATER}, id="staff mail is not"),
        pytest.param(
            {}, AddMessage("feedback", LATER, "", "", from_submitter=True), {"last_mail_at": LATER}, id="no Message-ID"
        ),
        pytest.param({}, ChangeStatus(Move.ANSWER, ""), {"status": Status.ANSWERED}, id="status"),
        pytest.param(
            {"proposal": MARIA},
            Assign("va", MARIA, ""),
            {"unit": "va", "officer": MARIA, "proposal": ""},
            id="assigned",
        ),
        pytest.param({}, Assign("va", "", ""), {"unit": "va", "officer": ""}, id="assigned to nobody"),
        pytest.param(
            {},
            SetFields({"measure": "Åtgärdat", "publication": Publication.YES}, ""),
            {"measure": "Åtgärdat", "publication": Publication.YES},
            id="facts",
        ),
        pytest.param({}, Ask(PENDING, ""), {"pending": PENDING}, id="asked"),
        pytest.param({"pending": PENDING}, Ask(None, ""), {"pending": None}, id="asked no longer"),
        pytest.param(
            {"steps": frozenset({"a"})}, TakeStep("c", ("b",), ""), {"steps": frozenset({"a", "b", "c"})}, id="step"
        ),
        pytest.param(
            {"deadlines": (FIRST,)},
            StartClock(Clock.SECOND_ANSWER, SECOND.started_at, SECOND.due_at, ""),
            {"deadlines": (FIRST, SECOND)},
            id="a promise begins",
        ),
        pytest.param({"deadlines": (FIRST,)}, StopClock(Clock.ANSWER, NOW, ""), {"deadlines": (KEPT,)}, id="kept"),
        pytest.param({"deadlines": (KEPT,)}, StopClock(Clock.ANSWER, LATER, ""), {}, id="kept already"),
        pytest.param({"deadlines": (FIRST,)}, StopClock(Clock.RECEIPT, NOW, ""), {}, id="never promised"),
        pytest.param({"deadlines": (KEPT,)}, RestartClock(Clock.ANSWER, ""), {"deadlines": (FIRST,)}, id="runs again"),
        pytest.param({"deadlines": (FIRST,)}, RestartClock(Clock.ANSWER, ""), {}, id="runs already"),
        pytest.param(
            {"deadlines": (KEPT, KEPT, SECOND)},
            RestartClock(Clock.ANSWER, ""),
            {"deadlines": (KEPT, FIRST, SECOND)},
            id="the latest of its kind",
        ),
        pytest.param(
            {"deadlines": (FIRST,)},
            MissClock(Clock.ANSWER, LATER, ""),
            {"deadlines": (replace(FIRST, missed_at=LATER),)},
            id="missed",
        ),
        pytest.param(
            {"deadlines": (replace(FIRST, missed_at=LATER),)},
            StopClock(Clock.ANSWER, LATER, ""),
            {"deadlines": (replace(FIRST, missed_at=LATER, met_at=LATER),)},
            id="kept late",
        ),
        pytest.param(
            {"status": Status.CLOSED, "closed_at": NOW},
            ChangeStatus(Move.REOPEN, ""),
            {"status": Status.ASSIGNED, "closed_at": None},
            id="a case taken up again is not closed any more",
        ),
        pytest.param(
            {"status": Status.ANSWERED, "closed_at": NOW},
            ChangeStatus(Move.CLOSE, ""),
            {"status": Status.CLOSED},
            id="the day of closing stays",
        ),
        pytest.param(
            {"status": Status.ASSIGNED, "closed_at": NOW},
            ChangeStatus(Move.WAIT, ""),
            {"status": Status.WAITING},
            id="a move of an open case leaves a day alone that was set before it",
        ),
        pytest.param(
            {"deadlines": (KEPT, replace(FIRST, missed_at=LATER), SECOND)},
            MoveClock(Clock.ANSWER, SECOND.started_at, SECOND.due_at, ""),
            {"deadlines": (KEPT, Deadline(Clock.ANSWER, SECOND.started_at, SECOND.due_at), SECOND)},
            id="a promise is counted anew, and whether it was missed shows again",
        ),
        pytest.param(
            {"deadlines": (FIRST,)}, MoveClock(Clock.RECEIPT, NOW, LATER, ""), {}, id="counted anew, never promised"
        ),
        pytest.param(
            {"department": "teknik", "committee": "Tekniska nämnden"},
            Assign("skola", MARIA, "", department="skola", committee="Skolnämnden"),
            {"unit": "skola", "officer": MARIA, "department": "skola", "committee": "Skolnämnden"},
            id="assigned to another department",
        ),
        pytest.param(
            {"department": "teknik", "committee": "Tekniska nämnden", "pending": PENDING},
            Assign("va", MARIA, ""),
            {"unit": "va", "officer": MARIA, "pending": None},
            id="assigned within the department: what waited for a yes is void",
        ),
        pytest.param(
            {"related": (SAME, PART)},
            Relate("EKV-26-00002-A", How.SPLIT_FROM, ""),
            {"related": (PART, Related("EKV-26-00002-A", How.SPLIT_FROM))},
            id="related otherwise",
        ),
        pytest.param(
            {"related": (SAME, PART)}, Unrelate("EKV-26-00002-A", ""), {"related": (PART,)}, id="related no longer"
        ),
        pytest.param(
            {"approved": "digest", "text": "Hål."},
            SetFields({"text": "Ett hål."}, ""),
            {"text": "Ett hål.", "approved": ""},
            id="other words than were approved for publication",
        ),
        pytest.param(
            {"approved": "digest"}, SetFields({"type": "beröm"}, ""), {"type": "beröm"}, id="approved words that stay"
        ),
        pytest.param(
            {"approved": "digest", "text": "Hål."},
            SetFields({"text": "Ett hål.", "approved": "another"}, ""),
            {"text": "Ett hål.", "approved": "another"},
            id="other words that are approved with it",
        ),
        pytest.param({}, Note("note", "x"), {}, id="a note"),
        pytest.param({}, SendLetter(Letter.RECEIPT, ANNA, ""), {}, id="a letter"),
        pytest.param({}, NoCase("own", ""), {}, id="no case"),
        pytest.param({}, RememberAbsence(Absent(BO, NOW), ""), {}, id="an absence"),
        pytest.param({}, StopAddress(ANNA, ""), {}, id="a dead address"),
        pytest.param({}, OpenCase(a_case(), ""), {}, id="its opening"),
    ],
)
def test_what_an_effect_makes_of_a_case(before: dict[str, Any], effect: Effect, changes: dict[str, Any]) -> None:
    case: Case = a_case(**before)
    assert evolve(case, effect) == replace(case, **changes)


def test_a_move_that_the_table_lacks_is_refused() -> None:
    with pytest.raises(IllegalMove):
        evolve(a_case(status=Status.CLOSED), ChangeStatus(Move.ANSWER, ""))
