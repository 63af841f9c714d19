"""Out-of-office replies: day of return and substitute (scenario S17)."""

from __future__ import annotations

from datetime import date

import pytest

from service.core.mail import Absence
from service.core.reading.automatic.absences import read_absence

SENT = date(2026, 11, 18)  # a Wednesday, week 47


@pytest.mark.parametrize(
    ("text", "until"),
    [
        pytest.param("Jag har semester till den 14 december.", date(2026, 12, 14), id="S17 till den"),
        pytest.param("Vi har öppet måndag till fredag kl. 8-16.", None, id="opening hours"),
        pytest.param("Vi har åter öppet den 7 januari.", date(2027, 1, 7), id="open again"),
        pytest.param("Telefontid till kl. 11. Ledig t.o.m. 3/1.", date(2027, 1, 4), id="hours beside an absence"),
        pytest.param("Jag är ledig t.o.m. 3/1.", date(2027, 1, 4), id="t.o.m. names the last day away"),
        pytest.param("Jag är ledig till och med den 6 januari 2027.", date(2027, 1, 7), id="till och med"),
        pytest.param("Jag är åter måndag 4 januari.", date(2027, 1, 4), id="åter with weekday"),
        pytest.param("Jag är åter den 14:e december.", date(2026, 12, 14), id="14:e"),
        pytest.param("Tillbaka på måndag!", date(2026, 11, 23), id="weekday alone"),
        pytest.param("Jag är tillbaka på onsdag.", date(2026, 11, 25), id="same weekday is next week's"),
        pytest.param("Åter i morgon.", date(2026, 11, 19), id="tomorrow"),
        pytest.param("Jag är ledig och åter 2026-12-01.", date(2026, 12, 1), id="ISO"),
        pytest.param("Jag är åter vecka 3.", date(2027, 1, 18), id="week number next year"),
        pytest.param("Semester v. 51-53, svar dröjer.", date(2027, 1, 4), id="range of weeks"),
        pytest.param("Semester t.o.m. v. 52.", date(2026, 12, 28), id="through a week"),
        pytest.param("Ledig vecka 50 till och med vecka 52", date(2026, 12, 28), id="through the last of weeks"),
        pytest.param("Semester v. 51 – v. 53, svar dröjer.", date(2027, 1, 4), id="from a week to a week"),
        pytest.param("Jag har semester 21 december - 6 januari.", date(2027, 1, 7), id="range across the year"),
        pytest.param("Jag har semester 21-30 december.", date(2026, 12, 31), id="range within the month"),
        pytest.param("Jag har semester 10/12–3/1.", date(2027, 1, 4), id="numeric range"),
        pytest.param("Ledig 1 december till 5 december, åter 7 december.", date(2026, 12, 7), id="return goes first"),
        pytest.param("Den 7 januari är jag tillbaka.", date(2027, 1, 7), id="date before the word"),
        pytest.param("I am away, back on 14 December.", date(2026, 12, 14), id="English"),
        pytest.param("I will return on December 14th, 2026.", date(2026, 12, 14), id="American"),
        pytest.param("I am out of the office until 3 January.", date(2027, 1, 3), id="until"),
        pytest.param("On leave through 31 Dec.", date(2027, 1, 1), id="through"),
        pytest.param("Ich bin bis zum 12. Januar nicht im Büro.", date(2027, 1, 12), id="German"),
        pytest.param("Ich bin ab dem 7.1.2027 wieder im Büro.", date(2027, 1, 7), id="German, date before the word"),
        pytest.param("Jeg har ferie til og med 3. januar.", date(2027, 1, 4), id="Norwegian"),
        pytest.param("Jeg er tilbage mandag den 30. november.", date(2026, 11, 30), id="Danish"),
        pytest.param("Olen lomalla 1.12. saakka.", date(2026, 12, 2), id="Finnish"),
        pytest.param("Palaan töihin 7. tammikuuta.", date(2027, 1, 7), id="Finnish return"),
        pytest.param("I am back on Monday June 1st.", date(2027, 6, 1), id="the date beats the weekday"),
        pytest.param("Back on Monday, 1st of June 2027", date(2027, 6, 1), id="a comma between them"),
        pytest.param("Åter måndag vecka 22.", date(2027, 5, 31), id="the week beats the weekday"),
        pytest.param("Åter onsdagen i vecka 49", date(2026, 12, 2), id="a weekday in a week"),
        pytest.param("Jag är åter v. 49 (torsdag).", date(2026, 12, 3), id="a week and its day"),
        pytest.param("Åter vecka 50, måndag den 7 december.", date(2026, 12, 7), id="a date beats the week"),
        pytest.param("Åter vecka 50, den 9/12.", date(2026, 12, 9), id="a date after the week"),
        pytest.param("Tillbaka 7 december (måndag)", date(2026, 12, 7), id="the weekday behind"),
        pytest.param("Ich bin am Montag, 7. Dezember wieder im Büro.", date(2026, 12, 7), id="German, weekday"),
        pytest.param("Jag är inte på kontoret förrän 2026-12-07.", date(2026, 12, 7), id="förrän"),
        pytest.param("Jeg er tilbage 07-12-2026.", date(2026, 12, 7), id="Danish with dashes"),
        pytest.param("Ledig måndag-torsdag, åter fredag 4 december", date(2026, 12, 4), id="a range of days before it"),
        pytest.param("Jag är åter den 16 november.", date(2026, 11, 16), id="a reply left on too long"),
        pytest.param("Jag är på semester. Ring 0500-123 45 vid brådska.", None, id="no date"),
        pytest.param("Jag är snart åter. Mötet är den 3 december.", None, id="a date in the next sentence"),
        pytest.param("Mötet är den 3 december. Jag är snart tillbaka.", None, id="a date in the sentence before"),
        pytest.param("Jag är åter den 31 februari.", None, id="no such day"),
        pytest.param("Jag är sjuk.\n\nFrån: Ekvik\nSkickat: den 12 november 2026\nÅter 1 december", None, id="quoted"),
        pytest.param("", None, id="empty"),
    ],
)
def test_day_of_return(text: str, until: date | None) -> None:
    assert read_absence(text, SENT).until == until


@pytest.mark.parametrize(
    ("text", "substitute"),
    [
        pytest.param("Vid brådska kontakta Eva Lind, eva.lind@ekvik.example.", "eva.lind@ekvik.example", id="S17"),
        pytest.param("Under tiden ersätts jag av eva.lind@ekvik.example", "eva.lind@ekvik.example", id="ersätts"),
        pytest.param("Please contact eva.lind@ekvik.example.", "eva.lind@ekvik.example", id="English"),
        pytest.param("Bitte wenden Sie sich an eva.lind@ekvik.example!", "eva.lind@ekvik.example", id="German"),
        pytest.param("Kontakta mig på bo.ek@ekvik.example.", None, id="never the absent person"),
        pytest.param(
            "Kontakta BO.EK@ekvik.example eller eva.lind@ekvik.example", "eva.lind@ekvik.example", id="own first"
        ),
        pytest.param("Mvh Bo\nregistrator@ekvik.example", None, id="an address in the signature"),
        pytest.param("Kontakta växeln, 0500-100 00.", None, id="no address"),
        pytest.param("Kontakta växeln.\n\n> kontakta eva.lind@ekvik.example", None, id="quoted"),
    ],
)
def test_substitute(text: str, substitute: str | None) -> None:
    assert read_absence(text, SENT, "bo.ek@ekvik.example").substitute == substitute


def test_both_at_once() -> None:
    text = "Jag är åter 7 januari.\nMejla eva.lind@ekvik.example om det är bråttom."
    assert read_absence(text, SENT) == Absence(date(2027, 1, 7), "eva.lind@ekvik.example")
