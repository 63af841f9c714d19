"""The values that a mail is read into. Use them through `service.core.message`, which also reads."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.core import addresses

if TYPE_CHECKING:
    from datetime import date, datetime


class Unreadable(Exception):
    """A mail that cannot be read within the limits of time and memory; the text says why, and nothing of the mail."""


class Kind(enum.StrEnum):
    """What sort of mail it is, judged from the mail alone (contract section 4)."""

    NEW = "new"
    REPLY = "reply"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    BULK = "bulk"
    CALENDAR = "calendar"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox with its display name; `address` is as written, compare with `key`."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """The address in the form that addresses are compared in."""
        return addresses.key(self.address)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in the mail. The bytes stay in the raw mail: `contents(raw)` gives them, in the same order.

    `inline` is what is shown within the text (a logo, a picture pasted in), `technical` what no person opens: a
    signature, or a wrapper such as winmail.dat whose files are listed besides.
    """

    filename: str
    content_type: str
    size: int
    sha256: str
    inline: bool
    technical: bool = False


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says (RFC 3464 or the free forms); None where the mail does not say."""

    recipient: str | None = None
    status: str | None = None
    action: str | None = None
    original_message_id: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether this mail is lost: the report says so, or says nothing else than a permanent status."""
        return self.action == "failed" or (self.action is None and not (self.status or "5").startswith("4"))


@dataclass(frozen=True, slots=True)
class Absence:
    """What an out-of-office reply tells: the day the person is back (None: not said) and a named substitute."""

    until: date | None = None
    substitute: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """One `Received` stamp, topmost first: the host that made it and when (aware; None if unreadable)."""

    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Authentication:
    """One Authentication-Results field (RFC 8601): who judged, the whole value, and how many Received stand above it.

    Anyone can write such a field: only those above the first stamp of a foreign host are the own server's.
    """

    authserv_id: str
    value: str
    received_above: int


@dataclass(frozen=True, slots=True)
class Message:
    """Everything that the core needs to know of one mail. Built by `read` only."""

    message_id: str | None
    date: datetime | None
    sender: Address | None
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    kind: Kind
    auto_submitted: bool
    case_numbers: tuple[str, ...]
    in_reply_to: str | None
    references: tuple[str, ...]
    bounce: Bounce | None
    absence: Absence | None
    text: str
    new_text: str
    cut_text: str
    attachments: tuple[Attachment, ...]
    warnings: tuple[str, ...]
    received: tuple[Received, ...] = ()
    authentication: tuple[Authentication, ...] = ()
    return_path: str | None = None
    size: int = 0
    digest: str = ""
    because: str = ""  # on what evidence `kind` was decided
    mass_marked: bool = False  # an answer with the marks of mass mail: a person reads it, no machine answers it
    certain: bool = True  # False: words alone speak for a machine, and a person should look at it
