"""The mail of the mailbox to itself: by the whole way out and in, and nobody but the watch knows of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.desk.lookup.backlog import Canary, backlogs
from service.seeing.troubles import Kind, troubles
from tests.conversations.town import ADDRESS, ANNA, HOLE, Letter, Town
from tests.seeing.situation import Situation

pytestmark = pytest.mark.databases("sqlite", "postgresql")


@pytest.fixture
def town(town: Town) -> Town:
    town.desk = replace(town.desk, canary=timedelta(hours=1))
    return town


def canary(town: Town) -> Canary:
    with town.database.reading() as s:
        found = backlogs(s, town.now)["ekvik"].canary
    assert found
    return found


def suffers(town: Town) -> bool:
    """Whether the watch finds that it does not come back."""
    situation = Situation(now=town.now, mailboxes=("ekvik",))
    with town.database.reading() as s:
        look = replace(situation.look, backlogs=backlogs(s, town.now))
    return Kind.CANARY in {t.kind for t in troubles(replace(situation.view, look=look, canaries=frozenset({"ekvik"})))}


def sent(town: Town) -> list[Letter]:
    return town.letters(to=ADDRESS)


def test_it_leaves_each_hour_comes_back_and_is_filed_without_a_trace(town: Town) -> None:
    town.looks_at_the_clock()
    (first,) = sent(town)
    assert first.mail["Auto-Submitted"] == "auto-generated"
    assert "Skriv ditt svar" not in first.text, "nobody answers it"
    town.now += timedelta(seconds=40)
    letters = len(town.sent)
    assert town.receives(first.raw) == "Ärenden"
    assert (canary(town).seconds, canary(town).back_at) == (40, town.now)
    assert (town.cases(), len(town.sent)) == ([], letters), "no case, no answer"
    town.passes(minutes=30)
    assert not suffers(town)
    assert len(sent(town)) == 1
    town.passes(minutes=30)
    assert len(sent(town)) == 2
    town.receives(sent(town)[1].raw)
    town.waits_until("2026-09-08 08:00")
    assert not [x for x in town.letters("digest") if "provmejl" in x.text], "nothing was put aside"


def test_silence_is_noticed_and_lasts_until_one_comes_back(town: Town) -> None:
    town.looks_at_the_clock()
    town.passes(minutes=14)
    assert not suffers(town)
    town.passes(minutes=2)
    assert suffers(town)
    town.passes(minutes=45)
    assert len(sent(town)) == 2
    assert suffers(town), "the next one heals nothing by having left"
    town.receives(sent(town)[1].raw)
    assert not suffers(town)


def test_one_that_cannot_leave_is_passed_on_to_nobody(town: Town) -> None:
    """That letters do not leave is told otherwise."""
    town.refuses[ADDRESS] = "550 5.1.1 unknown"
    town.looks_at_the_clock()
    town.passes(minutes=30)
    assert town.sent == []
    assert not suffers(town)


def test_a_forged_one_is_nothing(town: Town) -> None:
    town.looks_at_the_clock()
    (first,) = sent(town)
    known = str(first.mail["Message-ID"])
    other = known[:-40] + ("a" if known[-40] != "a" else "b") + known[-39:]
    for forged in (
        first.raw.replace(known.encode(), b"<can.none.abcdef123456.aaaaaaaaaaaa@ekvik.example>"),
        first.raw.replace(known.encode(), other.encode()),
    ):
        assert forged != first.raw
        town.receives(forged)
    town.passes(minutes=16)
    assert suffers(town)
    assert town.cases() == []


def test_people_write_as_always_meanwhile(town: Town) -> None:
    town.looks_at_the_clock()
    town.writes(ANNA, HOLE)
    town.receives(sent(town)[0].raw)
    assert len(town.cases()) == 1
    assert town.letter("receipt")
