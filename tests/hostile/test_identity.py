"""Whoever claims to be somebody else, by address, by header or by a letter that was meant for another."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import pytest

from service.core.cases import Contact, Submitter
from service.core.rules.municipality import Municipality
from service.core.speech import forwards
from service.desk import documents, quarantine
from service.desk.post.release import release
from service.desk.writing import mailbytes
from tests.conversations.town import ANNA, BO, MARIA, REGISTRAR, Letter, Town
from tests.core.values import a_case

ASA = "Åsa Ek <asa@måla.example>"


def test_a_domain_with_swedish_letters_is_written_in_ascii_and_its_owner_is_known_by_it(town: Town) -> None:
    raw = town.mail("Åsa Ek <asa@mala.example>", "Det är ett hål i Storgatan.").replace(b"mala", "måla".encode())
    town.receives(raw)
    receipt = town.letter("receipt")
    assert receipt.to == "asa@xn--mla-ula.example"
    assert b"?" not in receipt.raw.split(b"\r\nSubject")[0].split(b"\r\nTo: ")[1]
    town.writes("Åsa Ek <asa@xn--mla-ula.example>", "Nu är det större.", answers=receipt)
    assert len(town.cases()) == 1
    assert "okänd adress" not in town.letter("information", BO).subject


def test_an_address_that_no_letter_can_be_written_to_is_a_case_without_letters(town: Town) -> None:
    raw = town.mail("Ake <ake@example.org>", "Det är ett hål i Storgatan.").replace(b"ake@", "åke@".encode())
    town.receives(raw)
    assert [x.kind for x in town.sent] == ["assignment"]
    assert town.case().submitter.email == "åke@example.org"


@pytest.mark.parametrize(
    "lookalike", ["anna.e\N{KELVIN SIGN}@example.org", "anna.ek@\N{FULLWIDTH LATIN SMALL LETTER E}xample.org"]
)
def test_a_letter_that_looks_like_another_is_no_citizens(town: Town, lookalike: str) -> None:
    town.writes("Anna Ek <anna.ek@example.org>", "Det är ett hål i Storgatan.")
    receipt = town.letter("receipt")
    town.now = town.now.replace(hour=12)
    raw = town.mail("Anna Ek <anna.ex@example.org>", "Stryk mitt namn.", answers=receipt)
    town.receives(raw.replace(b"anna.ex@example.org", lookalike.encode()))
    assert town.sent[-1].subject.startswith("Mejl från en okänd adress")


@pytest.mark.parametrize("value", ["a\r\nBcc: b@example.org", "a\nb", "a\x00", "måla"])
def test_no_header_ever_holds_a_second_one_or_a_replaced_letter(value: str) -> None:
    with pytest.raises(ValueError, match="header To"):
        mailbytes._field("To", value)


@pytest.mark.parametrize("name", ["Ekvik\r\nBcc: b@example.org", "Ekvik\nX: y", "Ekvik\x00", "Ekvik\u2028X"])
def test_a_name_in_the_rules_makes_no_header_of_its_own(name: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        Municipality.model_validate({"name": "Ekvik", "case_number": {"prefix": "EKV"}, "sender_name": name})


def test_the_own_servers_fail_beats_the_token_of_a_forwarded_letter(town: Town) -> None:
    town.writes("Anna Ek <anna.ek@example.org>", "Det är ett hål i Storgatan.")
    assigned = town.letter("assignment")
    raw = town.mail(f"Bo Ek <{BO}>", "#SVAR\nDu får hundra kronor.", answers=assigned)
    town.receives(raw.replace(b"dmarc=pass", b"dmarc=fail", 1))
    assert town.letters("answer") == []
    assert town.letter("alert", REGISTRAR)


CALLED = "x; dmarc=pass header.from=ekvik.example"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        pytest.param(f"spf=none smtp.helo={CALLED}", CALLED, id="HELO"),
        pytest.param(f"spf=none smtp.helo={CALLED}", "evil.example", id="HELO, which the stamp does not repeat"),
        pytest.param(f"dmarc=none header.from=ekvik.example; spf=none smtp.helo={CALLED}", CALLED, id="beside none"),
        pytest.param(f"spf=pass smtp.mailfrom={CALLED} @evil.example", "evil.example", id="MAIL FROM"),
        pytest.param("dmarc=pass header.from=ekvik.example", "x??dmarc=pass?header.from=e", id="as Postfix stamps it"),
    ],
)
def test_a_host_that_calls_itself_a_result_sends_nothing_in_an_officers_name(
    town: Town, assigned: Letter, said: str, name: str
) -> None:
    """The forger knows the number of the case, and writes to the municipality's own server from outside."""
    before = len(town.sent)
    raw = town.mail(BO, "#SVAR\nDu får hundra kronor.\n#AVSLUTA", f"Sv: [{assigned.number}]", authenticated=False)
    town.receives(
        f"Authentication-Results: mx.ekvik.example; {said}\r\nReceived: from {name} (evil.example [203.0.113.9])"
        " by mx.ekvik.example; Mon, 7 Sep 2026 09:12:00 +0200\r\n".encode()
        + raw
    )
    assert town.letters("answer") == []
    assert town.case().answer == ""
    assert "hundra kronor" not in "".join(x.text for x in town.sent[before:] if x.to not in {BO, REGISTRAR})
    assert town.letter("alert", REGISTRAR)


@pytest.fixture
def assigned(town: Town) -> Letter:
    """Anna has written, and Bo has the case."""
    town.writes(ANNA, "Det är ett hål i Storgatan.")
    return town.letter("assignment", BO)


def is_exposed(town: Town, letter: Letter) -> bool:
    message_id = str(letter.mail["Message-ID"])
    with town.database.reading() as s:
        return message_id in documents.exposed(s, [message_id])


SHOWN = [
    pytest.param({"sender": ANNA, "headers": [("References", "{id}")]}, id="a citizen has the id"),
    pytest.param({"sender": "x@bygg.example", "headers": [("In-Reply-To", "{id}")]}, id="a contractor answers it"),
    pytest.param(
        {"sender": "bo.ek@privat.example", "to": "anna.ek@example.org", "headers": [("References", "{id}")]},
        id="the officer, from a private address, with a copy here",
    ),
    pytest.param({"sender": BO, "cc": "x@bygg.example", "headers": [("In-Reply-To", "{id}")]}, id="in copy to outside"),
    pytest.param(
        {"sender": MARIA, "to": "x@bygg.example", "headers": [("References", "{id}")]}, id="a colleague's mail"
    ),
    pytest.param({"sender": "x@bygg.example", "text": "Message-ID: {id}"}, id="quoted in the text"),
    pytest.param({"sender": "x@bygg.example", "files": [("upp.eml", b"Message-ID: {id}\r\n\r\nhej")]}, id="enclosed"),
    pytest.param(
        {"sender": "x@bygg.example", "headers": [("In-Reply-To", "{id}"), ("Auto-Submitted", "auto-replied")]},
        id="a machine's answer to a forward",
    ),
]


@pytest.mark.parametrize("how", SHOWN)
def test_an_id_that_people_outside_have_seen_proves_nobody(town: Town, assigned: Letter, how: dict[str, Any]) -> None:
    message_id = str(assigned.mail["Message-ID"])
    how = {"text": "Hej! Vi tittar på saken i dag.", "subject": "Hål"} | how
    how["text"] = how["text"].replace("{id}", message_id)
    how["headers"] = [(name, value.replace("{id}", message_id)) for name, value in how.get("headers", [])]
    how["files"] = [(name, body.replace(b"{id}", message_id.encode())) for name, body in how.get("files", [])]
    assert not is_exposed(town, assigned)
    town.writes(how.pop("sender"), how.pop("text"), **how)
    assert is_exposed(town, assigned)
    town.writes(BO, "#INTERNT Ringt bygg.", answers=assigned, authenticated=False)
    assert ("note", "Ringt bygg.") not in town.journal()


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"sender": BO, "cc": MARIA}, id="among colleagues"),
        pytest.param({"sender": BO, "cc": "synpunkten@ekvik.example"}, id="with the mailbox in copy"),
    ],
)
def test_what_stays_inside_still_proves(town: Town, assigned: Letter, how: dict[str, Any]) -> None:
    how = dict(how)
    town.writes(how.pop("sender"), "#INTERNT Ringt bygg.", answers=assigned, **how)
    assert not is_exposed(town, assigned)
    assert ("note", "Ringt bygg.") in town.journal()


def test_whoever_gets_an_acknowledgement_is_no_party_of_the_case(town: Town, assigned: Letter) -> None:
    """S1: guess a number, get the acknowledgement, answer it."""
    number = town.case().number
    town.writes("Granne <granne@example.org>", "Hur går det?", subject=f"Sv: [{number}]")
    acknowledged = town.letter("receipt", "granne@example.org")
    assert ".none." in str(acknowledged.mail["Message-ID"])
    town.writes(BO, "#SVAR\nDet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=assigned)
    before = town.case()
    town.writes("Granne <granne@example.org>", "Jag är inte nöjd.", answers=acknowledged)
    assert town.case().status is before.status
    assert town.case().deadlines == before.deadlines
    assert town.sent[-1].kind == "receipt" or "okänd adress" in town.sent[-1].subject


def test_an_answer_with_the_number_of_another_case_is_asked_about(town: Town, assigned: Letter) -> None:
    """S1: the thread of Anna's case, the number of Carin's: the answer goes to neither."""
    town.writes("Carin Alm <carin.alm@example.org>", "Det är ett hål i Parkgatan.", subject="Hål i Parkgatan")
    first, second = town.cases()
    town.writes(BO, "#SVAR\nDin dotter har fått plats.", answers=assigned, headers=())
    town.sent.clear()
    raw = town.mail(BO, "#SVAR\nDin son har fått plats.", answers=assigned, quote=False)
    town.receives(raw.replace(first.number.encode(), second.number.encode(), 1))
    question = town.letter("question", BO)
    assert first.number in question.text
    assert second.number in question.text
    assert town.letters("answer") == []


def test_a_citizens_mail_whose_signs_disagree_reaches_the_registrar_and_neither_case(
    town: Town, assigned: Letter
) -> None:
    receipt = town.letter("receipt")
    town.writes("Carin Alm <carin.alm@example.org>", "Det är ett hål i Parkgatan.", subject="Hål i Parkgatan")
    first, second = town.cases()
    raw = town.mail(ANNA, "Nu är det ännu större.", answers=receipt, quote=False)
    town.receives(raw.replace(first.number.encode(), second.number.encode(), 1))
    assert len(town.cases()) == 3
    told = town.letters("assignment", REGISTRAR)[-1]
    assert first.number in told.text
    assert second.number in told.text


# --- whose mail it is ------------------------------------------------------------------------------------------------


def stamped(raw: bytes, word: str, domain: str) -> bytes:
    """The mail as it comes in from outside, with what the own server says of its sender."""
    return (
        f"Authentication-Results: mx.ekvik.example; dmarc={word} header.from={domain}\r\n"
        f"Received: from {domain} by mx.ekvik.example; Mon, 7 Sep 2026 09:12:00 +0200\r\n"
    ).encode() + raw


def test_a_forged_sender_gets_no_receipt_and_the_officer_is_warned(town: Town) -> None:
    town.receives(stamped(town.mail(ANNA, "Det är ett hål i Storgatan."), "fail", "example.org"))
    assert town.letters("receipt") == []
    assert "går inte att bekräfta" in town.letter("assignment").text
    town.passes(days=3)
    assert town.letters("receipt") == []
    assert not [x for x in town.letters("alert") if "bekräftelse" in x.subject.lower()]


def test_a_follow_up_that_the_own_server_calls_forged_is_shown_with_a_warning(town: Town, assigned: Letter) -> None:
    receipt = town.letter("receipt")
    town.receives(stamped(town.mail(ANNA, "Lägg ner ärendet.", answers=receipt), "fail", "example.org"))
    assert "går inte att bekräfta" in town.letter("information").text


@pytest.mark.parametrize("word", ["pass", "none", "temperror"])
def test_a_sender_that_is_not_called_forged_gets_a_receipt(town: Town, word: str) -> None:
    town.receives(stamped(town.mail(ANNA, "Det är ett hål i Storgatan."), word, "example.org"))
    assert town.letter("receipt").to == "anna.ek@example.org"
    assert "bekräfta:" not in town.letter("assignment").text


FORM = "Vad gäller det?\nGator\nDin synpunkt\nDet är ett hål.\nNamn\nOffer\nE-post\noffer@example.org"


def test_a_form_that_the_own_server_calls_forged_mails_no_third_party(town: Town) -> None:
    raw = town.mail("noreply@ekvik.example", FORM, subject="Synpunkter och klagomål", authenticated=False)
    town.receives(stamped(raw, "fail", "ekvik.example"))
    assert [(x.kind, x.to) for x in town.sent] == [("assignment", REGISTRAR)]
    assert "går inte att bekräfta" in town.sent[0].text


def test_news_in_an_officers_name_open_no_case_but_are_seen_and_can_be_let_in(town: Town) -> None:
    folder = town.writes(BO, "Det luktar illa i hela kvarteret.", subject="Lukt", authenticated=False)
    assert folder == "Karantän"
    assert town.cases() == []
    assert "luktar illa" in town.letter("alert", REGISTRAR).text
    with town.database.reading() as s:
        [held] = quarantine.listed(s)
    release(town.desk, held["id"], town.now)
    assert town.case().text == "Det luktar illa i hela kvarteret."


def test_what_would_be_secret_stands_in_no_letter_about_what_was_put_aside(town: Town) -> None:
    child = "Min dotter blev slagen av sin pappa. Socialtjänsten måste göra en orosanmälan nu."
    town.writes(BO, child, subject="Orosanmälan om Lisa", authenticated=False)
    town.passes(hours=24)
    assert town.cases() == []
    letters = [letter.text for letter in town.sent]
    assert len(letters) == len([text for text in letters if "Lisa" not in text and "slagen" not in text])
    assert "sekretess" in town.letter("alert", REGISTRAR).text
    assert "sekretess" in town.letter("digest", REGISTRAR).text


def test_a_letter_that_the_registrar_mails_in_is_commanded_by_her(town: Town) -> None:
    town.writes(f"Rut Alm <{REGISTRAR}>", "Brev från Nils: Det är ett hål i Storgatan.", subject="Brev")
    letter = next(x for x in reversed(town.sent) if x.kind in {"receipt", "assignment"})
    town.writes(f"Rut Alm <{REGISTRAR}>", f"#ÖVERLÄMNA {MARIA}", subject=f"Sv: [{letter.number}]")
    assert town.case().officer == MARIA


# --- Reply-To --------------------------------------------------------------------------------------------------------


def test_answers_go_where_the_sender_wishes_and_both_addresses_are_the_senders(town: Town) -> None:
    town.writes(
        "Anna Ek <anna@jobbet.example>", "Det är ett hål i Storgatan.", headers=[("Reply-To", "anna@hem.example")]
    )
    assigned = town.letter("assignment", BO)
    assert "anna@jobbet.example" in assigned.text
    assert "anna@hem.example" in assigned.text
    town.writes(BO, "#SVAR\nDet är lagat.", answers=assigned)
    answer = town.letter("answer")
    assert answer.to == "anna@hem.example"
    for sender in ("anna@hem.example", "anna@jobbet.example"):
        town.writes(f"Anna Ek <{sender}>", f"Nej, det är kvar. {sender}", answers=answer)
        assert sender in town.letters("information", BO)[-1].text
    assert len(town.cases()) == 1
    assert town.case().submitter.reply_to == "anna@hem.example"


def test_a_web_site_that_nobody_has_described_makes_a_case_for_the_registrar(town: Town) -> None:
    text = "Namn: Anna\nDet är ett hål i Storgatan."
    town.writes(
        f"Webben <{town.address}>", text, subject="Formulär", headers=[("Reply-To", "Anna Ek <anna.ek@example.org>")]
    )
    assert town.letter("receipt").to == "anna.ek@example.org"
    assert "formulär som ingen har beskrivit" in town.letter("assignment", REGISTRAR).text
    town.writes(
        "Webben <no-reply@webb.example>",
        text + " 2",
        subject="Formulär 2",
        headers=[("Reply-To", "carin@example.org"), ("Auto-Submitted", "auto-generated")],
    )
    assert [x.to for x in town.letters("receipt")] == ["anna.ek@example.org", "carin@example.org"]


def test_a_list_in_front_of_the_mailbox_is_a_way_in(town: Town) -> None:
    headers = [("List-Id", "Synpunkter <synpunkten.ekvik.example>"), ("Precedence", "list")]
    town.writes(ANNA, "Det är ett hål i Storgatan.", headers=headers)
    assert town.letter("receipt").to == "anna.ek@example.org"
    town.writes(
        ANNA, "Nyheter!", subject="Nyheter", headers=[("List-Id", "<nyheter.example.org>"), ("Precedence", "list")]
    )
    assert len(town.cases()) == 1


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        *((name, True) for name in ("Anna Ek", "Anna-Karin Ek", "J. R. Ek", "Anna Ek Jr.", "O’Neill")),
        *((name, False) for name in ("Du har vunnit se lotteri.evil.example", "Se evil.example", "www.evil.nu nu", "")),
    ],
)
def test_a_name_that_is_a_message_is_not_repeated(town: Town, name: str, greeted: bool) -> None:
    case = a_case(submitter=Submitter(name, "offer@example.org", contact=Contact.EMAIL))
    assert town.desk.writer._greeted("offer@example.org", case) == (name if greeted else "")


def test_a_reply_whose_thread_is_an_encoded_word_or_without_brackets_finds_its_case(
    town: Town, assigned: Letter
) -> None:
    receipt = str(town.letter("receipt").mail["Message-ID"])
    for written in (receipt.strip("<>"), f"=?utf-8?Q?{receipt.replace('<', '=3C').replace('>', '=3E')}?="):
        raw = town.mail(ANNA, f"Nu är det större. {written[:5]}", subject="Hej igen")
        town.receives(f"In-Reply-To: {written}\r\n".encode() + raw)
    broken = f"{receipt[:20]}\r\n {receipt[20:]}"
    town.receives(f"References: {broken}\r\n".encode() + town.mail(ANNA, "Och större.", subject="Igen"))
    assert len(town.cases()) == 1


# --- what a colleague passes on --------------------------------------------------------------------------------------

ORIGINAL = (
    b"From: Anna Ek <anna.ek@example.org>\r\nTo: maria.lund@ekvik.example\r\nSubject: Hal i vagen\r\n"
    b"Message-ID: <original@example.org>\r\n\r\nDet finns ett hal i asfalten vid Storgatan.\r\n"
)
BLOCK = (
    "Från: Anna Ek <anna.ek@example.org>\nSkickat: den 4 maj 2026 09:12\nTill: Maria Lund <maria.lund@ekvik.example>\n"
    "Ämne: Hål i vägen\n\n"
)
HOLE = "Det finns ett hål i asfalten vid Storgatan.\n\nHälsningar\nAnna"


def enclosing(raw: bytes, original: bytes = ORIGINAL) -> bytes:
    """The mail with another one enclosed as Outlook does it."""
    mail = email.message_from_bytes(raw, policy=email.policy.SMTP)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(email.message_from_bytes(original, policy=email.policy.SMTP))
    return mail.as_bytes()


def test_kop_20_a_citizens_mail_that_a_colleague_encloses_is_the_citizens(town: Town) -> None:
    town.receives(enclosing(town.mail(f"Maria Lund <{MARIA}>", "Kan ni ta detta?", subject="VB: Hål")))
    case = town.case()
    assert case.submitter.email == "anna.ek@example.org"
    assert case.text == "Det finns ett hal i asfalten vid Storgatan."
    assert case.thread == ("<original@example.org>",)
    assert not case.internal
    assert town.letter("receipt").to == "anna.ek@example.org"
    assert ("note", "Kan ni ta detta?") in town.journal()


def test_a_forward_that_names_its_subject_first_is_the_citizens_too(town: Town) -> None:
    block = (
        "-------- Vidarebefordrat meddelande --------\nÄmne: \tHål i vägen\nDatum: \tMon, 4 May 2026 09:12:00 +0200\n"
        "Från: \tAnna Ek <anna.ek@example.org>\nTill: \tmaria.lund@ekvik.example\n\n"
    )
    town.writes(f"Maria Lund <{MARIA}>", block + HOLE, subject="Fwd: Hål i vägen")
    assert town.case().submitter.email == "anna.ek@example.org"
    assert town.case().title == "Hål i vägen"


@pytest.mark.parametrize("opening", ["Kan ni ta detta?\n\n/Maria\n\n", "", "-----Ursprungligt meddelande-----\n"])
def test_a_citizens_mail_that_a_colleague_forwards_in_the_text_is_the_citizens(town: Town, opening: str) -> None:
    town.writes(f"Maria Lund <{MARIA}>", opening + BLOCK + HOLE, subject="VB: Hål i vägen")
    assert town.case().submitter.email == "anna.ek@example.org"
    assert town.case().submitter.name == "Anna Ek"
    assert town.case().text == HOLE
    assert town.letter("receipt").to == "anna.ek@example.org"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BLOCK + HOLE + "\n\n" + BLOCK.replace("anna", "carin") + HOLE, id="two mails"),
        pytest.param(BLOCK.replace(" <anna.ek@example.org>", "") + HOLE, id="no address"),
    ],
)
def test_whose_a_forward_is_the_registrar_decides_in_doubt(town: Town, text: str) -> None:
    town.writes(f"Maria Lund <{MARIA}>", text, subject="VB: Hål i vägen")
    assert town.letters("receipt", "anna.ek@example.org") == []
    assert "vidarebefordrat" in town.letter("assignment", REGISTRAR).text


def test_a_mail_that_a_citizen_encloses_is_just_a_file(town: Town) -> None:
    forged = ORIGINAL.replace(b"anna.ek", b"offer")
    town.receives(enclosing(town.mail("Nils <nils@example.org>", "Se det bifogade.", subject="Hål"), forged))
    assert town.case().submitter.email == "nils@example.org"
    assert [x.to for x in town.letters("receipt")] == ["nils@example.org"]


def test_what_an_unproven_colleague_encloses_writes_to_nobody(town: Town) -> None:
    raw = town.mail("Ny <ny@ekvik.example>", "Kan ni ta detta?", subject="VB: Hål", authenticated=False)
    town.receives(enclosing(raw))
    assert [x.to for x in town.letters("receipt")] == ["ny@ekvik.example"]
    assert town.letter("assignment", REGISTRAR)


def test_a_follow_up_that_overtakes_its_mail_is_joined_by_it(town: Town) -> None:
    first = town.mail(ANNA, "Det finns ett hål i asfalten vid Storgatan.")
    message_id = email.message_from_bytes(first)["Message-ID"]
    second = town.mail(ANNA, "Glömde: vid nummer 3.", subject="Sv: Hål", headers=[("In-Reply-To", message_id)])
    town.receives(second)
    town.receives(first)
    assert len(town.cases()) == 1
    assert "i asfalten vid Storgatan" in town.letter("information", REGISTRAR).text


def test_somebody_elses_answer_that_overtakes_a_mail_is_told_to_the_registrar(town: Town) -> None:
    first = town.mail(ANNA, "Det finns ett hål i asfalten vid Storgatan.")
    message_id = email.message_from_bytes(first)["Message-ID"]
    town.writes(
        "Carin <carin@example.org>", "Jag håller med.", subject="Sv: Hål", headers=[("In-Reply-To", message_id)]
    )
    number = town.case().number
    town.receives(first)
    assert number in town.letters("assignment", REGISTRAR)[-1].text


def test_a_forward_of_many_lines_costs_one_look_at_each() -> None:
    line, looked = "Från: a <a@example.org>", 0

    class Counted(str):
        __slots__ = ()

        def strip(self, *_: Any) -> str:  # type: ignore[override]
            nonlocal looked
            looked += 1
            return str(self)

    forwards._block([Counted(line)] * 100_000, 0)
    assert looked < 100
