"""A yes to publishing is a yes to exactly these words (HJO-29, HJO-31); a routine's yes is to what tells of nobody."""

from __future__ import annotations

from typing import Any

import pytest

from service.core.cases import Publication, Status
from service.core.publicity.publication import proposed
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from tests.core.test_deeds_done import ANSWERED, CLOSED, carried_out, letters_of
from tests.core.values import NOW, a_book, a_case

TELLS = {"text": "Det är ett hål på Storgatan. Ring 070-123 45 67."}
YES = {"publication": Publication.YES}
NEW_WORDS = "Texten är ny sedan någon sa ja"
ENDED = {"status": Status.CLOSED, "closed_at": NOW}
ALL = {"publish": {"default": "yes"}}
SAYS_YES = Command(Word.PUBLISH, "ja")
ANSWERS = Command(Word.ANSWER, "Hålet är lagat.")


@pytest.mark.parametrize(
    ("orders", "case", "rules", "after", "approved", "letters", "said"),
    [
        pytest.param([SAYS_YES], {}, {}, Publication.YES, True, "", "Ärendet får publiceras.", id="yes"),
        pytest.param(
            [SAYS_YES],
            TELLS,
            {},
            Publication.UNDECIDED,
            False,
            "ask-masked Bo, held-publication Rut",
            "inte godkänt för publicering",
            id="yes, and it tells who wrote",
        ),
        pytest.param([ANSWERS], {}, ALL, Publication.YES, True, "answer Anna", "", id="the routine"),
        pytest.param(
            [ANSWERS], {"internal": True}, ALL, Publication.UNDECIDED, False, "answer Anna", "", id="internal"
        ),
        pytest.param(
            [ANSWERS], {"publication": Publication.NO}, ALL, Publication.NO, False, "answer Anna", "", id="a no before"
        ),
        pytest.param([ANSWERS], {}, {}, Publication.UNDECIDED, False, "answer Anna", "", id="nobody has said"),
        pytest.param([SAYS_YES, ANSWERS], {}, {}, Publication.YES, True, "answer Anna", "", id="yes with the answer"),
        pytest.param(
            [Command(Word.TEXT, "Ett hål.")], YES | CLOSED, {}, Publication.YES, False, "", NEW_WORDS, id="worded anew"
        ),
        pytest.param(
            [Command(Word.TEXT, "Ett hål.")],
            YES | ENDED,
            {},
            Publication.YES,
            False,
            "",
            NEW_WORDS,
            id="ended",
        ),
        pytest.param(
            [Command(Word.TEXT, "Ett hål.")], YES | ANSWERED, {}, Publication.YES, False, "", NEW_WORDS, id="answered"
        ),
    ],
)
def test_hjo_31_what_is_approved(
    ekvik: RuleBook,
    orders: list[Command],
    case: dict[str, Any],
    rules: dict[str, Any],
    after: Publication,
    approved: bool,
    letters: str,
    said: str,
) -> None:
    plan = carried_out(a_book(ekvik, **rules), *orders, **case)
    assert (plan.case.publication, bool(plan.case.approved)) == (after, approved)
    assert letters_of(plan) == letters
    words = " ".join((*plan.done, *plan.left))
    assert said in words
    assert (NEW_WORDS in words) is (said == NEW_WORDS)


@pytest.mark.parametrize(
    ("order", "case"),
    [
        (Command(Word.TEXT, "Ett hål."), YES),  # not answered: a yes comes with the answer
        (Command(Word.TEXT, "Ett hål."), CLOSED),  # nobody has said yes
        (Command(Word.TYPE, "beröm"), YES | CLOSED),  # no word of what is published is new
        (Command(Word.TYPE, "beröm"), YES | ENDED),
    ],
)
def test_nobody_is_asked_for_a_yes_that_is_not_needed(ekvik: RuleBook, order: Command, case: dict[str, Any]) -> None:
    assert NEW_WORDS not in " ".join(carried_out(ekvik, order, **case).left)


@pytest.mark.parametrize("unseen", [False, True])
def test_hjo_29_a_yes_to_the_words_with_gaps_is_for_exactly_those(ekvik: RuleBook, unseen: bool) -> None:
    shown = proposed(a_case(**TELLS), ekvik, unseen=unseen)
    order = Command(Word.PUBLISH, f"som ovan {shown.digest}")
    plan = carried_out(ekvik, order, **TELLS)
    assert (plan.case.publication, plan.case.public_text) == (Publication.YES, shown.text)
    assert plan.case.approved == shown.digest
    assert "070" not in shown.text
    assert plan.done == ["Ärendet får publiceras med den text som du såg."]
    changed = carried_out(ekvik, order, text="Något annat. Ring 070-123 45 67.")
    assert (changed.case.publication, changed.case.approved) == (Publication.UNDECIDED, "")
    assert "Texten har ändrats" in changed.left[0]
