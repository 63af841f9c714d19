"""Addresses: which are one, and which can be written to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.message import Address
from service.core.people.addresses import domain_of, is_mailable, key, same, written
from service.core.people.tokens import make_message_id, read_token
from service.core.rules.rulebook import RuleBook
from tests.core.values import BO, SECRET

KELVIN = "\N{KELVIN SIGN}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna.Ek@Example.ORG", "anna.ek@example.org"),
        (" anna.ek@example.org ", "anna.ek@example.org"),
        ("anna.ek@example.org.", "anna.ek@example.org"),
        ("asa@måla.example", "asa@xn--mla-ula.example"),
        ("asa@MÅLA.example", "ASA@XN--MLA-ULA.EXAMPLE"),
        ("asa@ma\N{COMBINING RING ABOVE}la.example", "asa@måla.example"),
        ("a@post.räksmörgås.example", "a@post.xn--rksmrgs-5wao1o.example"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
    ],
)
def test_one_mailbox_in_two_spellings(one: str, other: str) -> None:
    assert same(one, other)
    assert Address("", one).key == Address("", other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"anna.e{KELVIN}@example.org", "anna.ek@example.org"),
        (f"anna@e{KELVIN}vik.example", "anna@ekvik.example"),
        ("a@straße.example", "a@strasse.example"),
        ("straße@example.org", "strasse@example.org"),
        ("\N{LATIN SMALL LETTER LONG S}vea@example.org", "svea@example.org"),
        ("\N{LATIN SMALL LIGATURE FI}a@example.org", "fia@example.org"),
        ("a@\N{FULLWIDTH LATIN SMALL LETTER E}kvik.example", "a@ekvik.example"),
        ("a@ekvik\N{IDEOGRAPHIC FULL STOP}example", "a@ekvik.example"),
        ("a@ek\N{SOFT HYPHEN}vik.example", "a@ekvik.example"),
        ("a@ek\N{ZERO WIDTH JOINER}vik.example", "a@ekvik.example"),
        ("ÅSA@example.org", "åsa@example.org"),  # whether those are one, only the receiving server knows
        ("a@example.org", "b@example.org"),
        ("a@example.org", "a@sub.example.org"),
        ("İ@example.org", "i@example.org"),
        ("", "a@example.org"),
    ],
)
def test_two_mailboxes_that_look_alike(one: str, other: str) -> None:
    assert not same(one, other)


@given(st.text(max_size=80))
def test_any_text_has_a_key_and_the_key_is_its_own(text: str) -> None:
    assert key(key(text)) == key(text)
    assert is_mailable(text) in {True, False}


def test_a_domain_without_end_costs_nothing() -> None:
    assert key("a@" + "å" * 1_000_000).endswith("å")
    assert not is_mailable("a@" + "x" * 1_000_000)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("anna.ek@example.org", True),
        ("asa@måla.example", True),
        ("anna..ek.@docomo.example", True),
        ('"anna ek"@example.org', True),
        ("anna@[192.0.2.1]", True),
        ("anna@example.org.", True),
        ("åsa@example.org", False),
        (f"anna@e{KELVIN}vik.example", False),
        ("a,b@example.org", False),
        ("a b@example.org", False),
        ("a@b@example.org", False),
        ("<a@example.org", False),
        ("a@example.org\r\nBcc: b@example.org", False),
        ("a@example.org\n", True),  # what stands around an address is no part of it
        ("", False),
        ("anna", False),
        ("@example.org", False),
        ("anna@", False),
    ],
)
def test_what_a_mail_can_be_addressed_to(address: str, expected: bool) -> None:
    assert is_mailable(address) is expected


def test_what_is_written_is_ascii_wherever_a_mail_can_be_sent() -> None:
    assert written("Asa@MÅLA.example") == "Asa@xn--mla-ula.example"
    assert written("Anna.Ek@Example.org") == "Anna.Ek@Example.org"
    assert domain_of("a@MÅLA.example") == "xn--mla-ula.example"
    assert domain_of("nobody") == ""


def test_a_token_proves_one_mailbox_however_it_is_spelled() -> None:
    token = read_token(make_message_id(SECRET, "receipt", "EKV-26-00001-C", "0123456789ab", "asa@måla.example", "x"))
    assert token
    assert token.proves(SECRET, "ASA@xn--mla-ula.example")
    assert not token.proves(SECRET, "asa@mala.example")


def test_staff_are_known_by_their_very_address(ekvik: RuleBook) -> None:
    assert ekvik.person(BO.upper())
    assert ekvik.is_staff(BO.upper())
    lookalike = BO.replace("k", KELVIN)
    assert not ekvik.person(lookalike)
    assert not ekvik.is_staff(lookalike)
