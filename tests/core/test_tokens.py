"""Signed Message-IDs: they prove to whom a letter was sent, and nothing to anybody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.effects import Letter
from service.core.people.tokens import Token, find_ids, make_message_id, read_token
from tests.core.values import BO, MARIA, NUMBER, SECRET

MADE = make_message_id(SECRET, "assignment", NUMBER, "0123456789ab", BO, "ekvik.example")


def proves(message_id: str, address: str = BO, secret: bytes = SECRET) -> bool:
    token = read_token(message_id)
    return token is not None and token.proves(secret, address)


def test_a_token_comes_back_as_it_was_made() -> None:
    token = read_token(MADE)
    assert token
    assert (token.kind, token.number, token.nonce) == ("ass", NUMBER, "0123456789ab")
    assert token.proves(SECRET, BO)


@given(
    kind=st.from_regex(r"[a-z]{2,20}", fullmatch=True),
    nonce=st.from_regex(r"[a-z0-9]{6,20}", fullmatch=True),
    address=st.emails(),
    secret=st.binary(min_size=1, max_size=64),
)
def test_every_token_comes_back(kind: str, nonce: str, address: str, secret: bytes) -> None:
    token = read_token(make_message_id(secret, kind, NUMBER, nonce, address, "ekvik.example"))
    assert token
    assert (token.kind, token.number, token.nonce) == (kind[:3], NUMBER, nonce)
    assert token.proves(secret, address)


def test_a_token_knows_the_kind_of_its_letter() -> None:
    token = read_token(MADE)
    assert token
    assert token.is_for("assignment")
    assert not token.is_for("question")


@pytest.mark.parametrize("kind", [letter.value for letter in Letter])
def test_a_header_with_our_id_fits_on_one_line(kind: str) -> None:
    """The standard library folds and encodes an In-Reply-To of more than 78 characters beyond recognition."""
    made = make_message_id(SECRET, kind, "SPA-26-00001-K", "01234567", BO, "spanga-tensta.example")
    assert len(f"In-Reply-To: {made}") <= 78


def test_a_letter_about_no_case_has_a_token_too() -> None:
    token = read_token(make_message_id(SECRET, "question", "", "0123456789", BO, "ekvik.example"))
    assert token
    assert token.number == "none"
    assert token.proves(SECRET, BO)


def test_one_changed_character_anywhere_proves_nothing() -> None:
    signed = MADE.index("@")
    for place in range(1, signed):
        for other in "a7.-":
            if MADE[place] != other:
                assert not proves(MADE[:place] + other + MADE[place + 1 :]), place


@pytest.mark.parametrize(
    ("address", "secret", "expected"),
    [
        pytest.param(BO, SECRET, True, id="its recipient"),
        pytest.param(f" {BO.upper()} ", SECRET, True, id="the same address in other letters"),
        pytest.param(MARIA, SECRET, False, id="another address"),
        pytest.param("", SECRET, False, id="no address"),
        pytest.param(BO + ".evil.example", SECRET, False, id="a longer address"),
        pytest.param(BO, b"another key", False, id="another key"),
    ],
)
def test_hjo_14_a_token_proves_its_recipient_alone(address: str, secret: bytes, expected: bool) -> None:
    assert proves(MADE, address, secret) is expected


@pytest.mark.parametrize(
    "message_id",
    [
        pytest.param(MADE.replace("@ekvik.example", "@elsewhere.example"), id="a gateway has changed the domain"),
        pytest.param(MADE.strip("<>"), id="without brackets"),
        pytest.param(f"\t{MADE} ", id="with blanks around"),
    ],
)
def test_what_is_not_signed_may_change(message_id: str) -> None:
    assert proves(message_id)


@pytest.mark.parametrize(
    "message_id",
    [
        pytest.param("", id="nothing"),
        pytest.param("<CAKx9=abc+def@mail.gmail.com>", id="Gmail"),
        pytest.param("<AM0PR05MB1234567890ABCDEF@AM0PR05MB1.eurprd05.prod.outlook.com>", id="Outlook"),
        pytest.param(f"<{NUMBER}@ekvik.example>", id="our own thread's root"),
        pytest.param(MADE + MADE, id="two in one"),
        pytest.param("x" + MADE, id="something before"),
        pytest.param(MADE.replace("@", " @"), id="a blank inside"),
        pytest.param("<" + "a." * 100_000 + "@x>", id="very long"),
        pytest.param(MADE.replace("example", "e" * 100_000), id="a very long domain"),
        pytest.param("<\x00.\ud800@x>", id="no text at all"),
        pytest.param(MADE.upper(), id="upper case, which no mail system makes"),
    ],
)
def test_foreign_and_odd_message_ids_are_no_tokens(message_id: str) -> None:
    assert read_token(message_id) is None


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert read_token(text) is None or isinstance(read_token(text), Token)


def test_parts_cannot_be_shifted_between_fields() -> None:
    """The signature covers where one part ends and the next begins."""
    one = read_token(make_message_id(SECRET, "ab", "EKV-26-1", "23456789", "x@example.org", "d"))
    assert one
    assert not Token("ab", "EKV-26-12", "3456789", one.mac).proves(SECRET, "x@example.org")


ONE, OTHER = "rec.EKV-26-00123-K.abcdefgh.abcdefghijkl@ekvik.example", "ans.none.2345672345.mnopqrstuvwx@a.b"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (f"In-Reply-To: <{ONE}>", [ONE]),
        (f"References: <{OTHER}>\r\n <{ONE}>", [OTHER, ONE]),
        (f"<{ONE}><{OTHER}>anna@example.org<{ONE}>", [ONE, OTHER, ONE]),
        (f"skriv till anna.ek.abcdefghijkl@example.org, se {OTHER}.", [OTHER]),
        (f"x{ONE}", []),
        (f"{ONE.partition('@')[0]}", []),
        (f"abcdefghijkl.abcdefghijkl@{ONE}", [ONE]),
        ("@.@.abcdefghijkl@", []),
        ("", []),
    ],
)
def test_our_ids_are_found_wherever_they_stand(content: str, found: list[str]) -> None:
    assert list(find_ids(content.encode())) == [f"<{each}>" for each in found]
