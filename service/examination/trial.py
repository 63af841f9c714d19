"""Whether mail really goes both ways: by a trial letter, or by what the register says of the last day."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from service import rulescheck
from service.config import Part
from service.core.effects import Letter, SendLetter
from service.desk import handling, trials
from service.desk.lookup import catalogue
from service.desk.lookup.backlog import Backlog, Canary, backlogs
from service.desk.writing.letters import Mail, Writer
from service.doors import roundtrip
from service.doors.faults import ServerError
from service.doors.inbox import Inbox
from service.doors.smtp import DeliveryError
from service.examination import servers
from service.examination.check import Check, Status
from service.examination.register import looked, note

_RECENT = timedelta(days=1)
_ZONE = ZoneInfo("Europe/Stockholm")


def lately(url: str, part: Part, now: datetime) -> Check:
    """Whether mail has gone both ways within the last day: the service's own to itself, or others'. `now`: aware."""
    name = _name(part)
    waits = (looked(url, lambda s: backlogs(s, now)) or {}).get(part.name, Backlog())
    own = waits.canary or Canary()
    if own.silent_since and part.canary and part.mode.is_live:
        text = f"what has left since {_moment(own.silent_since)} to the mailbox itself has not come back"
        return Check(name, Status.FAILED, f"{text}; `synpunkten doctor --send` says where it stops")
    if waits.refused_since:
        text = f"the mail server has taken no letter's content since {_moment(waits.refused_since)}: letters wait"
        return Check(name, Status.FAILED, f"{text}; `synpunkten outbox list` says what it answers")
    if own.back_at and own.back_at > now - _RECENT:
        return Check(name, Status.OK, f"a mail to itself came back {_moment(own.back_at)}, after {own.seconds:.0f} s")
    came, left = looked(url, lambda s: catalogue.latest_traffic(s, part.name)) or (None, None)
    if came and left and min(came, left) > now - _RECENT:
        text = f"a mail was read {_moment(came)}, and the server took a letter {_moment(left)}"
        return Check(name, Status.OK, text)
    tried = looked(url, lambda s: trials.last(s, part.name))
    if tried and tried > now - _RECENT:
        return Check(name, Status.OK, f"a trial letter came back {_moment(tried)}")
    if not part.mode.is_live:
        return Check(name, Status.WARNING, _WATCHED)
    text = f"last tried {_moment(tried)}" if tried else "not tried"
    return Check(name, Status.WARNING, f"{text}; `synpunkten doctor --send` sends the mailbox a letter and reads it")


_WATCHED = "not tried: the mailbox is only watched and stays untouched; `synpunkten doctor --to ADDRESS` sends a letter"


@dataclass(frozen=True, slots=True)
class Tried:
    """What a letter to the mailbox itself has shown: the check, and the letter as it lay there (empty: it did not)."""

    check: Check
    came: bytes = b""


def both_ways(url: str, part: Part, patience: float = roundtrip.PATIENCE_SECONDS) -> Tried:
    """Send the mailbox a letter, see it there, and take it away again; nothing else in the mailbox is touched.

    A running daemon knows the letter by its signed Message-ID and makes no case of it. `patience` in seconds.
    """
    trip = _trip(url, part, patience)
    if isinstance(trip, Check):
        return Tried(trip)
    check = _came_back(part, trip)
    note(url, lambda s: trials.note(s, part.name, datetime.now(UTC), check.text))
    return Tried(check, trip.raw)


def _trip(url: str, part: Part, patience: float) -> roundtrip.Trip | Check:
    """The letter's way, or why there is none."""
    name = _name(part)
    if not part.mode.is_live:
        return Check(name, Status.WARNING, _WATCHED)
    letter = _letter(url, part, part.address)
    if not (part.imap and part.smtp and letter):
        return Check(name, Status.FAILED, "cannot be tried before what is wrong above is mended")
    folders = tuple(part.folders.model_dump().values())
    try:
        with Inbox(part.imap, part.name, part.folders.inbox) as inbox:
            answer = roundtrip.send(part.smtp, letter)
            trip = roundtrip.back(inbox, letter, folders, patience)
    except ServerError as error:
        return Check(name, Status.FAILED, _why(error))
    if trip is None:
        text = f"the server took a letter to {part.address} ({answer}), but in {patience:.0f} s it came into no folder"
        return Check(
            name,
            Status.FAILED,
            f"{text}; is this the mailbox of that address? See the mail server's log; where it comes later, delete it",
        )
    return trip


def _came_back(part: Part, trip: roundtrip.Trip) -> Check:
    name, folders = _name(part), tuple(part.folders.model_dump().values())
    text = f"a letter left and lay in {trip.folder} after {trip.seconds:.0f} s"
    if not trip.is_gone:
        return Check(name, Status.WARNING, f"{text}; it could not be removed: delete it by hand")
    if trip.folder not in folders:
        return Check(name, Status.WARNING, f"{text}: the mail server puts it aside; let it trust {part.address}")
    return Check(name, Status.OK, f"{text}; it is removed again")


def to_somebody(url: str, part: Part, address: str) -> Check:
    """Send one trial letter to an address; whether it arrives only its reader can see."""
    name = f"letter from {part.name}"
    letter = _letter(url, part, address)
    if not (part.smtp and letter):
        return Check(name, Status.FAILED, "cannot be sent before what is wrong above is mended")
    try:
        answer = roundtrip.send(part.smtp, letter)
    except DeliveryError as error:
        return Check(name, Status.FAILED, _why(error))
    return Check(name, Status.OK, f"the server took it for {address} ({answer}); look whether it arrives")


def _letter(url: str, part: Part, to: str) -> Mail | None:
    """The trial letter; None where the rules are not fit to write one by."""
    book, _ = rulescheck.checked(part.rules) if part.rules.is_dir() else (None, ())
    if book is None:
        return None
    # Before the first run there is no key, and no daemon that would have to know the letter by it.
    secret = looked(url, handling.secret_in) or secrets.token_bytes(32)
    writer = Writer(part.address, book, rulescheck.stationery(part.rules, book), secret)
    order = SendLetter(Letter.INFORMATION, to, "somebody tries whether mail arrives", "trial")
    return writer.write(order, None, (), secrets.token_hex(6), datetime.now(UTC))


def _why(error: ServerError) -> str:
    return f"{error.what}; {error.advice or servers.advice(error.temporary)}"


def _name(part: Part) -> str:
    return f"mail both ways {part.name}"


def _moment(when: datetime) -> str:
    return f"{when.astimezone(_ZONE):%Y-%m-%d %H:%M}"
