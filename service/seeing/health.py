"""`/healthz`: whether the service does its work, as JSON with times and sorts; nothing in it is about a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from service import __version__
from service.doors.vitals import Work
from service.seeing.troubles import GRAVE, troubles
from service.seeing.view import View


def report(view: View) -> tuple[bool, dict[str, Any]]:
    """Whether all is well, and what is known of each mailbox. Ages are in seconds, instants in ISO 8601 (UTC)."""
    found = troubles(view)
    well = not any(trouble.kind in GRAVE for trouble in found)
    told = [
        {"kind": t.kind, "mailbox": t.mailbox or None, "since": _iso(t.since), "sort": t.sort or None} for t in found
    ]
    mailboxes = {name: _mailbox(view, name) for name in view.mailboxes}
    register = {"last_look": _iso(view.look.at), "failing": view.looking.sort if view.looking else None}
    return well, {
        "ok": well,
        "version": __version__,
        "at": _iso(view.now),
        "register": register,
        "mailboxes": mailboxes,
        "troubles": told,
        "alerts_failing": view.untold > 0,
    }


def _mailbox(view: View, name: str) -> dict[str, Any]:
    health, backlog = view.health[name], view.backlog(name)
    polling, sending = health.courses.get(Work.POLL), health.courses.get(Work.DELIVERY)
    grave = any(t.kind in GRAVE and t.mailbox in {name, ""} for t in troubles(view))
    return {
        "ok": not grave,
        "last_poll": _iso(polling.ok_at) if polling else None,
        "poll_failing": polling.sort if polling else None,
        "last_letter": _iso(health.letter_taken_at),
        "delivery_failing": sending.sort if sending else None,
        "oldest_unhandled_seconds": age(view.now, health.oldest_waiting),
        "oldest_unsent_seconds": age(view.now, backlog.oldest_letter),
        "quarantine": backlog.quarantined,
        "receipts_late": backlog.receipts_late,
    }


def age(now: datetime, since: datetime | None) -> float:
    """How old something is, in seconds; 0 where there is nothing, or its clock goes ahead of ours."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
