"""What is counted and listed of a secret case, wherever somebody counts: its number, its unit, and nothing more."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest
from sqlalchemy import insert

from service.core.standby import Mode
from service.desk.lookup.backlog import backlogs
from service.desk.tables import beginnings
from service.seeing import health, metrics
from service.seeing.view import Look
from tests.conversations.test_history import as_html
from tests.conversations.town import ANNA, BO, HOLE, REGISTRAR, Letter, Town
from tests.seeing.situation import Situation

pytestmark = pytest.mark.databases("sqlite", "postgresql")

MARKS = ("Kvistmark", "Gunilla", "gunilla@example.org", "orosanmälan", "070-1234567")
PER = "Per <per@example.org>"


def writes_secret(town: Town) -> None:
    text = "Min orosanmälan: barnet i Kvistmark far illa. Ring mig på 070-1234567.\n\nMvh\nGunilla Kvist"
    town.writes("Gunilla Kvist <gunilla@example.org>", text, "Orosanmälan i Kvistmark")


def whole(letters: list[Letter]) -> str:
    return "\n".join(part for letter in letters for part in (letter.subject, letter.text, letter.html)).casefold()


def test_a_summary_of_the_watching_tells_nothing_of_a_secret_case_or_of_one_that_becomes_it(town: Town) -> None:
    town.desk = dataclasses.replace(town.desk, mode=Mode.SHADOW)
    with town.database.transaction() as s:
        s.execute(insert(beginnings).values(mailbox="ekvik", at=town.now, uidvalidity=1, below=1, left=0))
    town.looks_at_the_clock()
    writes_secret(town)
    town.writes(PER, "Det gäller Gunilla i Kvistmark.", "Om Gunilla")
    secret, later = town.cases()
    assert secret.secrecy
    town.writes(REGISTRAR, "#SEKRETESS", f"Sv: [{later.number}]")
    assert town.cases()[1].secrecy
    town.waits_until("2026-09-10 12:00")
    summaries = town.letters("digest", REGISTRAR)
    assert secret.number.casefold() in whole(summaries)
    assert [mark for mark in MARKS if mark.casefold() in whole(summaries)] == []


def test_figures_asked_for_by_mail_and_those_that_are_watched_tell_nothing_of_a_secret_case(town: Town) -> None:
    writes_secret(town)
    town.writes(ANNA, HOLE)
    known = len(town.sent)
    for order in ("#STATISTIK", "#STATISTIK september", "#LISTA", f"#STATUS {town.cases()[0].number}"):
        town.writes(REGISTRAR, order, "")
    town.waits_until("2026-09-30 12:00")  # mornings, reminders and reports besides
    mails = whole([letter for letter in town.sent[known:] if letter.kind != "receipt"])
    assert "statistik" in mails
    assert [mark for mark in MARKS if mark.casefold() in mails] == []
    situation = Situation(mailboxes=("ekvik",))
    with town.database.reading() as s:
        situation.look = Look(town.now, backlogs(s, town.now + timedelta(days=300)))
    shown = metrics.exposition(situation.view)[1].decode() + json.dumps(health.report(situation.view)[1], default=str)
    assert 'mailbox="ekvik"' in shown
    assert [mark for mark in (*MARKS, *(case.number for case in town.cases())) if mark in shown] == []


def test_a_remark_in_words_margin_is_asked_about_before_a_citizen_reads_it(town: Town) -> None:
    """Outlook sends it below the text, in the page alone."""
    town.writes(ANNA, HOLE)
    letter = town.letter("assignment", BO)
    remark = (
        "<div style='mso-element:comment-list'><div style='mso-element:comment'><p>Det struntar vi i.</p></div></div>"
    )
    raw = town.mail(BO, "", answers=letter, quote=False)
    town.receives(as_html(town, raw, f"<p>#SVAR</p><p>Hej Anna! Hålet lagas.</p>{remark}"))
    assert town.letters("answer") == []
    assert "kommentarer i marginalen" in " ".join(town.letter("question", BO).text.split())


def test_an_officers_mail_that_the_own_server_calls_forged_changes_nothing_on_either_database(town: Town) -> None:
    town.writes(ANNA, HOLE)
    letter, before = town.letter("assignment", BO), town.case()
    said = ("Authentication-Results", "mx.ekvik.example; dmarc=fail header.from=ekvik.example")
    for text in ("#SVAR\nHej Anna!\nBetala till 123-4.\n#AVSLUTA", "#SEKRETESS NEJ\n#ÖVERLÄMNA Skolan", "JA"):
        town.writes(BO, text, answers=letter, headers=[said], authenticated=False)
    town.passes(hours=2)
    assert town.letters("answer") == []
    changed = [
        n for n in ("status", "unit", "officer", "answer", "secrecy") if getattr(before, n) != getattr(town.case(), n)
    ]
    assert changed == []
