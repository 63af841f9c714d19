"""The real daemon behind wires that cut, delay, split, truncate, half-close, repeat and answer nonsense.

Nothing is lost and nothing doubled but where the wire died after the final dot, the daemon lives, its log stays short,
and once the wires are whole all gets done by itself.
"""

from __future__ import annotations

import dataclasses
import os
import random
import time

from service.desk.database import Database
from tests.cli.conftest import Installation, events
from tests.servers.dovecot import Dovecot
from tests.servers.rude import Rude
from tests.wire.dying import Life
from tests.wire.proxy import Proxy
from tests.wire.street import Register, Street, account_for

STRIKES = int(os.environ.get("STRIKES", "6"))  # at least so many on each wire
PATIENCE_SECONDS = 120
MOST_LINES_A_SECOND = 60  # of a log at the level of debug; a busy loop has thousands


def test_behind_wires_that_spoil_everything_nothing_is_lost_or_doubled(
    installation: Installation, dovecot: Dovecot
) -> None:
    seed = int(os.environ.get("SEED", str(random.randrange(10_000))))
    url = f"sqlite:///{installation.folder / 'register.db'}"
    with Rude() as sink, Proxy(dovecot.imap_port, seed, 4096) as imap, Proxy(sink.port, seed + 1, 256) as smtp:
        imap_account, smtp_account = dovecot.account(installation.address), sink.account()
        installation.configure(
            dataclasses.replace(imap_account, port=imap.port), dataclasses.replace(smtp_account, port=smtp.port)
        )
        installation.use(url)
        database = Database(url)
        database.upgrade()
        register, street = Register(database), Street(dovecot, sink, installation.address, "example.org")
        with Life(installation.file, impatient=True) as life:
            began, dice = time.monotonic(), random.Random(seed)
            while min(imap.fates.total(), smtp.fates.total()) < STRIKES and time.monotonic() - began < PATIENCE_SECONDS:
                imap.is_spoilt, smtp.is_spoilt = dice.random() < 0.5, dice.random() < 0.8
                if street.written < 2 * STRIKES or street.is_done(register):
                    street.write()
                street.answer()
                register.be_impatient()
                time.sleep(0.25)
            imap.is_spoilt = smtp.is_spoilt = False
            ends = time.monotonic() + PATIENCE_SECONDS
            while not street.is_done(register):
                assert time.monotonic() < ends, life.said()[-3000:]
                register.be_impatient()
                street.answer()
                time.sleep(0.2)
            lasted = time.monotonic() - began
            life.end()
        done = account_for(street, register, life.doubtful())
        database.close()
    told = [line for line in events(life.said()) if line["event"] not in ("mail", "letter")]
    print(
        f"\nseed {seed}: IMAP {dict(imap.fates)}, SMTP {dict(smtp.fates)} in {lasted:.0f} s; {done}; {len(told)} lines"
    )
    assert min(imap.fates.total(), smtp.fates.total()) >= STRIKES
    assert len(told) < MOST_LINES_A_SECOND * lasted
    assert not (failed := [line for line in told if line["event"] == "round-failed"]), failed
