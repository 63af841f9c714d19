"""Feedback that a colleague has taken in: from a call, a visit, a letter, social media, or a citizen's mail."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, date, datetime
from email.message import EmailMessage

import pytest

from service.core.cases import Clock, Contact
from tests.conversations.town import ANNA, BO, MARIA, REGISTRAR, STOCKHOLM, Letter, Town

DESK = "Ali Aziz <kontaktcenter@ekvik.example>"
EDITOR = "redaktor@ekvik.example"
CALL = (
    "Samtal 2026-09-02. Inringare: Gun Ek, 070-174 06 05, vill ha svar per telefon. "
    "Klagar på hål i asfalten på Björkvägen. /Ali, kontaktcenter"
)


def local_day(town: Town, at: datetime) -> date:
    return town.book.calendar.local_date(at)


def due(town: Town) -> datetime:
    promise = town.case().deadline(Clock.ANSWER)
    assert promise
    return promise.due_at.astimezone(STOCKHOLM)


def echo(town: Town, to: str) -> Letter:
    return town.letter("echo", to)


def test_s12_a_note_of_a_call_in_plain_words(town: Town) -> None:
    town.writes(DESK, CALL, subject="Samtal")
    case = town.case()
    assert (case.submitter.name, case.submitter.phone, case.submitter.email) == ("Gun Ek", "070-174 06 05", "")
    assert (case.channel, case.submitter.contact, case.received_by) == (
        "telefon",
        Contact.PHONE,
        "kontaktcenter@ekvik.example",
    )
    assert local_day(town, case.received_at) == date(2026, 9, 2)
    assert due(town).date() == date(2026, 9, 16)  # ten working days from the call, not from the mail
    assert not case.internal
    assert case.title == "Klagar på hål i asfalten på Björkvägen"
    assert town.letters("receipt") == []
    assert "ha svar på telefon" in town.letter("assignment").text
    told = echo(town, "kontaktcenter@ekvik.example").text
    assert "Gun Ek, 070-174 06 05" in told
    assert "onsdag 2 september 2026" in told
    assert "onsdag 16 september 2026" in told


@pytest.mark.parametrize(
    ("lines", "channel"),
    [
        ("#KANAL telefon\n#INKOM 2 september\n#FRÅN Gun Ek, 070-174 06 05, vill bli uppringd", "telefon"),
        ("#kanal: Samtal\n#inkom: 2/9\n#fran: Gun Ek 070-174 06 05, svar per telefon", "telefon"),
        ("Hej!\n#KANAL besök\n#INKOM i onsdags\n#FRÅN Gun Ek, 070-174 06 05, ring henne", "besök"),
        ("#FRÅN Gun Ek, 070-174 06 05, vill bli uppringd #KANAL möte #INKOM 2026-09-02", "besök"),
    ],
)
def test_kop_17_a_note_with_commands(town: Town, lines: str, channel: str) -> None:
    town.writes(DESK, f"{lines}\n\nDet är hål i asfalten på Björkvägen.")
    case = town.case()
    assert (case.channel, case.submitter.name, case.submitter.contact) == (channel, "Gun Ek", Contact.PHONE)
    assert local_day(town, case.received_at) == date(2026, 9, 2)
    assert case.text == "Det är hål i asfalten på Björkvägen."
    assert case.officer == BO
    assert [x.to for x in town.letters("receipt")] == []


def test_kop_01_a_letter_that_was_scanned(town: Town) -> None:
    """Who wants a letter gets no mail, and the scan goes with the assignment."""
    town.writes(
        DESK,
        "#KANAL inskannat brev\n#FRÅN Elsa Nyman, Norra vägen 3, 123 45 Ekvik\n\nBrev om hål i asfalten, se bild.",
        files=[("brev.jpg", b"\xff\xd8\xff" + b"x" * 200)],
    )
    case = town.case()
    assert (case.channel, case.submitter.address) == ("brev", "Norra vägen 3, 123 45 Ekvik")
    assert case.submitter.contact is Contact.LETTER
    assert town.letter("assignment").files == ["brev.jpg"]
    assert town.letters("receipt") == []


def test_a_caller_with_an_address_gets_the_receipt_and_the_answer(town: Town) -> None:
    town.writes(DESK, f"#KANAL telefon\n#FRÅN {ANNA}\n\nHål i asfalten på Björkvägen.")
    assert town.letter("receipt").to == "anna.ek@example.org"
    town.writes(BO, "#SVAR\nHej Anna, hålet är lagat.", answers=town.letter("assignment"))
    assert town.letter("answer").to == "anna.ek@example.org"
    assert "In-Reply-To" not in town.letter("answer").mail  # she has not seen the note


def test_s13_social_media_has_24_hours_and_the_editor_gets_the_answer(town: Town) -> None:
    post = "Kommentar på vår sida från 'Lisa S': Varför är det hål i asfalten på Storgatan??"
    town.writes(EDITOR, f"#KANAL sociala medier — {post}", "", files=[("skarm.jpg", b"\xff\xd8\xff" + b"x" * 99)])
    case = town.case()
    assert (case.channel, case.submitter.name, case.received_by) == ("sociala medier", "Lisa S", EDITOR)
    assert due(town) == datetime(2026, 9, 8, 9, 12, tzinfo=STOCKHOLM)
    assert town.letter("assignment", BO).files == ["skarm.jpg"]
    assert case.number in echo(town, EDITOR).subject
    assert "kl. 09.12" in echo(town, EDITOR).text
    town.writes(BO, "#SVAR\nHej Lisa! Hålet lagas i dag.", answers=town.letter("assignment"))
    answer = town.letter("answer")
    assert answer.to == EDITOR
    assert "Hålet lagas i dag." in answer.text
    assert town.case().answered_at
    assert {x.to for x in town.sent} == {BO, EDITOR}


def test_kop_20_a_citizens_mail_that_the_desk_passes_on_with_directives(town: Town) -> None:
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = ANNA, "kommun@ekvik.example", "Hål på Storgatan"
    inner["Message-ID"] = "<original@example.org>"
    inner.set_content("Det är hål i asfalten.")
    raw = town.mail(MARIA, "#INKOM 2 september\n#KANAL e-post\nHon ringde också.", subject="VB: Hål")
    mail = email.message_from_bytes(raw, policy=email.policy.SMTP)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(inner)
    town.receives(mail.as_bytes())
    case = town.case()
    assert (case.submitter.email, case.channel, case.received_by) == ("anna.ek@example.org", "e-post", MARIA)
    assert case.text == "Det är hål i asfalten."
    assert local_day(town, case.received_at) == date(2026, 9, 2)
    assert town.letter("receipt").to == "anna.ek@example.org"
    assert town.letter("receipt").mail["In-Reply-To"] == "<original@example.org>"
    assert ("note", "Hon ringde också.") in town.journal()
    assert case.number in echo(town, MARIA).subject  # who passes on is told the number (S33)


@pytest.mark.parametrize("text", [CALL, "#KANAL telefon\n#FRÅN Gun Ek, gun.ek@example.org\n\nHål i asfalten."])
def test_kop_17_nobody_makes_a_case_in_a_citizens_name_without_proof(town: Town, text: str) -> None:
    town.writes(DESK, text, authenticated=False)
    assert town.cases() == []
    assert [(x.kind, x.to) for x in town.sent] == [("alert", REGISTRAR)]


def test_kop_17_who_it_was_is_asked_and_the_feedback_is_a_case_all_the_same(town: Town) -> None:
    town.writes(DESK, "#KANAL röksignal\n\nDet är hål i asfalten på Björkvägen.")
    case = town.case()
    assert case.submitter.contact is Contact.IMPOSSIBLE
    assert town.letters("receipt") == []
    assert town.letter("assignment").to == REGISTRAR
    asked = echo(town, "kontaktcenter@ekvik.example").text
    assert "#FRÅN" in asked
    assert "röksignal" in asked


def test_an_anonymous_caller(town: Town) -> None:
    town.writes(DESK, "#KANAL telefon\n#FRÅN anonym\n\nHål i asfalten på Björkvägen.")
    assert town.case().anonymous
    assert town.letter("assignment").to == BO


def test_kop_17_a_day_to_come_is_asked_about_and_the_mails_own_day_counts(town: Town) -> None:
    town.writes(DESK, "#KANAL telefon\n#INKOM 2 oktober 2026\n#FRÅN Gun Ek, 070-174 06 05\n\nHål i asfalten.")
    assert town.case().received_at == town.now.astimezone(UTC)
    assert "#INKOM" in echo(town, "kontaktcenter@ekvik.example").text


def test_s36_an_employees_own_words_are_no_note(town: Town) -> None:
    town.writes(DESK, "Samtal med kommunen går aldrig fram. Larmet på vårt kontor funkar inte.")
    assert town.case().internal
    assert town.case().submitter.email == "kontaktcenter@ekvik.example"


def test_s12_a_secret_note_is_repeated_to_nobody(town: Town) -> None:
    town.writes(
        DESK,
        "#KANAL telefon\n#FRÅN Gun Ek, 070-174 06 05\n#INKOM 2 september\n#SEKRETESS\n\nDet gäller hål i asfalten.",
    )
    assert town.case().secrecy
    assert "måndag 7 september 2026 kl. 09.12" in " ".join(town.letter("assignment").text.split())
    assert all("Gun" not in x.text and "asfalt" not in x.text for x in town.sent)


@pytest.mark.parametrize(
    "text",
    [
        "Telefonsamtal med Gun Ek, 070-174 06 05, vill bli uppringd.\nDet är hål i asfalten på Björkvägen.\n/Ali",
        "Tjänsteanteckning\nDatum: 7 september\nNamn: Gun Ek\nTelefon: 070-174 06 05\nVill ha svar: per telefon\n\nHål",
        "Hej!\nBesök i dag.\nBesökare: Gun Ek, tel 070-174 06 05, vill ha svar per telefon.\nDet är hål i asfalten.",
    ],
)
def test_s12_other_plain_words(town: Town, text: str) -> None:
    town.writes(DESK, text, subject="Tjänsteanteckning")
    submitter = town.case().submitter
    assert (submitter.name, submitter.phone, submitter.contact) == ("Gun Ek", "070-174 06 05", Contact.PHONE)
    assert town.case().channel in {"telefon", "besök"}
    assert local_day(town, town.case().received_at) == date(2026, 9, 7)
    assert len(town.letters("assignment")) == 1
