"""`#ÅNGRA` takes back what the last obeyed mail changed and nobody has changed since; what has left stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.core.cases import Case, Clock, Contact, Deadline, How, Obeyed, Related, Status, Submitter
from service.core.decide import obey
from service.core.decide.deeds.deed import Job
from service.core.effects import Elsewhere, Relate, SendLetter, Unrelate
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from tests.core.test_deeds_done import ANSWERED, CLOSED, LEAVING, MAIL, REFUSED, TODAY, WAITING, letters_of
from tests.core.test_deeds_settled import BY_LETTER, OTHER, PROMISE, SARA, TO_POST, a_plan
from tests.core.values import ANNA, BO, MARIA, NOW, REGISTRAR, a_case, at

RUNS = Deadline(Clock.ANSWER, PROMISE.started_at, PROMISE.due_at)
CLOSING = {"closed_at": (None, NOW)}
ANSWERING = {"answered_at": (None, NOW), "answer": ("", "Lagat.")}
HANDED = {"officer": (BO, SARA), "unit": ("gata-park", "va")}
AT_SARA: dict[str, Any] = {"officer": SARA, "unit": "va"}
EARLIER = replace(PROMISE, started_at=NOW.replace(day=4), due_at=at("2026-09-18 23:59:59"))
LETTER_BEFORE = {"answer": "", "to_post_since": None, "letter_by": ""}
CLOCK = (Clock.ANSWER,)
STOPPED = {"stopped": CLOCK}


def last(changed: Mapping[str, tuple[Any, Any]], *told: str, by: str = BO, **more: Any) -> Obeyed:
    """What the last mail did: facts before and after it, and what the submitter was told."""
    before, after = ({name: pair[at] for name, pair in changed.items()} for at in (0, 1))
    return Obeyed(by, before, after, told, **more)


def row(what: str, obeyed: Obeyed, case: dict[str, Any], then: dict[str, Any], letters: str, said: str) -> Any:
    """letters: `template to`, one after the other, with a name for the people of the tests."""
    return pytest.param({**case, "obeyed": obeyed}, then, letters, said, id=what)


@pytest.mark.parametrize(
    ("case", "then", "letters", "said"),
    [
        row("refused", last(CLOSING, **STOPPED), REFUSED, {"status": Status.ASSIGNED, "running": RUNS}, "",
            "inte längre"),
        row("refused, nobody's", last(CLOSING), REFUSED | {"officer": ""}, {"status": Status.TRIAGE}, "",
            "inte längre"),
        row("refused and told", last(CLOSING, "refusal", **STOPPED), REFUSED, {"status": Status.REFUSED,
            "running": None}, "",
            "fortfarande avvisat"),
        row("closed", last(CLOSING), CLOSED, {"status": Status.ANSWERED, "running": None}, "", "öppet igen"),
        row("closed, nobody's", last(CLOSING), CLOSED | {"officer": ""}, {"status": Status.ANSWERED}, "",
            "öppet igen"),
        row("closed and told", last(CLOSING, "closing"), CLOSED, {"status": Status.CLOSED}, "",
            "fortfarande avslutat"),
        row("closed without an answer", last(CLOSING, **STOPPED), CLOSED | {"answered_at": None, "officer": ""},
            {"status": Status.TRIAGE, "running": RUNS}, "", "öppet igen"),
        row("closed anew", last({"closed_at": (None, None)}), CLOSED, {"status": Status.CLOSED}, "", "ändrats igen"),
        row("reopened since", last(CLOSING), {"closed_at": NOW}, {"status": Status.ASSIGNED}, "", "ändrats igen"),
        row("answered past the service", last(ANSWERING, **STOPPED), ANSWERED,
            {"status": Status.ASSIGNED, "answered_at": None, "answer": "", "running": RUNS}, "",
            "Svaret är inte längre registrerat"),
        row("answered", last(ANSWERING, "answer"), ANSWERED, {"answered_at": NOW}, "",
            "Svaret till Anna Ek har redan"),
        row("answered and closed", last(ANSWERING | CLOSING, **STOPPED), CLOSED,
            {"status": Status.ASSIGNED, "answered_at": None, "running": RUNS}, "",
            "Ärendet är öppet igen. Svaret är inte längre"),
        row("a letter to post", last({"to_post_since": (None, NOW), "answer": ("", "Lagat."), "letter_by": ("", BO)}),
            TO_POST | {"answer": "Lagat.", "letter_by": BO},
            {"status": Status.ASSIGNED, "to_post_since": None, "answer": "", "letter_by": ""}, "do-not-post Rut",
            "Brevet ska inte postas"),
        row("a letter to post, nobody's", last({"to_post_since": (None, NOW)}), TO_POST | {"officer": ""},
            {"status": Status.TRIAGE}, "do-not-post Rut", "Brevet ska inte postas"),
        row("a letter called posted", last(ANSWERING | {"to_post_since": (NOW, None)}), ANSWERED,
            {"status": Status.WAITING, "to_post_since": NOW, "answered_at": None}, "", "inte längre registrerat"),
        row("a notice to post", last({}, "paper-delay"), {}, {}, "do-not-post Rut", "brevet om det inte ska postas"),
        row("handed over", last(HANDED), AT_SARA, {"officer": BO, "unit": "gata-park"}, "taken-back Sara",
            "Bo Ek har"),
        row("handed over, and the submitter knows", last(HANDED, "handover"), AT_SARA, {"officer": BO},
            "taken-back Sara, handover Anna", "Bo Ek har ärendet igen"),
        row("handed over, and nobody can be told", last(HANDED, "handover"),
            AT_SARA | {"submitter": Submitter("Anna Ek", ANNA, contact=Contact.NONE)}, {"officer": BO},
            "taken-back Sara", "Bo Ek har ärendet igen"),
        row("handed over, by a registrar", last(HANDED, by=REGISTRAR), AT_SARA | {"actor": REGISTRAR},
            {"officer": BO}, "taken-back Sara, assignment Bo", "Bo Ek har ärendet igen"),
        row("handed over, secret", last(HANDED, "handover", by=REGISTRAR),
            AT_SARA | {"actor": REGISTRAR, "secrecy": True}, {"officer": BO}, "taken-back Sara, assignment-secret Bo",
            "Bo Ek har ärendet igen"),
        row("handed on since", last(HANDED), {"officer": MARIA}, {"officer": MARIA}, "", "ändrats igen"),
        row("distributed", last({"officer": ("", BO)}, by=REGISTRAR), {"actor": REGISTRAR},
            {"officer": "", "status": Status.TRIAGE, "unit": "gata-park"}, "taken-back Bo",
            "Registratorn har ärendet igen"),
        row("distributed and answered", last({"officer": ("", BO)}, by=REGISTRAR), ANSWERED | {"actor": REGISTRAR},
            {"officer": BO}, "", "kan inte få tillbaka det"),
        row("a fact", last({"type": ("fråga", "beröm")}), {"type": "beröm"}, {"type": "fråga"}, "",
            "Typen är som förut"),
        row("changed since", last({"type": ("fråga", "beröm")}), {"type": "övrigt"}, {"type": "övrigt"}, "",
            "ändrats igen"),
        row("the day it came in", last({"received_at": (NOW.replace(day=4), NOW)}), {},
            {"running": EARLIER},
            "", "Dagen då ärendet kom in är som förut"),
        row("a reason", last({"late_reason": ("", "väntar")}), {"late_reason": "väntar"}, {"late_reason": ""}, "",
            "som förut"),
        row("a new day that was told",
            last({"late_reason": ("", "väntar"), "delayed_to": (None, date(2026, 9, 14))}, "delay"),
            {"late_reason": "väntar", "delayed_to": date(2026, 9, 14)},
            {"late_reason": "väntar", "delayed_to": date(2026, 9, 14)}, "",
            "Beskedet om ett nytt datum har redan skickats"),
        row("a referral", last({}, "referral"), CLOSED, {"status": Status.CLOSED}, "", "har redan skickats"),
        row("a note", last({}, noted=True), {}, {}, "", "Anteckningen finns kvar"),
        row("divided", last({}, "divided"), {}, {}, "", "fortfarande delat"),
        row("it waits for its time", last({"type": ("fråga", "beröm")}), {"leaving": LEAVING, "type": "beröm"},
            {"leaving": None, "type": "beröm"}, "", "Inget har skickats till Anna Ek"),
        row("it waits for its time, by a registrar", last({}),
            {"leaving": LEAVING, "actor": REGISTRAR, "submitter": Submitter("", ANNA)}, {"leaving": None},
            "answer-stopped Bo", f"Inget har skickats till {ANNA}"),
        row("it waits for the registrar", last({}),
            {"pending": replace(WAITING, asked=REGISTRAR), "close_wanted": True},
            {"pending": None, "close_wanted": False}, "do-not-release Rut",
            "Rut Alm får veta att det inte ska skickas"),
    ],
)  # fmt: skip
def test_what_is_taken_back(
    ekvik: RuleBook, case: dict[str, Any], then: dict[str, Any], letters: str, said: str
) -> None:
    plan = a_plan(ekvik, **case)
    obey.carry_out(plan, (Command(Word.UNDO),), Job(plan.actor, MAIL, TODAY))
    assert {name: getattr(plan.case, name) for name in then} == then
    assert letters_of(plan) == letters
    words = " ".join((*plan.done, *plan.left))
    assert said in words
    assert ("ändrats igen" in words) is (said == "ändrats igen")


def test_joined_cases_are_two_matters_again(ekvik: RuleBook) -> None:
    plan = a_plan(ekvik, obeyed=last({}, f"joined {OTHER}"), related=(Related(OTHER, How.SAME),))
    obey.carry_out(plan, (Command(Word.UNDO),), Job(BO, MAIL, TODAY))
    assert plan.case.related == ()
    [there] = [e for e in plan.effects if isinstance(e, Elsewhere)]
    [apart] = there.effects
    assert (there.number, isinstance(apart, Unrelate) and apart.number) == (OTHER, plan.case.number)
    assert plan.done == [f"{OTHER} hör inte längre till samma sak."]


JOINED = (Related(OTHER, How.SAME),)


def twin(**changes: Any) -> Case:
    return a_case(**{"number": OTHER, "deadlines": (PROMISE,)} | changes)


@pytest.mark.parametrize(
    ("case", "other", "officers", "letters", "said"),
    [
        pytest.param({}, twin(), (BO, ""), "", "går till båda", id="both the writer's"),
        pytest.param({}, twin(officer=""), (BO, BO), "joined Bo", "går till båda", id="the other nobody's"),
        pytest.param({"officer": "", "actor": REGISTRAR}, twin(**AT_SARA), (SARA, ""), "joined Sara", "båda",
            id="this nobody's"),
        pytest.param({"actor": REGISTRAR}, twin(**AT_SARA), (BO, ""), "joined-by Bo, joined-by Sara", "båda",
            id="two officers"),
        pytest.param({"actor": MARIA}, twin(), (BO, ""), "joined-by Bo", "båda", id="one officer hears it once"),
        pytest.param({}, twin(**CLOSED | {"officer": ""}), (BO, ""), "", "redan besvarat", id="it has ended"),
        pytest.param(REFUSED | {"officer": "", "actor": REGISTRAR}, twin(**AT_SARA), ("", ""), "joined-by Sara", "båda",
            id="this has ended, and was nobody's"),
        pytest.param({"related": JOINED}, twin(), (BO, ""), "", "hörde redan till samma sak", id="already joined"),
    ],
)  # fmt: skip
def test_samma_who_has_a_joined_matter(
    ekvik: RuleBook, case: dict[str, Any], other: Case, officers: tuple[str, str], letters: str, said: str
) -> None:
    """officers: of the case, and whom the other one is given to."""
    plan = a_plan(ekvik, joined=other, **case)
    obey.carry_out(plan, (Command(Word.SAME, OTHER),), Job(plan.actor, MAIL, TODAY))
    there = [each for e in plan.effects if isinstance(e, Elsewhere) for each in e.effects]
    given = [getattr(each, "officer", "") for each in there if not isinstance(each, Relate | SendLetter)]
    assert (plan.case.officer, next(filter(None, given), "")) == officers
    assert letters_of(plan) == letters
    assert said in " ".join((*plan.done, *plan.left))
    assert plan.case.related == JOINED


def test_a_part_may_be_the_same_matter_after_all(ekvik: RuleBook) -> None:
    plan = a_plan(ekvik, joined=twin(), related=(Related(OTHER, How.SPLIT_INTO),))
    obey.carry_out(plan, (Command(Word.SAME, OTHER),), Job(BO, MAIL, TODAY))
    assert Related(OTHER, How.SAME) in plan.case.related


def test_whoever_gets_a_joined_case_is_shown_it_with_its_files(ekvik: RuleBook) -> None:
    plan = a_plan(ekvik, joined=twin(**AT_SARA), officer="", actor=REGISTRAR)
    obey.carry_out(plan, (Command(Word.SAME, OTHER),), Job(REGISTRAR, MAIL, TODAY))
    [letter] = [e for e in plan.effects if isinstance(e, SendLetter)]
    assert (letter.to, letter.facts, letter.files_of) == (SARA, {"other": OTHER}, "case")


@pytest.mark.parametrize(
    ("orders", "case", "before", "told", "noted", "stopped"),
    [
        ([(Word.TYPE, "beröm")], {"type": "fråga"}, {"type": "fråga"}, (), False, ()),
        ([(Word.TYPE, "beröm"), (Word.INTERNAL, "Ringt.")], {}, {"type": ""}, (), True, ()),
        ([(Word.HAND_OVER, SARA)], {}, {"officer": BO, "unit": "gata-park"}, ("handover",), False, ()),
        ([(Word.REFUSE, "Fel.")], {}, {"closed_at": None}, ("refusal",), False, CLOCK),
        (
            [(Word.REFUSE, "Fel.")],
            {"submitter": BY_LETTER},
            {"closed_at": None},
            ("paper-refusal",),
            False,
            (Clock.ANSWER,),
        ),
        ([(Word.BY_LETTER, "Lagat.")], {"submitter": BY_LETTER}, LETTER_BEFORE, (), False, ()),
        ([(Word.ANSWERED, "Lagat.")], {}, {"answer": "", "answered_at": None}, ("answer",), False, CLOCK),
        ([(Word.DIVIDE, "Lampan.")], {}, {}, ("receipt", "divided"), False, ()),
        ([(Word.SAME, OTHER)], {}, {}, (f"joined {OTHER}",), False, ()),
        ([(Word.DELAYED, "2026-09-14")], {}, {"delayed_to": None}, ("delay",), False, ()),
    ],
)
def test_what_a_mail_has_done_is_remembered(
    ekvik: RuleBook,
    orders: list[tuple[Word, str]],
    case: dict[str, Any],
    before: dict[str, Any],
    told: tuple[str, ...],
    noted: bool,
    stopped: tuple[Clock, ...],
) -> None:
    plan = a_plan(ekvik, joined=twin(), **case)
    obey.carry_out(plan, tuple(Command(*each) for each in orders), Job(BO, MAIL, TODAY))
    assert plan.case.obeyed == Obeyed(
        BO, before, {name: getattr(plan.case, name) for name in before}, told, noted, stopped
    )


@pytest.mark.parametrize("order", [Command(Word.STATUS), Command(Word.HELP), Command(Word.LIST)])
def test_who_only_asks_leaves_what_can_be_taken_back_as_it_was(ekvik: RuleBook, order: Command) -> None:
    before = last({"type": ("fråga", "beröm")})
    plan = a_plan(ekvik, obeyed=before)
    obey.carry_out(plan, (order,), Job(BO, MAIL, TODAY))
    assert plan.case.obeyed == before


@pytest.mark.parametrize("secrecy", [False, True])
def test_whoever_has_a_case_again_has_its_files_at_hand(ekvik: RuleBook, secrecy: bool) -> None:
    plan = a_plan(ekvik, obeyed=last(HANDED, by=REGISTRAR), actor=REGISTRAR, secrecy=secrecy, **AT_SARA)
    obey.carry_out(plan, (Command(Word.UNDO),), Job(REGISTRAR, MAIL, TODAY))
    assert [e.files_of for e in plan.effects if isinstance(e, SendLetter) and e.to == BO] == ["" if secrecy else "case"]
