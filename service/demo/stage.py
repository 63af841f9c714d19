"""Where the demo plays: embedded mail servers, a configuration, a register, and a clock that the story moves.

The service at work here is the daemon's own: its configuration, its stations and their rounds, over IMAP and SMTP.
"""

from __future__ import annotations

import email
import email.policy
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cached_property
from itertools import groupby
from pathlib import Path

from sqlalchemy import func, select

from service import config
from service.core.cases import Case
from service.core.effects import Letter as Kind
from service.core.rules.choices import Role
from service.core.rules.rulebook import RuleBook
from service.demo.clients import ZONE, Received
from service.demo.servers import PASSWORD, Delivered, EmbeddedMail
from service.desk import register
from service.desk.database import Database
from service.desk.tables import cases
from service.doors import delivery
from service.doors.cage import Cage
from service.doors.transfer import Envelope, Outcome, Sent
from service.resources import shipped
from service.rulesfolder import load
from service.stations import Station, open_stations

CONFIG, DATABASE, MAILS, _SECRET = "synpunkten.yaml", "synpunkten.db", "mejl", "losenord"
_CONFIGURATION = """\
# Demonstrationens inställningar. Servrarna fanns bara medan den pågick; registret och mejlen ligger kvar här.
database: sqlite:///{database}
mailboxes:
  - name: {name}
    address: {address}
    imap: {{host: {host}, port: {imap}, security: none, username: {address}, password: {{file: {secret}}}}}
    smtp: {{host: {host}, port: {smtp}, security: none, username: {address}, password: {{file: {secret}}}}}
    rules: rules/{name}
"""
_LONGEST_WAIT = timedelta(days=90)
_MANY = 3


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that the service has sent, as it lies in the recipient's mailbox."""

    kind: str
    number: str
    to: str
    at: datetime
    files: tuple[str, ...]
    received: Received
    raw: bytes = field(repr=False)

    @classmethod
    def read(cls, delivered: Delivered) -> Letter:
        """The letter that was delivered."""
        mail = email.message_from_bytes(delivered.raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        files = tuple(part.get_filename() or "" for part in mail.iter_attachments())
        kind, number = str(mail["X-Synpunkten-Kind"]), str(mail["X-Synpunkten-Case"] or "")
        received = Received.read(mail, delivered.at)
        return cls(kind, number, delivered.recipient, delivered.at, files, received, delivered.raw)

    def rank(self) -> tuple[int, str, str]:
        """By kind, then by recipient; reports first by what they are about."""
        about = self.subject if self.kind == Kind.REPORT else ""
        return list(Kind).index(Kind(self.kind)), about, self.to

    @property
    def subject(self) -> str:
        """The subject without the case number."""
        return self.received.subject.replace(f"[{self.number}]", "").strip()


@dataclass(frozen=True, slots=True)
class Written:
    """Somebody writes to the municipality: who and what, in plain words, and in which case."""

    at: datetime
    what: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """The service has sent a letter, and the same to so many more where it is for many."""

    at: datetime
    letter: Letter
    more: int = 0


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A mail came in, and nothing was sent because of it."""

    at: datetime
    number: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A case has got another state or another officer."""

    at: datetime
    before: Case | None
    case: Case


Happening = Written | Posted | Unanswered | Changed


@dataclass
class Clock:
    """A clock that stands until it is moved; read by the service and by the servers alike."""

    now: datetime

    def __call__(self) -> datetime:
        """The time (aware UTC)."""
        return self.now

    @classmethod
    def at(cls, local: str) -> Clock:
        """The clock at a local time, `2026-03-02 09:12`."""
        return cls(datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC))


@dataclass
class Stage:
    """The municipality during the demo. `watch` is told of everything that happens, in order."""

    folder: Path
    clock: Clock
    mail: EmbeddedMail
    station: Station
    database: Database
    watch: Callable[[Happening], None]
    letters: list[Letter] = field(default_factory=list)
    _kept: int = 0
    _known: dict[str, Case] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """What the clock shows."""
        return self.clock.now

    @property
    def book(self) -> RuleBook:
        """The municipality's rules."""
        return self.station.rules.book

    @cached_property
    def names(self) -> dict[str, str]:
        """What the municipality's people are called, by their addresses; function addresses by what they are for."""
        people = self.book.people
        registrar = self.book.municipality.called(Role.REGISTRAR).capitalize()
        secretaries = {d.secretary: f"Nämndsekreteraren, {d.name}" for d in people.departments if d.secretary}
        departments = {d.registrar: f"{registrar}, {d.name}" for d in people.departments if d.registrar}
        registrars = dict.fromkeys(self.book.registrars, registrar)
        diary = dict.fromkeys(self.book.municipality.diary.copy_to, "Diariet")
        return diary | secretaries | departments | registrars | {person.email: person.name for person in people.people}

    @property
    def address(self) -> str:
        """The feedback mailbox."""
        return self.station.settings.address

    # --- time -------------------------------------------------------------------------------------------------------

    def on(self, local: str) -> None:
        """Let time pass until a local time (`2026-03-02 09:12`), with a round whenever something falls due."""
        until = Clock.at(local).now
        while (due := self._next_due()) and due < until:
            self._round_at(due)
        self.clock.now = until

    def look(self) -> None:
        """One round, though no mail has come."""
        self._round()

    def pause(self, minutes: int) -> None:
        """Let a little time pass."""
        self.clock.now += timedelta(minutes=minutes)

    def wait_for(self, kind: str, number: str) -> Letter:
        """Let time pass, round by round, until the service sends such a letter in the case."""
        end = self.now + _LONGEST_WAIT
        while (due := self._next_due()) and due < end:
            for letter in self._round_at(due):
                if letter.kind == kind and letter.number == number:
                    return letter
        raise RuntimeError(f"no {kind} was sent")

    def _next_due(self) -> datetime | None:
        """When time alone will change something next: the daemon looks every minute, the demo skips those between."""
        with self.database.reading() as s:
            due: datetime | None = s.scalar(select(func.min(cases.c.next_check_at)))
        return max(due, self.now) if due else None

    def _round_at(self, at: datetime) -> list[Letter]:
        self.clock.now = at.replace(second=0, microsecond=0) + timedelta(minutes=bool(at.second or at.microsecond))
        return self._round()

    # --- mail -------------------------------------------------------------------------------------------------------

    def write(self, raw: bytes, what: str, *, sender: str, number: str = "") -> list[Letter]:
        """Somebody's mail goes to the municipality over SMTP, and the service does its round.

        Args:
            what: who writes what, for those who watch.
            sender: the return path; empty for automatic mail.
            number: the case that it is about, where it answers a letter.

        Returns: the letters that the service sent in that round.
        """
        self.watch(Written(self.now, what, number))
        outcomes: list[Outcome] = []
        envelope = Envelope(0, sender, self.address, raw)
        delivery.deliver(self.mail.smtp(sender or self.address), [envelope], lambda _, o: outcomes.append(o))
        assert isinstance(outcomes[0], Sent), outcomes
        letters = self._round()
        if self.station.room.inbox.uids():
            raise RuntimeError("the service could not handle the mail")
        if not letters:
            self.watch(Unanswered(self.now, number))
        return letters

    def _round(self) -> list[Letter]:
        """One round of the daemon; then what has happened is told and kept."""
        self.station.room.once()
        self._tell_changes()
        arrived = self.mail.delivered[self._kept :]
        # Letters of one round leave side by side; here they are told in the order of their kinds.
        letters = sorted((Letter.read(d) for d in arrived if d.recipient != self.address), key=Letter.rank)
        for raw in (d.raw for d in arrived if d.recipient == self.address):
            self._keep("in", raw)
        for letter in letters:
            self._keep(f"ut-{letter.kind}", letter.raw)
        for _, alike in groupby(letters, key=lambda letter: (letter.kind, letter.number, letter.subject)):
            self._tell_letters(list(alike))
        self.letters += letters
        return letters

    def _tell_letters(self, alike: Sequence[Letter]) -> None:
        """Each letter by itself, but once where many have the same."""
        told = alike[:1] if len(alike) >= _MANY else alike
        for letter in told:
            self.watch(Posted(letter.at, letter, len(alike) - len(told)))

    def _tell_changes(self) -> None:
        for case in self.register():
            before = self._known.get(case.number)
            if before is None or (before.status, before.officer) != (case.status, case.officer):
                self.watch(Changed(self.now, before, case))
            self._known[case.number] = case

    def _keep(self, sort: str, raw: bytes) -> None:
        """Each mail as a file whose name says in which order it went, which way, whose it is and what it is about."""
        self._kept += 1
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        person = mail["From" if sort == "in" else "To"].addresses[0]
        name = person.display_name or self.names.get(person.addr_spec, person.username)
        subject = str(mail["Subject"]).partition("[")[0]
        path = self.folder / MAILS / f"{self._kept:03}-{sort}-{_slug(name)}-{_slug(subject)}.eml"
        path.write_bytes(raw)

    def latest(self, kind: str, number: str) -> Letter:
        """The newest letter of that kind in the case."""
        return next(letter for letter in reversed(self.letters) if (letter.kind, letter.number) == (kind, number))

    # --- the register -----------------------------------------------------------------------------------------------

    def register(self) -> list[Case]:
        """Every case, in the order of arrival."""
        with self.database.reading() as s:
            numbers = s.scalars(select(cases.c.number).order_by(cases.c.id)).all()
            return [stored.case for number in numbers if (stored := register.load(s, number))]

    def case(self, number: str) -> Case:
        """One case as it is now."""
        return next(case for case in self.register() if case.number == number)


@contextmanager
def stage(folder: Path, municipality: str, begins: str, watch: Callable[[Happening], None]) -> Iterator[Stage]:
    """The municipality with its servers up, on the local time `begins`; everything is left in `folder`.

    Raises:
        RulesFault: the municipality's rules cannot be used.
    """
    (folder / MAILS).mkdir(parents=True)
    shutil.copytree(shipped("rules") / municipality, folder / "rules" / municipality)
    domain = load(folder / "rules" / municipality).municipality.staff_domains[0]
    clock = Clock.at(begins)
    with EmbeddedMail(clock, domain) as mail:
        settings = config.load(_configuration(folder, municipality, f"synpunkten@{domain}", mail))
        database = Database(settings.database)
        try:
            database.upgrade()
            with Cage() as cage:
                [station] = open_stations(settings, database, clock, threading.Event(), cage)
                with station.room.inbox:
                    yield Stage(folder, clock, mail, station, database, watch)
        finally:
            database.close()


def _configuration(folder: Path, name: str, address: str, mail: EmbeddedMail) -> Path:
    (folder / _SECRET).write_text(PASSWORD + "\n", "utf-8")
    server = mail.imap(address)
    written = _CONFIGURATION.format(
        database=DATABASE,
        name=name,
        address=address,
        host=server.host,
        imap=mail.imap_port,
        smtp=mail.smtp_port,
        secret=_SECRET,
    )
    (folder / CONFIG).write_text(written, "utf-8")
    return folder / CONFIG


_PLAIN = str.maketrans("åäöéü", "aaoeu")


def _slug(text: str, longest: int = 40) -> str:
    """Letters, digits and hyphens for a file name: "Hål i vägen" is "hal-i-vagen"."""
    words = re.sub(r"[^a-z0-9]+", "-", text.casefold().translate(_PLAIN)).strip("-")
    return words[:longest].rstrip("-")
