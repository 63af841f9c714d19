"""Machine or person: automatic replies, bulk and calendar mail (scenarios S17, S32)."""

from __future__ import annotations

from datetime import date
from email import message_from_string

import pytest

from service.core.mail import Absence, Address, Kind
from service.core.message import read
from service.core.reading.automatic.machines import Judgement, judge

SENDER = Address("Anna Ek", "anna@example.org")
HEAD = "From: Anna Ek <anna@example.org>\nDate: Wed, 18 Nov 2026 10:00:00 +0100\n"
ANSWER = "In-Reply-To: <kvitto.127@ekvik.example>\n"
AWAY = "Jag är på semester till den 14 december. Kontakta Eva Lind, eva.lind@ekvik.example."


def judged(fields: str = "", subject: str = "Trasig lampa", text: str = "Lampan är trasig.") -> Judgement:
    return judge(message_from_string(f"{HEAD}{fields}\n{text}"), subject, text, SENDER)


@pytest.mark.parametrize(
    ("fields", "subject", "text"),
    [
        pytest.param("Auto-Submitted: auto-replied\n", "Trasig lampa", "x", id="RFC 3834"),
        pytest.param('AUTO-SUBMITTED: Auto-Replied; owner-email="a@b.example"\n', "x", "x", id="RFC 3834 in odd case"),
        pytest.param("Auto-Submitted: auto-replied (vacation)\nPrecedence: bulk\n", "x", "x", id="with a comment"),
        pytest.param(
            "Auto-Submitted: auto-generated\n" + ANSWER,
            "x",
            "Ert ärende är registrerat under nummer 5.",
            id="generated, and acknowledges",
        ),
        pytest.param("Auto-Submitted: auto-generated\n", "x", "Vi har tagit emot ditt mejl.", id="generated receipt"),
        pytest.param("X-Autoreply: yes\n", "x", "x", id="X-Autoreply"),
        pytest.param("X-Autorespond: a\n", "x", "x", id="X-Autorespond"),
        pytest.param("Precedence: auto_reply\n", "x", "x", id="Precedence auto_reply"),
        pytest.param("X-Apple-Action: VACATION\n", "x", "x", id="Apple"),
        pytest.param("X-POST-MessageClass: 9; Autoresponder\n", "x", "x", id="message class"),
        pytest.param("Delivered-To: Autoresponder\n", "x", "x", id="qmail's autoresponder"),
        pytest.param("Return-Path: <>\n", "Sv: x", "x", id="empty envelope sender"),
        pytest.param("", "Automatiskt svar: Nytt ärende [EKV-26-00125-M]", AWAY, id="S17 Swedish"),
        pytest.param("", "Autosvar: Vi har tagit emot din synpunkt [EKV-26-00123-K]", "Tack för ditt mejl", id="S32"),
        pytest.param("", "[EXTERNT] Automatiskt svar: x", "x", id="behind a gateway's mark"),
        pytest.param("", "Automatiskt svar", "x", id="nothing else in the subject"),
        pytest.param("", "Automatic reply: x", "x", id="English"),
        pytest.param("", "Out of Office AutoReply: x", "x", id="English, older"),
        pytest.param("", "Bo Ek is out of the office (returning 7 January)", "x", id="Domino"),
        pytest.param("", "Automatisk svar: x", "x", id="Norwegian and Danish"),
        pytest.param("", "Automaattinen vastaus: x", "x", id="Finnish"),
        pytest.param("", "Automatische Antwort: x", "x", id="German"),
        pytest.param("", "Abwesenheitsnotiz: x", "x", id="German, older"),
        pytest.param("", "[Automatyczna odpowiedź] x", "x", id="Polish, in brackets"),
        pytest.param("", "Frånvaro: Trasig lampa", "Jag är inte på kontoret.", id="mark and sentence of absence"),
        pytest.param(ANSWER, "Frånvarande: Trasig lampa", "x", id="mark of absence on an answer"),
        pytest.param(ANSWER, "Semester Re: Ärende", "x", id="Gmail's responder without its headers"),
        pytest.param("", "Sv: Lampa", "Hej!\n\nDetta är ett automatiskt svar.", id="states it after the greeting"),
        pytest.param("", "Re: Lamp", "This is an automated response.", id="states it in English"),
        pytest.param(
            ANSWER, "Sv: Lampa", "Tack!\nVi svarar.\nDetta är ett automatiskt svar.", id="states it further down"
        ),
        pytest.param(ANSWER + "X-Auto-Response-Suppress: All\n", "Sv: Lampa", AWAY, id="Exchange without a prefix"),
        pytest.param(ANSWER + "Precedence: junk\n", "Re: Lamp", "I am on vacation.", id="vacation(1)"),
        pytest.param("Content-Type: multipart/report; report-type=feedback-report\n", "Fw: x", "x", id="RFC 5965"),
    ],
)
def test_automatic_reply(fields: str, subject: str, text: str) -> None:
    found = judged(fields, subject, text)
    assert (found.kind, found.auto_submitted) == (Kind.AUTO_REPLY, True)
    assert found.because


@pytest.mark.parametrize(
    ("fields", "subject", "text"),
    [
        pytest.param("", "Trasig lampa", "Lampan är trasig.", id="plain"),
        pytest.param("Auto-Submitted: no\n" + ANSWER, "Sv: x", "Tack.", id="Auto-Submitted: no"),
        pytest.param("", "Semester och sopor", "Jag är på semester vecka 28. Åter den 15 juli.", id="holiday"),
        pytest.param("", "Semester", "Jag är på semester vecka 28, kan ni vänta med sopkärlet?", id="holiday alone"),
        pytest.param(ANSWER, "Sv: Trasig lampa", AWAY, id="an answer that tells of a holiday"),
        pytest.param(ANSWER + "X-Auto-Response-Suppress: DR, OOF, AutoReply\n", "Sv: x", AWAY, id="Outlook"),
        pytest.param("X-Auto-Response-Suppress: All\n", "Trasig lampa", "Den är trasig.", id="suppression alone"),
        pytest.param("", "Frånvaro: Kalle Ek", "Kalle är sjuk i dag.", id="a child reported ill"),
        pytest.param(
            "", "Automatiskt svar från er går inte att läsa", "Hej, vad menas?", id="about an automatic reply"
        ),
        pytest.param(
            ANSWER, "Sv: Automatiskt svar: Lampa", "Men när?\n\n> Detta är ett automatiskt svar.", id="answers one"
        ),
        pytest.param(
            ANSWER, "Sv: x", "Men när?\n\nFrån: Ekvik\nDetta är ett automatiskt svar.", id="quotes one, Outlook"
        ),
        pytest.param("", "VB: Svar", "Detta är ett automatiskt svar.", id="passes one on"),
        pytest.param("", "Ert svar", "Jag fick detta:\nDetta är ett automatiskt svar.", id="pastes one"),
        pytest.param("From: noreply@example.org\n", "Fråga", "Hej!", id="never by the sender's name alone"),
        pytest.param("Return-Path: <>\nUser-Agent: mu4e\n", "Fråga", "Hej!", id="a gateway lost the Return-Path"),
        pytest.param(
            "Importance: high\nPrecedence: normal\nDisposition-Notification-To: <a@b.c>\n", "x", "x", id="odd headers"
        ),
        pytest.param("", "Läst: er broschyr", "Den var bra.", id="has read something"),
        pytest.param("", "Inställt: bussen", "Varför?", id="something was cancelled"),
        pytest.param("Content-Type: application/ms-tnef\n", "Accepterar ni det här?", "", id="Outlook, and no meeting"),
    ],
)
def test_person(fields: str, subject: str, text: str) -> None:
    assert judged(fields, subject, text) == Judgement()


def test_notice_that_answers_nothing_is_neither_person_nor_reply() -> None:
    found = judged("Auto-Submitted: auto-generated\n", "Larm: skrivaren saknar papper", "Skrivaren saknar papper.")
    assert (found.kind, found.auto_submitted) == (None, True)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param("List-Id: Nyheter <nyheter.example.org>\n", id="List-Id"),
        pytest.param("List-Unsubscribe: <mailto:a@b.example>\n", id="List-Unsubscribe"),
        pytest.param("List-Post: <mailto:a@b.example>\n", id="List-Post"),
        pytest.param("Precedence: bulk\n", id="bulk"),
        pytest.param("Precedence: List\n", id="list"),
        pytest.param("Precedence: junk\n", id="junk"),
        pytest.param(ANSWER + "List-Id: <diskussion.example.org>\n", id="a person's post to a list"),
    ],
)
def test_bulk(fields: str) -> None:
    found = judged(fields)
    assert (found.kind, found.auto_submitted) == (Kind.BULK, False)


def test_newsletter_by_a_machine_is_bulk() -> None:
    found = judged("Auto-Submitted: auto-generated\nList-Id: <nyheter.example.org>\n" + ANSWER)
    assert (found.kind, found.auto_submitted) == (Kind.BULK, True)


def test_automatic_reply_through_a_list_is_a_reply() -> None:
    assert judged("List-Id: <a.example.org>\n", "Out of office: x").kind is Kind.AUTO_REPLY


def test_a_persons_answer_through_a_list_is_told_with_the_lists_mark() -> None:
    found = judged("List-Id: <a.example.org>\n", "Sv: Lampa [EKV-26-00125-M]")
    assert found == Judgement(because="list-id is given")


@pytest.mark.parametrize(
    ("fields", "subject"),
    [
        pytest.param(
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=q\n",
            "Läst: x",
            id="RFC 8098",
        ),
        pytest.param("Return-Path: <>\nX-Mailer: Microsoft Outlook\n", "Läst: Kvitto", id="Outlook's"),
        pytest.param("Return-Path: <>\n", "Not read: Kvitto", id="deleted unread"),
    ],
)
def test_a_read_receipt_is_a_machines_reply(fields: str, subject: str) -> None:
    found = judged(fields, subject, "")
    assert (found.kind, found.auto_submitted, found.absence) == (Kind.AUTO_REPLY, True, None)


@pytest.mark.parametrize(
    ("fields", "subject"),
    [
        pytest.param("Content-class: urn:content-classes:calendarmessage\n", "Syn", id="Exchange"),
        pytest.param("X-MS-Exchange-Message-Class: IPM.Schedule.Meeting.Resp.Pos\n", "Syn", id="by its class"),
        pytest.param("Content-Type: application/ms-tnef\n", "Accepterat: Syn", id="Outlook's attachment"),
    ],
)
def test_calendar(fields: str, subject: str) -> None:
    found = judged(fields, subject, "")
    assert (found.kind, found.auto_submitted) == (Kind.CALENDAR, False)


def test_s17_absence_and_substitute_are_read_out() -> None:
    found = judged("", "Automatiskt svar: Nytt ärende [EKV-26-00125-M]", AWAY)
    assert found.absence == Absence(date(2026, 12, 14), "eva.lind@ekvik.example")


@pytest.mark.parametrize(
    ("fields", "text", "absence"),
    [
        pytest.param("", "Jag är inte på kontoret.", Absence(), id="no date"),
        pytest.param("", "Vi har tagit emot ditt mejl.", None, id="a receipt tells of no absence"),
        pytest.param("", "Åter den 14 december.", Absence(date(2026, 12, 14)), id="a day of return alone"),
    ],
)
def test_absence(fields: str, text: str, absence: Absence | None) -> None:
    assert judged(fields, "Automatiskt svar: x", text).absence == absence


@pytest.mark.parametrize(
    ("subject", "text", "absence"),
    [
        pytest.param("Out-of-Office: x", "x", Absence(), id="told by the subject alone"),
        pytest.param("x", "x", None, id="not told"),
        pytest.param(
            "x", "Jag är på semester. Kontakta anna@example.org.", Absence(), id="nobody stands in for oneself"
        ),
        pytest.param(
            "x",
            "Jag är på semester. Kontakta eva.lind@ekvik.example.",
            Absence(substitute="eva.lind@ekvik.example"),
            id="somebody else does",
        ),
    ],
)
def test_what_an_automatic_reply_tells(subject: str, text: str, absence: Absence | None) -> None:
    assert judged("X-Autoreply: yes\n", subject, text).absence == absence


def test_absence_without_a_date_of_sending_is_known_without_its_end() -> None:
    mail = message_from_string("Subject: x\n\n")
    assert judge(mail, "Automatiskt svar: x", AWAY, None).absence == Absence()


@pytest.mark.parametrize(
    ("subject", "text", "marks", "by_subject"),
    [
        ("Semester: {}", "Hålet är lagat i dag. Tack för att du hörde av dig.", "", True),
        ("Semester: {}", "Hålet är lagat i dag.", "", False),  # a person's at once
        ("Kvittens: {}", "Hej! Vi har tagit emot din anmälan och lagat hålet.", "", True),
        ("Automatiskt svar: {}", "Hålet är lagat i dag.", "", True),
        ("Automatiskt svar: {}", "Hålet är lagat i dag.", "Thread-Index: AdpYZ1\n", True),
        ("Semester: {}", "Jag är på semester till 28 september.", "", False),
        ("Automatiskt svar: {}", "Det här är ett automatiskt svar.", "", False),
        ("Automatiskt svar: {}", "Hålet är lagat i dag.", "Auto-Submitted: auto-replied\n", False),
        ("Automatiskt svar: {}", "Hålet är lagat i dag.", "Precedence: bulk\n", False),
        ("Automatiskt svar: {}", "Hålet är lagat i dag.", "X-Auto-Response-Suppress: All\n", False),
        ("Out of office: {}", "Hålet är lagat i dag.", "", False),
        ("Sv: {}", "Hålet är lagat i dag.", "", False),
    ],
)
def test_whether_a_subject_alone_speaks_for_a_machine(subject: str, text: str, marks: str, by_subject: bool) -> None:
    raw = (
        f"From: bo.ek@ekvik.example\nTo: synpunkten@ekvik.example\n{marks}"
        f"Subject: {subject.format('Svara senast 21 september [EKV-26-00001-C]')}\n"
        "Message-ID: <1@ekvik.example>\nIn-Reply-To: <ass.EKV-26-00001-C.abcdefgh.abcdefghijkl@ekvik.example>\n"
        f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
    message = read(raw.encode())
    assert message.by_subject is by_subject, message.because
