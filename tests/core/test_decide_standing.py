"""A registrar's answer to the one question about an absent colleague's cases: yes, no, or somebody else's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.core.cases import Status
from service.core.decide import Incoming, standing
from service.core.effects import AskStanding, Assign, Effect, Elsewhere, NoCase, RememberAbsence, SendLetter
from service.core.people.absence import Absent, Away
from service.core.people.origin import Arrival
from service.core.rules.rulebook import RuleBook
from service.core.speech.standing import About, Standing
from service.core.verdict import Context, Role, Verdict
from tests.core.test_deeds_settled import OTHER, SARA
from tests.core.values import BO, MARIA, NOW, NUMBER, REGISTRAR, a_case, a_mail

UNTIL = date(2026, 10, 3)
BO_IS_AWAY = Absent(BO, NOW, UNTIL, proven=False)
CLOSED = {"status": Status.CLOSED, "closed_at": NOW}


def answer(
    book: RuleBook,
    text: str,
    *away: Absent,
    about: About = About.ABSENCE,
    to: str = MARIA,
    held_by: str = BO,
    sender: str = REGISTRAR,
    **case: Any,
) -> list[Effect]:
    """What the answer brings about to a question about two cases, the second of which is as the test says."""
    facts = {"person": BO, "to": to, "held_by": {NUMBER: held_by, OTHER: held_by}}
    cases = (a_case(officer=held_by), a_case(**{"number": OTHER, "officer": held_by} | case))
    asked = Standing("n" * 12, about, REGISTRAR, facts)
    ctx = Context(away=Away.of_all(away), standing=asked, cases=cases)
    verdict = Verdict(Role.DECIDES, "answers a question")
    return standing.on_answer(
        Incoming(a_mail(sender, text), verdict, ctx, book, Arrival(NOW, ""), NOW, date(2026, 9, 7))
    )


def moved(effects: list[Effect]) -> dict[str, str]:
    elsewhere = [e for e in effects if isinstance(e, Elsewhere)]
    return {e.number: a.officer for e in elsewhere for a in e.effects if isinstance(a, Assign)}


def told(effects: list[Effect]) -> tuple[str, str]:
    """The letter to whoever answered, and its words."""
    assert isinstance(effects[0], NoCase)
    [letter] = [e for e in effects if isinstance(e, SendLetter)]
    [asked] = [e for e in effects if isinstance(e, AskStanding)]
    assert asked.standing.nonce == letter.nonce, "a second thought answers this letter"
    words = [str(letter.facts["why"])] if "why" in letter.facts else [*letter.facts["done"], *letter.facts["left"]]
    return letter.template_name, " ".join(words)


BOTH_TO_MARIA = {NUMBER: MARIA, OTHER: MARIA}
BOTH_TO_BO = {NUMBER: BO, OTHER: BO}
HANDED = replace(BO_IS_AWAY, handed={NUMBER: MARIA, OTHER: MARIA})


@pytest.mark.parametrize(
    ("text", "question", "away", "to", "letter", "said"),
    [
        pytest.param("JA", {}, (BO_IS_AWAY,), BOTH_TO_MARIA, "moved", "Två ärenden är överlämnade till Maria Lund",
            id="yes"),
        pytest.param("JA", {}, (BO_IS_AWAY,), BOTH_TO_MARIA, "moved", "Svara NEJ, så går allt tillbaka till Bo Ek.",
            id="yes, and how it is taken back"),
        pytest.param("JA", CLOSED, (BO_IS_AWAY,), {NUMBER: MARIA}, "moved", f"redan hos någon annan: {OTHER}",
            id="yes, and one is closed since"),
        pytest.param("JA", {"officer": SARA}, (BO_IS_AWAY,), {NUMBER: MARIA}, "moved", "Ett ärende är överlämnat till",
            id="yes, and one is somebody else's since"),
        pytest.param("JA", {"secrecy": True}, (BO_IS_AWAY,), {NUMBER: MARIA}, "moved", "Ett ärende är överlämnat till",
            id="yes, and one is secret since"),
        pytest.param("JA", {}, (), {}, "moved", "Bo Ek är tillbaka, så inget är flyttat.", id="yes, too late"),
        pytest.param("JA", {"to": ""}, (BO_IS_AWAY,), {}, "ask-again", "Vi har inget förslag", id="yes to nobody"),
        pytest.param("JA", {}, (BO_IS_AWAY, Absent(MARIA, NOW)), {}, "ask-again", "Maria Lund är borta",
            id="yes to somebody who is away, too"),
        pytest.param("JA", {"to": "gun.borta@ekvik.example"}, (BO_IS_AWAY,), {}, "ask-again", "Vi har inget förslag",
            id="yes to somebody who has left"),
        pytest.param("Sara Ask", {}, (BO_IS_AWAY,), {NUMBER: SARA, OTHER: SARA}, "moved", "till Sara Ask", id="a name"),
        pytest.param("Ge dem till Sara i stället, tack", {}, (BO_IS_AWAY,), {NUMBER: SARA, OTHER: SARA}, "moved",
            "till Sara Ask", id="a name in a sentence"),
        pytest.param("Eva", {}, (BO_IS_AWAY,), {}, "ask-again", "Menade du Eva", id="one of several names"),
        pytest.param("Zorro", {}, (BO_IS_AWAY,), {}, "ask-again", "Vi förstod inte ditt svar.", id="nobody's name"),
        pytest.param("Rut Alm", {}, (BO_IS_AWAY,), {}, "ask-again", "Vi förstod inte", id="the own signature"),
        pytest.param("NEJ", {}, (BO_IS_AWAY,), {}, "moved", "Inget är flyttat.", id="no"),
        pytest.param("NEJ", {}, (HANDED,), {}, "moved", "Inget är flyttat.", id="no, twice"),
        pytest.param("JA", {"about": About.RETURN, "to": BO, "held_by": MARIA}, (), BOTH_TO_BO, "moved",
            "Två ärenden är överlämnade till Bo Ek", id="back: yes"),
        pytest.param("NEJ", {"about": About.RETURN, "to": BO, "held_by": MARIA}, (), {}, "moved", "Inget är flyttat.",
            id="back: no"),
    ],
)  # fmt: skip
def test_s17_what_an_answer_about_an_absent_colleagues_cases_does(
    ekvik: RuleBook,
    text: str,
    question: dict[str, Any],
    away: tuple[Absent, ...],
    to: dict[str, str],
    letter: str,
    said: str,
) -> None:
    effects = answer(ekvik, text, *away, **question)
    assert moved(effects) == to
    template, words = told(effects)
    assert template == letter
    assert said in words


def test_s17_a_yes_vouches_for_the_absence_and_a_no_after_it_brings_all_back(ekvik: RuleBook) -> None:
    [remembered] = [e for e in answer(ekvik, "JA", BO_IS_AWAY) if isinstance(e, RememberAbsence)]
    assert (remembered.absent.handed, remembered.absent.proven) == (BOTH_TO_MARIA, True)
    taken = {NUMBER: BO, OTHER: BO}
    facts = {"person": BO, "to": MARIA, "held_by": taken}
    cases = (a_case(officer=MARIA), a_case(number=OTHER, officer=MARIA))
    ctx = Context(away=Away.of_all([HANDED]), standing=Standing("n", About.ABSENCE, REGISTRAR, facts), cases=cases)
    verdict = Verdict(Role.DECIDES, "answers a question")
    mail = Incoming(a_mail(REGISTRAR, "NEJ"), verdict, ctx, ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7))
    effects = standing.on_answer(mail)
    assert moved(effects) == BOTH_TO_BO
    [forgotten] = [e for e in effects if isinstance(e, RememberAbsence)]
    assert forgotten.absent.handed == {}
    assert told(effects)[1].startswith("Två ärenden är överlämnade till Bo Ek")


def test_s17_nothing_is_promised_to_go_back_where_nothing_was_moved(ekvik: RuleBook) -> None:
    effects = answer(ekvik, "JA", BO_IS_AWAY, held_by=MARIA)
    assert (moved(effects), "Ångrar du dig" in told(effects)[1]) == ({}, False)
    back = answer(ekvik, "JA", about=About.RETURN, to=BO, held_by=MARIA)
    assert not any(isinstance(e, RememberAbsence) for e in back), "whoever is back is not away"


@pytest.mark.parametrize("asked", [REGISTRAR, MARIA])
def test_s17_where_whoever_was_asked_is_away_the_next_one_is_asked(ekvik: RuleBook, asked: str) -> None:
    facts = {"person": BO, "to": MARIA, "held_by": {NUMBER: BO}}
    ctx = Context(away=Away.of_all([BO_IS_AWAY]), standing=Standing("n", About.ABSENCE, asked, facts))
    verdict = Verdict(Role.DECIDES, "away")
    mail = Incoming(a_mail(REGISTRAR, "Semester"), verdict, ctx, ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7))
    letters = [e for each in standing.ask_next(mail) if isinstance(each, Elsewhere) for e in each.effects]
    asked_next = [e.to for e in letters if isinstance(e, SendLetter)]
    assert asked_next == ([MARIA] if asked == REGISTRAR else [])
