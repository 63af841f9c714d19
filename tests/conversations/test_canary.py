"""The mail of the mailbox to itself: by the whole way out and in, and nobody but the watch knows of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from service.core.standby import Mode
from service.desk import tables
from service.desk.lookup.backlog import Canary, backlogs
from service.desk.lookup.proof import prove
from service.desk.rounds import removal
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
    town.receives(first.raw)
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


def test_none_is_missed_any_longer_where_none_is_wanted(town: Town) -> None:
    town.looks_at_the_clock()
    town.passes(hours=1)  # the next one leaves
    assert canary(town).silent_since
    town.desk = replace(town.desk, mode=Mode.SHADOW)
    town.looks_at_the_clock()
    with town.database.reading() as s:
        found = backlogs(s, town.now).get("ekvik")
    assert found is None or found.canary is None
    town.desk = replace(town.desk, mode=Mode.LIVE)
    town.looks_at_the_clock()
    assert not canary(town).silent_since, "a new one leaves, and nothing of before is held against it"


def rows(town: Town) -> list[int | None]:
    """How many rows each table has that a mail or a letter leaves a trace in."""
    with town.database.reading() as s:
        here = (tables.messages, tables.journal, tables.seen, tables.canaries)
        return [s.scalar(select(func.count()).select_from(table)) for table in here]


def leave_the_mailbox(town: Town) -> list[str]:
    """What the next round is to delete in the mailbox, which then has been done."""
    with town.database.transaction() as s:
        waiting = removal.waiting(s, "ekvik")
        for sought in waiting:
            removal.done(s, sought)
    return [sought.message_id for sought in waiting]


def test_those_that_have_come_back_leave_the_mailbox_and_the_register(town: Town) -> None:
    """Some nine thousand a year would: the latest alone says anything, and the journal is whole without them."""
    town.writes(ANNA, HOLE)
    begun = rows(town)
    for _ in range(30):
        town.looks_at_the_clock()
        town.receives(sent(town)[-1].raw)
        assert leave_the_mailbox(town) == [str(sent(town)[-1].mail["Message-ID"])]
        town.now += timedelta(hours=1)
    letters, journal, seen, canaries = (now - before for now, before in zip(rows(town), begun, strict=True))
    others = len(town.letters()) - 30 - 2 + len(town.checksums)
    assert (letters - others, canaries) == (1, 1)
    assert seen < 30, "the place of each is forgotten after a day"
    assert journal <= letters + 10
    with town.database.reading() as s:
        kinds = set(s.scalars(select(tables.journal.c.kind)))
        assert not prove(s).faults
    assert not [kind for kind in kinds if "canary" in kind]


def test_one_that_a_server_has_written_anew_is_known_and_one_with_other_words_is_a_mail_like_others(town: Town) -> None:
    town.looks_at_the_clock()
    raw = sent(town)[0].raw
    head = raw.split(b"\r\n\r\n", 1)[0]
    other = head.replace(b"multipart/alternative", b"text/plain; x") + b"\r\n\r\nMin granne spelar trumma."
    assert town.receives(other) == "Karantän"
    assert (leave_the_mailbox(town), canary(town).back_at) == ([], None)
    stranger = head.replace(b"synpunkten@ekvik.example>\r\nTo", b"x@example.org>\r\nTo", 1)
    assert stranger != head
    town.receives(stranger.replace(b"multipart/alternative", b"text/plain; x") + b"\r\n\r\n" + HOLE.encode())
    assert len(town.cases()) == 1
    server = b"Received: from a by b; Mon, 7 Sep 2026 10:00:00 +0200\r\nX-Scanned: yes\r\n" + raw
    town.receives(
        server.replace(b"<head>", b'<head><meta name=3D"Generator" content=3D"x">').replace(b"=C3=A4", b"\xc3\xa4")
    )
    assert canary(town).back_at == town.now


def test_what_a_server_puts_under_every_mail_keeps_none_from_coming_back(town: Town) -> None:
    """Once: the same id again, with other words, is a mail that somebody has to look at; so is a long text."""
    town.looks_at_the_clock()
    raw = sent(town)[0].raw

    def with_footer(text: str) -> bytes:
        changed = raw.replace(b"</body>", b"<p>" + text.encode() + b"</p></body>").replace(
            b"--------------------\r\n", b"--------------------\r\n" + text.encode() + b"\r\n", 1
        )
        assert changed != raw
        return changed

    assert town.receives(with_footer(" ".join(f"ord{n}" for n in range(300)))) == "Karantän"
    assert canary(town).back_at is None
    town.receives(with_footer("Ekviks kommun behandlar personuppgifter. This e-mail may be confidential."))
    assert canary(town).back_at == town.now
    assert leave_the_mailbox(town) == [str(sent(town)[0].mail["Message-ID"])]
    assert town.receives(with_footer("Min granne spelar trumma.")) == "Karantän"
    assert town.cases() == []


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


def test_one_that_the_server_refuses_is_passed_on_to_nobody_and_late_as_well(town: Town) -> None:
    town.refuses[ADDRESS] = "550 5.1.1 unknown"
    town.looks_at_the_clock()
    town.passes(minutes=14)
    assert not suffers(town)
    town.passes(minutes=16)
    assert town.sent == []
    assert suffers(town)


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
