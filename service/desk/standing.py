"""Questions that concern no single case, and the way back to them from the letter that an answer answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from service.core.speech.standing import About, Standing
from service.desk.tables import standing


def ask(s: Connection, mailbox: str, question: Standing, now: datetime) -> None:
    """The question stands from now on (aware). The database refuses a second one with the same nonce."""
    row = {"nonce": question.nonce, "about": question.about.value, "asked": question.asked}
    s.execute(insert(standing), row | {"mailbox": mailbox, "at": now, "facts": dict(question.facts)})


def find(s: Connection, mailbox: str, nonce: str) -> Standing | None:
    """The question whose letter carries the nonce. It stays when it is answered: a no may become a yes."""
    here = (standing.c.mailbox == mailbox, standing.c.nonce == nonce)
    row = s.execute(select(standing).where(*here)).one_or_none()
    return Standing(row.nonce, About(row.about), row.asked, dict(row.facts)) if row else None
