"""Cases of the same matter: one answer reaches all who have written, and none of them learns of another."""

from __future__ import annotations

from typing import Any

import pytest

from service.core.cases import Case, Contact, How, Publication, Related, Status, Submitter
from service.core.decide import obey
from service.core.decide.deeds.deed import Job
from service.core.decide.incoming import Plan
from service.core.decide.joining import joined, without_greeting
from service.core.effects import Assign, ChangeStatus, Elsewhere, SendLetter, SetFields
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from tests.core.test_deeds_done import CLOSED, MAIL, TODAY
from tests.core.test_deeds_settled import OTHER, PROMISE, SARA, a_plan
from tests.core.values import ANNA, BO, NUMBER, a_book, a_case

GUN = Submitter("Gun Ny", "gun@example.org", contact=Contact.EMAIL)
SAME = (Related(OTHER, How.SAME),)
ANSWER = Command(Word.ANSWER, "Hej Anna!\n\nhålet är lagat.")


def theirs(**changes: Any) -> Case:
    values = {"number": OTHER, "submitter": GUN, "deadlines": (PROMISE,), "related": (Related(NUMBER, How.SAME),)}
    return a_case(**values | changes)


def answered(book: RuleBook, other: Case | None, *more: Command, **case: Any) -> Plan:
    """Bo's answer in Anna's case, which Gun has written about, too."""
    plan = a_plan(book, joined=other, **{"related": SAME} | case)
    obey.carry_out(plan, (ANSWER, *more), Job(BO, MAIL, TODAY))
    return plan


def there(plan: Plan) -> list[Any]:
    return [each for e in plan.effects if isinstance(e, Elsewhere) for each in e.effects]


@pytest.mark.parametrize(
    ("other", "reached", "said"),
    [
        pytest.param(theirs(), ["gun@example.org"], f"{OTHER} hör till samma sak och har fått samma svar.", id="open"),
        pytest.param(theirs(officer=SARA), ["gun@example.org", SARA], "har fått samma svar", id="somebody else's"),
        pytest.param(theirs(secrecy=True), [], f"{OTHER} har inte fått svaret", id="secret"),
        pytest.param(theirs(status=Status.REFUSED), [], f"{OTHER} har inte fått svaret", id="ended without an answer"),
        pytest.param(theirs(**CLOSED), [], "", id="answered already"),
        pytest.param(None, [], f"{OTHER} hör till samma sak men har inte fått svaret", id="out of sight"),
    ],
)
def test_one_answer_reaches_all_of_the_matter(
    ekvik: RuleBook, other: Case | None, reached: list[str], said: str
) -> None:
    plan = answered(ekvik, other)
    assert [e.to for e in there(plan) if isinstance(e, SendLetter)] == reached
    words = " ".join((*plan.done, *plan.left))
    assert said in words
    assert (OTHER in words) is bool(said)


def test_each_is_greeted_by_the_own_name(ekvik: RuleBook) -> None:
    letter = next(e for e in there(answered(ekvik, theirs())) if isinstance(e, SendLetter))
    assert letter.facts["answer"] == "Hålet är lagat."


@pytest.mark.parametrize(
    ("more", "case", "closes"),
    [([], {}, False), ([Command(Word.CLOSE)], {}, True)],
)
def test_what_is_closed_is_closed_for_all(
    ekvik: RuleBook, more: list[Command], case: dict[str, Any], closes: bool
) -> None:
    book = a_book(ekvik, close={"mode": "on_command", "require": []})
    moves = [e.move.value for e in there(answered(book, theirs(), *more, **case)) if isinstance(e, ChangeStatus)]
    assert ("close" in moves) is closes


@pytest.mark.parametrize(
    ("mine", "before", "after", "asks"),
    [
        ("nej", Publication.UNDECIDED, Publication.NO, False),
        ("ja", Publication.UNDECIDED, Publication.UNDECIDED, True),
        ("ja", Publication.NO, Publication.NO, False),
    ],
)
def test_hjo_29_a_yes_to_publishing_is_for_the_words_of_one_case_and_a_no_for_all(
    ekvik: RuleBook, mine: str, before: Publication, after: Publication, asks: bool
) -> None:
    plan = answered(ekvik, theirs(publication=before), Command(Word.PUBLISH, mine))
    changes = [e.changes["publication"] for e in there(plan) if isinstance(e, SetFields) and "publication" in e.changes]
    assert (changes[-1] if changes else before) is after
    assert (f"{OTHER} är inte godkänt för publicering" in " ".join(plan.left)) is asks


def test_facts_of_the_matter_are_the_same_where_nobody_has_set_others(ekvik: RuleBook) -> None:
    plan = answered(ekvik, theirs(category="Övrigt"), type="fråga", category="Fysisk miljö")
    facts: dict[str, Any] = {}
    for effect in there(plan):
        facts |= effect.changes if isinstance(effect, SetFields) else {}
    assert (facts["type"], "category" in facts) == ("fråga", False)
    assert not any(isinstance(e, Assign) for e in there(plan)), "each keeps its officer"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hej Anna!\nHålet är lagat.", ""),
        ("Hålet är lagat. Tack, Anna, för att du skrev.", "”Anna”"),
        (f"Hålet är lagat. Vi mejlar {ANNA}.", ANNA),
        ("Annars är allt bra.", ""),
    ],
)
def test_nobody_learns_who_else_has_written(ekvik: RuleBook, text: str, shown: str) -> None:
    plan = a_plan(ekvik, joined=theirs(), related=SAME)
    _, faults, doubts = obey.settle(plan, (Command(Word.ANSWER, text),), TODAY)
    assert faults == []
    assert (shown in " ".join(doubts)) if shown else not doubts
    alone = obey.settle(a_plan(ekvik), (Command(Word.ANSWER, text),), TODAY)[2]
    assert not any("samma sak" in doubt for doubt in alone)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Hej Anna!\nhålet är lagat.", "Hålet är lagat."),
        ("Hej på dig!\n\nLagat.", "Lagat."),
        ("Hålet är lagat.", "Hålet är lagat."),
        ("Hej!", "Hej!"),
    ],
)
def test_an_answer_without_its_first_words(text: str, rest: str) -> None:
    assert without_greeting(text) == rest


def test_a_matter_is_joined_by_way_of_another(ekvik: RuleBook) -> None:
    third = a_case(number="EKV-26-00003-G", related=(Related(OTHER, How.SAME),))
    second = theirs(related=(Related(NUMBER, How.SAME), Related(third.number, How.SAME)))
    others = {c.number: c for c in (second, third, a_case(number="EKV-26-00004-K"))}
    assert [c.number for c in joined(a_case(related=SAME), others)] == [OTHER, third.number]
    assert joined(a_case(related=(Related(OTHER, How.SPLIT_INTO),)), others) == []


def test_an_answer_that_waits_for_its_release_reaches_nobody_yet(ekvik: RuleBook) -> None:
    book = a_book(ekvik, answer={"mode": "central_release"})
    assert there(answered(book, theirs(), Command(Word.TYPE, "beröm"))) == []


def test_kli_29_where_the_routine_publishes_each_case_is_judged_by_its_own_words(ekvik: RuleBook) -> None:
    book = a_book(ekvik, publish={"default": "yes"})
    plan = answered(book, theirs(), Command(Word.PUBLISH, "nej"))
    changes = [e.changes["publication"] for e in there(plan) if isinstance(e, SetFields) and "publication" in e.changes]
    assert changes[-1] is Publication.YES
