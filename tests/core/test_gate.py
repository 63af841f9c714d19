"""The gate for automatic mail: each refusal and each pass, the limits from both sides."""

from __future__ import annotations

import pytest

from service.core.effects import Letter
from service.core.gate import Counts, is_unread, must_wait, refusal
from service.core.rules.rulebook import RuleBook
from tests.core.values import ANNA, MAILBOX, a_book

OWN = frozenset({MAILBOX})
WORK = {
    Letter.ASSIGNMENT,
    Letter.REMINDER,
    Letter.ESCALATION,
    Letter.ALERT,
    Letter.REPORT,
    Letter.INFORMATION,
    Letter.QUESTION,
    Letter.ECHO,
}


@pytest.fixture(scope="module")
def book(ekvik: RuleBook) -> RuleBook:
    return a_book(ekvik, automatic_mail={"per_address_and_day": 5, "per_case_and_day": 10, "per_hour": 500})


@pytest.mark.parametrize(
    ("to", "counts", "reason"),
    [
        pytest.param(ANNA, Counts(), "", id="a person"),
        pytest.param("", Counts(), "no address", id="nobody"),
        pytest.param("Anna Ek", Counts(), "no address", id="a name"),
        pytest.param(f" {MAILBOX.upper()} ", Counts(), "own mailbox", id="ourselves, in other letters"),
        pytest.param("noreply@example.org", Counts(), "nobody reads", id="no-reply"),
        pytest.param(ANNA, Counts(address_stopped=True), "bounced", id="a dead address"),
        pytest.param(ANNA, Counts(to_address=4), "", id="the fifth of the day"),
        pytest.param(ANNA, Counts(to_address=5), "5 automatic mails", id="the sixth of the day"),
        pytest.param(ANNA, Counts(in_case=9), "", id="the tenth in the case"),
        pytest.param(ANNA, Counts(in_case=10), "case has had its 10", id="the eleventh in the case"),
        pytest.param(ANNA, Counts(this_hour=10_000), "", id="a busy hour only delays"),
    ],
)
def test_a_receipt_passes_or_is_refused(book: RuleBook, to: str, counts: Counts, reason: str) -> None:
    found = refusal(Letter.RECEIPT, to, OWN, counts, book)
    assert reason in (found or "")
    assert (found is None) is (reason == "")


@pytest.mark.parametrize("kind", list(Letter), ids=str)
def test_an_officer_with_many_cases_hears_of_each(book: RuleBook, kind: Letter) -> None:
    """The budget of an address is there against loops with strangers, not against work."""
    held = refusal(kind, "bo.ek@ekvik.example", OWN, Counts(to_address=5), book)
    assert (held is None) is (kind in WORK)


@pytest.mark.parametrize("kind", [Letter.QUESTION, Letter.ECHO], ids=str)
def test_questions_about_no_case_are_counted(book: RuleBook, kind: Letter) -> None:
    """Anybody can write commands in an officer's name without a case: its owner is not flooded with questions."""
    assert refusal(kind, "bo.ek@ekvik.example", OWN, Counts(to_address=5, about_case=False), book)


@pytest.mark.parametrize("kind", list(Letter), ids=str)
def test_no_kind_escapes_the_rest(book: RuleBook, kind: Letter) -> None:
    for to, counts in (
        ("", Counts()),
        (MAILBOX, Counts()),
        ("mailer-daemon@example.org", Counts()),
        (ANNA, Counts(address_stopped=True)),
        (ANNA, Counts(in_case=10)),
    ):
        assert refusal(kind, to, OWN, counts, book)


@pytest.mark.parametrize(("this_hour", "waits"), [(0, False), (499, False), (500, True), (501, True)])
def test_the_hours_budget(book: RuleBook, this_hour: int, waits: bool) -> None:
    assert must_wait(Counts(this_hour=this_hour), book) is waits


@pytest.mark.parametrize(
    "address",
    [
        "noreply@ekvik.example",
        "no-reply@ekvik.example",
        "No.Reply@ekvik.example",
        "donotreply@ekvik.example",
        "do-not-reply@ekvik.example",
        "noreply+12345@ekvik.example",
        "noreply-form@ekvik.example",
        "svara-ej@ekvik.example",
        "svara_inte@ekvik.example",
        "inte.svara@ekvik.example",
        "MAILER-DAEMON@mx.ekvik.example",
        "postmaster@ekvik.example",
        "bounce@news.example.org",
        "bounces+anna=example.org@news.example.org",
        "autosvar@example.org",
        "auto-reply@example.org",
        "nobody@example.org",
    ],
)
def test_an_address_that_nobody_reads(address: str) -> None:
    assert is_unread(address)


@pytest.mark.parametrize(
    "address",
    [
        "anna@noreply.example.org",
        "anna.noreply@example.org",
        "norelysson@example.org",
        "noreplya@example.org",
        "damon@example.org",
        "dagmar.daemon@example.org",
        "bouncer@example.org",
        "autohandel@example.org",
        "nobodys.business@example.org",
        "",
    ],
)
def test_an_address_that_somebody_may_read(address: str) -> None:
    assert not is_unread(address)
