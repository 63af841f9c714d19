"""The morning mail: one a person and working day, in place of single reminders, and silent when there is nothing."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from service.core.absence import Absent
from service.core.rules.rulebook import RuleBook
from service.desk import absences
from service.desk.database import Database
from tests.conversations.conftest import MONDAY
from tests.conversations.town import ANNA, BO, MARIA, STOCKHOLM, Town

HOLE = "Det är ett stort hål i asfalten på Storgatan."
LAMP = "Lampan vid Ekstigen är släckt."


def with_digest(ekvik: RuleBook, **wanted: object) -> RuleBook:
    """Ekvik where the morning mail goes to those that are named."""
    digest = ekvik.municipality.digest.model_copy(update=wanted)
    return ekvik.model_copy(update={"municipality": ekvik.municipality.model_copy(update={"digest": digest})})


@pytest.fixture
def morning(database: Database, ekvik: RuleBook) -> Town:
    """Ekvik with the morning mail for everybody."""
    return Town(database, with_digest(ekvik, officers=True, managers=True, registrars=True), MONDAY)


def at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=STOCKHOLM)


def digests(town: Town, to: str = "") -> list[tuple[str, str]]:
    return [(f"{x.at:%m-%d %H:%M}", x.subject) for x in town.letters("digest", to)]


def test_the_officers_mornings_take_the_place_of_reminders_and_not_of_escalations(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    morning.waits_until("2026-09-22 08:00")
    assert morning.letters("reminder") == []
    assert [x.to for x in morning.letters("escalation")] == [MARIA]
    mine = digests(morning, BO)
    assert mine[0] == ("09-08 07:30", "Du har ett ärende")
    assert [day for day, _ in mine if day[:5] in {"09-12", "09-13", "09-19", "09-20"}] == [], "working days alone"
    assert mine[-3:] == [
        ("09-18 07:30", "Du har ett ärende, ett ska besvaras på måndag"),
        ("09-21 07:30", "Du har ett ärende, ett ska besvaras i dag"),
        ("09-22 07:30", "Du har ett ärende, ett är försenat"),
    ]


def test_cases_stand_in_order_of_urgency_with_a_link_each_and_numbers_without_brackets(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    morning.now = at("2026-09-18 10:00")
    morning.writes(ANNA, LAMP, subject="Släckt lampa")
    morning.now = at("2026-09-22 07:30")
    morning.looks_at_the_clock()
    first, second = morning.cases()
    letter = morning.letters("digest", BO)[-1]
    assert letter.subject == "Du har två ärenden, ett är försenat"
    assert letter.text.index(first.number) < letter.text.index(second.number)
    assert f"{first.number}: Hål i vägen, försenat: sista dag var 21 september, för en arbetsdag sedan." in letter.text
    assert "svara senast 2 oktober, om åtta arbetsdagar" in letter.text
    assert f"[{first.number}]" not in letter.text + letter.html + letter.subject
    assert letter.number == ""
    assert letter.html.count("mailto:synpunkten@ekvik.example") == 2


def test_the_manager_sees_what_is_late_or_soon_due_with_officer_and_absence(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    with morning.database.transaction() as s:
        absences.remember(s, "ekvik", Absent(BO, MONDAY, until=date(2026, 9, 26), asked=(morning.case().number,)))
    morning.waits_until("2026-09-21 08:00")
    assert digests(morning, BO) == [], "whoever is away is not written to"
    assert [subject for _, subject in digests(morning, MARIA)] == [
        "Ett ärende på dina enheter brådskar, ett ska besvaras på måndag",
        "Ett ärende på dina enheter brådskar, ett ska besvaras i dag",
    ]
    assert "Hos Bo Ek, som är borta till och med 25 september." in morning.letters("digest", MARIA)[-1].text


def test_a_secret_case_shows_its_date_alone(morning: Town) -> None:
    morning.writes(ANNA, "Min son är placerad på HVB och Karin svarar inte.", subject="Klagomål på Karin")
    assert morning.case().secrecy
    morning.passes(days=1)
    text = "".join(x.text + x.html + x.subject for x in morning.letters("digest"))
    assert morning.case().number in text
    assert "ärende med sekretess, svara senast 21 september" in text
    for word in ("Klagomål", "Karin", "HVB", "placerad"):
        assert word not in text


def test_once_a_day_whoever_looks_and_however_often(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    morning.now = at("2026-09-08 07:30")
    for _ in range(3):
        morning.looks_at_the_clock()
    again = Town(morning.database, morning.book, at("2026-09-08 11:00"))  # a second daemon, or the first anew
    again.looks_at_the_clock()
    assert len(morning.letters("digest")) == 1
    assert again.letters("digest") == []


def test_after_a_standstill_only_the_mail_of_the_day(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    morning.now = at("2026-09-15 14:00")
    morning.looks_at_the_clock()
    assert digests(morning, BO) == [("09-15 14:00", "Du har ett ärende")]
    morning.now = at("2026-09-16 16:30")  # the office has closed
    morning.looks_at_the_clock()
    assert len(morning.letters("digest")) == 1


def test_empty_mornings_are_silent_and_a_case_of_the_day_waits_for_the_next(morning: Town) -> None:
    morning.passes(days=1)
    assert morning.letters("digest") == []
    morning.writes(ANNA, HOLE)
    morning.passes(hours=1)
    assert morning.letters("digest") == [], "the officer has just got it"


def test_each_setting_is_for_itself(database: Database, ekvik: RuleBook) -> None:
    """Managers alone: officers are reminded singly as before."""
    town = Town(database, with_digest(ekvik, managers=True), MONDAY)
    town.writes(ANNA, HOLE)
    town.waits_until("2026-09-18 08:00")
    assert {x.to for x in town.letters("digest")} == {MARIA}
    assert len(town.letters("reminder", BO)) == 2


def test_without_the_key_all_stays_as_it_is(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.waits_until("2026-09-18 08:00")
    assert town.letters("digest") == []
    assert len(town.letters("reminder", BO)) == 2
