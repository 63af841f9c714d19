"""What is made of a configuration file: paths are whole and secrets are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from service.config.settings import FolderNames, Log, Settings
from service.core.standby import Mode
from service.doors.account import Server
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


@dataclass(frozen=True, slots=True)
class Examined:
    """What could be made of a file, and everything that is wrong in it: for those who go on with what is right."""

    database: str
    parts: tuple[Part, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    settings: Settings
