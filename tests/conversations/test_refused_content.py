"""A mail server that refuses what letters hold: one letter's own fault, or a server that minds all of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from service.desk.lookup.backlog import Backlog, backlogs
from tests.conversations.town import BO, HOLE, REGISTRAR, Town


def backlog(town: Town) -> Backlog:
    with town.database.reading() as s:
        return backlogs(s, town.now).get("ekvik", Backlog())


def refused_since(town: Town) -> datetime | None:
    return backlog(town).refused_since


def test_a_server_that_takes_nobodys_content_keeps_the_letters_until_it_does(town: Town) -> None:
    """A filter in between, a signature that is lost: nothing is given up, it is told, and nothing leaves twice."""
    town.minds = lambda _: True
    began = town.now
    for number in range(3):
        town.writes(f"{number}@example.org", HOLE, f"Hål {number}")
        assert bool(refused_since(town)) == (number == 2)  # of one or two it may be what their citizens wrote
    town.passes(hours=30)
    assert not town.sent
    assert refused_since(town) == began
    assert set(backlog(town).letters) == {"queued"}
    town.minds = lambda _: False
    town.passes(hours=4)
    town.passes(hours=1)
    left = Counter((letter.kind, letter.to) for letter in town.sent)
    assert [left["receipt", f"{number}@example.org"] for number in range(3)] == [1, 1, 1]
    assert left["assignment", BO] == 3
    assert not any("refused" in what for _, what in town.journal())
    assert refused_since(town) is None


@pytest.mark.databases("sqlite", "postgresql")
def test_what_one_citizen_wrote_holds_up_nobody_and_the_registrar_hears_that_it_reached_none(town: Town) -> None:
    """Three mails with what a filter minds. No letter that quotes them is taken; one without their words is."""
    town.minds = lambda letter: "KASINO" in letter.text
    for number in range(3):
        town.writes(f"{number}@example.org", f"{HOLE} KASINO", f"Hål {number}")
        assert refused_since(town) is None
    town.now += timedelta(seconds=9)
    town.writes("per@example.org", "Lampan vid Kvarngatan 3 är trasig.", "Lampa")
    assert [letter.to for letter in town.letters("receipt")][-1] == "per@example.org"
    assert len(town.letters("assignment")) == 1
    assert not town.letters("alert", REGISTRAR)  # of what was refused last nobody knows yet whose fault it is
    town.passes(minutes=1)
    told = town.letters("alert", REGISTRAR)
    assert [letter.subject for letter in told] == [
        f"Ett mejl om ett ärende nådde ingen [{case.number}]" for case in town.cases()[:3]
    ]
    assert "Tala med Bo Ek." in told[0].text
    town.passes(days=1)
    assert refused_since(town) is None
    assert town.letters("alert", REGISTRAR) == told
    assert set(backlog(town).letters) == {"held"}


def test_a_letter_that_is_refused_in_a_quiet_hour_waits_for_another_and_then_takes_its_road(town: Town) -> None:
    """Nothing else leaves: nobody knows yet whose fault it is."""
    town.writes("anna@example.org", HOLE)
    town.minds = lambda letter: letter.kind == "reminder"
    town.waits_until("2026-09-16 06:00")
    assert not town.letters("reminder")
    waiting = backlog(town).oldest_letter
    assert waiting
    assert refused_since(town) is None
    town.writes("per@example.org", "Lampan vid Kvarngatan 3 är trasig.", "Lampa")
    town.passes(hours=4)
    town.passes(hours=1)
    assert backlog(town).oldest_letter != waiting


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("written", ["while the others left", "the evening before"])
def test_a_server_that_begins_to_mind_everything_ends_no_letter(town: Town, written: str) -> None:
    """A filter that breaks in a busy hour. What it took a moment ago, or since a letter was written, proves nothing."""
    for number in range(3):
        town.writes(f"{number}@example.org", HOLE, f"Hål {number}")
    delivers = town.delivers
    if written == "the evening before":
        town.delivers = lambda: None  # type: ignore[method-assign]
    else:
        town.minds = lambda _: True
        town.passes(minutes=2)
    began = town.now
    for number in range(3, 9):
        town.writes(f"{number}@example.org", f"Lampan vid Kvarngatan {number} är trasig.", f"Lampa {number}")
    if written == "the evening before":
        town.passes(hours=14)
        town.delivers = delivers  # type: ignore[method-assign]
        town.minds = lambda _: True
    for _ in range(3):
        town.passes(hours=1)
    assert refused_since(town) == began
    town.minds = lambda _: False
    town.passes(hours=4)
    left = Counter(letter.to for letter in town.letters("receipt"))
    assert left == {f"{number}@example.org": 1 for number in range(9)}
    assert len(town.letters("assignment", BO)) == 9
    assert not any("refused" in what for _, what in town.journal())


def test_one_letter_that_is_refused_in_a_quiet_hour_does_not_wait_for_days(town: Town) -> None:
    """Its receipt has just left, nobody else is refused, and nothing more comes in."""
    town.minds = lambda letter: "KASINO" in letter.text
    town.writes("anna@example.org", f"{HOLE} KASINO")
    for minutes in (1, 5, 15):
        assert not town.letters("alert", REGISTRAR)
        town.passes(minutes=minutes)
    town.passes(minutes=30)
    assert town.letters("alert", REGISTRAR)


def test_a_server_that_takes_nothing_for_days_ends_the_wait(town: Town) -> None:
    town.minds = lambda _: True
    town.writes("anna@example.org", HOLE)
    for _ in range(40):
        town.passes(hours=4)
    assert backlog(town).letters.get("queued", 0) < 40  # each goes on to the next in turn, and so to an end
    assert any("550 5.7.1" in what for _, what in town.journal())
