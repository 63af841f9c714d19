"""The configuration file as it is written: its keys, and what each may hold.

A secret is `{env: NAME}`, `{file: PATH}` or `{credential: NAME}`; what it holds is in no error text.
"""

from __future__ import annotations

import contextlib
import enum
from datetime import date, timedelta
from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    SecretStr,
    StringConstraints,
    Tag,
    model_validator,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from service.config import inboxes
from service.core.calendar import patterns
from service.core.calendar.durations import Duration, Unit
from service.core.people import addresses
from service.doors.account import Security, is_loopback

_PORTS = 65_536
_MOST_DIGITS, _A_DAY = 5, 86_400  # seconds
_UNITS = {"s": 1, "second": 1, "seconds": 1, "min": 60, "minute": 60, "minutes": 60}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reference(_Model):
    """Where a secret is: in an environment variable, or in a file of its own (a closing line end is not part of it).

    A credential is such a file, by its name in the folder that the service manager hands over (systemd.exec(5),
    LoadCredential=).
    """

    env: str | None = None
    file: str | None = None
    credential: Annotated[str, StringConstraints(pattern=r"^[^/]+$")] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if [self.env, self.file, self.credential].count(None) != 2:  # noqa: PLR2004 - all but one
            raise ValueError("a secret is in one place: {env: NAME}, {file: PATH} or {credential: NAME}")
        return self


Secret = Annotated[
    Annotated[Reference, Tag("mapping")] | Annotated[SecretStr, Tag("text")],
    Discriminator(lambda given: "mapping" if isinstance(given, dict) else "text"),
]


_WITHOUT_A_TENANT = {"common", "organizations", "consumers"}


def _https(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise ValueError("secrets go to https alone; write for example https://login.ekvik.example/token")
    return url


class OAuth2(_Model):
    """Application credentials for Microsoft 365. `token_url` names another token endpoint than Microsoft's own.

    `expires`: the secret's last day, which nobody else tells. A certificate says it itself.
    """

    tenant: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]+$")] | None = None
    client_id: Annotated[str, StringConstraints(min_length=1)]
    client_secret: Secret | None = None
    certificate: Annotated[str, StringConstraints(min_length=1)] | None = None
    key: Annotated[str, StringConstraints(min_length=1)] | None = None
    token_url: Annotated[str, AfterValidator(_https)] | None = None
    scope: Annotated[str, StringConstraints(min_length=1)] = "https://outlook.office365.com/.default"
    expires: date | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.tenant is None and self.token_url is None:
            raise ValueError("it needs `tenant`, the Directory (tenant) ID, or a `token_url` of another endpoint")
        if self.token_url is None and self.tenant in _WITHOUT_A_TENANT:
            raise ValueError(f"an application has one tenant, not {self.tenant}: write the Directory (tenant) ID")
        if (self.client_secret is None) == (self.certificate is None):
            raise ValueError("write either `client_secret`, or `certificate` and `key`")
        if self.key and self.certificate is None:
            raise ValueError("`key` belongs to a `certificate`, which is missing")
        if self.expires and self.certificate:
            raise ValueError("`expires` is for a client_secret: a certificate says itself when it ends")
        return self

    @property
    def endpoint(self) -> str:
        """Where tokens are asked for."""
        return self.token_url or f"https://login.microsoftonline.com/{self.tenant}/oauth2/v2.0/token"


def _host(text: str) -> str:
    """A slip in a server's name is told here, before anybody tries to connect."""
    if not _is_host(text):
        raise ValueError(f'"{text}" is no name of a server; write for example mail.ekvik.example, the port in `port`')
    return text


def _is_host(text: str) -> bool:
    """Whether it can be a machine's number, or a name that the network library takes."""
    with contextlib.suppress(ValueError):
        return bool(ip_address(text))
    try:
        text.encode("idna")
    except UnicodeError:  # nothing, or too much, between two dots
        return False
    return text.isprintable() and not any(c in " :/@[]" for c in text)


class Account(_Model):
    """A server and the account there. Without a user name nobody logs in (a relay that knows this machine)."""

    host: Annotated[str, StringConstraints(min_length=1), AfterValidator(_host)]
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Security
    username: str | None = None
    ca_file: str | None = None
    password: Secret | None = None
    oauth2: OAuth2 | None = None


_Folder = Annotated[str, StringConstraints(min_length=1)]


def _in_any_letters(folder: str) -> str:
    return inboxes.folder(folder).casefold()


class FolderNames(_Model):
    """Where handled mail goes in the mailbox."""

    inbox: _Folder = "INBOX"
    handled: _Folder = "Ärenden"
    secrecy: _Folder = "Sekretess"
    quarantine: _Folder = "Karantän"

    @property
    def filed_into(self) -> tuple[str, ...]:
        """The folders that mail which is done is moved to; a committee may have one more in the rules."""
        return self.handled, self.secrecy, self.quarantine

    @model_validator(mode="after")
    def _out_of_the_inbox(self) -> Self:
        # Some servers take small and capital letters for the same, and there it would go round and round.
        if _in_any_letters(self.inbox) in map(_in_any_letters, self.filed_into):
            raise ValueError(f"mail that is done cannot stay in {self.inbox}: it would be fetched again for ever")
        return self


def _mailable(address: str) -> str:
    if not addresses.is_mailable(address):
        raise ValueError("not a mail address; write for example synpunkten@ekvik.example")
    return address


def _every(text: str) -> timedelta:
    """`60 minutes`, `2 hours`: time by the clock, from ten minutes to a day."""
    try:
        given = Duration.parse(text)
    except ValueError:
        given = None
    span = timedelta(**{given.unit.value: given.amount}) if given and given.unit in {Unit.MINUTES, Unit.HOURS} else None
    if span is None or not timedelta(minutes=10) <= span <= timedelta(days=1):
        raise ValueError(f'"{text}" is not a time from 10 minutes to 24 hours; write for example "60 minutes"')
    return span


_POLL = patterns.alone(
    rf"{patterns.number(_A_DAY, 1, _MOST_DIGITS)}(?:s|seconds?)",
    rf"{patterns.number(_A_DAY // 60, 1, _MOST_DIGITS)}(?:min|minutes?)",
)
_CANARY = patterns.alone(patterns.duration(24 * 60, 10, "minute"), patterns.duration(24, 1, "hour"))


def _shown(pattern: str, example: str) -> dict[str, JsonValue]:
    """What editors check the text by, and what they say where it is another."""
    return {"pattern": pattern, "examples": [example], "patternErrorMessage": f"write for example {example}"}


class MailboxSettings(_Model):
    """One mailbox and the rules folder that it follows."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-zåäö0-9][a-zåäö0-9_-]*$")]
    address: Annotated[str, StringConstraints(pattern=r"^[^@\s<>]+@[^@\s<>]+$"), AfterValidator(_mailable)]
    imap: Account
    smtp: Account
    rules: str
    folders: FolderNames = FolderNames()
    mode: Literal["live", "shadow"] = "live"
    since: date | None = None
    canary: (
        Annotated[
            str,
            AfterValidator(lambda text: _every(text) and text),
            Field(json_schema_extra=_shown(_CANARY, "60 minutes")),
        ]
        | None
    ) = None

    @property
    def canary_every(self) -> timedelta | None:
        """How often a mail goes to the mailbox itself; None: never."""
        return _every(self.canary) if self.canary else None


class LogFormat(enum.StrEnum):
    """How log lines look."""

    JSON = "json"
    CONSOLE = "console"


class Log(_Model):
    """What is logged, to standard error."""

    format: LogFormat = LogFormat.JSON
    level: Literal["debug", "info", "warning", "error"] = "info"


def _listening(text: str) -> str:
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    fits = host and port.isascii() and port.isdecimal() and 0 < int(port) < _PORTS
    if not fits or (":" in host and not text.startswith("[")) or not _is_host(host):
        raise ValueError(f'"{text}" is not an address and a port; write for example 127.0.0.1:9464 or [::1]:9464')
    return text


class Metrics(_Model):
    """Where figures are served: an address of this machine (a name or a number) and a port."""

    listen: Annotated[str, AfterValidator(_listening)]

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.listen.rpartition(":")
        return host.removeprefix("[").removesuffix("]"), int(port)


class Alerts(_Model):
    """Who hears that the service itself is in trouble, and by which other way than the mailbox."""

    to: Annotated[str, AfterValidator(_mailable)]
    from_: Annotated[Annotated[str, AfterValidator(_mailable)] | None, Field(alias="from")] = None
    smtp: Account | None = None


def _seconds(text: object) -> int:
    """`30 s`, `2 min`: how often the mailbox is asked."""
    amount, _, unit = " ".join(str(text).split()).partition(" ")
    is_number = amount.isascii() and amount.isdecimal() and len(amount) <= _MOST_DIGITS
    given = int(amount) * _UNITS.get(unit, 0) if is_number else 0
    if not 0 < given <= _A_DAY:
        raise ValueError(f'"{text}" is not a time; write for example "30 s" or "2 min"')
    return given


def database_url(text: str) -> str:
    """The address in the one form in which all parts know where its password stands, and a file's path.

    Raises:
        ValueError: it is no SQLAlchemy address of a database that the service uses.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("not a database address; write for example sqlite:///var/synpunkten.db") from None
    if url.get_backend_name() not in _DATABASES:
        written = "sqlite:///var/synpunkten.db or postgresql+psycopg://user@host/name"
        raise ValueError(f"{url.drivername} is no database that the service uses; write for example {written}")
    if url.get_backend_name() == "sqlite" and "uri" in url.query:
        raise ValueError("the register's file is named by its path; write for example sqlite:///var/synpunkten.db")
    if isinstance(password := url.query.get("password"), str):
        moved = url.difference_update_query(["password"]).set(password=password)
        return moved.render_as_string(hide_password=False)
    return text


_DATABASES = frozenset({"sqlite", "postgresql"})


class Settings(_Model):
    """The configuration file as it is written."""

    database: Annotated[str, AfterValidator(database_url)]
    database_password: Secret | None = None
    poll: Annotated[
        str, AfterValidator(lambda text: _seconds(text) and text), Field(json_schema_extra=_shown(_POLL, "30 s"))
    ] = "30 s"
    log: Log = Log()
    metrics: Metrics | None = None
    alerts: Alerts | None = None
    mailboxes: Annotated[tuple[MailboxSettings, ...], Field(min_length=1)]

    @property
    def poll_seconds(self) -> int:
        """How often the mailbox is asked, in seconds."""
        return _seconds(self.poll)
