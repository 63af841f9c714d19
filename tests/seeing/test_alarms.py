"""Who is told of troubles, and when: the clocks are the test's, the mail server is a real socket."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest
from sqlalchemy.exc import OperationalError

from service.config import Alarming, Config, FolderNames, Log, Mailbox
from service.core.speech import swedish
from service.desk import alarmed
from service.desk.database import Database
from service.doors.account import Server
from service.doors.vitals import Sort, Work
from service.resources import shipped
from service.seeing import health
from service.seeing.alarms import Alarms
from service.seeing.telling import Teller
from service.seeing.troubles import troubles
from service.seeing.watch import Watch
from tests.conversations.town import ADDRESS, REGISTRAR, STOCKHOLM, Letter, Town
from tests.seeing.situation import Situation
from tests.servers.rude import Rude

IT = "it@ekvik.example"


@pytest.fixture
def server() -> Iterator[Rude]:
    with Rude() as rude:
        yield rude


@dataclass
class Told:
    """A situation, and who is told of it, asked once a minute as the daemon does."""

    situation: Situation
    teller: Teller
    server: Rude
    alarms: Alarms = field(default_factory=Alarms)

    def minutes(self, number: int, **fails: Sort) -> list[Letter]:
        """So many minutes pass; the letters of that time."""
        before = len(self.server.taken)
        for _ in range(number):
            self.situation.works_for(1, **fails)
            self.looks()
        return [Letter.read(taken.raw, self.situation.now) for taken in self.server.taken[before:]]

    def looks(self) -> None:
        view = self.situation.view
        news = self.alarms.news(troubles(view), view.now, view.tick)
        if news and self.teller.tell(news, view.now):
            self.alarms.told(news, view.now)


def told(town: Town, server: Rude, *roads: Server, to: str = IT) -> Told:
    alarming = Alarming(to, "tjansten@it.example", server.account())
    teller = Teller(alarming, lambda: town.desk.writer, roads, {"ekvik": ADDRESS})
    return Told(Situation(), teller, server)


@pytest.fixture
def it(town: Town, server: Rude) -> Told:
    return told(town, server)


@pytest.mark.parametrize("sort", [Sort.UNREACHED, Sort.LOGIN, Sort.TOKEN])
def test_a_dead_mailbox_or_token_is_noticed_within_15_minutes(it: Told, sort: Sort) -> None:
    assert it.minutes(60) == []
    (letter,) = it.minutes(15, ekvik=sort)
    began, at = it.situation.now - timedelta(minutes=15), it.server.taken[0]
    assert at.recipient == IT
    assert letter.mail["Date"].datetime <= began + timedelta(minutes=7)
    assert letter.subject == "Synpunktstjänsten behöver hjälp"
    assert f"Felet började {swedish.moment(began + timedelta(seconds=30), STOCKHOLM)}." in letter.text
    assert letter.mail["From"].addresses[0].addr_spec == "tjansten@it.example"
    assert letter.kind == "alert"


def test_it_is_told_once_a_day_while_it_lasts_and_once_when_it_is_over(it: Told) -> None:
    assert len(it.minutes(24 * 60 - 30, ekvik=Sort.LOGIN)) == 1
    (again,) = it.minutes(60, ekvik=Sort.LOGIN)
    assert again.subject == "Synpunktstjänsten behöver fortfarande hjälp"
    assert "finns kvar" in again.text
    (over,) = it.minutes(60)
    assert over.subject == "Felet i synpunktstjänsten är borta"
    assert it.minutes(3 * 24 * 60) == []


def test_troubles_that_begin_together_are_told_together(it: Told) -> None:
    it.situation.vitals.reload(refused=True)
    it.situation.passes(minutes=6)
    for mailbox in it.situation.mailboxes:
        it.situation.does(mailbox, Work.POLL, Sort.UNREACHED)
    (first,) = it.minutes(1, ekvik=Sort.UNREACHED, hjo=Sort.UNREACHED)
    (rest,) = it.minutes(10, ekvik=Sort.UNREACHED, hjo=Sort.UNREACHED)
    assert "Konfigurationen har fel" in first.text
    assert f"Brevlådan {ADDRESS} går inte att läsa" in rest.text
    assert "Brevlådan hjo går inte att läsa" in rest.text


def test_what_comes_and_goes_makes_no_storm(it: Told) -> None:
    """Ten minutes of failure and twelve of health, over and over for two days."""
    letters = sum(len(it.minutes(10, ekvik=Sort.UNREACHED)) + len(it.minutes(12)) for _ in range(130))
    assert letters <= 14


def test_a_letter_that_cannot_leave_is_tried_again_and_by_another_road(town: Town) -> None:
    with Rude(answers={"DATA": "550 5.7.1 no"}) as broken, Rude() as other:
        it = told(town, broken, other.account())
        it.minutes(7, ekvik=Sort.LOGIN)
        assert len(other.taken) == 1
        assert ADDRESS in str(other.taken[0].mail["From"]), "by the mailbox's server it is the mailbox that writes"
    with Rude(answers={"MAIL": "451 later"}) as rude:
        it = told(town, rude)
        it.minutes(7, ekvik=Sort.LOGIN)
        assert rude.taken == []
        rude.answers.clear()
        assert len(it.minutes(1, ekvik=Sort.LOGIN)) == 1


def test_a_new_start_tells_nothing_twice_and_what_is_over_meanwhile(it: Told) -> None:
    it.minutes(10, ekvik=Sort.LOGIN)
    assert len(it.server.taken) == 1
    kept = it.alarms.changes().told
    it.alarms = Alarms()
    it.alarms.learn(kept)
    assert it.minutes(30, ekvik=Sort.LOGIN) == []
    it.alarms = Alarms()
    it.alarms.learn(kept)
    (over,) = it.minutes(30)
    assert over.subject == "Felet i synpunktstjänsten är borta"


@pytest.mark.databases("sqlite", "postgresql")
def test_what_was_told_is_remembered_in_the_register(town: Town) -> None:
    began, later = town.now, town.now + timedelta(hours=1)
    with town.database.transaction() as s:
        told = alarmed.Told(began, began, began)
        alarmed.note(s, {("ekvik", "login"): told, ("", "disk"): told}, {}, ())
        alarmed.note(s, {("ekvik", "login"): told._replace(told_at=later)}, {}, [("", "disk")])
        assert alarmed.known(s) == {("ekvik", "login"): (began, later, began)}
        for seen in (later, began):  # the later one stays
            alarmed.note(s, {}, {("ekvik", "login"): seen}, ())
        assert alarmed.known(s) == {("ekvik", "login"): (began, later, later)}


def test_whoever_hears_of_faulty_rules_anyway_is_not_told_twice(town: Town, server: Rude) -> None:
    faulty = Situation()
    faulty.vitals.rules("ekvik", 1)
    (trouble,) = troubles(faulty.view)
    assert not told(town, server).teller.is_known(trouble)
    teller = told(town, server, to=REGISTRAR).teller
    assert replace(teller, registrars=lambda: town.book.registrars).is_known(trouble)


def test_no_letter_about_the_service_holds_anything_about_a_person(it: Told, town: Town) -> None:
    town.writes("Anna Hemlig <anna.hemlig@example.org>", "Det är ett stort hål i asfalten på Lillgränd.")
    (letter,) = it.minutes(8, ekvik=Sort.UNREACHED)
    assert not [word for word in ("Anna", "Hemlig", "example.org", "Lillgränd", "EKV-") if word in letter.raw.decode()]


def watched(town: Town, server: Rude, situation: Situation) -> Watch:
    """A watch whose rounds the test makes itself."""
    watch = Watch(town.database, lambda: situation.now, situation.vitals)
    watch.__exit__(None, None, None)  # its own threads end at once
    mailbox = Mailbox("ekvik", ADDRESS, server.account(), server.account(), shipped("rules") / "ekvik", FolderNames())
    alarming = Alarming(IT, "tjansten@it.example", server.account())
    config = Config(Path("synpunkten.yaml"), "", 30, Log(), (mailbox,), (), alerts=alarming)
    station = SimpleNamespace(settings=mailbox, room=SimpleNamespace(desk=town.desk))
    watch.follow(config, [station])  # type: ignore[list-item]
    return watch


def test_a_database_that_is_away_is_told_of_without_it(
    town: Town, server: Rude, monkeypatch: pytest.MonkeyPatch
) -> None:
    situation = Situation(mailboxes=("ekvik",))
    watch = watched(town, server, situation)

    def minutes(number: int, sort: Sort | None = None) -> list[str]:
        before = len(server.taken)
        for _ in range(number):
            situation.passes(minutes=1)
            situation.does("ekvik", Work.POLL, sort)
            watch.look()
            watch.tell()
        return [Letter.read(each.raw, situation.now).text for each in server.taken[before:]]

    def away(*_: object) -> NoReturn:
        raise OperationalError("SELECT", {}, Exception("gone"))

    assert minutes(3) == []
    with monkeypatch.context() as broken:
        broken.setattr(Database, "reading", away)
        broken.setattr(Database, "transaction", away)
        (letter,) = minutes(10, Sort.DATABASE)
        assert "Databasen går inte att nå" in letter
    (over,) = minutes(12)
    assert "Du behöver inte göra något." in over
    with town.database.reading() as s:
        assert alarmed.known(s) == {}


def test_of_two_processes_on_one_register_one_tells(town: Town, server: Rude) -> None:
    situation = Situation(mailboxes=("ekvik",))
    one, other = watched(town, server, situation), watched(town, server, situation)
    for sort, letters in ((Sort.LOGIN, 1), (None, 2)):
        for _ in range(25):
            situation.passes(minutes=1)
            situation.does("ekvik", Work.POLL, sort)
            for watch in (one, other):
                watch.look()
                watch.tell()
                watch.look()
        assert len(server.taken) == letters


def test_a_process_that_is_well_does_not_say_that_anothers_trouble_is_over(town: Town, server: Rude) -> None:
    sick, well = Situation(mailboxes=("ekvik",)), Situation(mailboxes=("ekvik",))
    watches = [watched(town, server, situation) for situation in (sick, well)]
    for sort, letters in ((Sort.MODE, 1), (None, 2), (Sort.MODE, 3)):
        for _ in range(45):
            for situation, watch in zip((sick, well), watches, strict=True):
                situation.passes(minutes=1)
                situation.does("ekvik", Work.POLL, sort if situation is sick else None)
                watch.look()
                watch.tell()
                watch.look()
        assert len(server.taken) == letters
    assert "inställd på två sätt" in Letter.read(server.taken[0].raw, sick.now).text


def test_a_process_that_is_started_anew_does_not_end_anothers_trouble_and_whose_is_gone_is_over(
    town: Town, server: Rude
) -> None:
    sick, well = Situation(mailboxes=("ekvik",)), Situation(mailboxes=("ekvik",))
    both = [(sick, watched(town, server, sick)), (well, watched(town, server, well))]

    def minutes(number: int) -> list[str]:
        before = len(server.taken)
        for _ in range(number):
            for situation, watch in both:
                situation.passes(minutes=1)
                situation.does("ekvik", Work.POLL, Sort.LOGIN if situation is sick else None)
                watch.look()
                watch.tell()
                watch.look()
        return [Letter.read(each.raw, well.now).subject for each in server.taken[before:]]

    assert minutes(10) == ["Synpunktstjänsten behöver hjälp"]
    both[1] = well, watched(town, server, well)
    assert minutes(60) == []
    both[:] = [(well, watched(town, server, well))]
    assert minutes(20) == ["Felet i synpunktstjänsten är borta"]
    assert minutes(60) == []


def test_that_nobody_can_be_told_stands_where_health_is_asked_for(town: Town) -> None:
    situation = Situation(mailboxes=("ekvik",))
    with Rude(answers={"MAIL": "451 later"}) as rude:
        watch = watched(town, rude, situation)
        for answers, failing in (({"MAIL": "451 later"}, True), ({}, False)):
            rude.answers.clear()
            rude.answers.update(answers)
            for _ in range(7):
                situation.passes(minutes=1)
                situation.does("ekvik", Work.POLL, Sort.LOGIN)
                watch.look()
                watch.tell()
            well, told = health.report(watch.view())
            assert (well, told["alerts_failing"]) == (False, failing)
    assert platform.node() in Letter.read(rude.taken[0].raw, situation.now).text
