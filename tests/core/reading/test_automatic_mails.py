"""Whole mails as machines and people send them in 2026: servers, gateways, responders, ticket systems, mail programs.

Each lies in `tests/mails/automatic`, with what is right for it in `expected.json`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.message import Kind, read
from service.core.reading.automatic import phrases

MAILS = Path(__file__).parents[2] / "mails" / "automatic"
EXPECTED: dict[str, dict[str, Any]] = json.loads((MAILS / "expected.json").read_text("utf-8"))


def test_no_mail_is_forgotten() -> None:
    assert {path.stem for path in MAILS.glob("*.eml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_mail(name: str) -> None:
    expected, message = EXPECTED[name], read((MAILS / f"{name}.eml").read_bytes())
    assert message.kind == expected.get("kind", message.kind), message.because
    assert message.kind not in expected.get("kind_not", []), message.because
    assert message.auto_submitted == expected.get("auto_submitted", message.auto_submitted)
    assert message.certain == (not expected.get("weak", False)), message.because
    if "bounce" in expected:
        bounce = message.bounce
        assert bounce
        assert [bounce.recipient, bounce.status, bounce.action, bounce.original_message_id] == expected["bounce"]
    if "undelivered" in expected:
        assert message.bounce
        assert [message.bounce.recipient, message.bounce.status] == expected["undelivered"]
    if "absence" in expected:
        absence = message.absence
        assert absence
        assert [absence.until and absence.until.isoformat(), absence.substitute] == expected["absence"]


# A person's mail program

PROGRAMS = [
    "X-Mailer: Microsoft Outlook 16.0\nThread-Index: AdpYZ1\nContent-Language: sv",
    "Thread-Topic: {subject}\nThread-Index: AdpYZ1\nAccept-Language: sv-SE\nX-MS-Has-Attach:",
    "X-Mailer: Apple Mail (2.3826.200.121)",
    "X-Mailer: iPhone Mail (22B83)",
    "User-Agent: Mozilla Thunderbird",
    "Message-ID: <CAO1Jx2Qf8a+b=c@mail.gmail.com>",
    "User-Agent: Roundcube Webmail/1.6.9",
]
COMPLAINT = "Lampan utanför Ekstigen 4 är trasig sedan i augusti. Laga den!"
PASTED = sorted(
    {
        *phrases.AUTO_REPLY_SUBJECTS,
        *phrases.ANSWER_SUBJECTS,
        *phrases.ABSENCE_SENTENCES,
        *phrases.AUTOMATIC_STATEMENTS,
        *phrases.RECEIPT_SENTENCES,
        *phrases.RECEIPT_STATEMENTS,
        *phrases.BOUNCE_SUBJECTS,
        *phrases.FAILURES,
        *phrases.OFFICE_SUBJECTS,
        *phrases.ABSENCE_TITLES,
        *phrases.READ_RECEIPT_SUBJECTS,
        *phrases.MEETING_SUBJECTS,
    }
)
pasted = st.sampled_from(PASTED)


@settings(max_examples=300, deadline=None)
@given(
    program=st.sampled_from(PROGRAMS),
    subject=st.tuples(pasted, st.sampled_from(["", ":", ": Lampan", " på Ekstigen", "!"])).map("".join),
    before=st.lists(pasted, max_size=3),
    after=st.lists(pasted, max_size=3),
    gap=st.sampled_from([" ", ".\n", "\n\n"]),
)
def test_complaint_from_a_persons_program_is_a_persons_whatever_is_pasted_into_it(
    program: str, subject: str, before: list[str], after: list[str], gap: str
) -> None:
    text = gap.join([*(phrase.capitalize() for phrase in before), COMPLAINT, *after])
    raw = (
        f"From: Maja Lind <maja@example.org>\nTo: synpunkten@ekvik.example\nSubject: {subject}\nMIME-Version: 1.0\n"
        f"Date: Wed, 18 Nov 2026 10:21:07 +0100\n{program.format(subject=subject)}\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
    message = read(raw.encode())
    assert message.kind == Kind.NEW, message.because
    assert not message.auto_submitted
    assert message.certain


@settings(max_examples=150, deadline=None)
@given(program=st.sampled_from(PROGRAMS), phrase=pasted, gap=st.sampled_from([" ", ".\n", "\n\n"]))
def test_persons_answer_with_a_machines_words_in_it_is_an_answer(program: str, phrase: str, gap: str) -> None:
    raw = (
        "From: Maja Lind <maja@example.org>\nSubject: Sv: Vi har tagit emot din synpunkt\nMIME-Version: 1.0\n"
        f"In-Reply-To: <kvitto@ekvik.example>\n{program.format(subject='Vi har tagit emot din synpunkt')}\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{phrase.capitalize()}{gap}{COMPLAINT}\n"
    )
    assert read(raw.encode()).kind == Kind.REPLY
