"""What staff jot down: roads, days that have been, people and registry numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from service.core.calendar.swedish_dates import read_past_day
from service.core.calendar.workdays import Calendar
from service.core.cases import Contact
from service.core.identity import registry
from service.core.message import read
from service.core.people.particulars import read_person
from service.core.rules.rulebook import RuleBook
from service.core.speech import channels
from service.core.speech.filenotes import is_file_note, read_arrival

CALENDAR = Calendar(frozenset(), ZoneInfo("Europe/Stockholm"))
TODAY = date(2026, 11, 26)  # a Thursday
LISTED = ("e-post", "webbformulär", "sidkommentar", "brev", "blankett", "telefon", "besök", "sociala medier")


@pytest.mark.parametrize(
    ("words", "channel", "rest"),
    [
        ("telefon", "telefon", ""),
        ("Samtal", "telefon", ""),
        ("via telefon", "telefon", ""),
        ("sociala medier — Kommentar på vår sida", "sociala medier", "Kommentar på vår sida"),
        ("Facebook", "sociala medier", ""),
        ("inskannat brev", "brev", ""),
        ("skannad blankett", "blankett", ""),
        ("möte", "besök", ""),
        ("MUNTLIGT", "besök", ""),
        ("mejl", "e-post", ""),
    ],
)
def test_kop_01_roads(words: str, channel: str, rest: str) -> None:
    assert channels.find_channel(words, LISTED) == channels.Named(channel, rest)


@pytest.mark.parametrize("words", ["röksignal", "", "postlåda", "duva"])
def test_what_is_no_road(words: str) -> None:
    assert channels.find_channel(words, LISTED) is None


def test_a_road_that_the_list_calls_something_else() -> None:
    assert channels.find_channel("Instagram", ("E-post", "SoMe")) == channels.Named("SoMe", "")
    assert channels.find_channel("samtal", ("Telefonsamtal",)) == channels.Named("Telefonsamtal", "")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-11-19", date(2026, 11, 19)),
        ("20261119", date(2026, 11, 19)),
        ("19 november", date(2026, 11, 19)),
        ("19/11", date(2026, 11, 19)),
        ("i går", date(2026, 11, 25)),
        ("igår", date(2026, 11, 25)),
        ("i förrgår", date(2026, 11, 24)),
        ("i dag", TODAY),
        ("måndag", date(2026, 11, 23)),
        ("i måndags", date(2026, 11, 23)),
        ("den 10:e", date(2026, 11, 10)),
        ("28 december", date(2025, 12, 28)),
    ],
)
def test_days_that_have_been(words: str, day: date) -> None:
    assert read_past_day(words, TODAY, CALENDAR).day == day


@pytest.mark.parametrize("words", ["i morgon", "om två dagar", "30 november 2026", "31 juni", "snart", ""])
def test_what_is_no_day_that_has_been(words: str) -> None:
    assert read_past_day(words, TODAY, CALENDAR).day is None


def test_a_time_of_day_is_read_and_never_lies_ahead(ekvik: RuleBook) -> None:
    now = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)  # 10.00 in Sweden
    assert read_arrival("19 november kl. 14.20", ekvik, now)[0] == datetime(2026, 11, 19, 13, 20, tzinfo=UTC)
    assert read_arrival("2026-11-26 09:30", ekvik, now)[0] == datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
    assert read_arrival("i dag kl 23.00", ekvik, now)[0] == now
    assert read_arrival("i dag", ekvik, now)[0] == now
    assert read_arrival("i morgon", ekvik, now)[0] is None


@pytest.mark.parametrize(
    ("words", "name", "reached", "contact"),
    [
        ("Gun Ek, 070-174 06 05, vill ha svar per telefon", "Gun Ek", "070-174 06 05", Contact.PHONE),
        ("Gun Ek 070-174 06 05", "Gun Ek", "070-174 06 05", Contact.PHONE),
        ("Gun Ek <gun@example.org>", "Gun Ek", "gun@example.org", Contact.EMAIL),
        ("gun@example.org, Gun Ek, ring inte, mejla", "Gun Ek", "gun@example.org", Contact.PHONE),
        ("Elsa Nyman, Norra vägen 3, 123 45 Ekvik", "Elsa Nyman", "Norra vägen 3, 123 45 Ekvik", Contact.LETTER),
        ("Elsa Nyman Norra vägen 3 123 45 Ekvik", "Elsa Nyman", "Norra vägen 3 123 45 Ekvik", Contact.LETTER),
        ("Bo Ringström, 0500-123 45", "Bo Ringström", "0500-123 45", Contact.PHONE),
        ("Gun Ek, gun@example.org, vill inte bli kontaktad", "Gun Ek", "gun@example.org", Contact.NONE),
        ("Gun Ek, gun@example.org, vill ha svar med brev", "Gun Ek", "gun@example.org", Contact.LETTER),
        ("anonym", "", "", Contact.IMPOSSIBLE),
        ("Lisa S", "Lisa S", "", Contact.IMPOSSIBLE),
    ],
)
def test_people(words: str, name: str, reached: str, contact: Contact) -> None:
    person = read_person(words)
    assert (person.name, person.way) == (name, contact)
    assert (person.email or person.phone or person.address) == reached
    assert person.anonymous == (words == "anonym")


@pytest.mark.parametrize(
    ("typed", "example", "number"),
    [
        ("KS 2026-00341", "KS 2026-00123", "KS 2026-00341"),
        ("ks 2026/341", "KS 2026-00123", "KS 2026-00341"),
        ("BUN 2026-341.", "KS 2026-00123", "BUN 2026-00341"),
        ("dnr KS/2026:7", "KS 2026-00123", "KS 2026-00007"),
        ("KS 2026-341", "KS/2026:123", "KS/2026:341"),
        ("BUN 2026/45", "", "BUN 2026/45"),
        ("KS 26-341", "KS 2026-00123", ""),
        ("341", "KS 2026-00123", ""),
        ("EKV-26-00001-C", "", ""),
        ("", "", ""),
    ],
)
def test_s37_registry_numbers(typed: str, example: str, number: str) -> None:
    assert registry.read_number(typed, example) == number


@pytest.mark.parametrize(
    ("text", "is_note"),
    [
        ("#KANAL telefon\nHål i vägen", True),
        ("Hej!\n\n#FRÅN Gun Ek\nHål i vägen", True),
        ("Samtal 2026-11-19. Inringare: Gun Ek", True),
        ("Telefonsamtal med Gun Ek, 070-174 06 05", True),
        ("Tjänsteanteckning\nGun ringde.", True),
        ("Samtal med kommunen går aldrig fram.", False),
        ("Besök gärna vår sida.", False),
        ("Larmet på vårt kontor funkar inte.", False),
        ("#SVAR\nHej Anna", False),
        ("#KANAL telefon\n#AVSLUTA", False),
    ],
)
def test_s36_what_is_a_note_and_what_is_a_colleagues_own_words(text: str, is_note: bool) -> None:
    assert is_file_note(read(f"From: bo.ek@ekvik.example\nSubject: x\n\n{text}".encode())) == is_note
