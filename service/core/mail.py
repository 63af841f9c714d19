"""The values that a mail is read into. Use them through `service.core.message`, which also reads.

They are plain data with limits: what holds more than they declare is no mail (`doors.wire` reads them back so). The
readers cut what a stranger writes to these lengths.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, TypeVar

from msgspec import Meta

from service.core.people import addresses

MAX_ADDRESS = 320  # characters; RFC 5321 section 4.5.3.1: 64 before the @ and 255 after it
MAX_LINE = 2_000  # what stands on one line: a subject, a name, a Message-ID (RFC 5322 section 2.1.1: 998)
MAX_TEXT = 2_000_000
SEVERAL_SENDERS = "the mail names several senders; the first is taken"
FEIGNED_RESULT = "what the sending host said of itself reads like a result of the mail server's"
MAX_MANY = 10_000  # addresses, stamps, files

_T = TypeVar("_T")
Line = Annotated[str, Meta(max_length=MAX_LINE)]
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Many = Annotated[tuple[_T, ...], Meta(max_length=MAX_MANY)]
Count = Annotated[int, Meta(ge=0, le=1 << 40)]
Instant = Annotated[datetime, Meta(tz=True)]  # aware


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

    name: Line
    address: Annotated[str, Meta(max_length=MAX_ADDRESS)]

    @property
    def key(self) -> str:
        """The address in the form that addresses are compared in."""
        return addresses.key(self.address)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in the mail. The bytes stay in the raw mail: `contents(raw)` gives them, in the same order.

    `inline` is what is shown within the text (a logo, a picture pasted in), `technical` what no person opens: a
    signature, or a wrapper such as winmail.dat whose files are listed besides. `traces` is what a document holds that
    its reader may not see (`reading.mime.traces`).
    """

    filename: Line
    content_type: Line
    size: Count
    sha256: Line
    inline: bool
    technical: bool = False
    traces: Many[Line] = ()


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says (RFC 3464 or the free forms); None where the mail does not say."""

    recipient: Line | None = None
    status: Line | None = None
    action: Line | None = None
    original_message_id: Line | None = None

    @property
    def is_final(self) -> bool:
        """Whether this mail is lost: the report says so, or says nothing else than a permanent status."""
        return self.action == "failed" or (self.action is None and not (self.status or "5").startswith("4"))


@dataclass(frozen=True, slots=True)
class Absence:
    """What an out-of-office reply tells: the day the person is back (None: not said) and a named substitute."""

    until: date | None = None
    substitute: Line | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """One `Received` stamp, topmost first: the host that made it and when (aware; None if unreadable).

    sources: every name of the host that handed the mail over, the one that it gave itself first, then those that the
    stamping host has found out and not doubted; empty where the stamp names none. source_ips: every address that stands
    there, also one that the host gave itself for its name. by_ip: the stamping host's own.
    `protocol` is how it came, in lower case (RFC 3848: esmtps, lmtp).
    """

    by: Line
    at: Instant | None
    sources: Many[Line] = ()
    source_ips: Many[Line] = ()
    by_ip: Line = ""
    protocol: Line = ""


@dataclass(frozen=True, slots=True)
class Authentication:
    """One Authentication-Results field (RFC 8601): who judged, the whole value, and how many Received stand above it.

    Anyone can write such a field: only those above the first stamp of a foreign host are the own server's.
    """

    authserv_id: Line
    value: Text
    received_above: Count


@dataclass(frozen=True, slots=True)
class Mark:
    """A header field of a mail system's own (`X-…`), its value, and how many Received stand above it."""

    name: Line
    value: Line
    received_above: Count


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A mail within the mail: who wrote it, what stands in it, and its Message-ID (None where it has none)."""

    sender: Address | None
    subject: Line
    text: Text
    message_id: Line | None


@dataclass(frozen=True, slots=True)
class Message:
    """Everything that the core needs to know of one mail. Built by `read` only."""

    message_id: Line | None
    date: Instant | None
    sender: Address | None
    reply_to: Address | None
    to: Many[Address]
    cc: Many[Address]
    subject: Line
    kind: Kind
    auto_submitted: bool
    case_numbers: Many[Line]
    in_reply_to: Line | None
    references: Many[Line]
    bounce: Bounce | None
    absence: Absence | None
    text: Text
    new_text: Text
    cut_text: Text
    attachments: Many[Attachment]
    warnings: Many[Line]
    received: Many[Received] = ()
    authentication: Many[Authentication] = ()
    marks: Many[Mark] = ()
    reply_to_all: Many[Address] = ()  # `reply_to` is the first of them
    lists: Many[Line] = ()  # ids (RFC 2919) and posting addresses (RFC 2369) of the lists that the mail came by
    forwarded: Forwarded | None = None  # the one mail that it encloses as a file
    carried_ids: Many[Line] = ()  # ids of the service's shape in its text and in the mails that it encloses
    return_path: Line | None = None
    size: Count = 0
    digest: Line = ""
    because: Line = ""  # on what evidence `kind` was decided
    mass_marked: bool = False  # an answer with the marks of mass mail: a person reads it, no machine answers it
    whole_text: Text = ""  # all that it shows in either form, where its Message-ID has the shape of ours
    certain: bool = True  # False: words alone speak for a machine, and a person should look at it
    by_subject: bool = False  # its subject alone speaks for a machine, whatever it says

    @property
    def carries_files(self) -> bool:
        """Whether a person has sent files with it."""
        return any(not a.inline and not a.technical for a in self.attachments)
