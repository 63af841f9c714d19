"""Strömstad's binder: anonymous feedback is kept in order, told for information, and never registered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.desk import binder
from service.desk.lookup import catalogue
from tests.conversations.routines.conftest import Begin, fills_in
from tests.conversations.town import Town

LIV, TOR = "liv.sten@stromstad.example", "tor.grus@stromstad.example"
REGISTRAR, OF_STREETS = "registrator@stromstad.example", "registrator.teknik@stromstad.example"
EMPTY = {"Namn": "", "E-post": "", "Telefon": "", "Adress": "", "Svar önskas": ""}
ICE = "Trottoarerna i centrum är hala."


@pytest.fixture
def town(at_work: Begin) -> Town:
    return at_work("stromstad")


def anonymous(town: Town, text: str, **known: str) -> None:
    fills_in(town, "Vad tycker du", **{"Jag tycker": text} | EMPTY | known)


def leaves(town: Town, department: str | None = None) -> list[dict[str, object]]:
    with town.database.reading() as s:
        return list(binder.listed(s, department))


def test_str_18_s05_anonymous_feedback_has_no_number_but_a_leaf_in_the_binder(town: Town) -> None:
    anonymous(town, ICE)
    assert town.cases() == []
    [leaf] = leaves(town)
    assert (leaf["department"], leaf["unit"], leaf["text"]) == ("teknik", "gata", ICE)
    assert leaf["received_at"] == "2026-09-07T09:12:00+02:00"
    with town.database.reading() as s:
        original = binder.original(s, 1)
    assert original
    assert b"Trottoarerna" in original
    assert all(x.number == "" and "STR-" not in x.subject + x.text for x in town.sent)


def test_str_19_it_is_told_for_information_and_nobody_is_ever_reminded(town: Town) -> None:
    anonymous(town, ICE)
    assert town.news() == [("information", LIV), ("information", OF_STREETS)]
    told = town.letter("information", LIV)
    assert ICE in told.text
    assert "bara för din kännedom" in told.text
    assert "pärmen hos Tekniska förvaltningen, blad 1" in " ".join(told.text.split())
    assert ICE not in told.subject
    town.waits_until("2026-11-30 08:00")
    assert town.news() == []


def test_str_20_the_leaves_of_a_department_lie_in_order_of_arrival(town: Town) -> None:
    for day, text in enumerate((ICE, "Förskolan är för liten.", "Det är för mörkt i parken.")):
        town.passes(days=day)
        anonymous(town, text)
    assert [leaf["text"] for leaf in leaves(town, "teknik")] == [ICE, "Det är för mörkt i parken."]
    assert [leaf["text"] for leaf in leaves(town, "barn")] == ["Förskolan är för liten."]


def test_what_no_rule_knows_lies_in_the_municipality_s_own_binder_and_reaches_the_registrar(town: Town) -> None:
    anonymous(town, "Ni är bra!")
    assert town.news() == [("information", REGISTRAR)]
    assert "Skicka den vidare" in town.sent[0].text
    assert [leaf["text"] for leaf in leaves(town, "")] == ["Ni är bra!"]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Socialtjänsten lyssnar inte.", {}),  # secret: OSL 5 kap. 1 §
        ("Det är en vattenläcka vid torget.", {}),  # somebody is alerted
        ("Jag överklagar beslutet.", {}),  # a person decides about it
        (ICE, {"Telefon": "0700-000 00"}),
        (ICE, {"Namn": "Petra Holm"}),
        (f"{ICE} Ring mig på 0700-12 34 56.", {}),
        (f"{ICE}\n\nMed vänlig hälsning\nPetra Holm", {}),
        (f"{ICE} Hälsningar Petra Holm", {}),
        (f"{ICE}\nPetra Holm", {}),
        (f"Jag heter Petra Holm. {ICE}", {}),
    ],
)
def test_what_is_secret_urgent_or_of_somebody_known_is_registered(town: Town, text: str, known: dict[str, str]) -> None:
    anonymous(town, text, **known)
    assert leaves(town) == []
    assert len(town.cases()) == 1


@pytest.mark.parametrize("name", ["Anonym", "anonymt", "Vill vara anonym", "vill ej uppge", "Okänd"])
def test_str_18_who_writes_no_name_where_it_is_asked_for_gives_none(town: Town, name: str) -> None:
    anonymous(town, f"{ICE}\n\nHälsningar\nen granne", Namn=name, **{"Svar önskas": "Nej"})
    assert (len(leaves(town)), town.cases()) == (1, [])
    anonymous(town, f"{ICE} Igen.", Namn=name, **{"E-post": "x@example.org"})
    assert (town.cases()[0].anonymous, town.cases()[0].submitter.name) == (True, "")


def test_an_unsigned_letter_that_is_scanned_lies_in_the_binder_too(town: Town) -> None:
    """Whoever has mailed it in hears that. A mail with an address is not anonymous, and neither is a caller's note."""
    town.writes(TOR, f"#KANAL brev\n#FRÅN anonym\n#TYP klagomål\n\n{ICE}")
    assert {x.to for x in town.sent} == {LIV, OF_STREETS, TOR}
    assert [(leaf["channel"], leaf["type"]) for leaf in leaves(town)] == [("brev", "klagomål")]
    town.writes("nisse@example.org", "Ni är bra!")
    assert len(town.cases()) == 1


def test_a_form_that_has_lost_its_questions_makes_nobody_anonymous(town: Town) -> None:
    """What its mails always had is missing: the submitters may well have given their names."""
    for number in range(3):
        anonymous(town, f"{ICE} Plats {number}.", Namn=f"Petra {number}")
    fills_in(town, "Vad tycker du", **{"Jag tycker": ICE})
    assert leaves(town) == []
    assert len(town.cases()) == 4


def test_str_20_the_binder_is_read_by_mail_by_whoever_may(town: Town) -> None:
    anonymous(town, ICE)
    anonymous(town, "Förskolan är för liten.")
    town.news()
    town.writes(OF_STREETS, "#LISTA pärmen", subject="")
    listed = town.sent[-1].text
    assert "Blad 1, måndag 7 september 2026, Gata och park: Trottoarerna i centrum är hala" in " ".join(listed.split())
    assert "Förskolan" not in listed
    town.writes(REGISTRAR, "#LISTA pärmen barn", subject="")
    assert "Blad 2" in town.sent[-1].text
    assert ICE not in town.sent[-1].text
    town.writes(LIV, "#LISTA blad 1", subject="")
    assert ICE in town.sent[-1].text
    town.writes(LIV, "#LISTA blad 2", subject="")
    assert "Det finns inget blad 2" in town.sent[-1].text
    town.writes(LIV, "#LISTA pärmen socialförvaltningen", subject="")
    assert (town.sent[-1].kind, "Du kan inte se pärmen" in town.sent[-1].text) == ("question", True)


def test_str_18_whoever_answers_the_letter_about_a_leaf_hears_that_it_is_no_case(town: Town) -> None:
    anonymous(town, ICE)
    town.writes(LIV, "#SVAR\nHej! Vi har sandat.", answers=town.letter("information", LIV))
    told = " ".join(town.letter("question", LIV).text.split())
    assert "en anonym synpunkt i pärmen? Den är inget ärende, och ingen kan få svar" in told
    assert (len(town.sent), town.cases()) == (3, [])


# --- a leaf becomes a case --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["Registrera", "Hej!\nRegistrera den, tack!\n\nMvh", "#TYP klagomål\n#DNR KS 2026/12"])
def test_str_18_the_registrar_registers_a_leaf_by_an_answer_to_its_letter(town: Town, said: str) -> None:
    anonymous(town, ICE)
    letter = town.letter("information", OF_STREETS)
    came, town.now = town.now, town.now + timedelta(days=3)
    town.news()
    town.writes(OF_STREETS, said, answers=letter)
    case = town.case()
    assert (case.text, case.unit, case.received_at) == (ICE, "gata", came)
    assert case.deadlines[0].started_at == came
    assert [kind for kind, to in town.news() if to == OF_STREETS] == ["echo"]
    assert "Blad 1 är nu ett ärende" in town.letter("echo").text
    assert town.letter("assignment", LIV).number == case.number
    with town.database.reading() as s:
        shown = catalogue.shown(s, case.number)
    assert shown
    assert shown["messages"][0]["direction"] == "in"
    assert ("registered", OF_STREETS) in {(e["kind"], e["actor"]) for e in shown["events"]}
    assert (leaves(town)[0]["case"], leaves(town)[0]["text"]) == (case.number, None)
    town.writes(OF_STREETS, "Registrera", answers=letter)
    assert f"Blad 1 är redan ärende {case.number}" in town.letters("question", OF_STREETS)[-1].text
    assert len(town.cases()) == 1


def test_str_20_a_leaf_is_registered_where_it_is_listed_by_whoever_registers_there(town: Town) -> None:
    anonymous(town, ICE)
    town.writes(LIV, "Registrera", answers=town.letter("information", LIV))
    town.writes(LIV, "#LISTA blad 1\n#SEKRETESS", subject="")
    assert ["Inget är registrerat" in x.text for x in town.letters("question", LIV)] == [True, True]
    town.writes("registrator.barn@stromstad.example", "#LISTA blad 1\n#SEKRETESS", subject="")
    assert town.cases() == []
    town.writes(OF_STREETS, "Tack, det tar vi!", answers=town.letter("information", OF_STREETS))
    before = len(town.sent)
    town.writes(OF_STREETS, "#LISTA blad 1\n#SEKRETESS", subject="")
    assert town.case().secrecy
    assert [x.kind for x in town.sent[before:] if ICE in x.text or "hala" in x.text] == []
    assert town.letters("echo", OF_STREETS)
    town.writes(OF_STREETS, "#LISTA pärmen", subject="")
    assert "inga blad" in town.sent[-1].text
    town.writes(OF_STREETS, "#LISTA blad 1", subject="")
    assert f"Bladet är registrerat som ärende {town.case().number}" in town.sent[-1].text


def test_str_14_a_note_for_information_becomes_a_case_when_its_reader_says_so(town: Town) -> None:
    town.writes(LIV, "#KANAL telefon\n#FRÅN Gun Ek, 070-174 06 05\nHon tycker att trottoaren är hal.", subject="Samtal")
    assert town.cases() == []
    letter = town.letters("information")[-1]
    town.passes(days=1)
    town.writes(letter.to, "Registrera", answers=letter)
    case = town.case()
    assert (case.submitter.name, case.channel, case.received_by) == ("Gun Ek", "telefon", LIV)
    assert "Anteckningen är nu ett ärende" in town.letters("echo", letter.to)[-1].text
