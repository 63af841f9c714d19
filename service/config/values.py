"""What is made of a configuration file: paths are whole and secrets are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from service.config.settings import FolderNames, Log, Settings
from service.core.standby import Mode
from service.doors.account import Server
from service.doors.application import Application, ProofError
from service.doors.tokens import TokenSource
from service.yamlfile import Fault


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox, ready to be used: paths are whole and secrets are read."""

    name: str
    address: str
    imap: Server
    smtp: Server
    rules: Path
    folders: FolderNames
    since: datetime | None = None  # aware; mail that came in before is left alone
    mode: Mode = Mode.LIVE
    canary: timedelta | None = None  # how often a mail goes to the mailbox itself


@dataclass(frozen=True, slots=True)
class Ending:
    """What opens mailboxes and ends some day: `called` says what it is, and `day` is its last (UTC; None: untold).

    fault: why that cannot be seen, where it cannot.
    """

    mailboxes: tuple[str, ...]
    called: str
    day: date | None
    fault: str = ""

    def days_left(self, today: date) -> int | None:
        """How many days it still works after `today`; below 0 where it has ended."""
        return (self.day - today).days if self.day else None


def credentials_end(mailboxes: Iterable[tuple[str, Iterable[Server | None]]]) -> tuple[Ending, ...]:
    """When the application credentials of mailboxes (a short name, and its servers) end, each of them once.

    Certificates are read anew, so that a renewed one counts.
    """
    used: dict[Application, list[str]] = {}
    for name, servers in mailboxes:
        for server in servers:
            if server and isinstance(server.tokens, TokenSource):
                names = used.setdefault(server.tokens.application, [])
                names += [name] if name not in names else []
    return tuple(_ending(application, tuple(names)) for application, names in used.items())


def _ending(application: Application, mailboxes: tuple[str, ...]) -> Ending:
    try:
        return Ending(mailboxes, application.proof.called, application.proof.ends())
    except ProofError as error:
        return Ending(mailboxes, application.proof.called, None, str(error))


@dataclass(frozen=True, slots=True)
class Alarming:
    """Who hears of the service's own troubles, as whom it is told, and by which server; None: by the mailbox's own."""

    to: str
    sender: str = ""
    smtp: Server | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration, ready to be used. `warnings`: what works but should be mended."""

    file: Path
    database: str
    poll_seconds: int
    log: Log
    mailboxes: tuple[Mailbox, ...]
    warnings: tuple[Fault, ...] = field(compare=False)  # they tell lines, which move without a change
    metrics: tuple[str, int] | None = None  # where they are served: host and port
    alerts: Alarming | None = None

    @property
    def credentials_end(self) -> tuple[Ending, ...]:
        """When what opens the mailboxes ends, where it is no password."""
        return credentials_end((each.name, (each.imap, each.smtp)) for each in self.mailboxes)


@dataclass(frozen=True, slots=True)
class Part:
    """What could be made of one mailbox's settings; a server is None where something of it is wrong."""

    name: str
    address: str
    imap: Server | None
    smtp: Server | None
    rules: Path
    folders: FolderNames
    since: datetime | None
    mode: Mode = Mode.LIVE
    canary: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What could be made of a file, and everything that is wrong in it: for those who go on with what is right."""

    database: str
    parts: tuple[Part, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    settings: Settings
    alerts: Alarming | None = None
