"""What an automatic reply of a colleague is remembered as, when a registrar is asked, what ends an absence (S17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from service.core.cases import Clock, Deadline, Status
from service.core.decide import Incoming, absences
from service.core.decide.incoming import Plan
from service.core.effects import AskStanding, Effect, Elsewhere, RememberAbsence, SendLetter
from service.core.mail import Absence
from service.core.message import Kind
from service.core.people.absence import EVERYBODY_IS_IN, Absent, Away, Cause
from service.core.people.origin import Arrival, Word
from service.core.people.proof import UNPROVEN, Proof, Strength
from service.core.people.tokens import make_message_id
from service.core.rules.rulebook import RuleBook
from service.core.verdict import Context, Role, Verdict
from tests.core.test_deeds_settled import SARA
from tests.core.values import BO, MARIA, NOW, NUMBER, REGISTRAR, SECRET, a_book, a_case, a_mail, at

TODAY = date(2026, 9, 7)
SOON, LATE = date(2026, 9, 9), date(2026, 10, 3)
DUE = a_case(deadlines=(Deadline(Clock.ANSWER, NOW, at("2026-09-21 23:59:59")),))
KNOWN = Absent(BO, NOW - timedelta(days=1), SOON, substitute=SARA, proven=False, asked=("EKV-26-00002-E",))


def a_reply(book: RuleBook, told: Absence | None, known: Absent | None = None, **verdict: Any) -> Incoming:
    """Bo's mail system answers, or he does; he has one case, which is due on 21 September."""
    kind = Kind.AUTO_REPLY if told else Kind.REPLY
    away = Away.of_all([known]) if known else EVERYBODY_IS_IN
    read = Verdict(**{"role": Role.MACHINE, "because": "it says so"} | verdict)
    message = a_mail(BO, "Borta", kind=kind, absence=told)
    return Incoming(message, read, Context(away=away, cases=(DUE,)), book, Arrival(NOW, ""), NOW, TODAY)


def flat(effects: list[Effect]) -> list[Effect]:
    """Those of no case among them."""
    return [each for e in effects for each in (e.effects if isinstance(e, Elsewhere) else (e,))]


@pytest.mark.parametrize(
    ("until", "known", "asks"),
    [
        pytest.param(LATE, None, True, id="nothing was known"),
        pytest.param(None, None, True, id="nobody says how long"),
        pytest.param(SOON, None, False, id="a short one"),
        pytest.param(LATE, KNOWN, True, id="longer than was known"),
        pytest.param(LATE, replace(KNOWN, until=LATE), False, id="as was known"),
        pytest.param(LATE, replace(KNOWN, until=None), False, id="it was to last anyhow"),
        pytest.param(None, KNOWN, False, id="no day any longer"),
        pytest.param(LATE, replace(KNOWN, until=None, cause=Cause.BOUNCE), True, id="the address failed before"),
    ],
)
def test_s17_when_a_registrar_is_asked(ekvik: RuleBook, until: date | None, known: Absent | None, asks: bool) -> None:
    effects = flat(absences.on_reply(a_reply(ekvik, Absence(until), known), None))
    assert [e.to for e in effects if isinstance(e, SendLetter)] == ([REGISTRAR] if asks else [])
    assert any(isinstance(e, AskStanding) for e in effects) is asks
    assert [e.absent.until for e in effects if isinstance(e, RememberAbsence)] == [until]


def test_s17_an_absence_that_is_over_is_none(ekvik: RuleBook) -> None:
    assert absences.on_reply(a_reply(ekvik, Absence(TODAY)), None) == []


@pytest.mark.parametrize(
    ("known", "said", "named", "expected"),
    [
        (None, Word.NOTHING, None, Absent(BO, NOW, SOON, proven=False)),
        (None, Word.PASS, MARIA, Absent(BO, NOW, SOON, substitute=MARIA)),
        (None, Word.PASS, "kusin@example.org", Absent(BO, NOW, SOON)),
        (KNOWN, Word.NOTHING, None, replace(KNOWN, substitute="")),
        (KNOWN, Word.PASS, MARIA, replace(KNOWN, substitute=MARIA, proven=True)),
        (replace(KNOWN, proven=True, until=None), Word.NOTHING, SARA, replace(KNOWN, proven=True)),
    ],
)
def test_s17_what_is_remembered(
    ekvik: RuleBook, known: Absent | None, said: Word, named: str | None, expected: Absent
) -> None:
    """What was known and asked before stays; how long and who stands in is as the last reply says."""
    effects = absences.on_reply(a_reply(ekvik, Absence(SOON, named), known, said=said), None)
    assert effects == [RememberAbsence(expected, "an automatic reply")]


@pytest.mark.parametrize(
    ("known", "verdict", "ends"),
    [
        (KNOWN, {"role": Role.OFFICER, "proof": Proof(Strength.TOKEN)}, True),
        (KNOWN, {"role": Role.NEW, "proof": UNPROVEN, "said": Word.PASS}, True),
        (KNOWN, {"role": Role.OFFICER, "proof": UNPROVEN}, False),
        (KNOWN, {"role": Role.UNPROVEN_STAFF, "proof": Proof(Strength.TOKEN)}, False),
        (KNOWN, {"role": Role.MACHINE, "said": Word.PASS}, False),
        (None, {"role": Role.OFFICER, "proof": Proof(Strength.TOKEN)}, False),
    ],
)
def test_s17_whoever_writes_is_back(ekvik: RuleBook, known: Absent | None, verdict: dict[str, Any], ends: bool) -> None:
    found = absences.on_presence(a_reply(ekvik, None, known, **verdict))
    assert [e.absent.until for e in found if isinstance(e, RememberAbsence)] == ([TODAY] if ends else [])


@pytest.mark.parametrize(
    ("kind", "case", "moved"),
    [
        pytest.param("assignment", {}, True, id="in answer to its assignment"),
        pytest.param("reminder", {}, False, id="in answer to another letter"),
        pytest.param("", {}, True, id="in answer to nothing"),
        pytest.param("assignment", {"secrecy": True}, False, id="a secret case"),
        pytest.param("assignment", {"status": Status.ANSWERED}, False, id="an answered case"),
        pytest.param("assignment", {"officer": SARA}, False, id="somebody else's case"),
    ],
)
def test_s17_a_new_case_goes_to_the_substitute_at_once_where_nobody_wants_to_be_asked(
    ekvik: RuleBook, kind: str, case: dict[str, Any], moved: bool
) -> None:
    book = a_book(ekvik, absence="auto")
    mine = replace(DUE, **case)
    came = a_reply(book, Absence(LATE), said=Word.PASS)
    letter = make_message_id(SECRET, kind, NUMBER, "0123456789ab", BO, "ekvik.example") if kind else None
    message = replace(came.message, in_reply_to=letter)
    came = replace(came, message=message, ctx=replace(came.ctx, case=mine, cases=(), secret=SECRET))
    plan = Plan(mine, book, NOW)
    [remembered] = [e for e in absences.on_reply(came, plan) if isinstance(e, RememberAbsence)]
    assert remembered.absent.handed == ({NUMBER: MARIA} if moved else {})
    assert plan.case.officer == (MARIA if moved else mine.officer)


@pytest.mark.parametrize(("to", "proven"), [(BO, True), (MARIA, False), ("", False)])
def test_s17_a_letter_of_ours_that_is_answered_vouches_for_the_absence(ekvik: RuleBook, to: str, proven: bool) -> None:
    """Where the own server says nothing, the reply names a letter that was sent to this very colleague."""
    came = a_reply(ekvik, Absence(SOON))
    letter = make_message_id(SECRET, "assignment", NUMBER, "0123456789ab", to, "ekvik.example") if to else None
    came = replace(came, message=replace(came.message, in_reply_to=letter), ctx=replace(came.ctx, secret=SECRET))
    [remembered] = [e for e in absences.on_reply(came, None) if isinstance(e, RememberAbsence)]
    assert remembered.absent.proven is proven
