"""One word back says how content the citizen is: counted without the person, and no case is opened by it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from service.core.cases import Status
from service.desk.tables import grades, messages
from tests.conversations.test_citizen_and_officer import ANSWER, HOLE
from tests.conversations.town import ANNA, BO, REGISTRAR, Letter, Town


def asks(town: Town, **close: object) -> None:
    municipality = town.book.municipality
    changed = municipality.model_copy(
        update={"content_question": True, "close": municipality.close.model_copy(update=close)}
    )
    town.book = town.book.model_copy(update={"municipality": changed})
    town.desk = replace(town.desk, book=town.book)


@pytest.fixture
def answered(town: Town) -> Letter:
    """The municipality asks, and Anna has her answer. Nothing is news."""
    asks(town)
    town.writes(ANNA, HOLE)
    town.writes(BO, ANSWER, answers=town.letter("assignment"))
    town.news()
    return town.letter("answer")


def counted(town: Town) -> list[tuple[str, str, str, int, int]]:
    columns = (grades.c.month, grades.c.unit, grades.c.type, grades.c.grade, grades.c.count)
    with town.database.reading() as s:
        return [tuple(row) for row in s.execute(select(*columns).order_by(grades.c.grade))]


def test_the_answer_asks_where_no_closing_letter_comes(town: Town, answered: Letter) -> None:
    assert "Hur nöjd är du med svaret?" in answered.text


def test_the_closing_letter_asks_where_one_comes(town: Town) -> None:
    asks(town, notify=True, require=())
    town.writes(ANNA, HOLE)
    town.writes(BO, "#SVAR\nLagat i dag.", answers=town.letter("assignment"))
    assert "Hur nöjd" not in town.letter("answer").text
    town.writes(BO, "#AVSLUTA", answers=town.letter("assignment"))
    assert "Hur nöjd är du med svaret?" in town.letter("closing").text


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("text", ["4", "4 tack!"])
def test_a_grade_is_counted_and_nobody_is_bothered(town: Town, answered: Letter, text: str) -> None:
    """No link to the case: the mail is filed in none."""
    town.writes(ANNA, text, answers=answered)
    assert town.news() == []
    assert town.case().status is Status.CLOSED
    assert counted(town) == [("2026-09", "gata-park", "klagomål", 4, 1)]
    with town.database.reading() as s:
        assert s.scalar(select(messages.c.case_id).where(messages.c.kind == "grade")) is None


def test_a_reason_is_counted_and_shown_without_the_grade(town: Town, answered: Letter) -> None:
    town.writes(ANNA, "2 för det tog så lång tid", answers=answered)
    assert town.news() == [("information", BO)]
    assert "för det tog så lång tid" in town.letter("information", BO).text
    assert town.case().status is Status.CLOSED
    assert [row[3:] for row in counted(town)] == [(2, 1)]


def test_a_grade_with_a_question_reopens_as_any_mail(town: Town, answered: Letter) -> None:
    town.writes(ANNA, "2, hålet är fortfarande kvar", answers=answered)
    assert town.case().status is Status.ASSIGNED
    assert "fortfarande kvar" in town.letter("information", BO).text
    assert [row[3:] for row in counted(town)] == [(2, 1)]


def test_one_case_counts_once_and_cases_add_up(town: Town, answered: Letter) -> None:
    for _ in range(3):
        town.writes(ANNA, "5", answers=answered)
    town.writes("Per <per@example.org>", HOLE)
    town.writes(BO, ANSWER, answers=town.letters("assignment")[-1])
    town.writes("Per <per@example.org>", "5!", answers=town.letters("answer")[-1])
    assert [row[3:] for row in counted(town)] == [(5, 2)]


@pytest.mark.parametrize(("people", "shown"), [(5, True), (4, False)])
def test_the_mean_is_among_the_figures_where_enough_have_said_it(town: Town, people: int, shown: bool) -> None:
    """Fewer than five would tell what one of them said."""
    asks(town)
    for number in range(people):
        who = f"Anna Alm <anna{number}@example.org>"
        town.writes(who, HOLE)
        town.writes(BO, ANSWER, answers=town.letters("assignment")[-1])
        town.writes(who, "5" if number else "2", answers=town.letters("answer")[-1])
    town.writes(REGISTRAR, "#STATISTIK september", subject="")
    assert ("Nöjda: 4,4 av 5, enligt fem svar" in town.letter("report", REGISTRAR).text) is shown


def test_a_number_before_the_answer_is_an_ordinary_mail(town: Town) -> None:
    asks(town)
    town.writes(ANNA, HOLE)
    town.writes(ANNA, "4", answers=town.letter("receipt"))
    assert counted(town) == []
    assert town.letter("information", BO)


def test_without_the_setting_nothing_is_asked_or_counted(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes(BO, ANSWER, answers=town.letter("assignment"))
    assert "Hur nöjd" not in town.letter("answer").text
    town.writes(ANNA, "4", answers=town.letter("answer"))
    assert counted(town) == []
    assert town.case().status is Status.ASSIGNED
