"""Many write about the same: it is named, told upwards once, and the last good answer is shown as a proposal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.core.alike.drafts import as_draft
from service.core.effects import SetFields
from service.core.rules.municipality import Likeness
from service.core.rules.rulebook import RuleBook
from service.desk.turn import turn
from tests.conversations.town import BO, MARIA, REGISTRAR, Town

pytestmark = pytest.mark.databases("sqlite", "postgresql")

HOLES = (
    "Det är ett stort hål i asfalten vid Storgatan 14.",
    "Hålet på Storgatan är livsfarligt. Laga asfalten!",
    "När lagas hålen på Storgatan? Asfalten är helt trasig.",
    "Hål i asfalten på Storgatan",
    "Min cykel gick sönder i ett hål i asfalten på Storgatan.",
)


def write(town: Town, count: int, start: int = 0) -> None:
    """So many people write about the same hole."""
    for number in range(start, start + count):
        text = f"Hej!\n\n{HOLES[number % len(HOLES)]}\n\nMvh\nAnna"
        town.writes(f"Anna Alm <anna{number}@example.org>", text, subject="Hål")


def with_likeness(town: Town, **settings: object) -> None:
    municipality = town.book.municipality.model_copy(update={"likeness": Likeness.model_validate(settings)})
    town.desk = replace(town.desk, book=town.book.model_copy(update={"municipality": municipality}))


def test_others_who_have_written_about_the_same_are_named(town: Town) -> None:
    write(town, 4)
    town.writes("Per <per@example.org>", "Lampan på Storgatan är släckt.", subject="Lampa")
    numbers = [case.number for case in town.cases()]
    first, *_, fourth, lamp = town.letters("assignment", BO)
    assert "Fler har skrivit" not in first.text
    text = " ".join(fourth.text.split())
    assert f"Tre andra har skrivit om samma sak: {numbers[0]}, {numbers[1]} och {numbers[2]}." in text
    assert "Fler har skrivit" not in lamp.text


def test_triage_names_them_too(town: Town) -> None:
    for number in range(2):
        text = "Det luktar konstigt av fjärrvärmen i kulverten vid Solvik."
        town.writes(f"Anna <anna{number}@example.org>", text, subject="Lukt")
    assert "En annan har skrivit om samma sak" in town.letters("assignment", REGISTRAR)[-1].text


def test_the_same_person_is_no_other(town: Town) -> None:
    town.writes("Anna <anna@example.org>", HOLES[0], subject="Hål")
    town.passes(hours=2)
    town.writes("Anna <anna@example.org>", HOLES[1], subject="Hål igen")
    assert "Fler har skrivit" not in town.letters("assignment", BO)[-1].text


def test_the_tenth_is_told_to_the_manager_once(town: Town) -> None:
    with_likeness(town, tell_manager_at=4)
    write(town, 3)
    assert town.letters("information", MARIA) == []
    write(town, 3, start=3)
    told = town.letter("information", MARIA)
    assert "Fyra personer har nu skrivit om samma sak" in " ".join(told.text.split())
    assert town.cases()[0].number in told.text


@pytest.mark.parametrize("raised", [True, False])
def test_the_ladder_is_raised_where_the_municipality_wants_it(town: Town, raised: bool) -> None:
    """Each step reaches one higher: the head hears when the officer alone would."""
    with_likeness(town, tell_manager_at=2, raise_ladder=raised)
    write(town, 2)
    number = town.cases()[1].number
    town.waits_until("2026-09-21 17:00")
    reached = {x.to for x in town.letters("escalation") if x.number == number}
    other = {x.to for x in town.letters("escalation") if x.number != number}
    assert (reached - other != set()) is raised


def test_the_last_good_answer_is_shown_as_a_proposal_without_its_readers_data(town: Town) -> None:
    write(town, 1)
    assignment = town.letter("assignment", BO)
    town.writes(BO, "#SVAR\nHej Anna!\nHålet på Storgatan lagas på torsdag av vår entreprenör.", answers=assignment)
    town.writes("Per Berg <per@example.org>", HOLES[1], subject="Hål")
    shown = town.letters("assignment", BO)[-1]
    text = " ".join(shown.text.split())
    assert "så svarade vi någon annan" in text
    assert "Hej [namn]! Hålet på Storgatan lagas på torsdag" in text.replace("> ", "").replace("| ", "")
    assert "Anna" not in shown.text
    assert "skickas inte av sig självt" in text


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Hej [namn]!\nHålet på Storgatan lagas på torsdag av vår entreprenör.", "[namn]"),
        ("Hålet på Storgatan lagas på torsdag av vår entreprenör.", ""),
        ("Hej Per!\nHålet på Storgatan lagas på fredag.", ""),
    ],
)
def test_a_proposal_sent_back_by_accident_is_asked_about(town: Town, text: str, asked: str) -> None:
    write(town, 1)
    answer = "#SVAR\nHålet på Storgatan lagas på torsdag av vår entreprenör."
    town.writes(BO, answer, answers=town.letter("assignment", BO))
    town.writes("Per Berg <per@example.org>", HOLES[1], subject="Hål")
    town.writes(BO, f"#SVAR\n{text}", answers=town.letters("assignment", BO)[-1])
    assert len(town.letters("answer")) == (1 if asked else 2)
    if asked:
        assert asked in " ".join(town.letter("question", BO).text.split())


def test_nothing_of_a_secret_case_is_named_or_shown(town: Town) -> None:
    secret = "Min son är placerad på HVB och har självskadat igen på Solvik, och personalen svarar inte."
    for number in range(2):
        town.writes(f"Anna <anna{number}@example.org>", secret, subject="HVB")
    assert all(case.secrecy and case.alike == () and case.draft == "" for case in town.cases())


def test_what_becomes_secret_is_named_and_proposed_no_more(town: Town) -> None:
    write(town, 1)
    first = town.letter("assignment", BO)
    town.writes(BO, "#SVAR\nHålet på Storgatan lagas på torsdag.", answers=first)
    town.writes("Per Berg <per@example.org>", HOLES[1], subject="Hål")
    assert town.cases()[1].draft
    with turn(town.desk, town.now) as work:
        stored = work.case(town.cases()[0].number)
        work.carry_out(stored, [SetFields({"secrecy": True}, "somebody has said so")])
    assert town.cases()[0].secrecy
    assert town.cases()[1].draft == ""
    town.writes("Eva Ask <eva@example.org>", HOLES[2], subject="Hål")
    assert (town.cases()[2].draft, town.cases()[2].alike) == ("", (town.cases()[1].number,))


@pytest.mark.parametrize(
    ("answer", "draft"),
    [
        ("Hej Anna!\nLagat.", "Hej [namn]!\nLagat."),
        ("Hej Anna Ek,\nvi ringde er, Ek, på 070-174 06 05.", "Hej [namn],\nvi ringde er, [namn], på [telefonnummer]."),
        ("Hej fru Ek!\nDin mejl anna.ek@example.org.", "Hej [namn]!\nDin mejl [e-postadress]."),
        ("Hej alla!\nRing oss på 0980-319 200.", "Hej alla!\nRing oss på 0980-319 200."),
        ("Som i EKV-26-00124-X, 19811218-9876.", "Som i [ärendenummer], [personnummer]."),
        ("Som i EKV-26-00117-K (felskrivet), 20150101-1234.", "Som i [ärendenummer] (felskrivet), [personnummer]."),
        ("Vi skickar det till Norra vägen 3, 123 45 Ekvik.", "Vi skickar det till [adress]."),
        ("Kom till Medborgarkontoret, Storgatan 1, Ekvik.", "Kom till Medborgarkontoret, Storgatan 1, Ekvik."),
        (
            "Bilen ABC 123 och släpet DEF12G är bortforslade, 5 NOV 2026.",
            "Bilen [registreringsnummer] och släpet [registreringsnummer] är bortforslade, 5 NOV 2026.",
        ),
        ("Grannen Karin Holm har fått samma svar.", "Grannen [namn] har fått samma svar."),
        ("Läraren Maria Lund och eleven Lovis vet det.", "Läraren Maria Lund och eleven [namn] vet det."),
        ("x" * 6_001, ""),
    ],
)
def test_a_draft_has_gaps_for_what_is_somebody_elses(answer: str, draft: str, ekvik: RuleBook) -> None:
    assert as_draft(answer, "Anna Ek", ekvik) == draft
