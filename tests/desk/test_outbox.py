"""The outbox: claims, leases, later tries, giving up, and the budget's counts. Over both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from service.core.effects import Letter, SendLetter
from service.desk import handling, register
from service.desk.database import Database
from service.desk.desk import Desk
from service.desk.journal import Journal
from service.desk.post import claims, outbox, outcomes
from service.desk.post.claims import LEASE, Waiting
from service.desk.post.outcomes import GIVE_UP_AFTER
from service.desk.register import StaleCase, Stored
from service.desk.tables import journal, messages, stopped
from service.desk.turn import turn
from tests.conversations.town import ANNA, BO, REGISTRAR, Town
from tests.core.values import NOW, a_book

pytestmark = pytest.mark.databases("sqlite", "postgresql")

TO = "anna.ek@example.org"
MINUTE = timedelta(minutes=1)


def put(
    desk: Desk,
    to: str = TO,
    now: datetime = NOW,
    kind: Letter = Letter.RECEIPT,
    mailbox: str = "ekvik",
    automatic: bool = True,
    nonce: str = "",
) -> bool:
    """Lay one letter about no case in the outbox; whether the gate let it leave."""
    with desk.database.transaction() as s:
        lines = Journal(mailbox, now)
        facts = {"arrived": now}
        letter = SendLetter(kind, to, "test", "receipt-stranger", facts, automatic=automatic, nonce=nonce)
        laid = outbox.put(s, desk.writer, letter, None, (), desk.own, lines)
        lines.write(s)
        assert bool(laid.mail) is not bool(laid.refused)
        return laid.mail is not None and not laid.held


def claim(database: Database, now: datetime = NOW, limit: int = 100, mailbox: str = "ekvik") -> list[int]:
    with database.transaction() as s:
        return [letter.id for letter in claims.claim_due(s, mailbox, now, limit, run=1)]


def defer(desk: Desk, letter: int, now: datetime) -> bool:
    with desk.database.transaction() as s:
        return outcomes.mark_deferred(s, letter, now, "451 later")


def untried(desk: Desk, letter: int, now: datetime, *, in_hand: bool = False) -> None:
    with desk.database.transaction() as s:
        outcomes.mark_untried(s, letter, now, "connection refused", in_hand=in_hand)


def row(desk: Desk) -> dict[str, object]:
    with desk.database.reading() as s:
        return dict(s.execute(select(messages).where(messages.c.recipient == TO)).one()._mapping)


def test_a_letter_is_stored_with_its_final_bytes(desk: Desk) -> None:
    assert put(desk)
    stored = row(desk)
    assert (stored["state"], stored["recipient"], stored["attempts"]) == ("queued", TO, 0)
    assert claim(desk.database) == claim(desk.database, NOW + LEASE + MINUTE) == [stored["id"]]
    assert row(desk)["raw"] == stored["raw"]


def test_two_daemons_never_claim_the_same_letter(desk: Desk, second: Database) -> None:
    for number in range(30):
        assert put(desk, f"anna{number}@example.org")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: claim((desk.database, second)[n % 2], limit=10), range(24)))
    claimed = [letter for letters in found for letter in letters]
    # A daemon that meets another's claim gets fewer; what is left comes at its next look.
    claimed += claim(desk.database)
    assert sorted(claimed) == sorted(set(claimed))
    assert len(claimed) == 30


def test_letters_leave_in_the_order_in_which_they_were_written(desk: Desk) -> None:
    for number in range(5):
        put(desk, f"anna{number}@example.org")
    claimed = claim(desk.database)
    assert claimed == sorted(claimed)


def test_receipts_and_duty_alerts_leave_before_the_rest(desk: Desk) -> None:
    for number in range(3):
        put(desk, f"bo{number}@ekvik.example", kind=Letter.INFORMATION)
    assert put(desk)
    with desk.database.reading() as s:
        receipt = s.scalars(select(messages.c.id).where(messages.c.kind == "receipt")).one()
    assert claim(desk.database, limit=2)[0] == receipt


@pytest.mark.parametrize(
    ("later", "free"), [(timedelta(0), False), (LEASE, False), (LEASE + timedelta(seconds=1), True)], ids=str
)
def test_the_claim_of_a_daemon_that_died_runs_out(desk: Desk, later: timedelta, free: bool) -> None:
    put(desk)
    assert claim(desk.database)
    assert bool(claim(desk.database, NOW + later)) is free


@pytest.mark.parametrize(
    ("kind", "since", "leaves"),
    [
        (Letter.DIGEST, NOW, True),
        (Letter.DIGEST, NOW + MINUTE, False),
        (Letter.RECEIPT, NOW, False),
        (Letter.RECEIPT, None, True),
    ],
)
def test_of_a_mailbox_that_is_only_watched_nothing_leaves_but_that_times_summaries(
    desk: Desk, kind: Letter, since: datetime | None, leaves: bool
) -> None:
    put(desk, kind=kind)
    with desk.database.transaction() as s:
        assert bool(claims.claim_due(s, "ekvik", NOW, 1, run=1, watched_since=since)) is leaves


def test_another_mailboxs_letters_are_its_own(desk: Desk) -> None:
    put(desk)
    assert claim(desk.database, mailbox="hjo") == []


LADDER = [1, 5, 15, 30, 60, 120, 240, 240]


@pytest.mark.parametrize("outage", [0, 1, 500], ids=["no outage before", "a minute's outage", "a day's outage"])
def test_a_letter_is_tried_ever_more_seldom(desk: Desk, outage: int) -> None:
    """Only what the server says of this letter counts: a dead link before that costs it nothing."""
    put(desk)
    now = NOW
    for _ in range(outage):
        (letter,) = claim(desk.database, now)
        untried(desk, letter, now)
        now += MINUTE
    for wait in LADDER:
        (letter,) = claim(desk.database, now)
        assert defer(desk, letter, now)
        assert claim(desk.database, now + wait * MINUTE - timedelta(seconds=1)) == []
        now += wait * MINUTE


def test_an_outage_of_a_week_gives_nothing_up(desk: Desk) -> None:
    """Nor does the first time that the server then wants the letter later."""
    put(desk)
    (letter,) = claim(desk.database)
    untried(desk, letter, NOW + timedelta(days=7), in_hand=True)
    assert row(desk)["state"] == "queued"
    assert defer(desk, letter, NOW + timedelta(days=7))
    assert row(desk)["state"] == "queued"


def test_an_uncertain_letter_is_repeated_once_in_an_hour(desk: Desk) -> None:
    """Then a person decides; it is never claimed again."""
    put(desk)
    letter = waiting(desk, "receipt")
    handling.handle_uncertain(desk, letter, "no answer", NOW)
    assert claim(desk.database, NOW + 59 * MINUTE) == []
    assert claim(desk.database, NOW + 60 * MINUTE) == [letter.id]
    handling.handle_uncertain(desk, letter, "no answer", NOW + 60 * MINUTE)
    assert (row(desk)["state"], row(desk)["doubts"]) == ("uncertain", 2)
    with desk.database.reading() as s:
        told = s.scalars(select(journal.c.text).where(journal.c.kind == "uncertain")).all()
    assert told == ["whether a receipt arrived is uncertain: no answer"] * 2
    assert claim(desk.database, NOW + timedelta(days=400)) == []


def test_what_a_clock_that_went_wrong_put_off_is_due(desk: Desk) -> None:
    """A claim and a try that lie further ahead than any can: the clock was a year ahead when they were written."""
    put(desk)
    ahead = NOW + timedelta(days=365)
    (letter,) = claim(desk.database, ahead)
    assert claim(desk.database, NOW) == [letter]
    assert defer(desk, letter, ahead)
    assert claim(desk.database, NOW) == [letter]


def test_claims_of_a_dead_run_are_free_at_once_and_known_for_what_they_are(desk: Desk) -> None:
    put(desk)
    put(desk, "other@example.org")
    with desk.database.transaction() as s:
        (first,) = claims.claim_due(s, "ekvik", NOW, 1, run=7)
        assert claims.claimants(s, "ekvik") == {7}
        again = {letter.id: letter.again for letter in claims.claim_due(s, "ekvik", NOW, 9, run=8, dead=[7])}
    assert again.pop(first.id) is True
    assert list(again.values()) == [False]


@pytest.mark.parametrize("apart", [timedelta(seconds=1), timedelta(minutes=50)], ids=str)
def test_a_claim_made_by_a_clock_that_is_ahead_holds(desk: Desk, apart: timedelta) -> None:
    """Two machines' clocks differ: what one of them is handing over just now is not taken by the other."""
    put(desk)
    with desk.database.transaction() as s:
        assert claims.claim_due(s, "ekvik", NOW + apart, 9, run=7)
        assert claims.claim_due(s, "ekvik", NOW, 9, run=8) == []


def test_who_stood_still_finds_its_letter_taken_over_and_undoes_nothing(desk: Desk) -> None:
    put(desk)
    put(desk, "other@example.org", mailbox="hjo")
    later = NOW + LEASE + 2 * MINUTE
    with desk.database.transaction() as s:
        (mine,) = claims.claim_due(s, "ekvik", NOW, 9, run=7)
        assert claims.still_holds(s, mine.id, 7) == NOW + LEASE
        claims.renew(s, [mine.id], 7, NOW + MINUTE)
        assert claims.still_holds(s, mine.id, 7) == NOW + MINUTE + LEASE
        (others,) = claims.claim_due(s, "ekvik", later, 9, run=8)
        claims.renew(s, [mine.id], 7, later + MINUTE)
        assert claims.still_holds(s, mine.id, 7) is None
        assert claims.still_holds(s, mine.id, 8) == later + LEASE
    for note in (
        lambda: handling.handle_untried(desk, mine, "told to stop", later, in_hand=False),
        lambda: handling.handle_deferred(desk, mine, "451 later", later),
        lambda: handling.handle_refused(desk, mine, "550 no such user", later),
    ):
        note()
        assert (row(desk)["state"], row(desk)["claimed_until"]) == ("queued", later + LEASE)
    handling.handle_sent(desk, others, later)
    handling.handle_uncertain(desk, mine, "no answer", later)
    assert row(desk)["state"] == "sent"


@pytest.mark.parametrize(
    ("claimed_until", "gives_way"),
    [(None, True), (NOW, True), (NOW + LEASE, False), (NOW + timedelta(days=365), True)],
    ids=["it waits", "its claim has run out", "it is being sent", "a clock that went wrong claimed it"],
)
def test_the_mailboxs_letter_to_itself_gives_way_to_the_next(
    desk: Desk, claimed_until: datetime | None, gives_way: bool
) -> None:
    """There is one at a time; only the one that the mail server is just being handed stays."""
    letter = SendLetter(Letter.CANARY, desk.address, "test", nonce="a1")
    put(desk)
    with desk.database.transaction() as s:
        first = outbox.put_to_itself(s, desk.writer, letter, "ekvik", NOW - MINUTE)
        ours = messages.c.kind == Letter.CANARY
        s.execute(update(messages).where(ours).values(claimed_until=claimed_until))
        second = outbox.put_to_itself(s, desk.writer, replace(letter, nonce="b2"), "ekvik", NOW)
        left = s.scalars(select(messages.c.message_id).where(ours)).one()
    assert (second is not None) is gives_way
    assert left == (second or first)
    assert row(desk)["kind"] == "receipt"


def test_a_letter_that_kills_the_link_is_slowed_down_at_last(desk: Desk) -> None:
    put(desk)
    now = NOW
    with desk.database.transaction() as s:
        s.execute(update(messages).values(link_failures=59))
    for wait in (1, 240):
        (letter,) = claim(desk.database, now)
        untried(desk, letter, now, in_hand=True)
        now += wait * MINUTE
        assert claim(desk.database, now - timedelta(seconds=1)) == []
    assert claim(desk.database, now) == [letter]


@pytest.mark.parametrize(
    ("age", "state"), [(GIVE_UP_AFTER, "queued"), (GIVE_UP_AFTER + timedelta(seconds=1), "refused")], ids=str
)
def test_after_three_days_it_is_given_up(desk: Desk, age: timedelta, state: str) -> None:
    put(desk)
    with desk.database.transaction() as s:
        s.execute(update(messages).values(attempts=9))
    (letter,) = claim(desk.database)
    assert defer(desk, letter, NOW + age) is (state == "queued")
    stored = row(desk)
    assert (stored["state"], stored["claimed_until"], stored["last_error"]) == (state, None, "451 later")


@pytest.mark.parametrize("mark", ["sent", "refused"])
def test_what_is_done_is_never_claimed_again(desk: Desk, mark: str) -> None:
    put(desk)
    (letter,) = claim(desk.database)
    with desk.database.transaction() as s:
        if mark == "sent":
            outcomes.mark_sent(s, letter, NOW)
        else:
            outcomes.mark_refused(s, letter, "550 no such user")
    assert row(desk)["state"] == mark
    assert claim(desk.database, NOW + timedelta(days=400)) == []


def waiting(desk: Desk, kind: str) -> Waiting:
    with desk.database.transaction() as s:
        return next(w for w in claims.claim_due(s, "ekvik", NOW, 9, run=1) if w.kind == kind)


@pytest.mark.parametrize(
    ("state", "claimed_until", "after"),
    [
        ("queued", None, "withdrawn"),
        ("uncertain", NOW - MINUTE, "withdrawn"),
        ("held", None, "withdrawn"),
        ("queued", NOW, "queued"),
        ("sent", None, "sent"),
    ],
)
def test_what_is_taken_back_is_what_has_not_left(
    town: Town, state: str, claimed_until: datetime | None, after: str
) -> None:
    """Of this case alone; what the mail server is just being handed may have left."""
    for number in (1, 2):
        mail = town.mail(ANNA, f"{number} hål.", f"Hål {number}")
        handling.handle_mail(town.desk, handling.Delivered(mail, NOW, ("INBOX", 1, number)), NOW)
    receipts = select(messages).where(messages.c.kind == "receipt").order_by(messages.c.id)
    with town.database.transaction() as s:
        s.execute(update(messages).where(messages.c.kind == "receipt").values(state=state, claimed_until=claimed_until))
        outcomes.withdraw(s, s.execute(receipts).first().case_id, NOW)  # type: ignore[union-attr]
        mine, other = s.execute(receipts).all()
    assert (mine.state, other.state) == (after, state)
    assert (mine.next_try_at is None) is (after == "withdrawn")
    assert mine.claimed_until == claimed_until, "what became of it may be noted still"


def test_what_is_given_up_reaches_the_registrar_in_the_same_turn(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash between the two would leave a lost letter that nobody hears of."""
    handling.handle_mail(town.desk, handling.Delivered(town.mail(ANNA, "Hål."), NOW, ("INBOX", 1, 1)), NOW)
    letter = waiting(town.desk, "receipt")
    with town.database.transaction() as s:
        s.execute(update(messages).where(messages.c.id == letter.id).values(attempts=20))

    def power_cut(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(handling, "on_refused", power_cut)
        with pytest.raises(ConnectionError):
            handling.handle_deferred(town.desk, letter, "451", NOW + timedelta(days=4))
    with town.database.reading() as s:
        assert s.scalar(select(messages.c.state).where(messages.c.id == letter.id)) == "queued"
    handling.handle_deferred(town.desk, letter, "451", NOW + timedelta(days=4))
    town.now = NOW + timedelta(days=4)
    town.delivers()
    assert len(town.letters("alert", REGISTRAR)) == 1


def test_what_the_server_took_is_noted_although_the_case_changes_meanwhile(
    town: Town, second: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another daemon files a mail in the case just then: without the note, the receipt would leave a second time."""
    handling.handle_mail(town.desk, handling.Delivered(town.mail(ANNA, "Hål."), NOW, ("INBOX", 1, 1)), NOW)
    letter = waiting(town.desk, "receipt")
    apply, clashes = register.apply, [StaleCase(str(number)) for number in range(4)]

    def clash(*args: Any) -> Stored | None:
        if clashes:
            raise clashes.pop()
        return apply(*args)

    monkeypatch.setattr(register, "apply", clash)
    handling.handle_sent(town.desk, letter, NOW)
    with town.database.reading() as s:
        assert s.scalar(select(messages.c.state).where(messages.c.id == letter.id)) == "sent"
    assert town.case().receipt_sent_at == NOW


# --- the budget ------------------------------------------------------------------------------------------------------


def test_the_budget_of_an_address_is_per_local_day(desk: Desk) -> None:
    """Five a day; midnight is Swedish midnight."""
    evening = datetime(2026, 9, 7, 21, 59, 0, tzinfo=UTC)
    assert [put(desk, now=evening) for _ in range(6)] == [True] * 5 + [False]
    assert not put(desk, TO.upper(), evening)
    assert put(desk, "other@example.org", evening)
    assert put(desk, now=evening + MINUTE), "a new day in Sweden, not yet in UTC"
    with desk.database.reading() as s:
        held = s.scalars(select(journal.c.text).where(journal.c.kind == "held-back")).all()
    assert len(held) == 2
    assert "5 automatic mails" in held[0]


def test_a_persons_answer_is_not_counted(town: Town) -> None:
    for number in range(8):
        town.writes(ANNA, f"Hål nummer {number} på Storgatan.")
        town.now += timedelta(hours=20)
    for assignment in town.letters("assignment", BO):
        town.writes(BO, "#SVAR\nLagat.", answers=assignment)
    assert len(town.letters("answer", TO)) == 8


def test_an_answer_by_a_person_leaves_whatever_the_budgets_and_a_report_of_loss_say(desk: Desk) -> None:
    """Where it cannot arrive either, its writer hears of it; a brake would let them think that it had."""
    for _ in range(5):
        assert put(desk)
    with desk.database.transaction() as s:
        s.execute(insert(stopped).values(email=TO, since=NOW, because="bounced", lasting=False))
    assert not put(desk)
    assert put(desk, kind=Letter.ANSWER, automatic=False)


def test_work_that_nobody_outside_brings_about_is_never_held_back(desk: Desk) -> None:
    """Many cases are due on the same morning: whoever has them hears of each."""
    assert all(put(desk, BO, kind=Letter.REMINDER) for _ in range(25))


def test_a_stopped_address_of_staff_gets_its_work(desk: Desk) -> None:
    """They may have written as citizens once, and the receipt came back."""
    with desk.database.transaction() as s:
        s.execute(insert(stopped).values(email=BO, since=NOW, because="bounced", lasting=False))
    assert put(desk, BO, kind=Letter.INFORMATION)


@pytest.mark.parametrize(("is_proven", "leave"), [(False, 5), (True, 8)])
def test_what_anybody_can_write_in_an_officers_name_is_echoed_five_times_a_day(
    desk: Desk, is_proven: bool, leave: int
) -> None:
    """About no case; whoever answers a question of ours has proven who they are."""
    echoes = (put(desk, BO, kind=Letter.ECHO, nonce=f"{n:012x}" if is_proven else "") for n in range(8))
    assert sum(echoes) == leave


def test_answers_take_nothing_of_the_budget_of_receipts(desk: Desk) -> None:
    for _ in range(6):
        assert put(desk, kind=Letter.ANSWER, automatic=False)
    assert put(desk)


@pytest.mark.parametrize(("domain", "leaves"), [("firma.example", False), ("gmail.com", True)])
def test_the_budget_of_a_domain_is_that_of_ten_addresses_but_for_everybodys(
    desk: Desk, domain: str, leaves: bool
) -> None:
    desk = replace(desk, book=a_book(desk.book, automatic_mail={"per_address_and_day": 1}))
    assert all(put(desk, f"anna{number}@{domain}") for number in range(10))
    assert put(desk, f"eva@{domain}") is leaves


def test_nobody_is_written_to_where_nobody_reads(desk: Desk) -> None:
    assert not put(desk, "no-reply@example.org")
    with desk.database.reading() as s:
        assert s.scalars(select(messages.c.id)).all() == []
        (told,) = s.execute(select(journal.c.kind, journal.c.text))
    assert told.kind == "not-written"
    assert "receipt not written: nobody reads" in told.text


def test_a_full_hour_delays(desk: Desk) -> None:
    desk = replace(desk, book=a_book(desk.book, automatic_mail={"per_hour": 2}))
    for number in range(3):
        assert put(desk, f"anna{number}@example.org")
    first = claim(desk.database)
    assert len(first) == 2
    assert claim(desk.database, NOW + timedelta(minutes=9, seconds=59)) == []
    assert len(set(claim(desk.database, NOW + timedelta(hours=1))) - set(first)) == 1


def test_a_full_hour_delays_no_receipt_behind_work(desk: Desk) -> None:
    desk = replace(desk, book=a_book(desk.book, automatic_mail={"per_hour": 2}))
    for number in range(3):
        assert put(desk, f"bo{number}@ekvik.example", kind=Letter.INFORMATION)
    assert put(desk)
    assert len(claim(desk.database)) == 3


def test_a_full_hour_of_another_mailbox_delays_nobody(desk: Desk) -> None:
    """Contract `automatic_mail` is each municipality's own."""
    desk = replace(desk, book=a_book(desk.book, automatic_mail={"per_hour": 2}))
    for number in range(3):
        assert put(desk, f"anna{number}@example.org", mailbox="hjo")
    assert put(desk)
    assert len(claim(desk.database)) == 1


def test_the_budget_of_a_case(town: Town) -> None:
    """Ten a day to people outside in one case, the receipt among them; the day after it goes on."""
    town.writes(ANNA, "Det är ett stort hål i asfalten på Storgatan.")
    stored = Stored(town.case())

    def tell(number: int) -> bool:
        with turn(town.desk, town.now) as work:
            found = work.case(stored.case.number)
            letter = SendLetter(Letter.CLOSING, f"a{number}@example.org", "test", "closing")
            laid = outbox.put(work.s, town.desk.writer, letter, found, (), town.desk.own, work.lines)
            return not laid.held

    assert [tell(number) for number in range(10)] == [True] * 9 + [False]
    town.now += timedelta(days=1)
    assert tell(1)
