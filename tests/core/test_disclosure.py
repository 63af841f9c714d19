"""What an answer would show of somebody else is asked about, with its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.core.cases import Case
from service.core.publicity.disclosure import shown_of_others
from service.core.rules.rulebook import RuleBook
from service.desk.writing.samplefacts import CASE, NUMBER

OWN = replace(CASE, text="Mitt personnummer är 19121212-1212 och min dotter når ni på lina@example.org, 070-123 45 67.")


@pytest.mark.parametrize(
    "text",
    [
        "Hej! Hålet är lagat.",
        "Ditt personnummer 121212-1212 behövs inte.",
        "Skriv till bengt.alm@example.org eller lina@example.org.",
        "Ring oss på 0980-319 200 eller mig på 0980-319 299.",
        "Ring mig, +46 980 319 222.",
        "Kontakta Trafikverket på 0771-921 921, kontakt@trafikverket.example.",
        "Skriv till nils.fors@ekvik.example eller ny.kollega@ekvik.example.",
        "Vi har skrivit till din dotter, 0701234567.",
        f"Ditt ärende har nummer {NUMBER}.",
        "Ärendet från 2026-11-19 kostade 4 200 kr, faktura 2026-0417.",
        "Org.nr 212000-1234, bankgiro 5050-1055.",
        "Hålet är lagat.\n\nMed vänlig hälsning\nBo Ek\n070-999 88 77",
        "Hålet är lagat.\nBo Ek, gatuingenjör\n070-999 88 77",
        "Larmnumret är 112. Sjukvård: 1177.",
    ],
)
def test_what_is_the_submitters_or_the_municipalitys_may_be_said(text: str, ekvik: RuleBook) -> None:
    assert shown_of_others(text, OWN, ekvik, "Bo Ek") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Vi har talat med din granne, 19811218-9876, om hålet.", "ett personnummer"),
        ("Vi har talat med 8112189876.", "ett personnummer"),
        ("Se även EKV-26-00124-X om samma lampa.", "numret på ett annat ärende: EKV-26-00124-X"),
        ("Per (per.olsson@example.net) har också klagat.", "en e-postadress"),
        ("Ring din granne Per på 070-999 88 77.", "ett telefonnummer"),
        ("Ring Per, +46 70 999 88 77, så löser det sig.", "ett telefonnummer"),
        ("Grannen har 0980-555 12.", "ett telefonnummer"),
    ],
)
def test_what_is_somebody_elses_is_named_with_its_place(text: str, said: str, ekvik: RuleBook) -> None:
    [told] = shown_of_others(text, OWN, ekvik, "Bo Ek")
    assert said in told
    assert text[10:20] in told or "ärende" in said


def test_what_the_submitter_asks_for_may_be_said(ekvik: RuleBook) -> None:
    asks: Case = replace(CASE, text="Hej! Vem ska jag ringa om bryggan vid badet?")
    assert shown_of_others("Ring båtklubben på 070-999 88 77.", asks, ekvik) == []
    assert shown_of_others("Deras ordförande har 19811218-9876.", asks, ekvik)
