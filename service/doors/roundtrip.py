"""Whether mail goes both ways: a letter leaves, is seen in the mailbox, and is taken away again."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.desk.rounds.refiling import Sought
from service.doors import delivery
from service.doors.answers import advice
from service.doors.smtp import DeliveryError
from service.doors.transfer import Deferred, Envelope, Outcome, Refused, Sent, Uncertain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.desk.writing.letters import Mail
    from service.doors.account import Server
    from service.doors.inbox import Fetched, Inbox

# Servers look through a mail before they deliver it, and some do so for a minute.
PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Trip:
    """A letter that came back: where it lay, after how many seconds, whether it is taken away again, and as it came."""

    folder: str
    seconds: float
    is_gone: bool
    raw: bytes


def send(smtp: Server, mail: Mail) -> str:
    """Hand the one letter to the mail server; returns the server's answer.

    Raises:
        DeliveryError: it did not take it.
    """
    outcomes: list[Outcome] = []
    delivery.deliver(smtp, [Envelope(0, mail.sender, mail.to, mail.raw)], lambda _, outcome: outcomes.append(outcome))
    match outcomes:
        case [Sent(text)]:
            return text
        case [Deferred(code, text) | Refused(code, text)]:
            what = f"{smtp.place}: {code} {text}"
            raise DeliveryError(what, temporary=isinstance(outcomes[0], Deferred), advice=advice(code, text))
        case [Uncertain(text)]:
            return text or "no answer after the whole letter was handed over"
    raise DeliveryError(f"{smtp.place}: the connection was lost", temporary=True)


def back(inbox: Inbox, mail: Mail, folders: Sequence[str], patience: float = PATIENCE_SECONDS) -> Trip | None:
    """Wait for the letter in the folders, then take it away, and nothing else; None where it does not come.

    Before it is given up, every folder of the mailbox is looked through: servers put strange mail aside. A running
    daemon may move the letter meanwhile.

    Raises:
        InboxError: the mailbox cannot be reached.
    """
    began = time.monotonic()
    while True:
        waited = time.monotonic() - began
        is_late = waited >= patience
        found = inbox.find(mail.message_id, [*folders, *inbox.folders()] if is_late else folders)
        if found:
            return Trip(found.folder, waited, _take_away(inbox, mail, found, folders), found.raw)
        if is_late:
            return None
        time.sleep(min(_PAUSE_SECONDS, patience))


def _take_away(inbox: Inbox, mail: Mail, found: Fetched, folders: Sequence[str]) -> bool:
    """Delete the letter, which may be moved in this moment. False where the server refuses, or it is still there."""
    places = dict.fromkeys((found.folder, *folders))
    for _ in range(3):
        sought = Sought(0, mail.message_id, found.size, hashlib.sha256(found.raw).hexdigest(), found.folder, 0)
        if not inbox.remove(sought, places):
            return False
        if not inbox.find(mail.message_id, places):
            return True
        time.sleep(_PAUSE_SECONDS)
    return False
