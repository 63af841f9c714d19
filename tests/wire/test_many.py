"""Several daemons on one PostgreSQL share a mailbox and its letters, and each of them may die or stand still."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from service.desk.database import Database
from tests.cli.conftest import Installation
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.rude import Rude
from tests.wire.dying import Life, Step
from tests.wire.street import Register, Street, account_for

BLOWS = int(os.environ.get("BLOWS", "4"))
LEASE_SECONDS = 4.0  # of impatient lives
PATIENCE_SECONDS = 120


@dataclass
class Shared:
    """A mailbox that daemons share."""

    installation: Installation
    street: Street
    register: Register

    def life(self, dies_at: Step | None = None) -> Life:
        return Life(self.installation.file, dies_at=dies_at, impatient=True)

    def until_done(self) -> None:
        ends = time.monotonic() + PATIENCE_SECONDS
        while not self.street.is_done(self.register):
            assert time.monotonic() < ends, self.installation.file.with_name("daemon.log").read_text()[-3000:]
            self.register.be_impatient()
            self.street.answer()
            time.sleep(0.2)


@pytest.fixture
def shared(installation: Installation, dovecot: Dovecot, postgres: Postgres) -> Iterator[Shared]:
    url = postgres.new_database()
    database = Database(url)
    database.upgrade()
    with Rude() as sink:
        installation.configure(dovecot.account(installation.address), sink.account())
        installation.use(url)
        yield Shared(installation, Street(dovecot, sink, installation.address, "example.org"), Register(database))
    database.close()


def test_three_that_are_killed_paused_and_cut_off_lose_and_double_nothing(shared: Shared) -> None:
    seed, blows = int(os.environ.get("SEED", str(random.randrange(10_000)))), Counter[str]()
    dice, lives = random.Random(seed), [shared.life() for _ in range(3)]
    doubtful: set[str] = set()
    with ExitStack() as stack:
        for life in lives:
            stack.enter_context(life)
        lives[0].until_started()
        while blows.total() < BLOWS:
            for _ in range(2):
                shared.street.write()
            shared.street.answer()
            shared.register.be_impatient()
            time.sleep(dice.uniform(0.1, 0.8))
            blow, victim = dice.choice(("kill", "pause", "cut")), dice.randrange(3)
            blows[blow] += 1
            if blow == "kill":
                lives[victim].kill()
                doubtful |= lives[victim].doubtful()
                lives[victim] = stack.enter_context(shared.life())
            elif blow == "pause":
                _pause(lives[victim], LEASE_SECONDS + 1)
            else:
                _cut_off_from_the_database(shared.register.database)
        shared.until_done()
        for number, life in enumerate(lives):
            if life.wait(0) and "AdminShutdown" in life.said():  # cut off while it began: a manager starts it anew
                lives[number] = stack.enter_context(shared.life())
            lives[number].until_started()  # the last blow may have been a kill: one that begins hears no word to end
            lives[number].end()
    doubtful = doubtful.union(*(life.doubtful() for life in lives))
    print(f"\nseed {seed}: {dict(blows)}; {account_for(shared.street, shared.register, doubtful)}")


def test_one_that_stood_still_longer_than_a_claim_holds_sends_nothing_that_another_has_sent(shared: Shared) -> None:
    """It stops in the middle of handing a letter over, after the recipient and before the content."""
    shared.street.write()
    with shared.life(Step("smtp rcpt", "after", by=signal.SIGSTOP)) as still:
        _until(lambda: "after smtp rcpt" in still.done())
        with shared.life() as other:
            _until(lambda: len(shared.street.sink.taken) == 2)  # a receipt and an assignment
            os.kill(still.pid, signal.SIGCONT)
            shared.until_done()
            time.sleep(1.0)  # in which it would send
            other.end()
        still.end()
        assert "somebody else has it in hand" in still.said()
    account_for(shared.street, shared.register, still.doubtful())
    assert not still.doubtful() | other.doubtful()


def test_a_slow_server_lets_nobody_else_take_the_letter(shared: Shared) -> None:
    """It answers the final dot later than a claim holds: the claim is renewed meanwhile."""
    shared.street.sink.slow_seconds = LEASE_SECONDS * 1.5
    shared.street.write()
    with shared.life() as one, shared.life() as other:
        _until(lambda: len(shared.street.sink.taken) == 2)
        shared.street.sink.slow_seconds = 0.0
        _until(lambda: not shared.register.waiting())
        one.end()
        other.end()
    assert Counter(letter.message_id for letter in shared.street.sink.taken).most_common(1)[0][1] == 1


def _pause(life: Life, seconds: float) -> None:
    os.kill(life.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(life.pid, signal.SIGCONT)


def _cut_off_from_the_database(database: Database) -> None:
    """Every connection but ours is broken, the ones that hold the runs' places among them."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with database.reading() as s:
        s.execute(text(f"{others} AND pid <> pg_backend_pid()"))


def _until(what: object) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not what():  # type: ignore[operator]
        assert time.monotonic() < ends
        time.sleep(0.05)
