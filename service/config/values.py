"""What is made of a configuration file: paths are whole and secrets are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from service.config.settings import FolderNames, Log, Settings
from service.core.endings import Ending
from service.core.standby import Mode
from service.doors.account import Server
from service.doors.credentials import credentials_end
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
