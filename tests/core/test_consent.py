"""Yes and no in every ordinary form, and everything that may be neither."""

from __future__ import annotations

import pytest

from service.core.message import read
from service.core.speech.consent import Consent, read_consent

WRITER = "Bo Ek gatuingenjör Ekviks kommun"
YES = [
    "- Ja",
    "Jaaa!",
    "Ｊａ",
    "Ja",
    "JA!",
    "ja.",
    "#JA",
    "*JA*",
    "”Ja”",
    "\n\n  Ja\u00a0\n",
    "\ufeffJa",
    "Ja\n\nMvh\nBo",
    "Ja\nMvh Bo Ek",
    "JA\n/Bo",
    "ja\n\nMed vänlig hälsning\n\nBo Ek\nGatuingenjör\nEkviks kommun\nTfn: 0980-319 222\nbo.ek@ekvik.example",
    "Ja\nHälsningar,\nBosse",
    "Ja\nBo Ek",
    "Ja\nBo Ek, gatuingenjör",
    "Ja\nSkickat från min iPhone",
    "Ja\n\nHämta Outlook för iOS<https://aka.ms/o0ukef>",
    "Ja\nSent from my Galaxy",
    *"""Ja tack|Ja tack!|Ja, skicka|Ja, skicka det|Ja det är bra|Japp|OK|Ok.|Okej|Ok skicka|Ok, skicka iväg det|Yes|J|Jo
    |jajamensan|Absolut!|Kör|Kör på det|👍|👍🏻|Ja 👍|Skicka|Skicka gärna|Det blir bra, skicka|Godkänt|Visst|Gärna
    |Hej! Ja tack
    |Ja tack /Bo|Ok skicka, mvh Bo|Ja, det stämmer|Javisst|Jepp, kör|Ja, gör det|Ser bra ut, skicka
    |✅|Yes please""".replace("\n    ", "").split("|"),
]
NO = """Nej|nej tack|Nej!|Nej, vänta|Vänta|vänta lite|stopp|STOPP!|avbryt|Avbryt!|inte än|Skicka inte|Nej, skicka inte
|👎|Absolut inte|Verkligen inte|Nej, inte än|Vänta med det|ångra|Nä|nope|Stopp, det blev fel|Nej\n\nMvh\nBo Ek|Vänta /Bo
|nej det är jag som tar det"""
NEITHER = [
    "",
    "?",
    "Jag",
    "ja, men ändra sista meningen",
    "Ja men",
    "JAJA",
    "Ja?",
    "OK?",
    "Nja",
    "Ja nej",
    "Ja, skicka om en vecka",
    "Ja, på fredag",
    "Ja tack, men ta bort telefonnumret",
    "Okej, jag tittar på det i morgon",
    "Vet ej",
    "Ringde honom",
    "Kanske",
    "Ja\nNej",
    "Ja\nVänta",
    "Ja\nStopp!",
    "Ja\nMaria Lund ska läsa den först",
    "Ja\nBo Ek\nMen ta bort sista meningen först.",
    "Ja\nMvh Bo\nPS. Ändra till fredag innan du skickar!",
    "Ja\nMvh\nBo\nVänta",
    "Ja\nVänligen ring mig först",
    "Ja\nRing 0980-319 222 först",
    "Ja\n/Bo, men vänta",
]


@pytest.mark.parametrize("text", YES)
def test_hjo_21_a_yes_with_or_without_a_signature(text: str) -> None:
    assert read_consent(text, WRITER) is Consent.YES


@pytest.mark.parametrize("text", NO.replace("\n|", "|").split("|"))
def test_a_no(text: str) -> None:
    assert read_consent(text, WRITER) is Consent.NO


@pytest.mark.parametrize("text", NEITHER)
def test_hjo_21_anything_else_is_neither(text: str) -> None:
    """Each word of a yes has to be known: one that is not may be a second thought."""
    assert read_consent(text, WRITER) is Consent.UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "Hej Anna!\n\nHålet på Storgatan är lagat i dag. Tack för att du hörde av dig.",
        "Vi har varit på plats och lagat hålet i dag. Hör av er om det kommer tillbaka.",
    ],
)
def test_a_letter_is_a_letter(text: str) -> None:
    assert read_consent(text, WRITER) is Consent.TEXT


def test_a_name_that_nobody_knows_is_no_signature_without_a_greeting() -> None:
    """One word alone may as well be a second thought."""
    assert read_consent("Ja\nBo Ek") is not Consent.YES
    assert read_consent("Ja\nMvh Bo Ek") is Consent.YES


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "\n\nMvh\nBo Ek\ngatuingenjör\n0980-319 222",
        "\n\nSkickat från min iPhone",
        "\n\nHämta Outlook för Android<https://aka.ms/x>",
        "\n-- \nBo Ek\nGata och park",
        "\n\nMed vänliga hälsningar\n\nBo Ek\nGatuingenjör\nTekniska förvaltningen\n\nEkviks kommun\n123 45 Ekvik",
    ],
)
def test_the_yes_survives_the_way_through_the_reader(signature: str) -> None:
    """As a mail program sends it, over the quoted question."""
    mail = (
        "From: Bo Ek <bo.ek@ekvik.example>\r\nSubject: Sv: Ska svaret skickas?\r\nMessage-ID: <a@b>\r\n"
        "In-Reply-To: <c@d>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"Ja{signature}\n\nFrån: Ekviks kommun <synpunkten@ekvik.example>\nSkickat: den 4 maj 2026 09:12\n"
        "Till: Bo Ek\nÄmne: Ska svaret skickas?\n\nSvara JA om det ska skickas.\n"
    )
    assert read_consent(read(mail.encode()).new_text, WRITER) is Consent.YES
