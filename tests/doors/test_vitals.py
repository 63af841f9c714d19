"""How the service fares, as those see it who watch: successes, failures without a break, and silence."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from service.doors.answers import without_addresses
from service.doors.link import InboxError
from service.doors.vitals import Sort, Vitals, Work

MONDAY = datetime(2026, 5, 4, 7, 12, tzinfo=UTC)


@dataclass
class Clocks:
    """Both clocks of a test."""

    now: datetime = MONDAY
    tick: float = 1000.0
    vitals: Vitals = field(init=False)

    def __post_init__(self) -> None:
        self.vitals = Vitals(lambda: self.now, lambda: self.tick)

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.tick += seconds

    def poll(self, error: Exception | None = None, seconds: float = 0.0) -> None:
        with suppress(*([type(error)] if error else [])), self.vitals.attempt("ekvik", Work.POLL):
            self.passes(seconds)
            if error:
                raise error

    @property
    def polling(self):  # type: ignore[no-untyped-def]
        return self.vitals.health("ekvik").courses[Work.POLL]


GONE = InboxError("imap.ekvik.example:993: gone", temporary=True)


def test_a_failure_lasts_from_the_first_one_to_the_next_success() -> None:
    clocks = Clocks()
    clocks.poll()
    clocks.passes(30)
    clocks.poll(GONE)
    clocks.passes(600)
    clocks.poll(InboxError("no", temporary=False, sort=Sort.LOGIN))
    polling = clocks.polling
    assert (polling.failing_since, polling.sort, polling.failures) == (MONDAY + timedelta(seconds=30), Sort.LOGIN, 2)
    assert polling.failing_for(clocks.tick) == 600
    assert polling.ok_at == MONDAY
    clocks.poll()
    assert (clocks.polling.failing_since, clocks.polling.sort, clocks.polling.failures) == (None, None, 0)


def test_a_clock_that_is_put_right_makes_no_trouble() -> None:
    clocks = Clocks()
    clocks.poll(GONE)
    clocks.now += timedelta(hours=5)
    assert clocks.polling.failing_for(clocks.tick) == 0
    assert clocks.polling.silent_for(clocks.tick) == 0


def test_work_that_hangs_is_silent() -> None:
    clocks = Clocks()
    with clocks.vitals.attempt("ekvik", Work.POLL):
        clocks.passes(1200)
        assert clocks.polling.silent_for(clocks.tick) == 1200
        clocks.vitals.mail("ekvik", "new")
        assert clocks.polling.silent_for(clocks.tick) == 0


def test_a_delivery_with_nothing_to_deliver_heals_nothing() -> None:
    """The letters that could not leave wait for a minute: a look in between finds none that is due."""
    clocks = Clocks()
    with pytest.raises(InboxError), clocks.vitals.attempt("ekvik", Work.DELIVERY):
        raise GONE
    with clocks.vitals.attempt("ekvik", Work.DELIVERY) as attempt:
        attempt.shows_nothing = True
    assert clocks.vitals.health("ekvik").courses[Work.DELIVERY].failing_since == MONDAY
    with clocks.vitals.attempt("ekvik", Work.DELIVERY):
        pass
    assert clocks.vitals.health("ekvik").courses[Work.DELIVERY].failing_since is None


@pytest.mark.parametrize(
    ("error", "sort"),
    [
        (GONE, Sort.UNREACHED),
        (InboxError("x", temporary=False, sort=Sort.TOKEN), Sort.TOKEN),
        (OperationalError("SELECT", {}, Exception("locked")), Sort.DATABASE),
        (KeyError("x"), Sort.PROGRAM),
    ],
)
def test_a_failure_is_told_by_its_sort(error: Exception, sort: Sort) -> None:
    clocks = Clocks()
    clocks.poll(error)
    assert clocks.polling.sort is sort


def test_polls_are_counted_by_their_length() -> None:
    clocks = Clocks()
    for seconds in (0.05, 0.2, 4, 1000):
        clocks.poll(seconds=seconds)
    health = clocks.vitals.health("ekvik")
    assert health.polls == (1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1)
    assert health.poll_seconds == pytest.approx(1004.25)


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ("5.1.1 <anna.ek@example.org>: User unknown", "5.1.1 <…>: User unknown"),
        ("mailbox of Anna.Ek is full", "mailbox of … is full"),
        ("from synpunkten@ekvik.example to=anna.ek@example.org", "from … to=…"),
        ("no /o=Ex/ou=Org/cn=Recipients/cn=anna there", "no … there"),
        ("first\nsecond\tthird", "first second third"),
    ],
)  # fmt: skip
def test_what_a_server_answers_is_logged_without_addresses(answer: str, line: str) -> None:
    assert without_addresses(answer, "anna.ek@example.org", "synpunkten@ekvik.example") == line
