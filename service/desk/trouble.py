"""What goes wrong is set aside where a person sees it: a mail that cannot be handled, rules that cannot be used."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from service.core.decide.unreadable import UNREADABLE
from service.core.effects import Letter, SendLetter
from service.core.message import glance
from service.desk import documents, quarantine
from service.desk.desk import Desk
from service.desk.handling import Delivered, handle_unreadable
from service.desk.tables import troubles
from service.desk.turn import Turn, original, turn

MAX_TRIES = 3
_LONGEST_REASON = 300


def hold(desk: Desk, mail: Delivered, error: str, now: datetime) -> str | None:
    """A mail that could not be handled: counted, and after three tries treated as one that cannot be read.

    Returns the folder when it is time to move the mail there, else None: it stays and is tried again.
    """
    reason = error[:_LONGEST_REASON]
    with turn(desk, now) as work:
        tries = _count(work, hashlib.sha256(mail.raw).hexdigest(), reason)
    if tries < MAX_TRIES:
        return None
    reason = f"not handled after {tries} tries: {reason}"
    try:
        return handle_unreadable(desk, mail, reason, now)
    except Exception:  # noqa: BLE001 - not even a case can be opened: a person has to
        return _put_aside(desk, mail, reason, now)


def _put_aside(desk: Desk, mail: Delivered, reason: str, now: datetime) -> str:
    """Keep the mail without looking at it, and send the registrar the original."""
    unseen = dataclasses.replace(glance(b""), digest=hashlib.sha256(mail.raw).hexdigest(), size=len(mail.raw))
    folder = desk.folders.quarantine
    with turn(desk, now) as work:
        work.lines.add(None, "held", reason)
        row = documents.add(work.s, desk.mailbox, unseen, mail.raw, case_id=None, kind=UNREADABLE, at=now)
        quarantine.put(work.s, desk.mailbox, row, reason, now)
        facts = {"reason": reason, "folder": folder}
        registrar = desk.book.registrars[0]
        work.send(
            SendLetter(Letter.ALERT, registrar, "a mail could not be handled", "trouble", facts),
            None,
            original(mail.raw),
        )
        documents.mark_seen(work.s, desk.mailbox, mail.place, now, folder)
    return folder


def _count(work: Turn, sha256: str, reason: str) -> int:
    here = (troubles.c.mailbox == work.desk.mailbox, troubles.c.sha256 == sha256)
    tries = int(work.s.scalar(select(troubles.c.tries).where(*here)) or 0) + 1
    work.s.execute(delete(troubles).where(*here))
    row = {"mailbox": work.desk.mailbox, "sha256": sha256, "tries": tries, "at": work.now, "error": reason}
    work.s.execute(insert(troubles).values(**row))
    return tries


def tell_rules_fault(desk: Desk, faults: Sequence[str], now: datetime) -> None:
    """The registrar hears what is wrong in an edited rules folder; the last good rules stay in force."""
    because = "an edited rules folder has faults"
    alert = SendLetter(Letter.ALERT, desk.book.registrars[0], because, "rules-fault", {"faults": tuple(faults)})
    with turn(desk, now) as work:
        work.lines.add(None, "rules-refused", "; ".join(faults))
        work.send(alert, None)
