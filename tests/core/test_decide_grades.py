"""When a word back is a grade, how it is counted, and who reads the reason for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.core.cases import Case, Status
from service.core.decide import grades
from service.core.decide.incoming import Incoming
from service.core.effects import AddMessage, CountGrade, NoCase, SendLetter, SetFields, TakeStep
from service.core.message import Attachment
from service.core.people.origin import Arrival, Word
from service.core.rules.rulebook import RuleBook
from service.core.speech.grading import Grade
from service.core.verdict import Context, Match, Role, Verdict
from tests.core.values import ANNA, BO, NOW, NUMBER, a_book, a_case, a_mail

FILE = Attachment("karta.pdf", "application/pdf", 1, "f" * 64, inline=False)
ANSWERED = a_case(status=Status.ANSWERED, answered_at=NOW, type="klagomål")


def writes(book: RuleBook, case: Case | None, text: str = "4", **mail: Any) -> Incoming:
    """What Anna writes once she has been answered, where the municipality asks how content people are."""
    asks = a_book(book, content_question=mail.pop("asks", True))
    verdict = Verdict(Role.SUBMITTER, "", said=mail.pop("said", Word.NOTHING))
    ctx = Context(case=case, match=Match(NUMBER if case else "", "token"))
    return Incoming(a_mail(ANNA, text, **mail), verdict, ctx, asks, Arrival(NOW, ""), NOW, date(2026, 9, 7))


@pytest.mark.parametrize(
    ("case", "mail", "is_one"),
    [
        pytest.param(ANSWERED, {}, True, id="in an answered case"),
        pytest.param(replace(ANSWERED, status=Status.CLOSED), {}, True, id="in a closed one"),
        pytest.param(replace(ANSWERED, status=Status.REFUSED), {}, False, id="in a refused one"),
        pytest.param(a_case(), {}, False, id="before the answer"),
        pytest.param(replace(ANSWERED, secrecy=True), {}, False, id="in a secret case"),
        pytest.param(None, {}, False, id="in no case"),
        pytest.param(ANSWERED, {"asks": False}, False, id="where nobody asks"),
        pytest.param(ANSWERED, {"said": Word.FAIL}, False, id="in the name of somebody else"),
        pytest.param(ANSWERED, {"attachments": (FILE,)}, False, id="with a file"),
        pytest.param(ANSWERED, {"attachments": (replace(FILE, inline=True),)}, True, id="with a logo"),
        pytest.param(ANSWERED, {"text": "Tack!"}, False, id="another word"),
    ],
)
def test_what_is_a_grade(ekvik: RuleBook, case: Case | None, mail: dict[str, Any], is_one: bool) -> None:
    assert grades.given(writes(ekvik, case, **mail), "") == (Grade(4) if is_one else None)


COUNTED = CountGrade("2026-09", "gata-park", "klagomål", 4)


@pytest.mark.parametrize(("steps", "counted"), [((), [COUNTED]), ((grades.GRADED,), [])])
def test_a_grade_alone_is_counted_once_and_kept_nowhere(
    ekvik: RuleBook, steps: tuple[str, ...], counted: list[CountGrade]
) -> None:
    first, *rest = grades.on_grade(writes(ekvik, replace(ANSWERED, steps=frozenset(steps))), Grade(4))
    assert isinstance(first, NoCase)
    assert (first.kind, first.folder) == ("grade", "handled")
    assert [e for e in rest if isinstance(e, CountGrade)] == counted
    assert [e.key for e in rest if isinstance(e, TakeStep)] == ([grades.GRADED] if counted else [])
    assert not any(isinstance(e, AddMessage | SendLetter) for e in rest)


@pytest.mark.parametrize(
    ("text", "template", "shown"),
    [
        ("Det gick fort.", "comment", "Det gick fort."),
        ("Min son är placerad på HVB.", "follow-up-secret", ""),
    ],
)
def test_a_reason_is_shown_to_whoever_answered(ekvik: RuleBook, text: str, template: str, shown: str) -> None:
    effects = grades.on_grade(writes(ekvik, ANSWERED, text), Grade(4, text))
    filed = effects[0]
    assert isinstance(filed, AddMessage)
    assert (filed.kind, filed.from_submitter) == ("comment", True)
    assert COUNTED in effects
    told = [(e.template_name, e.to, e.facts["new_text"]) for e in effects if isinstance(e, SendLetter)]
    assert (template, BO, shown) in told
    assert any(isinstance(e, SetFields) and e.changes.get("secrecy") for e in effects) is (not shown)
