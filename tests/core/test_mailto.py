"""Links that open a mail: what each program makes of them."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.identity.numbers import find_numbers
from service.core.mailto import LONGEST, mailto, subject_of

BOX = "synpunkten@ekvik.example"


@pytest.mark.parametrize(
    ("subject", "body", "link"),
    [
        ("", "", f"mailto:{BOX}"),
        ("Hej å ä ö", "", f"mailto:{BOX}?subject=Hej%20%C3%A5%20%C3%A4%20%C3%B6"),
        ("", "#SVAR\nHej", f"mailto:{BOX}?body=%23SVAR%0D%0AHej"),
        ("", "a\r\nb\rc\n", f"mailto:{BOX}?body=a%0D%0Ab%0D%0Ac"),
        ("a&b=c?d", "1+1 & 50 %", f"mailto:{BOX}?subject=a%26b%3Dc%3Fd&body=1%2B1%20%26%2050%20%25"),
        ("a\r\nBcc: x@example.org", "", f"mailto:{BOX}?subject=a%20Bcc%3A%20x%40example.org"),
        ("", "”ja” – 👍", f"mailto:{BOX}?body=%E2%80%9Dja%E2%80%9D%20%E2%80%93%20%F0%9F%91%8D"),
    ],
    ids=["bare", "å ä ö", "lines", "other line ends", "signs of links", "no header can be added", "beyond latin"],
)
def test_rfc_6068(subject: str, body: str, link: str) -> None:
    assert mailto(BOX, subject, body) == link


def test_the_number_is_read_from_the_subject_and_stands_nowhere_as_our_mark() -> None:
    link = mailto(BOX, subject_of("EKV-26-00123-K"), "#AVSLUTA")
    assert "EKV-26-00123-K" not in link
    assert find_numbers(unquote(link), "EKV") == ("EKV-26-00123-K",)


@pytest.mark.parametrize("address", ["a?b&c@example.org", "a%b@example.org", "a b@example.org", 'a"b@example.org'])
def test_an_odd_address_stays_an_address(address: str) -> None:
    before, asked, after = mailto(address, "s").partition("?")
    assert (unquote(before), asked, after) == (f"mailto:{address}", "?", "subject=s")


def test_what_is_too_long_for_outlook_keeps_its_subject() -> None:
    assert mailto(BOX, "Sv: Ärende", "å" * 1_000) == mailto(BOX, "Sv: Ärende")
    assert len(mailto(BOX, "Sv: Ärende", "å" * 280)) <= LONGEST


@given(st.text(), st.text())
def test_any_text_comes_back_from_a_link(subject: str, body: str) -> None:
    link = mailto(BOX, subject, body)
    assert link.isascii()
    assert not set(link) & set(" +<>\"'#\\^`{|}[]")
    assert link.count("?") <= 1
    assert len(link) <= LONGEST or len(subject) > 100
