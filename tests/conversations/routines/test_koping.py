"""Köping's routine: five working days, a registrar in each department, three quiet weeks before the closing."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest

from service.core.cases import Clock, Status
from service.desk.lookup import catalogue
from service.desk.lookup.wanted import Wanted
from tests.conversations.routines.conftest import Begin, fills_in
from tests.conversations.town import ANNA, STOCKHOLM, Letter, Town

OMAR, LISA = "omar.hall@koping.example", "lisa.strid@koping.example"
EDITOR = "nina.falk@koping.example"
STREETS = "registrator.teknik@koping.example"
HOLE = "Det är ett stort hål i trottoaren vid Storgatan 14."


@pytest.fixture
def town(at_work: Begin) -> Town:
    return at_work("koping")


def is_given(town: Town, sender: str = ANNA) -> Letter:
    """Somebody writes, and the committee's registrar gives it to whom the rules propose (C21): the assignment."""
    town.writes(sender, HOLE)
    town.writes(STREETS, "JA", answers=town.letters("assignment", STREETS)[-1])
    return town.letters("assignment", OMAR)[-1]


def test_kop_01_every_road_in_is_a_channel(town: Town) -> None:
    town.writes(ANNA, HOLE)
    fills_in(
        town,
        "Dialog och synpunkter",
        Meddelande="Läraren hinner inte med.",
        Namn="Per",
        **{"E-post": "per@example.org"},
    )
    for channel in ("telefon", "brev", "besök", "sociala medier"):
        town.writes(
            OMAR, f"#KANAL {channel}\n#FRÅN Gun Ek, Norra vägen 3, 731 30 Köping\n\nHål i trottoaren, {channel}."
        )
    channels = [case.channel for case in town.cases()]
    assert channels == ["e-post", "webbformulär", "telefon", "brev", "besök", "sociala medier"]


def test_kop_08_a_word_of_the_text_finds_the_case(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes("gun@example.org", "Biblioteket borde ha öppet på söndagar.", subject="Öppettider")
    with town.database.reading() as s:
        assert [x["number"] for x in catalogue.listed(s, Wanted(words=("trottoar",)))] == [town.cases()[0].number]


def test_kop_10_five_working_days_over_christmas_and_new_year(town: Town) -> None:
    town.now = datetime(2026, 12, 22, 10, 0, tzinfo=STOCKHOLM)
    town.writes(ANNA, HOLE)
    assert "måndag 4 januari 2027" in town.letter("receipt").text


def test_kop_11_the_department_s_registrar_is_told_of_the_answer_once(town: Town) -> None:
    town.writes(OMAR, "#SVAR\nLagat i dag.", answers=is_given(town))
    told = town.letter("information", STREETS)
    assert town.case().number in told.subject
    assert "Lagat i dag." in told.text


@pytest.mark.parametrize(
    ("about", "unit", "registrar"),
    [
        ("Förskola", "forskola", "registrator.utbildning@koping.example"),
        ("Trafik och gator", "gata", STREETS),
        ("Kultur och fritid", "idrott", "registrator.kultur@koping.example"),
    ],
)
def test_kop_13_the_web_s_form_goes_to_the_committee_s_registrar(
    town: Town, about: str, unit: str, registrar: str
) -> None:
    answers = {"Meddelande": "Grinden är trasig.", "Namn": "Per", "E-post": "per@example.org"}
    fills_in(town, "Dialog och synpunkter", **{"Området gäller": about}, **answers)
    assert (town.case().unit, town.case().status) == (unit, Status.TRIAGE)
    assert [x.to for x in town.letters("assignment")] == [registrar]


def test_kop_14_social_media_have_24_hours_on_a_weekend_too(town: Town) -> None:
    town.now = datetime(2026, 9, 11, 15, 0, tzinfo=STOCKHOLM)
    town.writes(EDITOR, "#KANAL sociala medier\nFrån Lisa S: Varför är det hål i trottoaren på Storgatan?")
    promise = town.case().deadline(Clock.ANSWER)
    assert promise
    assert promise.due_at == datetime(2026, 9, 12, 15, 0, tzinfo=STOCKHOLM)


def test_kop_15_kop_16_an_editor_passes_a_post_on_and_gets_the_answer_to_publish(town: Town) -> None:
    town.writes(EDITOR, "#KANAL sociala medier\n#FRÅN Lisa S\n\nVarför är det hål i trottoaren på Storgatan?")
    assert town.case().number in town.letter("echo", EDITOR).subject
    town.writes(OMAR, "#SVAR\nHålet lagas i dag.", answers=town.letter("assignment", OMAR))
    assert "Hålet lagas i dag." in town.letter("answer", EDITOR).text
    assert {x.to for x in town.sent} == {EDITOR, OMAR, STREETS, "diarium@koping.example"}


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Kan ni svara?", "Facebook-kommentar på kommunens sida:\n\nLisa S: Varför är det hål i trottoaren?"),
        ("VB: Skärmbild från Facebook", "Varför är det hål i trottoaren? undrar en som följer oss."),
        ("Kommentar på Instagram", "Varför är det hål i trottoaren på Storgatan?"),
    ],
)
def test_kop_14_kop_15_a_post_is_one_without_a_command_too(town: Town, subject: str, text: str) -> None:
    town.writes(EDITOR, text, subject=subject)
    case = town.case()
    assert (case.channel, case.received_by) == ("sociala medier", EDITOR)
    promise = case.deadline(Clock.ANSWER)
    assert promise
    assert promise.due_at == datetime(2026, 9, 8, 9, 12, tzinfo=STOCKHOLM)
    assert town.letters("receipt") == []


def test_what_an_employee_thinks_of_facebook_is_no_post(town: Town) -> None:
    town.writes(OMAR, "Facebook är fel kanal för oss. Lägg ner kommunens sida.", subject="Facebook är fel kanal")
    assert (town.case().channel, town.case().submitter.email) == ("e-post", OMAR)


def test_kop_23_the_officer_gets_one_assignment_with_the_number(town: Town) -> None:
    given = is_given(town)
    assert [x.to for x in town.letters("assignment")] == [STREETS, OMAR]
    assert town.case().number in given.subject


def test_kop_21_the_committees_registrar_distributes_what_the_rules_propose(town: Town) -> None:
    town.writes(ANNA, HOLE)
    assert [x.to for x in town.letters("assignment")] == [STREETS]
    assert (town.case().status, town.case().proposal) == (Status.TRIAGE, OMAR)
    town.writes("gun@example.org", "Varför flaggade ni inte?", subject="Flaggor")
    assert town.letters("assignment")[-1].to == "registrator@koping.example", "what no rule knows is in no void"


def test_kop_25_the_officer_is_reminded_and_those_above_hear_of_what_is_late(town: Town) -> None:
    is_given(town)
    town.waits_until("2026-09-14 16:00")
    assert {(x.kind, x.to) for x in town.sent if x.kind in {"reminder", "escalation"}} == {("reminder", OMAR)}
    town.waits_until("2026-09-22 08:00")
    assert {x.to for x in town.letters("escalation")} == {LISA, "yngve.back@koping.example", STREETS}


def test_kop_26_the_officer_answers_the_citizen_with_the_mailbox_in_copy(town: Town) -> None:
    is_given(town)
    subject = f"Sv: Hål i vägen [{town.case().number}]"
    town.writes(OMAR, "Hej Anna, nu är det lagat.", subject=subject, to=ANNA, cc=town.address)
    assert (town.case().status, town.case().answer) == (Status.ANSWERED, "Hej Anna, nu är det lagat.")
    assert town.letters("answer") == []
    assert "nu är det lagat" in town.letter("information", STREETS).text


@pytest.mark.parametrize(
    "text",
    [
        "#HÅLL ÖPPET\n#TYP klagomål\nHej Anna, hålet lagas i dag.",
        "#TYP klagomål\n\nHej Anna, hålet lagas i dag.\n\n#HÅLL ÖPPET",
        "Hej Anna, hålet lagas i dag.\n\n#HÅLL ÖPPET\n#TYP klagomål",
    ],
)
def test_kop_26_kop_27_the_mail_to_the_citizen_says_whether_the_case_may_close(town: Town, text: str) -> None:
    is_given(town)
    town.writes(OMAR, text, subject=f"Sv: Hål i vägen [{town.case().number}]", to=ANNA, cc=town.address)
    case = town.case()
    assert (case.status, case.answer) == (Status.ANSWERED, "Hej Anna, hålet lagas i dag.")
    assert (case.keep_open, case.type) == (True, "klagomål")
    assert "Ditt svar är registrerat" in town.letter("echo", OMAR).text
    assert "hålet lagas" in town.letter("information", STREETS).text
    assert town.letters("answer") == []


def test_kop_27_kop_29_three_quiet_weeks_close_a_case_unless_the_officer_keeps_it_open(town: Town) -> None:
    for number, keep in enumerate(("", "#HÅLL ÖPPET\n")):
        given = is_given(town, f"anna{number}@example.org")
        town.writes(OMAR, f"{keep}#TYP synpunkt\n#SVAR\nLagat.", answers=given)
    town.passes(days=20)
    assert [case.status for case in town.cases()] == [Status.ANSWERED, Status.ANSWERED]
    town.passes(days=2)
    assert [case.status for case in town.cases()] == [Status.CLOSED, Status.ANSWERED]


def test_kop_28_the_answer_stands_in_the_case_with_day_sender_and_recipient(town: Town) -> None:
    town.writes(OMAR, "#SVAR\nLagat.", answers=is_given(town))
    with town.database.reading() as s:
        shown = catalogue.shown(s, town.case().number)
    assert shown
    answer = next(x for x in shown["messages"] if x["kind"] == "answer")
    assert (answer["direction"], answer["from"], answer["to"]) == ("out", town.address, "anna.ek@example.org")
    assert answer["at"] == "2026-09-07T09:12:00+02:00"


def test_kop_33_a_case_is_marked_with_one_of_four_types(town: Town) -> None:
    given = is_given(town)
    for kind in ("synpunkt", "klagomål", "fråga", "beröm"):
        town.writes(OMAR, f"#TYP {kind}", answers=given)
        assert town.case().type == kind
    town.writes(OMAR, "#TYP insändare", answers=given)
    assert town.case().type == "beröm"
    assert "4. beröm" in town.letter("question", OMAR).text


def test_kop_04_each_committee_has_its_own_by_one_routine(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes("gun@example.org", "Biblioteket borde ha öppet på söndagar.", subject="Öppettider")
    with town.database.reading() as s:
        homes = [(x["unit"], x["department"], x["committee"]) for x in catalogue.listed(s)]
    assert homes == [
        ("bibliotek", "kultur", "Kultur- och fritidsnämnden"),
        ("gata", "teknik", "Tekniska nämnden"),
    ]
    first, second = (x.text.splitlines() for x in town.letters("receipt"))
    assert {line for line in first if "Tar hand om" not in line and "ummer" not in line} == {
        line for line in second if "Tar hand om" not in line and "ummer" not in line
    }


def test_kop_04_that_a_case_goes_to_another_committee_stands_in_the_journal(town: Town) -> None:
    town.writes(OMAR, "#ÖVERLÄMNA bibliotek", answers=is_given(town))
    assert (town.case().department, town.case().committee) == ("kultur", "Kultur- och fritidsnämnden")
    assert ("committee", "from Tekniska nämnden to Kultur- och fritidsnämnden") in town.journal()


def test_kop_06_the_register_has_the_files_as_they_came(town: Town) -> None:
    picture, scan = b"\xff\xd8\xff" + b"x" * 99, b"\xff\xd8\xff" + b"y" * 999
    town.writes(ANNA, HOLE, files=[("hål.jpg", picture), ("brev 1.jpg", scan)])
    with town.database.reading() as s:
        shown = catalogue.shown(s, town.case().number)
    assert shown
    received = next(x for x in shown["messages"] if x["direction"] == "in")
    assert [(f["filename"], f["size"], f["sha256"]) for f in received["files"]] == [
        (name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in (("hål.jpg", picture), ("brev 1.jpg", scan))
    ]
    assigned = next(x for x in shown["messages"] if x["kind"] == "assignment")
    assert assigned["files"] == received["files"]
    assert next(x for x in shown["messages"] if x["kind"] == "receipt")["files"] == []


def test_kop_06_kop_26_the_diary_gets_mails_and_answers_with_the_number(town: Town) -> None:
    picture = b"\xff\xd8\xff" + b"x" * 99
    town.writes(ANNA, HOLE, files=[("hål.jpg", picture)])
    diary, number = "diarium@koping.example", town.case().number
    town.writes(STREETS, "#ÖVERLÄMNA Omar Hall", answers=town.letter("assignment", STREETS))
    copy = town.letter("information", diary)
    assert f"[{number}]" in copy.subject
    assert copy.files == ["original.eml"]
    with town.database.reading() as s:
        shown = catalogue.shown(s, number)
    assert shown
    came, *_ = shown["messages"]
    [sent] = [x for x in shown["messages"] if x["to"] == diary]
    assert [f["sha256"] for f in sent["files"]] == [came["sha256"]]
    town.writes(OMAR, "#SVAR\nLagat i dag.", answers=town.letter("assignment", OMAR))
    town.writes(ANNA, "Men inte vid nummer 16.", answers=town.letter("answer"))
    mail, answer, more = town.letters(to=diary)
    assert (answer.files, "Lagat i dag." in answer.text) == ([], True)
    assert more.files == ["original.eml"]
    assert all(number in each.subject for each in (mail, answer, more))


def test_kop_06_of_a_secret_case_the_diary_gets_a_pointer(town: Town) -> None:
    town.writes(ANNA, "Hemtjänsten glömmer min mammas medicin.", subject="Medicin")
    copy = town.letter("information", "diarium@koping.example")
    assert copy.files == []
    for word in ("medicin", "Hemtjänst", "mamma"):
        assert word not in copy.subject + copy.text + copy.html
    assert "i mappen Sekretess" in copy.text


def test_kop_06_of_a_later_mail_that_makes_its_case_secret_the_diary_gets_a_pointer(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.passes(hours=1)
    town.writes(ANNA, "Hemtjänsten glömmer min mammas medicin.", answers=town.letter("receipt"))
    first, later = town.letters("information", "diarium@koping.example")
    assert (town.case().secrecy, first.files, later.files) == (True, ["original.eml"], [])
    assert "medicin" not in later.subject + later.text + later.html


def test_kop_06_a_later_mail_has_its_own_day_in_the_diary(town: Town) -> None:
    given = is_given(town)
    town.passes(days=3)
    town.writes(ANNA, "Nu är det två hål.", answers=town.letter("receipt"))
    first, later = town.letters("information", "diarium@koping.example")
    assert "Kom in: måndag 7 september 2026 kl. 09.12" in first.text
    assert "Kom in: torsdag 10 september 2026 kl. 09.12" in later.text
    assert given.number in later.subject


def test_whoever_lives_with_protected_personal_data_shows_in_no_mail(town: Town) -> None:
    town.writes(ANNA, "Min dotter har skyddad identitet, men läraren har lagt ut hennes bild.", subject="Dottern")
    assert town.case().secrecy
    assert all("läraren" not in letter.text and not letter.files for letter in town.sent)


def test_kop_17_whoever_can_only_be_rung_up_may_be_answered_so(town: Town) -> None:
    town.writes(LISA, "#KANAL telefon\n#FRÅN Gun Ek, 0221-123 45\n\nTrottoaren är full av glas.", subject="Samtal")
    town.writes(STREETS, "JA", answers=town.letter("assignment", STREETS))
    town.writes(OMAR, "#MUNTLIGT i dag Jag ringde Gun. Vi sopar på fredag.", answers=town.letter("assignment", OMAR))
    assert (town.case().status, town.case().answer) == (Status.ANSWERED, "Jag ringde Gun. Vi sopar på fredag.")


@pytest.mark.parametrize("subject", ["Tjänsteanteckning telefonsamtal", "Facebook", "Samtal - tjänsteanteckning"])
def test_kop_30_how_it_came_in_is_no_title(town: Town, subject: str) -> None:
    town.writes(LISA, "#KANAL telefon\n#FRÅN Gun Ek, 0221-123 45\n\nTrottoaren är full av glas.", subject=subject)
    assert town.case().title == "Trottoaren är full av glas"


def test_other_roads_are_known_in_finnish_and_english_too(town: Town) -> None:
    town.writes("pekka@example.org", "Hei! Olen huolissani naapurin lapsesta. Isä lyö häntä.", subject="Huoli")
    town.writes("liisa@example.org", "Hei! Valitan päätöksestä, jonka lautakunta teki.", subject="Valitus")
    town.writes("joe@example.org", "There is a gas leak next to the harbour.", subject="Gas")
    worry, appeal, danger = town.cases()
    assert worry.secrecy
    assert all("huolissani" not in letter.text for letter in town.sent)
    assert appeal.is_appeal
    assert danger.number in town.letters("alert", "jour@koping.example")[-1].subject


def test_kop_02_praise_is_feedback_of_its_own_type_and_has_a_receipt(town: Town) -> None:
    town.writes(ANNA, "Vilken underbar lekplats ni har byggt vid ån! Stort tack från oss alla.", subject="Lekplatsen")
    town.writes("per@example.org", "Stort tack för en lekplats där gungan inte fungerar.", subject="Gungan")
    assert [case.type for case in town.cases()] == ["beröm", ""]
    assert "Tack för dina vänliga ord!" in town.letter("receipt", "anna.ek@example.org").text


def test_a_finnish_mail_reaches_whom_it_would_and_the_coordinator_for_finnish_too(town: Town) -> None:
    town.writes(ANNA, "Hei! Leikkikenttä Storgatan varrella on rikki. Haluaisin vastauksen suomeksi. Terveisin Ritva")
    assert town.case().unit == "gata"
    told = town.letter("information", "finska@koping.example")
    assert "Leikkikenttä" in told.text
    assert town.letter("assignment", STREETS)
    town.writes("Per <per@example.org>", HOLE)
    town.writes("Eva <eva@example.org>", "Hei! Äitini hemtjänst on taas myöhässä. Kiitos ja terveisin Eva")
    assert town.cases()[-1].secrecy
    assert len(town.letters(to="finska@koping.example")) == 1
