"""What mails tell of the days that a register has lost."""

from __future__ import annotations

import pytest

from service.core.keeping.restoration import passed_over, traces
from service.core.message import glance
from service.core.people.tokens import make_message_id, mark, new_nonce, read_token

KEY, TEXT = b"the key", "Det är ett hål i vägen."
FIRST, SECOND = "EKV-26-00007-U", "EKV-26-00008-K"


def mail(answers: str = "", sender: str = "anna@example.org", subject: str = "Sv: Hål", message_id: str = "") -> bytes:
    fields = {"From": sender, "To": "anna@example.org", "Subject": subject, "In-Reply-To": answers}
    return "".join(f"{name}: {value}\n" for name, value in (fields | {"Message-ID": message_id}).items()).encode()


def letter(number: str = FIRST, to: str = "anna@example.org", key: bytes = KEY, text: str = TEXT) -> str:
    return make_message_id(key, "receipt", number, new_nonce(mark(key, text, "anna@example.org")), to, "ekvik.example")


def test_a_letter_bears_the_mark_of_its_text_and_stays_one_of_a_kind() -> None:
    one, other = read_token(letter()), read_token(letter())
    assert one
    assert other
    assert one.mark == other.mark == mark(KEY, f" {TEXT}\n", "Anna@Example.org")
    assert one.nonce != other.nonce
    others = (
        mark(KEY, TEXT, "bo@example.org"),
        mark(KEY, "Annat", "anna@example.org"),
        mark(b"x", TEXT, "anna@example.org"),
    )
    assert one.mark not in others
    without = read_token(letter(text=" "))
    assert without
    assert without.mark == ""


@pytest.mark.parametrize(
    ("mails", "sure"),
    [
        pytest.param([mail(letter())], {FIRST}, id="whoever was sent it answers"),
        pytest.param([mail(letter(), sender="eve@example.org")], set(), id="somebody else has it"),
        pytest.param([mail(letter(key=b"forged"))], set(), id="it is not ours"),
        pytest.param(
            [mail(message_id=letter(), sender="synpunkten@ekvik.example")], {FIRST}, id="among the sent mails"
        ),
        pytest.param([mail(letter()), mail(letter(SECOND))], set(), id="two cases of the same words and person"),
        pytest.param([mail(subject=f"Sv: Hål [{FIRST}]")], set(), id="a subject says nothing of a text"),
    ],
)
def test_a_number_belongs_to_the_mail_that_a_genuine_letter_names(mails: list[bytes], sure: set[str]) -> None:
    found = traces(map(glance, mails), KEY, "EKV", {})
    assert set(found.sure().values()) == sure


@pytest.mark.parametrize(
    ("mails", "raised"),
    [
        pytest.param([], {}, id="nothing"),
        pytest.param([mail(subject=f"Sv: [{SECOND}]")], {2026: 108}, id="a number that is likely"),
        pytest.param([mail(subject="Sv: [EKV-26-99999-Y]")], {}, id="one that anybody could have made up"),
        pytest.param([mail(letter("EKV-26-99999-Y"))], {2026: 100099}, id="but we have signed it"),
        pytest.param([mail(subject="Sv: [HJO-26-00123-A]")], {}, id="another municipality's"),
    ],
)
def test_no_number_that_was_seen_is_given_again(mails: list[bytes], raised: dict[int, int]) -> None:
    assert traces(map(glance, mails), KEY, "EKV", {2026: 5}).raised({2026: 5}) == raised


@pytest.mark.parametrize(
    ("lasts", "mails", "then"),
    [
        pytest.param({2026: 507}, 20, {2026: 507, 2027: 500}, id="passed over when it was put back, but a new year"),
        pytest.param({}, 0, {2026: 500, 2027: 500}, id="the copy is of an empty register"),
        pytest.param({2026: 507}, 900, {2026: 2307, 2027: 1800}, id="an old copy, and many mails since"),
    ],
)
def test_numbers_that_may_have_been_given_are_passed_over(
    lasts: dict[int, int], mails: int, then: dict[int, int]
) -> None:
    assert passed_over(lasts, (2026, 2027), mails) == then
