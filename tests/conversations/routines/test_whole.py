"""One conversation for each municipality that shows its whole routine, from the feedback to the closed case."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from service.core.cases import Clock, Contact, Publication, Status
from service.core.cases import Submitter as Person
from tests.conversations.routines.conftest import Begin, fills_in
from tests.conversations.town import ANNA, STOCKHOLM, Letter, Town

CITIZEN = "anna.ek@example.org"


def flat(letter: Letter) -> str:
    return " ".join(letter.text.split())


def due(town: Town, at: int = -1) -> str:
    promise = town.cases()[at].deadline(Clock.ANSWER)
    assert promise
    return f"{promise.due_at.astimezone(STOCKHOLM):%Y-%m-%d}"


def reports_of(town: Town, local: str, to: str) -> None:
    """At that time the figures have been sent there, and nobody's name is in them."""
    town.now = datetime.fromisoformat(local).replace(tzinfo=STOCKHOLM)
    town.looks_at_the_clock()
    told = town.letters("report", to)[-1]
    assert "Kom in: 1" in flat(told)
    assert "Anna" not in told.text


@pytest.mark.parametrize("name", ["koping", "klippan", "spanga-tensta", "hjo", "stromstad"])
def test_whoever_writes_of_something_else_has_a_receipt_where_the_municipality_says_nothing_of_it(
    at_work: Begin, name: str
) -> None:
    town = at_work(name)
    town.writes(ANNA, "Jag arbetar hos er och vill visselblåsa om mutor.", subject="Missförhållanden")
    town.writes("gun@example.org", "Jag är orolig för grannens son. Pappan slår honom.", subject="Grannens son")
    assert [case.secrecy for case in town.cases()] == [True, True]
    assert {CITIZEN, "gun@example.org"} == {letter.to for letter in town.letters("receipt")}
    assert "Pappan" not in "".join(letter.text + letter.subject for letter in town.sent)


def test_koping_a_registrar_distributes_the_officer_answers_and_three_quiet_weeks_close(at_work: Begin) -> None:
    town = at_work("koping")
    streets, omar = "registrator.teknik@koping.example", "omar.hall@koping.example"
    town.writes(ANNA, "Det är ett stort hål i trottoaren vid Storgatan 14.", subject="Synpunkt")
    number = town.case().number
    receipt = town.letter("receipt", CITIZEN)
    assert number in receipt.text, "the receipt tells the number and the day (KOP-07)"
    assert "måndag 14 september 2026" in receipt.text
    assert "hål i trottoaren" in town.case().title, "a title says what it is about (KOP-30)"
    town.writes(streets, "JA", answers=town.letter("assignment", streets))
    town.writes(streets, "#DNR TN 2026/341", subject=f"[{number}]")
    town.passes(days=2)
    town.writes(omar, "Hej Anna, hålet är lagat.", subject=f"Sv: [{number}]", to=ANNA, cc=town.address)
    assert town.letters("answer") == [], "the officer has answered already, with the diary in copy (KOP-26)"
    told = town.letter("information", streets)
    assert "hålet är lagat" in told.text
    assert "TN 2026/341" in told.text
    town.passes(days=19)
    town.writes(ANNA, "Tack, men det är ett hål till vid nummer 16.", subject=f"Sv: [{number}]")
    again = town.letters("information", omar)[-1]
    town.writes(omar, "#TYP klagomål\n#SVAR\nHej Anna! Nu är även det lagat.", answers=again)
    town.passes(days=20)
    assert town.case().status is Status.ANSWERED
    town.passes(days=2)
    assert (town.case().status, town.case().type) == (Status.CLOSED, "klagomål")
    assert town.letters("closing") == []
    assert len(town.cases()) == 1, "a dialogue is one case (KOP-32)"
    reports_of(town, "2027-01-04 08:00", "yngve.back@koping.example")  # twice a year to the management (KOP-18)


def test_klippan_kundtjanst_receives_and_releases_and_a_secretary_has_what_is_secret(at_work: Begin) -> None:
    town = at_work("klippan")
    desk, mia = "kundtjanst@klippan.example", "mia.grus@klippan.example"
    answers = {"Ämne": "Gator", "Namn": "Anna Ek", "E-postadress": CITIZEN, "Hur vill du ha svar?": "Via e-post"}
    fills_in(town, "Synpunkt från webben", **{"Din synpunkt": "Sätt upp farthinder på Storgatan."}, **answers)
    receipt = town.letter("receipt", CITIZEN)
    assert receipt.mail["From"].addresses[0].display_name == "Klippans kommun – Kundtjänst"
    town.writes(desk, "JA", answers=town.letter("assignment", desk))
    assert "Mia Grus" in town.letter("handover", CITIZEN).text
    town.writes(mia, "#SVAR\nHej Anna! Farthindret sätts upp i maj.", answers=town.letter("assignment", mia))
    assert "lämnat till Kundtjänst" in flat(town.letter("echo", mia))
    assert town.letters("answer") == []
    town.writes(desk, "JA", answers=town.letter("question", desk))
    assert "Farthindret sätts upp i maj." in town.letter("answer", CITIZEN).text
    town.writes(desk, "#AVSLUTA", answers=town.letter("assignment", desk))
    assert "typ saknas" in flat(town.letters("echo", desk)[-1])
    town.writes(desk, "#TYP förslag", answers=town.letters("echo", desk)[-1])
    first = town.cases()[0]
    assert (first.status, first.type, first.category) == (Status.CLOSED, "förslag", "Gator och parker")
    assert first.publication is Publication.YES
    fault = {"Beskriv felet": "Lampan är släckt.", "Vad är fel?": "Gatubelysning", "E-postadress": "per@example.org"}
    fills_in(town, "Felanmälan", **fault)
    assert (town.cases()[1].process, town.cases()[1].type, due(town)) == ("felanmälan", "felanmälan", "2026-09-14")
    assert town.writes(ANNA, "Socialsekreteraren svarar inte om mitt försörjningsstöd.", "Klagomål") == "Sekretess"
    secret = [x for x in town.sent if x.number == town.cases()[2].number]
    assert {x.to for x in secret} == {CITIZEN, "sekr.social@klippan.example"}
    assert not any("försörjningsstöd" in x.text for x in secret)


def test_spanga_tensta_the_unit_manager_has_it_at_once_and_the_answer_closes(at_work: Begin) -> None:
    town = at_work("spanga-tensta")
    vera, olga = "vera.lund@spanga-tensta.example", "olga.berg@spanga-tensta.example"
    registrar = "registrator@spanga-tensta.example"
    note = "#KANAL telefon\n#INKOM 4 september\n#FRÅN Gun Ek, 070-174 06 05\n\nPapperskorgarna i parken är fulla."
    town.writes(olga, note, subject="Samtal")
    mine = town.letter("assignment", vera)
    assert "fredag 4 september 2026" in flat(mine), "the day of arrival and the number (SPA-19)"
    assert due(town) == "2026-09-18", "fourteen days from the day that staff state (SPA-24, SPA-29)"
    assert town.letters("receipt") == [], "nothing was written (SPA-20)"
    town.writes(vera, "#MUNTLIGT i dag Jag ringde Gun: de töms i kväll.\n#ÅTGÄRD 1", answers=mine)
    case = town.case()
    assert (case.status, case.measure, case.received_by) == (Status.CLOSED, "Åtgärdat", olga)
    assert "de töms i kväll" in town.letter("information", registrar).text
    fields = {"Vad vill du säga?": "Fler bänkar i parken!", "Namn": "Anna Ek", "E-post": CITIZEN}
    fills_in(town, "Tyck till", **fields, Adress="", **{"Hur vill du få svar?": "E-post"})
    assert town.cases()[1].channel == "e-tjänsten Tyck till"
    assert town.letter("receipt", CITIZEN)
    town.waits_until("2026-09-24 08:00")
    assert {x.to for x in town.letters("escalation")} >= {"gosta.park@spanga-tensta.example", registrar}
    asked = town.letters("reminder", vera)[-1]
    town.writes(vera, "#SVAR\nHej Anna! Två bänkar ställs ut i oktober.", answers=asked)
    assert town.cases()[1].status is Status.CLOSED
    assert "#FÖRSENAD" in town.letters("echo", vera)[-1].text, "a late answer is explained"
    assert len(town.letters(to=CITIZEN)) == 2, "the answer closes without a letter of its own"


def test_hjo_a_form_with_all_its_fields_a_registrar_notes_and_a_closing_that_demands_seven_things(
    at_work: Begin,
) -> None:
    town = at_work("hjo")
    registrar, sixten = "registrator@hjo.example", "sixten.grus@hjo.example"
    person = {"Namn": "Anna Ek", "E-post": CITIZEN, "Adress": "Storgatan 1", "Postnummer och ort": "544 30 Hjo"}
    what = {"Rubrik": "Utfart", "Synpunkt": "Utfarten mot Långgatan är skymd av buskar.", "Synpunktstyp": "Klagomål"}
    fills_in(town, "Synpunkt Hjo", **what, **person, Kontaktsätt="E-post")
    assert town.case().submitter == Person("Anna Ek", CITIZEN, "", "Storgatan 1, 544 30 Hjo", Contact.EMAIL)
    assert town.book.municipality.label(town.case()) == "Bekräftelse 2 dagar skickad"
    town.writes(registrar, "JA", answers=town.letter("assignment", registrar))
    mine = town.letter("assignment", sixten)
    assert "skymd av buskar" in mine.text
    town.writes(sixten, "#INTERNT\nPlatsbesök 8 september med entreprenören.\n#NYCKELORD utfart", answers=mine)
    town.writes(sixten, "Hej Anna! Buskarna klipps i veckan.", answers=mine)
    assert town.letters("answer") == [], "to write an answer is not to send it (HJO-21)"
    town.writes(sixten, "JA", answers=town.letter("question", sixten))
    answer = town.letter("answer", CITIZEN)
    assert [
        w for w in ("Tack än en gång", "Utfart", "Vårt svar", "Sixten Grus", "0980-319 278") if w not in answer.text
    ] == []
    assert town.book.municipality.label(town.case()) == "Bekräftelse 10 dagar skickad"
    town.writes(sixten, "#AVSLUTA", answers=mine)
    assert "åtgärd och publicering saknas" in flat(town.letters("echo", sixten)[-1])
    town.writes(sixten, "#ÅTGÄRD 2\n#PUBLICERA FRÅGA", answers=town.letters("echo", sixten)[-1])
    town.writes(registrar, "#PUBLICERA JA", answers=town.letter("question", registrar))
    case = town.case()
    assert (case.status, case.measure, case.publication) == (Status.CLOSED, "Kommer att åtgärdas", Publication.YES)
    assert ("note:meeting", "Platsbesök 8 september med entreprenören.") in town.journal()
    what["Synpunkt"] = "Bänken i stadsparken är rutten."
    fills_in(town, "Synpunkt Hjo", **what, **person, Kontaktsätt="Jag vill inte bli kontaktad")
    assert len(town.letters(to=CITIZEN)) == len([x for x in town.letters(to=CITIZEN) if x.number == case.number])
    assert town.book.municipality.label(town.cases()[1]) == "Återkoppling ej önskad/möjlig"


def test_stromstad_what_is_written_is_a_case_what_is_anonymous_a_leaf_and_what_is_said_for_the_manager(
    at_work: Begin,
) -> None:
    town = at_work("stromstad")
    liv, tor = "liv.sten@stromstad.example", "tor.grus@stromstad.example"
    town.writes(ANNA, "Trottoarerna i centrum är hala.", subject="Halt")
    assert town.case().committee == "Tekniska nämnden"
    assert town.letter("receipt", CITIZEN)
    mine = town.letter("assignment", liv)
    town.writes(liv, "#TYP klagomål\n#ÅTGÄRD 3\n#SVAR\nVi sandar nu varje morgon.\n#AVSLUTA", answers=mine)
    closing = town.letter("answer", CITIZEN)
    assert "Vi avslutade ärendet" in flat(closing), "the submitter is told when it is closed (STR-17)"
    assert "Vi har ändrat hur vi arbetar." in flat(closing)
    fills_in(town, "Vad tycker du", **{"Jag tycker": "Gatorna är smutsiga.", "Namn": "", "E-post": ""})
    assert len(town.cases()) == 1
    leaf = town.letters("information", liv)[-1]
    assert "Gatorna är smutsiga." in leaf.text
    assert "inget ärendenummer" in flat(leaf)
    town.writes(liv, "#KANAL telefon\n#FRÅN anonym\n\nSnöröjningen på Strandvägen är sen.")
    assert len(town.cases()) == 1
    assert "Snöröjningen" in town.letters("information", tor)[-1].text
    sent = len(town.sent)
    town.now += timedelta(days=60)
    town.looks_at_the_clock()
    assert len(town.sent) == sent, "nobody is reminded of what is for information"
    town.writes("per@example.org", "Liv Sten på gatukontoret vägrar svara om parkeringen.", subject="Klagomål")
    assert town.cases()[1].officer == tor, "nobody handles what accuses them (STR-07)"
    town.writes(liv, "#KANAL telefon\n\nJag överklagar beslutet om Strandvägen.")
    assert town.cases()[2].officer == "", "an appeal is for the registrar, whoever takes it in"
