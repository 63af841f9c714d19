"""The daemon killed again and again, at any moment, under a stream of mails and officers' answers: nothing is lost.

Afterwards each mail is one document, each citizen has one case, one receipt and one answer. A letter may have left
twice only where a run died between the server's yes and our note of it, and then the journal names it.

`make kills` kills a hundred times under four hundred mails; the suite does the same in small.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest
from ruamel.yaml import YAML
from sqlalchemy import func, select

from service.desk.database import Database
from service.desk.tables import cases, journal, messages, quarantine
from tests.cli.conftest import PROGRAM, Installation
from tests.servers.dovecot import Dovecot
from tests.servers.rude import Rude, Taken

MAILS = int(os.environ.get("MAILS", "12"))
KILLS = int(os.environ.get("KILLS", "4"))
LONGEST_LIFE_SECONDS = 2.0
PATIENCE_SECONDS = 240
BO = "bo.ek@ekvik.example"


@dataclass
class Street:
    """People who write: citizens a stream of mails, and Bo an answer to each assignment."""

    dovecot: Dovecot
    sink: Rude
    address: str
    domain: str
    answered: set[str] = field(default_factory=set)
    written: int = 0

    def citizen(self, number: int) -> str:
        return f"anna{number}@{self.domain}"

    def write(self) -> None:
        number = self.written
        self.put(self.citizen(number), f"Det är ett stort hål i asfalten på Lillgränd {number}.", f"{number}.new")
        self.written += 1

    def answer(self) -> None:
        """Bo answers what has reached him since the last time, each once."""
        for letter in list(self.sink.taken):
            if letter.kind == "assignment" and letter.message_id not in self.answered:
                self.answered.add(letter.message_id)
                text = "#SVAR\nHålet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA"
                self.put(BO, text, f"{len(self.answered)}.reply", letter)

    def put(self, sender: str, text: str, message_id: str, answers: Taken | None = None) -> None:
        now, domain = datetime.now(UTC), sender.rpartition("@")[2]
        thread = f"In-Reply-To: {answers.message_id}\r\nReferences: {answers.message_id}\r\n" if answers else ""
        subject = f"Sv: [{answers.mail['X-Synpunkten-Case']}]" if answers else "Hål i vägen"
        raw = (
            f"Authentication-Results: mx.ekvik.example; dmarc=pass header.from={domain}\r\n"
            f"Received: from a by mx.ekvik.example; {now:%a, %d %b %Y %H:%M:%S +0000}\r\n"
            f"From: <{sender}>\r\nTo: {self.address}\r\nSubject: {subject}\r\n{thread}"
            f"Date: {now:%a, %d %b %Y %H:%M:%S +0000}\r\nMessage-ID: <{message_id}@{domain}>\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
        )
        self.dovecot.put(self.address, raw.encode())


@dataclass
class Register:
    """What the register says, over either database."""

    database: Database

    def rows(self, *columns: Any, **where: Any) -> list[Any]:
        with self.database.reading() as s:
            question = select(*columns)
            for name, value in where.items():
                question = question.where(columns[0].table.c[name] == value)
            return list(s.execute(question))

    def waiting(self) -> int:
        with self.database.reading() as s:
            unsent = select(func.count()).where(messages.c.direction == "out", messages.c.state != "sent")
            return s.scalar(unsent) or 0


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """With budgets that the stream cannot use up."""
    made = Installation.made(tmp_path)
    path = made.rules / "municipality.yaml"
    yaml = YAML()
    municipality = yaml.load(path)
    plenty = {"per_address_and_day": 1_000_000, "per_case_and_day": 1_000_000, "per_hour": 1_000_000}
    municipality["automatic_mail"] = plenty
    yaml.dump(municipality, path)
    return made


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_hundred_kills_lose_nothing(
    backend: str, installation: Installation, dovecot: Dovecot, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{installation.folder / 'register.db'}"
    if backend == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    with Rude() as sink:
        installation.configure(dovecot.account(installation.address), sink.account())
        text = installation.file.read_text().replace("sqlite:///var/synpunkten.db", url)
        installation.file.write_text(text)
        database = Database(url)
        database.upgrade()
        street = Street(dovecot, sink, installation.address, f"{backend}.example.org")
        seed = int(os.environ.get("SEED", str(random.randrange(10_000))))
        print(f"seed {seed}")
        _kill_again_and_again(installation, street, random.Random(seed))
        register = Register(database)
        _let_it_finish(installation, street, register)
        _judge(street, register, dovecot)
        database.close()


def _kill_again_and_again(installation: Installation, street: Street, chance: random.Random) -> None:
    for kill in range(KILLS):
        with _Run(installation) as run:
            if chance.random() < 0.9:  # or in the middle of its start
                run.until_started()
            ends = time.monotonic() + chance.uniform(0, LONGEST_LIFE_SECONDS)
            while time.monotonic() < ends:
                if street.written < MAILS * (kill + 1) / KILLS:
                    street.write()
                street.answer()
                time.sleep(0.01)
    while street.written < MAILS:
        street.write()


def _let_it_finish(installation: Installation, street: Street, register: Register) -> None:
    with _Run(installation) as run:
        ends = time.monotonic() + PATIENCE_SECONDS + MAILS
        quiet = 0
        while quiet < 3:
            assert time.monotonic() < ends, (
                f"not finished: {len(street.answered)} answers, {register.waiting()} letters"
            )
            street.answer()
            time.sleep(0.5)
            done = len(street.answered) >= MAILS and not register.waiting()
            quiet = quiet + 1 if done and not street.dovecot.mailbox(street.address) else 0
        run.process.send_signal(signal.SIGTERM)
        assert run.process.wait(60) == 0


def _judge(street: Street, register: Register, dovecot: Dovecot) -> None:
    people = Counter(row[0] for row in register.rows(cases.c.submitter_email))
    assert people == dict.fromkeys(map(street.citizen, range(MAILS)), 1)
    incoming = register.rows(messages.c.sha256, direction="in")
    assert len(incoming) == len(set(incoming)) == MAILS + len(street.answered)
    filed = dovecot.mailbox(street.address, "Ärenden") + dovecot.mailbox(street.address, "Karantän")
    assert len(filed) == len(incoming)

    written = {row[0]: row for row in register.rows(messages.c.message_id, messages.c.case_id, direction="out")}
    left = Counter(letter.message_id for letter in street.sink.taken)
    assert set(left) == set(written)
    named = Counter(row[0] for row in register.rows(journal.c.case_id, kind="sent-again"))
    doubled = [message_id for message_id, times in left.items() if times > 1]
    for message_id in doubled:
        assert named[written[message_id][1]], f"{message_id} left twice, and the journal does not know"

    struck = len(register.rows(quarantine.c.id))
    receipts = {letter.recipient for letter in street.sink.of("receipt")}
    answers = {letter.recipient for letter in street.sink.of("answer")}
    assert receipts == set(people)
    assert len(answers) + struck >= MAILS
    print(f"{KILLS} kills, {MAILS} mails, {len(left)} letters, {len(doubled)} doubled and named, {struck} set aside")


class _Run:
    """The real daemon, killed at the end."""

    def __init__(self, installation: Installation) -> None:
        self._log = (installation.folder / "daemon.log").open("ab+")
        self._began = self._log.tell()
        self.process = subprocess.Popen(
            [PROGRAM, "run", "--config", str(installation.file)],
            cwd=installation.folder,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
        )
        self.path = installation.folder / "daemon.log"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._log.close()

    def until_started(self) -> None:
        ends = time.monotonic() + 60
        while b'"started"' not in self.path.read_bytes()[self._began :]:
            assert self.process.poll() is None, self.path.read_text()[self._began :]
            assert time.monotonic() < ends
            time.sleep(0.02)
