"""Replies to our letters, as the usual programs quote both parts of them: only what is written now is read."""

from __future__ import annotations

import re

import pytest

from service.core.mail import Message
from service.core.reading.history.quotes import DOUBTS
from service.core.reading.mime import markup
from service.core.speech.quotation import compared
from service.desk.writing.letters import Mail
from service.desk.writing.mailbytes import words_of
from tests.core.reading.programs import PROGRAMS, Program, answer
from tests.desk.every_letter import html_of, text_of, write

LETTERS = ("assignment", "reminder", "escalation", "follow-up", "triage", "question", "ask-answer", "digest", "echo")
OWN = "Hej Bengt,\n\ngungan är lagad i dag."
BLOCK = (
    '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
    "<b>Från:</b> Synpunkten &lt;synpunkten@ekvik.example&gt;<br><b>Skickat:</b> den 24 november 2026 09:00<br>"
    "<b>Till:</b> Bo Ek<br><b>Ämne:</b> Svara senast 27 november</p></div></div>"
)


def read_as(mail: Message, letter: Mail) -> Message:
    return compared(mail, [words_of(letter.raw)])


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("name", LETTERS)
def test_a_plain_reply(name: str, program: Program) -> None:
    letter = write(name)
    found = read_as(answer(program.reply(OWN, text_of(letter))), letter)
    assert found.new_text.strip() == OWN


def body_of(letter: Mail) -> str:
    return re.findall("<body[^>]*>(.*)</body>", html_of(letter), re.DOTALL)[0]


def as_outlook_writes(text: str) -> str:
    """Links in angle brackets at their words, as Outlook writes the text of an HTML mail."""
    return re.sub(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', r"\2&lt;\1&gt;", text)


@pytest.mark.parametrize("name", LETTERS)
def test_a_reply_in_html_that_quotes_the_html(name: str) -> None:
    letter = write(name)
    own = "".join(f'<p class="MsoNormal">{line or "&nbsp;"}</p>' for line in OWN.split("\n"))
    page = f"<html><body>{own}{BLOCK}{body_of(letter)}</body></html>"
    for text in ("", markup.to_text(page), markup.to_text(as_outlook_writes(page))):
        found = read_as(answer(text, html=page), letter)
        assert found.new_text.split() == OWN.split()
        assert not DOUBTS & set(found.warnings)


@pytest.mark.parametrize("name", LETTERS)
def test_a_reply_that_nothing_introduces(name: str) -> None:
    letter = write(name)
    page = f"<html><body><p>{OWN}</p><br>{body_of(letter)}</body></html>"
    found = read_as(answer(markup.to_text(page), html=page), letter)
    assert found.new_text.split() == OWN.split()
