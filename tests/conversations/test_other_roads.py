"""What is more than feedback, or something else: somebody is alerted at once, and nothing is thrown out (domain 5)."""

from __future__ import annotations

from datetime import datetime

from service.core.cases import Clock, Status
from tests.conversations.town import ANNA, BO, EVA, HOLE, MARIA, REGISTRAR, STOCKHOLM, Town

BUILDING = "registrator.bygg@ekvik.example"
APPEAL = "Jag överklagar byggnadsnämndens beslut BN 2026-0417 om avslag på bygglov. Carport ska jag få bygga."
CITIZEN = "anna.ek@example.org"


def test_kli_09_an_appeal_has_no_answer_date_and_its_registrar_hears_at_once(town: Town) -> None:
    town.now = datetime(2026, 11, 20, 23, 52, 7, tzinfo=STOCKHOLM)  # a Friday
    town.writes(ANNA, APPEAL, subject="Överklagar")
    assert town.news() == [("receipt", CITIZEN), ("alert", BUILDING)]
    alert, notice = town.letter("alert"), town.letter("receipt")
    assert "klockan 23.52.07" in alert.text
    assert "original.eml" in alert.files
    assert "Överklagar" not in alert.subject
    assert "räknas som inkommet" in notice.text
    assert "Du får svar senast" not in notice.text
    case = town.case()
    assert case.deadline(Clock.ANSWER) is None
    assert (case.status, case.department, case.received_at) == (Status.TRIAGE, "bygg-miljo", town.now)


def test_an_appeal_with_a_program_in_it_does_not_go_along_as_it_came(town: Town) -> None:
    """Its words stand in the letter, what can do no harm goes along, and where the mail lies is said."""
    town.writes(ANNA, APPEAL, subject="Överklagar", files=[("karta.jpg", b"\xff\xd8 map"), ("bygg.exe", b"MZ\x90\0")])
    alert = town.letter("alert", BUILDING)
    assert alert.files == ["karta.jpg"]
    assert "Carport ska jag få bygga" in alert.text
    assert "bygg.exe är av ett slag som kan vara skadligt" in " ".join(alert.text.split())
    town.writes(ANNA, f"{APPEAL} Här är mer.", answers=town.letter("receipt"), files=[("plan.pdf", b"MZ\x90\0")])
    assert [x.files for x in town.letters("alert", BUILDING)[1:]] == [[]]


def test_kli_09_an_appeal_that_nobody_passes_on_is_told_of_each_working_day(town: Town) -> None:
    town.writes(ANNA, APPEAL, subject="Överklagar")
    town.news()
    town.waits_until("2026-09-09 09:00")
    assert town.news() == [("alert", BUILDING), ("alert", BUILDING), ("alert", "lars.holmgren@ekvik.example")]
    town.writes(BUILDING, "#AVSLUTA", answers=town.letters("alert", BUILDING)[-1])
    assert town.case().status is Status.CLOSED
    town.news()
    town.waits_until("2026-09-14 09:00")
    assert town.news() == []
    assert town.letters("closing") == []


def test_kli_09_what_was_no_appeal_after_all_has_its_day_from_its_arrival(town: Town) -> None:
    town.writes(ANNA, "Jag tänker överklaga om ni inte lagar hålet i asfalten.")
    town.passes(days=1)
    town.writes(REGISTRAR, "#ÖVERLÄMNA Bo Ek", answers=town.letters("alert", "registrator@ekvik.example")[0])
    promise = town.case().deadline(Clock.ANSWER)
    assert promise
    assert promise.due_at.astimezone(STOCKHOLM).date().isoformat() == "2026-09-21"
    assert town.letter("assignment", BO)


def test_kli_09_s07_an_appeal_is_no_feedback_in_the_figures_until_it_is_distributed_as_one(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes("Per Berg <per.berg@example.org>", APPEAL, subject="Överklagar")
    town.writes(REGISTRAR, "#STATISTIK denna månad", subject="Statistik")
    said = " ".join(town.letters("report", REGISTRAR)[-1].text.split())
    assert "Kom in: 1" in said
    assert "Överklaganden, räknas inte som synpunkter: 1" in said
    town.writes(BUILDING, "#ÖVERLÄMNA Bo Ek", answers=town.letters("alert", BUILDING)[-1])
    town.writes(REGISTRAR, "#STATISTIK denna månad", subject="Statistik")
    said = " ".join(town.letters("report", REGISTRAR)[-1].text.split())
    assert "Kom in: 2" in said
    assert "Överklaganden" not in said


def test_kli_09_an_appeal_goes_to_the_committee_that_it_names(town: Town) -> None:
    town.writes(
        ANNA, "Jag överklagar Socialnämndens beslut. Gatan utanför är för övrigt full av hål.", subject="Beslut"
    )
    assert town.case().committee == "Socialnämnden"
    assert [x.to for x in town.letters("alert")] == ["registrator.social@ekvik.example"]


def test_whoever_threatens_is_told_no_names(town: Town) -> None:
    text = "Om gatan inte är plogad i morgon kommer jag hem till Maria Lund, jag vet var hon bor."
    town.writes(ANNA, text, subject="Snö")
    assert {x.to for x in town.letters("alert")} == {REGISTRAR, EVA, "sakerhet@ekvik.example"}
    assert town.letters(to=MARIA) == []
    town.writes(REGISTRAR, "#ÖVERLÄMNA Bo Ek", answers=town.letter("alert", REGISTRAR))
    assert town.letter("assignment", BO)
    town.writes(ANNA, "Vad händer?", answers=town.letter("receipt"))
    for letter in town.letters(to=CITIZEN):
        assert "Bo Ek" not in letter.text
        assert "Gata och park" not in letter.text


def test_records_and_the_press_in_one_mail_are_each_told_once(town: Town) -> None:
    text = "Jag är reporter och skriver om skolmaten. Jag begär ut alla klagomål från hösten."
    town.writes(ANNA, text, subject="Fråga")
    assert [(x.kind, x.to) for x in town.sent] == [
        ("receipt", CITIZEN),
        ("alert", REGISTRAR),
        ("alert", "press@ekvik.example"),
    ]
    alert = town.letter("alert", REGISTRAR)
    assert "Fråga inte vem personen är" in alert.text
    assert town.case().unit == "kost"
    assert "har fått din begäran" in town.letter("receipt").text


def test_a_data_subject_request_has_a_month(town: Town) -> None:
    town.now = datetime(2027, 1, 29, 10, 0, tzinfo=STOCKHOLM)
    town.writes(ANNA, "Enligt GDPR vill jag ha alla uppgifter ni har om mig. Radera dem sedan.", subject="Uppgifter")
    assert "28 februari 2027" in town.letter("alert", "dataskydd@ekvik.example").text
    assert "28 februari 2027" in town.letter("receipt").text
    assert town.case().text


def test_damages_leave_the_feedback_with_its_officer(town: Town) -> None:
    town.writes(ANNA, f"{HOLE}\nFälgen sprack. Jag begär ersättning.")
    assert town.letter("assignment", BO)
    assert "anspråk på ersättning" in town.letter("alert", "forsakring@ekvik.example").text
    assert "prövar det för sig" in town.letter("receipt").text


def test_what_is_said_of_a_child_reaches_somebody_at_once_and_stands_in_no_mail(town: Town) -> None:
    town.now = datetime(2026, 9, 12, 2, 30, tzinfo=STOCKHOLM)  # a Saturday night
    town.writes(ANNA, "På skolan är vi oroliga för barnen: pappan är full.", subject="Oro")
    assert town.case().secrecy
    told = town.letter("alert", "socialjour@ekvik.example")
    for letter in town.sent:
        assert "full" not in letter.text + letter.subject
        assert "Skola" not in letter.subject
    assert "112" in town.letter("receipt").text
    assert "akut" in told.text


def test_a_later_mail_may_be_more_than_feedback_too(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes(ANNA, "Nu räcker det, jag vet var du bor.", answers=town.letter("assignment"))
    assert {x.to for x in town.letters("alert")} == {REGISTRAR, "sakerhet@ekvik.example", MARIA}
    assert town.case().deadline(Clock.ANSWER)
    town.writes(ANNA, "Det ligger en elledning över vägen, den är strömförande!", answers=town.letter("receipt"))
    assert "strömförande" in town.letter("alert", "jour@ekvik.example").text


def test_a_referral_waits_where_the_mail_is_more_than_feedback(town: Town) -> None:
    town.writes(ANNA, "Stenskott på riksväg 63. Jag kräver ersättning.", subject="Stenskott")
    assert town.letters("referral") == []
    assert town.case().status is Status.TRIAGE
    assert town.letter("alert", "forsakring@ekvik.example")


def test_kli_09_an_appeal_in_a_secret_matter_is_known_for_one_and_shows_nothing(town: Town) -> None:
    town.writes(ANNA, "Jag överklagar beslutet om mitt försörjningsstöd. Jag har inget missbruk.", subject="Beslut")
    assert town.case().secrecy
    alert = town.letter("alert")
    assert "överklagande" in alert.text
    assert "inget överklagande" in town.letter("receipt").text
    for letter in town.sent:
        assert "missbruk" not in letter.text
        assert "försörjningsstöd" not in letter.text
        assert "original.eml" not in letter.files


def test_kli_09_whoever_appeals_in_a_later_mail_gets_the_notice_of_an_appeal(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes(ANNA, "Har ni hunnit titta?", answers=town.letter("receipt"))
    town.news()
    town.passes(minutes=7, seconds=5)
    town.writes(ANNA, APPEAL, answers=town.letter("receipt"))
    assert ("information", CITIZEN) in town.news(), "though another mail was acknowledged the same day"
    assert "klockan 09.19.05, och det räknas som inkommet då" in town.letters("information", CITIZEN)[-1].text
    town.writes("Per Berg <per.berg@example.org>", APPEAL, subject=f"[{town.case().number}]")
    assert "Det ser ut att vara ett överklagande" in town.letters("receipt", "per.berg@example.org")[-1].text
