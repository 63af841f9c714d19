"""What the public would read, and what is looked at before: numbers, addresses and names of persons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.core.cases import Publication, Submitter
from service.core.publicity.publication import approval, approved, identifying, proposed
from service.core.rules.rulebook import RuleBook
from tests.core.values import NOW, a_case

ANNA = Submitter("Anna Ek", "anna.ek@example.org", "070-174 06 05", "Åsgatan 3 B\n123 45 Ekvik")


@pytest.mark.parametrize(
    ("text", "answer", "found"),
    [
        ("Det är hål i gatan.", "Lagat.", ()),
        ("Jag är 850709-9805.", "", ("ett personnummer",)),
        ("Betala till konto 5012-1234567.", "", ("ett kontonummer",)),
        ("Hål.", "Ditt nummer 850709-9805 är noterat.", ("ett personnummer",)),
        ("Ring 0511-123 45.", "", ("ett telefonnummer",)),
        ("Hål.", "Ring oss på 0980-319 200 eller skriv till info@ekvik.example.", ()),
        ("Hål.", "Vi ringer 0701740605.", ("ett telefonnummer",)),
        ("Hål.", "Vi skriver till ANNA.EK@example.org.", ("en e-postadress",)),
        ("Skriv till per@example.org", "", ("en e-postadress",)),
        ("Hål.\nHälsningar Anna", "Hej Anna!", ()),
        ("Hål.\nVänligen ring Anna Ek.", "", ("synpunktslämnarens namn",)),
        ("Hälsar Anna Ek som såg det.\nHål.", "", ("synpunktslämnarens namn",)),
        ("Hål.", "Familjen Eks infart är lagad.", ("synpunktslämnarens namn",)),
        ("Eken på Ekbacken är torr.", "", ()),
        ("Ärende 2026-00123 och 12 000 kr.", "", ()),
        ("Bilen ABC 12D stod där.", "", ("ett registreringsnummer",)),
        ("Hålet är utanför Åsgatan 3 B.", "", ("synpunktslämnarens adress",)),
        ("Hålet är utanför Storgatan 14.", "", ()),
        ("Skriv till Åvägen 1, 123 45 Ekvik.", "", ("en adress",)),
        ("Diket vid Eket 1:23 rinner över.", "", ("en fastighetsbeteckning",)),
        ("Bussen kl 8:30 går för tidigt. Klockan 8:35 är bättre.", "", ()),
        ("Ring 070.174.06.05.", "", ("ett telefonnummer",)),
        ("Ring 46 70 174 06 05.", "", ("ett telefonnummer",)),
        ("Öppet 08.30-16.30 från 01.06.2026.", "", ()),
        ("Jag är 850709/9805.", "", ("ett personnummer",)),
        ("Jag är 850709 98 05.", "", ("ett personnummer",)),
        ("Jag är 1985-07-09-9805.", "", ("ett personnummer",)),
        ("Bilen ABC-123 och ABC\u00a0123.", "", ("ett registreringsnummer",)),
        ("Hålet är vid ÅSGATAN 3B.", "", ("synpunktslämnarens adress",)),
        ("Hålet är vid Åsgatan nr 3.", "", ("synpunktslämnarens adress",)),
        ("Hålet är vid Åsgatan 31.", "", ()),
        ("Skriv till Åvägen 1, 123 45 EKVIK.", "", ("en adress",)),
        ("Det kostar 15000 SEK.", "", ()),
    ],
)
def test_hjo_29_what_tells_who_wrote(text: str, answer: str, found: tuple[str, ...], ekvik: RuleBook) -> None:
    assert identifying(a_case(text=text, answer=answer, submitter=ANNA), ekvik) == found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Läraren Sven Svensson drar elever i håret.", "Läraren [namn] drar elever i håret."),
        ("Kalle Svensson parkerar på trottoaren.", "[namn] parkerar på trottoaren."),
        ("Min dotter Elsa får fel mat.", "Min dotter [namn] får fel mat."),
        ("Kassörskan Fatima var otrevlig.", "Kassörskan [namn] var otrevlig."),
        ("Jag såg Karl-Erik Ål-Berg där.", "Jag såg [namn] där."),
        ("Hål på Norra Fbacken och Stora Torget.", None),
        ("Är Klippan en bra kommun? Ekviks kommun svarar inte.", None),
        ("Plantera träd vid Ekviks skola. Tack Klippan!", None),
    ],
)
def test_kli_29_what_may_be_a_name_counts_where_nobody_looks(text: str, shown: str | None, ekvik: RuleBook) -> None:
    case = a_case(text=text, answer="", submitter=ANNA)
    assert identifying(case, ekvik) == (), "a person who says yes has read it"
    assert identifying(case, ekvik, unseen=True) == (("kanske någons namn",) if shown else ())
    assert proposed(case, ekvik, unseen=True).text == (shown or text)


@pytest.mark.parametrize(
    "text", ["LÄRAREN SVEN SVENSSON DRAR ELEVER I HÅRET!", "läraren sven svensson drar elever i håret"]
)
def test_kli_29_where_names_cannot_be_told_somebody_looks(text: str, ekvik: RuleBook) -> None:
    case = a_case(text=text, answer="", submitter=ANNA)
    assert identifying(case, ekvik, unseen=True) == ("kanske någons namn",)


@pytest.mark.parametrize("wish", ["Publicera inte det här!", "Det får inte publiceras.", "Lägg inte ut det på nätet."])
def test_kli_29_a_wish_not_to_stand_on_the_web_is_heard(wish: str, ekvik: RuleBook) -> None:
    found = identifying(a_case(text=f"Hål i vägen. {wish}", answer="", submitter=ANNA), ekvik, unseen=True)
    assert found == ("en önskan om att det inte publiceras",)


def test_hjo_18_names_and_greetings_are_left_out(ekvik: RuleBook) -> None:
    case = a_case(
        title="Anna Ek undrar om hålet",
        text="Hej!\n\nBo Ek lovade att laga hålet. Jag, Anna, bor på Åsgatan 3 B: ring 070-174 06 05.\n\nMvh\nAnna Ek",
        answer="Hej Anna!\n\nHålet är lagat. Fråga Maria Lund om du undrar, 0980-319 200.",
        submitter=ANNA,
    )
    shown = proposed(case, ekvik)
    assert shown.title == "[namn] undrar om hålet"
    assert shown.text == "[medarbetare] lovade att laga hålet. Jag, [namn], bor på [adress]: ring [telefonnummer]."
    assert shown.answer == "Hålet är lagat. Fråga [medarbetare] om du undrar, 0980-319 200."


def test_hjo_29_the_wording_for_publication_counts_in_place_of_the_original(ekvik: RuleBook) -> None:
    case = a_case(text="Jag är 850709-9805.", public_text="Det är hål i gatan.", answer="", submitter=ANNA)
    assert identifying(case, ekvik) == ()


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("anna.ek@example.org", "[namn] såg info om hålet."),
        ("anna_ek77@example.org", "[namn] såg info om hålet."),
        ("info@example.org", "Anna Ek såg info om hålet."),
    ],
)
def test_hjo_18_who_gives_no_name_may_have_it_in_the_address(email: str, shown: str, ekvik: RuleBook) -> None:
    case = a_case(text="Anna Ek såg info om hålet.", answer="", submitter=Submitter("", email))
    assert proposed(case, ekvik).text == shown


def test_only_exactly_the_approved_words_are_published(ekvik: RuleBook) -> None:
    case = a_case(answer="Lagat.", answered_at=NOW, publication=Publication.YES)
    assert approved(case) is None
    yes = replace(case, **approval(proposed(case, ekvik)))
    assert approved(yes) == proposed(case, ekvik)
    for name in ("public_title", "public_text", "public_answer"):
        assert approved(replace(yes, **{name: "Något annat"})) is None
    for change in ({"secrecy": True}, {"internal": True}, {"publication": Publication.NO}, {"answered_at": None}):
        assert approved(replace(yes, **change)) is None
