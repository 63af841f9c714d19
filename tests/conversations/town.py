"""A municipality in a test: people write mails, days pass, and letters come out. No network, a real database.

The same conversations are held over real mail servers in `test_real_servers.py`.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from service.core.cases import Case
from service.core.rules.rulebook import RuleBook
from service.desk import handling, register
from service.desk.database import Database
from service.desk.desk import Desk, Folders
from service.desk.handling import Delivered
from service.desk.rounds import upkeep, watching
from service.desk.tables import cases, journal
from service.desk.writing.stationery import Stationery
from service.resources import shipped
from service.rulesfolder import load

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ADDRESS = "synpunkten@ekvik.example"
ANNA = "Anna Ek <anna.ek@example.org>"
HOLE = "Hej!\n\nDet är ett stort hål i asfalten vid Storgatan 14.\n\nMvh\nAnna"
BO = "bo.ek@ekvik.example"
MARIA = "maria.lund@ekvik.example"
EVA = "eva.berg@ekvik.example"
REGISTRAR = "registrator@ekvik.example"


@cache
def rules_of(name: str) -> RuleBook:
    """The rules that ship for a municipality, read once: no test changes them, it makes a copy that differs."""
    return load(shipped("rules") / name)


@cache
def _as_shipped() -> Stationery:
    """The shipped templates, read once."""
    return Stationery(shipped("templates"))


@dataclass
class Letter:
    """A mail that the service sent, read with the standard library as a mail client would."""

    raw: bytes
    mail: EmailMessage
    at: datetime

    @classmethod
    def read(cls, raw: bytes, at: datetime) -> Letter:
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        return cls(raw, mail, at.astimezone(STOCKHOLM))

    @cached_property
    def kind(self) -> str:
        return str(self.mail["X-Synpunkten-Kind"])

    @cached_property
    def to(self) -> str:
        return str(self.mail["To"])

    @cached_property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @cached_property
    def number(self) -> str:
        return str(self.mail["X-Synpunkten-Case"] or "")

    @cached_property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        assert part
        return str(part.get_content()).replace("\r\n", "\n")

    @property
    def html(self) -> str:
        part = self.mail.get_body(("html",))
        assert part
        return str(part.get_content())

    @property
    def files(self) -> list[str]:
        return [part.get_filename() or "" for part in self.mail.iter_attachments()]


@dataclass
class Town:
    """The service at work in a municipality, with a clock that the test moves; in Ekvik unless the test says else."""

    database: Database
    book: RuleBook
    now: datetime
    address: str = ADDRESS
    rules: Path | None = None
    sent: list[Letter] = field(default_factory=list)
    checksums: list[Letter] = field(default_factory=list)  # apart: each month brings one, whatever happens
    refuses: dict[str, str] = field(default_factory=dict)
    minds: Callable[[Letter], bool] = lambda _: False
    """Of which letters the mail server refuses what they hold."""
    _uids: Any = field(default_factory=lambda: count(1))
    _ids: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.desk = Desk(
            database=self.database,
            mailbox="ekvik",
            address=self.address,
            folders=Folders(),
            book=self.book,
            stationery=_as_shipped(),
            secret=b"a secret of the test",
            own=frozenset({self.address}),
        )

    # --- what happens ---------------------------------------------------------------------------------------------

    def mail(
        self,
        sender: str,
        text: str,
        subject: str = "Hål i vägen",
        *,
        answers: Letter | None = None,
        to: str = "",
        cc: str = "",
        headers: Sequence[tuple[str, str]] = (),
        files: Sequence[tuple[str, bytes]] = (),
        quote: bool = True,
        authenticated: bool | None = None,
    ) -> bytes:
        """A mail as a client sends it; with `answers` a reply in the letter's thread that quotes it as Outlook does.

        Staff mails bear the own server's stamp and its word for them, unless `authenticated` says otherwise.
        """
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = to or self.address
        if cc:
            mail["Cc"] = cc
        mail["Subject"] = f"Sv: {answers.subject}" if answers else subject
        mail["Date"] = self.now.astimezone(STOCKHOLM)
        mail["Message-ID"] = f"<{next(self._ids)}@{sender.rpartition('@')[2].strip('>')}>"
        if answers:
            mail["In-Reply-To"] = str(answers.mail["Message-ID"])
            mail["References"] = str(answers.mail["Message-ID"])
        for name, value in headers:
            mail[name] = value
        if answers and quote:
            text += (
                f"\n\nFrån: {self.book.municipality.sender} <{self.address}>\nSkickat: den 4 maj 2026 09:12\n"
                f"Till: {sender}\nÄmne: {answers.subject}\n\n{answers.text}"
            )
        mail.set_content(text)
        for name, content in files:
            mail.add_attachment(content, maintype="image", subtype="jpeg", filename=name)
        raw = mail.as_bytes(policy=email.policy.SMTP)
        if authenticated is None:
            authenticated = self.book.is_staff(email.utils.parseaddr(sender)[1])
        return (self._stamps(sender) if authenticated else b"") + raw

    def _stamps(self, sender: str) -> bytes:
        domain = sender.rpartition("@")[2].strip(">")
        when = email.utils.format_datetime(self.now)
        own = self.book.municipality.trusted_hosts[0]
        return (
            f"Authentication-Results: {own}; dmarc=pass header.from={domain}\r\n"
            f"Received: from mail.{domain} by {own}; {when}\r\n"
        ).encode()

    def receives(self, raw: bytes, arrived: datetime | None = None) -> str:
        """The mailbox has a mail; returns the folder that it was moved to. Letters leave at once."""
        place = ("INBOX", 1, next(self._uids))
        folder = handling.handle_mail(self.desk, Delivered(raw, arrived or self.now, place), self.now).folder
        self.delivers()
        return folder

    def writes(self, sender: str, text: str, subject: str = "Hål i vägen", **more: Any) -> str:
        """Somebody writes; returns the folder that the mail was moved to."""
        return self.receives(self.mail(sender, text, subject, **more))

    def delivers(self) -> None:
        """Everything in the outbox reaches the mail server, which refuses some addresses."""
        while True:
            waiting = handling.claim_letters(self.desk, self.now, 100, 1)
            if not waiting:
                return
            for letter in waiting:
                sent = Letter.read(letter.raw, self.now)
                if letter.recipient in self.refuses:
                    handling.handle_refused(self.desk, letter, self.refuses[letter.recipient], self.now)
                elif self.minds(sent):
                    handling.handle_refused(self.desk, letter, "550 5.7.1 not like this", self.now, by_content=True)
                else:
                    (self.checksums if sent.subject.startswith("Journalens") else self.sent).append(sent)
                    handling.handle_sent(self.desk, letter, self.now)

    def passes(self, **time: float) -> None:
        """So much time passes while the daemon sleeps; then it looks at the clock once."""
        self.now += timedelta(**time)
        self.looks_at_the_clock()

    def waits_until(self, local: str) -> None:
        """The daemon runs until a local time (`2026-05-18 08:00`), looking at the clock some times a day."""
        until = datetime.fromisoformat(local).replace(tzinfo=STOCKHOLM)
        day = self.now.astimezone(STOCKHOLM).replace(hour=0, minute=0)
        while day <= until:
            for hour, minute in ((0, 5), (7, 29), (7, 30), (12, 0)):
                look = day.replace(hour=hour, minute=minute)
                if self.now < look < until:
                    self.now = look
                    self.looks_at_the_clock()
            day += timedelta(days=1)
        self.now = until
        self.looks_at_the_clock()

    def looks_at_the_clock(self) -> None:
        """One round of the deadlines, and delivery."""
        watching.follow(self.desk, self.now)
        upkeep.look(self.desk, self.now)
        with self.database.reading() as s:
            numbers = register.numbers_to_check(s, "ekvik", self.now, watched=not self.desk.mode.is_live)
        for number in numbers:
            handling.handle_time(self.desk, number, self.now)
        self.delivers()

    # --- what can be seen ---------------------------------------------------------------------------------------------

    def letters(self, kind: str = "", to: str = "") -> list[Letter]:
        """The letters sent so far, of a kind and to an address."""
        return [x for x in self.sent if (not kind or x.kind == kind) and (not to or x.to == to)]

    def letter(self, kind: str, to: str = "") -> Letter:
        """The one letter of that kind (to that address)."""
        found = self.letters(kind, to)
        assert len(found) == 1, [(x.kind, x.to, x.subject) for x in self.sent]
        return found[0]

    def news(self) -> list[tuple[str, str]]:
        """Kind and recipient of the letters sent since the last look."""
        fresh = [(x.kind, x.to) for x in self.sent[getattr(self, "_looked", 0) :]]
        self._looked = len(self.sent)
        return fresh

    def cases(self) -> list[Case]:
        """Every case in the register, oldest first."""
        with self.database.reading() as s:
            numbers = s.scalars(select(cases.c.number).order_by(cases.c.id)).all()
            return [stored.case for n in numbers if (stored := register.load(s, n))]

    def case(self) -> Case:
        """The only case."""
        found = self.cases()
        assert len(found) == 1
        return found[0]

    def journal(self) -> list[tuple[str, str]]:
        """Kind and text of every journal line."""
        with self.database.reading() as s:
            return [(r.kind, r.text) for r in s.execute(select(journal.c.kind, journal.c.text).order_by(journal.c.id))]
