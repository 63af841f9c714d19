"""What is archived of each case: its facts as contract section 5 has them, and its documents byte for byte."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from service.core.cases import Status
from service.desk.lookup import catalogue, reader
from service.desk.lookup.wanted import Wanted

_ZONE = ZoneInfo("Europe/Stockholm")
ENDED = (Status.CLOSED, Status.REFUSED)
"""Cases that nobody works with any longer."""
_KEPT = ("received", "sent")


class Document(NamedTuple):
    """A mail or a paper letter of a case that has come in or left. `facts`: as contract section 5 has messages."""

    facts: Mapping[str, Any]
    mail: int


class Archived(NamedTuple):
    """A case with its documents; `place` is where it stands in the register."""

    place: int
    facts: Mapping[str, Any]
    documents: Sequence[Document]


@dataclass(frozen=True, slots=True)
class Period:
    """Which cases: those that came in on one of the local days, first and last included.

    closed: only those that nobody works with any longer.
    """

    mailbox: str
    first: dt.date
    last: dt.date
    closed: bool = False

    @property
    def wanted(self) -> Wanted:
        """The cases that came in, whatever has become of them."""
        begins = dt.datetime.combine(self.first, dt.time(), _ZONE)
        ends = dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time(), _ZONE)
        return Wanted(mailbox=self.mailbox, since=begins, before=ends, watched=False)


def read(s: Connection, period: Period, after: int = 0) -> Iterator[Archived | None]:
    """Each case of the period behind that place of the register; None for one that is not to be delivered yet."""
    for record in reader.read(s, period.wanted, after=after, mails=True):
        if period.closed and record.case.status not in ENDED:
            yield None
            continue
        facts = catalogue.shown(s, record.case.number)
        assert facts is not None
        gone = record.case.disposed_at is not None  # the register has the mails' rows still, but not a byte of them
        kept = [mail for mail in record.mails if mail.state in _KEPT and not gone]
        yield Archived(record.id, facts, [Document(_facts(mail), mail.id) for mail in kept])


def _facts(mail: reader.Mail) -> dict[str, Any]:
    return {
        "direction": mail.direction,
        "kind": mail.kind,
        "at": catalogue.plain(mail.sent_at or mail.at),
        "from": mail.sender,
        "to": mail.recipient,
        "subject": mail.subject,
    }
