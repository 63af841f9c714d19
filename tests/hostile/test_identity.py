"""Whoever claims to be somebody else, by address, by header or by a letter that was meant for another."""

from __future__ import annotations

import pytest

from service.core.rules.municipality import Municipality
from service.desk import letters
from tests.conversations.town import Town

ASA = "Åsa Ek <asa@måla.example>"


def test_a_domain_with_swedish_letters_is_written_in_ascii_and_its_owner_is_known_by_it(town: Town) -> None:
    raw = town.mail("Åsa Ek <asa@mala.example>", "Det är ett hål i Storgatan.").replace(b"mala", "måla".encode())
    town.receives(raw)
    receipt = town.letter("receipt")
    assert receipt.to == "asa@xn--mla-ula.example"
    assert b"?" not in receipt.raw.split(b"\r\nSubject")[0].split(b"\r\nTo: ")[1]
    town.writes("Åsa Ek <asa@xn--mla-ula.example>", "Nu är det större.", answers=receipt)
    assert len(town.cases()) == 1
    assert [x.kind for x in town.sent][2:] == ["information"]
    assert "okänd adress" not in town.sent[-1].subject


def test_an_address_that_no_letter_can_be_written_to_is_a_case_without_letters(town: Town) -> None:
    raw = town.mail("Ake <ake@example.org>", "Det är ett hål i Storgatan.").replace(b"ake@", "åke@".encode())
    town.receives(raw)
    assert [x.kind for x in town.sent] == ["assignment"]
    assert town.case().submitter.email == "åke@example.org"


@pytest.mark.parametrize(
    "lookalike", ["anna.e\N{KELVIN SIGN}@example.org", "anna.ek@\N{FULLWIDTH LATIN SMALL LETTER E}xample.org"]
)
def test_a_letter_that_looks_like_another_is_no_citizens(town: Town, lookalike: str) -> None:
    town.writes("Anna Ek <anna.ek@example.org>", "Det är ett hål i Storgatan.")
    receipt = town.letter("receipt")
    town.now = town.now.replace(hour=12)
    raw = town.mail("Anna Ek <anna.ex@example.org>", "Stryk mitt namn.", answers=receipt)
    town.receives(raw.replace(b"anna.ex@example.org", lookalike.encode()))
    assert town.sent[-1].subject.startswith("Mejl från en okänd adress")


@pytest.mark.parametrize("value", ["a\r\nBcc: b@example.org", "a\nb", "a\x00", "måla"])
def test_no_header_ever_holds_a_second_one_or_a_replaced_letter(value: str) -> None:
    with pytest.raises(ValueError, match="header To"):
        letters._field("To", value)


@pytest.mark.parametrize("name", ["Ekvik\r\nBcc: b@example.org", "Ekvik\nX: y", "Ekvik\x00", "Ekvik\u2028X"])
def test_a_name_in_the_rules_makes_no_header_of_its_own(name: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        Municipality.model_validate({"name": "Ekvik", "case_number": {"prefix": "EKV"}, "sender_name": name})
