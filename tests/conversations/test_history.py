"""Answers that people write inside our letters reach whom they are for, and our own letter is nobody's answer."""

# ruff: noqa: E501 - the mails stand as programs write them

from __future__ import annotations

import email
import email.policy
import html as html_module
from email.message import EmailMessage

import pytest

from tests.conversations.town import ANNA, BO, HOLE, Letter, Town

pytestmark = pytest.mark.databases("sqlite", "postgresql")

OUTLOOK = (
    '<div id="divRplyFwdMsg"><b>Från:</b> Ekviks kommun &lt;synpunkten@ekvik.example&gt;<br><b>Skickat:</b> den 4 maj 2026'
    " 09:12<br><b>Till:</b> {to}<br><b>Ämne:</b> Ärende</div>"
)


def as_html(town: Town, raw: bytes, page: str) -> bytes:
    """The same mail with nothing but an HTML body."""
    mail = email.message_from_bytes(raw, policy=email.policy.SMTP)
    assert isinstance(mail, EmailMessage)
    mail.set_content(page, subtype="html")
    return mail.as_bytes()


def lines(text: str) -> str:
    return "".join(f"<div>{html_module.escape(line) or '<br>'}</div>" for line in text.split("\n"))


def assigned(town: Town) -> Letter:
    town.writes(ANNA, HOLE)
    letter = town.letter("assignment", BO)
    town.news()
    return letter


def question(town: Town) -> Letter:
    assert town.news() == [("question", BO)]
    return town.letter("question", BO)


def proposed(town: Town) -> str:
    """The words that a yes would send."""
    pending = town.case().pending
    return pending.answer if pending else ""


@pytest.mark.parametrize("own", ["", "\n\nMvh Bo"], ids=["nothing", "a greeting"])
def test_our_letter_alone_is_no_proposal(town: Town, own: str) -> None:
    letter = assigned(town)
    town.writes(BO, own, answers=letter)
    question(town)
    assert town.case().pending is None
    town.writes(BO, "JA", answers=letter)
    assert town.letters("answer") == []


def test_a_question_mark_is_what_it_is(town: Town) -> None:
    letter = assigned(town)
    town.writes(BO, "?", answers=letter)
    assert "Du ansvarar för ett ärende" not in proposed(town)


def test_red_words_inside_the_quotation_are_shown_before_anything_is_sent(town: Town) -> None:
    letter = assigned(town)
    red = '<span style="color:red">Hålet lagas på torsdag.</span>'
    old = lines(letter.text).replace("Storgatan 14.", f"Storgatan 14. {red}")
    raw = town.mail(BO, "", answers=letter)
    town.receives(as_html(town, raw, f"<p>Se mitt svar i rött.</p>{OUTLOOK.format(to=BO)}{old}"))
    asked = question(town)
    assert "Hålet lagas på torsdag." in asked.text
    assert "Du ansvarar för ett ärende" not in asked.text


def test_what_stands_in_the_history_stops_a_command_until_it_is_read(town: Town) -> None:
    letter = assigned(town)
    quoted = letter.text.replace(
        "vid Storgatan 14.", "vid Storgatan 14.\n\nLagas på torsdag, säg inte det till Anna än."
    )
    text = f"#SVAR\nHej Anna! Tack, vi tittar på hålet.\n\nFrån: Ekvik <{town.address}>\nSkickat: den 4 maj 2026 09:12\nTill: {BO}\nÄmne: {letter.subject}\n\n{quoted}"
    town.writes(BO, text, answers=letter, quote=False)
    assert town.letters("answer") == []
    assert "Lagas på torsdag" in town.letters("question", BO)[-1].text


def test_a_clean_answer_above_the_letter_leaves_at_once(town: Town) -> None:
    letter = assigned(town)
    town.writes(BO, "#SVAR\nHej Anna! Hålet är lagat.", answers=letter)
    assert "Hålet är lagat." in town.letter("answer").text
    assert town.letters("question") == []


def test_a_citizens_answer_on_the_line_of_our_question_reaches_the_officer(town: Town) -> None:
    letter = assigned(town)
    town.writes(BO, "#SVAR\nHej Anna! Vilken sida av gatan är det?\nHur djupt är hålet?", answers=letter)
    answer = town.letter("answer")
    town.news()
    quoted = answer.text.replace("är det?", "är det? Den norra, vid busskuren.").replace(
        "är hålet?", "är hålet? En decimeter."
    )
    raw = town.mail(ANNA, "", answers=answer, quote=False)
    town.receives(
        as_html(
            town,
            raw,
            f'<p>Hej!</p><p>12 maj 2026 kl. 09:12 skrev Ekviks kommun &lt;{town.address}&gt;:</p><blockquote type="cite">{lines(quoted)}</blockquote>',
        )
    )
    told = town.letter("information", BO)
    assert "Den norra, vid busskuren." in told.text
    assert "En decimeter." in told.text
    assert "Vilken sida av gatan" not in told.text.partition("Ärendet")[0]


def test_a_reply_to_her_own_mail_is_told_to_hold_more(town: Town) -> None:
    assigned(town)
    receipt = town.letter("receipt")
    other = "Från: Per Ås <per@example.org>\nSkickat: den 3 maj 2026 09:12\nTill: Anna Ek <anna.ek@example.org>\nÄmne: Hålet\n\nJag såg hålet i måndags, det är livsfarligt."
    above = f"Se vad min granne skrev.\n\n{other}\n\n"
    town.writes(ANNA, above, answers=receipt)
    told = town.letter("information", BO)
    assert "Se vad min granne skrev." in told.text
    assert "livsfarligt" in told.text or "mer text" in told.text


def test_our_letter_passed_on_is_nobodys_answer(town: Town) -> None:
    letter = assigned(town)
    raw = town.mail(BO, "Kan någon annan ta det här?", answers=letter).replace(b"Subject: Sv:", b"Subject: VB:")
    town.receives(raw)
    assert proposed(town) in {"", "Kan någon annan ta det här?"}
