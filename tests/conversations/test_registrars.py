"""The registrar's day: what is set, moved, divided and joined in the cases that have come in."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from service.core.cases import Clock, Contact
from tests.conversations.town import ANNA, BO, REGISTRAR, STOCKHOLM, Letter, Town

DESK = "kontaktcenter@ekvik.example"
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
    told = orders(town, "#AVVISA Det du skrev är reklam, och den tar vi inte upp.")
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
