"""The registrar's day: what is set, moved, divided and joined in the cases that have come in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from service.core.calendar.durations import Duration
from service.core.cases import Clock, Contact
from service.core.rules.choices import AnswerMode, Triage
from service.desk.lookup import catalogue
from tests.conversations.town import ANNA, BO, REGISTRAR, STOCKHOLM, Letter, Town

DESK = "kontaktcenter@ekvik.example"
SARA = "sara.ask@ekvik.example"
HOLE = "Det är ett stort hål i asfalten på Storgatan."


@pytest.fixture
def assigned(town: Town) -> Letter:
    """The assignment of Anna's case."""
    town.writes(ANNA, HOLE)
    town.news()
    return town.letter("assignment")


def orders(town: Town, text: str, sender: str = REGISTRAR, **more: object) -> Letter:
    """A staff member writes in the only case; returns the last letter back."""
    town.writes(sender, text, f"[{town.cases()[0].number}]", **more)  # type: ignore[arg-type]
    return [x for x in town.sent if x.to == sender.rsplit("<", maxsplit=1)[-1].strip(">")][-1]


def flat(letter: Letter) -> str:
    """The letter's words on one line."""
    return " ".join(letter.text.split())


def due(town: Town) -> datetime:
    promise = town.cases()[0].deadline(Clock.ANSWER)
    assert promise
    return promise.due_at.astimezone(STOCKHOLM)


@pytest.mark.usefixtures("assigned")
def test_s37_the_registry_number_is_stored_and_shown_in_later_mails(town: Town) -> None:
    told = orders(town, "#DNR ks 2026/341")
    assert town.case().registry_number == "KS 2026-00341"
    assert told.kind == "echo"
    assert "Diarienummer: KS 2026-00341" in flat(told)
    orders(town, "#SVAR\nHej Anna, hålet är lagat.", BO)
    assert "Diarienummer KS 2026-00341" in flat(town.letter("answer"))
    assert "KS 2026" not in town.letter("answer").subject


@pytest.mark.usefixtures("assigned")
@pytest.mark.parametrize("wrong", ["341", "KS 26-341", "EKV-26-00001-C", "hej"])
def test_s37_a_number_of_another_form_gets_help(town: Town, wrong: str) -> None:
    told = orders(town, f"#DNR {wrong}")
    assert told.kind == "question"
    assert "#DNR KS 2026-00123" in flat(told)
    assert town.case().registry_number == ""


@pytest.mark.usefixtures("assigned")
def test_kop_17_deadlines_are_recounted_from_the_day_it_came_in(town: Town) -> None:
    told = orders(town, "#INKOM 2 september")
    assert due(town).date() == date(2026, 9, 16)
    assert "onsdag 2 september 2026" in flat(told)
    assert "Sista svarsdag: onsdag 16 september 2026" in flat(told)
    assert town.case().received_at.astimezone(STOCKHOLM).date() == date(2026, 9, 2)
    town.waits_until("2026-09-11 08:00")  # three working days before: the ladder is the new one
    assert [x.to for x in town.letters("reminder")]


@pytest.mark.usefixtures("assigned")
@pytest.mark.parametrize("wrong", ["i morgon", "2 oktober 2026", "snart"])
def test_a_day_that_has_not_been_is_asked_about(town: Town, wrong: str) -> None:
    assert orders(town, f"#INKOM {wrong}").kind == "question"
    assert due(town).date() == date(2026, 9, 21)


@pytest.mark.usefixtures("assigned")
def test_a_day_long_ago_waits_for_a_yes(town: Town) -> None:
    asked = orders(town, "#INKOM 3 mars")
    assert asked.kind == "question"
    assert due(town).date() == date(2026, 9, 21)
    town.writes(REGISTRAR, "JA", answers=asked)
    assert town.case().received_at.astimezone(STOCKHOLM).date() == date(2026, 3, 3)


@pytest.mark.usefixtures("assigned")
def test_kop_14_the_channel_has_its_own_time(town: Town) -> None:
    told = orders(town, "#KANAL facebook")
    assert town.case().channel == "sociala medier"
    assert due(town) == datetime(2026, 9, 8, 9, 12, tzinfo=STOCKHOLM)
    assert "kl. 09.12" in flat(told)
    assert orders(town, "#KANAL röksignal").kind == "question"


@pytest.mark.usefixtures("assigned")
def test_c11_the_process_is_one_of_the_list(town: Town) -> None:
    orders(town, "#PROCESS 2")
    assert town.case().process == "felanmälan"
    assert "synpunkt" in flat(orders(town, "#PROCESS bygglov"))


@pytest.mark.usefixtures("assigned")
def test_hjo_18_the_wording_for_publication_leaves_the_original(town: Town) -> None:
    orders(town, "#TEXT\nEn invånare skriver att det är hål i gatan.\n#PUBLICERA JA")
    assert town.case().public_text == "En invånare skriver att det är hål i gatan."
    assert town.case().text == HOLE


def test_kop_20_the_note_taker_completes_the_note(town: Town) -> None:
    town.writes(DESK, "#KANAL telefon\n\nDet är hål i asfalten på Björkvägen.")
    asked = town.letter("echo")
    town.writes(DESK, "#FRÅN Gun Ek, gun.ek@example.org\n#INKOM i fredags", answers=asked)
    case = town.case()
    assert (case.submitter.name, case.submitter.contact) == ("Gun Ek", Contact.EMAIL)
    assert town.letter("receipt").to == "gun.ek@example.org"
    assert due(town).date() == date(2026, 9, 18)
    town.writes(DESK, "#AVSLUTA", answers=asked)
    assert town.case().is_open  # the note-taker has no other say


@pytest.mark.usefixtures("assigned")
def test_another_submitter_waits_for_a_yes(town: Town) -> None:
    asked = orders(town, "#FRÅN Gun Ek, 070-174 06 05")
    assert asked.kind == "question"
    assert town.case().submitter.email == "anna.ek@example.org"
    town.writes(REGISTRAR, "JA", answers=asked)
    assert town.case().submitter.name == "Gun Ek"
    assert town.case().submitter.email == ""


@pytest.mark.usefixtures("assigned")
def test_a_day_that_was_wrong_is_taken_back_with_its_deadlines(town: Town) -> None:
    orders(town, "#INKOM 2 september\n#KANAL brev")
    orders(town, "#ÅNGRA")
    assert due(town).date() == date(2026, 9, 21)
    assert town.case().channel == "e-post"


# --- refused, for information, a corrected address -------------------------------------------------------------------


@pytest.mark.usefixtures("assigned")
def test_a_refusal_tells_the_citizen_why(town: Town) -> None:
    asked = orders(town, "#AVVISA Det du skrev är reklam, och den tar vi inte upp.")
    told = orders(town, "JA", answers=asked)
    refusal = town.letter("refusal")
    assert refusal.to == "anna.ek@example.org"
    assert "Det du skrev är reklam, och den tar vi inte upp." in flat(refusal)
    assert "reklam" not in refusal.subject
    assert town.case().status.value == "refused"
    assert "Ärendet är avvisat." in flat(told)
    town.waits_until("2026-10-30 12:00")
    assert town.letters("escalation") == []


@pytest.mark.usefixtures("assigned")
@pytest.mark.parametrize("wrong", ["#AVVISA", "#AVVISA ?", "#AVVISA Reklam.\n#SVAR\nHej Anna, det är lagat."])
def test_a_refusal_without_a_reason_or_with_an_answer_is_asked_about(town: Town, wrong: str) -> None:
    assert orders(town, wrong).kind == "question"
    assert town.letters("refusal") == []
    assert town.case().is_open


def test_spa_25_a_secret_case_is_refused_without_a_mail(town: Town) -> None:
    town.writes(ANNA, "Min granne har självskada.")
    orders(town, "#AVVISA Det hör inte hit.")
    assert town.case().status.value == "refused"
    assert town.letters("refusal") == []


@pytest.mark.usefixtures("assigned")
def test_for_information_inside_the_municipality(town: Town) -> None:
    told = orders(town, "#FÖR KÄNNEDOM eva.berg@ekvik.example")
    shown = town.letter("information", "eva.berg@ekvik.example")
    assert "stort hål i asfalten" in shown.text
    assert "för kännedom" in flat(told)


@pytest.mark.usefixtures("assigned")
def test_for_information_outside_waits_for_a_yes(town: Town) -> None:
    asked = orders(town, "#FÖR KÄNNEDOM anders@entreprenad.example")
    assert asked.kind == "question"
    assert "utanför kommunen" in flat(asked)
    assert town.letters("information", "anders@entreprenad.example") == []
    town.writes(REGISTRAR, "Ja tack", answers=asked)
    assert len(town.letters("information", "anders@entreprenad.example")) == 1


@pytest.mark.usefixtures("assigned")
@pytest.mark.parametrize("to", ["noreply@ekvik.example", "inte-svara@firma.example", "synpunkten@ekvik.example"])
def test_who_reads_no_mail_is_not_said_to_have_it_for_information(town: Town, to: str) -> None:
    told = orders(town, f"#FÖR KÄNNEDOM {to}")
    assert told.kind == "question"
    assert f"Det går inte att skicka mejl till {to}." in flat(told)
    assert not town.letters("information")


def test_spa_25_a_secret_case_goes_to_nobody_for_information(town: Town) -> None:
    town.writes(ANNA, "Min granne har självskada.")
    assert orders(town, "#FÖR KÄNNEDOM eva.berg@ekvik.example").kind == "question"
    assert town.letters("information") == []


def test_s21_a_corrected_address_gets_the_receipt_that_came_back(town: Town) -> None:
    town.refuses["anna.ek@example.org"] = "550 5.1.1 no such user"
    town.writes(ANNA, HOLE)
    assert town.letters("receipt") == []
    told = orders(town, "#ADRESS anna.eek@example.org")
    assert town.letter("receipt").to == "anna.eek@example.org"
    assert "Bekräftelsen är skickad på nytt." in flat(told)
    assert town.case().receipt_sent_at
    assert town.case().submitter.email == "anna.eek@example.org"


def test_s21_whoever_writes_again_from_an_address_that_failed_gets_the_receipt_of_that_very_mail(town: Town) -> None:
    town.refuses["anna.ek@example.org"] = "550 5.1.1 no such user"
    town.writes(ANNA, HOLE)
    town.refuses.clear()
    town.passes(days=2)
    town.writes(ANNA, "Lamporna i parken vid skolan är släckta.", subject="Mörkt i parken")
    assert town.letter("receipt").number == town.cases()[1].number


@pytest.mark.databases("sqlite", "postgresql")
def test_s21_hjo_49_a_corrected_address_gets_the_answer_that_came_back(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.refuses["anna.ek@example.org"] = "550 5.1.1 no such user"
    orders(town, "#SVAR\nHej Anna, hålet är lagat i dag.", BO)
    assert town.case().running  # owed again
    orders(town, "#ADRESS anna.eek@example.org")
    answer = town.letter("answer")
    assert answer.to == "anna.eek@example.org"
    assert "hålet är lagat i dag" in flat(answer)
    assert town.case().running is None
    assert town.case().status.value == "answered"


@pytest.mark.usefixtures("assigned")
def test_an_address_that_nothing_came_back_from_waits_for_a_yes(town: Town) -> None:
    assert orders(town, "#ADRESS anna.eek@example.org").kind == "question"
    assert town.case().submitter.email == "anna.ek@example.org"


@pytest.mark.usefixtures("assigned")
def test_a_postal_address_is_put_right_too(town: Town) -> None:
    assert orders(town, "#ADRESS Norra vägen 3, 123 45 Ekvik").kind == "echo"
    assert town.case().submitter.address == "Norra vägen 3, 123 45 Ekvik"
    assert town.case().submitter.email == "anna.ek@example.org"
    assert orders(town, "#ADRESS vet ej").kind == "question"


# --- divided ---------------------------------------------------------------------------------------------------------

SEVERAL = "1) Det är hål i asfalten på Ekstigen. 2) Biblioteket borde ha öppet söndagar. 3) Hur söker man bygglov?"


@pytest.mark.databases("sqlite", "postgresql")
def test_s09_kop_31_each_part_gets_a_case_of_its_own(town: Town) -> None:
    """Three numbers with the same arrival, one receipt that lists them, the original mail in each."""
    raw = town.mail(ANNA, SEVERAL)
    town.receives(raw)
    town.passes(days=1)
    receipts = len(town.letters("receipt"))
    told = orders(town, "#DELA Biblioteket borde ha öppet söndagar.\n#DELA\nHur söker man bygglov?")
    first, *others = town.cases()
    assert len(others) == 2
    assert [x.text for x in others] == ["Biblioteket borde ha öppet söndagar.", "Hur söker man bygglov?"]
    for case in others:
        assert case.received_at == first.received_at
        assert case.submitter == first.submitter
        promise = case.deadline(Clock.ANSWER)
        assert promise
        assert promise.due_at == due(town)
        assert [(x.number, x.how.value) for x in case.related] == [(first.number, "split_from")]
        assert originals(town, case.number) == originals(town, first.number)[:1]
    assert [(x.number, x.how.value) for x in first.related] == [(x.number, "split_into") for x in others]
    listed = town.letters("receipt")[receipts:]
    assert [x.to for x in listed] == ["anna.ek@example.org"]
    assert all(case.number in listed[0].text for case in (first, *others))
    assert all(case.number in told.text for case in others)


def originals(town: Town, number: str) -> list[str]:
    with town.database.reading() as s:
        shown = catalogue.shown(s, number)
    assert shown
    return [x["sha256"] for x in shown["messages"] if x["direction"] == "in"]


def test_s09_the_citizen_writes_again_about_the_first_and_each_part_is_answered_by_itself(town: Town) -> None:
    town.writes(ANNA, SEVERAL, files=[("hal.jpg", b"\xff\xd8\xff" + b"x" * 99)])
    orders(town, "#DELA Det är ett hål i asfalten på Björkvägen också.")
    part = town.cases()[1]
    shown = [x for x in town.letters("assignment") if x.number == part.number]
    assert shown[0].files == ["hal.jpg"]
    town.writes(BO, "#SVAR\nHej Anna, det lagas i morgon.", answers=shown[0])
    assert town.letter("answer").number == part.number
    assert town.letter("answer").mail["In-Reply-To"] == town.cases()[0].thread[0]
    town.writes(ANNA, "Tack, men hur går det med det andra?", answers=town.letters("receipt")[0])
    assert town.letters("information")[-1].number == town.cases()[0].number


# --- joined ----------------------------------------------------------------------------------------------------------

BENGT = "Bengt Alm <bengt.alm@example.net>"


def two(town: Town) -> tuple[str, str]:
    town.writes(ANNA, HOLE)
    town.writes(BENGT, "Hålet i asfalten på Storgatan är livsfarligt stort.", "Hål")
    first, second = town.cases()
    return first.number, second.number


def test_peers_one_answer_reaches_each_by_name_in_their_own_case(town: Town) -> None:
    first, second = two(town)
    assert orders(town, f"#SAMMA {second}").kind == "echo"
    town.writes(BO, "#SVAR\nHej Anna!\nHålet lagas i morgon.\n#TYP 1", f"[{first}]")
    by_number = {x.number: x for x in town.letters("answer")}
    assert {n: x.to for n, x in by_number.items()} == {first: "anna.ek@example.org", second: "bengt.alm@example.net"}
    assert "Hej Bengt Alm," in by_number[second].text
    assert "Anna" not in by_number[second].raw.decode()
    assert first not in by_number[second].text
    assert "Bengt" not in by_number[first].raw.decode()
    assert {c.status.value for c in town.cases()} == {"answered"}
    assert by_number[second].mail["In-Reply-To"] == town.cases()[1].thread[0]
    assert second in [x for x in town.letters("echo") if x.to == BO][-1].text
    assert len(town.letters("answer")) == 2


def test_a_short_number_is_this_years_and_a_wrong_one_is_asked_about(town: Town) -> None:
    two(town)
    assert orders(town, "#SAMMA 00002").kind == "echo"
    assert [x.how.value for x in town.cases()[1].related] == ["same"]
    assert orders(town, "#SAMMA 00017").kind == "question"
    assert orders(town, "#SAMMA hej").kind == "question"
    assert orders(town, "#SAMMA 00001").kind == "question"  # its own


def test_the_answer_names_no_submitter_to_another(town: Town) -> None:
    first, second = two(town)
    orders(town, f"#SAMMA {second}")
    town.writes(BO, "#SVAR\nHej!\nHålet som Anna skrev om lagas i morgon.", f"[{first}]")
    assert town.letters("answer") == []
    assert "Anna" in town.letters("question", BO)[-1].text


def test_spa_25_a_secret_case_is_joined_to_none(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes(BENGT, "Min granne har självskada.")
    assert orders(town, f"#SAMMA {town.cases()[1].number}").kind == "question"
    assert [c.related for c in town.cases()] == [(), ()]


def test_joined_cases_close_together_and_one_that_is_answered_already_gets_nothing_more(town: Town) -> None:
    first, second = two(town)
    town.writes(BENGT, "Hålet i asfalten vid Storgatan är kvar.", "Hål igen")
    third = town.cases()[2].number
    town.writes(BO, "#SVAR\nHej Bengt, det lagas.", f"[{third}]")
    orders(town, f"#SAMMA {second}")
    orders(town, f"#SAMMA {third}")
    text = "#SVAR\nHålet lagas i morgon.\n#TYP klagomål\n#KATEGORI 2\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA"
    town.writes(BO, text, f"[{first}]")
    assert [c.status.value for c in town.cases()] == ["closed", "closed", "answered"]
    assert [x.number for x in town.letters("answer")] == [third, first, second]
    assert town.cases()[1].measure == "Åtgärdat"


def test_an_unsorted_case_goes_to_the_officer_of_the_one_it_is_joined_to(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes(BENGT, "Vad tänker ni göra åt det?", "Hm")
    first, second = town.cases()
    assert second.officer == ""
    town.writes(REGISTRAR, f"#SAMMA {first.number}", f"[{second.number}]")
    assert town.cases()[1].officer == BO
    assert "samma sak" in town.letters("information", BO)[-1].text


# --- the rules only propose ------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(town: Town) -> Letter:
    """Anna's case with the registrar, who is shown what the rules propose."""
    first = town.book.municipality.model_copy(update={"triage": Triage.REGISTRAR_FIRST})
    town.desk = replace(town.desk, book=town.book.model_copy(update={"municipality": first}))
    town.writes(ANNA, HOLE)
    return town.letter("assignment", REGISTRAR)


@pytest.mark.usefixtures("proposed")
def test_kli_a_receipt_says_nothing_of_who_while_the_rules_only_propose(town: Town) -> None:
    receipt = flat(town.letter("receipt"))
    assert "Bo" not in receipt.split()
    assert "Gata och park" not in receipt


@pytest.mark.parametrize(
    ("answer", "officer"), [("JA", BO), ("Ja tack, kör", BO), ("1", BO), ("#ÖVERLÄMNA Sara Ask", SARA)]
)
def test_kli_the_registrar_decides_and_the_citizen_is_told_once(
    town: Town, proposed: Letter, answer: str, officer: str
) -> None:
    town.writes(REGISTRAR, answer, answers=proposed)
    assert town.case().officer == officer
    assert [x.to for x in town.letters("assignment")] == [REGISTRAR, officer]
    assert [x.to for x in town.letters("handover")] == ["anna.ek@example.org"]
    town.writes(REGISTRAR, answer, answers=proposed)  # once more, by mistake
    assert len(town.letters("assignment")) == 2
    assert len(town.letters("handover")) == 1


def test_kli_what_the_registrar_divides_is_proposed_too(town: Town, proposed: Letter) -> None:
    town.writes(REGISTRAR, "#DELA Det är hål i asfalten på Björkvägen också.", answers=proposed)
    part = town.cases()[1]
    assert (part.officer, part.proposal) == ("", BO)
    shown = [x for x in town.letters("assignment", REGISTRAR) if x.number == part.number]
    town.writes(REGISTRAR, "JA", answers=shown[0])
    assert town.cases()[1].officer == BO
    assert town.cases()[0].officer == ""


def test_what_was_joined_is_taken_back_and_what_was_divided_stays(town: Town) -> None:
    first, second = two(town)
    orders(town, f"#SAMMA {second}")
    told = orders(town, "#ÅNGRA")
    assert "hör inte längre till samma sak" in flat(told)
    assert [c.related for c in town.cases()] == [(), ()]
    divided = orders(town, "#DELA Det är hål i asfalten på Björkvägen också.")
    assert "#ÅNGRA" not in divided.text
    assert "fortfarande delat" in flat(orders(town, "#ÅNGRA"))
    town.writes(BO, "#SVAR\nHej!\nHålet lagas.", f"[{first}]")
    assert [x.number for x in town.letters("answer")] == [first]


def test_kop_14_a_promise_of_hours_is_reminded_of_in_time_and_told_when_it_has_passed(town: Town) -> None:
    town.writes("redaktor@ekvik.example", "#KANAL facebook\n\nDet är hål i asfalten på Storgatan!", "")
    town.waits_until("2026-09-08 12:30")
    assert [(x.to, x.at.hour) for x in town.letters("reminder")] == [(BO, 7), (BO, 12)]
    assert "maria.lund@ekvik.example" in [x.to for x in town.letters("escalation")]
    assert "tisdag 8 september 2026 kl. 09.12" in flat(town.letters("reminder")[0])


def answering(town: Town, **changes: object) -> None:
    """The municipality answers in another way from now on."""
    own = town.book.municipality
    answer = own.answer.model_copy(update=changes)
    book = town.book.model_copy(update={"municipality": own.model_copy(update={"answer": answer})})
    town.desk = replace(town.desk, book=book)


@pytest.mark.parametrize(("writer", "copies"), [(BO, 1), (REGISTRAR, 0)])
def test_c06_the_registrar_reads_every_answer_but_her_own(town: Town, writer: str, copies: int) -> None:
    answering(town, copy_to_registrar=True)
    town.writes(ANNA, HOLE)
    orders(town, "#SVAR\nHej!\nHålet lagas i morgon.", writer)
    told = [x for x in town.letters("information", REGISTRAR) if "Hålet lagas i morgon" in x.text]
    assert (len(town.letters("answer")), len(told)) == (1, copies)


def test_an_answer_that_waits_reaches_all_when_its_time_has_come(town: Town) -> None:
    answering(town, undo=Duration.parse("10 minutes"))
    first, second = two(town)
    orders(town, f"#SAMMA {second}")
    town.writes(BO, "#SVAR\nHej!\nHålet lagas i morgon.", f"[{first}]")
    assert town.letters("answer") == []
    town.passes(minutes=11)
    assert {x.number: x.to for x in town.letters("answer")} == {
        first: "anna.ek@example.org",
        second: "bengt.alm@example.net",
    }


def test_kli_20_an_answer_that_is_released_reaches_all(town: Town) -> None:
    answering(town, mode=AnswerMode.CENTRAL_RELEASE)
    first, second = two(town)
    orders(town, f"#SAMMA {second}")
    town.writes(BO, "#SVAR\nHej!\nHålet lagas i morgon.", f"[{first}]")
    assert town.letters("answer") == []
    town.writes(REGISTRAR, "JA", answers=town.letters("question", REGISTRAR)[-1])
    assert [x.number for x in town.letters("answer")] == [first, second]


def test_whoever_has_the_other_case_hears_that_it_is_answered(town: Town) -> None:
    first, second = two(town)
    town.writes(REGISTRAR, f"#ÖVERLÄMNA Sara Ask\n#SAMMA {first}", f"[{second}]")
    town.writes(BO, "#SVAR\nHej!\nHålet lagas i morgon.", f"[{first}]")
    assert {x.number for x in town.letters("answer")} == {first, second}
    told = town.letters("information", "sara.ask@ekvik.example")[-1]
    assert told.number == second
    assert "Samma svar är skickat i ditt ärende" in flat(told)


@pytest.mark.parametrize("command", ["#AVSLUTA", "#STATUS", "#ÖVERLÄMNA Sara Ask"])
def test_a_colleague_without_a_say_is_shown_nothing_of_the_case(town: Town, command: str) -> None:
    town.writes(ANNA, HOLE, "Hålet vid Ankdammen")
    town.writes("vaktmastare@ekvik.example", command, f"[{town.case().number}]")
    told = town.letter("question", "vaktmastare@ekvik.example")
    assert "det du bad om är inte gjort" in flat(told)
    for word in ("Anna", "Ankdammen", "Storgatan"):
        assert word not in told.text + told.html
