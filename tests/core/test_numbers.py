"""Case numbers: the check letter, and every spelling that a subject may carry a number in."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.identity.numbers import check_letter, find_numbers, is_number, number, without_numbers

prefixes = st.text(string.ascii_uppercase, min_size=2, max_size=5)
numbers = st.builds(number, prefixes, st.integers(2000, 2099), st.integers(1, 999_999_999))


@pytest.mark.parametrize(
    ("prefix", "year", "serial", "expected"),
    [
        pytest.param("EKV", 2026, 123, "EKV-26-00123-K", id="S10"),
        pytest.param("EKV", 2026, 125, "EKV-26-00125-M", id="S17"),
        pytest.param("EKV", 2026, 127, "EKV-26-00127-R", id="S21"),
        pytest.param("EKV", 26, 123, "EKV-26-00123-K", id="two-digit year"),
        pytest.param("EKV", 2026, 123_456, "EKV-26-123456-S", id="six digits"),
        pytest.param("HJ", 2005, 1, "HJ-05-00001-L", id="short prefix"),
    ],
)
def test_number(prefix: str, year: int, serial: int, expected: str) -> None:
    assert number(prefix, year, serial) == expected


@pytest.mark.parametrize(
    ("prefix", "year", "serial"),
    [
        pytest.param("E", 2026, 1, id="prefix too short"),
        pytest.param("EKVIKS", 2026, 1, id="prefix too long"),
        pytest.param("ekv", 2026, 1, id="lower case"),
        pytest.param("KÖP", 2026, 1, id="letter outside A-Z"),
        pytest.param("EKV", 2026, 0, id="serial zero"),
        pytest.param("EKV", 2026, 1_000_000_000, id="serial too large"),
        pytest.param("EKV", -1, 1, id="year below zero"),
    ],
)
def test_number_refuses(prefix: str, year: int, serial: int) -> None:
    with pytest.raises(ValueError, match="case number"):
        number(prefix, year, serial)


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("EKV-26-00123-K", id="bare"),
        pytest.param("Din synpunkt [EKV-26-00123-K]", id="brackets"),
        pytest.param("Din synpunkt EKV-26-00123-K]", id="left bracket lost"),
        pytest.param("Din synpunkt [EKV-26-00123-K", id="right bracket lost"),
        pytest.param("SV: [EKV-26-00123-K]", id="SV"),
        pytest.param("Sv:EKV-26-00123-K", id="Sv without a space"),
        pytest.param("VB: Sv: [EKV-26-00123-K]", id="VB"),
        pytest.param("VS: [EKV-26-00123-K]", id="VS, Finnish"),
        pytest.param("RE: [EKV-26-00123-K]", id="RE"),
        pytest.param("FW: [EKV-26-00123-K]", id="FW"),
        pytest.param("Ang. EKV-26-00123-K", id="Ang."),
        pytest.param("Ang.EKV-26-00123-K", id="Ang. without a space"),
        pytest.param("[EXTERNT] Sv: [EKV-26-00123-K]", id="external tag"),
        pytest.param("[Externt mejl]EKV-26-00123-K", id="external tag without a space"),
        pytest.param("sv: [ekv-26-00123-k]", id="lower case"),
        pytest.param("Sv: din synpunkt\r\n [EKV-26-00123-K]", id="folded before"),
        pytest.param("Sv: din synpunkt [EKV-26-\r\n\t00123-K]", id="folded at a hyphen"),
        pytest.param("[EKV\u201126\u201100123\u2011K]", id="non-breaking hyphen"),
        pytest.param("[EKV\u201026\u201000123\u2010K]", id="hyphen"),
        pytest.param("[EKV\u201226\u201200123\u2012K]", id="figure dash"),
        pytest.param("[EKV\u201326\u201300123\u2013K]", id="en dash"),
        pytest.param("[EKV\u201426\u201400123\u2014K]", id="em dash"),
        pytest.param("[EKV\u221226\u221200123\u2212K]", id="minus"),
        pytest.param("[EKV\u00ad26\u00ad00123\u00adK]", id="soft hyphen"),
        pytest.param("[EKV-\u00ad26-\u00ad00\u00ad123-K]", id="soft hyphens beside hyphens"),
        pytest.param("\u200bEKV\u200b-26-0\u20600123\ufeff-K", id="zero-width characters"),
        pytest.param("\u2066EKV-26-00123-K\u2069", id="direction marks"),
        pytest.param("EKV -\u00a026 -\u202f00123 - K", id="spaces around the hyphens"),
        pytest.param("EKV 26 00123 K", id="spaces"),
        pytest.param("EKV\u00a026\u00a000123\u00a0K", id="non-breaking spaces"),
        pytest.param("EKV2600123K", id="no separators"),
        pytest.param("ekv26 00123k", id="few separators"),
        pytest.param("Gäller EKV-26-00123-K.", id="end of a sentence"),
        pytest.param("(EKV-26-00123-K)", id="parentheses"),
        pytest.param("#EKV-26-00123-K", id="number sign"),
        pytest.param("EKV-26-00123-K_svar.pdf", id="file name"),
    ],
)
@pytest.mark.parametrize("prefix", [pytest.param("EKV", id="own prefix"), pytest.param(None, id="any prefix")])
def test_every_spelling_is_found(subject: str, prefix: str | None) -> None:
    assert find_numbers(subject, prefix) == ("EKV-26-00123-K",)


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("[EKV-26-00\r\n 123-K]", id="folded in the serial"),
        pytest.param("[E\r\n KV-26-00123-K]", id="folded in the prefix"),
        pytest.param("[EKV-2\r\n\t6-00123-K]", id="folded in the year"),
        pytest.param("[EKV-26-00 123-K]", id="space left of a fold"),
    ],
)
def test_number_broken_inside_a_group_is_found_by_its_prefix(subject: str) -> None:
    assert find_numbers(subject, "EKV") == ("EKV-26-00123-K",)
    assert find_numbers(subject) == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("KS 2026/123", id="registry number with slash"),
        pytest.param("BN 2026-0417", id="S07 registry number"),
        pytest.param("KS 2026-00123", id="S37 registry number"),
        pytest.param("KS-2026-00123-K", id="registry number in our manner"),
        pytest.param("Nytt ärende Synpunkten (ärende nr. 48213)", id="S15 other system"),
        pytest.param("Ärende 3891", id="other system, short"),
        pytest.param("Tel 070-174 06 05", id="mobile number"),
        pytest.param("Tfn 0500-123 45 K", id="phone number before a letter"),
        pytest.param("den 2026-05-04 kl 09.12", id="date and time"),
        pytest.param("20260504T0912", id="time stamp"),
        pytest.param("19121212-1212", id="personal number"),
        pytest.param("XJ-900-26-B", id="product code"),
        pytest.param("ABC-1234-56789-X", id="long product code"),
        pytest.param("ABC12D", id="registration plate"),
        pytest.param("EKV-26-00123", id="check letter missing"),
        pytest.param("EKV-26-00123-L", id="wrong check letter"),
        pytest.param("EKV-26-0123-K", id="four digits"),
        pytest.param("EKV-26-000123-K", id="six digits with a leading zero"),
        pytest.param("EKV-26-00000-B", id="serial zero"),
        pytest.param("EKV-26-00123-Kommun", id="letter of a word"),
        pytest.param("EKV 26 00123 kommer", id="letter of a word after a space"),
        pytest.param("EKV-26-00123-K2", id="digit after the letter"),
        pytest.param("nrEKV-26-00123-K", id="glued to a word"),
        pytest.param("2EKV-26-00123-K", id="glued to a digit"),
        pytest.param("E\u212aV-26-00123-K", id="Kelvin sign"),
        pytest.param("EKV-٢٦-٠٠١٢٣-K", id="digits of another script"),
        pytest.param("EKV/26/00123/K", id="slashes"),
        pytest.param("", id="empty"),
    ],
)
@pytest.mark.parametrize("prefix", [pytest.param("EKV", id="own prefix"), pytest.param(None, id="any prefix")])
def test_other_numbers_are_not_found(text: str, prefix: str | None) -> None:
    assert find_numbers(text, prefix) == ()


def test_other_prefixes_are_refused() -> None:
    assert find_numbers(f"{number('HJO', 2026, 1)} EKV-26-00123-K", "EKV") == ("EKV-26-00123-K",)


def test_colliding_prefix_is_refused_by_the_own_prefix() -> None:
    assert check_letter("AK2600123") == check_letter("XK2600123")
    assert find_numbers(number("XK", 2026, 123), "AK") == ()


def test_several_numbers_come_in_order_and_once() -> None:
    text = "VB: [EKV-26-00127-R] ekv2600123k, EKV 26 00127 R och EKV-26-00125-X"
    assert find_numbers(text, "EKV") == ("EKV-26-00127-R", "EKV-26-00123-K")


def test_prefix_is_matched_in_any_case() -> None:
    assert find_numbers("EKV-26-00123-K", "ekv") == ("EKV-26-00123-K",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Sv: din synpunkt [ekv 26 00123 k] om hålet", "Sv: din synpunkt [ ] om hålet", id="one"),
        pytest.param("EKV-26-00123-K EKV-26-00125-M", "   ", id="two"),
        pytest.param("EKV-26-00123-L", "EKV-26-00123-L", id="wrong check letter"),
    ],
)
def test_without_numbers(text: str, expected: str) -> None:
    assert without_numbers(text) == expected


def test_only_the_beginning_of_an_endless_text_is_searched() -> None:
    assert find_numbers("x " * 500_000 + "EKV-26-00123-K") == ()
    assert find_numbers("x " * 5_000 + "EKV-26-00123-K") == ("EKV-26-00123-K",)


@pytest.mark.parametrize(
    "text", ["ekv-26-00123-k", " EKV-26-00123-K", "EKV-26-00123-K\n", "EKV2600123K", "EKV-26-00123-L"]
)
def test_is_number_takes_the_usual_form_only(text: str) -> None:
    assert is_number("EKV-26-00123-K")
    assert not is_number(text)


@given(numbers, st.data())
def test_any_wrong_digit_is_caught(right: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([i for i, character in enumerate(right) if character.isdigit()]))
    digit = data.draw(st.sampled_from(string.digits.replace(right[place], "")))
    wrong = right[:place] + digit + right[place + 1 :]
    assert not is_number(wrong)
    assert find_numbers(wrong) == ()


@given(numbers, st.data())
def test_any_wrong_letter_is_caught(right: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([i for i, character in enumerate(right) if character.isalpha()]))
    letter = data.draw(st.sampled_from(string.ascii_uppercase.replace(right[place], "")))
    wrong = right[:place] + letter + right[place + 1 :]
    collides = place < len(right) - 1 and abs(ord(letter) - ord(right[place])) == 23
    assert is_number(wrong) == collides
    assert find_numbers(wrong, right.split("-", maxsplit=1)[0]) == (
        () if place < len(right) - 1 or not collides else (wrong,)
    )


@given(numbers, st.data())
def test_any_swap_of_neighbours_is_caught(right: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([i for i in range(len(right) - 1) if right[i] != right[i + 1]]))
    wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    # A hyphen behind the check letter instead of before it: the number may be found, but only the right one.
    may_be_found = {right} if "-" in right[place : place + 2] else set()
    assert set(find_numbers(wrong, right.split("-", maxsplit=1)[0])) <= may_be_found


@given(
    numbers,
    st.sampled_from(["", " ", "-", "\u2011", "\u2013", "\u00ad", " - ", "\u00a0", "-\r\n "]),
    st.sampled_from([str.upper, str.lower, str.title]),
    st.sampled_from(["{}", "Sv: [{}]", "VB: Ang. {}]", "[EXTERNT] RE: [{} tack", "hål i vägen ({})."]),
)
def test_every_number_survives_every_spelling(right: str, separator: str, case, subject: str) -> None:  # type: ignore[no-untyped-def]
    spelt = subject.format(case(right.replace("-", separator)))
    assert find_numbers(spelt) == (right,)
    assert find_numbers(spelt, right.split("-", maxsplit=1)[0]) == (right,)


@given(st.text(alphabet=st.characters() | st.sampled_from("EKV-26 0123K\u00ad\u2011"), max_size=60))
def test_whatever_is_found_is_a_number(text: str) -> None:
    assert all(is_number(found) for found in find_numbers(text) + find_numbers(text, "EKV"))
