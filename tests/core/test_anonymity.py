"""Who wants to be anonymous, in whose words, and what is left to see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.core.cases import Contact, Submitter
from service.core.people.anonymity import as_staff_see, wishes_anonymity, without
from tests.core.values import ANNA, a_case


@pytest.mark.parametrize(
    "text",
    [
        "Jag vill vara anonym.",
        "Hej! Det är hål i vägen. Jag önskar att få vara anonym. Mvh Anna",
        "Jag heter Anna Ek men vill helst vara anonym",
        "Vill inte uppge namn.",
        "Jag vill inte uppge mitt namn, för han är min granne.",
        "Jag uppger inte mitt namn",
        "Vi skriver detta anonymt.",
        "Jag vill inte att mitt namn kommer fram.",
        "Mitt namn ska inte synas.",
        "Anonym tack!",
        "Anonymt",
        "Låt mig vara anonym",
        "I want to remain anonymous.",
    ],
)
def test_a_wish(text: str) -> None:
    assert wishes_anonymity(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Jag vill inte vara anonym.",
        "Går det att vara anonym?",
        "Hur gör jag om jag vill vara anonym?",
        "Han vill att den som klagar ska få vara anonym.",
        "Er handläggare skrev: ”Jag vill vara anonym.”",
        "Det borde gå att klaga anonymt.",
        "Bron saknar namn.",
        "Anonyma alkoholister behöver en lokal.",
        "Jag uppger mitt namn: Anna Ek.",
    ],
)
def test_no_wish(text: str) -> None:
    assert not wishes_anonymity(text)


def test_staff_see_neither_name_nor_address() -> None:
    who = Submitter("Anna Ek", ANNA, "0700-00 00 00", "Norra vägen 3", Contact.EMAIL, "anna@jobb.example")
    text = f"Eken vid Anna skola är sjuk.\nMin adress är {ANNA.upper()}.\n\nMvh\nAnna"
    shown = as_staff_see(a_case(submitter=who, anonymous=True, text=text, title="Anna Ek om eken"))
    assert shown.submitter == Submitter(contact=Contact.EMAIL)
    assert shown.text == "Eken vid Anna skola är sjuk.\nMin adress är synpunktslämnaren.\n\nMvh\nsynpunktslämnaren"
    assert shown.title == "synpunktslämnaren om eken"


@pytest.mark.parametrize(("way", "kept"), [(Contact.PHONE, "phone"), (Contact.LETTER, "address")])
def test_the_only_way_to_answer_stays(way: Contact, kept: str) -> None:
    who = Submitter("Anna Ek", ANNA, "0700-00 00 00", "Norra vägen 3", way)
    shown = as_staff_see(a_case(submitter=who, anonymous=True)).submitter
    assert shown == replace(Submitter(contact=way), **{kept: getattr(who, kept)})


def test_of_others_everything_is_seen() -> None:
    assert as_staff_see(a_case()) == a_case()
    assert without(Submitter(), "Anna Ek") == "Anna Ek"
