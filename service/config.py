"""The configuration file: read, checked whole, and turned into the values that the parts are built from.

Relative paths are relative to the file. A secret is `{env: NAME}` or `{file: PATH}`; what it holds is in no error text.
"""

from __future__ import annotations

import enum
import os
import ssl
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SecretStr,
    StringConstraints,
    Tag,
    model_validator,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from service import yamlfile
from service.core.faulttexts import say
from service.core.people import addresses
from service.core.rules.settings import without_effect
from service.doors.account import Security, Server
from service.glance import absolute_sqlite
from service.resources import CONFIG_FILE
from service.yamlfile import Document, Fault, YamlFault

_UNITS = {"s": 1, "second": 1, "seconds": 1, "min": 60, "minute": 60, "minutes": 60}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reference(_Model):
    """Where a secret is: in an environment variable, or in a file of its own (a closing line end is not part of it)."""

    env: str | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("a secret is in one place: {env: NAME} or {file: PATH}")
        return self


Secret = Annotated[
    Annotated[Reference, Tag("mapping")] | Annotated[SecretStr, Tag("text")],
    Discriminator(lambda given: "mapping" if isinstance(given, dict) else "text"),
]


class OAuth2(_Model):
    """Application credentials for Microsoft 365. `token_url` names another token endpoint than Microsoft's own."""

    tenant: str
    client_id: str
    client_secret: Secret
    token_url: str | None = None


class Account(_Model):
    """A server and the account there. Without a user name nobody logs in (a relay that knows this machine)."""

    host: Annotated[str, StringConstraints(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Security
    username: str | None = None
    ca_file: str | None = None
    password: Secret | None = None
    oauth2: OAuth2 | None = None


_Folder = Annotated[str, StringConstraints(min_length=1)]


class FolderNames(_Model):
    """Where handled mail goes in the mailbox."""

    inbox: _Folder = "INBOX"
    handled: _Folder = "Ärenden"
    secrecy: _Folder = "Sekretess"
    quarantine: _Folder = "Karantän"

    @model_validator(mode="after")
    def _out_of_the_inbox(self) -> Self:
        if self.inbox.casefold() in {f.casefold() for f in (self.handled, self.secrecy, self.quarantine)}:
            raise ValueError(f"mail that is done cannot stay in {self.inbox}: it would be fetched again for ever")
        return self


def _mailable(address: str) -> str:
    if not addresses.is_mailable(address):
        raise ValueError("not a mail address; write for example synpunkten@ekvik.example")
    return address


class Mode(enum.StrEnum):
    """Whether letters leave and mail is moved, or everything is only written down beside another system."""

    LIVE = "live"
    SHADOW = "shadow"


class MailboxSettings(_Model):
    """One mailbox and the rules folder that it follows."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-zåäö0-9][a-zåäö0-9_-]*$")]
    address: Annotated[str, StringConstraints(pattern=r"^[^@\s<>]+@[^@\s<>]+$"), AfterValidator(_mailable)]
    imap: Account
    smtp: Account
    rules: str
    folders: FolderNames = FolderNames()
    mode: Mode = Mode.LIVE
    since: date | None = None


class LogFormat(enum.StrEnum):
    """How log lines look."""

    JSON = "json"
    CONSOLE = "console"


class Log(_Model):
    """What is logged, to standard error."""

    format: LogFormat = LogFormat.JSON
    level: Literal["debug", "info", "warning", "error"] = "info"


class Metrics(_Model):
    """Where figures are served."""

    listen: str


class Alerts(_Model):
    """Who hears that the service itself is in trouble, and by which other way than the mailbox."""

    to: Annotated[str, StringConstraints(pattern=r"^[^@\s<>]+@[^@\s<>]+$")]
    smtp: Account | None = None


def _seconds(text: object) -> int:
    """`30 s`, `2 min`: how often the mailbox is asked."""
    amount, _, unit = str(text).strip().partition(" ")
    if not amount.isdigit() or unit.strip() not in _UNITS or int(amount) == 0:
        raise ValueError(f'"{text}" is not a time; write for example "30 s" or "2 min"')
    return int(amount) * _UNITS[unit.strip()]


def _url(text: str) -> str:
    try:
        make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("not a database address; write for example sqlite:///var/synpunkten.db") from None
    return text


class Settings(_Model):
    """The configuration file as it is written."""

    database: Annotated[str, AfterValidator(_url)]
    poll: Annotated[str, AfterValidator(lambda text: _seconds(text) and text)] = "30 s"
    log: Log = Log()
    metrics: Metrics | None = None
    alerts: Alerts | None = None
    mailboxes: Annotated[tuple[MailboxSettings, ...], Field(min_length=1)]

    @property
    def poll_seconds(self) -> int:
        """How often the mailbox is asked, in seconds."""
        return _seconds(self.poll)


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


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration, ready to be used. `warnings`: what works but should be mended."""

    file: Path
    database: str
    poll_seconds: int
    log: Log
    mailboxes: tuple[Mailbox, ...]
    warnings: tuple[Fault, ...]


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


@dataclass(frozen=True, slots=True)
class Examined:
    """What could be made of a file, and everything that is wrong in it: for those who go on with what is right."""

    database: str
    parts: tuple[Part, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    settings: Settings


def load(path: Path) -> Config:
    """Read and check the file.

    Raises:
        YamlFault: everything that is wrong, each with file, line, column and what to do.
    """
    found = examine(path)
    if found.faults:
        raise YamlFault(found.faults)
    ready = tuple(
        Mailbox(part.name, part.address, part.imap, part.smtp, part.rules, part.folders, part.since)
        for part in found.parts
        if part.imap and part.smtp
    )
    return Config(path, found.database, found.settings.poll_seconds, found.settings.log, ready, found.warnings)


def examine(path: Path) -> Examined:
    """Read the file and make of it what can be made.

    Raises:
        YamlFault: it is missing, or its keys and values are not right.
    """
    document = _read(path)
    settings = document.validated(Settings)
    folder = path.resolve().parent
    reading = _Reading(document, folder)
    parts = tuple(reading.part(i, m) for i, m in enumerate(settings.mailboxes))
    reading.warn_of_no_effect(settings)
    reading.refuse_twice("name", [m.name for m in settings.mailboxes])
    reading.refuse_twice("address", [addresses.key(m.address) for m in settings.mailboxes])
    database = absolute_sqlite(settings.database, folder)
    return Examined(database, parts, tuple(reading.faults), tuple(reading.warnings), settings)


def salvaged(path: Path) -> tuple[str, tuple[Part, ...]]:
    """The register's address (or nothing) and the rules folders named in a file with keys or values that are not right.

    For a look at those all the same. Of a mailbox's servers nothing is told: who has slipped there may mean another.
    """
    try:
        plain = _read(path).plain
    except YamlFault:
        return "", ()
    settings = plain if isinstance(plain, dict) else {}
    folder = path.resolve().parent
    try:
        database = absolute_sqlite(_url(str(settings.get("database") or "")), folder)
    except ValueError:
        database = ""
    mailboxes = settings.get("mailboxes")
    named = [each for each in mailboxes if isinstance(each, dict)] if isinstance(mailboxes, list) else []
    return database, tuple(
        Part(str(m.get("name") or rules), str(m.get("address") or ""), None, None, folder / rules, FolderNames(), None)
        for m in named
        if isinstance(rules := m.get("rules"), str)
    )


def database_of(path: Path) -> str:
    """The register's address alone, for those who look at it without the mailboxes' secrets.

    Raises:
        YamlFault: everything that is wrong in the file.
    """
    return absolute_sqlite(_read(path).validated(Settings).database, path.resolve().parent)


def _read(path: Path) -> Document:
    if not path.exists():
        hint = "`synpunkten init` writes one, --config names another"
        beside = yamlfile.lies_beside(path)
        raise YamlFault([Fault(str(path), 1, 1, "the configuration file is missing", beside or hint)])
    return yamlfile.read(path)


class _Reading:
    """Collects what is wrong while the settings become values."""

    def __init__(self, document: Document, folder: Path) -> None:
        self._document, self._folder = document, folder
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []

    def part(self, index: int, given: MailboxSettings) -> Part:
        at: yamlfile.Location = ("mailboxes", index)
        imap, smtp = self._server((*at, "imap"), given.imap), self._server((*at, "smtp"), given.smtp)
        rules = self._folder / given.rules
        if given.mode is Mode.SHADOW:
            why = "mode: shadow is not supported by this version: every letter would leave"
            self._fault((*at, "mode"), why, "take it away to run for real")
        if not rules.is_dir():
            self._fault((*at, "rules"), f"there is no folder {rules}", "`synpunkten init` writes one")
        return Part(given.name, given.address, imap, smtp, rules, given.folders, _day_begins(given.since))

    def _server(self, at: yamlfile.Location, given: Account) -> Server | None:
        if given.oauth2:
            self._fault((*at, "oauth2"), "oauth2 is not supported by this version", "use a password")
            return None
        known = len(self.faults)
        password = self._secret((*at, "password"), given.password) if given.password is not None else None
        ca_file = self._authority((*at, "ca_file"), given.ca_file) if given.ca_file else None
        if len(self.faults) > known:
            return None
        try:
            return Server(given.host, given.port, given.security, given.username, password, ca_file=ca_file)
        except ValueError as error:
            self._fault(at, str(error))
            return None

    def _authority(self, at: yamlfile.Location, given: str) -> Path:
        """The municipality's own certificate authority, which must be there and be one."""
        path = self._folder / given
        try:
            ssl.create_default_context(cafile=path)
        except (OSError, ValueError) as error:
            what = "holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else "cannot be read"
            self._fault(at, f"the file {path} {what}", "it begins with -----BEGIN CERTIFICATE-----")
        return path

    def _secret(self, at: yamlfile.Location, given: Reference | SecretStr) -> str:
        if isinstance(given, SecretStr):
            hint = "move it to {env: NAME} or {file: PATH}"
            self.warnings.append(self._document.fault(at, "a secret stands in the file itself", hint, warning=True))
            return given.get_secret_value()
        if given.env is not None:
            if given.env not in os.environ:
                self._fault(at, f"the environment variable {given.env} is not set", "set it, or use {file: PATH}")
            return os.environ.get(given.env, "")
        path = self._folder / str(given.file)
        try:
            return path.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            self._fault(at, f"the secret file {path} cannot be read: {type(error).__name__}")
            return ""

    def warn_of_no_effect(self, settings: Settings) -> None:
        for key, at in without_effect(CONFIG_FILE, settings).items():
            if at[-1] != "oauth2":  # refused where it is read
                self.warnings.append(self._document.fault(at, say("no-effect", key=key), key=True, warning=True))

    def refuse_twice(self, key: str, values: list[str]) -> None:
        for index, value in enumerate(values):
            if value in values[:index]:
                self._fault(("mailboxes", index, key), f'another mailbox has the same {key} "{value}"')

    def _fault(self, at: yamlfile.Location, message: str, suggestion: str = "") -> None:
        self.faults.append(self._document.fault(at, message, suggestion))


def _day_begins(day: date | None) -> datetime | None:
    """Swedish midnight, when the day begins."""
    return datetime.combine(day, time(), ZoneInfo("Europe/Stockholm")) if day else None
