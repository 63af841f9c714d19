"""The daemon in a process of its own that notes each step it takes, and dies by its own hand at a given one.

A step is a statement or a commit, an IMAP command, a turn of the SMTP dialogue or the reading of a mail. It has a name
(`sql INSERT cases`, `imap move`, `smtp dot`) and two sides, before and after. The processes are forked from one that
has imported all of it, or two hundred lives would take ten minutes. Nothing of this is known to the product.
"""

from __future__ import annotations

import ctypes
import math
import os
import re
import signal
import threading
import time
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self

import aiosmtplib
from imapclient import IMAPClient, SocketTimeout
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from service import crew, daemon
from service.cli import run as command
from service.desk import database, hands, journal, occupancy
from service.desk.post import claims
from service.doors import imaplogin, sender, smtp, transfer
from service.doors.cage import Cage
from service.doors.dialogue import Answer, Dialogue
from service.doors.sender import Sender
from tests.servers.forked import CONTEXT

_IMAP = (
    "plain_login",
    "login",
    "select_folder",
    "search",
    "fetch",
    "move",
    "create_folder",
    "subscribe_folder",
    "idle",
)
_PR_SET_PDEATHSIG = 1
_UNTIL_IT_HOLDS = 0.2  # seconds: the signal may reach another thread first, and this one go on for some steps
_MESSAGE_ID = re.compile(rb"^Message-ID: *(<[^>]+>)", re.MULTILINE | re.IGNORECASE)
_WORDS = re.compile(r'(?:INTO|FROM|UPDATE|SELECT)\s+"?(\w+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Step:
    """A moment in the work: the `nth` time that what is called `name` is done, `before` or `after` it."""

    name: str
    side: str
    nth: int = 1
    by: signal.Signals = signal.SIGKILL  # or SIGSTOP: it stands still there


class Life:
    """One run of the daemon on a configuration, from its start to its death. `trace` says what it has done.

    A run whose sign on PostgreSQL is missing counts as dead after four seconds, where else it is ninety: here it is.
    One that lives, and whose claim has run out, has two seconds to note what became of its letters, where else sixty.

    impatient: it tries again at once and waits two seconds for an answer, where else it is a minute; a claim holds for
    four seconds, a transaction in which nothing happens for three. clock: a file that says how many seconds its clock
    is ahead, and may be written anew meanwhile.
    """

    def __init__(
        self, config: Path, *, dies_at: Step | None = None, impatient: bool = False, clock: Path | None = None
    ) -> None:
        self.trace = config.with_name(f"trace-{time.monotonic_ns()}")
        self.log = config.with_name("daemon.log")
        self._began = self.log.stat().st_size if self.log.exists() else 0
        arguments = (str(config), str(self.trace), str(self.log), dies_at, impatient, clock)
        self.process = CONTEXT.Process(target=_live, args=arguments)

    def __enter__(self) -> Self:
        self.process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        assert self.process.pid
        return self.process.pid

    def said(self) -> str:
        """What this run has logged."""
        return self.log.read_bytes()[self._began :].decode() if self.log.exists() else ""

    def done(self) -> list[str]:
        """The lines of the trace, oldest first."""
        return self.trace.read_text().splitlines() if self.trace.exists() else []

    def steps(self) -> Counter[tuple[str, str]]:
        """How often it has been at each side of each step."""
        words = (line.split(" ", 2) for line in self.done() if line.startswith(("before ", "after ")))
        return Counter((f"{word[1]} {word[2]}", word[0]) for word in words)

    def in_the_moment(self) -> set[str]:
        """The Message-IDs of letters whose final dot has left and whose outcome is noted or kept nowhere."""
        left: set[str] = set()
        for kind, _, message_id in (line.partition(" ") for line in self.done()):
            if kind == "dot":
                left.add(message_id)
            elif kind.startswith("noted"):
                left.discard(message_id)
        return left

    def doubtful(self) -> set[str]:
        """The Message-IDs of letters that may have left twice: run or link died or stood still after the dot."""
        noted = (line.partition(" ") for line in self.done())
        doubts = ("noted:uncertain", "noted:late")
        return self.in_the_moment() | {message_id for kind, _, message_id in noted if kind in doubts}

    def rests(self) -> bool:
        """Whether it waits for news, and its letters have left."""
        done = self.done()
        return "before imap idle" in done and "after desk note" in done

    def wait(self, seconds: float) -> bool:
        """Whether it has ended in this time."""
        self.process.join(seconds)
        return self.process.exitcode is not None

    def until_started(self, seconds: float = 60) -> None:
        ends = time.monotonic() + seconds
        while '"started"' not in self.said():
            assert self.process.exitcode is None, self.said()
            assert time.monotonic() < ends, self.said()
            time.sleep(0.02)

    def end(self) -> None:
        """Let it end in good order."""
        self.process.terminate()
        assert self.wait(60), self.said()[-2000:]
        assert self.process.exitcode == 0, self.said()[-2000:]

    def kill(self) -> None:
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()


def _live(config: str, trace: str, log: str, dies_at: Step | None, impatient: bool, clock: Path | None) -> None:
    """The child process."""
    # what pytest may have said of signals is not for the daemon
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # it ends with the tests, also when they are killed
    os.chdir(Path(config).parent)
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _Notes(trace, dies_at).watch()
    occupancy._GONE_SECONDS, occupancy._NOTING_SECONDS = 4.0, 2.0
    if impatient:
        crew._LONGEST_PAUSE = crew._BETWEEN_LOOKS_AT_THE_CLOCK = crew._BETWEEN_DELIVERIES = 1.0
        crew._FIRST_PAUSE_OF_DELIVERY = 0.5
        database._SESSION["idle_in_transaction_session_timeout"] = "3s"
        journal._SHARED_END = journal._ending(3)
        claims.LEASE, sender._RENEWAL_SECONDS, sender._SHOWN_SECONDS = timedelta(seconds=4), 1.0, 0.5
        hands.LEASE = timedelta(seconds=4)
        imaplogin.TIMEOUT = SocketTimeout(connect=2, read=2)
        smtp.COMMAND_SECONDS = smtp.CONNECT_SECONDS = 2.0
        transfer.FINAL_DOT_SECONDS = 10.0
    if clock:
        daemon.Daemon = partial(daemon.Daemon, clock=partial(_told, clock))  # type: ignore[assignment,misc]
    command.run(Path(config))


def _told(clock: Path) -> datetime:
    return daemon.utc_now() + timedelta(seconds=float(clock.read_text()))


class _Notes:
    """What the process has done, in a file that outlives it."""

    def __init__(self, trace: str, dies_at: Step | None) -> None:
        self._file = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._dies_at = dies_at
        self._met: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._left_at: dict[bytes, float] = {}

    def write(self, line: str) -> None:
        os.write(self._file, f"{line}\n".encode())

    def step(self, name: str, side: str) -> None:
        """Note it, and die if it is time."""
        with self._lock:
            self._met[name, side] += 1
            self.write(f"{side} {name}")
            at = self._dies_at
            if at and (at.name, at.side) == (name, side) and self._met[name, side] == at.nth:
                os.kill(os.getpid(), at.by)
                time.sleep(_UNTIL_IT_HOLDS)

    def watch(self) -> None:
        for method in _IMAP:
            self._around(IMAPClient, method, f"imap {method}")
        self._around_coroutine(aiosmtplib.SMTP, "connect", "smtp connect")
        self._around(Cage, "_ask", "cage read")
        self._around(DefaultDialect, "do_commit", "sql commit")
        event.listen(Engine, "before_cursor_execute", lambda *a: self.step(_name_of(a[2]), "before"))
        event.listen(Engine, "after_cursor_execute", lambda *a: self.step(_name_of(a[2]), "after"))
        self._watch_the_dialogue()
        self._watch_notes()

    def _around(self, owner: type, name: str, step: str) -> None:
        plain = getattr(owner, name)

        def watched(*arguments: Any, **named: Any) -> Any:
            self.step(step, "before")
            result = plain(*arguments, **named)
            self.step(step, "after")
            return result

        setattr(owner, name, watched)

    def _around_coroutine(self, owner: type, name: str, step: str) -> None:
        plain = getattr(owner, name)

        async def watched(*arguments: Any, **named: Any) -> Any:
            self.step(step, "before")
            result = await plain(*arguments, **named)
            self.step(step, "after")
            return result

        setattr(owner, name, watched)

    def _watch_the_dialogue(self) -> None:
        """Commands leave one by one or together; the content of a letter by one write, with its final dot."""
        plain_write, plain_answer = Dialogue.write, Dialogue.answer
        asked: defaultdict[int, deque[str]] = defaultdict(deque)  # by connection, what has no answer yet

        def write(line: Dialogue, *pieces: bytes) -> None:
            if not pieces[-1].endswith(b".\r\n"):
                verbs = [each[:4].decode().lower() for each in b"".join(pieces).split(b"\r\n") if each]
                for verb in verbs:
                    self.step(f"smtp {verb}", "before")
                plain_write(line, *pieces)
                asked[id(line)] += verbs
                return
            found = _MESSAGE_ID.search(b"".join(pieces))
            assert found
            self.step("smtp dot", "before")
            self._left_at[found[1]] = time.monotonic()
            self.write(f"dot {found[1].decode()}")  # noted first: dead between the two, it has not left
            plain_write(line, *pieces)
            self.step("smtp dot", "after")
            asked[id(line)].append("content")

        async def answer(line: Dialogue, seconds: float) -> Answer:
            given = await plain_answer(line, seconds)
            self.step(f"smtp {asked[id(line)].popleft()}", "after")
            return given

        Dialogue.write, Dialogue.answer = write, answer  # type: ignore[method-assign]

    def _watch_notes(self) -> None:
        plain, plain_keep = Sender._note, Sender._keep

        def note(whose: Sender, letter: Any, outcome: Any) -> None:
            self.step("desk note", "before")
            plain(whose, letter, outcome)
            found = _MESSAGE_ID.search(letter.raw)
            assert found
            is_late = time.monotonic() - self._left_at.get(found[1], math.inf) > claims.LEASE.total_seconds()
            sort = "late" if is_late else type(outcome).__name__.lower()
            self.write(f"noted:{sort} {found[1].decode()}")
            self.step("desk note", "after")

        def keep(whose: Sender, letter: Any, outcome: Any) -> None:
            plain_keep(whose, letter, outcome)
            found = _MESSAGE_ID.search(letter.raw)
            assert found
            self.write(f"noted:kept {found[1].decode()}")

        Sender._note, Sender._keep = note, keep  # type: ignore[method-assign]


def _name_of(statement: str) -> str:
    verb = statement.split(None, 1)[0].upper()
    found = _WORDS.search(statement)
    return f"sql {verb} {found[1]}" if found and verb in ("INSERT", "UPDATE", "DELETE") else f"sql {verb}"
