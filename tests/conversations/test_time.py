"""Nobody answers: reminders and the ladder, each step once, in office hours, never to the one who is late."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.core.cases import Clock, Status
from service.core.rules.choices import CloseMode
from service.core.rules.municipality import EscalationStep
from service.core.rules.rulebook import RuleBook
from service.desk import register
from service.desk.database import Database
from tests.conversations.conftest import MONDAY
from tests.conversations.town import ANNA, BO, EVA, MARIA, REGISTRAR, STOCKHOLM, Town

pytestmark = pytest.mark.databases("sqlite", "postgresql")

HOLE = "Det är ett stort hål i asfalten på Storgatan."


def log(town: Town, until: str) -> list[tuple[str, str, str]]:
    """Everything that leaves until then, with its local time."""
    start = len(town.sent)
    town.waits_until(until)
    return [(f"{x.at:%m-%d %H:%M}", x.kind, x.to) for x in town.sent[start:]]


def test_the_whole_ladder_of_a_silent_officer(town: Town) -> None:
    """SPA-32, HJO-37: reminders before the day, escalation after it, on working days in office hours, each once."""
    town.writes(ANNA, HOLE)
    assert log(town, "2026-10-07 12:00") == [
        ("09-15 07:30", "reminder", BO),  # five working days have passed: Tuesday the sixth
        ("09-18 07:30", "reminder", BO),  # one working day before Monday 21 September
        ("09-22 07:30", "reminder", BO),
        ("09-22 07:30", "escalation", MARIA),
        ("09-24 07:30", "escalation", EVA),  # twelve working days have passed
        ("09-24 07:30", "escalation", REGISTRAR),
        ("10-01 07:30", "escalation", EVA),
        ("10-01 07:30", "escalation", REGISTRAR),
    ]
    promise = town.case().deadline(Clock.ANSWER)
    assert promise
    assert promise.missed_at == promise.due_at


def test_after_a_month_asleep_only_the_present_step(town: Town) -> None:
    """A daemon that slept takes the step of today, and the journal names those it passed over."""
    town.writes(ANNA, HOLE)
    town.news()
    town.now = datetime(2026, 10, 8, 10, 0, tzinfo=STOCKHOLM)
    town.looks_at_the_clock()
    assert town.news() == [("escalation", EVA), ("escalation", REGISTRAR)]
    town.looks_at_the_clock()
    assert town.news() == []
    assert any("passed over" in text for kind, text in town.journal() if kind == "step")


def test_nothing_leaves_at_night_or_on_a_sunday(town: Town) -> None:
    """Escalations wait for office hours."""
    town.writes(ANNA, HOLE)
    town.news()
    town.now = datetime(2026, 9, 27, 12, 0, tzinfo=STOCKHOLM)
    town.looks_at_the_clock()
    assert town.news() == []
    town.waits_until("2026-09-28 07:31")
    assert [kind for kind, _ in town.news()] == ["escalation", "escalation"]


def test_hjo_01_the_late_manager_is_passed_over_upwards(town: Town) -> None:
    """HJO-01: where the manager is the officer, the head hears of it instead."""
    town.writes(ANNA, "Lekplatsen på Björkskolans skolgård är trasig.", subject="Skolan")
    officer = town.case().officer
    assert officer == "johan.hed@ekvik.example"
    town.news()
    town.waits_until("2026-09-22 08:00")
    told = town.news()
    assert ("escalation", officer) not in told
    assert ("escalation", "karin.ahl@ekvik.example") in told
    assert ("reminder", officer) in told


def test_spa_34_a_case_nobody_has_is_reminded_of_at_the_registrar(town: Town) -> None:
    """SPA-34: the registrar owes it until somebody has it."""
    town.writes(ANNA, "Xyz abc.", subject="Qwerty")
    assert town.case().status is Status.TRIAGE
    town.news()
    town.waits_until("2026-09-15 08:00")
    assert town.news() == [("reminder", REGISTRAR)]
    town.waits_until("2026-09-22 08:00")
    above = {to for kind, to in town.news() if kind == "escalation"}
    assert above == {EVA}, "somebody above the registrar hears of what is late and has no unit"


def test_an_answer_silences_the_ladder(town: Town) -> None:
    """No reminder after the answer, however long nobody closes the case."""
    town.writes(ANNA, HOLE)
    town.writes(BO, "#SVAR\nLagat.", answers=town.letter("assignment"))
    town.news()
    town.waits_until("2026-11-02 08:00")
    assert town.news() == []
    assert town.case().status is Status.ANSWERED


def test_a_hand_over_does_not_restart_the_ladder(town: Town) -> None:
    """HJO-04: the due date and the ladder count from arrival; the new officer is the one reminded."""
    town.writes(ANNA, HOLE)
    town.waits_until("2026-09-15 08:00")
    town.writes(BO, "#ÖVERLÄMNA jonas.vik@ekvik.example", answers=town.letter("assignment"))
    town.news()
    town.waits_until("2026-09-18 08:00")
    assert town.news() == [("reminder", "jonas.vik@ekvik.example")]


def test_a_follow_up_has_a_ladder_of_its_own(town: Town) -> None:
    """HJO-38: the second answer is promised and reminded of like the first."""
    town.writes(ANNA, HOLE)
    town.writes(BO, "#SVAR\nLagat.", answers=town.letter("assignment"))
    town.waits_until("2026-10-05 10:00")
    town.writes(ANNA, "Det är fortfarande trasigt!", answers=town.letter("answer"))
    town.news()
    town.waits_until("2026-10-13 08:00")
    assert town.news() == [("reminder", BO)]


def test_kop_29_a_quiet_case_closes_by_itself(database: Database, ekvik: RuleBook) -> None:
    """KOP-29: three weeks after the answer; a mail on day 20 keeps it open on day 22."""
    close = ekvik.municipality.close.model_copy(update={"mode": CloseMode.QUIET, "require": ()})
    quiet = ekvik.model_copy(update={"municipality": ekvik.municipality.model_copy(update={"close": close})})
    town = Town(database, quiet, MONDAY)
    town.writes(ANNA, HOLE)
    town.writes(BO, "#SVAR\nLagat.", answers=town.letter("assignment"))
    town.passes(days=20)
    assert town.case().status is Status.ANSWERED
    town.writes(ANNA, "Tack!", answers=town.letter("answer"))
    town.passes(days=2)
    assert town.case().status is Status.ANSWERED
    town.passes(days=20)
    assert town.case().status is Status.CLOSED


def test_kli_22_the_registrar_hears_of_a_receipt_that_has_not_gone_out(town: Town) -> None:
    """A receipt that the mail server refuses leaves the promise running: the registrar hears before it is broken."""
    town.refuses["anna.ek@example.org"] = "550 5.1.1 no such user"
    town.writes(ANNA, HOLE)
    assert town.letter("alert", REGISTRAR)
    promise = town.case().deadline(Clock.RECEIPT)
    assert promise
    assert promise.running
    town.waits_until("2026-09-09 08:00")
    assert len(town.letters("alert", REGISTRAR)) == 2


def test_kli_22_a_receipt_that_is_to_be_a_letter_is_watched_too(town: Town) -> None:
    """Nobody has posted it: the registrar hears on the morning of the last day, with the day."""
    form = "Din synpunkt: Hålet på Storgatan.\nVill du ha svar?: Ja, med brev\nNamn: My\nPostadress: Norra vägen 3"
    town.writes("noreply@ekvik.example", form, subject="Synpunkter och klagomål")
    before = len(town.letters("alert", REGISTRAR))
    town.waits_until("2026-09-09 07:29")
    assert len(town.letters("alert", REGISTRAR)) == before
    town.waits_until("2026-09-09 07:31")
    alert = town.letters("alert", REGISTRAR)[-1]
    assert "senast onsdag 9 september 2026" in alert.text
    assert "brevet är postat" in alert.text


def test_kli_22_a_receipt_that_comes_back_late_is_told_of_once(town: Town) -> None:
    """S21: the alert about the return is the alert; no second one the same morning."""
    town.refuses["anna.ek@example.org"] = "550 5.1.1 no such user"
    town.writes(ANNA, HOLE)
    first = len(town.letters("alert", REGISTRAR))
    town.waits_until("2026-09-08 12:00")
    assert len(town.letters("alert", REGISTRAR)) == first
    town.waits_until("2026-09-12 12:00")
    assert len(town.letters("alert", REGISTRAR)) == first + 1


@pytest.mark.parametrize(("hour", "day"), [(23, "21"), (8, "21")])
def test_the_hour_of_arrival_does_not_move_the_day(database: Database, ekvik: RuleBook, hour: int, day: str) -> None:
    """Day 0 is the local day of arrival, at whatever hour."""
    town = Town(database, ekvik, MONDAY.replace(hour=hour))
    town.writes(ANNA, HOLE)
    assert f"måndag {day} september 2026" in town.letter("receipt").text


def test_a_higher_rung_that_was_slept_through_is_taken_with_the_lower(database: Database, ekvik: RuleBook) -> None:
    """Ascension Day: fourteen days end before ten working days; who wakes after both tells everybody, once."""
    steps = [
        {"after": "10 working days", "to": ["officer", "manager"]},
        {"after": "14 days", "to": ["head", "registrar"], "repeat": "7 days"},
    ]
    own = ekvik.municipality.model_copy(update={"escalation": tuple(map(EscalationStep.model_validate, steps))})
    town = Town(database, ekvik.model_copy(update={"municipality": own}), MONDAY)
    town.now = datetime(2026, 5, 4, 9, 12, tzinfo=STOCKHOLM)
    town.writes(ANNA, HOLE)
    town.news()
    town.now = datetime(2026, 5, 22, 9, 20, tzinfo=STOCKHOLM)
    town.looks_at_the_clock()
    assert sorted(town.news()) == sorted(
        [("reminder", BO), ("escalation", MARIA), ("escalation", EVA), ("escalation", REGISTRAR)]
    )


def test_a_clock_that_was_a_month_ahead_for_a_while_keeps_nobody_from_being_reminded(town: Town) -> None:
    """What it took, and when it meant to look again, lies in the future: until then nobody would hear of the case."""
    town.writes(ANNA, HOLE)
    right = town.now
    town.passes(days=31)
    assert town.letters("escalation")
    town.now = right
    assert log(town, "2026-09-23 12:00") == [
        ("09-15 07:30", "reminder", BO),
        ("09-18 07:30", "reminder", BO),
        ("09-22 07:30", "reminder", BO),
        ("09-22 07:30", "escalation", MARIA),
    ]
    assert [kind for kind, _ in town.journal()].count("clock") == 1


def test_after_a_change_of_the_rules_each_case_is_looked_at_once(database: Database, ekvik: RuleBook) -> None:
    """Also where time has nothing to do in it, or each round would look at all of them for ever."""
    town = Town(database, ekvik, MONDAY)
    town.writes(ANNA, HOLE)
    town.looks_at_the_clock()
    number = town.case().number
    with database.transaction() as s:
        register.check_all(s, "ekvik", town.now)
        assert register.numbers_to_check(s, "ekvik", town.now) == [number]
    town.looks_at_the_clock()
    with database.reading() as s:
        assert register.numbers_to_check(s, "ekvik", town.now) == []
