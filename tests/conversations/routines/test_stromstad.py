"""Strömstad's policy: an ordinary case at its committee, a promise without a number of days, a notice at the end."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.core.cases import Clock
from service.desk.lookup import catalogue
from tests.conversations.routines.conftest import Begin, fills_in
from tests.conversations.town import ANNA, STOCKHOLM, Town

LIV = "liv.sten@stromstad.example"
ANSWER, CLOSE = "#SVAR\nSandat i morse.", "#TYP klagomål\n#ÅTGÄRD 1\n#AVSLUTA"
ICE = "Trottoarerna i centrum är hala."


@pytest.fixture
def town(at_work: Begin) -> Town:
    return at_work("stromstad")


def test_str_02_a_case_is_of_one_of_four_types(town: Town) -> None:
    town.writes(ANNA, ICE)
    for kind in ("klagomål", "synpunkt", "förslag", "beröm"):
        town.writes(LIV, f"#TYP {kind}", answers=town.letter("assignment", LIV))
        assert town.case().type == kind


def test_str_04_str_16_a_receipt_promises_an_answer_though_the_policy_names_no_days(town: Town) -> None:
    town.writes(ANNA, ICE)
    promise = town.case().deadline(Clock.ANSWER)
    assert promise
    assert promise.running
    assert town.letter("receipt", "anna.ek@example.org")


def test_str_16_what_was_said_on_the_telephone_has_no_receipt(town: Town) -> None:
    town.writes(LIV, f"#KANAL telefon\n#FRÅN {ANNA}\n#PROCESS synpunkt\n\n{ICE}")
    assert town.letters("receipt") == []
    assert town.case().deadline(Clock.RECEIPT) is None


def test_str_17_the_submitter_is_told_of_the_closing_once(town: Town) -> None:
    for number, orders in enumerate((f"{ANSWER}\n{CLOSE}", "#SVAR\nVi sandar där varje morgon.")):
        town.writes(f"anna{number}@example.org", ICE)
        town.writes(LIV, orders, answers=town.letters("assignment", LIV)[-1])
    together, answer = town.letters("answer")
    assert "Vi avslutade ärendet måndag 7 september 2026." in together.text
    assert "avslutade" not in answer.text
    assert town.letters("closing") == []
    town.writes(LIV, CLOSE, answers=town.letters("assignment", LIV)[-1])
    assert "Åtgärdat" in town.letter("closing", "anna1@example.org").text


def test_str_05_measures_are_counted(town: Town) -> None:
    for number, measure in enumerate(("Åtgärdat", "Kvalitetsförbättring", "Kvalitetsförbättring")):
        town.writes(f"anna{number}@example.org", f"{ICE} Nummer {number}.", subject=f"Halt {number}")
        order = f"#ÅTGÄRD {measure}\n#SVAR\nSandat på plats {number}, och fler lådor är beställda."
        town.writes(LIV, order, answers=town.letters("assignment", LIV)[-1])
    town.writes("registrator@stromstad.example", "#STATISTIK september", subject="")
    figures = town.letter("report").text
    assert "Kvalitetsförbättring: 2" in figures
    assert "Åtgärdat: 1" in figures


def test_str_08_by_mail_letter_web_form_and_paper_form(town: Town) -> None:
    town.writes(ANNA, ICE)
    fills_in(
        town,
        "Vad tycker du",
        **{"Jag tycker": ICE, "Namn": "Petra Holm", "E-post": "p@example.org", "Svar önskas": "Ja"},
    )
    for channel in ("brev", "blankett"):
        town.writes(LIV, f"#KANAL {channel}\n#FRÅN Gun Ek, Norra vägen 3, 452 30 Strömstad\n\n{ICE} {channel}")
    assert [case.channel for case in town.cases()] == ["e-post", "webbformulär", "brev", "blankett"]


def test_str_08_who_wants_an_answer_has_it_by_the_way_that_is_known(town: Town) -> None:
    """The form asks for a yes or no alone: without an e-mail address the answer is posted, or told by telephone."""
    ways = {"Adress": "Solbacken, 452 30 Strömstad", "Telefon": "0526-19 19 19"}
    for way, known in ways.items():
        fills_in(town, "Vad tycker du", **{"Jag tycker": ICE + way, "Namn": "Gun Ek", way: known, "Svar önskas": "Ja"})
    assert [case.submitter.contact.value for case in town.cases()] == ["letter", "phone"]
    assert town.letter("letter").number == town.cases()[0].number


def test_str_09_arrival_and_registration_stand_in_the_case(town: Town) -> None:
    town.writes(ANNA, ICE)
    with town.database.reading() as s:
        shown = catalogue.shown(s, town.case().number)
    assert shown
    assert shown["received_at"] == shown["events"][0]["at"] == "2026-09-07T09:12:00+02:00"
    assert (shown["messages"][0]["direction"], shown["messages"][0]["from"]) == ("in", "anna.ek@example.org")


def test_str_11_a_caller_may_be_anonymous(town: Town) -> None:
    town.writes(LIV, f"#KANAL telefon\n#FRÅN anonym\n#PROCESS synpunkt\n\n{ICE}")
    assert town.case().anonymous
    assert {x.to for x in town.sent} == {LIV}


def test_str_14_what_was_said_is_told_to_the_manager_and_is_no_case(town: Town) -> None:
    """C16: not registered, but read by somebody and kept; what may be secret or belongs to a person is a case."""
    town.writes(LIV, f"#KANAL telefon\n#FRÅN Gun Ek, 070-174 06 05\n\n{ICE}")
    told = town.letter("information", "tor.grus@stromstad.example")
    assert ICE in told.text
    assert "Gun Ek, 070-174 06 05" in told.text
    assert "Tor Grus" in town.letter("echo", LIV).text
    assert town.cases() == []
    town.waits_until("2026-12-01 12:00")
    assert len(town.sent) == 2, "nobody is reminded of it"
    town.writes(LIV, f"#KANAL telefon\n#FRÅN Gun Ek\n\n{ICE} Jag överklagar beslutet.")
    town.writes(LIV, "#KANAL besök\n#FRÅN Gun Ek\n\nSocialtjänsten svarar inte.")
    assert [case.secrecy for case in town.cases()] == [False, True]


def test_str_22_each_committees_registrar_has_the_year(town: Town) -> None:
    town.writes(ANNA, ICE)
    town.now = datetime(2027, 1, 4, 8, 0, tzinfo=STOCKHOLM)
    town.looks_at_the_clock()
    theirs = {x.to: " ".join(x.text.split()) for x in town.letters("report")}
    assert "Kom in: 1" in theirs["registrator.teknik@stromstad.example"]
    assert "Kom in: 1" in theirs["gunnar.kaj@stromstad.example"]
    assert "Kom in: 0" in theirs["registrator.barn@stromstad.example"]


def test_str_15_what_is_written_is_registered_at_its_own_committee(town: Town) -> None:
    town.writes(ANNA, ICE)
    town.writes("gun@example.org", "Bygglovet dröjer. Jag har väntat sedan i mars.", subject="Bygglov")
    town.writes("per@example.org", "Ni är bra!", subject="Hej")
    with town.database.reading() as s:
        homes = [x["committee"] for x in catalogue.listed(s)]
    assert homes == [None, "Miljö- och byggnämnden", "Tekniska nämnden"]
