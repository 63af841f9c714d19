"""Delivery reports, and people's mail about them (scenario S21)."""

from __future__ import annotations

import base64
from email import message_from_string

import pytest

from service.core.mail import Bounce
from service.core.reading.automatic.bounces import find_bounce

ORIGINAL = "<kvitto.127@ekvik.example>"
COPY = f"Received: from mx.ekvik.example by x\nMessage-ID: {ORIGINAL}\nTo: bo@example.org\nSubject: x\n\nhej\n"
REPORT = """\
From: postmaster@mx.example.org
Return-Path: <>
To: synpunkter@ekvik.example
Subject: Det går inte att leverera
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Ditt meddelande kom inte fram.

--b
Content-Type: message/delivery-status
{encoding}
{status}
--b
Content-Type: message/rfc822

{copy}
--b--
"""
FAILED = (
    "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; bo@example.org\nAction: failed\nStatus: 5.1.1\n"
)


def find(raw: str, subject: str = "", text: str | None = None) -> Bounce | None:
    mail = message_from_string(raw)
    return find_bounce(mail, subject or str(mail["subject"] or ""), raw.partition("\n\n")[2] if text is None else text)


def report(status: str, encoding: str = "", copy: str = COPY) -> Bounce | None:
    return find(REPORT.format(status=status, encoding=encoding, copy=copy), text="Ditt meddelande kom inte fram.")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param(FAILED, ("bo@example.org", "5.1.1", "failed"), id="S21 hard"),
        pytest.param(
            "Final-Recipient: rfc822;bo@example.org\nAction: delayed\nStatus: 4.4.1 (no answer from host)\n",
            ("bo@example.org", "4.4.1", "delayed"),
            id="S21 delay",
        ),
        pytest.param(
            "Final-Recipient: rfc822;bo@example.org\nAction: delivered\nStatus: 2.0.0\n",
            ("bo@example.org", "2.0.0", "delivered"),
            id="delivered",
        ),
        pytest.param(
            "Final-Recipient: rfc822; <bo@example.org>\nAction: Failure\nStatus: 553 too large\n",
            ("bo@example.org", None, "failed"),
            id="a reply code in place of the status",
        ),
        pytest.param(
            "Action: failed\nFinal-Recipient: bo@example.org\nStatus: 5.0.0\n"
            "Diagnostic-Code: smtp; 550\n 5.7.26 not authenticated\n",
            ("bo@example.org", "5.7.26", "failed"),
            id="the folded diagnostic says more",
        ),
        pytest.param(
            "Original-Recipient: rfc822;anna+2Bx@example.org\nFinal-Recipient: local;anna\nAction: "
            "failed\nStatus: 5.2.2\n",
            ("anna+2Bx@example.org", "5.2.2", "failed"),
            id="original recipient where the final is none",
        ),
        pytest.param(
            "Final-Recipient: rfc822;anna@example.org\nAction: delivered\nStatus: 2.0.0\n\n" + FAILED,
            ("bo@example.org", "5.1.1", "failed"),
            id="of several the one that failed",
        ),
        pytest.param(
            "Reporting-MTA: dns; mx.example.org\n", ("bo@example.org", None, "failed"), id="recipient from the copy"
        ),
    ],
)
def test_report_after_rfc_3464(status: str, expected: tuple[str | None, str | None, str]) -> None:
    assert report(status) == Bounce(*expected, ORIGINAL)


def test_report_in_base64() -> None:
    found = report(base64.b64encode(FAILED.encode()).decode(), "Content-Transfer-Encoding: base64\n")
    assert found == Bounce("bo@example.org", "5.1.1", "failed", ORIGINAL)


def test_report_at_the_top_level() -> None:
    raw = f"From: postmaster@mx.example.org\nSubject: Rapport\nContent-Type: message/delivery-status\n\n{FAILED}"
    assert find(raw, text="") == Bounce("bo@example.org", "5.1.1", "failed", None)


def test_report_whose_mime_is_lost() -> None:
    raw = f"From: MAILER-DAEMON@mx.example.org\nSubject: x\n\n--b\nContent-Type: message/delivery-status\n\n{FAILED}"
    assert find(raw) == Bounce("bo@example.org", "5.1.1", "failed", None)


DAEMON = "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nReturn-Path: <>\nTo: synpunkter@ekvik.example\n"
FREE_FORMS = [
    pytest.param(
        DAEMON + "Subject: failure notice\n\nHi. This is the qmail-send program. For help write to\n"
        "postmaster@mx.example.org\nI'm afraid I wasn't able to deliver your message to the "
        "following addresses.\n\n<bo@example.org>:\nSorry, no mailbox here by "
        "that name. (#5.1.1)"
        f"\n\n--- Below this line is a copy of the message.\n\n{COPY}",
        Bounce("bo@example.org", "5.1.1", "failed", ORIGINAL),
        id="qmail",
    ),
    pytest.param(
        DAEMON + "X-Failed-Recipients: bo@example.org\nSubject: Mail delivery failed: returning message to sender\n\n"
        "A message that you sent could not be delivered to all of its recipients.\n\n  anna@example.org\n   "
        " Unrouteable\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\n{COPY}",
        Bounce("bo@example.org", None, "failed", ORIGINAL),
        id="Exim names the recipient in the header",
    ),
    pytest.param(
        DAEMON + "Subject: Undelivered Mail Returned to Sender\n\nThis is the mail system.\n\n<bo@example.org>: host "
        "mx.example.org[192.0.2.1] said: 452-4.2.2 The account\n    is over quota (in reply to RCPT TO command)\n",
        Bounce("bo@example.org", "4.2.2", "failed", None),
        id="Postfix, a temporary status",
    ),
    pytest.param(
        DAEMON + "Subject: Returned mail: see transcript for details\n\nSee below.\nThe original message "
        "was received at Tue\n\n"
        "   ----- The following addresses had permanent fatal errors -----\n<bo@example.org>\n\n"
        "   ----- Transcript of session follows -----\n<<< 550 5.1.1 <bo@example.org>... User unknown\n",
        Bounce("bo@example.org", "5.1.1", "failed", None),
        id="sendmail",
    ),
    pytest.param(
        DAEMON + "Subject: Delivery Status Notification (Delay)\n\nTHIS IS A WARNING MESSAGE ONLY.\n\n"
        "Delivery to the following recipient has been delayed:\n\n     bo@example.org\n\nMessage will be retried\n",
        Bounce("bo@example.org", None, "delayed", None),
        id="Gmail's warning",
    ),
    pytest.param(
        "From: Systemadministratör <postmaster@x.example>\nSubject: Olevererbart: Kvitto\n\nMeddelandet "
        "nådde inte några "
        "eller alla av de avsedda mottagarna.\n\nFöljande mottagare kan inte nås:\n\n      bo@example.org "
        "på 2026-11-18\n"
        "            <mx.example.org #5.1.1>\n",
        Bounce("bo@example.org", "5.1.1", "failed", None),
        id="Exchange in Swedish",
    ),
    pytest.param(
        "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example>\nIn-Reply-To: "
        f"{ORIGINAL}\nSubject: Det går inte att leverera: Kvitto\n\nDitt meddelande till bo@example.org "
        "kunde inte levereras.\n"
        "Fjärrservern returnerade 550 5.1.10 RESOLVER.ADR.RecipientNotFound\n",
        Bounce("bo@example.org", "5.1.10", "failed", ORIGINAL),
        id="Exchange Online in Swedish",
    ),
    pytest.param(
        "From: Postmaster@x.example\nSubject: DELIVERY FAILURE: User bo (bo@example.org) not listed in "
        "Domino Directory\n\n"
        "Your message\n\n  Subject: Kvitto\n\nwas not delivered to:\n\n  bo@example.org\n\nbecause:\n\n  "
        "User bo not listed\n",
        Bounce("bo@example.org", None, "failed", None),
        id="Domino",
    ),
    pytest.param(
        "From: IT <it@x.example>\nSubject: Delivery Failure\n\nCould not deliver message to the following "
        "recipient(s):\n\n"
        "Failed Recipient: bo@example.org\nReason: Remote host said: 550 unknown user\n",
        Bounce("bo@example.org", None, "failed", None),
        id="only the subject and the text speak for it",
    ),
    pytest.param(
        DAEMON
        + "Subject: Mail Delivery Problem\n\nYour mail to the following recipients could not be delivered:\n\tbosse\n",
        Bounce(None, None, "failed", None),
        id="no address anywhere",
    ),
]


@pytest.mark.parametrize(("raw", "expected"), FREE_FORMS)
def test_free_form(raw: str, expected: Bounce) -> None:
    assert find(raw) == expected


PERSON = "From: Anna Ek <anna@example.org>\nReturn-Path: <anna@example.org>\nTo: synpunkter@ekvik.example\n"
PASTED = "This is the mail system. Your message could not be delivered.\n<gata@ekvik.example>: 550 5.1.1 User unknown\n"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(PERSON + f"Subject: Mitt mejl kom tillbaka\n\nHej, jag fick detta:\n\n{PASTED}", id="pasted"),
        pytest.param(PERSON + f"Subject: Undelivered Mail\n\nHej!\n{PASTED}", id="pasted under its own subject"),
        pytest.param(PERSON + f"Subject: Undelivered Mail\n\nDetta kom:\n{PASTED}", id="pasted without a greeting"),
        pytest.param(PERSON + f"Subject: VB: Undeliverable: x\n\n{PASTED}", id="forwarded"),
        pytest.param(PERSON + f"Subject: Undeliverable\nUser-Agent: Mozilla Thunderbird\n\n{PASTED}", id="redirected"),
        pytest.param(PERSON + f"Subject: Rapport\n\n{FAILED}", id="the fields of a report, pasted"),
        pytest.param(
            PERSON + "Subject: Delivery problem\n\nSorry to say, there are delivery problems with the bins.\n",
            id="bins",
        ),
        pytest.param(
            PERSON
            + "Subject: Kom inte fram\nContent-Type: multipart/mixed; boundary=q\n\n--q\n\nVarför?\n--q\nContent-Type: "
            "message/rfc822\n\n" + REPORT.format(status=FAILED, encoding="", copy=COPY) + "\n--q--\n",
            id="forwarded as an attachment",
        ),
        pytest.param(
            "From: postmaster@ekvik.example\nSubject: Nya adresser\n\nVi byter adresser den 1 december.\n",
            id="a postmaster",
        ),
        pytest.param(
            "From: Eva <eva@x.example>\nReturn-Path: <>\nSubject: Automatiskt svar: Kvitto\n\nJag har "
            "slutat, this address is no "
            "longer valid.\n\n-----Original Message-----\nHej\n",
            id="automatic reply with an empty Return-Path",
        ),
        pytest.param(
            "From: Eva <eva@x.example>\nReturn-Path: <>\nSubject: Kvitto\n\nThis address is no longer valid, write to\n"
            "bo@example.org\n",
            id="a reply with an empty Return-Path that names a colleague",
        ),
        pytest.param(
            PERSON + "Subject: Kom inte fram\nContent-Type: multipart/mixed; boundary=q\n\n--q\n\nVarför?\n--q\n"
            f"Content-Type: message/delivery-status\n\n{FAILED}\n--q--\n",
            id="a report among the attachments",
        ),
        pytest.param(
            DAEMON + "Subject: Your message\n\nPlease verify that you are human. It could not be delivered.\n",
            id="challenge",
        ),
        pytest.param(PERSON + "Subject: x\n\n", id="empty"),
        pytest.param("", id="nothing"),
    ],
)
def test_no_bounce(raw: str) -> None:
    assert find(raw) is None


def test_read_receipt_is_no_bounce() -> None:
    raw = REPORT.format(status=FAILED, encoding="", copy=COPY).replace("delivery-status", "disposition-notification")
    assert find(raw, text="") is None


@pytest.mark.parametrize(
    "repeated",
    [
        "\n",
        "a@",
        "a@b.c ",
        "<",
        "rcpt to: ",
        "said ",
        "4.1.",
        "Final-Recipient: x\n ",
        "Received: ",
        "x" * 300,
        "\n \n",
        "for <",
    ],
)
def test_hostile_text_gives_an_answer(repeated: str) -> None:
    raw = DAEMON + "Subject: Undelivered\n\nx\n" + repeated * (200_000 // len(repeated))
    found = find(raw)
    assert found is None or isinstance(found, Bounce)


def test_hostile_charset_gives_an_answer() -> None:
    raw = DAEMON + 'Subject: Undelivered\nContent-Type: text/plain; charset="\0"\n\n\udcff could not be delivered\n'
    assert find(raw, text="could not be delivered") == Bounce(None, None, "failed", None)
