"""The configuration file: read, checked whole, and turned into the values that the parts are built from.

Relative paths are relative to the file. A secret is `{env: NAME}` or `{file: PATH}`; what it holds is in no error text.
"""

from __future__ import annotations

import enum
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

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
from service.core import addresses
from service.doors.account import Security, Server
from service.yamlfile import Document, Fault, YamlFault

DEFAULT_FILE = "synpunkten.yaml"
FILE_VARIABLE = "SYNPUNKTEN_CONFIG"
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
    """Application credentials for Microsoft 365."""

    tenant: str
    client_id: str
    client_secret: Secret


class Account(_Model):
    """A server and the account there. Without a user name nobody logs in (a relay that knows this machine)."""

    host: Annotated[str, StringConstraints(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Security
    username: str | None = None
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


class MailboxSettings(_Model):
    """One mailbox and the rules folder that it follows."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-zåäö0-9][a-zåäö0-9_-]*$")]
    address: Annotated[str, StringConstraints(pattern=r"^[^@\s<>]+@[^@\s<>]+$"), AfterValidator(_mailable)]
    imap: Account
    smtp: Account
    rules: str
    folders: FolderNames = FolderNames()


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


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration, ready to be used. `warnings`: what works but should be mended."""

    file: Path
    database: str
    poll_seconds: int
    log: Log
    mailboxes: tuple[Mailbox, ...]
    warnings: tuple[Fault, ...]


def load(path: Path) -> Config:
    """Read and check the file.

    Raises:
        YamlFault: everything that is wrong, each with file, line, column and what to do.
    """
    document = _read(path)
    settings = document.validated(Settings)
    reading = _Reading(document, path.resolve().parent)
    mailboxes = tuple(reading.mailbox(i, m) for i, m in enumerate(settings.mailboxes))
    reading.refuse_twice("name", [m.name for m in settings.mailboxes])
    reading.refuse_twice("address", [addresses.key(m.address) for m in settings.mailboxes])
    if reading.faults:
        raise YamlFault(reading.faults)
    database = _absolute_sqlite(settings.database, path.resolve().parent)
    ready = tuple(m for m in mailboxes if m)
    return Config(path, database, settings.poll_seconds, settings.log, ready, tuple(reading.warnings))


def database_of(path: Path) -> str:
    """The register's address alone, for those who look at it without the mailboxes' secrets.

    Raises:
        YamlFault: everything that is wrong in the file.
    """
    return _absolute_sqlite(_read(path).validated(Settings).database, path.resolve().parent)


def _read(path: Path) -> Document:
    if not path.exists():
        hint = "`synpunkten init` writes one, --config names another"
        raise YamlFault([Fault(str(path), 1, 1, "the configuration file is missing", hint)])
    return yamlfile.read(path)


class _Reading:
    """Collects what is wrong while the settings become values."""

    def __init__(self, document: Document, folder: Path) -> None:
        self._document, self._folder = document, folder
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []

    def mailbox(self, index: int, given: MailboxSettings) -> Mailbox | None:
        at: yamlfile.Location = ("mailboxes", index)
        imap, smtp = self._server((*at, "imap"), given.imap), self._server((*at, "smtp"), given.smtp)
        rules = self._folder / given.rules
        if not rules.is_dir():
            self._fault((*at, "rules"), f"there is no folder {rules}", "`synpunkten init` writes one")
        if imap is None or smtp is None:
            return None
        return Mailbox(given.name, given.address, imap, smtp, rules, given.folders)

    def _server(self, at: yamlfile.Location, given: Account) -> Server | None:
        if given.oauth2:
            self._fault((*at, "oauth2"), "oauth2 is not supported by this version", "use a password")
            return None
        known = len(self.faults)
        password = self._secret((*at, "password"), given.password) if given.password is not None else None
        if len(self.faults) > known:
            return None
        try:
            return Server(given.host, given.port, given.security, given.username, password)
        except ValueError as error:
            self._fault(at, str(error))
            return None

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

    def refuse_twice(self, key: str, values: list[str]) -> None:
        for index, value in enumerate(values):
            if value in values[:index]:
                self._fault(("mailboxes", index, key), f'another mailbox has the same {key} "{value}"')

    def _fault(self, at: yamlfile.Location, message: str, suggestion: str = "") -> None:
        self.faults.append(self._document.fault(at, message, suggestion))


def _absolute_sqlite(url: str, folder: Path) -> str:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return url
    return parsed.set(database=str(folder / parsed.database)).render_as_string(hide_password=False)
