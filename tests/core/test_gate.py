"""The gate for automatic mail: who cannot be written to, what is held back, what waits; limits from both sides."""

from __future__ import annotations

import pytest

from service.core.effects import Letter
from service.core.gate import Counts, budget_domain, budget_key, held, is_unread, must_wait, rank, refusal
from service.core.rules.rulebook import RuleBook
from tests.core.values import ANNA, MAILBOX, a_book

OWN = frozenset({MAILBOX})
BO = "bo.ek@ekvik.example"
OUTSIDE = {
    Letter.ACKNOWLEDGEMENT,
    Letter.RECEIPT,
    Letter.ANSWER,
    Letter.DELAY,
    Letter.HANDOVER,
    Letter.REFERRAL,
    Letter.REFUSAL,
    Letter.CLOSING,
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
        pytest.param("mailer-daemon@example.org", Counts(), "nobody reads", id="a mail system"),
        pytest.param(ANNA, Counts(address_stopped=True), "bounced", id="a dead address"),
        pytest.param(ANNA, Counts(10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000), "", id="no budget refuses"),
    ],
)
def test_only_who_cannot_be_written_to_is_refused(to: str, counts: Counts, reason: str) -> None:
    found = refusal(to, OWN, counts)
    assert reason in (found or "")
    assert (found is None) is (reason == "")


def test_the_mailbox_itself_gets_the_canary_alone() -> None:
    assert refusal(MAILBOX, OWN, Counts(), Letter.CANARY) is None
    assert "for the mailbox itself" in (refusal(ANNA, OWN, Counts(), Letter.CANARY) or "")


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        pytest.param(Counts(to_address=4), "", id="the fifth of the day"),
        pytest.param(Counts(to_address=5), "address has had its 5", id="the sixth of the day"),
        pytest.param(Counts(in_case=9), "", id="the tenth in the case"),
        pytest.param(Counts(in_case=10), "case has had its 10", id="the eleventh in the case"),
        pytest.param(Counts(to_domain=49), "", id="the fiftieth of the domain"),
        pytest.param(Counts(to_domain=50), "domain has had its 50", id="the next of the domain"),
        pytest.param(Counts(this_hour=10_000), "", id="a busy hour only delays"),
    ],
)
def test_a_receipt_is_held_back_when_its_budget_is_used_up(book: RuleBook, counts: Counts, reason: str) -> None:
    found = held(Letter.RECEIPT, counts, book)
    assert reason in (found or "")
    assert (found is None) is (reason == "")


@pytest.mark.parametrize("kind", list(Letter), ids=str)
def test_an_officer_with_many_cases_hears_of_each(book: RuleBook, kind: Letter) -> None:
    """The budgets of address and case are there against loops with strangers, not against work."""
    assert (held(kind, Counts(to_address=5, in_case=10, to_domain=50), book) is None) is (kind not in OUTSIDE)


@pytest.mark.parametrize(("of_cause", "waits"), [(19, False), (20, True)])
def test_what_one_sender_brings_about_without_end_is_gathered(book: RuleBook, of_cause: int, waits: bool) -> None:
    assert bool(held(Letter.ASSIGNMENT, Counts(of_cause=of_cause), book)) is waits


@pytest.mark.parametrize("kind", [Letter.QUESTION, Letter.ECHO], ids=str)
def test_questions_about_no_case_are_counted(book: RuleBook, kind: Letter) -> None:
    """Anybody can write commands in an officer's name without a case: its owner is not flooded with questions."""
    assert held(kind, Counts(to_address=5, about_case=False), book)
    assert held(kind, Counts(to_address=4, in_case=10, about_case=False), book) is None
    assert held(Letter.ASSIGNMENT, Counts(to_address=5, about_case=False), book) is None, "work is not"


@pytest.mark.parametrize(("counted", "waits"), [(0, False), (499, False), (500, True), (501, True)])
def test_the_hours_budget(book: RuleBook, counted: int, waits: bool) -> None:
    """Receipts and duty alerts wait for their own kind alone, the rest for everything."""
    assert must_wait(False, Counts(this_hour=counted), book) is waits
    assert must_wait(True, Counts(this_hour=10_000, first_hour=counted), book) is waits


@pytest.mark.parametrize(("by_sender", "waits"), [(249, False), (250, True)])
@pytest.mark.parametrize("first", [True, False])
def test_no_single_sender_uses_more_than_half_of_the_hour(
    book: RuleBook, by_sender: int, waits: bool, first: bool
) -> None:
    assert must_wait(first, Counts(cause_hour=by_sender), book) is waits


@pytest.mark.parametrize(
    ("kind", "template", "wanted"),
    [
        (Letter.RECEIPT, "", 0),
        (Letter.ALERT, "duty", 0),
        (Letter.ALERT, "bounce", 2),
        (Letter.ANSWER, "", 1),
        (Letter.ASSIGNMENT, "", 2),
    ],
)
def test_who_leaves_first(kind: Letter, template: str, wanted: int) -> None:
    assert rank(kind, template) == wanted


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("Offer+17@Example.ORG", "offer@example.org"),
        ("offer@example.org", "offer@example.org"),
        ("+46700@example.org", "+46700@example.org"),
    ],
)
def test_a_tag_makes_no_new_mailbox(address: str, key: str) -> None:
    assert budget_key(address) == key


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("a@example.org", "example.org"),
        ("a@mail.x.example.org", "example.org"),
        ("a@x.example.co.uk", "example.co.uk"),
        ("a@gmail.com", ""),
        ("a@telia.com", ""),
        (BO, ""),
    ],
)
def test_a_domains_budget_holds_back_no_citizen_for_others(book: RuleBook, address: str, domain: str) -> None:
    """Everybody has a mailbox at the large providers; the municipality's own domain is no stranger's."""
    assert budget_domain(address, book) == domain


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
