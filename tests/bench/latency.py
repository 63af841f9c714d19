"""From a mail's arrival to its receipt at the mail server: the daemon itself, over Dovecot, woken by IDLE alone."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller

from service.doors.account import Security, Server
from tests.bench import mails
from tests.cli.conftest import PROGRAM, Installation
from tests.servers.dovecot import Dovecot
from tests.servers.own import free_port
from tests.wire.street import generous

_PATIENCE_SECONDS = 600
_WARM_UP = 5
_START_SECONDS = 4


@dataclass
class Clock:
    """A mail server that only notes when each letter has come, by its recipient (monotonic seconds)."""

    came: dict[str, float] = field(default_factory=dict)
    news: threading.Condition = field(default_factory=threading.Condition)

    def __enter__(self) -> Self:
        self._controller = Controller(self, "127.0.0.1", free_port())
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def account(self) -> Server:
        return Server("127.0.0.1", int(self._controller.port), Security.NONE)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        with self.news:
            for recipient in envelope.rcpt_tos:
                self.came.setdefault(recipient, time.monotonic())
            self.news.notify_all()
        return "250 ok"

    def wait(self, recipients: list[str]) -> float:
        """When the last of these had a letter; TimeoutError after ten minutes."""
        with self.news:
            if not self.news.wait_for(lambda: all(each in self.came for each in recipients), _PATIENCE_SECONDS):
                raise TimeoutError(f"{sum(each not in self.came for each in recipients)} receipts have not come")
            return max(self.came[each] for each in recipients)


def one_by_one(dovecot: Dovecot, folder: Path, count: int) -> tuple[float, float]:
    """Median and 99th percentile in seconds, over so many mails that come one after the other."""
    taken = []
    with Clock() as clock, _daemon(dovecot, clock, folder / "latency") as address:
        for number in range(count + _WARM_UP):
            sender = mails.address_of(number)
            began = time.monotonic()
            dovecot.deliver(mails.one(number), address, sender)
            taken.append(clock.wait([sender]) - began)
            time.sleep(random.uniform(0.05, 0.3))  # not always at the same moment of the daemon's rounds
    taken = sorted(taken[_WARM_UP:])
    return statistics.median(taken), taken[min(len(taken) - 1, int(0.99 * len(taken)))]


def after_a_gap(dovecot: Dovecot, folder: Path, count: int) -> tuple[float, float]:
    """So many mails wait: seconds from the daemon's start to the first receipt, and from there to the last."""
    waiting = [mails.one(number) for number in range(count)]
    senders = [mails.address_of(number) for number in range(count)]
    began = time.monotonic()
    with Clock() as clock, _daemon(dovecot, clock, folder / "gap", waiting):
        last = clock.wait(senders)
        first = min(clock.came[each] for each in senders)
    return first - began, last - first


@contextmanager
def _daemon(dovecot: Dovecot, clock: Clock, folder: Path, waiting: list[bytes] | None = None) -> Iterator[str]:
    folder.mkdir()
    installation = Installation.made(folder)
    installation.configure(dovecot.account(installation.address), clock.account())
    text = installation.file.read_text().replace("poll: 1 s", "poll: 60 min").replace("level: debug", "level: warning")
    installation.file.write_text(text)
    generous(installation.rules)
    dovecot.put(installation.address, *(waiting or []))
    with (folder / "daemon.log").open("wb") as log:
        process = subprocess.Popen([PROGRAM, "run"], cwd=folder, stderr=log, env=os.environ | {"TZ": "UTC"})
        try:
            time.sleep(_START_SECONDS)
            if process.poll() is not None:
                raise RuntimeError((folder / "daemon.log").read_text())
            yield installation.address
        finally:
            process.terminate()
            process.wait(20)
