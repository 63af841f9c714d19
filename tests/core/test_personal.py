"""Personal and coordination numbers are found and masked; what merely looks like them is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.people.personal import Span, find_personal_numbers, mask_personal_numbers


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("19121212-1212", id="twelve digits"),
        pytest.param("191212121212", id="twelve digits, no dash"),
        pytest.param("121212+1212", id="plus: a hundred years or more"),
        pytest.param("121212-1212", id="ten digits"),
        pytest.param("1212121212", id="ten digits, no dash"),
        pytest.param("850709-9805", id="dash"),
        pytest.param("850709 9805", id="space"),
        pytest.param("850709 - 9805", id="spaces and dash"),
        pytest.param("850709\u20139805", id="en dash"),
        pytest.param("850709\u20119805", id="non-breaking hyphen"),
        pytest.param("850709-\r\n9805", id="wrapped line"),
        pytest.param("19850709\u00a09805", id="non-breaking space"),
        pytest.param("701063-2391", id="coordination number"),
        pytest.param("197010632391", id="coordination number, twelve digits"),
        pytest.param("000229-0005", id="leap day of 2000"),
        pytest.param("070123-4569", id="born in 2007, with a dash"),
    ],
)
def test_found_and_masked(number: str) -> None:
    text = f"Min mamma ({number}), bor på Ekbacken."
    assert find_personal_numbers(text) == (Span(11, 11 + len(number)),)
    assert mask_personal_numbers(text) == "Min mamma ([personnummer]), bor på Ekbacken."


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("556016-0680", id="organisation number"),
        pytest.param("212000-2114", id="organisation number of a municipality"),
        pytest.param("010101-0101", id="wrong check digit"),
        pytest.param("850709-9806", id="check digit off by one"),
        pytest.param("2026-001234", id="registry number"),
        pytest.param("0701-234567", id="mobile number with a dash"),
        pytest.param("0701234569", id="mobile number whose digits would pass"),
        pytest.param("070-123 45 69", id="mobile number in groups"),
        pytest.param("851309-9807", id="month 13"),
        pytest.param("850732-9806", id="day 32"),
        pytest.param("190002290005", id="leap day of a year without one"),
        pytest.param("701060-2394", id="day 60"),
        pytest.param("21850709-9805", id="no such century"),
        pytest.param("8507099805123", id="part of a longer number"),
        pytest.param("850709--- 9805", id="too far apart"),
        pytest.param("EKV-26-00123-K", id="case number"),
        pytest.param("EKV-26-123456789-K", id="case number with nine digits"),
        pytest.param("KS 2026/123 BN 2026-0417", id="registry numbers"),
        pytest.param("den 2026-05-04 kl 09.12", id="date and time"),
        pytest.param("", id="empty"),
    ],
)
def test_left_alone(text: str) -> None:
    assert find_personal_numbers(text) == ()
    assert mask_personal_numbers(text) == text


def test_several_numbers_are_found_in_order() -> None:
    text = "850709-9805, 556016-0680 och 701063-2391"
    assert [text[span.start : span.end] for span in find_personal_numbers(text)] == ["850709-9805", "701063-2391"]
    assert mask_personal_numbers(text) == "[personnummer], 556016-0680 och [personnummer]"


@pytest.mark.parametrize("last", range(10))
def test_exactly_one_check_digit_is_right(last: int) -> None:
    assert bool(find_personal_numbers(f"850709-980{last}")) == (last == 5)


@given(st.text(alphabet="0123456789-+ kr", max_size=60))
def test_a_masked_text_holds_no_digits_that_were_found(text: str) -> None:
    spans = find_personal_numbers(text)
    masked = mask_personal_numbers(text)
    assert masked.count("[personnummer]") == len(spans)
    assert sum(c.isdigit() for c in masked) == sum(c.isdigit() for c in text) - sum(
        c.isdigit() for span in spans for c in text[span.start : span.end]
    )
