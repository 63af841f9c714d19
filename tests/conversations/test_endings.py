"""How cases end and change hands: what others hear of it, and what is shown before it is said to a citizen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.core.cases import Clock, Status
from service.core.publicity.publication import approved
from tests.conversations.test_orders import writes
from tests.conversations.test_undo import SENT, answers_wait
from tests.conversations.town import ANNA, BO, EVA, HOLE, MARIA, REGISTRAR, Letter, Town
from tests.core.values import a_book

CITIZEN = "anna.ek@example.org"
SARA, NILS = "sara.ask@ekvik.example", "nils.fors@ekvik.example"


def flat(letter: Letter) -> str:
    return " ".join(letter.text.split())


def with_rules(town: Town, **changes: object) -> None:
    town.book = a_book(town.book, **changes)
    town.desk = replace(town.desk, book=town.book)


# --- who has it ------------------------------------------------------------------------------------------------------


def test_whoever_gets_a_case_hears_of_the_answer_that_waits_in_it_and_may_stop_it(town: Town, assigned: Letter) -> None:
    answers_wait(town)
    writes(town, SENT, assigned)
    town.passes(minutes=2)
    writes(town, f"#ÖVERLÄMNA {SARA}", assigned)
    told = town.letter("assignment", SARA)
    assert "Bo Ek har skrivit ett svar" in flat(told)
    assert "kl. 09.22" in flat(told)
    assert "Hålet är lagat i dag." in flat(told)
    town.writes(SARA, "#ÅNGRA", answers=told)
    town.passes(minutes=20)
    assert town.letters("answer") == []
    assert "stoppat" in flat(town.letters("information", BO)[-1])


def test_an_answered_case_is_handed_over_without_a_new_promise(town: Town, assigned: Letter) -> None:
    writes(town, SENT, assigned)
    town.news()
    echo = writes(town, f"#ÖVERLÄMNA {SARA}", assigned)
    told = town.letter("assignment", SARA)
    assert sorted(town.news()) == [("assignment", SARA), ("echo", BO)], "the citizen waits for nobody"
    assert told.subject.startswith("Besvarat ärende")
    assert "Hålet är lagat i dag." in flat(told)
    assert "Sista svarsdag" not in flat(echo)
    assert (town.case().status, town.case().officer) == (Status.ANSWERED, SARA)
    town.writes(SARA, "#TYP klagomål\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=told)
    assert town.case().status is Status.CLOSED


def test_kli_20_an_answer_to_be_released_is_not_forgotten_when_its_case_is_given_away(
    town: Town, assigned: Letter
) -> None:
    with_rules(town, answer={"mode": "central_release"})
    writes(town, SENT, assigned)
    asked = town.letter("question", REGISTRAR)
    echo = writes(town, f"#ÖVERLÄMNA {SARA}", assigned)
    assert "skickas inte" in flat(echo)
    town.writes(REGISTRAR, "JA", answers=asked)
    assert town.letters("answer") == []


def test_kli_20_hjo_31_the_yes_to_publishing_is_released_with_the_answer(town: Town, assigned: Letter) -> None:
    with_rules(town, answer={"mode": "central_release"})
    writes(town, f"{SENT}\n#PUBLICERA JA", assigned)
    asked = town.letter("question", REGISTRAR)
    assert "har också sagt ja till att synpunkten och svaret publiceras" in flat(asked)
    assert not approved(town.case())
    town.writes(REGISTRAR, "JA", answers=asked)
    wording = approved(town.case())
    assert wording is not None
    assert "lagat" in wording.answer


def test_both_officers_hear_that_a_registrar_has_joined_their_cases(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes("Eva <eva@example.org>", "Dricksvattnet är brunt.", subject="Vatten")
    first, second = town.cases()
    assert (first.officer, second.officer) == (BO, NILS)
    town.writes(REGISTRAR, f"#SAMMA {second.number}", subject=f"[{first.number}]")
    for officer, other in ((BO, second), (NILS, first)):
        told = town.letter("information", officer)
        assert other.number in told.text
        assert "svaret till båda" in flat(told)


def test_hjo_29_a_yes_to_the_words_of_one_case_publishes_no_other_of_the_matter(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes("Eva <eva@example.org>", f"{HOLE} Kalle Svensson körde sönder bilen.", subject="Hål igen")
    first, second = (case.number for case in town.cases())
    given = {letter.number: letter for letter in town.letters("assignment", BO)}
    town.writes(BO, f"#SAMMA {first}", answers=given[second])
    done = "#SVAR\nHej!\nVi lagar hålet.\n#ÅTGÄRD 1\n#AVSLUTA\n#PUBLICERA"
    echo = writes(town, f"{done} JA", given[first])
    here, there = town.cases()
    assert approved(here)
    assert there.answered_at
    assert approved(there) is None
    assert f"{second} är inte godkänt för publicering" in flat(echo)
    town.writes(BO, "#PUBLICERA JA", answers=given[second])
    assert approved(town.cases()[1])


# --- what a citizen reads --------------------------------------------------------------------------------------------


def test_hjo_36_the_reason_of_a_refusal_is_shown_before_it_is_sent(town: Town, assigned: Letter) -> None:
    asked = writes(town, "#AVVISA\nDet du skrev är reklam.\nDen tar vi inte upp.\nMvh\nBo", assigned)
    assert asked.kind == "question"
    assert "”Det du skrev är reklam. Den tar vi inte upp.”" in flat(asked)
    assert "Anna Ek får läsa skälet ord för ord." in flat(asked)
    assert town.letters("refusal") == []
    writes(town, "JA", asked)
    assert "Det du skrev är reklam." in flat(town.letter("refusal", CITIZEN))
    assert town.case().status is Status.REFUSED


def test_hjo_36_what_was_refused_by_mistake_is_answered_all_the_same(town: Town, assigned: Letter) -> None:
    """Whoever has been told no, and should not have been, gets an answer; each way out that is named leads there."""
    writes(town, "JA", writes(town, "#AVVISA Det du skrev är reklam.", assigned))
    for order in ("#HÅLL ÖPPET", "#AVSLUTA"):
        assert "redan avslutat" in writes(town, order, assigned).text
        assert town.case().status is Status.REFUSED
    writes(town, "#SVAR\nHej Anna! Vi läste fel. Hålet är lagat.", assigned)
    assert "Vi läste fel." in town.letter("answer", CITIZEN).text
    case = town.case()
    assert (case.status, case.closed_at) == (Status.ANSWERED, None)


@pytest.mark.parametrize("way", ["#SVAR\nHej Anna, det är lagat.\n#AVSLUTA", "#MUNTLIGT Jag ringde: lagat.\n#AVSLUTA"])
def test_str_17_one_letter_tells_the_citizen_that_the_case_is_closed(town: Town, assigned: Letter, way: str) -> None:
    with_rules(town, close={"mode": "on_command", "notify": True}, answer={"oral": True})
    writes(town, f"#ÅTGÄRD 3\n{way}", assigned)
    assert town.case().status is Status.CLOSED
    told = [x for x in town.letters(to=CITIZEN) if x.kind != "receipt"]
    assert len(told) == 1
    assert "avslutade" in flat(told[0])
    assert "Vi har bedömt att inget behöver göras." in flat(told[0])


def test_str_17_a_close_that_waited_for_an_oral_answer_is_told(town: Town, assigned: Letter) -> None:
    """Nothing was mailed with the answer, so the closing has a letter of its own."""
    with_rules(town, close={"mode": "on_answer", "notify": True}, answer={"oral": True})
    writes(town, "#MUNTLIGT Jag ringde: lagat.", assigned)
    assert town.case().status is Status.CLOSED
    assert town.letter("closing", CITIZEN)


# --- past the service ------------------------------------------------------------------------------------------------


def test_kop_26_a_direct_mail_that_nothing_proves_is_the_answer_after_a_yes(town: Town, assigned: Letter) -> None:
    number = town.case().number
    town.writes(BO, "Hej Anna! Hålet är lagat.", f"Svar [{number}]", to=CITIZEN, cc=town.address, authenticated=False)
    assert town.case().answered_at is None
    asked = town.letter("question", BO)
    assert "Hålet är lagat." in flat(asked)
    assert "Ditt mejl till Anna Ek registreras som svaret." in flat(asked)
    town.passes(days=1)
    town.writes(BO, "JA", answers=asked, authenticated=False)
    assert (town.case().status, town.case().answered_at) == (Status.ANSWERED, town.now - timedelta(days=1))
    assert town.letters("answer") == [], "the citizen has it already"
    promise = town.case().deadline(Clock.ANSWER)
    assert promise
    assert promise.met_at


# --- words -----------------------------------------------------------------------------------------------------------


def test_sentences_to_staff_say_the_name_where_it_is_known(town: Town, assigned: Letter) -> None:
    asked = writes(town, "#AVSLUTA", assigned)
    assert "Anna Ek har inte fått något svar" in flat(asked)
    town.writes("Min granne <x@example.org>", "Min granne har självskada.", subject="Oro")
    secret = town.cases()[1]
    town.writes(REGISTRAR, "#AVSLUTA", subject=f"[{secret.number}]")
    assert not [x for x in town.sent if x.number == secret.number and x.to != "x@example.org" and "granne" in x.text]


@pytest.mark.parametrize(
    "text", ["#ÅTGÄRD\n1\n#PUBLICERA:\n\nNEJ", "#Åtgärd\nÅtgärdat\n\n#publicera nej", "#PUBLICERA NEJ\n#ÅTGÄRD\n\n  1"]
)
def test_a_value_may_stand_on_the_line_below_its_command(town: Town, assigned: Letter, text: str) -> None:
    writes(town, text, assigned)
    assert (town.case().measure, town.case().publication.value) == ("Åtgärdat", "no")


def test_what_stands_below_a_command_that_has_its_value_is_a_note(town: Town, assigned: Letter) -> None:
    writes(town, f"#ÖVERLÄMNA {MARIA}\nDu vet mer om det här.\n\nMvh\nBo", assigned)
    assert "Du vet mer om det här." in flat(town.letter("assignment", MARIA))
    assert town.letters(to=EVA) == []
