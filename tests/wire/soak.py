"""An hour of mixed load on the real program between real servers: memory, descriptors and threads must stay flat.

    python -m tests.wire.soak --minutes 60

Citizens write as in the simulated year, officers answer, reports are made, the configuration is read again, and in the
middle a copy of the register is taken. At the end nothing may be left over: no mail in the inbox folder, no letter that
waits, no file, no process.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from statistics import median

from service.desk.database import Database
from service.desk.tables import cases, messages
from tests.cli.conftest import PROGRAM, Installation
from tests.conversations.town import rules_of
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.simulation.mails import written
from tests.wire.street import Register, generous

WARM_UP_SHARE = 0.3  # of the time: caches fill, the compiled statements are kept, the allocator finds its size
MOST_GROWTH = 0.08  # of memory, from after the warm-up to the end
PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Measure:
    """What the daemon and its reader hold at one moment. Sizes in MB."""

    at: float
    daemon: float
    reader: float
    descriptors: int
    threads: int
    register: float
    log: float
    zombies: int

    def __str__(self) -> str:
        return (
            f"{self.at / 60:5.1f} min  daemon {self.daemon:6.1f} MB  reader {self.reader:6.1f} MB  "
            f"{self.descriptors:4d} descriptors  {self.threads:4d} threads  "
            f"register {self.register:6.1f} MB + WAL {self.log:5.1f} MB  {self.zombies} zombies"
        )


@dataclass
class Soak:
    """The daemon at work, and the people who keep it there."""

    installation: Installation
    dovecot: Dovecot
    register: Register
    daemon: subprocess.Popen[bytes]
    dice: random.Random
    began: float = field(default_factory=time.monotonic)
    measures: list[Measure] = field(default_factory=list)
    put_in: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._book = rules_of("ekvik")

    def lasts(self) -> float:
        return time.monotonic() - self.began

    def citizen_writes(self) -> None:
        writing = written(self.dice, self._book)
        self._put(writing.sender, writing.subject, writing.text, dict(writing.headers))

    def officers_answer(self) -> None:
        """Most assignments that have left since the last time are answered; the rest waits as in life."""
        columns = (messages.c.message_id, messages.c.recipient, cases.c.number)
        with self.register.database.reading() as s:
            sent = (messages.c.kind == "assignment") & (messages.c.state == "sent")
            found = s.execute(messages.join(cases, messages.c.case_id == cases.c.id).select().where(sent)
                              .with_only_columns(*columns)).all()  # fmt: skip
        for message_id, officer, number in found:
            if message_id not in self.answered:
                self.answered.add(message_id)
                if self.dice.random() < 0.8:
                    text = "#SVAR\nHej, det är ordnat nu.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA"
                    self._put(officer, f"Sv: [{number}]", text, {"In-Reply-To": message_id, "References": message_id})

    def _put(self, sender: str, subject: str, text: str, headers: dict[str, str]) -> None:
        mail, now = EmailMessage(), datetime.now(UTC)
        domain = sender.rpartition("@")[2].strip("<> ") or "example.org"
        mail["Authentication-Results"] = f"mx.ekvik.example; dmarc=pass header.from={domain}"
        mail["From"], mail["To"], mail["Subject"] = sender, self.installation.address, subject
        mail["Date"], mail["Message-ID"] = now, f"<{len(self.put_in)}.{self.dice.getrandbits(40)}@{domain}>"
        for name, value in headers.items():
            if name not in mail:
                mail[name] = value
        mail.set_content(text, cte="8bit")
        raw = mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        self.put_in.append(hashlib.sha256(raw).hexdigest())
        self.dovecot.put(self.installation.address, raw)

    def operator(self, what: str, *command: str) -> None:
        """A command beside the daemon at work."""
        result = self.installation.run(*command)
        assert result.returncode == 0, (command, result.stderr)
        self.done.append(what)

    def hang_up(self) -> None:
        path = self.installation.rules / "municipality.yaml"
        path.write_text(path.read_text() + "\n# read again\n")
        self.daemon.send_signal(signal.SIGHUP)
        self.done.append("SIGHUP")

    def measure(self) -> None:
        assert self.daemon.poll() is None, "the daemon has ended"
        children = _children(self.daemon.pid)
        readers = [pid for pid in children if not _is_zombie(pid)]
        file = self.register.database.file
        sizes = [_mb(path) for path in (file, file.with_name(f"{file.name}-wal"))] if file else [0.0, 0.0]
        pid = self.daemon.pid
        self.measures.append(
            Measure(
                self.lasts(),
                _rss(pid),
                sum(map(_rss, readers)),
                len(list(Path(f"/proc/{pid}/fd").iterdir())),
                len(list(Path(f"/proc/{pid}/task").iterdir())),
                *sizes,
                len(children) - len(readers),
            )
        )
        print(self.measures[-1], f" {len(self.put_in)} mails in", flush=True)

    def finish(self) -> None:
        """Wait until all is done, and end the daemon in good order."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends and not self._is_at_rest():
            time.sleep(0.5)
        self.measure()
        self.daemon.terminate()
        assert self.daemon.wait(60) == 0

    def _is_at_rest(self) -> bool:
        return self.register.count_in() >= len(self.put_in) and not self._left_in_inbox() and not self._due()

    def _left_in_inbox(self) -> int:
        return len(self.dovecot.mailbox(self.installation.address))

    def _due(self) -> int:
        """Letters that could leave now; others wait for their hour."""
        with self.register.database.reading() as s:
            waiting = messages.select().where(messages.c.state == "queued").with_only_columns(messages.c.next_try_at)
            return sum(at <= datetime.now(UTC) for at in s.scalars(waiting))

    def faults(self, readers: list[int], temporary: Path) -> list[str]:
        """What is wrong at the end; empty where nothing is."""
        found = []
        taken = [row[0] for row in self.register.rows(messages.c.sha256, direction="in")]
        if sorted(taken) != sorted(self.put_in):
            found.append(f"{len(self.put_in)} mails were put in, {len(taken)} are in the register")
        for what, number in (
            ("mails in the inbox folder", self._left_in_inbox()),
            ("letters that are due", self._due()),
            ("reader processes", sum(Path(f"/proc/{pid}").exists() for pid in readers)),
            ("temporary files", len(list(temporary.iterdir()))),
            ("zombies", max(each.zombies for each in self.measures)),
        ):
            if number:
                found.append(f"left over: {number} {what}")
        return found + self._growth()

    def _growth(self) -> list[str]:
        warm = [each for each in self.measures if each.at > WARM_UP_SHARE * self.lasts()]
        if len(warm) < 6:
            return []
        third = len(warm) // 3
        found = []
        for name in ("daemon", "reader", "descriptors", "threads"):
            values = [float(getattr(each, name)) for each in warm]
            before, after = median(values[:third]), median(values[-third:])
            if after > before * (1 + MOST_GROWTH) + 2:
                found.append(f"{name} grew from {before:.1f} to {after:.1f}")
        return found


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] + [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        if task.name != str(pid)
        for child in (task / "children").read_text().split()
    ]


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def _rss(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _mb(path: Path) -> float:
    return path.stat().st_size / 1e6 if path.exists() else 0.0


@contextmanager
def at_work(folder: Path, dovecot: Dovecot, postfix: Postfix, seed: int) -> Iterator[Soak]:
    """The program between real servers, its temporary files in a folder of its own."""
    (folder / "tmp").mkdir()
    installation = Installation.made(folder)
    generous(installation.rules)
    installation.configure(dovecot.account(installation.address), postfix.account())
    installation.file.write_text(installation.file.read_text().replace("level: debug", "level: info"))
    database = Database(f"sqlite:///{folder / 'var' / 'synpunkten.db'}")
    database.upgrade()
    with (folder / "daemon.log").open("wb") as log:
        daemon = subprocess.Popen(
            [PROGRAM, "run", "--config", str(installation.file)],
            cwd=folder,
            env=os.environ | {"TMPDIR": str(folder / "tmp"), "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"},  # as its unit
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        _until_started(folder / "daemon.log", daemon)
        yield Soak(installation, dovecot, Register(database), daemon, random.Random(seed))
    finally:
        daemon.kill()
        daemon.wait()
        database.close()


def _until_started(log: Path, daemon: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while b'"started"' not in log.read_bytes():
        assert daemon.poll() is None, log.read_text()
        assert time.monotonic() < ends, log.read_text()
        time.sleep(0.1)


def soak(folder: Path, dovecot: Dovecot, postfix: Postfix, seconds: float, seed: int, pause: float = 1.0) -> list[str]:
    """Let it work for so long; what is wrong in the end."""
    with at_work(folder, dovecot, postfix, seed) as it:
        next_measure, next_deed, has_copy, deeds = 0.0, seconds / 8, False, 0
        while it.lasts() < seconds:
            it.citizen_writes()
            it.officers_answer()
            if it.lasts() >= next_measure:
                it.measure()
                next_measure += max(seconds / 30, 1.0)
            if it.lasts() >= next_deed:
                deeds, next_deed = deeds + 1, next_deed + max(seconds / 30, 2.0)
                today = f"{datetime.now(UTC):%Y-%m-%d}"
                if deeds % 2:
                    it.hang_up()
                else:
                    it.operator(
                        "report", "report", "--from", "2026-01-01", "--to", today, "--format", "csv", "--out", "-"
                    )
            if not has_copy and it.lasts() > seconds / 2:
                it.operator("backup", "backup", str(folder / "copy.tar.gz"))
                has_copy = True
            time.sleep(pause)
        readers = _children(it.daemon.pid)
        it.finish()
        found = it.faults(readers, folder / "tmp")
        letters = len(it.register.rows(messages.c.id, direction="out", state="sent"))
        first, last = it.measures[0], it.measures[-1]
        print(f"{len(it.put_in)} mails ({len(it.answered)} assignments), {letters} letters; {', '.join(it.done)}")
        print(f"memory {first.daemon:.1f} MB at the start, {last.daemon:.1f} MB at the end; seed {seed}")
    return found


def main() -> None:
    """For so many minutes; the status is 1 when something is wrong."""
    options = argparse.ArgumentParser()
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--seed", type=int, default=random.randrange(10_000))
    chosen = options.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        Dovecot() as dovecot,
        Postfix(dovecot.lmtp_port) as postfix,
    ):
        found = soak(Path(folder), dovecot, postfix, chosen.minutes * 60, chosen.seed)
    print(*found, sep="\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
