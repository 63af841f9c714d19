"""What tells who wrote: in the text anybody's numbers and addresses, in the answer the submitter's alone."""

from __future__ import annotations

import pytest

from service.core.cases import Submitter
from service.core.identifying import identifying
from tests.core.values import a_case

ANNA = Submitter("Anna Ek", "anna.ek@example.org", "070-174 06 05")


@pytest.mark.parametrize(
    ("text", "answer", "found"),
    [
        ("Det är hål i gatan.", "Lagat.", ()),
        ("Jag är 850709-9805.", "", ("ett personnummer",)),
        ("Hål.", "Ditt nummer 850709-9805 är noterat.", ("ett personnummer",)),
        ("Ring 0500-123 45.", "", ("ett telefonnummer",)),
        ("Hål.", "Ring oss på 0500-100 00 eller skriv till info@ekvik.example.", ()),
        ("Hål.", "Vi ringer 0701740605.", ("ett telefonnummer",)),
        ("Hål.", "Vi skriver till ANNA.EK@example.org.", ("en e-postadress", "synpunktslämnarens namn")),
        ("Skriv till per@example.org", "", ("en e-postadress",)),
        ("Hälsningar Anna", "Hej Anna!", ()),
        ("Hälsningar Anna Ek", "", ("synpunktslämnarens namn",)),
        ("Hål.", "Familjen Eks infart är lagad.", ("synpunktslämnarens namn",)),
        ("Eken på Ekbacken är torr.", "", ()),
        ("Ärende 2026-00123 och 12 000 kr.", "", ()),
    ],
)
def test_hjo_29_what_tells_who_wrote(text: str, answer: str, found: tuple[str, ...]) -> None:
    assert identifying(a_case(text=text, answer=answer, submitter=ANNA, public_text="")) == found


def test_hjo_29_the_wording_for_publication_counts_in_place_of_the_original() -> None:
    case = a_case(text="Jag är 850709-9805.", public_text="Det är hål i gatan.", answer="", submitter=ANNA)
    assert identifying(case) == ()
