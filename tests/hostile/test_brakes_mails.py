"""Mails as files of an answer: asked about first, and never one of ours, whatever it is wrapped in."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage

import pytest

from tests.conversations.town import ANNA, BO, Letter, Town
from tests.hostile.test_brakes import FACTS, HOLE

pytestmark = pytest.mark.databases("sqlite", "postgresql")


def answer_with(town: Town, assignment: Letter, name: str, kind: str, content: bytes) -> None:
    """The officer answers with one file."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = BO, town.address, f"Sv: {assignment.subject}"
    mail["Message-ID"] = f"<{next(town._ids)}@ekvik.example>"
    mail["In-Reply-To"] = str(assignment.mail["Message-ID"])
    mail.set_content(f"#SVAR\nHålet är lagat.\n{FACTS}")
    main, _, sub = kind.partition("/")
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    stamp = b"Received: from a.ekvik.example by mx.ekvik.example; Mon, 07 Sep 2026 09:12:00 +0200\r\n"
    result = b"Authentication-Results: mx.ekvik.example; dmarc=pass header.from=ekvik.example\r\n"
    town.receives(result + stamp + mail.as_bytes(policy=policy.SMTP))


def another_mail(text: str = "Protokollet kommer i morgon.") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "chef@bolaget.example", "Protokoll", "<7@bolaget.example>"
    mail.set_content(text)
    return mail.as_bytes(policy=policy.SMTP)


def test_another_mail_is_asked_about_and_goes_along_after_a_yes(town: Town) -> None:
    town.writes(ANNA, HOLE)
    answer_with(town, town.letter("assignment", BO), "protokoll.eml", "application/octet-stream", another_mail())
    assert town.letters("answer") == []
    question = town.letter("question", BO)
    assert "protokoll.eml" in question.text
    town.writes(BO, "JA", answers=question, authenticated=True)
    assert town.letter("answer").files == ["protokoll.eml"]


@pytest.mark.parametrize("wrapped", ["plain", "nested", "quoted", "msg", "tnef", "zip"])
def test_nothing_of_ours_leaves_even_after_a_yes(town: Town, wrapped: str) -> None:
    town.writes(ANNA, HOLE)
    assignment = town.letter("assignment", BO)
    outer = EmailMessage()
    outer["From"], outer["Subject"], outer["Message-ID"] = BO, "VB", "<8@ekvik.example>"
    outer.set_content("Se bifogat.")
    outer.add_attachment(assignment.raw, maintype="application", subtype="octet-stream", filename="arende.eml")
    name, kind, content = {
        "plain": ("arende.eml", "application/octet-stream", assignment.raw),
        "nested": ("vb.eml", "application/octet-stream", outer.as_bytes(policy=policy.SMTP)),
        "quoted": ("sv.eml", "application/octet-stream", another_mail(assignment.text)),
        "msg": ("arende.msg", "application/vnd.ms-outlook", b"\xd0\xcf\x11\xe0" + b"x" * 5000),
        "tnef": ("winmail.dat", "application/ms-tnef", b"x" * 5000),
        "zip": ("arende.zip", "application/zip", b"PK" + b"x" * 5000),
    }[wrapped]
    answer_with(town, assignment, name, kind, content)
    for question in town.letters("question", BO):
        town.writes(BO, "JA", answers=question, authenticated=True)
    assert town.letter("answer").files == []
    if wrapped != "tnef":
        assert any(name in x.text for x in town.letters("information", BO)), "the writer hears it"
