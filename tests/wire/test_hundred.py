"""Many municipalities in one process: one's trouble is no other's, and what the process holds stays as it was.

The suite takes five; `MAILBOXES=100 ROUNDS=8 pytest -s -o faulthandler_timeout=0 tests/wire/test_hundred.py` measures a
hundred.
"""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path

import pytest

from service.desk.database import Database
from tests.cli.conftest import Installation
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.rude import Rude
from tests.wire.dying import Life
from tests.wire.street import Register

MAILBOXES = int(os.environ.get("MAILBOXES", "5"))
POLL_SECONDS = max(1, MAILBOXES // 10)  # a hundred each second are too many for two cores, and nobody has that
ROUNDS = int(os.environ.get("ROUNDS", "2"))  # of a mail to each
THREADS_EACH = 7  # it polls, watches, sends, looks at the clock, reads ahead, and connects to two servers for a moment
SECONDS_TO_START = 60 + MAILBOXES * 3.0  # the rules of each are read and tried
SECONDS_FOR_A_ROUND = 30 + MAILBOXES * 2.0
MOST_GROWTH_MB = 6 + MAILBOXES * 0.25


@pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)
def test_ones_trouble_is_no_others_and_many_hold_no_more_in_the_end(
    register_url: str, installation: Installation, dovecot: Dovecot
) -> None:
    """The first mailbox's IMAP server never answers, and its mail server refuses everybody."""
    addresses = [f"kommun{number}.{installation.address}" for number in range(MAILBOXES)]
    with (
        Rude() as sink,
        Rude(answers={"MAIL": "450 4.3.2 not now"}) as unwilling,
        socket.create_server(("127.0.0.1", 0)) as silent,
    ):
        first = {"imap": silent.getsockname()[1], "smtp": unwilling.port}
        others = {"imap": dovecot.imap_port, "smtp": sink.port}
        mailboxes = [_mailbox(n, address, others if n else first) for n, address in enumerate(addresses)]
        installation.file.write_text(
            f"database: {register_url}\npoll: {POLL_SECONDS} s\nmailboxes:\n"
            + "".join(f"  - {json.dumps(mailbox)}\n" for mailbox in mailboxes)
        )
        database = Database(register_url)
        database.upgrade()
        register = Register(database)
        with Life(installation.file) as life:
            life.until_started(SECONDS_TO_START)
            held = []
            for number in range(ROUNDS):
                for address in addresses[1:]:
                    dovecot.put(address, _mail(address, number))
                _until_everybody_has_a_receipt(sink, (number + 1) * (MAILBOXES - 1), life)
                held.append(_held(life.pid))
            assert register.count_in() == ROUNDS * (MAILBOXES - 1)
        database.close()
    warm = held[len(held) // 2]  # each mailbox has caches of its own, which its first mails fill
    for memory, descriptors, threads in (held[0], warm, held[-1]):
        print(f"\n{MAILBOXES} mailboxes: {memory:.0f} MB, {descriptors} descriptors, {threads} threads", end="")
    assert held[-1][0] - warm[0] < MOST_GROWTH_MB
    assert held[-1][1] <= held[0][1] + 20
    assert held[-1][2] <= MAILBOXES * THREADS_EACH + 10


def _mailbox(number: int, address: str, ports: dict[str, int]) -> dict[str, object]:
    account = {"host": "127.0.0.1", "security": "none"}
    login = {"username": address, "password": PASSWORD}
    return {
        "name": f"kommun{number}",
        "address": address,
        "imap": account | login | {"port": ports["imap"]},
        "smtp": account | {"port": ports["smtp"]},
        "rules": "rules/ekvik",
    }


def _mail(address: str, number: int) -> bytes:
    return (
        f"Received: from a by mx.ekvik.example; {time.strftime('%a, %d %b %Y %H:%M:%S +0000', time.gmtime())}\r\n"
        f"From: <anna{number}.{address.partition('@')[0]}@example.org>\r\nTo: {address}\r\nSubject: Hål i vägen\r\n"
        f"Date: {time.strftime('%a, %d %b %Y %H:%M:%S +0000', time.gmtime())}\r\n"
        f"Message-ID: <{number}.{address}>\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\nDet är ett hål i asfalten på Lillgränd {number}.\r\n"
    ).encode()


def _until_everybody_has_a_receipt(sink: Rude, number: int, life: Life) -> None:
    ends = time.monotonic() + SECONDS_FOR_A_ROUND
    while len(sink.of("receipt")) < number:
        assert time.monotonic() < ends, f"{len(sink.of('receipt'))} of {number}: {life.said()[-2000:]}"
        time.sleep(0.2)


def _held(pid: int) -> tuple[float, int, int]:
    """MB in memory, descriptors and threads of a process."""
    place = Path(f"/proc/{pid}")
    pages = int((place / "statm").read_text().split()[1])
    return (
        pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        len(list((place / "fd").iterdir())),
        len(list((place / "task").iterdir())),
    )
