"""How the service fares: when each mailbox was last polled and its letters last taken, and since when that fails.

Whoever works writes it down here, whoever watches reads it: threads of the same process, and nothing is stored. Spans
of time follow the monotonic clock, so that a clock put right by an hour makes no trouble and hides none.
"""

from __future__ import annotations

import enum
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

from sqlalchemy.exc import SQLAlchemyError

POLL_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds in seconds by which the lengths of polls are counted."""


class Work(enum.StrEnum):
    """What is done again and again: for a mailbox, or (`LOOK`) for all of them."""

    POLL = "poll"
    DELIVERY = "delivery"
    CLOCK = "clock"
    LOOK = "look"  # at the whole register, for those who watch


class Sort(enum.StrEnum):
    """What kind of thing fails, by who can mend it."""

    UNREACHED = "unreached"  # the network, the server
    CERTIFICATE = "certificate"  # the server's certificate, or TLS itself
    LOGIN = "login"  # user name or password
    TOKEN = "token"  # OAuth2: no token is given, or it is refused  # noqa: S105
    REFUSED = "refused"  # the server takes the log-in and does not do what is asked
    MODE = "mode"  # another process on the same register serves what this one only watches, or the other way
    DATABASE = "database"
    PROGRAM = "program"  # a fault of our own


@dataclass(frozen=True, slots=True)
class Course:
    """How one kind of work has gone. Instants are aware; `*_tick` are seconds of the monotonic clock.

    started_tick: when it was begun for the first time. beat_tick: its last sign of life, good or bad.
    failing_since: the first failure after the last success; None while it goes well.
    """

    started_tick: float
    beat_tick: float
    ok_at: datetime | None = None
    ok_tick: float | None = None
    failing_since: datetime | None = None
    failing_tick: float | None = None
    sort: Sort | None = None
    failures: int = 0

    def failing_for(self, tick: float) -> float:
        """For how many seconds it has failed without a break; 0 where it does not."""
        return tick - self.failing_tick if self.failing_tick is not None else 0.0

    def silent_for(self, tick: float) -> float:
        """For how many seconds nothing has been heard of it: neither well nor badly done."""
        return tick - self.beat_tick


@dataclass(frozen=True, slots=True)
class Health:
    """One mailbox's vitals at an instant.

    mails: taken in, by verdict. letters: by kind and what became of them. polls: how many took at most each of
    `POLL_BUCKETS` (not added up), and more than the last; with `poll_seconds` in all.
    oldest_waiting: when the oldest mail came in that lies in the inbox folder unhandled, as of the last look.
    """

    courses: Mapping[Work, Course]
    mails: Mapping[str, int]
    failed_mails: int
    letters: Mapping[tuple[str, str], int]
    polls: tuple[int, ...]
    poll_seconds: float
    oldest_waiting: datetime | None
    letter_taken_at: datetime | None
    rules_faults: int = 0
    rules_faulty_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reloads:
    """How often the configuration was read again and refused, and since when a refused one lies there."""

    refused: int = 0
    refused_since: datetime | None = None


@dataclass
class Attempt:
    """Work in hand. shows_nothing: it had nothing to do, so what failed before may fail still."""

    shows_nothing: bool = False


@dataclass
class _Record:
    rules_faults: int = 0
    rules_faulty_since: datetime | None = None
    courses: dict[Work, Course] = field(default_factory=dict)
    mails: Counter[str] = field(default_factory=Counter)
    failed_mails: int = 0
    letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    polls: list[int] = field(default_factory=lambda: [0] * (len(POLL_BUCKETS) + 1))
    poll_seconds: float = 0.0
    oldest_waiting: datetime | None = None
    letter_taken_at: datetime | None = None


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def _sort_of(error: Exception) -> Sort:
    """What kind of fault an error stands for: those of the doors say it themselves."""
    if isinstance(error, SQLAlchemyError):
        return Sort.DATABASE
    sort = getattr(error, "sort", None)
    return sort if isinstance(sort, Sort) else Sort.PROGRAM


class Vitals:
    """The vitals of every mailbox of this process; any thread may write and read.

    `clock` gives aware instants, `ticks` seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], datetime] = utc_now, ticks: Callable[[], float] = time.monotonic) -> None:
        self._clock, self.ticks = clock, ticks
        self._lock = threading.Lock()
        self._records: dict[str, _Record] = {}
        self._reloads = Reloads()

    # --- written by those who work ----------------------------------------------------------------------------------

    @contextmanager
    def attempt(self, mailbox: str, work: Work) -> Iterator[Attempt]:
        """What is done inside goes well, or fails with an exception that passes on."""
        begun, attempt = self.ticks(), Attempt()
        with self._lock:
            self._course(mailbox, work)
        try:
            yield attempt
        except Exception as error:
            self.failed(mailbox, work, _sort_of(error))
            raise
        if attempt.shows_nothing and self.health(mailbox).courses[work].failing_tick is not None:
            return
        self.well(mailbox, work, self.ticks() - begun)

    def well(self, mailbox: str, work: Work, seconds: float | None = None) -> None:
        """It went well; `seconds` is how long it has taken, which is counted of polls."""
        with self._lock:
            now = self.ticks()
            course = self._course(mailbox, work)
            well = {"ok_at": self._clock(), "ok_tick": now, "failing_since": None, "failing_tick": None, "sort": None}
            self._records[mailbox].courses[work] = replace(course, failures=0, **well)  # type: ignore[arg-type]
            if seconds is not None and work is Work.POLL:
                record = self._records[mailbox]
                record.polls[next((i for i, most in enumerate(POLL_BUCKETS) if seconds <= most), -1)] += 1
                record.poll_seconds += seconds

    def failed(self, mailbox: str, work: Work, sort: Sort) -> None:
        """It failed, for such a reason."""
        with self._lock:
            now = self.ticks()
            course = self._course(mailbox, work)
            since = {} if course.failing_tick is not None else {"failing_since": self._clock(), "failing_tick": now}
            self._records[mailbox].courses[work] = replace(
                course,
                sort=sort,
                failures=course.failures + 1,
                **since,  # type: ignore[arg-type]
            )

    def mail(self, mailbox: str, verdict: str) -> None:
        """A mail was taken in."""
        with self._lock:
            self._course(mailbox, Work.POLL)
            self._records[mailbox].mails[verdict] += 1

    def mail_failed(self, mailbox: str) -> None:
        """A mail could not be handled this time."""
        with self._lock:
            self._course(mailbox, Work.POLL)
            self._records[mailbox].failed_mails += 1

    def waiting(self, mailbox: str, oldest: datetime | None) -> None:
        """The oldest mail that is not handled yet came in then (aware); None: there is none."""
        with self._lock:
            self._record(mailbox).oldest_waiting = oldest

    def letter(self, mailbox: str, kind: str, outcome: str) -> None:
        """The mail server has said what becomes of a letter (`sent`, `deferred`, `refused`, …)."""
        with self._lock:
            self._course(mailbox, Work.DELIVERY)
            record = self._records[mailbox]
            record.letters[kind, outcome] += 1
            if outcome == "sent":
                record.letter_taken_at = self._clock()

    def rules(self, mailbox: str, faults: int) -> None:
        """So many faults are in the rules folder as it lies there; the last good rules are in force."""
        with self._lock:
            record = self._record(mailbox)
            record.rules_faults = faults
            record.rules_faulty_since = (record.rules_faulty_since or self._clock()) if faults else None

    def reload(self, *, refused: bool) -> None:
        """The configuration was read again."""
        with self._lock:
            since = (self._reloads.refused_since or self._clock()) if refused else None
            self._reloads = Reloads(self._reloads.refused + refused, since)

    # --- read by those who watch ------------------------------------------------------------------------------------

    def health(self, mailbox: str) -> Health:
        """How the mailbox fares now; of one that nobody has worked on, nothing."""
        with self._lock:
            record = self._records.get(mailbox) or _Record()
            return Health(
                MappingProxyType(dict(record.courses)),
                MappingProxyType(dict(record.mails)),
                record.failed_mails,
                MappingProxyType(dict(record.letters)),
                tuple(record.polls),
                record.poll_seconds,
                record.oldest_waiting,
                record.letter_taken_at,
                record.rules_faults,
                record.rules_faulty_since,
            )

    @property
    def reloads(self) -> Reloads:
        """How the reloads have gone."""
        with self._lock:
            return self._reloads

    def _record(self, mailbox: str) -> _Record:
        return self._records.setdefault(mailbox, _Record())

    def _course(self, mailbox: str, work: Work) -> Course:
        """The course of the work, with this moment as its last sign of life."""
        courses, now = self._record(mailbox).courses, self.ticks()
        known = courses.get(work)
        courses[work] = replace(known, beat_tick=now) if known else Course(now, now)
        return courses[work]
