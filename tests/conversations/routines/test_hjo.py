"""Hjo's manual: a registrar appoints the officer, ten working days, measure and publication before the closing."""

from __future__ import annotations

import pytest

from service.core.cases import Clock, Contact, Publication, Status
from service.core.publicity.publication import Wording, approved
from service.desk.lookup import catalogue
from tests.conversations.routines.conftest import Begin, fills_in
from tests.conversations.town import ANNA, Letter, Town

REGISTRAR = "registrator@hjo.example"
SIXTEN, TAGE = "sixten.grus@hjo.example", "tage.nyckel@hjo.example"
HEDGE = "Utfarten mot Långgatan är skymd av buskar."


@pytest.fixture
def town(at_work: Begin) -> Town:
    return at_work("hjo")


@pytest.fixture
def given(town: Town) -> Letter:
    """Anna has written, and the registrar has said yes to what the rules propose: Sixten's assignment."""
    town.writes(ANNA, HEDGE, subject="Utfart")
    town.writes(REGISTRAR, "JA", answers=town.letter("assignment", REGISTRAR))
    return town.letter("assignment", SIXTEN)


def shown(town: Town) -> dict[str, object]:
    """The case as the register shows it."""
    with town.database.reading() as s:
        found = catalogue.shown(s, town.case().number)
    assert found
    return found


def test_hjo_01_the_officer_is_the_manager_and_the_head_hears_what_is_late(town: Town, given: Letter) -> None:
    town.waits_until("2026-09-22 08:00")
    assert {x.to for x in town.letters("escalation")} == {"annika.vret@hjo.example"}


def test_hjo_02_the_registrar_appoints_the_officer(town: Town) -> None:
    town.writes(ANNA, HEDGE, subject="Utfart")
    assert (town.case().status, town.case().officer) == (Status.TRIAGE, "")
    assert [x.to for x in town.letters("assignment")] == [REGISTRAR]
    town.writes(REGISTRAR, "JA", answers=town.letter("assignment"))
    assert (town.case().status, town.case().officer) == (Status.ASSIGNED, SIXTEN)


def test_hjo_04_ten_working_days_from_arrival_whoever_has_the_case_and_since_when(town: Town, given: Letter) -> None:
    town.passes(days=8)
    town.writes(SIXTEN, f"#ÖVERLÄMNA {TAGE}", answers=given)
    promise = town.case().deadline(Clock.ANSWER)
    assert promise
    assert f"{promise.due_at:%m-%d}" == "09-21"


def test_hjo_12_the_citizen_is_told_how_to_reach_the_officer(town: Town, given: Letter) -> None:
    told = town.letter("handover", "anna.ek@example.org").text
    assert [fact for fact in ("Sixten Grus", "0980-319 278", SIXTEN) if fact not in told] == []


def test_hjo_19_what_is_enclosed_is_kept_and_reaches_the_officer(town: Town) -> None:
    town.writes(ANNA, HEDGE, files=[("bild.jpg", b"\xff\xd8\xff" + b"x" * 99), ("ljud.mp3", b"ID3" + b"x" * 99)])
    town.writes(REGISTRAR, "JA", answers=town.letter("assignment", REGISTRAR))
    assert town.letter("assignment", SIXTEN).files == ["bild.jpg", "ljud.mp3"]


def test_hjo_24_hjo_55_every_mail_in_and_out_stands_in_the_case(town: Town, given: Letter) -> None:
    town.writes(SIXTEN, "#SVAR\nKlippt.", answers=given)
    case = shown(town)
    messages, events = case["messages"], case["events"]
    assert isinstance(messages, list)
    assert isinstance(events, list)
    assert [m["kind"] for m in messages if m["direction"] == "in"] == ["feedback", "officer", "officer"]
    sent = [(m["kind"], m["to"]) for m in messages if m["direction"] == "out"]
    assert sorted(sent) == sorted((x.kind, x.to) for x in town.sent)
    assert len([e for e in events if e["kind"].startswith(("in:", "out:"))]) == len(messages)
    assert all(m["at"] and m["from"] and m["to"] for m in messages)


def test_hjo_26_a_late_answer_is_explained(town: Town, given: Letter) -> None:
    town.waits_until("2026-09-23 10:00")
    town.writes(SIXTEN, "#SVAR\nKlippt.", answers=given)
    echo = town.letter("echo", SIXTEN)
    assert "#FÖRSENAD" in echo.text
    town.writes(SIXTEN, "#FÖRSENAD Semester", answers=echo)
    assert shown(town)["late_reason"] == "Semester"


def test_hjo_28_each_of_nine_measures_by_number_and_by_name(town: Town, given: Letter) -> None:
    for number, name in enumerate(town.book.municipality.measures, 1):
        for written in (str(number), name.lower()):
            town.writes(SIXTEN, f"#ÅTGÄRD {written}", answers=given)
            assert town.case().measure == name
    town.writes(SIXTEN, "#ÅTGÄRD 10", answers=given)
    assert town.case().measure == "Framförd till ansvariga politiker"
    assert "9. Framförd till ansvariga politiker" in town.letter("question", SIXTEN).text


@pytest.mark.parametrize(
    ("text", "answer", "found"),
    [
        (f"{HEDGE} Jag är 19121212-1212.", "Klippt.", "ett personnummer"),
        (f"{HEDGE} Grannen på 070-174 06 05 vet mer.", "Klippt.", "ett telefonnummer"),
        (f"{HEDGE} Skriv till anna@example.org.", "Klippt.", "en e-postadress"),
        (HEDGE, "Hej! Familjen Eks utfart är klippt.", "Anna Eks namn"),
    ],
)
def test_hjo_29_what_tells_who_wrote_is_not_cleared_for_publication(
    town: Town, text: str, answer: str, found: str
) -> None:
    town.writes(ANNA, text, subject="Utfart")
    town.writes(REGISTRAR, "JA", answers=town.letter("assignment", REGISTRAR))
    orders = f"#PUBLICERA JA\n#ÅTGÄRD 1\n#TYP fråga\n#SVAR\n{answer}\n#AVSLUTA"
    town.writes(SIXTEN, orders, answers=town.letter("assignment", SIXTEN))
    assert (town.case().status, town.case().publication) == (Status.ANSWERED, Publication.UNDECIDED)
    assert found in town.letter("echo", SIXTEN).text
    assert found in town.letter("alert", REGISTRAR).text
    town.writes(REGISTRAR, "#TEXT\nUtfarten är skymd.\n#PUBLICERA NEJ", answers=town.letter("alert", REGISTRAR))
    assert (town.case().status, town.case().publication) == (Status.CLOSED, Publication.NO)


def test_hjo_29_a_text_without_names_is_published_in_place_of_the_original(town: Town, given: Letter) -> None:
    town.writes(ANNA, "Lampan på Hamngatan är släckt. Grannen på 070-174 06 05 vet mer.", subject="Lampa")
    town.writes(REGISTRAR, "JA", answers=town.letters("assignment", REGISTRAR)[-1])
    mine = town.letters("assignment", SIXTEN)[-1]
    town.writes(SIXTEN, "#SVAR\nHej Anna! Klippt. Ring oss på 0980-319 270.\n#PUBLICERA JA", answers=given)
    town.writes(SIXTEN, "#PUBLICERA JA\n#TEXT\nEn lampa är släckt.", answers=mine)
    assert [case.publication for case in town.cases()] == [Publication.YES, Publication.YES]
    with town.database.reading() as s:
        assert {x["title"]: x["published"] for x in catalogue.listed(s)} == {"Utfart": True, "Lampa": False}, (
            "no answer"
        )


def test_hjo_30_what_an_employee_writes_is_never_published(town: Town) -> None:
    town.writes("alva.boj@hjo.example", "Posten kommer sent till fritidskontoret.", subject="Intern synpunkt")
    assert shown(town)["publication"] == "no"


def test_hjo_31_publication_is_undecided_until_somebody_decides(town: Town, given: Letter) -> None:
    assert shown(town)["publication"] is None
    town.writes(SIXTEN, "#PUBLICERA NEJ", answers=given)
    assert town.case().publication is Publication.NO
    town.writes(SIXTEN, "#PUBLICERA JA", answers=given)
    assert town.case().publication is Publication.YES


def test_hjo_39_mails_notes_meetings_and_calls_are_told_apart(town: Town, given: Letter) -> None:
    notes = {
        "Möte 3 september med Anna på plats.": "note:meeting",
        "Inkommande samtal: Anna undrar när.": "note:call-in",
        "Ringde Anna och lovade besked.": "note:call-out",
        "Häcken är kommunens.": "note",
    }
    for text in notes:
        town.writes(SIXTEN, f"#INTERNT\n{text}", answers=given)
    town.writes(SIXTEN, "#SVAR\nKlippt.", answers=given)
    events = shown(town)["events"]
    assert isinstance(events, list)
    assert {e["text"]: e["kind"] for e in events if e["kind"].startswith("note")} == notes
    kinds = {e["kind"] for e in events}
    assert {"in:feedback", "out:answer"} <= kinds
    assert not any(text in x.text for text in notes for x in town.letters(to="anna.ek@example.org"))


def test_hjo_40_the_status_has_hjos_own_words(town: Town, given: Letter) -> None:
    label = town.book.municipality.label
    assert label(town.case()) == "Bekräftelse 2 dagar skickad"
    town.writes(SIXTEN, "#STATUS", answers=given)
    assert "Bekräftelse 2 dagar skickad" in town.letters("information", SIXTEN)[-1].text
    town.writes(SIXTEN, "#SVAR\nBuskarna är klippta.", answers=given)
    assert label(town.case()) == "Bekräftelse 10 dagar skickad"
    town.writes("Eva <eva@example.org>", f"{HEDGE} Jag vill inte bli kontaktad.", subject="Buskar")
    assert label(town.cases()[1]) == "Återkoppling ej önskad/möjlig"


def test_hjo_42_the_officer_changes_what_the_registrar_has_set_and_the_log_tells_both(
    town: Town, given: Letter
) -> None:
    town.writes(REGISTRAR, "#TYP fråga", subject=town.case().number)
    town.writes(SIXTEN, "#KATEGORI Taxor/avgifter\n#TYP klagomål", answers=given)
    assert (town.case().type, town.case().category) == ("klagomål", "Taxor/avgifter")
    changed = [text for kind, text in town.journal() if kind == "changed"]
    assert "type=fråga -> klagomål (set by staff)" in changed
    assert "category=Fysisk miljö -> Taxor/avgifter (set by staff)" in changed


def test_hjo_43_a_case_closes_with_type_category_process_unit_and_officer(town: Town) -> None:
    """Nobody has it yet, and the registrar answers: all that is missing is asked for at once, and the rest is kept."""
    town.writes(ANNA, "Det luktar konstigt på torget.", subject="Torget")
    sorting = town.letter("assignment", REGISTRAR)
    orders = "#SVAR\nVi har vädrat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#KATEGORI övrigt\n#AVSLUTA"
    town.writes(REGISTRAR, orders, answers=sorting)
    echo = town.letter("echo", REGISTRAR)
    assert "typ, enhet och handläggare saknas. Svara med #TYP och #ÖVERLÄMNA" in " ".join(echo.text.split())
    town.writes(REGISTRAR, f"#ÖVERLÄMNA {TAGE}", answers=echo)
    assert town.case().status is Status.ANSWERED
    town.writes(REGISTRAR, "#TYP fråga", answers=echo)
    case = town.case()
    assert (case.status, case.unit, case.officer) == (Status.CLOSED, "fastighet", TAGE)
    assert town.letters("answer") == [town.letter("answer", "anna.ek@example.org")]


def test_hjo_45_a_type_of_ones_own_words(town: Town, given: Letter) -> None:
    town.writes(SIXTEN, "#TYP Medborgarförslag", answers=given)
    assert town.case().type == "Medborgarförslag"
    town.writes(SIXTEN, "#TYP klagomåll", answers=given)
    asked = town.letter("question", SIXTEN)
    assert "1. klagomål" in asked.text
    assert "2. klagomåll" in asked.text
    town.writes(SIXTEN, "1", answers=asked)
    assert town.case().type == "klagomål"
    town.writes(SIXTEN, "#TYP 9", answers=given)
    assert town.case().type == "klagomål"
    assert not any("Medborgarförslag" in x.subject for x in town.sent), "what somebody wrote stands in no subject"


def test_hjo_57_a_type_of_ones_own_words_stands_in_no_mail_of_a_secret_case(town: Town) -> None:
    town.writes(ANNA, "Jag är missnöjd med socialtjänsten.")
    town.writes(REGISTRAR, "#TYP Anna dricker", answers=town.letter("assignment", REGISTRAR))
    assert town.case().type == "Anna dricker"
    assert "dricker" not in "".join(x.text + x.html for x in town.sent)


def test_hjo_44_how_it_came_in_and_who_received_it(town: Town) -> None:
    town.writes(TAGE, f"#KANAL telefon\n#FRÅN Gun Ek, 070-174 06 05\n\n{HEDGE}")
    assert (shown(town)["channel"], shown(town)["received_by"]) == ("telefon", TAGE)


def test_hjo_46_each_of_eleven_categories_by_number(town: Town, given: Letter) -> None:
    assert len(town.book.municipality.categories) == 11
    for number, name in enumerate(town.book.municipality.categories, 1):
        town.writes(SIXTEN, f"#KATEGORI {number}", answers=given)
        assert town.case().category == name


def test_hjo_47_faults_of_streets_are_a_process_of_their_own(town: Town) -> None:
    fault = {
        "Beskrivning": "Lampan är släckt.",
        "Vad gäller felet?": "Belysning",
        "Namn": "Per",
        "E-post": "per@example.org",
    }
    fills_in(town, "Felanmälan gata/park", **fault, Plats="Hamngatan")
    fills_in(
        town,
        "Synpunkt Hjo",
        Rubrik="Utfart",
        Synpunkt=HEDGE,
        Kontaktsätt="E-post",
        Namn="Petra",
        **{"E-post": "p@example.org"},
    )
    assert [case.process for case in town.cases()] == ["Felanmälan Gata/park", "Synpunkten"]


def test_hjo_29_a_wording_with_gaps_is_proposed_and_its_yes_is_for_exactly_that(town: Town) -> None:
    """The text has a neighbour's number: Sixten is shown a gap and says yes; new words need a yes of their own."""
    town.writes(ANNA, f"Hej!\n\n{HEDGE} Grannen på 070-174 06 05 vet mer.\n\nMvh\nAnna Ek", subject="Utfart")
    town.writes(REGISTRAR, "JA", answers=town.letter("assignment", REGISTRAR))
    orders = "#PUBLICERA JA\n#ÅTGÄRD 1\n#TYP fråga\n#KATEGORI 1\n#SVAR\nHej Anna!\nKlippt.\n#AVSLUTA"
    town.writes(SIXTEN, orders, answers=town.letter("assignment", SIXTEN))
    assert approved(town.case()) is None
    asked = town.letter("question", SIXTEN)
    assert f"> {HEDGE} Grannen på [telefonnummer] vet mer." in " ".join(asked.text.split())
    assert "070-174" not in asked.text.partition("Mer om ärendet")[0]
    town.writes(SIXTEN, "JA", answers=asked)
    case = town.case()
    assert (case.status, case.publication) == (Status.CLOSED, Publication.YES)
    assert approved(case) == Wording("Utfart", f"{HEDGE} Grannen på [telefonnummer] vet mer.", "Klippt.")
    town.writes(SIXTEN, "#SVAR\nRättelse: klippt igen.", answers=asked)
    assert approved(town.case()) is None
    assert "#PUBLICERA JA" in town.letters("echo", SIXTEN)[-1].text
    town.writes(SIXTEN, "#PUBLICERA JA\n#TEXT\nUtfarten är skymd.", answers=asked)
    assert approved(town.case()) == Wording("Utfart", "Utfarten är skymd.", "Rättelse: klippt igen.")
    assert "> Utfarten är skymd." in town.letters("echo", SIXTEN)[-1].text


def test_hjo_32_who_wants_no_answer_is_answered_in_public_by_an_explicit_yes_alone(town: Town) -> None:
    town.writes(ANNA, f"{HEDGE} Jag vill inte ha något svar.", subject="Utfart")
    town.writes(REGISTRAR, "JA", answers=town.letter("assignment", REGISTRAR))
    mine = town.letter("assignment", SIXTEN)
    assert town.case().submitter.contact is Contact.NONE
    town.writes(SIXTEN, "#SVAR\nKlippt.\n#ÅTGÄRD 1\n#TYP fråga\n#KATEGORI 1", answers=mine)
    assert approved(town.case()) is None
    town.writes(SIXTEN, "#PUBLICERA JA", answers=mine)
    wording = approved(town.case())
    assert wording
    assert wording.answer == "Klippt."
    assert town.letters("answer") == []


def test_hjo_57_what_is_given_to_a_unit_with_secrecy_is_secret_from_then_on(town: Town) -> None:
    """A rule's word was missing: the registrar gives it to home care by hand, and no mail shows a word of it."""
    town.writes(ANNA, "Min mamma Zeb får fel medicin varje kväll.", subject="Medicin")
    known = len(town.sent)
    town.writes(REGISTRAR, "#ÖVERLÄMNA hemtjänst", answers=town.letter("assignment", REGISTRAR))
    case = town.case()
    assert (case.secrecy, case.unit, case.officer) == (True, "hemtjanst", "majken.lugn@hjo.example")
    assert "Ärendet har sekretess" in town.letter("echo", REGISTRAR).text
    town.waits_until("2026-10-05 08:00")
    told = town.sent[known:]
    assert {x.kind for x in told} >= {"assignment", "reminder", "escalation"}
    assert all("Zeb" not in x.text + x.html and "edicin" not in x.text + x.subject for x in told)
    assert town.letters("handover") == []


def test_hjo_57_what_is_opened_by_hand_stays_open_at_its_unit(town: Town) -> None:
    town.writes(ANNA, "Hemtjänsten har fula bilar.", subject="Bilar")
    given = town.letter("assignment", REGISTRAR)
    town.writes(REGISTRAR, "#SEKRETESS NEJ", answers=given)
    town.writes(REGISTRAR, "JA", answers=town.letter("question", REGISTRAR))
    town.writes(REGISTRAR, "#ÖVERLÄMNA hemtjänst", answers=given)
    assert not town.case().secrecy
    assert "fula bilar" in town.letter("assignment", "majken.lugn@hjo.example").text
