"""What somebody has written before, by which a program that answers us again and again is known."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from service.core.alike.responders import Earlier
from service.desk.tables import messages


def written_by(s: Connection, case_id: int, sender: str) -> list[Earlier]:
    """The mails that somebody has written in the case, by the address that stands in them."""
    return [Earlier(row.at, row.likeness) for row in s.execute(_WRITTEN_BY, {"case": case_id, "sender": sender})]


def written_about_several(s: Connection, mailbox: str, sender: str, since: datetime) -> list[Earlier]:
    """The mails that somebody has written since then in answer to lists, and to questions about several cases."""
    values = {"mailbox": mailbox, "sender": sender, "since": since}
    return [Earlier(row.at, row.likeness) for row in s.execute(_WRITTEN_ABOUT_SEVERAL, values)]


_WRITTEN = select(messages.c.at, messages.c.likeness).where(
    messages.c.sender == bindparam("sender"), messages.c.direction == "in"
)
_WRITTEN_BY = _WRITTEN.where(messages.c.case_id == bindparam("case"))
_WRITTEN_ABOUT_SEVERAL = _WRITTEN.where(
    messages.c.mailbox == bindparam("mailbox"),
    messages.c.automatic.is_(False),  # by the index of the hour
    messages.c.at > bindparam("since"),
    messages.c.kind.in_(("list-answer", "standing-answer")),
)
