"""Where a mail account is and how to log in to it: plain values that the configuration builds and the doors use."""

from __future__ import annotations

import enum
import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


class Security(enum.StrEnum):
    """How the connection is protected. There is no "TLS if offered": that can be stripped on the way."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Token:
    """An OAuth2 access token. `born` and `fresh_until` follow the monotonic clock, in seconds.

    After `fresh_until` nothing is begun with it: the server may end in the middle what it has opened.
    """

    text: str = field(repr=False)
    born: float
    fresh_until: float


class Tokens(Protocol):
    """Where the tokens for a log-in come from; see `tokens.TokenSource`. Both raise TokenError."""

    def token(self) -> Token:
        """One with some time left."""

    def instead_of(self, refused: Token) -> Token | None:
        """Another one than a server has refused; None where there is no better."""


@dataclass(frozen=True, slots=True)
class Server:
    """An IMAP or SMTP server with the account to use there; secrets are left out of its `repr`.

    `tokens` gives at each log-in a fresh OAuth2 access token (XOAUTH2), in place of `password`.
    `username` None means no log-in (a relay that knows the machine). `ca_file` holds the certificate of an authority of
    the municipality's own, in PEM form, which is trusted beside the system's.

    Raises ValueError for `Security.NONE` towards anything but loopback and for contradicting credentials.
    """

    host: str
    port: int
    security: Security
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tokens: Tokens | None = field(default=None, repr=False)
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if self.security is Security.NONE and not is_loopback(self.host):
            raise ValueError(f"security: none is only allowed towards this machine, not towards {self.host}")
        if self.password is not None and self.tokens is not None:
            raise ValueError("give either password or oauth2, not both")
        if (self.username is None) != (self.password is None and self.tokens is None):
            raise ValueError("a username needs a password or oauth2, and the other way round")

    @property
    def place(self) -> str:
        """`host:port`, for logs and error texts."""
        return f"{self.host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether `host` (a name or an address, never looked up) is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"
