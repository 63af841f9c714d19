"""Checks of a mailbox's servers: log-in, folders, and whether the account may send as the mailbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from service.config import Alarming, Part
from service.core.endings import DAYS_AHEAD, Ending
from service.core.speech.english import counted
from service.doors import delivery
from service.doors.account import Server
from service.doors.credentials import credentials_end
from service.doors.inbox import Inbox
from service.doors.link import InboxError
from service.doors.smtp import DeliveryError
from service.examination.check import Check, Status


def imap(part: Part, server: Server) -> Iterator[Check]:
    """Log in to the mailbox and look for its folders."""
    name, folders = f"imap {part.name}", part.folders
    try:
        with Inbox(server, part.name, folders.inbox) as inbox:
            yield Check(name, Status.OK, f"{server.place}: logged in, security {server.security}")
            missing = inbox.missing(folders.model_dump().values())
    except InboxError as error:
        yield Check(name, Status.FAILED, f"{error.what}; {error.advice or advice(error.temporary)}")
        return
    yield _folders(part, missing)


def _folders(part: Part, missing: list[str]) -> Check:
    name, folders = f"folders {part.name}", part.folders
    if folders.inbox in missing:
        return Check(name, Status.FAILED, f"there is no folder {folders.inbox}; correct `folders: inbox`")
    if not part.mode.is_live:
        return Check(name, Status.OK, f"{folders.inbox}; the mailbox is only watched, and no other is used")
    there = ", ".join(folder for folder in folders.model_dump().values() if folder not in missing)
    to_come = f"; made when first needed: {', '.join(missing)}" if missing else ""
    return Check(name, Status.OK, f"{there}{to_come}")


def smtp(part: Part, server: Server) -> Check:
    """Log in, and ask whether the account may send as the mailbox. Nothing is sent."""
    name = f"smtp {part.name}"
    try:
        return Check(name, Status.OK, delivery.check(server, part.address))
    except DeliveryError as error:
        return Check(name, Status.FAILED, f"{error.what}; {error.advice or advice(error.temporary)}")


def alarms(alarming: Alarming | None, parts: Iterable[Part]) -> Iterator[Check]:
    """Log in where troubles of the service are told by, and ask whether the account may send so. Nothing is sent."""
    if alarming is None:
        trying = [part.name for part in parts if part.canary]
        if trying:
            text = f"nobody is told when the `canary` of {', '.join(trying)} does not come back"
            yield Check("alerts", Status.WARNING, f"{text}; name in `alerts` who looks after the service")
        return
    if alarming.smtp is None:
        text = f"{alarming.to} is told by the mailbox's own mail server: of its own trouble it may not be able to tell"
        yield Check("alerts", Status.WARNING, f"{text}; name another with `smtp`")
        return
    try:
        yield Check("alerts", Status.OK, f"{alarming.to} by {delivery.check(alarming.smtp, alarming.sender)}")
    except DeliveryError as error:
        yield Check("alerts", Status.FAILED, f"{error.what}; {error.advice or advice(error.temporary)}")


def credentials(parts: Iterable[Part], today: date) -> Iterator[Check]:
    """When what opens the mailboxes ends, where it is no password."""
    for ending in credentials_end((part.name, (part.imap, part.smtp)) for part in parts):
        yield _ending(ending, today)


def _ending(ending: Ending, today: date) -> Check:
    name, left = f"credentials {', '.join(ending.mailboxes)}", ending.days_left(today)
    if ending.fault:
        return Check(name, Status.FAILED, ending.fault)
    if left is None:
        text = f"nobody knows when {ending.called} ends: Entra shows its last day, which goes into `expires`"
        return Check(name, Status.WARNING, text)
    if left < 0:
        advice = "put a new one in its place" if ending.is_certificate else "put a new one there, and correct `expires`"
        return Check(name, Status.FAILED, f"{ending.called} ended on {ending.day}; {advice}")
    told = f"{ending.called} works until {ending.day}, {counted(left, 'days')} from now"
    if left > DAYS_AHEAD:
        return Check(name, Status.OK, told)
    return Check(name, Status.WARNING, f"{told}; make a new one: both work side by side for a while")


def advice(temporary: bool) -> str:
    """What to do where the fault itself does not say it."""
    if temporary:
        return "is the server up, are host and port right?"
    return "correct user name, password, security or the server's certificate"
