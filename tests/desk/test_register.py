"""The register: numbers, versions, steps, and that a turn is stored whole or not at all. Over both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from service.core.cases import (
    Case,
    Clock,
    Contact,
    Deadline,
    How,
    IllegalMove,
    Move,
    Pending,
    Publication,
    Related,
    Submitter,
)
from service.core.effects import (
    Ask,
    ChangeStatus,
    Effect,
    ForgetAbsence,
    FreeAddress,
    MissClock,
    Note,
    OpenCase,
    RememberAbsence,
    SetFields,
    StartClock,
    StopAddress,
    StopClock,
    TakeStep,
)
from service.core.evolve import evolve
from service.core.people.absence import Absent, Cause
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from service.core.speech.standing import About, Standing
from service.desk import absences, register, standing
from service.desk.database import Database
from service.desk.journal import Journal
from service.desk.post import unreachable
from service.desk.register import StaleCase, Stored
from service.desk.tables import cases, counters, journal, mornings, steps, stopped
from tests.core.values import BO, MARIA, NOW, NUMBER, REGISTRAR, a_book, a_case

pytestmark = pytest.mark.databases("sqlite", "postgresql")

STOCKHOLM_SUMMER = timezone(timedelta(hours=2))


def apply(
    database: Database, book: RuleBook, stored: Stored | None, *effects: Effect, now: datetime = NOW
) -> Stored | None:
    """One turn."""
    with database.transaction() as s:
        lines = Journal("ekvik", now)
        after = register.apply(s, stored, effects, book, lines)
        lines.write(s)
        return after


def opened(database: Database, book: RuleBook, now: datetime = NOW, **changes: Any) -> Stored:
    stored = apply(database, book, None, OpenCase(a_case(number="", **changes), "new"), now=now)
    assert stored
    return stored


def loaded(database: Database, number: str) -> Stored:
    with database.reading() as s:
        stored = register.load(s, number)
    assert stored
    return stored


def count(database: Database, table: Any) -> int:
    with database.reading() as s:
        return int(s.scalar(select(func.count()).select_from(table)) or 0)


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_hjo_16_numbers_are_unique_and_without_gaps_for_two_daemons_at_once(
    database: Database, second: Database, ekvik: RuleBook
) -> None:
    """Eight threads over two engines, as two daemons with several mailboxes."""

    def five(engine: Database) -> list[str]:
        return [opened(engine, ekvik).case.number for _ in range(5)]

    with ThreadPoolExecutor(8) as pool:
        numbers = [n for found in pool.map(five, [database, second] * 4) for n in found]
    assert len(set(numbers)) == 40
    assert sorted(int(n.split("-")[2]) for n in numbers) == list(range(1, 41))


@pytest.mark.parametrize(
    ("now", "beginning"),
    [
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), "EKV-26-"),
        (datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC), "EKV-27-"),
    ],
)
def test_the_year_of_a_number_is_the_local_one(
    database: Database, ekvik: RuleBook, now: datetime, beginning: str
) -> None:
    assert opened(database, ekvik, now).case.number.startswith(f"{beginning}00001-")


def test_each_year_and_prefix_has_its_own_series(database: Database, ekvik: RuleBook) -> None:
    other = a_book(ekvik, case_number={"prefix": "HJO"})
    later = NOW.replace(year=2027)
    series = [
        opened(database, book, now).case.number[:12] for book, now in ((ekvik, NOW), (other, NOW), (ekvik, later))
    ]
    assert series == ["EKV-26-00001", "HJO-26-00001", "EKV-27-00001"]
    assert opened(database, ekvik).case.number.startswith("EKV-26-00002")


def test_a_turn_that_fails_gives_its_number_back(database: Database, ekvik: RuleBook) -> None:
    with pytest.raises(IllegalMove):
        apply(database, ekvik, None, OpenCase(a_case(number=""), "new"), ChangeStatus(Move.REOPEN, "never"))
    assert count(database, counters) == 0
    assert opened(database, ekvik).case.number.startswith("EKV-26-00001")


# --- what is stored --------------------------------------------------------------------------------------------------

ODD = {
    "plain": "Hål i vägen",
    "every letter": "åäöÅÄÖ éüß ñ Ł",
    "emoji": "😊👩‍👩‍👧🇸🇪",
    "Arabic": "مرحبا، الإضاءة",
    "quotes": "'; DROP TABLE cases; -- \" \\ % _",
    "lines": "rad\r\nrad\n\trad\u2028rad",
    "markup": "<b>{{ case }}</b> {% x %}",
    "long": "å" * 1_000_000,
    "empty": "",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_any_text_comes_back_as_it_was(database: Database, ekvik: RuleBook, text: str) -> None:
    case = a_case(
        text=text,
        title=text[:200],
        answer=text,
        submitter=Submitter(text[:100], "anna@example.org", text[:50], text[:100], Contact.EMAIL),
        pending=Pending((Command(Word.ANSWER, text),), BO, "d" * 64, ("n" * 12,), BO),
        thread=(f"<{text[:50]}@x>",),
    )
    number = opened(
        database, ekvik, **{f: getattr(case, f) for f in ("text", "title", "answer", "submitter")}
    ).case.number
    apply(database, ekvik, loaded(database, number), Ask(case.pending, ""), SetFields({"thread": case.thread}, ""))
    back = loaded(database, number).case
    assert replace(back, number=case.number) == case


def test_every_field_comes_back(database: Database, ekvik: RuleBook) -> None:
    """Also instants that came with another offset: aware, in UTC, the same instant."""
    here = datetime(2026, 9, 7, 9, 12, 5, 123456, tzinfo=STOCKHOLM_SUMMER)
    promise = Deadline(Clock.ANSWER, here, here + timedelta(days=14))
    effects = (
        StartClock(Clock.RECEIPT, here, here, ""),
        StartClock(Clock.ANSWER, promise.started_at, promise.due_at, ""),
        MissClock(Clock.ANSWER, promise.due_at, ""),
        StopClock(Clock.RECEIPT, here, ""),
        TakeStep("b", ("a",), ""),
        SetFields(
            {
                "type": "fråga",
                "category": "Övrigt",
                "process": "synpunkt",
                "channel": "brev",
                "received_by": BO,
                "registry_number": "KS 2026-00341",
                "public_text": "Skrivet om.",
                "public_title": "Hål",
                "public_answer": "Lagat.",
                "approved": "d" * 64,
                "related": (Related("EKV-26-00124-M", How.SAME),),
                "language": "fi",
                "proposal": BO,
                "secrecy": True,
                "anonymous": True,
                "internal": True,
                "publication": Publication.NO,
                "measure": "Åtgärdat",
                "late_reason": "sjukdom",
                "receipt_sent_at": here,
                "answered_at": here,
                "closed_at": here,
                "last_mail_at": here,
                "keep_open": True,
                "close_wanted": True,
                "external_ref": "48213",
                "form": "Synpunkter på webben",
                "position": "59.51, 15.99",
                "page": "https://www.ekvik.example",
            },
            "",
        ),
    )
    number = opened(database, ekvik).case.number
    stored = loaded(database, number)
    expected: Case = stored.case
    for effect in effects:
        expected = evolve(expected, effect)
    apply(database, ekvik, stored, *effects)
    back = loaded(database, number).case
    assert back == expected
    for instant in (back.received_at, back.answered_at, back.deadlines[1].started_at, back.deadlines[1].missed_at):
        assert instant
        assert instant.tzinfo is UTC


def test_a_promise_that_began_with_its_case_is_kept_in_its_place(database: Database, ekvik: RuleBook) -> None:
    due = NOW + timedelta(days=14)
    receipt, answer = (StartClock(clock, NOW, due, "") for clock in (Clock.RECEIPT, Clock.ANSWER))
    stored = apply(database, ekvik, None, OpenCase(a_case(number=""), "new"), receipt, answer)
    assert stored
    apply(database, ekvik, stored, StopClock(Clock.RECEIPT, NOW, ""))
    kept = (Deadline(Clock.RECEIPT, NOW, due, met_at=NOW), Deadline(Clock.ANSWER, NOW, due))
    assert loaded(database, stored.case.number).case.deadlines == kept


def test_an_instant_without_a_zone_is_refused(database: Database, ekvik: RuleBook) -> None:
    with pytest.raises(Exception, match="time zone"):
        opened(database, ekvik, received_at=datetime(2026, 9, 7))  # noqa: DTZ001 - that is the fault


# --- two at once -----------------------------------------------------------------------------------------------------


def test_a_case_that_was_changed_meanwhile_is_not_overwritten(
    database: Database, second: Database, ekvik: RuleBook
) -> None:
    number = opened(database, ekvik).case.number
    mine, theirs = loaded(database, number), loaded(second, number)
    apply(second, ekvik, theirs, SetFields({"measure": "theirs"}, ""))
    with pytest.raises(StaleCase):
        apply(database, ekvik, mine, SetFields({"measure": "mine"}, ""), Note("note", "mine"))
    assert loaded(database, number).case.measure == "theirs"
    with database.reading() as s:
        assert "mine" not in s.scalars(select(journal.c.text)).all()


def test_one_of_many_writers_at_once_wins(database: Database, second: Database, ekvik: RuleBook) -> None:
    stored = opened(database, ekvik)

    def write(number: int) -> bool:
        try:
            apply((database, second)[number % 2], ekvik, stored, SetFields({"measure": str(number)}, ""))
        except StaleCase:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(8))) == 1
    assert loaded(database, stored.case.number).version == 2


@pytest.mark.parametrize(
    "again", [TakeStep("a", (), ""), TakeStep("c", ("b",), ""), TakeStep("c", ("a",), "")], ids=str
)
def test_a_step_is_taken_once(database: Database, ekvik: RuleBook, again: TakeStep) -> None:
    number = opened(database, ekvik).case.number
    apply(database, ekvik, loaded(database, number), TakeStep("a", ("b",), ""))
    before = loaded(database, number)
    with pytest.raises(IntegrityError):
        apply(database, ekvik, before, again, Note("note", "twice"))
    assert loaded(database, number) == before
    with database.reading() as s:
        taken = s.execute(select(steps.c.key, steps.c.superseded).order_by(steps.c.key)).all()
    assert [tuple(step) for step in taken] == [("a", False), ("b", True)], "the lower rung was passed over"


def test_the_same_step_in_two_cases_is_two_steps(database: Database, ekvik: RuleBook) -> None:
    for _ in range(2):
        apply(database, ekvik, opened(database, ekvik), TakeStep("a", (), ""))
    assert count(database, steps) == 2


def test_a_turn_is_stored_whole_or_not_at_all(database: Database, ekvik: RuleBook) -> None:
    """Something fails at the very end: no trace is left."""
    number = opened(database, ekvik).case.number
    stored = loaded(database, number)
    lines = count(database, journal)
    effects: tuple[Effect, ...] = (
        SetFields({"measure": "x"}, ""),
        StartClock(Clock.SECOND_ANSWER, NOW, NOW, ""),
        TakeStep("a", (), ""),
        StopAddress("anna@example.org", ""),
        RememberAbsence(Absent(BO, NOW), ""),
    )

    def fails_at_its_end() -> None:
        with database.transaction() as s:
            written = Journal("ekvik", NOW)
            register.apply(s, stored, effects, ekvik, written)
            written.write(s)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails_at_its_end()
    assert loaded(database, number) == stored
    assert (count(database, journal), count(database, steps), count(database, stopped)) == (lines, 0, 0)


# --- addresses -------------------------------------------------------------------------------------------------------


def test_a_dead_address_is_stopped_until_somebody_writes_from_it(database: Database, ekvik: RuleBook) -> None:
    stored = opened(database, ekvik)
    for reason in ("first", "again"):
        stored = apply(database, ekvik, stored, StopAddress("Anna.Ek@Example.org", reason)) or stored
    with database.reading() as s:
        assert [(r.email, r.because) for r in s.execute(select(stopped))] == [("anna.ek@example.org", "again")]
    with database.transaction() as s:
        register.resume_address(s, "ANNA.EK@example.org")
    assert count(database, stopped) == 0


def test_what_staff_want_is_undone_by_no_report_and_by_no_mail_but_by_staff(
    database: Database, ekvik: RuleBook
) -> None:
    def turn(*effects: Effect) -> list[tuple[str, bool]]:
        apply(database, ekvik, None, *effects)
        with database.transaction() as s:
            register.resume_address(s, "anna.ek@example.org")
            return [tuple(row) for row in s.execute(select(stopped.c.because, stopped.c.lasting))]

    def stops(because: str, *, lasting: bool) -> StopAddress:
        return StopAddress("Anna.Ek@example.org", because, lasting=lasting)

    assert turn(stops("bounced", lasting=False), stops("threats", lasting=True)) == [("threats", True)]
    assert turn(stops("bounced", lasting=False)) == [("threats", True)]
    assert turn(FreeAddress("per@example.org", "")) == [("threats", True)]
    assert turn(FreeAddress("ANNA.EK@example.org", "")) == []


def test_the_latest_absence_counts_until_its_end(database: Database, ekvik: RuleBook) -> None:
    stored = opened(database, ekvik)
    back = NOW.date() + timedelta(days=3)
    latest = Absent(BO.upper(), NOW, back, MARIA, proven=False, handed={NUMBER: MARIA}, asked=(NUMBER,), asked_on=back)
    for absent in (Absent(BO, NOW), latest):
        stored = apply(database, ekvik, stored, RememberAbsence(absent, "")) or stored
    with database.reading() as s:
        assert absences.absences(s, "ekvik", ekvik, NOW).of(BO) == replace(latest, email=BO)
        assert absences.absences(s, "ekvik", ekvik, NOW + timedelta(days=3)).of(BO) is None
        assert absences.absences(s, "another", ekvik, NOW).of(BO) is None
    apply(database, ekvik, stored, ForgetAbsence(BO, "back"))
    with database.reading() as s:
        assert absences.remembered(s, "ekvik") == []


def test_whose_address_takes_no_mail_is_away_until_it_does(database: Database, ekvik: RuleBook) -> None:
    with database.transaction() as s:
        unreachable.note(s, BO, "550 5.1.1", NOW)
        unreachable.note(s, "nobody@ekvik.example", "550 5.1.1", NOW)
        absences.remember(s, "ekvik", Absent(BO, NOW, cause=Cause.BOUNCE, asked=(NUMBER,)))
    later = NOW + timedelta(days=400)
    with database.transaction() as s:
        away = absences.absences(s, "ekvik", ekvik, later)
        assert [absent.asked for absent in away.by_key.values()] == [(NUMBER,)]
        unreachable.clear(s, BO)
        assert absences.absences(s, "ekvik", ekvik, later).of(BO) is None


def test_a_question_is_found_by_its_nonce_and_stays(database: Database) -> None:
    question = Standing("a1b2c3d4", About.ABSENCE, REGISTRAR, {"person": BO, "held_by": {NUMBER: BO}, "to": MARIA})
    with database.transaction() as s:
        standing.ask(s, "ekvik", question, NOW)
    with database.reading() as s:
        assert standing.find(s, "ekvik", "a1b2c3d4") == question
        assert standing.find(s, "another", "a1b2c3d4") is None
        assert standing.find(s, "ekvik", "zzzzzzzz") is None


# --- when to look ----------------------------------------------------------------------------------------------------


def test_cases_are_looked_at_when_their_time_has_come(database: Database, ekvik: RuleBook) -> None:
    due = NOW + timedelta(days=14)
    number = opened(database, ekvik).case.number
    apply(database, ekvik, loaded(database, number), StartClock(Clock.ANSWER, NOW, due, ""))
    with database.reading() as s:
        first = s.scalar(select(cases.c.next_check_at))
        assert first
        assert register.numbers_to_check(s, "ekvik", first - timedelta(seconds=1)) == []
        assert register.numbers_to_check(s, "ekvik", first) == [number]
        assert register.numbers_to_check(s, "hjo", first) == []


def test_changed_rules_have_every_open_case_looked_at(database: Database, ekvik: RuleBook) -> None:
    still, done = opened(database, ekvik), opened(database, ekvik)
    apply(database, ekvik, done, ChangeStatus(Move.CLOSE, ""))
    with database.transaction() as s:
        register.check_all(s, "ekvik", NOW)
        assert register.numbers_to_check(s, "ekvik", NOW) == [still.case.number]


@pytest.mark.parametrize("met", [None, NOW])
def test_a_case_in_which_time_changes_nothing_is_not_looked_at_again_until_it_may(
    database: Database, ekvik: RuleBook, met: datetime | None
) -> None:
    number = opened(database, ekvik).case.number
    apply(database, ekvik, loaded(database, number), StartClock(Clock.ANSWER, NOW, NOW + timedelta(days=14), ""))
    if met:
        apply(database, ekvik, loaded(database, number), StopClock(Clock.ANSWER, met, ""))
    stored, lines = loaded(database, number), count(database, journal)
    with database.transaction() as s:
        when = s.scalar(select(cases.c.next_check_at))
        register.check_all(s, "ekvik", NOW)
        assert register.numbers_to_check(s, "ekvik", NOW) == [number]
        register.look_later(s, replace(stored, version=stored.version - 1), ekvik, NOW)
        assert register.numbers_to_check(s, "ekvik", NOW) == [number], "somebody else changed it meanwhile"
        register.look_later(s, stored, ekvik, NOW)
        assert register.numbers_to_check(s, "ekvik", NOW) == []
        assert s.scalar(select(cases.c.next_check_at)) == when
    assert (loaded(database, number), count(database, journal)) == (stored, lines)


def test_a_mailboxs_morning_is_its_own(database: Database) -> None:
    """What one mailbox has written of a day is no reason for another to be silent."""
    day = NOW.date()
    with database.transaction() as s:
        s.execute(insert(mornings).values(mailbox="ekvik", day=day, at=NOW))
        asked = [("ekvik", day), ("hjo", day), ("ekvik", day + timedelta(days=1))]
        assert [register.morning_is_written(s, *each) for each in asked] == [True, False, False]


def test_a_number_that_nobody_gave_out_is_no_case(database: Database) -> None:
    with database.reading() as s:
        assert register.load(s, "EKV-26-00001-C") is None
        assert register.load(s, "") is None


def test_the_database_itself_refuses_a_number_twice(database: Database, ekvik: RuleBook) -> None:
    stored = opened(database, ekvik)
    with database.reading() as s:
        row = dict(s.execute(select(cases)).one()._mapping)
    del row["id"]
    with pytest.raises(IntegrityError), database.transaction() as s:
        s.execute(insert(cases).values(**row))
    assert loaded(database, stored.case.number).case.number == stored.case.number
