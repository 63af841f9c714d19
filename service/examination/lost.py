"""Checks of whether the register has lost days: it, or what it lies on, was put back by no command of ours."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from service.config import Part, inboxes
from service.core.speech.english import counted
from service.desk.database import Database
from service.desk.rounds import beginnings, lapses, restoration
from service.doors import memory
from service.doors.link import InboxError
from service.doors.untouched import UntouchedInbox
from service.examination.check import Check, Status
from service.examination.register import looked

_LATELY = timedelta(days=14)


def lately(url: str, now: datetime) -> Iterator[Check]:
    """What the service has noticed by itself: whoever put the machine back may not know what it meant."""
    for mailbox, (last, at) in (looked(url, lambda s: lapses.lately(s, now, _LATELY)) or {}).items():
        text = f"the register has lost what happened between {last:%Y-%m-%d %H:%M} and {at:%Y-%m-%d %H:%M} UTC"
        told = f"{text}; the registrar has a list of what was taken in again from the mailbox"
        advice = "find out who put the machine, its disk or the database back; `synpunkten restore` is the way to do it"
        yield Check(f"lost days {mailbox}", Status.WARNING, f"{told}; {advice}")


def now(url: str, part: Part) -> Iterator[Check]:
    """Whether the mailbox knows of mails that the register has never had, before the service has noticed."""
    if part.imap is None or not part.mode.is_live:
        return
    name = inboxes.name(part.imap.host, part.imap.port, part.imap.username, part.folders.inbox)

    def is_comparable(s: Connection) -> bool:
        return restoration.waiting(s, part.name) is None and not beginnings.is_another(s, part.name, name)

    if looked(url, is_comparable) is not True:
        return
    folders = part.folders
    filed = (folders.handled, folders.secrecy, folders.quarantine)
    try:
        with (
            contextlib.closing(Database(url)) as database,
            UntouchedInbox(part.imap, part.name, folders.inbox) as inbox,
        ):
            found = memory.lost(inbox, filed, database, part.address)
    except (InboxError, SQLAlchemyError):
        return  # other checks say so
    if found:
        text = f"{counted(len(found), 'mails')} that it has never had lie in folders of handled mails: it is an earlier"
        text = f"{text} register than the mailbox's, or people have moved new mails there while the service was away"
        advice = "start the service, which takes them in again, or first put a later copy back (`synpunkten restore`)"
        yield Check(f"lost days {part.name}", Status.FAILED, f"{text}; {advice}")
