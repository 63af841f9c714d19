"""Bank account numbers are masked where a word or their form says what they are; other numbers are left alone."""

from __future__ import annotations

import pytest

from service.core.people.accounts import mask_numbers


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("sätt in pengarna på konto 8327-9 123 456 789-0.", "sätt in pengarna på konto [kontonummer]."),
        ("Kontonummer: 8327-9,123 456 789-0", "Kontonummer: [kontonummer]"),
        ("Kontonummer:\n5012-1234567", "Kontonummer:\n[kontonummer]"),
        ("mitt kontonr är 12345678", "mitt kontonr är [kontonummer]"),
        ("lönekonto hos Swedbank: 8105\u20119 934 123 456\u20117", "lönekonto hos Swedbank: [kontonummer]"),
        ("clearing 5012, konto 12 345 67", "clearing [kontonummer], konto [kontonummer]"),
        ("IBAN SE45 5000 0000 0583 9825 7466", "IBAN [kontonummer]"),
        ("SE4550000000058398257466", "[kontonummer]"),
        ("konto 3300 850709-9805", "konto 3300 [personnummer]"),
        ("KONTO 8.3.2 . 7,9 123 456", "KONTO [kontonummer]"),  # hardly four digits beside each other
        ("\u212aonto 12345678, Clearıng: 5012-1234567", "\u212aonto [kontonummer], Clearıng: [kontonummer]"),
    ],
)
def test_s35_an_account_number_is_masked(text: str, masked: str) -> None:
    assert mask_numbers(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Ring kontoret 0980-319 200",
        "Jag kan inte öppna mitt konto, ring 070-123 45 67",
        "Jag har glömt mitt konto\n0980-319 200",
        "Kontot spärrades den 2026-05-04 kl 10",
        "Kvitto 4 200 kr på konto 12 000 kr",
        "EKV-26-00123-K, KS 2026-00341",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert mask_numbers(text) == text
