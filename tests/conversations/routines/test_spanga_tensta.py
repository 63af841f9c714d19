"""Spånga-Tensta's routine: the unit's manager is the officer, fourteen days, and everything is in the diary."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from service.core.cases import Clock, Status
from service.core.rules.choices import Required
from service.desk.lookup import catalogue
from tests.conversations.routines.conftest import Begin, fills_in
from tests.conversations.town import ANNA, STOCKHOLM, Town

VERA, OLGA = "vera.lund@spanga-tensta.example", "olga.berg@spanga-tensta.example"
REGISTRAR = "registrator@spanga-tensta.example"
BINS = "Papperskorgarna i parken är fulla."
ELSA = {"Adress": "Norra vägen 3, 163 30 Spånga", "Hur vill du få svar?": "Brev"}


@pytest.fixture
def town(at_work: Begin) -> Town:
    return at_work("spanga-tensta")


def fills_in_the_form(
    town: Town, name: str = "Petra Holm", email: str = "petra@example.org", way: str = "E-post"
) -> None:
    answers = {"Det gäller": "Parker", "Namn": name, "E-post": email, "Hur vill du få svar?": way}
    fills_in(town, "Tyck till", **{"Vad vill du säga?": BINS}, **answers)


def test_spa_24_before_a_day_on_a_weekend_the_reminder_comes_on_the_friday(town: Town) -> None:
    town.now = datetime(2026, 11, 22, 13, 0, tzinfo=STOCKHOLM)
    town.writes(ANNA, "Träden i parken skymmer sikten.", subject="Träden")
    town.waits_until("2026-12-06 20:00")
    assert [f"{x.at:%m-%d}" for x in town.letters("reminder")] == ["11-30", "12-04"]


def test_spa_02_spa_05_a_case_is_of_one_of_five_types(town: Town) -> None:
    town.writes(ANNA, BINS)
    for kind in ("fråga", "klagomål", "synpunkt", "beröm", "idé"):
        town.writes(VERA, f"#TYP {kind}", answers=town.letter("assignment", VERA))
        assert town.case().type == kind


def test_spa_03_nobody_needs_to_know_who_is_responsible(town: Town) -> None:
    town.writes(ANNA, "Hemtjänsten kommer aldrig i tid.", subject="Hej")
    town.writes(ANNA, "Fritidsgården är stängd varje kväll.", subject="Stängt")
    assert [case.unit for case in town.cases()] == ["hemtjanst", "fritid"]


def test_spa_04_everything_is_in_one_register(town: Town) -> None:
    town.writes(ANNA, BINS)
    fills_in_the_form(town)
    with town.database.reading() as s:
        assert len(list(catalogue.listed(s))) == 2


def test_spa_06_spa_12_spa_18_what_was_said_is_a_note_with_its_writer_and_both_days(town: Town) -> None:
    town.writes(OLGA, f"#KANAL besök\n#INKOM 4 september\n#FRÅN Gun Ek, 070-174 06 05\n\n{BINS}")
    with town.database.reading() as s:
        shown = catalogue.shown(s, town.case().number)
    assert shown
    assert (shown["received_by"], shown["channel"]) == (OLGA, "besök")
    assert shown["received_at"].startswith("2026-09-04")
    assert shown["events"][0]["at"] == "2026-09-07T09:12:00+02:00"


def test_spa_08_anonymous_feedback_is_registered_too(town: Town) -> None:
    fills_in_the_form(town, name="", email="", way="Jag vill inte ha svar")
    assert town.case().anonymous
    assert town.case().number


def test_spa_09_spa_17_registered_and_with_the_manager_in_the_same_minute(town: Town) -> None:
    town.writes(ANNA, BINS)
    assert town.case().status is Status.ASSIGNED
    assert town.letter("assignment", VERA).at == town.case().received_at == town.now


def test_spa_10_nobody_above_the_unit_hears_of_it_before_it_is_late(town: Town) -> None:
    town.writes(ANNA, BINS)
    town.waits_until("2026-09-21 16:00")
    assert {x.to for x in town.sent} == {"anna.ek@example.org", VERA}
    town.waits_until("2026-09-30 08:00")
    assert {x.to for x in town.letters("escalation")} >= {"gosta.park@spanga-tensta.example"}


def test_spa_11_where_a_measure_is_demanded_nothing_closes_without_one(town: Town) -> None:
    own = town.book.municipality
    close = own.close.model_copy(update={"require": (Required.MEASURE,)})
    book = town.book.model_copy(update={"municipality": own.model_copy(update={"close": close})})
    town.desk = replace(town.desk, book=book)
    town.writes(ANNA, BINS)
    town.writes(VERA, "#SVAR\nTömda.", answers=town.letter("assignment", VERA))
    assert town.case().status is Status.ANSWERED
    town.writes(VERA, "#ÅTGÄRD åtgärdat\n#AVSLUTA", answers=town.letter("echo", VERA))
    assert (town.case().status, town.case().measure) == (Status.CLOSED, "Åtgärdat")


def test_spa_13_the_form_and_the_paper_form(town: Town) -> None:
    fills_in_the_form(town)
    town.writes(OLGA, f"#KANAL blankett\n#FRÅN Gun Ek\n\n{BINS}", files=[("tyck.jpg", b"\xff\xd8\xff" + b"x" * 99)])
    assert [case.channel for case in town.cases()] == ["e-tjänsten Tyck till", "blankett"]
    assert [case.officer for case in town.cases()] == [VERA, VERA]


def test_spa_15_the_form_needs_no_name(town: Town) -> None:
    fills_in_the_form(town, name="", email="")
    assert town.case().number
    assert town.letter("assignment", VERA)


def test_spa_20_who_wrote_and_gave_a_name_has_a_confirmation_by_mail_or_letter(town: Town) -> None:
    town.writes(OLGA, f"#KANAL telefon\n#FRÅN {ANNA}\n\n{BINS}")
    fills_in_the_form(town, name="", email="nobody@example.org")
    town.writes(OLGA, f"#FRÅN {ANNA}, 070-174 06 05", answers=town.letter("echo", OLGA))
    assert town.letters("receipt") == town.letters("letter") == []
    fills_in_the_form(town)
    assert town.letter("receipt").to == "petra@example.org"
    fills_in(town, "Tyck till", **{"Vad vill du säga?": "Mer bänkar i parken.", "Namn": "Elsa Nyman"}, **ELSA)
    to_post = town.letter("letter", REGISTRAR)
    assert to_post.files == [f"brev {to_post.number}.pdf"]


def test_spa_21_spa_26_the_answer_closes_the_case_and_the_registrar_has_it(town: Town) -> None:
    town.writes(ANNA, BINS)
    town.writes(VERA, "#SVAR\nTömda i dag.", answers=town.letter("assignment", VERA))
    assert town.case().status is Status.CLOSED
    told = town.letter("information", REGISTRAR)
    assert "Tömda i dag." in told.text
    assert town.case().number in told.subject


def test_spa_24_fourteen_days_lead_from_a_sunday_to_a_sunday(town: Town) -> None:
    town.now = datetime(2026, 11, 22, 12, 0, tzinfo=STOCKHOLM)
    town.writes(ANNA, BINS)
    promise = town.case().deadline(Clock.ANSWER)
    assert promise
    assert f"{promise.due_at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}" == "2026-12-06 23:59"


def test_spa_35_figures_tell_what_did_not_come_by_the_city_s_own_service(town: Town) -> None:
    town.writes(ANNA, BINS)
    town.writes(OLGA, "#KANAL telefon\n#FRÅN Gun Ek, 070-174 06 05\n\nBänkarna i parken är trasiga.")
    link = "Läs ärendet: https://e.spanga-tensta.example/48213"
    sender, by_machine = "etjanst@spanga-tensta.example", [("Auto-Submitted", "auto-generated")]
    town.writes(sender, link, subject="Nytt ärende nr 48213", headers=by_machine)
    town.writes(REGISTRAR, "#STATISTIK september", subject="")
    figures = town.letter("report", REGISTRAR).text
    for line in ("Kom in: 3", "e-post: 1", "telefon: 1", "e-tjänsten Tyck till: 1"):
        assert line in figures


def test_spa_29_the_promise_counts_from_the_day_that_staff_state(town: Town) -> None:
    town.writes(OLGA, f"#KANAL brev\n#INKOM 5 september\n#FRÅN Gun Ek\n\n{BINS}")
    promise = town.case().deadline(Clock.ANSWER)
    assert promise
    assert f"{promise.due_at.astimezone(STOCKHOLM):%m-%d}" == "09-19"


def test_spa_30_the_manager_of_whoever_took_it_in_hears_of_it_once(town: Town) -> None:
    sam, hassan = "sam.lind@spanga-tensta.example", "hassan.ali@spanga-tensta.example"
    town.writes(sam, "#KANAL telefon\n#FRÅN Gun Ek\n\nFritidsgården är stängd varje kväll.", subject="Samtal")
    assert [x.to for x in town.letters("information")] == [VERA]
    assert "stängd varje kväll" in town.letter("information", VERA).text
    first = town.letters("assignment")[-1]
    town.writes(first.to, "#ÖVERLÄMNA hassan.ali@spanga-tensta.example", answers=first)
    assert len(town.letters("information")) == 1
    assert town.case().officer == hassan
    town.writes(sam, f"#KANAL telefon\n#FRÅN Gun Ek\n\n{BINS}", subject="Samtal 2")
    assert len(town.letters("information", VERA)) + len(town.letters("assignment", VERA)) == 2
